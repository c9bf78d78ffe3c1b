package tools

import (
	"context"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"
)

var migrations = migrate.NewMigrations()

func init() {
	migrations.MustRegister(func(ctx context.Context, db *bun.DB) error {
		_, err := db.NewRaw("CREATE INDEX i ON t (a)").Exec(ctx) // want `CREATE INDEX takes a SHARE lock on public.t`
		return err
	}, nil)
}
