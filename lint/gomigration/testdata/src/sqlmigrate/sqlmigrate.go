package sqlmigrate

import migrate "github.com/rubenv/sql-migrate"

var source = &migrate.MemoryMigrationSource{
	Migrations: []*migrate.Migration{
		{
			Id: "1",
			Up: []string{
				"CREATE TABLE fresh (a int)",
				"CREATE INDEX ON fresh (a)",
				"CREATE INDEX a ON users (a)", // want `CREATE INDEX takes a SHARE lock on public.users`
			},
			Down: []string{"DROP INDEX a"},
		},
		concurrently,
		{Id: "3", Up: []string{"CREATE INDEX CONCURRENTLY b ON users (b)"}, DisableTransactionUp: true},
		{Id: "4", Up: statements(), Down: nil}, // want `not analysed: SQL that is built at run time`
		{Id: "5", Up: nil},
	},
}

var concurrently = &migrate.Migration{
	Id: "2",
	Up: []string{`CREATE INDEX CONCURRENTLY c ON users (c)`}, // want `fails with 25001`
}

func statements() []string

// Migration is none of sql-migrate.
type Migration struct{ Up []string }

var other = Migration{Up: []string{"CREATE INDEX d ON users (d)"}}
