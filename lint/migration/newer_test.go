package migration

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

// newerSetup are the relations that the statements below are about.
const newerSetup = `
	CREATE TABLE t (a int, b int, c int, r int4range, "Q ""x" int, CONSTRAINT c_check CHECK (c > 0), CONSTRAINT c_positive CHECK (c > 1));
	CREATE TABLE u (id int PRIMARY KEY, CONSTRAINT k CHECK (id > 0));
	CREATE TABLE w (id int REFERENCES u CONSTRAINT id_fk REFERENCES u);
	CREATE TABLE child () INHERITS (t);
	CREATE EXTENSION btree_gist;
	CREATE DOMAIN d AS int;
`

// newer18Setup needs PostgreSQL 18.
const newer18Setup = `
	CREATE TABLE v (id int, r int4range, PRIMARY KEY (id, r WITHOUT OVERLAPS));
	CREATE TABLE n (a int CONSTRAINT n_a NOT NULL);
`

var newerCases = []struct {
	sql   string
	forms []string // the form as it is written, which one, and its target
}{
	{"ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID", []string{"NOT NULL a: NotNullConstraint a"}},
	{"ALTER TABLE t ADD NOT NULL a", []string{"NOT NULL a: NotNullConstraint a"}},
	{"ALTER TABLE ONLY public.t ADD NOT NULL A NO INHERIT", []string{"NOT NULL A: NotNullConstraint a"}},
	{`ALTER TABLE t ADD CONSTRAINT "n n" NOT /* why */ NULL "Q ""x", ADD NOT NULL b`, []string{`NOT /* why */ NULL "Q ""x": NotNullConstraint Q "x`, "NOT NULL b: NotNullConstraint b"}},
	{"CREATE TABLE x (a int, NOT NULL a)", []string{"NOT NULL a: NotNullConstraint a"}},
	{"CREATE TABLE x (a int, CONSTRAINT n NOT NULL a NO INHERIT, b numeric(3, 1), NOT NULL b)", []string{"NOT NULL a: NotNullConstraint a", "NOT NULL b: NotNullConstraint b"}},
	{"CREATE TEMP TABLE IF NOT EXISTS x (a int, NOT NULL a)", []string{"NOT NULL a: NotNullConstraint a"}},
	{"CREATE TABLE x (a int NOT NULL NO INHERIT)", []string{"NO INHERIT: NotNullNoInherit a"}},
	{"ALTER TABLE t ADD COLUMN x int NOT NULL NO INHERIT DEFAULT 1", []string{"NO INHERIT: NotNullNoInherit x"}},
	{"ALTER TABLE t ADD x int CONSTRAINT n NOT NULL NO INHERIT DEFAULT 1", []string{"NO INHERIT: NotNullNoInherit x"}},
	{"ALTER TABLE n ALTER CONSTRAINT n_a NO INHERIT", []string{"NO INHERIT: InheritConstraint n_a"}},
	{"ALTER TABLE n ALTER CONSTRAINT n_a INHERIT", []string{"INHERIT: InheritConstraint n_a"}},

	{"CREATE TABLE x (a int, b int GENERATED ALWAYS AS (a + (1)) VIRTUAL)", []string{"GENERATED ALWAYS AS (a + (1)) VIRTUAL: VirtualColumn b"}},
	{"CREATE TABLE x (a int, b int CONSTRAINT n GENERATED ALWAYS AS (a) NOT NULL)", []string{"GENERATED ALWAYS AS (a): VirtualColumn b"}},
	{"ALTER TABLE t ADD COLUMN IF NOT EXISTS x numeric(3, 1) GENERATED ALWAYS AS (a) VIRTUAL", []string{"GENERATED ALWAYS AS (a) VIRTUAL: VirtualColumn x"}},
	{"ALTER TABLE t ADD x int GENERATED ALWAYS AS (a), ADD COLUMN \"Y\" int GENERATED ALWAYS AS (b) VIRTUAL", []string{"GENERATED ALWAYS AS (a): VirtualColumn x", "GENERATED ALWAYS AS (b) VIRTUAL: VirtualColumn Y"}},

	{"ALTER TABLE t ADD CONSTRAINT n CHECK (a > (0)) NOT ENFORCED", []string{"NOT ENFORCED: NotEnforced n"}},
	{"ALTER TABLE t ADD CHECK (a > 0) NO INHERIT NOT ENFORCED", []string{"NOT ENFORCED: NotEnforced "}},
	{"ALTER TABLE t ADD CONSTRAINT n FOREIGN KEY (a) REFERENCES u (id) ON DELETE SET NULL NOT ENFORCED", []string{"NOT ENFORCED: NotEnforced n"}},
	{"ALTER TABLE t ADD COLUMN x int CONSTRAINT n REFERENCES u ON UPDATE SET DEFAULT DEFERRABLE NOT ENFORCED DEFAULT 1", []string{"NOT ENFORCED: NotEnforced n"}},
	{"CREATE TABLE x (a int CHECK (a > 0) ENFORCED, b int CONSTRAINT n CHECK (b > 0) NOT ENFORCED, CHECK (b > a) NOT ENFORCED)", []string{"ENFORCED: Enforced ", "NOT ENFORCED: NotEnforced n", "NOT ENFORCED: NotEnforced "}},
	{"ALTER TABLE w ALTER CONSTRAINT id_fk NOT ENFORCED", []string{"NOT ENFORCED: NotEnforced id_fk"}},
	{"ALTER TABLE w ALTER CONSTRAINT id_fk ENFORCED, ALTER id SET NOT NULL", []string{"ENFORCED: Enforced id_fk"}},

	{"CREATE TABLE x (a int, r int4range, PRIMARY KEY (a, r WITHOUT OVERLAPS))", []string{"WITHOUT OVERLAPS: WithoutOverlaps r"}},
	{"ALTER TABLE t ADD CONSTRAINT t_key UNIQUE (a, b, r WITHOUT OVERLAPS)", []string{"WITHOUT OVERLAPS: WithoutOverlaps r"}},
	{"CREATE TABLE x (id int, r int4range, FOREIGN KEY (id, PERIOD r) REFERENCES v (id, PERIOD r))", []string{"PERIOD: Period r", "PERIOD: Period r"}},

	{"UPDATE t SET a = 1 RETURNING WITH (OLD AS o, NEW AS n) o.a, n.a", []string{"WITH (OLD AS o, NEW AS n): ReturningOldNew "}},
	{"INSERT INTO t (a) VALUES (1) RETURNING WITH (NEW AS n) n.a", []string{"WITH (NEW AS n): ReturningOldNew "}},
	{"WITH x AS (DELETE FROM t RETURNING WITH (OLD AS o) o.a) SELECT a FROM x", []string{"WITH (OLD AS o): ReturningOldNew "}},

	{"ANALYZE ONLY t", []string{"ONLY: OnlyTable "}},
	{"ANALYZE (VERBOSE) t (a), ONLY u", []string{"ONLY: OnlyTable "}},
}

