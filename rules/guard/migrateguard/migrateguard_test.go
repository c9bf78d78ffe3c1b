package migrateguard_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/golang-migrate/migrate/v4"
	"github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source/iofs"

	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules/guard"
	"github.com/premortem-lint/premortem/rules/guard/migrateguard"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// open makes a migrate.Migrate with a guarded driver.
func open(dsn string, migrations fstest.MapFS) (*migrate.Migrate, error) {
	source, err := iofs.New(migrations, "sql")
	if err != nil {
		return nil, err
	}
	p := &pgx.Postgres{}
	driver, err := p.Open(strings.Replace(dsn, "postgres:", "pgx5:", 1))
	if err != nil {
		return nil, err
	}
	return migrate.NewWithInstance("iofs", source, "pgx5", migrateguard.Driver(driver, migrations, "sql", guard.Options{}))
}

// Example applies the first migration, has the second one refused, which builds an
// index that blocks writes, and applies it when it is written well.
func Example() {
	pgtest.Example(func(dsn string) {
		migrations := fstest.MapFS{ // in a program, an embed.FS
			"sql/1_users.up.sql": {Data: []byte("CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")},
		}
		up := func() {
			m, err := open(dsn, migrations)
			if err != nil {
				panic(err)
			}
			defer m.Close()
			err = m.Up()
			var refusal *guard.Refusal
			switch {
			case errors.As(err, &refusal):
				first, _, _ := strings.Cut(refusal.Error(), "\n")
				fmt.Println(first)
			case err != nil:
				panic(err)
			}
			version, dirty, err := m.Version()
			fmt.Println("version", version, dirty, err)
		}
		up()
		migrations["sql/2_email.up.sql"] = &fstest.MapFile{Data: []byte("CREATE INDEX users_email ON users (email);\n")}
		up()
		migrations["sql/2_email.up.sql"] = &fstest.MapFile{Data: []byte("CREATE INDEX CONCURRENTLY users_email ON users (email);\n")}
		up()
	})
	// Output:
	// version 1 false <nil>
	// premortem refuses the pending migration sql/2_email.up.sql: nothing of it has run
	// version 1 false <nil>
	// version 2 false <nil>
}

// TestWays: ups are judged with all that is pending, downs are not.
func TestWays(t *testing.T) {
	migrations := fstest.MapFS{
		"sql/1_users.up.sql":   {Data: []byte("CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")},
		"sql/1_users.down.sql": {Data: []byte("DROP TABLE users;\n")},
		"sql/2_name.up.sql":    {Data: []byte("SET LOCAL lock_timeout = '2s'; ALTER TABLE users ADD COLUMN name text;\n")},
		"sql/2_name.down.sql":  {Data: []byte("ALTER TABLE users DROP COLUMN name;\n")},
		"sql/10_email.up.sql":  {Data: []byte("CREATE INDEX users_email ON users (email);\n")},
	}
	m, err := open(pgtest.Find(t, 18).Database(t), migrations)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	version := func(want uint) {
		t.Helper()
		if got, dirty, err := m.Version(); got != want || dirty || err != nil {
			t.Fatalf("version %d (dirty %v, %v), want %d", got, dirty, err, want)
		}
	}
	refused := func(err error, pending ...string) {
		t.Helper()
		var refusal *guard.Refusal
		if errors.As(err, &refusal) {
			slices.Sort(refusal.Pending)
		}
		if refusal == nil || !slices.Equal(refusal.Pending, pending) {
			t.Fatalf("not refused: %v", err)
		}
	}
	if err := m.Steps(1); err != nil { // all is new: one release
		t.Fatal(err)
	}
	version(1)
	refused(m.Migrate(2), "sql/10_email.up.sql", "sql/2_name.up.sql")
	version(1)
	migrations["sql/10_email.up.sql"].Data = []byte("CREATE INDEX CONCURRENTLY users_email ON users (email);\n")
	if err := m.Migrate(2); err != nil {
		t.Fatal(err)
	}
	version(2)
	migrations["sql/10_email.up.sql"].Data = []byte("CREATE INDEX users_email ON users (email);\n")
	refused(m.Up(), "sql/10_email.up.sql")
	version(2)
	if err := m.Steps(-1); err != nil {
		t.Fatal(err)
	}
	version(1)
}
