package pgx

import (
	"context"
	"database/sql"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/tern/v2/migrate"
	"github.com/pressly/goose/v3"
)

var migrations = []*migrate.Migration{
	{Sequence: 1, DisableFuncTx: true, UpFunc: conn},
	{Sequence: 2, DisableFuncTx: true, UpFunc: batch},
}

func conn(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.Exec(ctx, "CREATE INDEX a ON users (a)"); err != nil { // want `CREATE INDEX takes a SHARE lock on public.users`
		return err
	}
	if _, err := conn.Exec(ctx, "CREATE INDEX CONCURRENTLY b ON users (b)"); err != nil {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "CREATE INDEX CONCURRENTLY c ON users (c)"); err != nil { // want `fails with 25001`
		return err
	}
	return tx.Commit(ctx)
}

func batch(ctx context.Context, conn *pgx.Conn) error {
	alone := &pgx.Batch{}
	alone.Queue("SELECT 1")
	if err := conn.SendBatch(ctx, alone).Close(); err != nil {
		return err
	}
	b := &pgx.Batch{}
	b.Queue("CREATE INDEX d ON users (d)")              // want `CREATE INDEX takes a SHARE lock on public.users`
	b.Queue("CREATE INDEX CONCURRENTLY e ON users (e)") // want `fails with 25001`
	queue{}.Queue("CREATE INDEX f ON users (f)")
	return conn.SendBatch(ctx, b).Close()
}

// queue sends nothing.
type queue struct{}

func (queue) Queue(query string) {}

func init() {
	goose.AddMigrationNoTxContext(func(ctx context.Context, _ *sql.DB) error {
		pool, err := pgxpool.New(ctx, "")
		if err != nil {
			return err
		}
		if _, err := pool.Exec(ctx, "CREATE INDEX CONCURRENTLY g ON users (g)"); err != nil {
			return err
		}
		_, err = pool.Exec(ctx, "CREATE INDEX h ON users (h)") // want `CREATE INDEX takes a SHARE lock on public.users`
		return err
	}, nil)
}
