package atlasguard_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"
	_ "github.com/jackc/pgx/v5/stdlib"

	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules/guard"
	"github.com/premortem-lint/premortem/rules/guard/atlasguard"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// revisions keeps in memory what a program keeps in a table.
type revisions struct{ all []*migrate.Revision }

func (*revisions) Ident() *migrate.TableIdent { return &migrate.TableIdent{Name: "revisions"} }

func (r *revisions) ReadRevisions(context.Context) ([]*migrate.Revision, error) { return r.all, nil }

func (r *revisions) ReadRevision(_ context.Context, version string) (*migrate.Revision, error) {
	for _, revision := range r.all {
		if revision.Version == version {
			return revision, nil
		}
	}
	return nil, migrate.ErrRevisionNotExist
}

func (r *revisions) WriteRevision(_ context.Context, revision *migrate.Revision) error {
	if !slices.Contains(r.all, revision) {
		r.all = append(r.all, revision)
	}
	return nil
}

func (r *revisions) DeleteRevision(context.Context, string) error { return nil }

// project is a database and a directory.
type project struct {
	db   *sql.DB
	path string
	revisions
}

func (p *project) write(name, text string) {
	if err := os.WriteFile(filepath.Join(p.path, name), []byte(text), 0o644); err != nil {
		panic(err)
	}
}

// executor opens the directory as it is now.
func (p *project) executor() *atlasguard.Executor {
	dir, err := migrate.NewLocalDir(p.path)
	if err != nil {
		panic(err)
	}
	sum, err := dir.Checksum()
	if err != nil {
		panic(err)
	}
	if err := migrate.WriteSumFile(dir, sum); err != nil {
		panic(err)
	}
	driver, err := postgres.Open(p.db)
	if err != nil {
		panic(err)
	}
	executor, err := atlasguard.NewExecutor(driver, dir, &p.revisions, guard.Options{}, migrate.WithAllowDirty(true))
	if err != nil {
		panic(err)
	}
	return executor
}

// Example applies the first migration, has the second one refused, which builds an
// index that blocks writes, and applies it when it is written well.
func Example() {
	pgtest.Example(func(dsn string) {
		db, err := sql.Open("pgx", dsn)
		if err != nil {
			panic(err)
		}
		defer db.Close()
		path, err := os.MkdirTemp("", "")
		if err != nil {
			panic(err)
		}
		defer os.RemoveAll(path)
		p := &project{db: db, path: path}
		apply := func() {
			err := p.executor().ExecuteN(context.Background(), 0)
			var refusal *guard.Refusal
			switch {
			case errors.As(err, &refusal):
				first, _, _ := strings.Cut(refusal.Error(), "\n")
				fmt.Println(first)
			case err != nil:
				panic(err)
			}
			fmt.Println(len(p.all), "applied")
		}
		p.write("1_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")
		apply()
		p.write("2_email.sql", "ALTER TABLE users ADD COLUMN name text;\nCREATE INDEX users_email ON users (email);\n")
		apply()
		p.write("2_email.sql", "-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY users_email ON users (email);\n")
		apply()
	})
	// Output:
	// 1 applied
	// premortem refuses the pending migration 2_email.sql: nothing of it has run
	// 1 applied
	// 2 applied
}

// TestWaysForward: each judges what it is about to execute.
func TestWaysForward(t *testing.T) {
	db, err := sql.Open("pgx", pgtest.Find(t, 18).Database(t))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	p := &project{db: db, path: t.TempDir()}
	p.write("1_users.sql", "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n")
	p.write("2_name.sql", "SET LOCAL lock_timeout = '2s';\nALTER TABLE users ADD COLUMN name text;\n")
	p.write("3_email.sql", "CREATE INDEX users_email ON users (email);\n")
	ctx, e := t.Context(), p.executor()
	refused := func(err error, pending ...string) {
		t.Helper()
		var refusal *guard.Refusal
		if !errors.As(err, &refusal) || !slices.Equal(refusal.Pending, pending) {
			t.Fatalf("not refused: %v", err)
		}
	}
	applied := func(want int, err error) {
		t.Helper()
		if err != nil || len(p.all) != want {
			t.Fatalf("%d applied, want %d: %v", len(p.all), want, err)
		}
	}
	applied(1, e.ExecuteN(ctx, 1))
	refused(e.ExecuteN(ctx, 0), "2_name.sql", "3_email.sql")
	refused(e.ExecuteTo(ctx, "3"), "2_name.sql", "3_email.sql")
	applied(2, e.ExecuteTo(ctx, "2"))
	pending, err := e.Pending(ctx)
	if err != nil || len(pending) != 1 {
		t.Fatal(pending, err)
	}
	refused(e.Execute(ctx, pending[0]), "3_email.sql")
	if err := e.ExecuteTo(ctx, "9"); err == nil {
		t.Error("a version that is not there")
	}
	applied(2, nil)
}
