package gomigration_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/analysistest"
	"golang.org/x/tools/go/packages"
	"golang.org/x/tools/txtar"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/gomigration"
	"github.com/premortem-lint/premortem/rules"
)

// TestTools reads what several tools and libraries register and send; those are declared
// in testdata as far as the test needs them. Each package has look-alikes too.
func TestTools(t *testing.T) {
	var chosen []*lint.Rule
	for _, r := range rules.All() {
		if r.Name == "create-index-not-concurrently" || r.Name == "concurrently-in-transaction" {
			chosen = append(chosen, r)
		}
	}
	analyzer := gomigration.New(chosen, nil)
	if err := analyzer.Flags.Set("at-call", "true"); err != nil {
		t.Fatal(err)
	}
	results := analysistest.Run(t, analysistest.TestData(), analyzer, "tools", "tern", "ternbare", "sqlmigrate", "migrator", "sqlx", "pgx", "atlas", "ent")
	for _, r := range results {
		for _, d := range r.Action.Diagnostics {
			at, end := r.Action.Package.Fset.Position(d.Pos), r.Action.Package.Fset.Position(d.End)
			source, err := os.ReadFile(at.Filename)
			if err != nil {
				t.Fatal(err)
			}
			switch text := string(source[at.Offset:end.Offset]); {
			case strings.HasPrefix(d.Message, "not analysed") || strings.HasPrefix(d.Message, "index.sql"):
			case text != "CREATE INDEX" && text != "CREATE INDEX CONCURRENTLY":
				t.Errorf("%v: %s is said of %q", at, d.Message, text)
			}
		}
	}
}

// TestFixes applies the fix of a rule to literals: the quotes around decide how an
// edit is written, and whether there is one.
func TestFixes(t *testing.T) {
	truncates := &lint.Rule{
		Name:     "truncates",
		Category: lint.Hygiene,
		Severity: lint.Warning,
		Run: func(p *lint.Pass) error {
			table := p.Statement.Node.GetTruncateStmt().GetRelations()
			p.Report(lint.Diagnostic{
				Message: "the statement truncates",
				SuggestedFixes: []lint.SuggestedFix{{
					Message: "delete the rows",
					TextEdits: []lint.TextEdit{{
						Range:   p.Statement.Range,
						NewText: "DELETE FROM \"" + table[0].GetRangeVar().GetRelname() + "\"\n\t\tWHERE true",
					}},
				}},
			})
			return nil
		},
	}
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), gomigration.New([]*lint.Rule{truncates}, nil), "fix")
}

// TestEditor is a driver as an editor is one: files are not as they are on the disk,
// and it may know its Go files only.
func TestEditor(t *testing.T) {
	disk, err := txtar.ParseFile("testdata/editor.txtar")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	unsaved := map[string][]byte{}
	for _, f := range disk.Files {
		name := filepath.Join(dir, filepath.FromSlash(strings.TrimPrefix(f.Name, "unsaved/")))
		if strings.HasPrefix(f.Name, "unsaved/") {
			unsaved[name] = f.Data
			continue
		}
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, f.Data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	loaded, err := packages.Load(&packages.Config{
		Mode:    packages.LoadSyntax,
		Dir:     dir,
		Env:     append(os.Environ(), "GOFLAGS=-mod=mod", "GOWORK=off"),
		Overlay: unsaved,
	}, ".")
	if err != nil || packages.PrintErrors(loaded) > 0 {
		t.Fatal(err)
	}
	chosen := slices.DeleteFunc(rules.All(), func(r *lint.Rule) bool { return r.Name != "create-index-not-concurrently" })
	find := func(readFile func(name string) ([]byte, error), flags ...string) string {
		t.Helper()
		analyzer := gomigration.New(chosen, nil)
		for _, f := range flags {
			if err := analyzer.Flags.Set(f, "true"); err != nil {
				t.Fatal(err)
			}
		}
		var found strings.Builder
		p := loaded[0]
		_, err := analyzer.Run(&analysis.Pass{
			Analyzer: analyzer, Fset: p.Fset, Files: p.Syntax, Pkg: p.Types, TypesInfo: p.TypesInfo, ReadFile: readFile,
			Report: func(d analysis.Diagnostic) {
				at, end := p.Fset.Position(d.Pos), p.Fset.Position(d.End)
				prefix, _, _ := strings.Cut(d.Message, "takes")
				fmt.Fprintf(&found, "%s:%d:%d-%d %s\n", filepath.Base(at.Filename), at.Line, at.Column, end.Column, prefix)
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		return found.String()
	}
	read := func(name string) ([]byte, error) {
		if text, ok := unsaved[name]; ok {
			return text, nil
		}
		return os.ReadFile(name)
	}
	goOnly := func(name string) ([]byte, error) {
		if filepath.Ext(name) != ".go" {
			return nil, errors.New("not among the files of the package")
		}
		return read(name)
	}
	for _, c := range []struct{ name, got, want string }{
		{"unsaved files", find(read), "00002_email.go:21:36-48 CREATE INDEX \nemail.sql:3:1-13 CREATE INDEX \n"},
		{"SQL as on the disk", find(goOnly), "00002_email.go:21:36-48 CREATE INDEX \nemail.sql:1:1-13 CREATE INDEX \n"},
		{"at the call", find(read, "at-call"), "00002_email.go:21:36-48 CREATE INDEX \n00002_email.go:24:12-38 email.sql:3:1: CREATE INDEX \n"},
	} {
		if c.got != c.want {
			t.Errorf("%s:\n%swant\n%s", c.name, c.got, c.want)
		}
	}
}
