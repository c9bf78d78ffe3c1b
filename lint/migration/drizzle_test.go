package migration_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func drizzleProject() fstest.MapFS {
	return files(map[string]string{
		"drizzle/0000_a.sql":     "SELECT 1;--> statement-breakpoint\nSELECT 2;",
		"drizzle/0001_b.sql":     "SELECT 1;",
		"drizzle/0001_c.sql":     "SELECT 1;",
		"drizzle/0009_other.sql": "SELECT 1;",
		"drizzle/meta/_journal.json": `{"version": "7", "dialect": "postgresql", "entries": [
			{"idx": 0, "when": 10, "tag": "0000_a"}, {"idx": 1, "when": 30, "tag": "0001_c"}, {"idx": 2, "when": 20, "tag": "0001_b"}]}`,
		"drizzle/meta/0000_snapshot.json":        "{}",
		"mysql/0000_a.sql":                       "SELECT 1;",
		"mysql/meta/_journal.json":               `{"dialect": "mysql", "entries": [{"tag": "0000_a"}]}`,
		"new/20240101000000_a/migration.sql":     "SELECT 1;",
		"new/20240101000000_a/snapshot.json":     `{"dialect": "postgres"}`,
		"new/20230101000000_b/migration.sql":     "SELECT 1;",
		"new/20230101000000_b/snapshot.json":     `{"dialect": "postgres"}`,
		"mynew/20240101000000_a/migration.sql":   "SELECT 1;",
		"mynew/20240101000000_a/snapshot.json":   `{"dialect": "mysql"}`,
		"other/20240101000000_a/migration.sql":   "SELECT 1;",
		"src/20240101000000_a/other/package.sql": "SELECT 1;",
	})
}

func TestDrizzle(t *testing.T) {
	histories, err := migration.Load(drizzleProject(), migration.Options{Paths: []string{"drizzle", "new"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"drizzle: drizzle", "+ 0000_a.sql up 1", "+ 0001_c.sql up 2", "+ 0001_b.sql up 3",
		"new: drizzle", "+ 20230101000000_b/migration.sql up 4", "+ 20240101000000_a/migration.sql up 5",
	}
	if d := cmp.Diff(want, summary(histories)); d != "" {
		t.Error(d)
	}
	if got := fmt.Sprint(histories[0].Skipped); got != "[{drizzle/0009_other.sql meta/_journal.json does not list it: drizzle never executes it}]" {
		t.Error(got)
	}
	histories, err = migration.Load(drizzleProject(), migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range histories {
		if h.Runner.Name == "drizzle" && h.Dir != "drizzle" && h.Dir != "new" {
			t.Errorf("%s is taken for drizzle's: %s", h.Dir, h.Why)
		}
	}
}

// TestDrizzleLate: what is late, drizzle tells by the times of its journal.
func TestDrizzleLate(t *testing.T) {
	base := migration.Base{Files: map[string][]byte{"drizzle/0000_a.sql": nil, "drizzle/0001_c.sql": nil}}
	histories, err := migration.Load(drizzleProject(), migration.Options{Paths: []string{"drizzle"}, Base: &base})
	if err != nil {
		t.Fatal(err)
	}
	var late []string
	for _, m := range histories[0].Migrations {
		late = append(late, m.Version+" "+m.Late)
	}
	if d := cmp.Diff([]string{"0000_a ", "0001_c ", "0001_b 0001_c"}, late); d != "" {
		t.Error(d)
	}
}

func TestDrizzleJournalThatIsNone(t *testing.T) {
	for text, want := range map[string]string{
		"{\n  \"dialect\": postgresql\n}": "drizzle/meta/_journal.json:2:14: ",
		"":                                "drizzle/meta/_journal.json",
		"{\n \"entries\": [{\"tag\": \"a\", \"when\": \"x\"}]\n}": "drizzle/meta/_journal.json:2:",
	} {
		fsys := drizzleProject()
		fsys["drizzle/meta/_journal.json"].Data = []byte(text)
		_, err := migration.Load(fsys, migration.Options{})
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
