package schema

import (
	"context"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect"
)

type Applier interface {
	Apply(context.Context, dialect.ExecQuerier, *migrate.Plan) error
}

type ApplyFunc func(context.Context, dialect.ExecQuerier, *migrate.Plan) error

func (f ApplyFunc) Apply(ctx context.Context, conn dialect.ExecQuerier, plan *migrate.Plan) error {
	return f(ctx, conn, plan)
}

type ApplyHook func(Applier) Applier

type MigrateOption func()

func WithApplyHook(hooks ...ApplyHook) MigrateOption { return nil }
