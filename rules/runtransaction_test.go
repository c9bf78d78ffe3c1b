package rules_test

import (
	"fmt"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules"
)

// TestTransactionPerRun judges a release of a tool that executes all pending
// migrations in one transaction: what is in another file is in the same
// transaction all the same, but history is not, nor is the next release.
func TestTransactionPerRun(t *testing.T) {
	fsys := fstest.MapFS{}
	for name, text := range map[string]string{
		"m/00001_tables.sql":   "CREATE TABLE users (id bigint PRIMARY KEY, age int);\nCREATE TYPE mood AS ENUM ('happy');\nCREATE TABLE moods (mood mood);\nALTER TYPE mood ADD VALUE 'old';",
		"m/00002_add.sql":      "ALTER TYPE mood ADD VALUE 'sad';\nALTER TABLE users ADD CONSTRAINT age_check CHECK (age > 0) NOT VALID;\nALTER TABLE users ADD CONSTRAINT id_check CHECK (id > 0) NOT VALID;",
		"m/00003_use.sql":      "INSERT INTO moods VALUES ('old');\nINSERT INTO moods VALUES ('sad');",
		"m/00004_validate.sql": "ALTER TABLE users VALIDATE CONSTRAINT age_check;",
	} {
		fsys[name] = &fstest.MapFile{Data: []byte("-- +goose Up\n" + text)}
	}
	added := []string{
		"m/00002_add.sql:4 constraint-never-validated",
		"m/00003_use.sql:3 enum-value-used-in-its-transaction",
		"m/00004_validate.sql:2 validate-constraint-in-same-transaction",
	}
	for _, test := range []struct {
		name    string
		options migration.Options
		scope   migration.TxScope
		want    []string
	}{
		{"one release", migration.Options{Paths: []string{"m"}, After: "1"}, migration.TransactionPerRun, added},
		{"a transaction for each migration", migration.Options{Paths: []string{"m"}, After: "1"}, migration.TransactionPerMigration, added[:1]},
		{"each a release", migration.Options{Paths: []string{"m"}}, migration.TransactionPerRun, added[:1]},
		{"the others are history", migration.Options{Paths: []string{"m"}, After: "3"}, migration.TransactionPerRun, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			histories, err := migration.Load(fsys, test.options)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range histories[0].Migrations {
				m.Section.Scope = test.scope
			}
			result, err := lint.Run(histories, lint.Config{Rules: rules.All()})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, d := range result.Diagnostics {
				if slices.Contains([]string{"constraint-never-validated", "enum-value-used-in-its-transaction", "validate-constraint-in-same-transaction"}, d.Rule) {
					got = append(got, fmt.Sprintf("%s:%d %s", d.File.Name, d.File.Position(d.Pos).Line, d.Rule))
				}
			}
			if d := cmp.Diff(test.want, got); d != "" {
				t.Errorf("findings (-want +got):\n%s", d)
			}
		})
	}
}

// TestAdvicePerRun: what cannot be a migration of the tool is said in words, and
// what must not share a transaction is not left to one run.
func TestAdvicePerRun(t *testing.T) {
	fsys := fstest.MapFS{
		"m/meta/_journal.json": {Data: []byte(`{"dialect": "postgresql", "entries": [{"tag": "0000_a"}, {"tag": "0001_b"}]}`)},
		"m/0000_a.sql":         {Data: []byte("CREATE TABLE users (id bigint PRIMARY KEY, age int);")},
		"m/0001_b.sql":         {Data: []byte("CREATE INDEX ON users (age);--> statement-breakpoint\nALTER TABLE users ALTER age SET NOT NULL;")},
	}
	histories, err := migration.Load(fsys, migration.Options{Paths: []string{"m"}, After: "0000_a"})
	if err != nil {
		t.Fatal(err)
	}
	result, err := lint.Run(histories, lint.Config{Rules: rules.All()})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, d := range result.Diagnostics {
		if d.Rule == "create-index-not-concurrently" || d.Rule == "set-not-null-scans-table" {
			got = append(got, fmt.Sprintf("%s, %d migrations", d.Instead.Message, len(d.Instead.Migrations)))
		}
	}
	want := []string{
		"build the index CONCURRENTLY, outside a transaction block; execute it by other means, because drizzle runs all pending migrations in one transaction, 0 migrations",
		"prove it with a CHECK that is validated in a later migration, which blocks neither reads nor writes; SET NOT NULL then scans nothing; apply one, and then add the next, because drizzle runs all pending migrations in one transaction, 3 migrations",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("advice (-want +got):\n%s", d)
	}
}
