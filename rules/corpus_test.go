package rules_test

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules"
)

// heavy is a lock in a real project that keeps others waiting.
type heavy struct {
	effect lock.Effect
	place  string
	text   string
	silent bool // no finding is about it
}

// heaviest is how many locks must be reported whatever their work: those with
// the most work in the strongest modes.
const heaviest = 200

// TestCorpusSilence looks for silence on the heaviest statements of real
// projects: PREMORTEM_CORPUS is a folder of them. Each lock that blocks writes
// of a table from before the release while work grows with it must be reported.
func TestCorpusSilence(t *testing.T) {
	corpus := os.Getenv("PREMORTEM_CORPUS")
	if corpus == "" {
		t.Skip("PREMORTEM_CORPUS names no folder of projects")
	}
	projects, err := os.ReadDir(corpus)
	if err != nil {
		t.Fatal(err)
	}
	var mutex sync.Mutex
	var all []heavy
	for _, project := range projects {
		if !project.IsDir() {
			continue
		}
		recorder := &lint.Rule{Name: "recorder", Category: lint.Hygiene, Last: true, Run: func(p *lint.Pass) error {
			unreported := p.Unreported()
			for _, e := range p.Existing() {
				if !e.Mode.BlocksWrites() {
					continue
				}
				at := p.Migration.File.Position(e.Pos)
				mutex.Lock()
				all = append(all, heavy{
					effect: e,
					place:  fmt.Sprintf("%s/%s:%d", project.Name(), p.Migration.File.Name, at.Line),
					text:   p.Statement.Text(),
					silent: slices.ContainsFunc(unreported, func(u lock.Effect) bool { return u.Range == e.Range && u.Relation == e.Relation }),
				})
				mutex.Unlock()
			}
			return nil
		}}
		_, err := rules.Lint(os.DirFS(filepath.Join(corpus, project.Name())), rules.Config{
			Migrations: migration.Options{Paths: []string{"."}},
			Lint:       lint.Config{Rules: append(rules.All(), recorder)},
		})
		if err != nil {
			t.Errorf("%s: %v", project.Name(), err)
		}
	}
	slices.SortFunc(all, func(a, b heavy) int {
		return cmp.Or(cmp.Compare(b.effect.Work, a.effect.Work), cmp.Compare(b.effect.Mode, a.effect.Mode),
			cmp.Compare(crc32.ChecksumIEEE([]byte(a.place)), crc32.ChecksumIEEE([]byte(b.place))), cmp.Compare(a.place, b.place))
	})
	counts := map[string][2]int{}
	for i, h := range all {
		kind := fmt.Sprintf("%-20s %s", h.effect.Mode, h.effect.Work)
		n := counts[kind]
		n[0]++
		if h.silent {
			n[1]++
			if i < heaviest || h.effect.GrowsWithTable() {
				t.Errorf("%s: %s lock and %s of %s: nothing is said\n%.200s", h.place, h.effect.Mode, h.effect.Work, h.effect.Relation, h.text)
			}
		}
		counts[kind] = n
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		t.Logf("%6d locks, %6d of them in no finding: %s", counts[kind][0], counts[kind][1], kind)
	}
}
