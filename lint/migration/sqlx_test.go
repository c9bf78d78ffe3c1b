package migration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

const cargo = "[package]\nname = \"x\"\n[dependencies]\nsqlx = { version = \"0.8\" }\n"

func TestSqlx(t *testing.T) {
	const in, out = "one transaction for the migration", "one simple query for the whole migration"
	for _, c := range []struct {
		name    string
		project map[string]string
		down    bool
		want    []string
	}{
		{
			"a crate that depends on it",
			map[string]string{"Cargo.toml": cargo, "db/migrations/2_b.sql": "SELECT 1;", "db/migrations/10_a.sql": "SELECT 1;", "db/migrations/README_x": "", "db/migrations/notes.sql": ""},
			false,
			[]string{
				"db/migrations: sqlx",
				"2_b.sql up 2: " + in, "10_a.sql up 10: " + in,
				"skips notes.sql: sqlx passes over names without _",
			},
		},
		{
			"of a workspace, with ups and downs",
			map[string]string{"Cargo.toml": "[workspace.dependencies]\nsqlx = \"0.8\"\n", "m/1_a.up.sql": "SELECT 1;", "m/1_a.down.sql": "SELECT 1;"},
			true,
			[]string{"m: sqlx", "1_a.up.sql up 1: " + in, "1_a.down.sql down 1: " + in},
		},
		{
			"a crate that does not, and one that is broken",
			map[string]string{"Cargo.toml": "[dependencies]\nserde = \"1\"\n", "m/Cargo.toml": "[", "m/1_a.up.sql": "SELECT 1;"},
			false,
			[]string{"m: golang-migrate", "1_a.up.sql up 1: " + out},
		},
		{
			"the first bytes of a file",
			map[string]string{
				"m/1_a.sql": "-- no-transaction\r\nCREATE INDEX CONCURRENTLY i ON t (a);",
				"m/2_b.sql": "\n-- no-transaction\nSELECT 1;",
				"m/3_c.sql": "\ufeff-- no-transaction\nSELECT 1;",
				"m/4_d.sql": "SELECT 1; SELECT 2;",
				"m/4_e.sql": "SELECT 1;",
				"m/x_y.sql": "SELECT 1;",
			},
			false,
			[]string{
				"m: sqlx",
				"1_a.sql up 1: " + out,
				"2_b.sql up 2: " + in,
				"  refused false: `-- no-transaction` has no effect, the migration runs in a transaction: sqlx reads -- no-transaction as the first bytes of the file only; move it to the beginning of the file",
				"3_c.sql up 3: " + in,
				"  refused true: sqlx sends the byte order mark to PostgreSQL, which refuses it as a syntax error; save the file without it",
				"4_d.sql up 4: " + in,
				"  refused true: 4_e.sql has version 4 too: sqlx fails at the second (23505); give one of them another version",
				"4_e.sql up 4: " + in,
				"  refused true: 4_d.sql has version 4 too: sqlx fails at the second (23505); give one of them another version",
				"skips x_y.sql: sqlx refuses the whole directory for a name that does not begin with a number and _",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, told(t, c.project, migration.Options{Down: c.down})); d != "" {
				t.Error(d)
			}
		})
	}
}
