package lock

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

// timingSetup has tables of %d rows. They are unlogged so that the log of a
// million rows costs no time.
const timingSetup = `CREATE UNLOGGED TABLE few (id int PRIMARY KEY);
INSERT INTO few SELECT generate_series(1, 10);
CREATE UNLOGGED TABLE t (id int PRIMARY KEY, n int CONSTRAINT n_there CHECK (n IS NOT NULL), m int, s varchar(20) NOT NULL);
INSERT INTO t SELECT g, 1 + g %% 10, g, 'row' FROM generate_series(1, %[1]d) g;
CREATE UNIQUE INDEX t_m ON t (m);
ALTER TABLE t ADD CONSTRAINT m_positive CHECK (m > 0) NOT VALID;
ALTER TABLE few ADD CONSTRAINT few_t FOREIGN KEY (id) REFERENCES t NOT VALID;
CREATE TABLE whole (LIKE t) PARTITION BY RANGE (id);
CREATE MATERIALIZED VIEW mv AS SELECT id FROM t;
CREATE DOMAIN whole_number AS int;
CREATE UNLOGGED TABLE d (x whole_number);
INSERT INTO d SELECT generate_series(1, %[1]d);
CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
`

// timings are the statements that are timed. The work that Effects says
// decides whether the time must grow with the table; of row reads and changes
// the statement itself does: meets says whether all rows are met.
var timings = []struct {
	before    string // runs untimed in the same transaction
	statement string
	alone     string // cannot run in a transaction block; what undoes it
	meets     string // "all" or "one" row
	since     int
}{
	{statement: "ALTER TABLE t ADD COLUMN x int"},
	{statement: "ALTER TABLE t ADD COLUMN x int NOT NULL DEFAULT 5"},
	{statement: "ALTER TABLE t ADD COLUMN x timestamptz DEFAULT now()"},
	{statement: "ALTER TABLE t DROP COLUMN s"},
	{statement: "ALTER TABLE t ALTER COLUMN s TYPE varchar(40)"},
	{statement: "ALTER TABLE t ALTER COLUMN s TYPE text"},
	{statement: "ALTER TABLE t ALTER COLUMN n SET DEFAULT 1"},
	{statement: "ALTER TABLE t ALTER COLUMN s DROP NOT NULL"},
	{statement: "ALTER TABLE t ALTER COLUMN n SET NOT NULL"}, // the CHECK proves it
	{statement: "ALTER TABLE t ALTER COLUMN n SET STATISTICS 500"},
	{statement: "ALTER TABLE t ADD CHECK (n < 100) NOT VALID"},
	{statement: "ALTER TABLE t ADD NOT NULL m NOT VALID", since: 18},
	{statement: "ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES few NOT VALID"},
	{statement: "ALTER TABLE t DROP CONSTRAINT n_there"},
	{statement: "ALTER TABLE t RENAME COLUMN s TO label"},
	{statement: "ALTER TABLE t RENAME TO u"},
	{statement: "ALTER TABLE t ADD UNIQUE USING INDEX t_m"},
	{statement: "ALTER TABLE t CLUSTER ON t_m"},
	{statement: "ALTER TABLE t SET (fillfactor = 80)"},
	{statement: "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (n + 1) VIRTUAL", since: 18},
	{statement: "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION tf()"},
	{statement: "COMMENT ON TABLE t IS 'rows'"},
	{statement: "LOCK TABLE t"},
	{statement: "TRUNCATE t CASCADE"},
	{statement: "DROP INDEX t_m"},
	{statement: "DROP TABLE d"},
	{statement: "REFRESH MATERIALIZED VIEW mv WITH NO DATA"},
	{
		before:    "ALTER TABLE t ADD CHECK (id >= 1 AND id < 100000000)",
		statement: "ALTER TABLE whole ATTACH PARTITION t FOR VALUES FROM (1) TO (100000000)",
	},
	{
		before:    "ALTER TABLE whole ATTACH PARTITION t FOR VALUES FROM (1) TO (100000000)",
		statement: "ALTER TABLE whole DETACH PARTITION t",
	},
	{statement: "ALTER TABLE few VALIDATE CONSTRAINT few_t", meets: "one"}, // of t; few has ten rows
	{statement: "ALTER TABLE few ADD FOREIGN KEY (id) REFERENCES t", meets: "one"},

	{statement: "ALTER TABLE t ALTER COLUMN m SET NOT NULL"},
	{statement: "ALTER TABLE t ADD CHECK (n < 100)"},
	{statement: "ALTER TABLE t VALIDATE CONSTRAINT m_positive"},
	{statement: "ALTER TABLE t ADD FOREIGN KEY (n) REFERENCES few"},
	{statement: "ALTER TABLE whole ATTACH PARTITION t FOR VALUES FROM (1) TO (100000000)"},
	{statement: "ALTER DOMAIN whole_number ADD CHECK (VALUE > 0)"},

	{statement: "CREATE INDEX ON t (n)"},
	{statement: "CREATE INDEX CONCURRENTLY t_n ON t (n)", alone: "DROP INDEX t_n"},
	{statement: "ALTER TABLE t ADD UNIQUE (id, n)"},
	{statement: "ALTER TABLE t ADD EXCLUDE (id WITH =)"},
	{statement: "REINDEX INDEX t_m"},

	{statement: "ALTER TABLE t ALTER COLUMN n TYPE bigint"},
	{statement: "ALTER TABLE t ADD COLUMN x timestamptz DEFAULT clock_timestamp()"},
	{statement: "ALTER TABLE t ADD COLUMN x int GENERATED ALWAYS AS (n + 1) STORED"},
	{statement: "ALTER TABLE d SET LOGGED"},
	{statement: "CLUSTER t USING t_m"},
	{statement: "VACUUM FULL d", alone: "SELECT"},
	{statement: "REFRESH MATERIALIZED VIEW mv"},

	{statement: "UPDATE t SET n = n WHERE id = 1", meets: "one"},
	{statement: "UPDATE d SET x = x", meets: "all"},
	{statement: "SELECT sum(n) FROM t", meets: "all"},
	{statement: "SELECT n FROM t WHERE id = 1", meets: "one"},
}

