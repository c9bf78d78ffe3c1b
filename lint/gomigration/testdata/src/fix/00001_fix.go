package fix

import (
	"context"
	"database/sql"

	"github.com/pressly/goose/v3"
)

func init() {
	goose.AddMigrationNoTxContext(func(ctx context.Context, db *sql.DB) error {
		if _, err := db.ExecContext(ctx, `TRUNCATE a`); err != nil { // want `truncates`
			return err
		}
		if _, err := db.ExecContext(ctx, "TRUNCATE\tb"); err != nil { // want `truncates`
			return err
		}
		_, err := db.ExecContext(ctx, "TRUNCATE"+` c`) // want `truncates`
		return err
	}, nil)
}
