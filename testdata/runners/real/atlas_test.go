package real

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"ariga.io/atlas/sql/migrate"
	"ariga.io/atlas/sql/postgres"

	"github.com/premortem-lint/premortem/lint/migration"
)

// atlasTool executes files as atlas's command does, of which only the library is to
// be had as a Go module: each in a transaction, unless the file's txmode is none.
type atlasTool struct {
	t         *testing.T
	dir       migrate.Dir
	db        *sql.DB
	revisions *atlasRevisions
}

func openAtlas(t *testing.T, dir, dsn string) (tool, error) {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	// The directory gets its atlas.sum in a copy, unless it is about that.
	with := t.TempDir()
	if err := os.CopyFS(with, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(with, "recorded.txt")); err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	local, err := migrate.NewLocalDir(with)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Join(with, migrate.HashFileName)); err != nil {
		sum, err := local.Checksum()
		if err != nil {
			return nil, err
		}
		if err := migrate.WriteSumFile(local, sum); err != nil {
			return nil, err
		}
	}
	return atlasTool{t, local, db, &atlasRevisions{}}, nil
}

func (a atlasTool) up(ctx context.Context) ([]string, bool, error) {
	driver, err := postgres.Open(a.db)
	if err != nil {
		return nil, false, err
	}
	executor, err := migrate.NewExecutor(driver, a.dir, a.revisions, migrate.WithAllowDirty(true))
	if err != nil {
		return nil, false, err
	}
	pending, err := executor.Pending(ctx)
	if errors.Is(err, migrate.ErrNoPendingFiles) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	file := pending[0]
	names := []string{file.Name()}
	if slices.Contains(file.(*migrate.LocalFile).Directive("txmode"), "none") {
		return names, false, executor.Execute(ctx, file)
	}
	tx, err := a.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, false, err
	}
	defer tx.Rollback()
	if driver, err = postgres.Open(tx); err != nil {
		return nil, false, err
	}
	if executor, err = migrate.NewExecutor(driver, a.dir, a.revisions, migrate.WithAllowDirty(true)); err != nil {
		return nil, false, err
	}
	if err := executor.Execute(ctx, file); err != nil {
		return names, false, err
	}
	return names, false, tx.Commit()
}

// TestAtlasSum: premortem finds the file that Atlas does, and Atlas refuses a
// directory without atlas.sum.
func TestAtlasSum(t *testing.T) {
	dirs, err := filepath.Glob("../atlas/sum-*")
	if err != nil || len(dirs) == 0 {
		t.Fatal("no histories with atlas.sum", err)
	}
	for _, dir := range dirs {
		local, err := migrate.NewLocalDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		err = migrate.Validate(local)
		histories, loadErr := migration.Load(os.DirFS(dir), migration.Options{})
		if loadErr != nil {
			t.Fatal(loadErr)
		}
		refusal := histories[0].Runner.Refuses
		var mismatch *migrate.ChecksumError
		switch {
		case (err == nil) != (refusal == nil):
			t.Errorf("%s: Atlas says %v, premortem %+v", dir, err, refusal)
		case errors.As(err, &mismatch) && mismatch.File != refusal.Base:
			t.Errorf("%s: Atlas names %s, premortem %+v", dir, mismatch.File, refusal)
		}
	}
	local, err := migrate.NewLocalDir("../atlas/order")
	if err != nil {
		t.Fatal(err)
	}
	if err := migrate.Validate(local); !errors.Is(err, migrate.ErrChecksumNotFound) {
		t.Errorf("without atlas.sum, Atlas says %v", err)
	}
}

// TestAtlasNolint: premortem finds the atlas:nolint of each statement, and of the
// file, that Atlas finds.
func TestAtlasNolint(t *testing.T) {
	for _, text := range []string{
		"-- atlas:nolint DS103 MF101 \nSELECT 1;\nSELECT 2; -- atlas:nolint DS102\nSELECT 3;",
		"SELECT 1;\n--atlas:nolint destructive\n/*atlas:nolint PG101*/ SELECT 2;\n/* atlas:nolint */\n/*atlas:nolint\n*/\n--  atlas:nolint\nSELECT 3;",
		"SELECT 1;\n-- atlas:nolint A1\n\n-- atlas:nolint A2\nSELECT 2;\n/*atlas:nolint A3*/\n\nSELECT 3;",
		"SELECT 1;\r\n-- atlas:nolint A1\r\n\r\nSELECT 2;\r\n\r\n-- atlas:nolint A2\r\nSELECT 3;",
		"-- why\n-- atlas:nolint A1\n\nSELECT 1;\n-- atlas:nolint A2\nSELECT /*atlas:nolint A3*/ -- atlas:nolint A4\n2;",
		"-- atlas:nolint A1\r\n\r\nSELECT 1;",
	} {
		file := migrate.NewLocalFile("1.sql", []byte(text))
		statements, err := file.StmtDecls()
		if err != nil {
			t.Fatal(err)
		}
		histories, err := migration.Load(fstest.MapFS{"1.sql": {Data: []byte(text)}}, migration.Options{Runner: "atlas"})
		if err != nil {
			t.Fatal(err)
		}
		m := histories[0].Migrations[0]
		for i, s := range m.Statements {
			var want, got []string
			for _, d := range slices.Concat(file.Directive("nolint"), statements[i].Directive("nolint")) {
				want = append(want, strings.TrimSpace(d))
			}
			for _, silence := range m.Runner.Silences(m.File, s) {
				got = append(got, strings.Join(silence.Checks, " "))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%q: Atlas passes over %q at %s, premortem over %q", text, want, s.Text(), got)
			}
		}
	}
}

// down: the library has none.
func (atlasTool) down(context.Context) ([]string, bool, error) { return nil, true, nil }

// atlasRevisions keeps in memory what atlas keeps in a table.
type atlasRevisions struct{ all []*migrate.Revision }

func (*atlasRevisions) Ident() *migrate.TableIdent { return &migrate.TableIdent{Name: "revisions"} }

func (r *atlasRevisions) ReadRevisions(context.Context) ([]*migrate.Revision, error) {
	return r.all, nil
}

func (r *atlasRevisions) ReadRevision(_ context.Context, version string) (*migrate.Revision, error) {
	for _, revision := range r.all {
		if revision.Version == version {
			return revision, nil
		}
	}
	return nil, migrate.ErrRevisionNotExist
}

func (r *atlasRevisions) WriteRevision(_ context.Context, revision *migrate.Revision) error {
	if !slices.Contains(r.all, revision) {
		r.all = append(r.all, revision)
	}
	return nil
}

func (r *atlasRevisions) DeleteRevision(_ context.Context, version string) error {
	r.all = slices.DeleteFunc(r.all, func(x *migrate.Revision) bool { return x.Version == version })
	return nil
}
