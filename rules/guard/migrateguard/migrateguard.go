// Package migrateguard is a database driver for golang-migrate that judges the
// pending migrations before the first of them runs.
package migrateguard

import (
	"io/fs"
	"path"
	"strconv"

	"github.com/golang-migrate/migrate/v4/database"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules/guard"
)

// Driver wraps the driver of a PostgreSQL database. When a migrate.Migrate is about
// to run the first migration of a way up, all up migrations in dir of fsys behind
// the database's version are judged, also those that Steps or Migrate would not
// reach. Where they are refused, the error is a *guard.Refusal, nothing has run and
// the version is not dirty. The ways down are the driver's own.
//
// Its Open is the wrapped driver's and gives no guard: use it with
// migrate.NewWithInstance or migrate.NewWithDatabaseInstance.
func Driver(driver database.Driver, fsys fs.FS, dir string, options guard.Options) database.Driver {
	return &guarded{Driver: driver, fsys: fsys, dir: dir, options: options}
}

type guarded struct {
	database.Driver
	fsys    fs.FS
	dir     string
	options guard.Options
	passed  bool // since Lock
}

// Lock begins a run.
func (g *guarded) Lock() error {
	g.passed = false
	return g.Driver.Lock()
}

// SetVersion is called with dirty set before each migration.
func (g *guarded) SetVersion(version int, dirty bool) error {
	if dirty && !g.passed {
		current, _, err := g.Version()
		if err != nil {
			return err
		}
		if version > current {
			if err := g.check(current); err != nil {
				return err
			}
		}
		g.passed = true
	}
	return g.Driver.SetVersion(version, dirty)
}

// check judges the up migrations behind a version.
func (g *guarded) check(current int) error {
	entries, err := fs.ReadDir(g.fsys, g.dir)
	if err != nil {
		return err
	}
	var pending []string
	for _, e := range entries {
		name, ok := migration.GolangMigrate.ParseName(e.Name())
		if !ok || name.Direction != migration.Up || e.IsDir() {
			continue
		}
		if v, err := strconv.Atoi(name.Version); err == nil && v > current {
			pending = append(pending, path.Join(g.dir, e.Name()))
		}
	}
	return guard.Check(g.fsys, migration.GolangMigrate.Name, pending, g.options)
}
