package migrator

import "database/sql"

type Migration struct {
	Name string
	Func func(*sql.Tx) error
}

type MigrationNoTx struct {
	Name string
	Func func(*sql.DB) error
}

type Migrator struct{}

type Option func(*Migrator)

func Migrations(migrations ...any) Option { return nil }

func New(opts ...Option) (*Migrator, error) { return nil, nil }
