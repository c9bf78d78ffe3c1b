package migration_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func TestGraphileMigrate(t *testing.T) {
	const committed = "--! Previous: -\n--! Hash: sha1:97b4d9f2b9ac9c22d8f3a5f4de6de34d8dc2f81a\n\nSELECT 1;\n"
	fsys := files(map[string]string{
		"db/.gmrc":                                "{}",
		"db/migrations/current.sql":               "--! Message: x\n--! include users.sql\n--!include deep/a b.sql\nSELECT 2 AS :NAME;\n--! No-Transaction\n",
		"db/migrations/fixtures/users.sql":        "SELECT 3;",
		"db/migrations/before.sql":                "SELECT 4;",
		"other/.gmrc.js":                          "",
		"other/migrations/current/1-a.sql":        "SELECT 5;",
		"other/migrations/current/b.sql":          "SELECT 5;",
		"committed/committed/000001-a.sql":        committed,
		"no/committed/000001.sql":                 "SELECT 1;",
		"no/migrations/current.sql":               "SELECT 1;",
		"none/migrations/current/000001-none.sql": "SELECT 1;",
	})
	histories, err := migration.Load(fsys, migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range histories {
		got = append(got, h.Dir+" "+h.Runner.Name+": "+h.Why)
		for _, m := range h.Migrations {
			got = append(got, fmt.Sprint("+ ", m.Version, " ", m.Name, ": ", m.Section.Scope))
			for _, s := range m.Statements {
				got = append(got, s.Text())
			}
			for _, g := range m.Gaps {
				got = append(got, fmt.Sprint(m.File.Position(g.Pos).Line, " ", g.Reason))
			}
			for _, p := range m.Problems {
				got = append(got, p.Message)
			}
		}
		for _, s := range h.Skipped {
			got = append(got, "- "+s.Name+": "+s.Reason)
		}
	}
	want := []string{
		"committed graphile-migrate: committed/000001-a.sql has the headers of a committed migration",
		"+ 000001 a: one transaction for the migration", "SELECT 1",
		"graphile-migrate refuses the migration where it is not applied: Hash is not that of the text, which was edited",
		"db/migrations graphile-migrate: db/.gmrc is beside it, and it has current.sql",
		"+ current : one transaction for the migration", "SELECT 2 AS :NAME",
		"2 fixtures/users.sql, which graphile-migrate executes in its place, is not read",
		"3 fixtures/deep/a b.sql, which graphile-migrate executes in its place, is not read",
		"`--! No-Transaction` has no effect: graphile-migrate reads --! no-transaction only on the first line of the migration, in lower case",
		"- db/migrations/before.sql: graphile-migrate executes only committed/NUMBER.sql, committed/NUMBER-words.sql, current.sql and what is in current/",
		"- db/migrations/fixtures/users.sql: graphile-migrate executes a fixture only where a migration includes it",
		"other/migrations graphile-migrate: other/.gmrc.js is beside it, and it has current",
		"+ current/1 a: one transaction for all pending migrations", "SELECT 5",
		"- other/migrations/current/b.sql: graphile-migrate refuses a file in current/ whose name does not begin with a number",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
