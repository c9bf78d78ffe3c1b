// Package gooseguard is a goose.Provider that judges pending migrations before it
// runs them, and runs none of them where one is refused.
package gooseguard

import (
	"cmp"
	"context"
	"database/sql"
	"io/fs"
	"math"
	"path"
	"slices"

	"github.com/pressly/goose/v3"

	"github.com/premortem-lint/premortem/rules/guard"
)

// Provider is a goose.Provider whose ways up may return a *guard.Refusal; then
// nothing has run. Migrations in Go that are registered with the provider, and
// have no file in its file system, are not judged. The ways down are goose's own.
type Provider struct {
	*goose.Provider
	fsys    fs.FS
	options guard.Options
}

// NewProvider is goose.NewProvider for PostgreSQL. fsys holds the migrations at
// its root.
func NewProvider(db *sql.DB, fsys fs.FS, options guard.Options, opts ...goose.ProviderOption) (*Provider, error) {
	p, err := goose.NewProvider(goose.DialectPostgres, db, fsys, opts...)
	if err != nil {
		return nil, err
	}
	return &Provider{p, fsys, options}, nil
}

// Up judges all pending migrations and applies them.
func (p *Provider) Up(ctx context.Context) ([]*goose.MigrationResult, error) {
	return p.up(ctx, math.MaxInt64, func() ([]*goose.MigrationResult, error) { return p.Provider.Up(ctx) })
}

// UpTo judges and applies the pending migrations up to a version.
func (p *Provider) UpTo(ctx context.Context, version int64) ([]*goose.MigrationResult, error) {
	return p.up(ctx, version, func() ([]*goose.MigrationResult, error) { return p.Provider.UpTo(ctx, version) })
}

// UpByOne judges and applies the next pending migration.
func (p *Provider) UpByOne(ctx context.Context) (*goose.MigrationResult, error) {
	pending, err := p.pending(ctx)
	if err != nil {
		return nil, err
	}
	if len(pending) == 0 {
		return p.Provider.UpByOne(ctx)
	}
	next := slices.MinFunc(pending, func(a, b *goose.Source) int { return cmp.Compare(a.Version, b.Version) })
	if err := p.check([]*goose.Source{next}); err != nil {
		return nil, err
	}
	return p.Provider.UpByOne(ctx)
}

// ApplyVersion judges one migration, if it goes up, and applies it.
func (p *Provider) ApplyVersion(ctx context.Context, version int64, up bool) (*goose.MigrationResult, error) {
	apply := func() (*goose.MigrationResult, error) { return p.Provider.ApplyVersion(ctx, version, up) }
	if !up {
		return apply()
	}
	for _, s := range p.ListSources() {
		if s.Version == version {
			if err := p.check([]*goose.Source{s}); err != nil {
				return nil, err
			}
		}
	}
	return apply()
}

// up judges the pending migrations up to a version, and runs what applies them.
func (p *Provider) up(ctx context.Context, to int64, apply func() ([]*goose.MigrationResult, error)) ([]*goose.MigrationResult, error) {
	pending, err := p.pending(ctx)
	if err != nil {
		return nil, err
	}
	pending = slices.DeleteFunc(pending, func(s *goose.Source) bool { return s.Version > to })
	if err := p.check(pending); err != nil {
		return nil, err
	}
	return apply()
}

func (p *Provider) pending(ctx context.Context) ([]*goose.Source, error) {
	all, err := p.Status(ctx)
	if err != nil {
		return nil, err
	}
	var pending []*goose.Source
	for _, s := range all {
		if s.State == goose.StatePending {
			pending = append(pending, s.Source)
		}
	}
	return pending, nil
}

// check judges those that have a file.
func (p *Provider) check(sources []*goose.Source) error {
	var files []string
	for _, s := range sources {
		name := path.Base(s.Path)
		if _, err := fs.Stat(p.fsys, name); err == nil {
			files = append(files, name)
		}
	}
	return guard.Check(p.fsys, "goose", files, p.options)
}
