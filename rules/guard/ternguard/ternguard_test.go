package ternguard_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules/guard"
	"github.com/premortem-lint/premortem/rules/guard/ternguard"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

const header = "SET LOCAL lock_timeout = '2s';\n"

// Example applies the first migration, has the second one refused, which builds an
// index that blocks writes, and applies it when it is written well.
func Example() {
	pgtest.Example(func(dsn string) {
		ctx := context.Background()
		conn, err := pgx.Connect(ctx, dsn)
		if err != nil {
			panic(err)
		}
		defer conn.Close(ctx)

		migrations := fstest.MapFS{ // in a program, an embed.FS
			"001_users.sql": {Data: []byte(header + "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")},
		}
		up := func() {
			migrator, err := ternguard.NewMigrator(ctx, conn, "public.schema_version", guard.Options{})
			if err != nil {
				panic(err)
			}
			if err := migrator.LoadMigrations(migrations); err != nil {
				panic(err)
			}
			err = migrator.Migrate(ctx)
			var refusal *guard.Refusal
			switch {
			case errors.As(err, &refusal):
				first, _, _ := strings.Cut(refusal.Error(), "\n")
				fmt.Println(first)
			case err != nil:
				panic(err)
			}
			version, err := migrator.GetCurrentVersion(ctx)
			if err != nil {
				panic(err)
			}
			fmt.Println("version", version)
		}
		up()
		migrations["002_email.sql"] = &fstest.MapFile{Data: []byte(header + "ALTER TABLE users ADD COLUMN name text;\nCREATE INDEX users_email ON users (email);\n")}
		up()
		migrations["002_email.sql"] = &fstest.MapFile{Data: []byte("---- tern: disable-tx ----\nCREATE INDEX CONCURRENTLY users_email ON users (email);\n")}
		up()
	})
	// Output:
	// version 1
	// premortem refuses the pending migration 002_email.sql: nothing of it has run
	// version 1
	// version 2
}

// project is a database and the migrations for it.
type project struct {
	*testing.T
	conn *pgx.Conn
	*ternguard.Migrator
}

func open(t *testing.T, files fstest.MapFS, opts migrate.MigratorOptions, data map[string]any) *project {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), pgtest.Find(t, 18).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	m, err := ternguard.NewMigratorEx(t.Context(), conn, "public.schema_version", &opts, guard.Options{})
	if err != nil {
		t.Fatal(err)
	}
	m.Data = data
	if files != nil {
		if err := m.LoadMigrations(files); err != nil {
			t.Fatal(err)
		}
	}
	return &project{t, conn, m}
}

// to migrates, and wants that it succeeds.
func (p *project) to(version int32) {
	p.Helper()
	if err := p.MigrateTo(p.Context(), version); err != nil {
		p.Fatal(err)
	}
	p.at(version)
}

func (p *project) at(want int32) {
	p.Helper()
	if got, err := p.GetCurrentVersion(p.Context()); got != want || err != nil {
		p.Fatalf("version %d (%v), want %d", got, err, want)
	}
}

// refused wants that err is a refusal of these migrations, a rule among its reasons,
// and that no column x is there: each refused migration begins with adding it.
func (p *project) refused(err error, rule string, pending ...string) *guard.Refusal {
	p.Helper()
	var refusal *guard.Refusal
	if !errors.As(err, &refusal) || !slices.Equal(refusal.Pending, pending) {
		p.Fatalf("not refused: %v", err)
	}
	if !slices.ContainsFunc(refusal.Result.Diagnostics, func(d lint.Diagnostic) bool { return d.Rule == rule }) {
		p.Errorf("not for %s: %v", rule, err)
	}
	var n int
	if err := p.conn.QueryRow(p.Context(), `SELECT count(*) FROM pg_attribute WHERE attname = 'x' AND attrelid = to_regclass('users')`).Scan(&n); err != nil || n > 0 {
		p.Fatal("a statement of a refused migration has run", err)
	}
	return refusal
}

const (
	users   = header + "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n---- create above / drop below ----\nDROP TABLE users;\n"
	hazards = "ALTER TABLE users ADD COLUMN x text;\nCREATE INDEX users_email ON users (email);\n"
	indexed = "create-index-not-concurrently" // the rule that hazards break
)

