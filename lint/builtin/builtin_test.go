package builtin

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

var update = flag.Bool("update", false, "write the data anew from servers")

// queries return the kind and the rest of each line, in the order of the file,
// from a database that has the contrib extensions. ORDER BY is the byte order.
var queries = []string{
	`SELECT 'word', word FROM pg_get_keywords() WHERE catcode IN ('R', 'T')`,
	`SELECT 'relation', relname FROM pg_class WHERE relnamespace = 'pg_catalog'::regnamespace AND relkind IN ('r', 'v') AND NOT EXISTS (
		SELECT FROM pg_depend e WHERE e.classid = 'pg_class'::regclass AND e.objid = pg_class.oid AND e.deptype = 'e')`,
	`SELECT 'type', typname FROM pg_type WHERE typnamespace = 'pg_catalog'::regnamespace AND typrelid = 0 AND typcategory <> 'A'`,
	`SELECT 'cast', f.typname || ' ' || t.typname FROM pg_cast c JOIN pg_type f ON f.oid = c.castsource JOIN pg_type t ON t.oid = c.casttarget
		WHERE c.castmethod = 'b'`,
	// A function's overloads: i < s < v.
	`SELECT CASE WHEN e.objid IS NULL THEN 'function' ELSE 'extension' END, p.proname || ' ' || max(p.provolatile) ||
			CASE WHEN min(p.provolatile) < max(p.provolatile) THEN min(p.provolatile)::text ELSE '' END
		FROM pg_proc p LEFT JOIN pg_depend e ON e.classid = 'pg_proc'::regclass AND e.objid = p.oid AND e.deptype = 'e'
		WHERE p.prokind = 'f' AND p.prorettype NOT IN ('trigger'::regtype, 'internal'::regtype, 'event_trigger'::regtype)
			AND NOT 'internal'::regtype = ANY (p.proargtypes) AND (e.objid IS NOT NULL OR p.pronamespace = 'pg_catalog'::regnamespace)
		GROUP BY e.objid IS NULL, p.proname`,
	// As GetDefaultOpClass: the type's own, else that of a type it passes for,
	// preferred types first.
	`SELECT DISTINCT ON (t.typname) 'opclass', t.typname || ' ' || o.opcname
		FROM pg_type t JOIN pg_opclass o ON o.opcdefault AND o.opcmethod = (SELECT oid FROM pg_am WHERE amname = 'btree')
		JOIN pg_type i ON i.oid = o.opcintype
		WHERE t.typtype = 'b' AND t.typcategory <> 'A' AND (o.opcintype = t.oid OR EXISTS (SELECT FROM pg_cast c
			WHERE c.castsource = t.oid AND c.casttarget = o.opcintype AND c.castmethod = 'b' AND c.castcontext = 'i'))
		ORDER BY t.typname, o.opcintype = t.oid DESC, i.typispreferred DESC, o.opcname`,
}

// TestCurrent compares the data with the servers. With -update, as go generate
// runs it, the servers write the data.
func TestCurrent(t *testing.T) {
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		conn := pgtest.Connect(t, server.Database(t))
		createExtensions(t, conn)
		var lines []string
		for _, sql := range queries {
			var group []string
			var kind, rest string
			rows, _ := conn.Query(t.Context(), sql)
			if _, err := pgx.ForEachRow(rows, []any{&kind, &rest}, func() error {
				group = append(group, kind+" "+rest+"\n")
				return nil
			}); err != nil {
				t.Fatalf("%s: %v", sql, err)
			}
			slices.Sort(group)
			lines = append(lines, group...)
		}
		file := fmt.Sprintf("%d.txt", server.Major)
		if *update {
			if err := os.WriteFile(file, []byte(strings.Join(lines, "")), 0o644); err != nil {
				t.Fatal(err)
			}
			return
		}
		committed, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(slices.Collect(strings.Lines(string(committed))), lines); d != "" {
			t.Errorf("%s differs from the server (run go generate ./lint/builtin): -file +server\n%s", file, d)
		}
	})
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

// TestEveryMajorHasData: the majors of the data are those that tests can ask.
func TestEveryMajorHasData(t *testing.T) {
	if Oldest != pgtest.Majors[0] || Newest != pgtest.Majors[len(pgtest.Majors)-1] {
		t.Errorf("data for %d to %d, servers %v", Oldest, Newest, pgtest.Majors)
	}
	for major := Oldest; major <= Newest; major++ {
		for _, fact := range []struct {
			what string
			ok   bool
		}{
			{"now is stable", Volatility("now", major) == 's'},
			{"no_such_function has no volatility", Volatility("no_such_function", major) == 0},
			{"uuid_generate_v4 is of an extension", Volatility("uuid_generate_v4", major) == 0 && ExtensionVolatility("uuid_generate_v4", major) == 'v'},
			{"gen_random_uuid is built in since 13", (Volatility("gen_random_uuid", major) == 'v') == (major >= 13)},
			{"varchar is coercible to text", BinaryCoercible("varchar", "text", major) && !BinaryCoercible("int4", "int8", major)},
			{"varchar has the operator class of text", OperatorClass("varchar", major) == "text_ops" && OperatorClass("json", major) == ""},
		} {
			if !fact.ok {
				t.Errorf("%d: not so: %s", major, fact.what)
			}
		}
	}
	if Volatility("now", 11) != 's' || Volatility("now", 99) != 's' {
		t.Error("a server older or newer than the data is not taken for the nearest")
	}
	if !ReservedWord("user") || ReservedWord("name") || !SystemRelation("pg_class") || SystemRelation("users") || !SystemType("int4") || SystemType("mood") {
		t.Error("words")
	}
}
