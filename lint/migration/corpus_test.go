package migration_test

import (
	"bufio"
	"os"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

// corpusDir, if present, has real projects with a manifest that names the tool
// of each.
const corpusDir = "../../../shared/corpus"

// refusedInCorpus are the files of the corpus that the tool refuses.
var refusedInCorpus = map[string][]string{
	// Two versions twice; the project reads them with a tool of its own.
	"concourse/concourse": {
		"1626194317_add_job_pauses_table.up.sql",
		"1626194317_add_pipeline_pauses_table.up.sql",
	},
	// -- migrate:down is indented.
	"UPchieve/subway": {
		"20211026205335_create_cities_table.sql",
		"20220124171208_add_foreign_key_constraints.sql",
		"20220701142259_add_response_display_text.sql",
	},
}

func TestCorpus(t *testing.T) {
	manifest, err := os.Open(corpusDir + "/manifest.tsv")
	if err != nil {
		t.Skip("the corpus is not here")
	}
	defer manifest.Close()
	tested := 0
	lines := bufio.NewScanner(manifest)
	for lines.Scan() {
		fields := strings.Split(lines.Text(), "\t")
		project, tool := fields[0], fields[2]
		if r := migration.RunnerNamed(tool); r == nil || r == migration.Psql {
			continue
		}
		tested++
		t.Run(project, func(t *testing.T) {
			root := os.DirFS(path.Join(corpusDir, strings.Replace(project, "/", "__", 1)))
			histories, err := migration.Load(root, migration.Options{})
			if err != nil {
				t.Fatal(err)
			}
			var refused []string
			for _, h := range histories {
				if h.Runner.Name != tool {
					t.Errorf("%s is read as %s (%s), not %s", h.Dir, h.Runner.Name, h.Why, tool)
				}
				if len(h.Skipped) > 0 {
					t.Errorf("%s: %v is skipped", h.Dir, h.Skipped)
				}
				for _, m := range h.Migrations {
					if slices.ContainsFunc(m.Problems, func(p migration.Problem) bool { return p.Refused }) {
						refused = append(refused, path.Base(m.File.Name))
					} else if len(m.Problems) > 0 {
						t.Errorf("%s: %s", m.File.Name, m.Problems[0].Message)
					}
				}
			}
			if d := cmp.Diff(refusedInCorpus[project], refused); d != "" {
				t.Errorf("refused (-want +got):\n%s", d)
			}
		})
	}
	if lines.Err() != nil || tested == 0 {
		t.Errorf("%d projects were tested: %v", tested, lines.Err())
	}
}
