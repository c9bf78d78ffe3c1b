// Package git tells which files a branch adds, changes or renames. It calls
// the git command, so worktrees, sparse checkouts and the user's own
// configuration behave as at the prompt.
package git

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Root returns the nearest folder at or above dir that holds .git, as a
// folder or as the file of a worktree or submodule; "" if there is none. It
// does not call git.
func Root(dir string) string {
	for {
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return ""
		}
		dir = parent
	}
}

// Changes are what a branch and the working tree change.
type Changes struct {
	// Names are the files that differ, without deleted and ignored ones: committed,
	// staged, unstaged and untracked. Renamed files have their new name. Names are
	// slash-separated, relative to the top folder of the working tree, and sorted.
	Names []string
	// Before are all files at the merge base that pass the filter, by name: with
	// their content if they were changed, renamed or deleted since, else nil.
	Before map[string][]byte
}

// Since returns what differs between the merge base of ref and HEAD on one side
// and the working tree on the other. dir is any folder of the working tree. wanted
// says which names belong into Changes.Before; nil: none.
//
// Errors say what to do next: git is not installed, dir is in no repository,
// git does not trust its owner, ref is unknown, or the clone is too shallow
// to hold the merge base.
func Since(dir, ref string, wanted func(name string) bool) (*Changes, error) {
	g := command{dir: dir, env: environment(dir)}
	base, err := g.mergeBase(ref)
	if err != nil {
		return nil, err
	}
	top, err := g.output("rev-parse", "--show-toplevel")
	if err != nil {
		return nil, err
	}
	g.dir = strings.TrimSuffix(top, "\n")
	changed, err := g.output("-c", "diff.relative=false", "diff", "--name-only", "-z", "--find-renames",
		"--diff-filter=d", "--no-ext-diff", "--ignore-submodules", base, "--")
	if err != nil {
		return nil, err
	}
	untracked, err := g.output("ls-files", "--others", "--exclude-standard", "-z")
	if err != nil {
		return nil, err
	}
	c := &Changes{Names: split(changed + untracked)}
	slices.Sort(c.Names)
	c.Names = slices.Compact(c.Names)
	if wanted != nil {
		c.Before, err = g.before(base, wanted)
	}
	return c, err
}

// before reads the files at a commit, and the content of those that differ.
func (g command) before(commit string, wanted func(name string) bool) (map[string][]byte, error) {
	names, err := g.output("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
	if err != nil {
		return nil, err
	}
	different, err := g.output("-c", "diff.relative=false", "diff", "--name-only", "-z", "--no-renames",
		"--diff-filter=a", "--no-ext-diff", "--ignore-submodules", commit, "--")
	if err != nil {
		return nil, err
	}
	before := map[string][]byte{}
	for _, name := range split(names) {
		if wanted(name) {
			before[name] = nil
		}
	}
	for _, name := range split(different) {
		if _, ok := before[name]; !ok {
			continue
		}
		// As a check-out would write it: with the line ends of the working tree.
		content, err := g.output("cat-file", "--filters", commit+":"+name)
		if err != nil {
			return nil, err
		}
		before[name] = []byte(content)
	}
	return before, nil
}

// split cuts a list of names that git wrote with -z.
func split(list string) []string {
	return strings.FieldsFunc(list, func(r rune) bool { return r == 0 })
}

// environment is the one to run git with. Hooks run with variables that
// describe the repository as seen from its top folder; from a folder in which
// git finds the repository by itself they only mislead it.
func environment(dir string) []string {
	env := append(os.Environ(), "LC_ALL=C", "GIT_OPTIONAL_LOCKS=0")
	if Root(dir) == "" {
		return env
	}
	return slices.DeleteFunc(env, func(v string) bool {
		name, _, _ := strings.Cut(v, "=")
		return slices.Contains([]string{"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_PREFIX"}, name)
	})
}

type command struct {
	dir string
	env []string
}

// mergeBase returns the commit where HEAD left ref.
func (g command) mergeBase(ref string) (string, error) {
	if ref == "" || strings.HasPrefix(ref, "-") {
		return "", fmt.Errorf("%q is not a git ref", ref)
	}
	if _, err := g.output("rev-parse", "--is-inside-work-tree"); err != nil {
		return "", err
	}
	if !g.hasCommit("HEAD") {
		return "", errors.New("HEAD has no commit yet, so there is nothing to compare")
	}
	if !g.hasCommit(ref) {
		return "", g.unknown(ref)
	}
	base, err := g.output("merge-base", ref, "HEAD")
	switch {
	case err == nil:
		return strings.TrimSpace(base), nil
	case g.shallow():
		return "", fmt.Errorf("the clone is shallow and does not reach the commit where HEAD left %s: run `git fetch --unshallow` first, or set `fetch-depth: 0` for actions/checkout", ref)
	}
	return "", fmt.Errorf("HEAD and %s have no commit in common", ref)
}

func (g command) hasCommit(ref string) bool {
	_, err := g.output("rev-parse", "--verify", "--quiet", ref+"^{commit}")
	return err == nil
}

// unknown explains a ref that is not there: most often a branch that a clone
// in CI has not fetched.
func (g command) unknown(ref string) error {
	remote, branch := "origin", ref
	remotes, _ := g.output("remote")
	for r := range strings.Lines(remotes) {
		r = strings.TrimSpace(r)
		if b, ok := strings.CutPrefix(ref, r+"/"); ok {
			remote, branch = r, b
		} else if g.hasCommit("refs/remotes/" + r + "/" + ref) {
			return fmt.Errorf("git does not know %q here, but %q: use --since %s/%s", ref, r+"/"+ref, r, ref)
		}
	}
	switch {
	case g.shallow():
		return fmt.Errorf("git does not know %q, and the clone is shallow: run `git fetch --unshallow %s %s` first, or set `fetch-depth: 0` for actions/checkout", ref, remote, branch)
	case remotes == "":
		return fmt.Errorf("git does not know %q: `git branch --all` lists the branches", ref)
	}
	return fmt.Errorf("git does not know %q: run `git fetch %s %s` first", ref, remote, branch)
}

func (g command) shallow() bool {
	out, _ := g.output("rev-parse", "--is-shallow-repository")
	return strings.TrimSpace(out) == "true"
}

// output runs git and returns its standard output.
func (g command) output(args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir, cmd.Env = g.dir, g.env
	out, err := cmd.Output()
	if err == nil {
		return string(out), nil
	}
	var exit *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return "", errors.New("git is not installed")
	case !errors.As(err, &exit):
		return "", err
	}
	said := string(bytes.TrimSpace(exit.Stderr))
	switch {
	case strings.Contains(said, "not a git repository"):
		return "", fmt.Errorf("%s is not in a git repository", g.dir)
	case strings.Contains(said, "dubious ownership"):
		top := Root(g.dir)
		if top == "" {
			top = g.dir
		}
		return "", fmt.Errorf("git refuses the repository because another user owns it: run `git config --global --add safe.directory %s` first", top)
	}
	return "", fmt.Errorf("git %s: %s", args[0], strings.TrimPrefix(said, "fatal: "))
}
