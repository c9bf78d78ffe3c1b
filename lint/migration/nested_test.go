package migration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func TestChangesInBlock(t *testing.T) {
	source := `DO $x$
DECLARE a int;
BEGIN
  LOOP
    UPDATE t SET a = 1;
    EXIT;
  END LOOP;
  DELETE FROM t RETURNING id, b.c INTO STRICT a, r.f; -- a; b
  SELECT 1 FROM t FOR UPDATE;
  WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w;
  EXECUTE 'DELETE FROM t';
  UPDATE t SET;
END $x$ LANGUAGE plpgsql;
DO LANGUAGE plperl $$ ; DELETE FROM t; $$;
DO 'BEGIN DELETE FROM t; END';
SELECT $$; DELETE FROM t;$$;
`
	var got []string
	for _, s := range migration.ParseFile(&migration.File{Name: "x.sql", Source: []byte(source)}).Statements {
		for _, n := range s.ChangesInBlock() {
			text := source[n.Pos:n.End]
			if n.Loop {
				text += " (loop)"
			}
			got = append(got, text)
		}
	}
	want := []string{
		"UPDATE t SET a = 1 (loop)",
		"DELETE FROM t RETURNING id, b.c INTO STRICT a, r.f",
		"WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}

func TestGapsInBlock(t *testing.T) {
	source := `DO $$
BEGIN
  IF true THEN
    ALTER TABLE t ADD COLUMN a int;
  END IF;
  EXECUTE format('CREATE INDEX ON %I (a)', 't');
  FOR r IN EXECUTE 'SELECT 1; 2' LOOP
    DROP TABLE a;
  END LOOP;
  PERFORM f('EXECUTE x');
  GRANT EXECUTE ON FUNCTION f TO public;
  UPDATE t SET a = 1; -- ALTER TABLE t
EXCEPTION WHEN duplicate_column THEN NULL;
END $$;
DO LANGUAGE plperl $$ ; DELETE FROM t; $$;
DO 'BEGIN DELETE FROM t; END';
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; END $$;
`
	m := migration.ParseFile(&migration.File{Name: "x.sql", Source: []byte(source)})
	var got []string
	for _, g := range m.Gaps {
		if !g.Inside {
			t.Errorf("%s is outside", g.Reason)
		}
		got = append(got, source[g.Pos:g.End]+": "+g.Reason)
	}
	want := []string{
		"ALTER TABLE t ADD COLUMN a int: ALTER in a DO block is not analysed",
		"EXECUTE format('CREATE INDEX ON %I (a)', 't'): EXECUTE in a DO block: the SQL that it runs is not analysed",
		"EXECUTE 'SELECT 1; 2': EXECUTE in a DO block: the SQL that it runs is not analysed",
		"DROP TABLE a: DROP in a DO block is not analysed",
		"DO LANGUAGE plperl $$ ; DELETE FROM t; $$: a DO block in plperl is not analysed",
		"DO 'BEGIN DELETE FROM t; END': a DO block in simple quotes is not analysed",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	if len(m.Statements) != 4 {
		t.Errorf("%d statements, want all 4", len(m.Statements))
	}
}
