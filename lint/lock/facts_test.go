package lock

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

// factQueries return kind, name and value of the facts of a database that has
// the contrib extensions.
var factQueries = []string{
	// A function's overloads: i < s < v.
	`SELECT CASE WHEN e.objid IS NULL THEN 'function' ELSE 'extension' END AS kind, p.proname AS name, max(p.provolatile)::text AS value
	FROM pg_proc p LEFT JOIN pg_depend e ON e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
	WHERE p.prokind = 'f' AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype, 'event_trigger'::regtype)
		AND NOT 'internal'::regtype = ANY (p.proargtypes) AND (e.objid IS NOT NULL OR p.pronamespace = 'pg_catalog'::regnamespace)
	GROUP BY 1, 2`,
	`SELECT 'cast', f.typname, t.typname FROM pg_cast c JOIN pg_type f ON f.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
	WHERE c.castmethod = 'b'`,
	// As GetDefaultOpClass: the type's own, else that of a type it passes for,
	// preferred types first.
	`SELECT DISTINCT ON (t.typname) 'opclass', t.typname, o.opcname
	FROM pg_type t JOIN pg_opclass o ON o.opcdefault AND o.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')
	JOIN pg_type i ON i.oid = o.opcintype
	WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND (o.opcintype = t.oid OR EXISTS (SELECT FROM pg_cast c
		WHERE c.castsource = t.oid AND c.casttarget = o.opcintype AND c.castmethod = 'b' AND c.castcontext = 'i'))
	ORDER BY t.typname, o.opcintype = t.oid DESC, i.typispreferred DESC, o.opcname`,
}

// TestFacts compares facts.txt with servers; -update writes it anew.
func TestFacts(t *testing.T) {
	type key struct{ kind, name, value string }
	found := map[key]majorRange{}
	for _, major := range pgtest.Majors {
		conn := pgtest.Connect(t, pgtest.Find(t, major).Database(t))
		createExtensions(t, conn)
		for _, sql := range factQueries {
			rows, err := conn.Query(t.Context(), sql)
			if err != nil {
				t.Fatal(err)
			}
			for rows.Next() {
				var k key
				if err := rows.Scan(&k.kind, &k.name, &k.value); err != nil {
					t.Fatal(err)
				}
				r, ok := found[k]
				if !ok {
					r.since = major
				} else if r.until != major-1 {
					t.Errorf("%v: not on every server between %d and %d", k, r.since, major)
				}
				r.until = major
				found[k] = r
			}
			if err := rows.Err(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var lines []string
	for k, r := range found {
		lines = append(lines, fmt.Sprintf("%s %s %s %d %d\n", k.kind, k.name, k.value, r.since, r.until))
	}
	slices.Sort(lines)
	text := strings.Join(lines, "")
	if *update {
		if err := os.WriteFile("facts.txt", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if text != factsText {
		t.Errorf("facts.txt differs from the servers; to write it anew, run: go test -run TestFacts -update .")
	}
}

// createExtensions creates every extension that the server comes with.
// Those for other procedural languages need their libraries and are left out.
func createExtensions(t *testing.T, conn *pgx.Conn) {
	t.Helper()
	rows, _ := conn.Query(t.Context(), "SELECT name FROM pg_available_extensions WHERE name !~ 'pl(perl|python|tcl|pgsql)' ORDER BY name")
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(names, "citext") || !slices.Contains(names, "uuid-ossp") {
		t.Fatalf("extensions %v", names)
	}
	for _, name := range names {
		if _, err := conn.Exec(t.Context(), fmt.Sprintf("CREATE EXTENSION IF NOT EXISTS %q CASCADE", name)); err != nil {
			t.Errorf("extension %s: %v", name, err)
		}
	}
}
