package rules_test

import (
	"maps"
	"regexp"
	"slices"
	"strconv"
	"testing"

	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

const newerTables = `CREATE TABLE users (id bigint PRIMARY KEY, email text, age int, during int4range);
CREATE TABLE events (id bigint, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE TABLE computed (a int, b int GENERATED ALWAYS AS (a + 1) STORED);
CREATE EXTENSION btree_gist;
`

// newerExamples has an example of each form of syntax-newer-than-server.
var newerExamples = map[string]string{
	"ALTER COLUMN … DROP EXPRESSION":                 "ALTER TABLE computed ALTER COLUMN b DROP EXPRESSION",
	"DROP DATABASE … WITH (FORCE)":                   "DROP DATABASE IF EXISTS no_such_database WITH (FORCE)",
	"DETACH PARTITION … CONCURRENTLY":                "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY",
	"DETACH PARTITION … FINALIZE":                    "ALTER TABLE events DETACH PARTITION events_2025 FINALIZE",
	"CREATE OR REPLACE TRIGGER":                      "CREATE OR REPLACE TRIGGER t BEFORE UPDATE ON users FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()",
	"SET COMPRESSION":                                "ALTER TABLE users ALTER COLUMN email SET COMPRESSION pglz",
	"COMPRESSION":                                    "CREATE TABLE t (a text COMPRESSION pglz)",
	"a function body that is no string":              "CREATE FUNCTION one() RETURNS int LANGUAGE sql RETURN 1",
	"CREATE STATISTICS on an expression":             "CREATE STATISTICS s ON (age + 1), (age + 2) FROM users",
	"WITH … SEARCH":                                  "WITH RECURSIVE q (id) AS (SELECT id FROM users UNION ALL SELECT u.id FROM q JOIN users u ON u.id = q.id + 1) SEARCH DEPTH FIRST BY id SET o SELECT * FROM q",
	"WITH … CYCLE":                                   "WITH RECURSIVE q (id) AS (SELECT id FROM users UNION ALL SELECT u.id FROM q JOIN users u ON u.id = q.id + 1) CYCLE id SET c USING p SELECT * FROM q",
	"MERGE":                                          "MERGE INTO users u USING users v ON u.id = v.id WHEN MATCHED THEN DO NOTHING",
	"NULLS NOT DISTINCT":                             "CREATE UNIQUE INDEX ON users (email) NULLS NOT DISTINCT",
	"ON DELETE SET NULL or SET DEFAULT with columns": "CREATE TABLE t (a bigint, FOREIGN KEY (a) REFERENCES users ON DELETE SET NULL (a))",
	"SET ACCESS METHOD":                              "ALTER TABLE users SET ACCESS METHOD heap",
	"WITH (security_invoker)":                        "CREATE VIEW v WITH (security_invoker = true) AS SELECT 1 AS a",
	"TABLES IN SCHEMA":                               "CREATE PUBLICATION p FOR TABLES IN SCHEMA public",
	"a publication's column list or WHERE":           "CREATE PUBLICATION p FOR TABLE users (id)",
	"a subquery in FROM without an alias":            "SELECT * FROM (SELECT 1 AS a)",
	"CREATE STATISTICS without a name":               "CREATE STATISTICS ON id, age FROM users",
	"STORAGE":                                        "CREATE TABLE t (a text STORAGE external)",
	"IS JSON":                                        "SELECT email IS JSON FROM users",
	"ALTER COLUMN … SET EXPRESSION":                  "ALTER TABLE computed ALTER COLUMN b SET EXPRESSION AS (a + 2)",
	"MERGE … RETURNING":                              "MERGE INTO users u USING users v ON u.id = v.id WHEN MATCHED THEN DELETE RETURNING u.id",
	"WHEN NOT MATCHED BY SOURCE":                     "MERGE INTO users u USING users v ON u.id = v.id WHEN NOT MATCHED BY SOURCE THEN DELETE",
	"JSON_TABLE":                                     "SELECT * FROM JSON_TABLE('[1]'::jsonb, '$[*]' COLUMNS (a int PATH '$')) t",
	"NOT NULL as a constraint of the table":          "ALTER TABLE users ADD CONSTRAINT n NOT NULL email",
	"GENERATED ALWAYS AS (…) VIRTUAL":                "ALTER TABLE users ADD COLUMN v int GENERATED ALWAYS AS (age + 1) VIRTUAL",
	"NOT ENFORCED":                                   "ALTER TABLE users ADD CHECK (age > 0) NOT ENFORCED",
	"ENFORCED":                                       "ALTER TABLE users ADD CHECK (age > 0) ENFORCED",
	"WITHOUT OVERLAPS":                               "CREATE TABLE t (a int, during int4range, PRIMARY KEY (a, during WITHOUT OVERLAPS))",
	"FOREIGN KEY (… PERIOD …)":                       "ALTER TABLE users ADD FOREIGN KEY (id, PERIOD during) REFERENCES users (id, PERIOD during)",
	"RETURNING WITH (OLD AS …, NEW AS …)":            "UPDATE users SET age = 1 RETURNING WITH (OLD AS o, NEW AS n) o.age, n.age",
	"NOT NULL NO INHERIT":                            "CREATE TABLE t (a int NOT NULL NO INHERIT)",
	"ALTER CONSTRAINT … INHERIT":                     "ALTER TABLE users ADD CONSTRAINT n NOT NULL email; ALTER TABLE users ALTER CONSTRAINT n NO INHERIT",
	"VACUUM ONLY or ANALYZE ONLY":                    "ANALYZE ONLY users",
}

// TestNewerForms asks the servers on both sides of every form: the older one
// refuses its example with the SQLSTATE of the finding, and the newer one reads it.
func TestNewerForms(t *testing.T) {
	dbs := pgtest.NewPool(t)
	forms := rules.NewerForms()
	for _, words := range slices.Sorted(maps.Keys(forms)) {
		example := newerExamples[words]
		if example == "" {
			t.Errorf("%s: no example", words)
			continue
		}
		for _, major := range []int{forms[words] - 1, forms[words]} {
			t.Run(words+"/"+strconv.Itoa(major), func(t *testing.T) {
				t.Parallel()
				conn, done := dbs.Connect(t, major)
				defer done()
				if err := run(t, conn, newerTables); err != nil {
					t.Fatal(err)
				}
				state := sqlState(run(t, conn, example))
				v := versionTruth{setup: newerTables, lints: example, rule: "syntax-newer-than-server"}
				if major == forms[words] {
					if state == "42601" || state == "22023" || state == "0A000" {
						t.Errorf("PostgreSQL %d does not read %s: %s", major, example, state)
					}
					v.lint(t, major, "")
					return
				}
				v.lint(t, major, regexp.QuoteMeta(words)+` needs PostgreSQL \d+, and fails with `+state)
			})
		}
	}
	t.Logf("%d forms, each on the servers on both sides", len(forms))
}
