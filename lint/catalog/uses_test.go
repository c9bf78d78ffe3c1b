package catalog_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// usesText lists uses as "t", "t.c", "?t.c" for those that are not sure, "f()"
// for functions; a * stands behind those of a star.
func usesText(uses []catalog.Use) string {
	var list []string
	for _, u := range uses {
		text := u.Name.Name
		if u.Name.Schema != "public" {
			text = u.Name.String()
		}
		if u.Function {
			text += "()"
		}
		if u.Column != "" {
			text += "." + u.Column
		}
		if !u.Sure {
			text = "?" + text
		}
		if u.Star {
			text += "*"
		}
		list = append(list, text)
	}
	return strings.Join(list, " ")
}

const usesTables = `
CREATE TABLE a (id int, x int, n text);
CREATE TABLE b (id int, y int);
CREATE SCHEMA s;
CREATE TABLE s.d (id int, z int);
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';`

// usesTests name the uses of a query as usesText does.
var usesTests = []struct{ query, want string }{
	{"SELECT x FROM a", "a a.x"},
	{"SELECT a.x, n FROM a JOIN b ON a.id = b.id WHERE y > 1", "a b a.id b.id a.x a.n b.y"},
	{"SELECT q.x FROM a AS q", "a a.x"},
	{"SELECT public.a.x FROM public.a", "a a.x"},
	{"SELECT s.d.z FROM s.d", "s.d s.d.z"},
	{"SELECT * FROM a", "a a.id* a.x* a.n*"},
	{"SELECT b.* FROM a, b", "a b b.id* b.y*"},
	{"SELECT count(*) FROM a", "a"},
	{"SELECT row_to_json(a.*), row_to_json(a), a FROM a", "a"},
	{"SELECT v FROM a AS q(u, v)", "a a.x"},
	{"SELECT y FROM a JOIN b USING (id)", "a b a.id b.id b.y"},
	{"SELECT 1 FROM a NATURAL JOIN b", "a b a.id b.id"},
	{"SELECT z FROM (SELECT x AS z FROM a) q", "a a.x"},
	{"SELECT x FROM (SELECT * FROM a) q", "a a.id* a.x* a.n*"},
	{"WITH w AS (SELECT x FROM a) SELECT x FROM w", "a a.x"},
	{"WITH a AS (SELECT y FROM b) SELECT y FROM a", "b b.y"},
	{"WITH w(p) AS (SELECT x FROM a) SELECT p FROM w, public.a", "a a.x a"},
	{"WITH RECURSIVE w AS (SELECT id, x FROM a UNION ALL SELECT w.id, y FROM w JOIN b ON b.id = w.x) SELECT id FROM w", "a a.id a.x b b.id b.y"},
	{"SELECT x FROM a WHERE EXISTS (SELECT 1 FROM b WHERE b.id = x)", "a a.x b b.id a.x"},
	{"SELECT (SELECT y FROM b WHERE b.id = a.id) FROM a", "a b b.y b.id a.id"},
	{"SELECT 1 FROM a, LATERAL (SELECT y FROM b WHERE b.id = a.x) q", "a b b.y b.id a.x"},
	{"SELECT 1 FROM a, generate_series(1, x) AS g", "a a.x"},
	{"SELECT f(x) FROM a ORDER BY n", "a f() a.x a.n"},
	{"SELECT x AS n FROM a ORDER BY n", "a a.x"},
	{"SELECT x FROM a UNION SELECT y FROM b ORDER BY x", "a a.x b b.y"},
	{"SELECT x FROM a FOR UPDATE OF a", "a a.x"},
	{"SELECT c FROM old", "old old.c"},
	{"SELECT c FROM old, stranger", "old stranger ?old.c ?stranger.c"},
	{"SELECT x, c FROM a, old", "a old a.x old.c"},
	{"SELECT * FROM old", "old old.k* old.**"},
	{"SELECT ctid, tableoid FROM a", "a"},
	{"SELECT 1 FROM a GROUP BY x HAVING max(id) > 1", "a a.x a.id"},
	{"INSERT INTO a (id, x) VALUES (1, 2) RETURNING n", "a a.id a.x a.n"},
	{"INSERT INTO a VALUES (1, 2)", "a a.id a.x"},
	{"INSERT INTO a SELECT id, y FROM b", "a b b.id b.y a.id a.x"},
	{"INSERT INTO a (id) VALUES (1) ON CONFLICT (id) WHERE x > 1 DO UPDATE SET n = excluded.n WHERE a.x < 3", "a a.id a.id a.x a.n a.n a.x"},
	{"UPDATE a SET x = y FROM b WHERE b.id = a.id RETURNING n", "a b a.x b.y b.id a.id a.n"},
	{"UPDATE a SET (x, n) = (SELECT y, 'q' FROM b)", "a a.x b b.y a.n b b.y"},
	{"DELETE FROM a USING b WHERE a.id = y", "a b a.id b.y"},
	{"MERGE INTO a USING b ON a.id = b.id WHEN MATCHED THEN UPDATE SET x = y WHEN NOT MATCHED THEN INSERT (id) VALUES (b.id)", "a b a.id b.id a.x b.y a.id b.id"},
	{"WITH gone AS (DELETE FROM a RETURNING x) SELECT x FROM gone", "a a.x"},
	{"COPY a (x) FROM STDIN", "a a.x"},
	{"EXPLAIN SELECT x FROM a", "a a.x"},
	{"CREATE VIEW v AS SELECT x FROM a", "a a.x"},
	{"TRUNCATE a, b", "a b"},
	{"SELECT q.x FROM a LEFT JOIN (b JOIN a AS q ON b.id = q.id) ON true", "a b a b.id a.id a.x"},
	{"SELECT n FROM json_to_recordset('[]') AS r(x int), a WHERE r.x > id", "a a.n a.id"},
	{"DROP TABLE a", ""},
}

