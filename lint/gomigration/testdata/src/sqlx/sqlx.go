package sqlx

import (
	"context"
	"database/sql"

	"github.com/jmoiron/sqlx"
	"github.com/pressly/goose/v3"
)

func init() {
	goose.AddMigrationNoTxContext(up, nil)
}

func up(ctx context.Context, sqlDB *sql.DB) error {
	db := sqlx.NewDb(sqlDB, "pgx")
	db.MustExec("CREATE INDEX a ON users (a)") // want `CREATE INDEX takes a SHARE lock on public.users`
	db.MustExec("CREATE INDEX CONCURRENTLY b ON users (b)")
	if _, err := db.NamedExecContext(ctx, `CREATE INDEX c ON users (c)`, nil); err != nil { // want `CREATE INDEX takes a SHARE lock on public.users`
		return err
	}
	var names []string
	if err := db.Select(&names, "SELECT name FROM users"); err != nil {
		return err
	}
	_ = db.Rebind("CREATE INDEX d ON users (d)") // is not sent
	tx := db.MustBegin()
	tx.MustExec("CREATE INDEX CONCURRENTLY e ON users (e)") // want `fails with 25001`
	return tx.Commit()
}