// TestWays: each way up judges what it is about to run, as one release; what is
// applied, and the ways down, are not judged.
func TestWays(t *testing.T) {
	p := open(t, fstest.MapFS{
		"001_users.sql": {Data: []byte(users)},
		"002_name.sql":  {Data: []byte(header + "ALTER TABLE users ADD COLUMN name text;\n---- create above / drop below ----\nALTER TABLE users DROP COLUMN name;\n")},
		"003_email.sql": {Data: []byte("\n\n" + header + hazards + "---- create above / drop below ----\nDROP INDEX users_email;\n")},
		"004_label.sql": {Data: []byte(header + "ALTER TABLE users ADD COLUMN label text;\n")},
	}, migrate.MigratorOptions{}, nil)
	ctx := t.Context()
	p.to(1)
	p.refused(p.Migrate(ctx), indexed, "002_name.sql", "003_email.sql", "004_label.sql")
	p.refused(p.MigrateTo(ctx, 3), indexed, "002_name.sql", "003_email.sql")
	p.at(1)
	p.to(2)
	refusal := p.refused(p.Migrate(ctx), indexed, "003_email.sql", "004_label.sql")
	if d := refusal.Result.Diagnostics[0]; d.Rule != indexed || d.File.Position(d.Pos).Line != 5 {
		t.Errorf("the place is not that in the file: %v", refusal)
	}
	p.at(2)
	if err := p.Migrator.Migrator.MigrateTo(ctx, 3); err != nil { // as tern does
		t.Fatal(err)
	}
	if err := p.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	p.at(4)
	p.to(4) // nothing is pending
	var bad migrate.BadVersionError
	if err := p.MigrateTo(ctx, 9); !errors.As(err, &bad) {
		t.Errorf("a version that is not there: %v", err)
	}
	var irreversible migrate.IrreversibleMigrationError
	if err := p.MigrateTo(ctx, 0); !errors.As(err, &irreversible) {
		t.Errorf("a way down that is not there: %v", err)
	}
	p.at(4)
	p.Migrations[3].DownSQL = "ALTER TABLE users DROP COLUMN label;"
	p.to(0)
	// The whole history as one release: no table has traffic.
	p.to(4)
}

// TestAppended: migrations that the program appends are judged, its functions run.
func TestAppended(t *testing.T) {
	p := open(t, nil, migrate.MigratorOptions{}, nil)
	ctx := t.Context()
	p.AppendMigration("users", header+"CREATE TABLE users (id bigint PRIMARY KEY, email text);", "")
	ran := false
	p.Migrations = append(p.Migrations, &migrate.Migration{Sequence: 2, Name: "fill/users", UpFunc: func(context.Context, *pgx.Conn) error {
		ran = true
		return nil
	}})
	p.to(1)
	p.AppendMigration("a/b", hazards, "")
	p.refused(p.Migrate(ctx), indexed, "003_a-b.sql")
	if p.at(1); ran {
		t.Error("a function has run")
	}
	// tern executes what stands below the marker, if a program appends it.
	p.Migrations[2].UpSQL = "SELECT '{{1}}'::int[][];\n---- create above / drop below ----\n" + header + hazards
	p.refused(p.Migrate(ctx), indexed, "003_a-b.sql")
	p.Migrations[2].UpSQL = header + "ALTER TABLE users ADD COLUMN matrix int[] DEFAULT '{{1,2},{3,4}}';"
	if err := p.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if p.at(3); !ran {
		t.Error("the function has not run")
	}
}

// TestTransactions: the marker and the option decide, as they do for tern.
func TestTransactions(t *testing.T) {
	const concurrently = "CREATE INDEX CONCURRENTLY a ON users (email);\nCREATE INDEX CONCURRENTLY b ON users (id, email);\n"
	for _, c := range []struct {
		name, text string
		disableTx  bool
		rule       string // that it breaks; none: it is applied
	}{
		{"without the marker", concurrently, false, "concurrently-in-transaction"},
		{"with the marker", "---- tern: disable-tx ----\n" + concurrently, false, ""},
		{"with the option", concurrently, true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := open(t, fstest.MapFS{"001_users.sql": {Data: []byte(users)}, "002_email.sql": {Data: []byte(c.text)}},
				migrate.MigratorOptions{DisableTx: c.disableTx}, nil)
			p.to(1)
			if c.rule == "" {
				p.to(2)
				return
			}
			p.refused(p.Migrate(t.Context()), c.rule, "002_email.sql")
			p.at(1)
		})
	}
}

// TestTemplates: what a template makes is judged, not the template.
func TestTemplates(t *testing.T) {
	files := fstest.MapFS{
		"001_users.sql":    {Data: []byte(users)},
		"002_email.sql":    {Data: []byte(header + `ALTER TABLE {{.table}} ADD COLUMN x text DEFAULT '{{"{{"}}';` + "\n" + `{{if .index}}{{template "shared/index.sql" .}}{{end}}` + "\n")},
		"shared/index.sql": {Data: []byte("CREATE INDEX users_email ON {{.table}} (email);\n")},
	}
	p := open(t, files, migrate.MigratorOptions{}, map[string]any{"table": "users", "index": true})
	p.to(1)
	p.refused(p.Migrate(t.Context()), indexed, "002_email.sql")
	p.at(1)
	p = open(t, files, migrate.MigratorOptions{}, map[string]any{"table": "users", "index": false})
	p.to(1)
	p.to(2)
}
