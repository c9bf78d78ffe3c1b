package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

// TestBlock reads DO blocks: the statements in them with the forks that they
// stand in, and the gaps.
func TestBlock(t *testing.T) {
	for _, test := range []struct{ name, source, want string }{
		{"statements", `DO $x$
DECLARE a int := 1; r record;
BEGIN
  ALTER TABLE t ADD COLUMN a int;
  a := a + 1;
  a = 2; r.x := 1;
  DELETE FROM t WHERE x = a RETURNING id, b.c INTO STRICT a, r.f; -- a; b
  SELECT 1 INTO a FROM t FOR UPDATE;
  WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w;
  PERFORM set_config('lock_timeout', '1s', true);
  RAISE NOTICE 'DROP TABLE t; %', a;
  GRANT EXECUTE ON FUNCTION f TO public;
END $x$ LANGUAGE plpgsql;`, `
ALTER TABLE t ADD COLUMN a int
DELETE FROM t WHERE x = a RETURNING id, b.c INTO STRICT a, r.f
SELECT 1 INTO a FROM t FOR UPDATE
WITH w AS (SELECT 1) INSERT INTO t SELECT * FROM w
PERFORM set_config('lock_timeout', '1s', true)
GRANT EXECUTE ON FUNCTION f TO public`},
		{"forks", `DO $$ DECLARE r record; BEGIN
  IF a THEN DROP TABLE a; ELSIF b THEN DROP TABLE b; ELSE DROP TABLE c; END IF;
  CASE WHEN a THEN DROP TABLE d; ELSE NULL; END CASE;
  FOR r IN SELECT 1 FROM x LOOP UPDATE t SET a = r.a; EXIT; END LOOP;
  <<l>> WHILE true LOOP NULL; END LOOP l;
  BEGIN DROP TABLE e; DROP TABLE f; EXCEPTION WHEN others THEN DROP TABLE g; END;
  BEGIN DROP TABLE h; EXCEPTION WHEN others THEN RAISE; END;
  BEGIN DROP TABLE i; END;
END $$;`, `
fork
  arm
    DROP TABLE a
  arm
    DROP TABLE b
  arm
    DROP TABLE c
fork
  arm
    DROP TABLE d
SELECT 1 FROM x
fork
  arm
    UPDATE t SET a = r.a (loop)
fork
  arm, subtransaction
    DROP TABLE e
    DROP TABLE f
  arm
    DROP TABLE g
DROP TABLE h
DROP TABLE i`},
		{"guards", `DO $$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k') THEN ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0); END IF;
  IF EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k') THEN ALTER TABLE t VALIDATE CONSTRAINT k; END IF;
  IF to_regclass('public.u') IS NULL THEN CREATE TABLE u (); ELSE ALTER TABLE u ADD COLUMN a int; END IF;
  IF EXISTS (SELECT FROM pg_type WHERE typname = 'e') THEN DROP TYPE e; END IF;
  IF EXISTS (SELECT FROM information_schema.columns WHERE column_name = 'e') THEN ALTER TABLE t RENAME COLUMN e TO f; END IF;
  PERFORM 1 FROM pg_type WHERE typname = 'e2';
  IF NOT FOUND THEN CREATE TYPE e2 AS ENUM (); END IF;
  BEGIN ALTER TABLE t ADD CONSTRAINT l CHECK (a > 0); EXCEPTION WHEN duplicate_object OR duplicate_table THEN NULL; END;
  IF EXISTS (SELECT FROM pg_tables WHERE tablename = 'done') THEN RETURN; END IF;
  CREATE TABLE done ();
  DROP TABLE x;
END $$;`, `
fork
  arm, settled
    ALTER TABLE t ADD CONSTRAINT k CHECK (a > 0)
fork
  arm
    ALTER TABLE t VALIDATE CONSTRAINT k
fork
  arm, settled
    CREATE TABLE u ()
  arm
    ALTER TABLE u ADD COLUMN a int
fork
  arm, settled
    DROP TYPE e
fork
  arm, settled
    ALTER TABLE t RENAME COLUMN e TO f
PERFORM 1 FROM pg_type WHERE typname = 'e2'
fork
  arm, settled
    CREATE TYPE e2 AS ENUM ()
fork
  arm, settled, subtransaction
    ALTER TABLE t ADD CONSTRAINT l CHECK (a > 0)
fork
  arm, settled
    CREATE TABLE done ()
    DROP TABLE x`},
		{"quotes", `DO 'BEGIN DELETE FROM t WHERE a = ''x''; DROP TABLE "y"; END';
DO E'BEGIN\n DROP TABLE a; END';
DO LANGUAGE plperl $$ ; DELETE FROM t; $$;
DO $$ BEGIN ALTER TABL t; END $$;
DO $$ BEGIN IF a THEN DROP TABLE t; END $$;
DO $a$ BEGIN DO $b$ BEGIN DROP TABLE a; END $b$; END $a$;
SELECT $$; DELETE FROM t;$$;
CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE t; END $$;`, `
DELETE FROM t WHERE a = 'x' [DELETE FROM t WHERE a = ''x'']
DROP TABLE "y"
fork
  arm
    DROP TABLE t
DO $b$ BEGIN DROP TABLE a; END $b$
DROP TABLE a
gap DO E'BEGIN\n DROP TABLE a; END': a DO block in a string with escapes is not analysed
gap DO LANGUAGE plperl $$ ; DELETE FROM t; $$: a DO block in plperl is not analysed
gap ALTER TABL t: in a DO block: syntax error at or near "TABL"
gap DO $$ BEGIN IF a THEN DROP TABLE t; END $$: a DO block that is not PL/pgSQL: syntax error at end of input`},
		{"EXECUTE", `DO $$ DECLARE s text := 'DROP TABLE ' || quote_ident('B'); q text; r record;
BEGIN
  EXECUTE 'DROP TABLE "a"';
  EXECUTE 'UPDATE t SET a = ''x''; DROP TABLE b;';
  EXECUTE format('CREATE INDEX ON %I.%2$I (%s)', 'S', 't', 'a') USING 1;
  EXECUTE s;
  EXECUTE $x$ DROP TABLE c $x$ || ' CASCADE' INTO q;
  FOR r IN EXECUTE 'SELECT 1' LOOP NULL; END LOOP;
  q := 'ALTER TABLE ' || r.t; EXECUTE q;
  EXECUTE format('ALTER TABLE %I ADD COLUMN a int', r.t);
  EXECUTE r.sql;
  FOREACH q IN ARRAY ARRAY['x', 'y'] LOOP EXECUTE format('DROP TABLE %I', q); END LOOP;
END $$;`, `
DROP TABLE "a"
UPDATE t SET a = 'x' [UPDATE t SET a = ''x'']
DROP TABLE b
CREATE INDEX ON "S".t (a) [CREATE INDEX ON %I.%2$I (%s)]
DROP TABLE "B" [s]
DROP TABLE c  CASCADE [DROP TABLE c $x$ || ' CASCADE]
SELECT 1
DROP TABLE x [format('DROP TABLE %I', q)]
DROP TABLE y [format('DROP TABLE %I', q)]
gap EXECUTE q: EXECUTE of a string that is built at run time
gap EXECUTE format('ALTER TABLE %I ADD COLUMN a int', r.t): EXECUTE of a built string: ALTER TABLE … ADD COLUMN a int
gap EXECUTE r.sql: EXECUTE of a string that is built at run time`},
		{"lists", `DO $$ DECLARE q text; n text; l text[] := ARRAY['v']::text[]; BEGIN
  FOREACH q IN ARRAY ARRAY['x', 'y'] LOOP EXECUTE format('DROP TABLE %I', q); END LOOP;
  FOREACH q IN ARRAY l LOOP EXECUTE 'DROP TABLE ' || q; END LOOP;
  FOR n IN SELECT unnest(ARRAY['z']) LOOP EXECUTE 'DROP TABLE ' || n; END LOOP;
END $$;`, `
DROP TABLE x [format('DROP TABLE %I', q)]
DROP TABLE y [format('DROP TABLE %I', q)]
DROP TABLE v ['DROP TABLE ' || q]
SELECT unnest(ARRAY['z'])
DROP TABLE z ['DROP TABLE ' || n]`},
	} {
		t.Run(test.name, func(t *testing.T) {
			m := migration.ParseFile(&migration.File{Name: "x.sql", Source: []byte(test.source)})
			var b strings.Builder
			var write func(code []migration.Code, indent string)
			write = func(code []migration.Code, indent string) {
				for _, step := range code {
					if s := step.Statement; s != nil {
						fmt.Fprintf(&b, "\n%s%s", indent, s.Text())
						if place := test.source[s.Pos:s.End]; place != s.Text() {
							fmt.Fprintf(&b, " [%s]", place)
						}
						if s.Loop {
							b.WriteString(" (loop)")
						}
						write(s.Body, indent)
						continue
					}
					b.WriteString("\n" + indent + "fork")
					for _, arm := range step.Arms {
						b.WriteString("\n" + indent + "  arm")
						if arm.Settled {
							b.WriteString(", settled")
						}
						if arm.Subtransaction {
							b.WriteString(", subtransaction")
						}
						write(arm.Code, indent+"    ")
					}
				}
			}
			for _, s := range m.Statements {
				write(s.Body, "")
			}
			for _, g := range m.Gaps {
				if !g.Inside {
					t.Errorf("%s is outside", g.Reason)
				}
				fmt.Fprintf(&b, "\ngap %s: %s", test.source[g.Pos:g.End], g.Reason)
			}
			if d := cmp.Diff(test.want, b.String()); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}
