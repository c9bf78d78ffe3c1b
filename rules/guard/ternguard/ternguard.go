// Package ternguard is a migrate.Migrator of tern that judges the pending migrations
// before it runs them, and runs none of them where one is refused.
package ternguard

import (
	"cmp"
	"context"
	"io/fs"
	"strconv"
	"strings"
	"testing/fstest"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules/guard"
)

// Migrator is a migrate.Migrator whose ways up may return a *guard.Refusal; then
// nothing has run. What is judged is the SQL that tern would send: templates are
// executed, and migrations that the program appends count too. Those that are Go
// functions are not judged. The ways down are tern's own.
type Migrator struct {
	*migrate.Migrator
	disableTx bool
	files     fs.FS // of LoadMigrations
	options   guard.Options
}

// NewMigrator is migrate.NewMigrator.
func NewMigrator(ctx context.Context, conn *pgx.Conn, versionTable string, options guard.Options) (*Migrator, error) {
	return NewMigratorEx(ctx, conn, versionTable, &migrate.MigratorOptions{}, options)
}

// NewMigratorEx is migrate.NewMigratorEx.
func NewMigratorEx(ctx context.Context, conn *pgx.Conn, versionTable string, opts *migrate.MigratorOptions, options guard.Options) (*Migrator, error) {
	m, err := migrate.NewMigratorEx(ctx, conn, versionTable, opts)
	if err != nil {
		return nil, err
	}
	return &Migrator{Migrator: m, disableTx: opts.DisableTx, options: options}, nil
}

// LoadMigrations is that of migrate.Migrator. Refusals name the places in these files.
func (m *Migrator) LoadMigrations(fsys fs.FS) error {
	m.files = fsys
	return m.Migrator.LoadMigrations(fsys)
}

// Migrate judges all pending migrations as one release and applies them.
func (m *Migrator) Migrate(ctx context.Context) error {
	if n := len(m.Migrations); n > 0 {
		if err := m.check(ctx, m.Migrations[n-1].Sequence); err != nil {
			return err
		}
	}
	return m.Migrator.Migrate(ctx)
}

// MigrateTo judges the pending migrations up to a version, and applies them. On the
// way down it judges nothing.
func (m *Migrator) MigrateTo(ctx context.Context, targetVersion int32) error {
	if err := m.check(ctx, targetVersion); err != nil {
		return err
	}
	return m.Migrator.MigrateTo(ctx, targetVersion)
}

// check judges the migrations between the database's version and a later one.
func (m *Migrator) check(ctx context.Context, target int32) error {
	current, err := m.GetCurrentVersion(ctx)
	if err != nil {
		return err
	}
	if current < 0 || int(target) > len(m.Migrations) || target <= current {
		return nil // down, or a version that tern refuses
	}
	fsys := fstest.MapFS{}
	var pending []string
	for i, planned := range m.Migrations { // by their places, as tern takes them
		name, text := m.file(i, planned)
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
		if int32(i) >= current && int32(i) < target && planned.UpSQL != "" {
			pending = append(pending, name)
		}
	}
	return guard.Check(fsys, migration.Tern.Name, pending, m.options)
}

// file returns a file of which tern makes this migration: the one of which it was
// made, where that needs no template.
func (m *Migrator) file(i int, planned *migrate.Migration) (name, text string) {
	name, words := planned.Name, strings.ReplaceAll(planned.Name, "/", "-")
	parsed, ok := migration.Tern.ParseName(name)
	if ok {
		words = parsed.Name
	}
	if !ok || parsed.Version != strconv.Itoa(i+1) { // the program names it, or numbers it anew
		name = migration.Tern.NameOf(i+1, cmp.Or(words, "migration"))
	}
	if planned.UpSQL == "" {
		return name, "SELECT 'a Go function';\n"
	}
	if m.files != nil && !m.disableTx {
		if source, err := fs.ReadFile(m.files, name); err == nil {
			if up, _, _ := strings.Cut(string(source), migration.TernMarker); strings.TrimSpace(up) == planned.UpSQL {
				return name, string(source)
			}
		}
	}
	// What was executed is no template again, and nothing is below a marker.
	text = strings.NewReplacer("{{", `{{"{{"}}`, migration.TernMarker, "---- create above, drop below ----").Replace(planned.UpSQL)
	if m.disableTx {
		text = migration.TernDisableTx + "\n" + text
	}
	return name, text
}