func TestUses(t *testing.T) {
	c := replayed(t, usesTables+"\nALTER TABLE old ADD COLUMN k int; -- more columns than shown")
	for _, test := range usesTests {
		m := migration.ParseFile(&migration.File{Name: "q.sql", Source: []byte(test.query)})
		if len(m.Statements) != 1 {
			t.Fatalf("%s: %v", test.query, m.Gaps)
		}
		if got := usesText(c.Uses(m.Statements[0].Node)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.query, got, test.want)
		}
	}
}

// viewDependencies are those of the view v, as usesText writes them.
const viewDependencies = `
SELECT DISTINCT CASE WHEN refclassid = 'pg_proc'::regclass THEN (SELECT proname || '()' FROM pg_proc p WHERE p.oid = refobjid)
	ELSE refobjid::regclass || '.' || (SELECT attname FROM pg_attribute WHERE attrelid = refobjid AND attnum = refobjsubid) END COLLATE "C" AS use
FROM pg_depend JOIN pg_rewrite r ON r.oid = objid
WHERE classid = 'pg_rewrite'::regclass AND ev_class = 'v'::regclass AND refobjid <> 'v'::regclass
	AND (refobjsubid > 0 OR refclassid = 'pg_proc'::regclass)
ORDER BY use`

// TestUsesAgainstServers: what a query uses is what servers note as the
// dependencies of a view on it.
func TestUsesAgainstServers(t *testing.T) {
	pgtest.FindMaintained(t)
	pool := pgtest.NewPool(t)
	asked := 0
	for _, major := range pgtest.Maintained {
		conn, done := pool.Connect(t, major)
		if _, err := conn.Exec(t.Context(), usesTables); err != nil {
			t.Fatal(err)
		}
		c := replayed(t, usesTables)
		for _, test := range usesTests {
			if !strings.HasPrefix(test.query, "SELECT") && !strings.HasPrefix(test.query, "WITH") ||
				strings.Contains(test.query, "old") || strings.Contains(test.query, "DELETE") {
				continue
			}
			if _, err := conn.Exec(t.Context(), "CREATE OR REPLACE VIEW v AS SELECT count(*) FROM ("+test.query+") q"); err != nil {
				t.Errorf("PostgreSQL %d: %s: %v", major, test.query, err)
				continue
			}
			rows, _ := conn.Query(t.Context(), viewDependencies)
			want, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, u := range c.Uses(parsed(t, test.query).Statements[0].Node) {
				u.Star = false
				if u.Column != "" || u.Function {
					got = append(got, usesText([]catalog.Use{u}))
				}
			}
			slices.Sort(got)
			if got = slices.Compact(got); !slices.Equal(got, want) {
				t.Errorf("PostgreSQL %d: %s: uses %v, the server says %v", major, test.query, got, want)
			}
			asked++
		}
		done()
	}
	t.Logf("%d queries use what servers say", asked)
	if asked < 100 {
		t.Error("those are too few")
	}
}

