package gocode

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

func init() {
	goose.AddMigrationNoTxContext(func(ctx context.Context, db *sql.DB) error {
		for _, query := range []string{
			`CREATE TABLE IF NOT EXISTS third (a int);`,
			"SELECT seen('third');",
			"CREATE INDEX CONCURRENTLY ON third (a)",
			"SELECT seen('third, one message'); SELECT seen('third, the same message')",
		} {
			if _, err := db.ExecContext(ctx, query); err != nil {
				return err
			}
		}
		tx, err := db.BeginTx(ctx, nil)
		if err != nil {
			return err
		}
		defer tx.Rollback()
		if err := mark(ctx, tx, "third, its own transaction"); err != nil {
			return err
		}
		if err := mark(ctx, tx, "third, the same transaction"); err != nil {
			return err
		}
		return tx.Commit()
	}, nil)
}
