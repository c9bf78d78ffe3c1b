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
