package migration_test

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/migration"
)

// TestCorpus reads real projects: PREMORTEM_CORPUS is a folder of them, with a
// manifest.tsv that names each (owner/name), its address and its tool.
func TestCorpus(t *testing.T) {
	corpus := os.Getenv("PREMORTEM_CORPUS")
	if corpus == "" {
		t.Skip("PREMORTEM_CORPUS names no folder of projects")
	}
	manifest, err := os.Open(filepath.Join(corpus, "manifest.tsv"))
	if err != nil {
		t.Fatal(err)
	}
	defer manifest.Close()
	tested, marked := 0, 0 // projects, and histories that are read as their tool's
	lines := bufio.NewScanner(manifest)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		project, tool := fields[0], fields[2]
		if r := migration.RunnerNamed(tool); r == nil || r == migration.Psql {
			continue
		}
		tested++
		t.Run(project, func(t *testing.T) {
			root := os.DirFS(filepath.Join(corpus, strings.Replace(project, "/", "__", 1)))
			histories, err := migration.Load(root, migration.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range histories {
				// A folder that has the migrations without what is above them may be
				// without the mark of its tool.
				if h.Runner.Name != tool {
					t.Logf("%s is read as %s (%s), not %s", h.Dir, h.Runner.Name, h.Why, tool)
					marked--
				}
				for _, s := range h.Skipped {
					t.Logf("%s is skipped: %s", s.Name, s.Reason)
				}
				marked++
				for _, m := range h.Migrations {
					for _, p := range m.Problems {
						t.Logf("%s: %s", m.File.Name, p.Message)
					}
					for _, g := range m.Gaps {
						if g.Reason == "" || g.Pos < m.Section.Pos || g.End > m.Section.End {
							t.Errorf("%s: the gap %v (%s) is outside of its section", m.File.Name, g.Range, g.Reason)
						}
					}
				}
			}
		})
	}
	if lines.Err() != nil || tested == 0 || marked < tested {
		t.Errorf("%d projects were tested, %d histories read as their tool's: %v", tested, marked, lines.Err())
	}
}
