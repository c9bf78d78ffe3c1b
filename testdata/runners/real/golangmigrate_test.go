package real

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/golang-migrate/migrate/v4"
	_ "github.com/golang-migrate/migrate/v4/database/pgx/v5"
	"github.com/golang-migrate/migrate/v4/source"
	"github.com/golang-migrate/migrate/v4/source/iofs"
)

type golangMigrateTool struct {
	*migrate.Migrate
	dir string
	// connect is for what the migration's session may no longer read.
	connect func() (*migrate.Migrate, error)
}

func openGolangMigrate(t *testing.T, dir, dsn string) (tool, error) {
	files, err := iofs.New(os.DirFS(dir), ".")
	if err != nil {
		return nil, err
	}
	connect := func() (*migrate.Migrate, error) {
		m, err := migrate.NewWithSourceInstance("iofs", files, strings.Replace(dsn, "postgres://", "pgx5://", 1))
		if err == nil {
			t.Cleanup(func() { m.Close() })
		}
		return m, err
	}
	m, err := connect()
	return golangMigrateTool{m, dir, connect}, err
}

func (g golangMigrateTool) up(context.Context) ([]string, bool, error) {
	err := g.Steps(1)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, true, nil
	}
	version, _, versionErr := g.Version()
	if versionErr != nil {
		g.Close() // its session has the lock that the next one waits for
		if m, connectErr := g.connect(); connectErr == nil {
			version, _, _ = m.Version()
		}
	}
	return g.file(version, source.Up), false, errors.Join(err, versionErr)
}

func (g golangMigrateTool) down(context.Context) ([]string, bool, error) {
	version, _, err := g.Version()
	if errors.Is(err, migrate.ErrNilVersion) {
		return nil, true, nil
	}
	if err != nil {
		return nil, false, err
	}
	return g.file(version, source.Down), false, g.Steps(-1)
}

// file finds the file of a version, which golang-migrate does not tell. A
// version may have a file for one direction only.
func (g golangMigrateTool) file(version uint, direction source.Direction) []string {
	entries, err := os.ReadDir(g.dir)
	if err != nil {
		panic(err)
	}
	for _, e := range entries {
		m, err := source.DefaultParse(e.Name())
		if err == nil && m.Version == version && m.Direction == direction {
			return []string{e.Name()}
		}
	}
	return nil
}
