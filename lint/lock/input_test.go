package lock

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

const inputTypes = `CREATE TYPE mood AS ENUM ('ok'); CREATE DOMAIN key AS uuid; CREATE DOMAIN word AS text;
CREATE DOMAIN plain AS text; CREATE DOMAIN few AS text CHECK (VALUE <> '<"\(''');
CREATE TABLE texts (a text, b varchar(20), c char(10), d plain, e few, f text[], g uuid, h int);
`

// notForColumns are the types that no column has: what they read is the server's own.
var notForColumns = strings.Fields("aclitem int2vector oidvector tid xid xid8 cid pg_snapshot txid_snapshot regoperator regprocedure")

// TestTextCastFails asks servers which types refuse a text, and with which
// SQLSTATE.
func TestTextCastFails(t *testing.T) {
	for _, major := range []int{pgtest.Majors[0], pgtest.Majors[len(pgtest.Majors)-1]} {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			conn := pgtest.Connect(t, pgtest.Find(t, major).Database(t))
			const reads = `CREATE FUNCTION reads(old text, new text) RETURNS text LANGUAGE plpgsql AS $$ BEGIN
	EXECUTE format('SELECT %L::%s::%s', CASE WHEN old LIKE '%[]' THEN ARRAY['<"\(''']::text ELSE '<"\(''' END, old, new);
	RETURN '';
EXCEPTION WHEN OTHERS THEN RETURN CASE WHEN SQLSTATE IN ('22P02', '22007') THEN SQLSTATE ELSE '' END; END $$;`
			if _, err := conn.Exec(t.Context(), inputTypes+reads); err != nil {
				t.Fatal(err)
			}
			rows, _ := conn.Query(t.Context(), `SELECT format_type(t.oid, NULL) FROM pg_type t
				LEFT JOIN pg_type e ON e.oid = t.typelem AND t.typcategory = 'A'
				WHERE t.typnamespace IN ('pg_catalog'::regnamespace, 'public'::regnamespace) AND t.typtype IN ('b', 'r', 'm', 'e', 'd')
				AND e.typtype IS DISTINCT FROM 'c' AND e.typtype IS DISTINCT FROM 'd'`)
			types, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			table := prepare(t, &lockCase{setup: inputTypes, statement: "SELECT"}).catalog.Table(catalog.Name{Schema: "public", Name: "texts"})
			fail := 0
			for _, to := range types {
				if slices.Contains(notForColumns, strings.TrimSuffix(to, "[]")) {
					continue
				}
				p := prepare(t, &lockCase{setup: inputTypes, statement: "SELECT NULL::" + to})
				cast := p.statement.Node.GetSelectStmt().TargetList[0].GetResTarget().Val.GetTypeCast()
				for _, column := range table.Columns {
					var want string
					if err := conn.QueryRow(t.Context(), "SELECT reads($1, $2)", column.Type.String(), to).Scan(&want); err != nil {
						t.Fatal(err)
					}
					got := TextCastFails(column.Type, p.catalog.TypeOf(cast.TypeName), p.catalog)
					if got != "" && !slices.Contains(slices.Collect(maps.Values(migration.ConditionNames)), got) {
						t.Errorf("no handler can name %s", got)
					}
					if column.Name == "e" || column.Name >= "g" {
						want = "" // its CHECK may see to it, or it is no text
					}
					if got != "" {
						fail++
					}
					if got != want {
						t.Errorf("%s to %s: %q, server: %q", column.Type, to, got, want)
					}
				}
			}
			t.Logf("%d casts fail", fail)
			if fail < 200 {
				t.Error("too few")
			}
		})
	}
}
