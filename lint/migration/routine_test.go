package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/migration"
)

func TestRoutine(t *testing.T) {
	for _, test := range []struct{ body, want string }{
		{"LANGUAGE sql AS 'SELECT 1; DELETE FROM t'", "2 [] []"},
		{"AS 'SELECT 1' LANGUAGE SQL", "1 [] []"},
		{"LANGUAGE plpgsql AS 'BEGIN NEW.a := 1; y = (SELECT b FROM t); RETURN OLD; END'", "3 [y found new old] [a]"},
		{"LANGUAGE plpgsql AS $$ DECLARE x t.a%TYPE := 2; BEGIN SELECT a, b INTO x, y FROM t; PERFORM g(x); END $$", "3 [y found new old x (unnamed row)] []"},
		{"LANGUAGE plpgsql AS $$ BEGIN IF NEW.q THEN UPDATE t SET a = NEW.b; END IF; RETURN NEW; END $$", "3 [y found new old] [q b]"},
		{"LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE t'; EXECUTE 'SELECT ' || 1; EXECUTE format('SELECT %s', 1); END $$", "4 [y found new old] []"},
		{"LANGUAGE plpgsql AS 'BEGIN this is no SQL; END'", "not read"},
		{"LANGUAGE plpgsql AS 'BEGIN IF'", "not read"},
		{"LANGUAGE sql AS 'SELEC'", "not read"},
		{"LANGUAGE c AS 'lib', 'f'", "not read"},
		{"LANGUAGE plpython3u AS 'return 1'", "not read"},
		{"LANGUAGE sql RETURN 1", "not read"},
		{"LANGUAGE plpgsql AS $$ BEGIN " + strings.Repeat("IF a THEN ", 20000) + "$$", "not read"},
	} {
		text := "CREATE FUNCTION f(y int) RETURNS trigger " + test.body
		m := migration.ParseFile(&migration.File{Name: "f.sql", Source: []byte(text)})
		if len(m.Statements) != 1 {
			t.Fatalf("%s: %v", text, m.Gaps)
		}
		got := "not read"
		if r := m.Statements[0].Routine(); r != nil {
			got = fmt.Sprint(len(r.Statements), " ", r.Variables, " ", r.RowFields)
		}
		if got != test.want {
			t.Errorf("%.200s\n got %s\nwant %s", text, got, test.want)
		}
	}
}

// FuzzRoutine: no body ends the process.
func FuzzRoutine(f *testing.F) {
	f.Add("BEGIN NEW.a := 1; SELECT a INTO x FROM t; EXECUTE 'x'; RETURN QUERY SELECT 1; END")
	f.Add("<<l>> DECLARE c CURSOR (p int) FOR SELECT p; x t%ROWTYPE; y t.a%TYPE[] := '{}'; BEGIN FOR x IN c(1) LOOP EXIT l WHEN x.a; END LOOP; EXCEPTION WHEN others THEN GET STACKED DIAGNOSTICS y = MESSAGE_TEXT; END l")
	f.Add("BEGIN CASE x WHEN 1, 2 THEN NULL; ELSE RAISE EXCEPTION USING MESSAGE = 'a'; END CASE; FOREACH y SLICE 1 IN ARRAY z LOOP CONTINUE; END LOOP; END")
	f.Fuzz(func(_ *testing.T, body string) {
		for _, language := range []string{"sql", "plpgsql"} {
			text := "CREATE FUNCTION f(y int) RETURNS trigger LANGUAGE " + language + " AS $fuzz$" + body + "$fuzz$"
			for _, s := range migration.ParseFile(&migration.File{Name: "f.sql", Source: []byte(text)}).Statements {
				s.Routine()
			}
		}
	})
}
