package ternbare

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"
)

func register(ctx context.Context, conn *pgx.Conn) error {
	m, err := migrate.NewMigratorEx(ctx, conn, "version", &migrate.MigratorOptions{DisableTx: true})
	if err != nil {
		return err
	}
	m.AppendMigration("apart", "CREATE INDEX CONCURRENTLY a ON users (a); CREATE INDEX CONCURRENTLY b ON users (b)", "")
	m.AppendMigration("unsafe", "CREATE INDEX c ON users (c)", "") // want `CREATE INDEX takes a SHARE lock on public.users`
	m.Migrations = append(m.Migrations, &migrate.Migration{Sequence: 3, UpFunc: func(ctx context.Context, conn *pgx.Conn) error {
		if _, err := conn.Exec(ctx, "CREATE INDEX CONCURRENTLY d ON users (d)"); err != nil {
			return err
		}
		_, err := conn.Exec(ctx, "SELECT 1; CREATE INDEX CONCURRENTLY e ON users (e)") // want `fails with 25001`
		return err
	}})
	return nil
}
