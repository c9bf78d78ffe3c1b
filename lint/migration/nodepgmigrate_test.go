package migration_test

import (
	"testing"

	"github.com/premortem-lint/premortem/lint/migration"
)

// TestNodePgMigrateSingleTransaction: the scripts of a project say whether all
// migrations share a transaction.
func TestNodePgMigrateSingleTransaction(t *testing.T) {
	const depends = `"devDependencies": {"node-pg-migrate": "^9.0.0"}`
	const all, each = migration.TransactionPerRun, migration.TransactionPerMigration
	for _, c := range []struct {
		file, text string
		want       migration.TxScope
	}{
		{"package.json", `{` + depends + `}`, all},
		{"package.json", `{"scripts": {"migrate": "node-pg-migrate up"}, ` + depends + `}`, all},
		{"package.json", `{"scripts": {"migrate": "node-pg-migrate up --no-single-transaction"}, ` + depends + `}`, each},
		{"package.json", `{"scripts": {"migrate": "node-pg-migrate --single-transaction=false", "new": "node-pg-migrate create"}, ` + depends + `}`, each},
		{"package.json", `{"scripts": {"pgm": "node-pg-migrate", "up": "npm run pgm -- up --singleTransaction false"}, ` + depends + `}`, each},
		{"db/package.json", `{"scripts": {"up": "node-pg-migrate up --no-singleTransaction"}, ` + depends + `}`, each},
		{"package.json", `{"scripts": {"up": "node-pg-migrate up", "up:alone": "node-pg-migrate up --no-single-transaction"}, ` + depends + `}`, all},
		{"package.json", `{"scripts": {"up": "node-pg-migrate up --single-transaction"}, ` + depends + `}`, all},
		{"package.json", `{"scripts": {"up": "node-pg-migrate up --no-single-transactions"}, ` + depends + `}`, all},
		{"package.json", `{"scripts": {"up": "node-pg-migrate up --no-single-transaction"}}`, all}, // of another tool
		{"other/package.json", `{"scripts": {"up": "node-pg-migrate up --no-single-transaction"}, ` + depends + `}`, all},
		{"db/config.json", `{"db": {"single-transaction": false}}`, all}, // which it does not read there
		{"package.json", `{"scripts": {"up": ["node-pg-migrate up --no-single-transaction"]}, ` + depends + `}`, all},
	} {
		histories, err := migration.Load(files(map[string]string{
			"db/migrations/1_a.sql": "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n",
			"db/migrations/2_b.sql": "-- Up Migration\nSELECT 1;\n",
			c.file:                  c.text,
		}), migration.Options{Down: true})
		if err != nil {
			t.Fatal(err)
		}
		h := histories[0]
		why := "1_a.sql has -- Up Migration, as 2 of 2 files do"
		if c.want == each {
			why += "; a script of " + c.file + " has --no-single-transaction"
		}
		if h.Runner.Name != "node-pg-migrate" || h.Why != why || len(h.Migrations) != 3 {
			t.Errorf("%s %s: %s (%s), %d migrations", c.file, c.text, h.Runner.Name, h.Why, len(h.Migrations))
		}
		for _, m := range h.Migrations {
			if m.Section.Scope != c.want {
				t.Errorf("%s %s: %s %s has %s", c.file, c.text, m.File.Name, m.Direction, m.Section.Scope)
			}
		}
	}
}