// TestUsesFollowRenames: a view keeps what it reads, under whatever name.
func TestUsesFollowRenames(t *testing.T) {
	c := catalog.New()
	m := migration.ParseFile(&migration.File{Name: "schema.sql", Source: []byte(`
CREATE TABLE a (id int, x int);
CREATE VIEW v AS SELECT x FROM a;
CREATE POLICY p ON a USING (x > 1);
ALTER TABLE a RENAME x TO y;
ALTER TABLE a RENAME TO b;
ALTER POLICY p ON b RENAME TO q;
`)})
	for _, s := range m.Statements {
		c.Apply(s)
	}
	if got, want := usesText(c.Table(catalog.Name{Schema: "public", Name: "v"}).Uses), "b b.y"; got != want {
		t.Errorf("the view uses %s, want %s", got, want)
	}
	got := fmt.Sprint(c.ColumnDependents(catalog.Name{Schema: "public", Name: "b"}, "y", true))
	if want := "[view public.v policy q on public.b]"; got != want {
		t.Errorf("the column has %s, want %s", got, want)
	}
}

// TestBodyUses: what functions use of what is there when they are called.
func TestBodyUses(t *testing.T) {
	for _, test := range []struct{ function, want string }{
		{"LANGUAGE sql AS 'SELECT x FROM a WHERE id = $1'", "a a.x a.id"},
		{"LANGUAGE sql AS 'SELECT x, y FROM a; SELECT 2'", "a a.x"},
		{"LANGUAGE plpgsql AS 'DECLARE v int; BEGIN SELECT x INTO v FROM a WHERE id = p; RETURN v; END'", "a a.x a.id"},
		{"LANGUAGE plpgsql AS 'BEGIN p := (SELECT y FROM b); RETURN f(p); END'", "b b.y f()"},
		{"LANGUAGE plpgsql AS 'BEGIN FOR p IN SELECT x FROM a LOOP INSERT INTO b (id) VALUES (p); END LOOP; END'", "b b.id a a.x"},
		{"LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'SELECT x FROM a'; EXECUTE 'SELECT y FROM ' || 'b'; END $$", "a a.x"},
		{"LANGUAGE plpgsql AS 'DECLARE r record; BEGIN SELECT * INTO r FROM b; RETURN r.y; END'", "b b.id* b.y*"},
		{"LANGUAGE plpgsql SET search_path = s AS 'BEGIN RETURN (SELECT z FROM d); END'", "s.d s.d.z"},
		{"LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT p FROM stranger); END'", "stranger"},
	} {
		c := replayed(t, usesTables+"CREATE FUNCTION g(p int) RETURNS int "+test.function)
		g := c.Functions(catalog.Name{Schema: "public", Name: "g"})[0]
		if got := usesText(c.BodyUses(g)); got != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.function, got, test.want)
		}
	}
	c := replayed(t, usesTables+`
CREATE FUNCTION touch() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.x := OLD.id; RETURN NEW; END';
CREATE TRIGGER touch BEFORE UPDATE ON a FOR EACH ROW EXECUTE FUNCTION touch();`)
	touch := c.Functions(catalog.Name{Schema: "public", Name: "touch"})[0]
	if got, want := usesText(c.BodyUses(touch)), "a.x a.id"; got != want || !touch.IsTrigger() {
		t.Errorf("the trigger function uses %s, want %s", got, want)
	}
}
