package migrate

import (
	"context"

	"github.com/jackc/pgx/v5"
)

type MigrationFunc func(context.Context, *pgx.Conn) error

type Migration struct {
	Sequence         int32
	Name             string
	UpSQL, DownSQL   string
	DisableFuncTx    bool
	UpFunc, DownFunc MigrationFunc
}

type MigratorOptions struct{ DisableTx bool }

type Migrator struct{ Migrations []*Migration }

func NewMigratorEx(ctx context.Context, conn *pgx.Conn, versionTable string, opts *MigratorOptions) (*Migrator, error) {
	return nil, nil
}

func (m *Migrator) AppendMigration(name, upSQL, downSQL string) {}
