package rules_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/rules"
)

var update = flag.Bool("update", false, "write what the histories of testdata/histories give into their expected.txt")

// TestHistories lints histories in the shape of real ones. The head of each
// expected.txt, down to the first blank line, says what the history teaches and
// has the options of a case; all findings follow.
func TestHistories(t *testing.T) {
	for _, dir := range historyDirs(t) {
		t.Run(filepath.Base(dir), func(t *testing.T) {
			c, expected, err := readHistory(dir)
			if err != nil {
				t.Fatal(err)
			}
			result, err := c.Lint(rules.All())
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(expected, "\n\n")
			got := head + "\n\n" + findings(result)
			if *update {
				if err := os.WriteFile(filepath.Join(dir, "expected.txt"), []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
			} else if d := cmp.Diff(expected, got); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

func historyDirs(t *testing.T) []string {
	t.Helper()
	dirs, err := filepath.Glob("../testdata/histories/*")
	if err != nil || len(dirs) == 0 {
		t.Fatalf("no histories: %v", err)
	}
	return dirs
}

func readHistory(dir string) (c *linttest.Case, expected string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, "", err
	}
	var files []txtar.File
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, "", err
		}
		if e.Name() == "expected.txt" {
			expected = string(data)
		} else {
			files = append(files, txtar.File{Name: e.Name(), Data: data})
		}
	}
	head, _, _ := strings.Cut(expected, "\n\n")
	c, err = linttest.New(strings.Split(head, "\n"), files...)
	return c, expected, err
}

// findings writes a result as a person reads it: a line for the place, one
// for what happens, and one for what to do.
func findings(r *lint.Result) string {
	var b strings.Builder
	for _, g := range r.Gaps {
		at := g.File.Position(g.Place().Pos)
		fmt.Fprintf(&b, "%s:%d:%d: not analysed: %s\n", g.File.Name, at.Line, at.Column, g.Reason)
	}
	for _, d := range r.Diagnostics {
		at := d.File.Position(d.Pos)
		fmt.Fprintf(&b, "%s:%d:%d: %s: %s\n", d.File.Name, at.Line, at.Column, d.Severity, d.Rule)
		fmt.Fprintf(&b, "    %s\n", d.Message)
		if d.Instead != nil {
			fmt.Fprintf(&b, "    instead: %s\n", d.Instead.Message)
		}
	}
	if b.Len() == 0 {
		return "silent\n"
	}
	return b.String()
}
