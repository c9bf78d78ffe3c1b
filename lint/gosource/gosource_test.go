package gosource_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/premortem-lint/premortem/lint/gosource"
)

// TestMigrations reads the packages of testdata. Each has want.txt: the
// migrations and, for each step, the place of its text.
func TestMigrations(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no testdata", err)
	}
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			if err != nil {
				t.Fatal(err)
			}
			content := map[string][]byte{}
			var sources []gosource.File
			for _, f := range archive.Files {
				data := []byte(strings.ReplaceAll(string(f.Data), "^M", "\r"))
				content[f.Name] = data
				if filepath.Ext(f.Name) == ".go" {
					sources = append(sources, gosource.File{Name: f.Name, Source: data})
				}
			}
			read := func(name string) ([]byte, error) {
				if data, ok := content[name]; ok {
					return data, nil
				}
				return nil, os.ErrNotExist
			}
			var b strings.Builder
			for _, p := range gosource.Check(sources, read) {
				for _, m := range p.Migrations() {
					fmt.Fprintf(&b, "%s %s %s\n", m.Tool, m.Version, m.Name)
					write(t, &b, "up", m.Up, content)
					if m.Down != nil {
						write(t, &b, "down", *m.Down, content)
					}
				}
			}
			if got, want := b.String(), string(content["want.txt"]); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func write(t *testing.T, b *strings.Builder, direction string, f gosource.Function, content map[string][]byte) {
	t.Helper()
	fmt.Fprintf(b, "\t%s %s\n", direction, []string{"in a transaction", "without a transaction", "in the run's transaction"}[f.Scope])
	for _, s := range f.Steps {
		if s.Gap != "" {
			fmt.Fprintf(b, "\t\t%s gap: %s\n", place(content, s.File, s.Pos), s.Gap)
			continue
		}
		// Every part is what the file has there.
		var at []string
		for _, p := range s.Text.Parts {
			inFile := content[p.File][p.Offset : p.Offset+p.End-p.Pos]
			if string(inFile) != string(s.Text.Bytes[p.Pos:p.End]) {
				t.Errorf("%s: the file has %q, the text %q", place(content, p.File, p.Offset), inFile, s.Text.Bytes[p.Pos:p.End])
			}
			at = append(at, place(content, p.File, p.Offset))
		}
		fmt.Fprintf(b, "\t\t%d %q %s\n", s.Message, s.Text.Bytes, strings.Join(at, " "))
		for _, c := range s.Comments {
			fmt.Fprintf(b, "\t\t\t%s\n", c.Text)
		}
	}
}

func place(content map[string][]byte, file string, offset int) string {
	before := content[file][:offset]
	line := strings.Count(string(before), "\n") + 1
	return fmt.Sprintf("%s:%d:%d", file, line, offset-strings.LastIndexByte(string(before), '\n'))
}
