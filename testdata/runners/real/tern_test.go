package real

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

type ternTool struct{ *migrate.Migrator }

func openTern(t *testing.T, dir, dsn string) (_ tool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(ctx) })
	m, err := migrate.NewMigrator(ctx, conn, "public.schema_version")
	if err != nil {
		t.Fatal(err)
	}
	return ternTool{m}, m.LoadMigrations(os.DirFS(dir))
}

func (t ternTool) up(ctx context.Context) ([]string, bool, error) {
	current, err := t.GetCurrentVersion(ctx)
	if err != nil || int(current) >= len(t.Migrations) {
		return nil, err == nil, err
	}
	return []string{t.Migrations[current].Name}, false, t.MigrateTo(ctx, current+1)
}

func (t ternTool) down(ctx context.Context) ([]string, bool, error) {
	current, err := t.GetCurrentVersion(ctx)
	if err != nil || current == 0 {
		return nil, err == nil, err
	}
	return []string{t.Migrations[current-1].Name}, false, t.MigrateTo(ctx, current-1)
}

// TestTernRenumbered gives an applied migration a new number, to make room for one
// that comes before it: versions of tern have no gap.
func TestTernRenumbered(t *testing.T) {
	t.Parallel()
	pool := pgtest.NewPool(t)
	dsn, done := pool.Database(t, lint.NewestSupported)
	t.Cleanup(done)
	dir := t.TempDir()
	up := func() (executed []string, err error) {
		tool, err := openTern(t, dir, dsn)
		for err == nil {
			files, done, stepErr := tool.up(t.Context())
			if done {
				break
			}
			executed, err = append(executed, files...), stepErr
		}
		return executed, err
	}
	write := func(name, table string) {
		writeFile(t, filepath.Join(dir, name), "CREATE TABLE IF NOT EXISTS "+table+" (id int);\n")
	}
	write("1_a.sql", "a")
	write("2_b.sql", "b")
	if got, err := up(); err != nil || len(got) != 2 {
		t.Fatal(got, err)
	}
	write("1_a.sql", "edited")
	if got, err := up(); err != nil || len(got) != 0 {
		t.Errorf("edited: %q, %v", got, err)
	}
	if err := os.Rename(filepath.Join(dir, "2_b.sql"), filepath.Join(dir, "3_b.sql")); err != nil {
		t.Fatal(err)
	}
	write("2_late.sql", "late")
	if got, err := up(); err != nil || !slices.Equal(got, []string{"3_b.sql"}) {
		t.Errorf("renumbered: %q, %v", got, err)
	}
}
