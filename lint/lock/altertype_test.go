package lock

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint/internal/pgtest"
)

// typesInPairs are tried as old and new type, each with each.
var typesInPairs = []string{
	"smallint", "integer", "bigint", "oid", "regclass", "regtype", "real", "double precision", "money", "boolean",
	"numeric", "numeric(8)", "numeric(8,2)", "numeric(10,2)", "numeric(10,3)",
	"text", "varchar", "varchar(10)", "varchar(20)", "char", "char(10)", "bpchar", "name", `"char"`, "citext", "xml",
	"bit", "bit(5)", "varbit", "varbit(5)", "varbit(10)", "bytea", "uuid", "json", "jsonb", "inet", "cidr",
	"date", "timestamp", "timestamp(0)", "timestamp(3)", "timestamp(6)", "timestamptz", "timestamptz(3)", "time", "time(3)", "timetz", "timetz(6)",
	"interval", "interval(3)", "interval day", "interval year", "interval month", "interval year to month", "interval hour", "interval day to hour",
	"interval minute", "interval day to second", "interval day to second(3)", "interval second(0)",
	"text[]", "varchar[]", "varchar(10)[]", "integer[]", "bigint[]", "int4range", "tsvector",
}

// TestTypePairs asks the oldest and the newest server what a change of each
// type to each other does to a table and the index on the column.
func TestTypePairs(t *testing.T) {
	for _, major := range []int{pgtest.Majors[0], pgtest.Majors[len(pgtest.Majors)-1]} {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			conn := pgtest.Connect(t, pgtest.Find(t, major).Database(t))
			var built bool
			run := func(sql string) error {
				_, err := conn.Exec(t.Context(), sql, pgx.QueryExecModeSimpleProtocol)
				return err
			}
			if err := run("CREATE EXTENSION citext; SET timezone = 'UTC'"); err != nil {
				t.Fatal(err)
			}
			pairs := 0
			for _, from := range typesInPairs {
				for _, to := range typesInPairs {
					setup := "CREATE TABLE t (x " + from + ");"
					index := "CREATE INDEX i ON t (x);"
					statement := "ALTER TABLE t ALTER x TYPE " + to + " USING x::" + to
					if err := run("DROP TABLE IF EXISTS t; " + setup); err != nil {
						t.Fatal(err)
					}
					indexed := run(index) == nil
					var file, indexFile uint32
					scan := func(file, indexFile *uint32) {
						err := conn.QueryRow(t.Context(), `SELECT (SELECT relfilenode FROM pg_class WHERE relname = 't'),
							coalesce((SELECT relfilenode FROM pg_class WHERE relname = 'i'), 0)`).Scan(file, indexFile)
						if err != nil {
							t.Fatal(err)
						}
					}
					scan(&file, &indexFile)
					var refused *pgconn.PgError
					if err := run(statement); errors.As(err, &refused) {
						continue // no cast
					} else if err != nil {
						t.Fatal(err)
					}
					var newFile, newIndexFile uint32
					scan(&newFile, &newIndexFile)
					built = indexFile != newIndexFile
					want := CatalogOnly
					switch {
					case file != newFile:
						want = TableRewrite
					case built:
						want = IndexBuild
					}
					c := &lockCase{name: from + " to " + to, setup: "SET timezone = 'UTC';\n" + setup, statement: statement}
					if indexed {
						c.setup += "\n" + index
					}
					p := prepare(t, c)
					effects := Effects(p.statement, p.catalog, p.session, major)
					pairs++
					if len(effects) != 1 || effects[0].Work != want || effects[0].Unknown != "" {
						t.Errorf("%s: %+v, server: %s", c.name, effects, want)
					}
				}
			}
			t.Logf("%d pairs of types that have a cast", pairs)
			if pairs < 1000 {
				t.Error("too few pairs")
			}
		})
	}
}