// TestTiming holds what Effects says of work against the clock: on a thousand
// and on a million rows, work that grows with the table must take longer by
// more than the overhead, and other work must not.
func TestTiming(t *testing.T) {
	if testing.Short() {
		t.Skip("fills tables with a million rows")
	}
	for _, major := range pgtest.Maintained {
		t.Run(fmt.Sprint(major), func(t *testing.T) {
			t.Parallel()
			conn := pgtest.Connect(t, pgtest.Find(t, major).Database(t))
			small, large := timedSchema{conn, "small"}, timedSchema{conn, "large"}
			small.fill(t, 1_000)
			large.fill(t, 1_000_000)
			for _, c := range timings {
				if major < c.since {
					continue
				}
				p := prepare(t, &lockCase{name: c.statement, setup: fmt.Sprintf(timingSetup, 1) + c.before, statement: c.statement})
				work := CatalogOnly
				for _, e := range Effects(p.statement, p.catalog, p.session, major) {
					if e.Relation.Name != "few" && e.Unknown == "" {
						work = max(work, e.Work)
					}
				}
				grows := work.GrowsWithTable()
				if work == RowReads || work == RowChanges {
					grows = c.meets == "all"
					if c.meets == "" {
						t.Errorf("%s: %s of how many rows?", c.statement, work)
					}
				}
				short := small.time(t, c.before, c.statement, c.alone)
				for range 4 {
					short = min(short, small.time(t, c.before, c.statement, c.alone))
				}
				// The quickest of some runs: others use the machine too.
				limit := 4*short + 5*time.Millisecond
				long := large.time(t, c.before, c.statement, c.alone)
				for range 20 {
					if grows || long <= limit {
						break
					}
					long = min(long, large.time(t, c.before, c.statement, c.alone))
				}
				t.Logf("%9s %9s  %s (%s)", short.Round(10*time.Microsecond), long.Round(10*time.Microsecond), c.statement, work)
				switch {
				case grows && long < 10*short:
					t.Errorf("%s: %s takes %s on 1,000 rows and %s on 1,000,000: it does not grow", c.statement, work, short, long)
				case !grows && long > limit:
					t.Errorf("%s: %s takes %s on 1,000 rows and %s on 1,000,000: it grows", c.statement, work, short, long)
				}
			}
		})
	}
}

// timedSchema is a schema with the tables of timingSetup.
type timedSchema struct {
	conn *pgx.Conn
	name string
}

func (s timedSchema) exec(t *testing.T, sql string) {
	t.Helper()
	if _, err := s.conn.PgConn().Exec(context.Background(), sql).ReadAll(); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func (s timedSchema) fill(t *testing.T, rows int) {
	t.Helper()
	s.exec(t, "CREATE SCHEMA "+s.name)
	s.exec(t, "SET search_path = "+s.name)
	s.exec(t, fmt.Sprintf(timingSetup, rows))
	s.exec(t, "VACUUM ANALYZE t, d, few")
}

// time returns how long the statement takes, and takes it back.
func (s timedSchema) time(t *testing.T, before, statement, undo string) time.Duration {
	t.Helper()
	s.exec(t, "SET search_path = "+s.name)
	if undo == "" {
		s.exec(t, strings.Join([]string{"BEGIN", before}, "; "))
		undo = "ROLLBACK"
	}
	start := time.Now()
	s.exec(t, statement)
	duration := time.Since(start)
	s.exec(t, undo)
	return duration
}
