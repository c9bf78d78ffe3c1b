package migration

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
)

// directive is a comment line by which a file speaks to its runner.
type directive struct {
	runner string // the tool that reads it
	// word is a text that every such line contains.
	word string
	// pattern matches the line without blanks at its ends, also where the tool
	// itself is stricter: what is near a directive was meant as one.
	pattern *regexp.Regexp
	// noTransaction: the line asks for execution outside a transaction block.
	noTransaction *regexp.Regexp
}

// directives are the lines that change which statements a tool executes, or
// in which transaction, taken from the tools' sources. A tool may have several.
var directives = []directive{
	{"goose", "+goose", regexp.MustCompile(`(?i)^--\s*\+goose\b`), regexp.MustCompile(`(?i)no transaction`)},
	{"dbmate", "igrate:", regexp.MustCompile(`(?i)^--\s*migrate:\s*(up|down)\b`), regexp.MustCompile(`(?i)transaction:\s*false`)},
	{"sql-migrate", "+migrate", regexp.MustCompile(`(?i)^--\s*\+migrate\b`), regexp.MustCompile(`(?i)notransaction`)},
	{"sqlx", "no-transaction", regexp.MustCompile(`^--\s*no-transaction\b`), regexp.MustCompile(``)},
	{"tern", "disable-tx", regexp.MustCompile(`^---- tern: disable-tx\b`), regexp.MustCompile(``)},
	{"tern", "drop below", regexp.MustCompile(`^---- create above / drop below ----`), nil},
	{"atlas", "atlas:txmode", regexp.MustCompile(`^--\s*atlas:txmode\b`), regexp.MustCompile(`none`)},
	{"liquibase", "changeset", regexp.MustCompile(`(?i)^--\s*changeset\s+\S+:\S`), regexp.MustCompile(`(?i)runInTransaction:\s*false`)},
	{"graphile-migrate", "no-transaction", regexp.MustCompile(`^--!\s*no-transaction\b`), regexp.MustCompile(``)},
	{"node-pg-migrate", "igration", regexp.MustCompile(`(?i)^--[\s-]*(up|down)\s+migration$`), nil},
}

// directiveIn returns the directive that a comment line holds, or nil.
func directiveIn(line []byte) *directive {
	for i := range directives {
		d := &directives[i]
		if bytes.Contains(line, []byte(d.word)) && d.pattern.Match(bytes.TrimSpace(line)) {
			return d
		}
	}
	return nil
}

// foreignDirectives reports the directives of other tools, which the runner
// takes for comments. It reports the first of each tool, and the first of each
// that asks for execution outside a transaction.
func foreignDirectives(f *File, r *Runner) []Problem {
	type kind struct {
		runner        string
		noTransaction bool
	}
	var problems []Problem
	reported := map[kind]bool{}
	for pos, line := range eachCommentLine(f.Source) {
		d := directiveIn(line)
		if d == nil || d.runner == r.Name {
			continue
		}
		k := kind{d.runner, d.noTransaction != nil && d.noTransaction.Match(line)}
		if reported[k] {
			continue
		}
		reported[k] = true
		fix := "remove it, or name the runner " + d.runner
		if k.noTransaction {
			fix = r.WithoutTransaction
		}
		at := trimmed(f.Source, Range{pos, pos + len(line)})
		problems = append(problems, Problem{
			Range:   at,
			Message: fmt.Sprintf("`%s` is a directive of %s and has no effect in %s", f.Source[at.Pos:at.End], d.runner, r.Name),
			Fix:     fix,
		})
	}
	return problems
}

// detectDirective returns a Runner.Detect for a tool that has a directive in
// every file.
func detectDirective(runner, sample string, candidate func(base string) bool) func(fs.FS, string, []string) string {
	return detectMark(sample, candidate, func(source []byte) bool { return hasDirective(source, runner) })
}

// detectMark returns a Runner.Detect for a tool whose files have a mark: at least
// half of the candidates must.
func detectMark(sample string, candidate func(base string) bool, has func(source []byte) bool) func(fs.FS, string, []string) string {
	return func(fsys fs.FS, dir string, files []string) string {
		first, with, of := "", 0, 0
		for _, base := range files {
			if !candidate(base) {
				continue
			}
			of++
			source, err := fs.ReadFile(fsys, path.Join(dir, base))
			if err != nil || !has(bytes.TrimPrefix(source, byteOrderMark)) {
				continue
			}
			with++
			if first == "" {
				first = base
			}
		}
		switch {
		case with == 0 || with*2 < of:
			return ""
		case of == 1:
			return first + " has " + sample
		}
		return fmt.Sprintf("%s has %s, as %d of %d files do", first, sample, with, of)
	}
}

func hasDirective(source []byte, runner string) bool {
	for _, line := range eachCommentLine(bytes.TrimPrefix(source, byteOrderMark)) {
		if d := directiveIn(line); d != nil && d.runner == runner {
			return true
		}
	}
	return false
}
