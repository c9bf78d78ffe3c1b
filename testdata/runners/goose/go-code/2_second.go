package gocode

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

func init() {
	goose.AddMigrationContext(up2, down2)
}

func up2(ctx context.Context, tx *sql.Tx) error {
	if _, err := tx.ExecContext(ctx, "SELECT seen('second'); SELECT seen('second, the same message')"); err != nil {
		return err
	}
	return mark(ctx, tx, "second, a message of its own")
}

func down2(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `SELECT seen('second back')`)
	return err
}
