package migrator

import (
	"database/sql"

	"github.com/lopezator/migrator"
)

var migrations = migrator.Migrations(
	&migrator.Migration{Name: "a", Func: func(tx *sql.Tx) error {
		if _, err := tx.Exec("CREATE INDEX a ON users (a)"); err != nil { // want `CREATE INDEX takes a SHARE lock on public.users`
			return err
		}
		_, err := tx.Exec("CREATE INDEX CONCURRENTLY b ON users (b)") // want `fails with 25001`
		return err
	}},
	&migrator.MigrationNoTx{Name: "b", Func: concurrently},
)

func concurrently(db *sql.DB) error {
	_, err := db.Exec("CREATE INDEX CONCURRENTLY c ON users (c)")
	return err
}

// Nothing registers it.
func other(tx *sql.Tx) error {
	_, err := tx.Exec("CREATE INDEX d ON users (d)")
	return err
}
