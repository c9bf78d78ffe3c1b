package goose

import (
	"context"
	"database/sql"
)

type (
	GoMigration            func(tx *sql.Tx) error
	GoMigrationContext     func(ctx context.Context, tx *sql.Tx) error
	GoMigrationNoTx        func(db *sql.DB) error
	GoMigrationNoTxContext func(ctx context.Context, db *sql.DB) error
)

type GoFunc struct {
	RunTx func(ctx context.Context, tx *sql.Tx) error
	RunDB func(ctx context.Context, db *sql.DB) error
	Mode  TransactionMode
}

type TransactionMode int

const (
	TransactionEnabled TransactionMode = iota + 1
	TransactionDisabled
)

type Migration struct{ Version int64 }

func AddMigration(up, down GoMigration)
func AddMigrationContext(up, down GoMigrationContext)
func AddMigrationNoTx(up, down GoMigrationNoTx)
func AddMigrationNoTxContext(up, down GoMigrationNoTxContext)
func AddNamedMigration(filename string, up, down GoMigration)
func AddNamedMigrationContext(filename string, up, down GoMigrationContext)
func AddNamedMigrationNoTx(filename string, up, down GoMigrationNoTx)
func AddNamedMigrationNoTxContext(filename string, up, down GoMigrationNoTxContext)
func NewGoMigration(version int64, up, down *GoFunc) *Migration
func SetGlobalMigrations(migrations ...*Migration) error
