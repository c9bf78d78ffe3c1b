package ent

import (
	"context"

	"ariga.io/atlas/sql/migrate"
	"entgo.io/ent/dialect"
	"entgo.io/ent/dialect/sql/schema"
)

var options = schema.WithApplyHook(index, other)

func index(next schema.Applier) schema.Applier {
	return schema.ApplyFunc(func(ctx context.Context, conn dialect.ExecQuerier, plan *migrate.Plan) error {
		if err := conn.Exec(ctx, "CREATE INDEX a ON users (a)", []any{}, nil); err != nil { // want `CREATE INDEX takes a SHARE lock on public.users`
			return err
		}
		plan.Changes = append([]*migrate.Change{
			{Cmd: "CREATE INDEX b ON users (b)"}, // want `CREATE INDEX takes a SHARE lock on public.users`
		}, plan.Changes...)
		more(plan)
		return next.Apply(ctx, conn, plan) // want `not analysed: SQL that ent writes itself`
	})
}

func more(plan *migrate.Plan) {
	plan.Changes = append(plan.Changes, &migrate.Change{Cmd: "CREATE INDEX CONCURRENTLY c ON users (c)"}) // want `fails with 25001`
}

func other(next schema.Applier) schema.Applier {
	return schema.ApplyFunc(func(ctx context.Context, conn dialect.ExecQuerier, plan *migrate.Plan) error {
		for _, c := range plan.Changes {
			if c.Cmd == "CREATE INDEX d ON users (d)" {
				c.Comment = "CREATE INDEX d ON users (d)"
			}
		}
		return nil
	})
}

// Nothing applies it.
func unused() *migrate.Change {
	return &migrate.Change{Cmd: "CREATE INDEX e ON users (e)"}
}
