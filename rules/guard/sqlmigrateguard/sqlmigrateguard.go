// Package sqlmigrateguard executes the migrations of sql-migrate and judges the
// pending ones before the first of them runs.
package sqlmigrateguard

import (
	"cmp"
	"context"
	"database/sql"
	"io/fs"
	"net/http"
	"path"
	"slices"

	migrate "github.com/rubenv/sql-migrate"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules/guard"
)

// Source is the migrations in a directory of a file system, and how to judge them.
type Source struct {
	FileSystem fs.FS
	Root       string // "" is the root of FileSystem
	Options    guard.Options
}

var _ migrate.MigrationSource = Source{}

// FindMigrations reads the directory as the sources of sql-migrate do.
func (s Source) FindMigrations() ([]*migrate.Migration, error) {
	dir, err := fs.Sub(s.FileSystem, cmp.Or(s.Root, "."))
	if err != nil {
		return nil, err
	}
	return migrate.HttpFileSystemMigrationSource{FileSystem: http.FS(dir)}.FindMigrations()
}

// Exec is ExecMaxContext with all pending migrations.
func Exec(db *sql.DB, dialect string, s Source, dir migrate.MigrationDirection) (int, error) {
	return ExecMaxContext(context.Background(), db, dialect, s, dir, 0)
}

// ExecContext is ExecMaxContext with all pending migrations.
func ExecContext(ctx context.Context, db *sql.DB, dialect string, s Source, dir migrate.MigrationDirection) (int, error) {
	return ExecMaxContext(ctx, db, dialect, s, dir, 0)
}

// ExecMax is ExecMaxContext without a context.
func ExecMax(db *sql.DB, dialect string, s Source, dir migrate.MigrationDirection, max int) (int, error) {
	return ExecMaxContext(context.Background(), db, dialect, s, dir, max)
}

// ExecMaxContext is migrate.ExecMaxContext, for the dialect postgres. It judges the
// migrations that are about to be applied as one release; where they are refused,
// the error is a *guard.Refusal and none of them has run. That holds on a way down
// too, where sql-migrate first applies those that it finds missing before the last
// applied one. What a way down reverts is not judged.
//
// The table of the records is the one that migrate.SetTable and migrate.SetSchema
// name. sql-migrate creates it even where the migrations are refused.
func ExecMaxContext(ctx context.Context, db *sql.DB, dialect string, s Source, dir migrate.MigrationDirection, max int) (int, error) {
	planned, _, err := migrate.PlanMigration(db, dialect, s, dir, max)
	if err != nil {
		return 0, err
	}
	records, err := migrate.GetMigrationRecords(db, dialect)
	if err != nil {
		return 0, err
	}
	var pending []string
	for _, m := range planned {
		name := path.Join(s.Root, m.Id)
		applied := slices.ContainsFunc(records, func(r *migrate.MigrationRecord) bool { return r.Id == m.Id })
		if !applied && !slices.Contains(pending, name) { // a way down names those it applies twice
			pending = append(pending, name)
		}
	}
	if err := guard.Check(s.FileSystem, migration.SQLMigrate.Name, pending, s.Options); err != nil {
		return 0, err
	}
	return migrate.ExecMaxContext(ctx, db, dialect, s, dir, max)
}