// nearNewerForms are refused by PostgreSQL 18 too.
var nearNewerForms = []string{
	"ALTER TABLE t ADD COLUMN NOT NULL a",
	"ALTER TABLE t ADD NOT NULL (a)",
	"ALTER TABLE t ADD NOT NULL a, b",
	"ALTER TABLE t ADD NOT NULL",
	"ALTER TABLE t ADD NOT NULL NOT VALID",
	"ALTER TABLE t ADD NOT NULL t.a",
	"CREATE TABLE x (a int, a NOT NULL a)",
	"SELECT (NOT NULL a)",
	"ALTER DOMAIN d ADD NOT NULL a",
	"CREATE TABLE x (a int NULL NO INHERIT)",
	"CREATE TABLE x (a int NO INHERIT)",
	"ALTER TABLE t ALTER a SET NOT NULL NO INHERIT",
	"ALTER TABLE t ADD UNIQUE (a) INHERIT",
	"CREATE TABLE x (a int, b int GENERATED ALWAYS AS (a) VIRTUAL STORED)",
	"CREATE TABLE x (a int, b int GENERATED BY DEFAULT AS (a) VIRTUAL)",
	"CREATE TABLE x (a int, b int GENERATED ALWAYS AS a VIRTUAL)",
	"CREATE TABLE x (a int, b int VIRTUAL)",
	"ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS (b) VIRTUAL",
	"CREATE VIEW x AS SELECT a GENERATED ALWAYS AS (a) VIRTUAL FROM t",
	"CREATE TABLE x (a int ENFORCED)",
	"CREATE TABLE x (a int NOT ENFORCED)",
	"CREATE TABLE x (a int CHECK (a > 0) NOT NULL NOT ENFORCED)",
	"CREATE TABLE x (a int CHECK (a > 0 NOT ENFORCED))",
	"CREATE TABLE x (a int UNIQUE NOT ENFORCED)",
	"CREATE TABLE x (a int CHECK (a > 0) ENFORCED NOT ENFORCED)",
	"DROP TABLE t ENFORCED",
	"ALTER TABLE t DROP CONSTRAINT c_check NOT ENFORCED",
	"ALTER TABLE t ALTER a NOT ENFORCED",
	"ALTER TABLE t VALIDATE CONSTRAINT c_check ENFORCED",
	"CREATE INDEX ON t (a, r WITHOUT OVERLAPS)",
	"CREATE TABLE x (a int, r int4range, PRIMARY KEY (r WITHOUT OVERLAPS, a))",
	"CREATE TABLE x (a int, r int4range, CHECK (a, r WITHOUT OVERLAPS))",
	"SELECT (a, r WITHOUT OVERLAPS) FROM t",
	"CREATE TABLE x (id int, r int4range, FOREIGN KEY (PERIOD r, id) REFERENCES v)",
	"CREATE TABLE x (id int, r int4range, FOREIGN KEY (PERIOD r) REFERENCES v (PERIOD r))",
	"CREATE TABLE x (id int, r int4range, UNIQUE (id, PERIOD r))",
	"SELECT lower(a, PERIOD r) FROM t",
	"UPDATE t SET a = 1 RETURNING WITH (o) a",
	"UPDATE t SET a = 1 RETURNING WITH (OLD o) a",
	"UPDATE t SET a = 1 RETURNING WITH () a",
	"SELECT 1 RETURNING WITH (OLD AS o) 1",
	"ANALYZE ONLY",
	"LOCK TABLE ONLY ONLY t",
	"TRUNCATE ONLY ONLY t",
}

