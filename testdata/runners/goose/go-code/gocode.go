// Package gocode is a directory of migrations in SQL and in Go.
package gocode

import (
	"context"
	"database/sql"
	"fmt"
)

func mark(ctx context.Context, tx *sql.Tx, label string) error {
	_, err := tx.ExecContext(ctx, fmt.Sprintf("SELECT seen('%s')", label))
	return err
}
