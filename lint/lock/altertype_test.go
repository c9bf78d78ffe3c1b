package lock

import (
	"strconv"
	"testing"

	"github.com/premortem-lint/premortem/lint/pgtest"
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

// tryPair changes the type of an indexed column in a subtransaction that it
// takes back. work is NULL when there is no cast.
const tryPair = `CREATE FUNCTION try_pair(old text, new text, OUT indexed bool, OUT work text) LANGUAGE plpgsql AS $$
DECLARE
	file oid; index_file oid;
BEGIN
	EXECUTE format('CREATE TABLE pair (x %s)', old);
	BEGIN
		EXECUTE 'CREATE INDEX pair_x ON pair (x)';
		indexed := true;
	EXCEPTION WHEN undefined_object THEN
		indexed := false;
	END;
	SELECT pg_relation_filenode('pair'), pg_relation_filenode(to_regclass('pair_x')) INTO file, index_file;
	EXECUTE format('ALTER TABLE pair ALTER x TYPE %s USING x::%1$s', new);
	work := CASE
		WHEN pg_relation_filenode('pair') <> file THEN 'table rewrite'
		WHEN pg_relation_filenode(to_regclass('pair_x')) <> index_file THEN 'index build'
		ELSE 'catalog-only' END;
	RAISE EXCEPTION USING ERRCODE = 'PP001';
EXCEPTION
	WHEN SQLSTATE 'PP001' THEN NULL;
	WHEN OTHERS THEN work := NULL;
END $$`

// TestTypePairs asks the oldest and the newest server what a change of each
// type to each other does to a table and the index on the column.
func TestTypePairs(t *testing.T) {
	for _, major := range []int{pgtest.Majors[0], pgtest.Majors[len(pgtest.Majors)-1]} {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			conn := pgtest.Connect(t, pgtest.Find(t, major).Database(t))
			for _, sql := range []string{"CREATE EXTENSION citext", "SET timezone = 'UTC'", tryPair} {
				if _, err := conn.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			rows, err := conn.Query(t.Context(), `SELECT old, new, indexed, work FROM unnest($1::text[]) old, unnest($1::text[]) new, try_pair(old, new)
				WHERE work IS NOT NULL`, typesInPairs)
			if err != nil {
				t.Fatal(err)
			}
			pairs := 0
			for rows.Next() {
				var old, changed, want string
				var indexed bool
				if err := rows.Scan(&old, &changed, &indexed, &want); err != nil {
					t.Fatal(err)
				}
				c := &lockCase{
					name:      old + " to " + changed,
					setup:     "SET timezone = 'UTC';\nCREATE TABLE pair (x " + old + ");",
					statement: "ALTER TABLE pair ALTER x TYPE " + changed + " USING x::" + changed,
				}
				if indexed {
					c.setup += "\nCREATE INDEX pair_x ON pair (x);"
				}
				p := prepare(t, c)
				effects := Effects(p.statement, p.catalog, p.session, major)
				pairs++
				if len(effects) != 1 || effects[0].Work.String() != want || effects[0].Unknown != "" {
					t.Errorf("%s: %+v, server: %s", c.name, effects, want)
				}
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
			t.Logf("%d pairs of types that have a cast", pairs)
			if pairs < 1000 {
				t.Error("too few pairs")
			}
		})
	}
}
