package gocode

import (
	"database/sql"
	_ "embed"

	"github.com/pressly/goose/v3"
)

//go:embed sql/fifth.sql
var fifth string

func init() {
	goose.AddMigration(func(tx *sql.Tx) error {
		_, err := tx.Exec(fifth)
		return err
	}, func(tx *sql.Tx) error {
		_, err := tx.Exec("SELECT " +
			"seen('fifth\x20back')")
		return err
	})
}