func TestNewerForms(t *testing.T) {
	for _, c := range newerCases {
		m := ParseFile(&File{Source: []byte("-- above\n" + c.sql + ";\n")})
		if len(m.Gaps) > 0 || len(m.Statements) != 1 {
			t.Errorf("%s: %d statements, gaps %v", c.sql, len(m.Statements), m.Gaps)
			continue
		}
		var forms []string
		for _, f := range m.Statements[0].Newer {
			forms = append(forms, fmt.Sprintf("%s: %s %s", m.File.Source[f.Pos:f.End], formNames[f.Form], f.Target))
		}
		if d := cmp.Diff(c.forms, forms); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.sql, d)
		}
	}
	for _, sql := range nearNewerForms {
		if m := ParseFile(&File{Source: []byte(sql)}); len(m.Gaps) != 1 {
			t.Errorf("%s is read as %v", sql, m.Statements[0].Node)
		}
	}
}

// TestNewerFormsOnServers: what is masked is what PostgreSQL 18 reads and 17
// does not, and what is near is refused by both.
func TestNewerFormsOnServers(t *testing.T) {
	for major, setup := range map[int]string{17: newerSetup, 18: newerSetup + newer18Setup} {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			conn := pgtest.Connect(t, pgtest.Find(t, major).Database(t))
			exec := func(sql string) (refusal string) {
				_, err := conn.Exec(t.Context(), sql)
				var refused *pgconn.PgError
				if err != nil && !errors.As(err, &refused) {
					t.Fatal(err)
				}
				if refused != nil {
					return refused.Code + " " + refused.Message
				}
				return ""
			}
			if refusal := exec(setup); refusal != "" {
				t.Fatal(refusal)
			}
			for _, c := range newerCases {
				refusal := exec("BEGIN; " + c.sql)
				if major == 18 && refusal != "" || major < 18 && !strings.HasPrefix(refusal, "42601") && !strings.HasPrefix(refusal, "0A000 FOREIGN KEY") {
					t.Errorf("%s: refused with %q", c.sql, refusal)
				}
				exec("ROLLBACK")
			}
			for _, sql := range nearNewerForms {
				if refusal := exec("BEGIN; " + sql); refusal == "" {
					t.Errorf("%s: accepted", sql)
				}
				exec("ROLLBACK")
			}
		})
	}
}

var formNames = map[Form]string{
	NotNullConstraint: "NotNullConstraint", NotNullNoInherit: "NotNullNoInherit", InheritConstraint: "InheritConstraint", VirtualColumn: "VirtualColumn",
	NotEnforced: "NotEnforced", Enforced: "Enforced", WithoutOverlaps: "WithoutOverlaps", Period: "Period", ReturningOldNew: "ReturningOldNew", OnlyTable: "OnlyTable",
}
