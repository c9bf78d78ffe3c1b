package sqlx

import (
	"context"
	"database/sql"
)

type DB struct{ *sql.DB }

func NewDb(db *sql.DB, driverName string) *DB { return nil }

func (db *DB) MustExec(query string, args ...any) sql.Result { return nil }
func (db *DB) NamedExecContext(ctx context.Context, query string, arg any) (sql.Result, error) {
	return nil, nil
}
func (db *DB) Select(dest any, query string, args ...any) error { return nil }
func (db *DB) MustBegin() *Tx                                   { return nil }
func (db *DB) Rebind(query string) string                       { return "" }

type Tx struct{ *sql.Tx }

func (tx *Tx) MustExec(query string, args ...any) sql.Result { return nil }
