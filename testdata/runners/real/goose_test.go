package real

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

type gooseTool struct{ *goose.Provider }

func openGoose(t *testing.T, dir, dsn string) (tool, error) {
	if filepath.Base(dir) == "go-code" {
		return gooseCode{t, dir, dsn}, nil
	}
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	p, err := goose.NewProvider(goose.DialectPostgres, db, os.DirFS(dir))
	return gooseTool{p}, err
}

func (g gooseTool) up(ctx context.Context) ([]string, bool, error) {
	pending, err := g.state(ctx, goose.StatePending)
	if err != nil || len(pending) == 0 {
		return nil, err == nil, err
	}
	_, err = g.UpByOne(ctx)
	return pending[:1], errors.Is(err, goose.ErrNoNextVersion), err
}

func (g gooseTool) down(ctx context.Context) ([]string, bool, error) {
	applied, err := g.state(ctx, goose.StateApplied)
	if err != nil || len(applied) == 0 {
		return nil, err == nil, err
	}
	_, err = g.Down(ctx)
	return applied[len(applied)-1:], errors.Is(err, goose.ErrNoNextVersion), err
}

// gooseCode is goose with migrations in Go, which a program of its own has.
type gooseCode struct {
	t        *testing.T
	dir, dsn string
}

func (g gooseCode) up(ctx context.Context) ([]string, bool, error)   { return g.step(ctx, "up") }
func (g gooseCode) down(ctx context.Context) ([]string, bool, error) { return g.step(ctx, "down") }

func (g gooseCode) step(ctx context.Context, direction string) ([]string, bool, error) {
	g.t.Helper()
	out, err := exec.CommandContext(ctx, "go", "run", "./goosecode", direction, g.dir, g.dsn).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) {
		g.t.Fatalf("%v: %s", err, failed.Stderr)
	}
	return strings.Fields(string(out)), len(out) == 0, err
}

// state lists the files in a state, in order of their versions: Status itself
// lists them as the directory does.
func (g gooseTool) state(ctx context.Context, state goose.State) ([]string, error) {
	all, err := g.Status(ctx)
	slices.SortFunc(all, func(a, b *goose.MigrationStatus) int { return cmp.Compare(a.Source.Version, b.Source.Version) })
	var files []string
	for _, s := range all {
		if s.State == state {
			files = append(files, filepath.Base(s.Source.Path))
		}
	}
	return files, err
}

// TestGooseCommand covers where goose's command, and the package functions
// that it calls, differ from a Provider.
func TestGooseCommand(t *testing.T) {
	for history, refused := range map[string]bool{
		"order":                     true,  // seed.sql has no version
		"missing-semicolon-in-down": false, // found only on the way down
		"directive-without-effect":  true,  // CONCURRENTLY in a transaction
		"no-transaction":            false,
	} {
		db, err := sql.Open("pgx", pgtest.Find(t, lint.NewestSupported).Database(t))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		if _, err := db.Exec(seen); err != nil {
			t.Fatal(err)
		}
		goose.SetBaseFS(os.DirFS(filepath.Join("..", "goose", history)))
		if err := goose.SetDialect("postgres"); err != nil {
			t.Fatal(err)
		}
		if err := goose.UpContext(t.Context(), db, "."); (err != nil) != refused {
			t.Errorf("%s: %v", history, err)
		}
	}
}
