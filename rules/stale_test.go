package rules_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

const staleTables = `
CREATE TABLE t (a int, b int);
CREATE TABLE u (c int);
INSERT INTO t VALUES (1, 2);
CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1';
`

// staleTests are functions, what is changed under them after a first call, and
// the second one.
var staleTests = []struct{ function, change, call string }{
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t';", "ALTER TABLE t RENAME a TO c", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t';", "ALTER TABLE t RENAME b TO c", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t';", "ALTER TABLE t DROP COLUMN a", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t';", "ALTER TABLE t RENAME TO t2", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t';", "DROP TABLE t", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t';", "ALTER TABLE t RENAME a TO c; CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT c FROM t'", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT a FROM t';", "ALTER TABLE t RENAME a TO c; ALTER TABLE t ADD COLUMN a int", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT one()';", "DROP FUNCTION one()", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT one()';", "ALTER FUNCTION one() RENAME TO uno", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE sql RETURN (SELECT max(a) FROM t);", "ALTER TABLE t RENAME a TO c", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN (SELECT max(a) FROM t); END';", "ALTER TABLE t RENAME a TO c", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'DECLARE v int; BEGIN v := (SELECT max(a) FROM t); RETURN v; END';", "ALTER TABLE t DROP COLUMN a", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS 'DECLARE a int := 1; BEGIN RETURN (SELECT a FROM u LIMIT 1); END';", "ALTER TABLE t DROP COLUMN a", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'UPDATE t SET a = 1'; RETURN 1; END $$;", "ALTER TABLE t RENAME a TO c", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := 1; RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();", "ALTER TABLE t RENAME a TO c", "INSERT INTO t VALUES (1, 2)"},
	{"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN IF NEW.a > 5 THEN RETURN NULL; END IF; RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();", "ALTER TABLE t DROP COLUMN a", "INSERT INTO t VALUES (1)"},
	{"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO u (c) VALUES (1); RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();", "ALTER TABLE u RENAME c TO d", "INSERT INTO t VALUES (1, 2)"},
	{"CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.a := 1; RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();", "DROP TRIGGER g ON t; ALTER TABLE t RENAME a TO c", "INSERT INTO t VALUES (1, 2)"},
	{"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN DELETE FROM t WHERE a = 1; END';", "ALTER TABLE t SET SCHEMA other", "SELECT f()"},
	{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql SET search_path = other AS 'BEGIN RETURN (SELECT count(*) FROM v); END'; CREATE TABLE other.v (x int);", "ALTER TABLE other.v RENAME TO w", "SELECT f()"},
}

// TestStaleBodies: a function fails at its next call where function-body-stale
// says so, and only there.
func TestStaleBodies(t *testing.T) {
	pgtest.FindMaintained(t)
	pool := pgtest.NewPool(t)
	stale := 0
	for _, major := range pgtest.Maintained {
		for _, test := range staleTests {
			setup := "CREATE SCHEMA other;" + staleTables + test.function
			found := ""
			for _, d := range lintChange(t, setup, test.change) {
				if d.Rule == "function-body-stale" {
					found = d.Message
				}
			}
			conn, done := pool.Connect(t, major)
			for _, text := range []string{setup, test.call, test.change} {
				if err := send(t.Context(), conn, text); err != nil {
					t.Fatalf("%s: %v", text, err)
				}
			}
			state := ""
			var failed *pgconn.PgError
			if err := send(t.Context(), conn, test.call); errors.As(err, &failed) {
				state = failed.Code
			}
			done()
			if (state == "") != (found == "") || !strings.Contains(found, state) {
				t.Errorf("PostgreSQL %d: %s %s: the call says %q, premortem %q", major, test.function, test.change, state, found)
			}
			if state != "" {
				stale++
			}
		}
	}
	t.Logf("%d calls failed as the messages say", stale)
	if stale < 50 {
		t.Error("those are too few")
	}
}

// TestStalePlace: what points into a body points to the use, not to the same name
// of something else.
func TestStalePlace(t *testing.T) {
	for _, test := range []struct{ function, change, want string }{
		{"CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'INSERT INTO u (a) SELECT t.a FROM t RETURNING a';", "ALTER TABLE t RENAME a TO c", "a FROM t RETURNING a"},
		{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN SELECT 1 AS b, t.b INTO n FROM t; RETURN n; END $$;", "ALTER TABLE t RENAME b TO c", "b INTO n FROM t"},
		{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ DECLARE b int; BEGIN UPDATE u SET b = 1; b := (SELECT x.b FROM t x); RETURN b; END $$;", "ALTER TABLE t RENAME b TO c", "b FROM t x"},
		{"CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN IF 1 > (SELECT max(b) FROM t) THEN RETURN 1; END IF; RETURN 2; END $$;", "DROP TABLE t", "t) THEN"},
		// Quotes that are doubled are not looked into: the first line.
		{"CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''b'' AS b, b FROM t';", "ALTER TABLE t RENAME b TO c", "CREATE FUNCTION"},
	} {
		setup := "CREATE TABLE t (a int, b int); CREATE TABLE u (a int, b int); " + test.function
		got := "nothing"
		for _, d := range lintChange(t, setup, test.change) {
			if d.Rule == "function-body-stale" {
				got = string(d.Related[0].File.Source[d.Related[0].Range.Pos:])
			}
		}
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%s: %q, want %q", test.function, got, test.want)
		}
	}
}
