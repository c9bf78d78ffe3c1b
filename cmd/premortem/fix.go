package main

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

// maxPasses bounds how often what is fixed is judged again: fixes are made one after
// the other, and each pass makes some.
const maxPasses = 1000

// edits are files of the workspace with a text that they do not have on the disk.
type edits struct {
	fs.FS
	texts map[string][]byte
}

func (e edits) ReadFile(name string) ([]byte, error) {
	if text, ok := e.texts[name]; ok {
		return bytes.Clone(text), nil
	}
	return fs.ReadFile(e.FS, name)
}

// FS is the workspace's file system, with what has been fixed.
func (p *project) FS() fs.FS { return edits{p.Workspace.FS(), p.edited} }

// repair is a file whose findings are fixed.
type repair struct {
	name          string // in the workspace
	before, after []byte
	rules         []string // of the findings, in the order in which they were fixed
}

// fixes reports whether the command makes fixes, or shows them.
func (f *lintFlags) fixes() bool { return f.fix || f.diff }

// checkFix says why the flags about fixes do not go with the others, or nil. A folder
// says nothing about which of its migrations are applied, and those are not edited.
func (f *lintFlags) checkFix(p *project, t target) error {
	switch {
	case f.diff && f.format != "":
		return errors.New("--diff prints the fixes in place of a report: --format does not go with it")
	case f.fix && !f.diff && !t.stdin && !p.allFiles && f.since == "" && f.after == "":
		return errors.New("--fix edits only migrations that no database has: select them with --since or --after, or name the files; --diff shows the fixes of all")
	}
	return nil
}

// repair lints, makes the fixes of what is under review, and lints again until there
// is none. The result is what remains. Nothing is written. On the way it looks only
// for fixes, and where some were left only in those files.
func (f *lintFlags) repair(p *project, judge lint.Config, t *target) (*lint.Result, []*repair, error) {
	repairs := map[string]*repair{}
	p.edited = map[string][]byte{}
	var result *lint.Result
	pass := judge
	pass.Fixing = func(string) bool { return true }
	for n := 1; ; n++ {
		var err error
		if result, err = f.lint(p, pass, *t); err != nil {
			return nil, nil, err
		}
		files := result.Fixed(func(d *lint.Diagnostic) bool { return !p.existed(d.File) })
		if pass.Fixing == nil && (len(files) == 0 || n > maxPasses) || len(result.Histories) == 0 {
			break
		}
		left := map[string]bool{}
		for _, file := range files {
			name := file.File.Name
			if file.Left {
				left[name] = true
			}
			r := repairs[name]
			if r == nil {
				r = &repair{name: name, before: file.File.Source}
				repairs[name] = r
			}
			r.after = file.Source
			for _, d := range file.Diagnostics {
				r.rules = append(r.rules, d.Rule)
			}
			if t.stdin && file.File.Name == t.file.Name {
				t.file.Source = file.Source
			} else {
				p.edited[name] = file.Source
			}
		}
		pass.Fixing = nil
		if len(left) > 0 && n < maxPasses {
			pass.Fixing = func(file string) bool { return left[file] }
		}
	}
	said := map[*migration.File]bool{}
	for _, d := range result.Diagnostics {
		if len(d.SuggestedFixes) > 0 && d.Suppressed == nil && p.existed(d.File) && !said[d.File] {
			said[d.File] = true
			p.shell.say("%s: not fixed: it is older than the branch, and no database that has it executes what an edit changes", p.Path(d.File.Name))
		}
	}
	var sorted []*repair
	for _, name := range slices.Sorted(maps.Keys(repairs)) {
		sorted = append(sorted, repairs[name])
	}
	return result, sorted, nil
}

// existed reports whether a file is older than what is under review: databases may
// have executed it, and would never execute what an edit changes.
func (p *project) existed(f *migration.File) bool {
	if p.base == nil {
		return false
	}
	_, ok := p.base.Files[f.Name]
	return ok
}

// writeRepairs writes the fixed files, each whole or not at all, and says so.
func (p *project) writeRepairs(repairs []*repair) error {
	var failed []error
	for _, r := range repairs {
		if err := rewriteFile(p.File(r.name), r.before, r.after); err != nil {
			failed = append(failed, fmt.Errorf("%s is not fixed: %w", p.Path(r.name), err))
			continue
		}
		p.shell.say("%s: fixed %s", p.Path(r.name), strings.Join(r.rules, ", "))
	}
	return errors.Join(failed...)
}

// rewriteFile puts a text in the place of another one, with the permissions of the
// file, and through symbolic links.
func rewriteFile(file string, before, after []byte) error {
	real, err := filepath.EvalSymlinks(file)
	if err != nil {
		return err
	}
	info, err := os.Stat(real)
	if err != nil {
		return err
	}
	now, err := os.ReadFile(real)
	switch {
	case err != nil:
		return err
	case !bytes.Equal(now, before):
		return errors.New("it has changed meanwhile")
	case info.Mode().Perm()&0o200 == 0:
		return errors.New("it is read-only")
	}
	var of *fs.PathError
	if err := replaceFile(real, after, info.Mode().Perm()); errors.As(err, &of) {
		return of.Err // its name is that of another file
	} else if err != nil {
		return err
	}
	return nil
}

// showRepairs prints the fixes as a unified diff.
func (f *lintFlags) showRepairs(p *project, remains *lint.Result, repairs []*repair) error {
	fixed, left := 0, 0
	for _, r := range repairs {
		fixed += len(r.rules)
		name := filepath.ToSlash(p.Path(r.name))
		if _, err := fmt.Fprint(p.shell.out, udiff.Unified(name, name, string(r.before), string(r.after))); err != nil {
			return err
		}
	}
	for _, d := range remains.Diagnostics {
		if d.Suppressed == nil {
			left++
		}
	}
	p.shell.say("findings that --fix would fix: %d, that would remain: %d", fixed, left)
	if fixed > 0 {
		return findings
	}
	return nil
}
