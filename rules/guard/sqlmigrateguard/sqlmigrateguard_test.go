package sqlmigrateguard_test

import (
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	_ "github.com/lib/pq"
	migrate "github.com/rubenv/sql-migrate"

	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules/guard"
	"github.com/premortem-lint/premortem/rules/guard/sqlmigrateguard"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const header = "-- +migrate Up\nSET LOCAL lock_timeout = '2s';\n"

// Example applies the first migration, has the second one refused, which builds an
// index that blocks writes, and applies it when it is written well.
func Example() {
	pgtest.Example(func(dsn string) {
		db, err := sql.Open("postgres", dsn)
		if err != nil {
			panic(err)
		}
		defer db.Close()

		migrations := fstest.MapFS{ // in a program, an embed.FS
			"sql/1_users.sql": {Data: []byte(header + "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")},
		}
		source := sqlmigrateguard.Source{FileSystem: migrations, Root: "sql"}
		up := func() {
			n, err := sqlmigrateguard.Exec(db, "postgres", source, migrate.Up)
			var refusal *guard.Refusal
			switch {
			case errors.As(err, &refusal):
				first, _, _ := strings.Cut(refusal.Error(), "\n")
				fmt.Println(first)
			case err != nil:
				panic(err)
			default:
				fmt.Println(n, "applied")
			}
		}
		up()
		migrations["sql/2_email.sql"] = &fstest.MapFile{Data: []byte(header + "ALTER TABLE users ADD COLUMN name text;\nCREATE INDEX users_email ON users (email);\n")}
		up()
		migrations["sql/2_email.sql"] = &fstest.MapFile{Data: []byte("-- +migrate Up notransaction\nCREATE INDEX CONCURRENTLY users_email ON users (email);\n")}
		up()
	})
	// Output:
	// 1 applied
	// premortem refuses the pending migration sql/2_email.sql: nothing of it has run
	// 1 applied
}

// TestWays: what is about to be applied is judged, also where sql-migrate applies
// it on a way down; what is reverted is not.
func TestWays(t *testing.T) {
	fsys := fstest.MapFS{
		"1_users.sql":  {Data: []byte(header + "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n-- +migrate Down\nDROP TABLE users;\n")},
		"5_name.sql":   {Data: []byte(header + "ALTER TABLE users ADD COLUMN name text;\n-- +migrate Down\nALTER TABLE users DROP COLUMN name;\n")},
		"10_email.sql": {Data: []byte(header + "ALTER TABLE users ADD COLUMN x text;\nCREATE INDEX users_email ON users (email);\n-- +migrate Down\nDROP INDEX users_email;\n")},
	}
	db, err := sql.Open("postgres", pgtest.Find(t, 18).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	source := sqlmigrateguard.Source{FileSystem: fsys}
	applied := func(want ...string) {
		t.Helper()
		records, err := migrate.GetMigrationRecords(db, "postgres")
		var got []string
		for _, r := range records {
			got = append(got, r.Id)
		}
		if err != nil || !slices.Equal(got, want) {
			t.Fatalf("%v applied (%v), want %v", got, err, want)
		}
	}
	refused := func(n int, err error, pending ...string) {
		t.Helper()
		var refusal *guard.Refusal
		if !errors.As(err, &refusal) || n != 0 || !slices.Equal(refusal.Pending, pending) {
			t.Fatalf("not refused: %v", err)
		}
		if err := db.QueryRow(`SELECT count(*) FROM pg_attribute WHERE attrelid = to_regclass('users') AND attname = 'x'`).Scan(&n); err != nil || n > 0 {
			t.Fatal("a statement of a refused migration has run", err)
		}
	}
	n, err := sqlmigrateguard.ExecMax(db, "postgres", source, migrate.Up, 1)
	if n != 1 || err != nil {
		t.Fatal(n, err)
	}
	applied("1_users.sql")
	n, err = sqlmigrateguard.ExecContext(t.Context(), db, "postgres", source, migrate.Up) // 5 and 10 as one release
	refused(n, err, "5_name.sql", "10_email.sql")
	if n, err = sqlmigrateguard.ExecMax(db, "postgres", source, migrate.Up, 1); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	applied("1_users.sql", "5_name.sql")
	n, err = sqlmigrateguard.Exec(db, "postgres", source, migrate.Up)
	refused(n, err, "10_email.sql")

	fsys["2_late.sql"] = fsys["10_email.sql"]
	n, err = sqlmigrateguard.ExecMax(db, "postgres", source, migrate.Down, 1)
	refused(n, err, "2_late.sql")
	applied("1_users.sql", "5_name.sql")
	delete(fsys, "2_late.sql")
	if n, err = sqlmigrateguard.ExecMax(db, "postgres", source, migrate.Down, 1); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	applied("1_users.sql")
}
