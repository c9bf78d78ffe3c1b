package tern

import (
	"context"
	_ "embed"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/tern/v2/migrate"
)

const table = "users"

//go:embed index.sql
var index string

func register(m *migrate.Migrator) {
	m.AppendMigration("users", "CREATE INDEX a ON "+table+" (a)", "DROP INDEX a")     // want `CREATE INDEX takes a SHARE lock on public.users`
	m.AppendMigration("concurrently", "CREATE INDEX CONCURRENTLY b ON users (b)", "") // want `fails with 25001`
	m.AppendMigration("bare", `---- tern: disable-tx ----
CREATE INDEX CONCURRENTLY c ON users (c);
CREATE INDEX CONCURRENTLY d ON users (d);`, "")
	m.AppendMigration("almost bare", `--- tern: disable-tx ---
CREATE INDEX CONCURRENTLY c2 ON users (c);`, "") // want `fails with 25001`
	m.AppendMigration("embedded", index, "") // want `index.sql:1:1: CREATE INDEX takes a SHARE lock on public.users`
	//premortem:ignore create-index-not-concurrently: nobody reads it yet
	m.AppendMigration("silenced", "CREATE INDEX e ON users (e)", "")
	m.AppendMigration("unknown", unknown(), "") // want `not analysed: SQL that is built at run time`

	m.Migrations = append(m.Migrations,
		&migrate.Migration{
			Sequence: 8,
			Name:     "literal",
			UpSQL:    "CREATE INDEX f ON users (f)", // want `CREATE INDEX takes a SHARE lock on public.users`
			DownSQL:  "DROP INDEX f",
		},
		&migrate.Migration{Sequence: 9, UpFunc: func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "CREATE INDEX CONCURRENTLY g ON users (g)") // want `fails with 25001`
			return err
		}},
		&migrate.Migration{Sequence: 10, DisableFuncTx: true, UpFunc: func(ctx context.Context, conn *pgx.Conn) error {
			_, err := conn.Exec(ctx, "CREATE INDEX CONCURRENTLY h ON users (h)")
			return err
		}},
		&migrate.Migration{Sequence: 11, DisableFuncTx: true, UpSQL: "CREATE INDEX CONCURRENTLY i ON users (i)"}, // want `fails with 25001`
		&migrate.Migration{Sequence: 12, UpSQL: "CREATE TABLE fresh (a int); CREATE INDEX ON fresh (a)"},
	)
}

func unknown() string

// Migration and Migrator are no tern's.
type Migration struct{ UpSQL string }

type Migrator struct{}

func (Migrator) AppendMigration(name, upSQL, downSQL string) {}

func other(m Migrator) *Migration {
	m.AppendMigration("other", "CREATE INDEX i ON users (i)", "")
	return &Migration{UpSQL: "CREATE INDEX i ON users (i)"}
}
