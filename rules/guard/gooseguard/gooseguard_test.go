package gooseguard_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules/guard"
	"github.com/premortem-lint/premortem/rules/guard/gooseguard"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const header = "-- +goose Up\nSET LOCAL lock_timeout = '2s';\n"

// Example applies the first migration, has the second one refused, which builds an
// index that blocks writes, and applies it when it is written well.
func Example() {
	pgtest.Example(func(dsn string) {
		ctx := context.Background()
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			panic(err)
		}
		defer db.Close()

		migrations := fstest.MapFS{ // in a program, an embed.FS
			"00001_users.sql": {Data: []byte(header + "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")},
		}
		up := func() {
			provider, err := gooseguard.NewProvider(db, migrations, guard.Options{})
			if err != nil {
				panic(err)
			}
			results, err := provider.Up(ctx)
			var refusal *guard.Refusal
			switch {
			case errors.As(err, &refusal):
				first, _, _ := strings.Cut(refusal.Error(), "\n")
				fmt.Println(first)
			case err != nil:
				panic(err)
			default:
				fmt.Println(len(results), "applied")
			}
		}
		up()
		migrations["00002_email.sql"] = &fstest.MapFile{Data: []byte(header + "ALTER TABLE users ADD COLUMN name text;\nCREATE INDEX users_email ON users (email);\n")}
		up()
		migrations["00002_email.sql"] = &fstest.MapFile{Data: []byte("-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY users_email ON users (email);\n")}
		up()
	})
	// Output:
	// 1 applied
	// premortem refuses the pending migration 00002_email.sql: nothing of it has run
	// 1 applied
}

// TestWaysUp: each judges what it is about to run, and what is refused leaves
// nothing behind.
func TestWaysUp(t *testing.T) {
	fsys := fstest.MapFS{
		"00001_users.sql": {Data: []byte(header + "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")},
		"00002_name.sql":  {Data: []byte(header + "ALTER TABLE users ADD COLUMN name text;\n")},
		"00003_email.sql": {Data: []byte(header + "ALTER TABLE users ADD COLUMN x text;\nCREATE INDEX users_email ON users (email);\n-- +goose Down\nDROP INDEX users_email;\n")},
	}
	db, err := sql.Open("pgx", pgtest.Find(t, 18).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p, err := gooseguard.NewProvider(db, fsys, guard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	version := func(want int64) {
		t.Helper()
		if got, err := p.GetDBVersion(ctx); got != want || err != nil {
			t.Fatalf("version %d (%v), want %d", got, err, want)
		}
	}
	refused := func(err error, pending ...string) {
		t.Helper()
		var refusal *guard.Refusal
		if !errors.As(err, &refusal) || !slices.Equal(refusal.Pending, pending) {
			t.Fatalf("not refused: %v", err)
		}
		var n int
		if err := db.QueryRow(`SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('users') AND attname = 'x'`).Scan(&n); err != nil || n > 0 {
			t.Fatal("a statement of a refused migration has run", err)
		}
	}
	if _, err := p.UpByOne(ctx); err != nil {
		t.Fatal(err)
	}
	version(1)
	_, err = p.Up(ctx) // 2 and 3 as one release
	refused(err, "00002_name.sql", "00003_email.sql")
	version(1)
	if _, err = p.UpTo(ctx, 2); err != nil {
		t.Fatal(err)
	}
	version(2)
	_, err = p.UpByOne(ctx)
	refused(err, "00003_email.sql")
	_, err = p.ApplyVersion(ctx, 3, true)
	refused(err, "00003_email.sql")
	if _, err := p.Down(ctx); err != nil {
		t.Fatal(err)
	}
	version(1)
}
