package atlas

import "ariga.io/atlas/sql/migrate"

var files = []*migrate.LocalFile{
	migrate.NewLocalFile("1_users.sql", []byte("CREATE TABLE users (id bigint); CREATE INDEX a ON users (id)")),
	migrate.NewLocalFile("2_index.sql", []byte(`
CREATE INDEX b ON users (id);`)), // want `CREATE INDEX takes a SHARE lock on public.users`
	migrate.NewLocalFile("2_refused.sql", []byte("CREATE INDEX CONCURRENTLY c ON users (id)")), // want `fails with 25001`
	migrate.NewLocalFile("3_concurrently.sql", []byte(`-- atlas:txmode none

CREATE INDEX CONCURRENTLY d ON users (id);
CREATE INDEX CONCURRENTLY e ON users (id);
`)),
	// An empty line is missing: the directive has no effect.
	migrate.NewLocalFile("4_directive.sql", []byte(`-- atlas:txmode none
CREATE INDEX CONCURRENTLY d ON users (id);`)), // want `fails with 25001`
}

func write(dir *migrate.MemDir, name string, data []byte) error {
	if err := dir.WriteFile("5_other.sql", []byte("CREATE INDEX f ON users (id)")); err != nil { // want `CREATE INDEX takes a SHARE lock on public.users`
		return err
	}
	if err := dir.WriteFile("6_unknown.sql", data); err != nil { // want `not analysed: SQL that is built at run time`
		return err
	}
	if err := dir.WriteFile("atlas.sum", []byte("CREATE INDEX g ON users (id)")); err != nil {
		return err
	}
	return dir.WriteFile(name, data) // copies files
}

var plans = []*migrate.Plan{
	{Version: "7", Changes: []*migrate.Change{
		{Cmd: "CREATE INDEX h ON users (id)", Reverse: "DROP INDEX h"}, // want `CREATE INDEX takes a SHARE lock on public.users`
		{Cmd: "CREATE INDEX CONCURRENTLY i ON users (id)"},             // want `fails with 25001`
	}},
	{Version: "8", Directives: []string{"-- atlas:txmode none"}, Changes: []*migrate.Change{{Cmd: "CREATE INDEX CONCURRENTLY j ON users (id)"}}},
	{Version: "9", Name: "filled elsewhere"}, // want `not analysed: SQL that is built at run time`
}

// Change and Plan are none of Atlas.
type Change struct{ Cmd string }

type Plan struct{ Changes []Change }

var other = Plan{Changes: []Change{{Cmd: "CREATE INDEX k ON users (id)"}}}
