package rules_test

import (
	"fmt"
	"testing/fstest"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules"
)

// Lint judges the migrations of a file system: os.DirFS, an embed.FS, or one
// in memory. The named file is under review, those before it are history.
func ExampleLint() {
	fsys := fstest.MapFS{
		"migrations/00001_users.sql": {Data: []byte(`-- +goose Up
CREATE TABLE users (id bigint PRIMARY KEY, email text);
`)},
		"migrations/00002_email.sql": {Data: []byte(`-- +goose Up
SET LOCAL lock_timeout = '5s';
CREATE INDEX users_email_idx ON users (email);
`)},
	}
	result, err := rules.Lint(fsys, rules.Config{
		Migrations: migration.Options{Paths: []string{"migrations/00002_email.sql"}},
		Lint:       lint.Config{Server: 17},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, d := range result.Diagnostics {
		fmt.Printf("%s:%d: %s: %s: %s\n", d.File.Name, d.File.Position(d.Pos).Line, d.Severity, d.Rule, d.Message)
		fmt.Println("instead:", d.Instead.Message)
		for _, text := range d.Instead.Migrations {
			fmt.Print(text)
		}
	}
	// Output:
	// migrations/00002_email.sql:3: error: create-index-not-concurrently: CREATE INDEX takes a SHARE lock on public.users, which blocks writes until the index is built; reads go on
	// instead: build the index CONCURRENTLY, outside a transaction block
	// -- +goose NO TRANSACTION
	// -- +goose Up
	// CREATE INDEX CONCURRENTLY users_email_idx ON users (email);
}
