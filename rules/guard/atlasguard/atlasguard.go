// Package atlasguard is a migrate.Executor of Atlas that judges the pending files
// before it executes them, and executes none of them where one is refused.
package atlasguard

import (
	"context"

	"ariga.io/atlas/sql/migrate"

	"github.com/premortem-lint/premortem/rules/guard"
)

// Executor is a migrate.Executor whose ways forward may return a *guard.Refusal;
// then nothing has run.
type Executor struct {
	*migrate.Executor
	dir     migrate.Dir
	options guard.Options
}

// NewExecutor is migrate.NewExecutor for a PostgreSQL driver. dir is a directory in
// Atlas's own format.
func NewExecutor(driver migrate.Driver, dir migrate.Dir, revisions migrate.RevisionReadWriter, options guard.Options, opts ...migrate.ExecutorOption) (*Executor, error) {
	e, err := migrate.NewExecutor(driver, dir, revisions, opts...)
	if err != nil {
		return nil, err
	}
	return &Executor{e, dir, options}, nil
}

// ExecuteN judges and executes the next n pending files, all for n <= 0.
func (e *Executor) ExecuteN(ctx context.Context, n int) error {
	pending, err := e.Pending(ctx)
	if err != nil {
		return err
	}
	if n > 0 && n < len(pending) {
		pending = pending[:n]
	}
	if err := e.check(pending); err != nil {
		return err
	}
	return e.Executor.ExecuteN(ctx, n)
}

// ExecuteTo judges and executes the pending files up to a version.
func (e *Executor) ExecuteTo(ctx context.Context, version string) error {
	pending, err := e.Pending(ctx)
	if err != nil {
		return err
	}
	if last := migrate.FilesLastIndex(pending, func(f migrate.File) bool { return f.Version() == version }); last >= 0 {
		if err := e.check(pending[:last+1]); err != nil {
			return err
		}
	}
	return e.Executor.ExecuteTo(ctx, version) // which refuses a version that is not pending
}

// Execute judges and executes one file.
func (e *Executor) Execute(ctx context.Context, file migrate.File) error {
	return e.ExecuteFiles(ctx, []migrate.File{file})
}

// ExecuteFiles judges and executes files of the directory.
func (e *Executor) ExecuteFiles(ctx context.Context, files []migrate.File) error {
	if err := e.check(files); err != nil {
		return err
	}
	return e.Executor.ExecuteFiles(ctx, files)
}

func (e *Executor) check(files []migrate.File) error {
	var names []string
	for _, f := range files {
		names = append(names, f.Name())
	}
	return guard.Check(e.dir, "atlas", names, e.options)
}
