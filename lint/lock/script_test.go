package lock

import (
	"testing"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

const (
	simple    = migration.SimpleQuery
	auto      = migration.Autocommit
	perFile   = migration.TransactionPerMigration
	perRun    = migration.TransactionPerRun
	pipelined = migration.Pipeline
)

// scripts are known ways to write migrations, with what comes of them. The
// expectations hold on every server; see TestScriptsOnServers.
var scripts = []struct {
	name string
	script
	probes, warnings, tables []string
	err                      string // SQLSTATE
	why                      string // of WhyInBlock or Misplaced, at the error
}{
	// One simple query: a lone statement runs by itself.
	{
		name:   "alone",
		script: one(simple, "CREATE INDEX CONCURRENTLY ON t (id)"),
	},
	{
		name:   "alone between comments",
		script: one(simple, "-- before\nCREATE INDEX CONCURRENTLY ON t (id);\n-- after\n;;"),
	},
	{
		name:   "VACUUM alone",
		script: one(simple, "VACUUM t"),
	},
	// No trick makes CREATE INDEX CONCURRENTLY legal among other statements.
	{
		name:   "SET before",
		script: one(simple, "SET lock_timeout = '5s'; CREATE INDEX CONCURRENTLY ON t (id)"),
		err:    "25001",
		why:    "the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:   "two",
		script: one(simple, "CREATE INDEX CONCURRENTLY ON t (id); CREATE INDEX CONCURRENTLY ON u (id)"),
		err:    "25001",
		why:    "the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:   "after a whole transaction",
		script: one(simple, "BEGIN; CREATE TABLE s1 (); COMMIT; CREATE INDEX CONCURRENTLY ON t (id)"),
		tables: []string{"s1"},
		err:    "25001",
		why:    "the runner sends 4 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:     "after COMMIT",
		script:   one(simple, "COMMIT; CREATE INDEX CONCURRENTLY ON t (id)"),
		warnings: []string{"25P01"},
		err:      "25001",
		why:      "the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:   "DROP INDEX CONCURRENTLY",
		script: one(simple, "SELECT 1; DROP INDEX CONCURRENTLY IF EXISTS i"),
		err:    "25001",
		why:    "the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:   "REINDEX CONCURRENTLY",
		script: one(simple, "REINDEX TABLE CONCURRENTLY u; SELECT 1"),
		err:    "25001",
		why:    "the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:   "CLUSTER of everything",
		script: one(simple, "CLUSTER; SELECT 1"),
		err:    "25001",
		why:    "the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	// What the implicit block keeps and takes back.
	{
		name:   "an error takes back the message",
		script: one(simple, "CREATE TABLE s1 (); SELECT probe(); SELECT probe(); SELECT 1/0"),
		probes: []string{"1|7000|0||", "1|7000|0||"},
		err:    "22012",
	},
	{
		name:     "COMMIT keeps what is before it",
		script:   one(simple, "CREATE TABLE s1 (); SELECT probe(); COMMIT; CREATE TABLE s2 (); SELECT probe(); SELECT 1/0"),
		probes:   []string{"1|7000|0||", "2|7000|0||"},
		warnings: []string{"25P01"},
		tables:   []string{"s1"},
		err:      "22012",
	},
	{
		name:   "BEGIN takes over what is before it",
		script: one(simple, "CREATE TABLE s1 (); SELECT probe(); BEGIN; CREATE TABLE s2 (); SELECT probe(); ROLLBACK"),
		probes: []string{"1|7000|0||", "1|7000|0||"},
	},
	{
		name:     "ROLLBACK takes back what is before it",
		script:   one(simple, "CREATE TABLE s1 (); ROLLBACK; CREATE TABLE s2 ()"),
		warnings: []string{"25P01"},
		tables:   []string{"s2"},
	},
	{
		name:   "SAVEPOINT needs BEGIN",
		script: one(simple, "CREATE TABLE s1 (); SAVEPOINT a"),
		err:    "25P01",
		why:    "fails because no BEGIN is open",
	},
	{
		name:   "SAVEPOINT after BEGIN",
		script: one(simple, "BEGIN; CREATE TABLE s1 (); SAVEPOINT a; CREATE TABLE s2 (); ROLLBACK TO a; CREATE TABLE s3 (); RELEASE a; COMMIT"),
		tables: []string{"s1", "s3"},
	},
	{
		name:   "SET LOCAL among others",
		script: one(simple, "SET LOCAL lock_timeout = '1s'; SELECT probe()"),
		probes: []string{"1|1000|0||"},
	},
	{
		name:   "LOCK TABLE among others",
		script: one(simple, "LOCK TABLE t; SELECT probe()"),
		probes: []string{"1|7000|0||replay.t ACCESS EXCLUSIVE"},
	},
	{
		name:   "LOCK TABLE alone",
		script: one(simple, "LOCK TABLE t"),
		err:    "25P01",
		why:    "fails because no transaction block is open",
	},
	{
		name:   "locks end with the message",
		script: script{simple, [][]string{{"LOCK TABLE t; SELECT probe()"}, {"SELECT probe()"}}},
		probes: []string{"1|7000|0||replay.t ACCESS EXCLUSIVE", "2|7000|0||"},
	},

	// Statement by statement.
	{
		name:   "CREATE INDEX CONCURRENTLY after SET",
		script: one(auto, "SET lock_timeout = '5s'", "SELECT probe()", "CREATE INDEX CONCURRENTLY ON t (id)", "SELECT probe()"),
		probes: []string{"1|5000|0||", "2|5000|0||"},
	},
	{
		name:   "two on one line",
		script: one(auto, "SET lock_timeout = '5s'; CREATE INDEX CONCURRENTLY ON t (id)"),
		err:    "25001",
		why:    "the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:     "SET LOCAL without a block",
		script:   one(auto, "SET LOCAL lock_timeout = '1s'", "SELECT probe()"),
		probes:   []string{"1|7000|0||"},
		warnings: []string{"25P01"},
	},
	{
		name:   "set_config to the end of the transaction without a block",
		script: one(auto, "SELECT set_config('lock_timeout', '1s', true)", "SELECT probe()"),
		probes: []string{"1|7000|0||"},
	},
	{
		name:   "the text's own transaction",
		script: one(auto, "BEGIN", "SET LOCAL lock_timeout = '1s'", "LOCK TABLE t", "SELECT probe()", "COMMIT", "SELECT probe()"),
		probes: []string{"1|1000|0||replay.t ACCESS EXCLUSIVE", "2|7000|0||"},
	},
	{
		name:   "CREATE INDEX CONCURRENTLY in the text's own transaction",
		script: one(auto, "SELECT 1", "START TRANSACTION", "CREATE INDEX CONCURRENTLY ON t (id)"),
		err:    "25001",
		why:    "START TRANSACTION at line 2 is still open",
	},
	{
		name:     "COMMIT without a block",
		script:   one(auto, "COMMIT", "CREATE TABLE s1 ()", "ROLLBACK"),
		warnings: []string{"25P01", "25P01"},
		tables:   []string{"s1"},
	},
	{
		name:   "a transaction left open is lost",
		script: one(auto, "CREATE TABLE s1 ()", "BEGIN", "CREATE TABLE s2 ()"),
		tables: []string{"s1"},
	},
	{
		name:   "locks end with the statement",
		script: one(auto, "CREATE INDEX ON t (id)", "SELECT probe()"),
		probes: []string{"1|7000|0||"},
	},

	// The runner's transaction.
	{
		name:   "CREATE INDEX CONCURRENTLY in the runner's transaction",
		script: one(perFile, "CREATE INDEX CONCURRENTLY ON t (id)"),
		err:    "25001",
		why:    "the runner runs the migration in one transaction",
	},
	{
		name:     "BEGIN in the runner's transaction",
		script:   one(perFile, "BEGIN", "CREATE TABLE s1 ()", "SELECT probe()", "COMMIT", "SELECT probe()"),
		probes:   []string{"1|7000|0||", "2|7000|0||"},
		warnings: []string{"25001"},
		tables:   []string{"s1"},
	},
	{
		name:   "COMMIT makes room for CREATE INDEX CONCURRENTLY",
		script: one(perFile, "CREATE TABLE s1 ()", "COMMIT", "CREATE INDEX CONCURRENTLY ON t (id)", "BEGIN", "CREATE TABLE s2 ()", "SELECT probe()"),
		probes: []string{"1|7000|0||"},
		tables: []string{"s1", "s2"},
	},
	{
		name:   "COMMIT does not make room within one message",
		script: one(perFile, "CREATE TABLE s1 (); COMMIT; CREATE INDEX CONCURRENTLY ON t (id); BEGIN"),
		tables: []string{"s1"},
		err:    "25001",
		why:    "the runner sends 4 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:   "CREATE INDEX CONCURRENTLY after the text's BEGIN",
		script: one(perFile, "COMMIT", "BEGIN", "CREATE INDEX CONCURRENTLY ON t (id)"),
		err:    "25001",
		why:    "BEGIN at line 2 is still open",
	},
	{
		name:   "chained transactions",
		script: one(perFile, "LOCK TABLE t", "COMMIT AND CHAIN", "SELECT probe()", "CREATE TABLE s1 ()", "ROLLBACK AND CHAIN", "CREATE INDEX CONCURRENTLY ON t (id)"),
		probes: []string{"1|7000|0||"},
		err:    "25001",
		why:    "ROLLBACK AND CHAIN at line 5 is still open",
	},
	{
		name:   "settings outlive the migration, locks do not",
		script: script{perFile, [][]string{{"SET lock_timeout = '5s'", "SET LOCAL statement_timeout = '1min'", "LOCK TABLE t", "SELECT probe()"}, {"SELECT probe()"}}},
		probes: []string{"1|5000|60000||replay.t ACCESS EXCLUSIVE", "2|5000|0||"},
	},
	{
		name:   "one transaction for all",
		script: script{perRun, [][]string{{"LOCK TABLE t", "SET LOCAL lock_timeout = '1s'", "SELECT probe()"}, {"SELECT probe()"}}},
		probes: []string{"1|1000|0||replay.t ACCESS EXCLUSIVE", "1|1000|0||replay.t ACCESS EXCLUSIVE"},
	},
	{
		name:   "CREATE INDEX CONCURRENTLY in the transaction for all",
		script: script{perRun, [][]string{{"CREATE TABLE s1 ()"}, {"CREATE INDEX CONCURRENTLY ON t (id)"}}},
		err:    "25001",
		why:    "the runner runs all pending migrations in one transaction",
	},
	{
		name:   "COMMIT ends the transaction for all",
		script: script{perRun, [][]string{{"CREATE TABLE s1 ()", "COMMIT"}, {"CREATE INDEX CONCURRENTLY ON t (id)"}}},
		tables: []string{"s1"},
	},
	{
		name:   "the text's transaction goes on in the next migration",
		script: script{perRun, [][]string{{"COMMIT", "BEGIN"}, {"CREATE INDEX CONCURRENTLY ON t (id)"}}},
		err:    "25001",
		why:    "BEGIN at line 2 of 1.sql is still open",
	},

	// A pipeline.
	{
		name:   "CREATE INDEX CONCURRENTLY first",
		script: one(pipelined, "CREATE INDEX CONCURRENTLY ON t (id)", "CREATE TABLE s1 ()", "SELECT probe()"),
		probes: []string{"1|7000|0||"},
		tables: []string{"s1"},
	},
	{
		name:   "CREATE INDEX CONCURRENTLY second",
		script: one(pipelined, "SET lock_timeout = '5s'", "CREATE INDEX CONCURRENTLY ON t (id)"),
		err:    "25001",
		why:    "the runner sends the migration as one pipeline, which PostgreSQL runs as one implicit transaction block from its second statement on",
	},
	{
		name:   "CREATE INDEX CONCURRENTLY twice",
		script: one(pipelined, "CREATE INDEX CONCURRENTLY ON t (id)", "CREATE INDEX CONCURRENTLY ON u (id)"),
		err:    "25001",
		why:    "the runner sends the migration as one pipeline, which PostgreSQL runs as one implicit transaction block from its second statement on",
	},
	{
		name:   "locks of a pipeline",
		script: one(pipelined, "CREATE INDEX ON t (id)", "SELECT probe()", "CREATE TABLE s1 ()", "SELECT probe()"),
		probes: []string{"1|7000|0||replay.t SHARE", "1|7000|0||replay.t SHARE"},
		tables: []string{"s1"},
	},
	{
		name:   "COMMIT in a pipeline",
		script: one(pipelined, "CREATE TABLE s1 ()", "SELECT probe()", "COMMIT", "CREATE INDEX CONCURRENTLY ON t (id)", "SELECT probe()"),
		probes: []string{"1|7000|0||", "2|7000|0||"},
		tables: []string{"s1"},
	},
	{
		name:   "SET LOCAL first in a pipeline",
		script: one(pipelined, "SET LOCAL lock_timeout = '1s'", "SELECT probe()"),
		probes: []string{"1|1000|0||"},
	},
	{
		name:   "LOCK TABLE first in a pipeline",
		script: one(pipelined, "LOCK TABLE t", "SELECT probe()"),
		err:    "25P01",
		why:    "fails because no transaction block is open",
	},

	// Settings in transactions and savepoints.
	{
		name:   "SET is taken back with its transaction",
		script: one(auto, "BEGIN", "SET lock_timeout = '1s'", "SELECT probe()", "ROLLBACK", "SELECT probe()"),
		probes: []string{"1|1000|0||", "2|7000|0||"},
	},
	{
		name:   "SET then SET LOCAL",
		script: one(auto, "BEGIN", "SET lock_timeout = '1s'", "SET LOCAL lock_timeout = '2s'", "SELECT probe()", "COMMIT", "SELECT probe()"),
		probes: []string{"1|2000|0||", "2|1000|0||"},
	},
	{
		name:   "SET LOCAL then SET",
		script: one(auto, "BEGIN", "SET LOCAL lock_timeout = '1s'", "SET lock_timeout = '2s'", "SELECT probe()", "COMMIT", "SELECT probe()"),
		probes: []string{"1|2000|0||", "2|2000|0||"},
	},
	{
		name:   "SET LOCAL in a released savepoint",
		script: one(auto, "BEGIN", "SAVEPOINT a", "SET LOCAL lock_timeout = '1s'", "RELEASE a", "SELECT probe()", "COMMIT", "SELECT probe()"),
		probes: []string{"1|1000|0||", "2|7000|0||"},
	},
	{
		name:   "SET then SET LOCAL in a released savepoint",
		script: one(auto, "BEGIN", "SET lock_timeout = '1s'", "SAVEPOINT a", "SET LOCAL lock_timeout = '2s'", "RELEASE a", "SELECT probe()", "COMMIT", "SELECT probe()"),
		probes: []string{"1|2000|0||", "2|1000|0||"},
	},
	{
		name:   "SET and SET LOCAL in a released savepoint of a savepoint",
		script: one(auto, "BEGIN", "SAVEPOINT a", "SAVEPOINT b", "SET lock_timeout = '1s'", "SET LOCAL lock_timeout = '2s'", "RELEASE b", "SELECT probe()", "RELEASE a", "COMMIT", "SELECT probe()"),
		probes: []string{"1|2000|0||", "2|1000|0||"},
	},
	{
		name:   "ROLLBACK TO takes back settings and locks, again and again",
		script: one(auto, "BEGIN", "LOCK TABLE t IN SHARE MODE", "SAVEPOINT a", "SET lock_timeout = '1s'", "LOCK TABLE t", "LOCK TABLE u", "SELECT probe()", "ROLLBACK TO a", "SELECT probe()", "LOCK TABLE u IN SHARE MODE", "ROLLBACK TO a", "SELECT probe()", "COMMIT"),
		probes: []string{"1|1000|0||replay.t ACCESS EXCLUSIVE, replay.u ACCESS EXCLUSIVE", "1|7000|0||replay.t SHARE", "1|7000|0||replay.t SHARE"},
	},
	{
		name:   "RELEASE keeps locks",
		script: one(auto, "BEGIN", "SAVEPOINT a", "LOCK TABLE t", "RELEASE a", "SELECT probe()", "COMMIT"),
		probes: []string{"1|7000|0||replay.t ACCESS EXCLUSIVE"},
	},
	{
		name:   "the innermost savepoint of a name",
		script: one(auto, "BEGIN", "SAVEPOINT a", "CREATE TABLE s1 ()", "SAVEPOINT a", "CREATE TABLE s2 ()", "ROLLBACK TO a", "RELEASE a", "COMMIT"),
		tables: []string{"s1"},
	},
	{
		name:   "an unknown savepoint",
		script: one(auto, "BEGIN", "SAVEPOINT a", "ROLLBACK TO b"),
		err:    "3B001",
		why:    "fails because no savepoint b is open",
	},
	{
		name:   "RESET goes back to the runner's value",
		script: one(auto, "SET lock_timeout = '1s'", "SET application_name = 'x'", "RESET lock_timeout", "SELECT probe()", "SET lock_timeout = '1s'", "RESET ALL", "SELECT probe()"),
		probes: []string{"1|7000|0|x|", "2|7000|0||"},
	},
	{
		name:   "DISCARD ALL",
		script: one(auto, "SET lock_timeout = 0", "SELECT probe()", "DISCARD ALL", "SELECT probe()"),
		probes: []string{"1|0|0||", "2|7000|0||"},
	},
	{
		name:   "ALTER ROLE and ALTER DATABASE are about later sessions",
		script: one(auto, "ALTER ROLE CURRENT_USER IN DATABASE postgres SET lock_timeout = '1s'", "SELECT probe()", "ALTER ROLE CURRENT_USER IN DATABASE postgres RESET lock_timeout"),
		probes: []string{"1|7000|0||"},
	},
	{
		name:   "set_config",
		script: one(auto, "BEGIN", "SELECT set_config('LOCK_TIMEOUT', '1s', true), pg_catalog.set_config('statement_timeout', '2s', false)", "SELECT probe()", "COMMIT", "SELECT probe()"),
		probes: []string{"1|1000|2000||", "2|7000|2000||"},
	},
	{
		name:   "set_config with NULL",
		script: one(auto, "SET lock_timeout = '1s'", "SELECT set_config('lock_timeout', NULL, false)", "SELECT probe()"),
		probes: []string{"1|7000|0||"},
	},

	// Names of locked relations.
	{
		name:   "RENAME",
		script: one(auto, "BEGIN", "LOCK TABLE t IN SHARE MODE", "SAVEPOINT a", "ALTER TABLE t RENAME TO t2", "SELECT probe()", "ROLLBACK TO a", "SELECT probe()", "COMMIT"),
		probes: []string{"1|7000|0||replay.t2 ACCESS EXCLUSIVE", "1|7000|0||replay.t SHARE"},
	},
	{
		name:   "tables that change places",
		script: one(auto, "BEGIN", "LOCK TABLE u IN SHARE MODE", "ALTER TABLE t RENAME TO t2", "ALTER TABLE u RENAME TO t", "SELECT probe()", "COMMIT"),
		probes: []string{"1|7000|0||replay.t ACCESS EXCLUSIVE, replay.t2 ACCESS EXCLUSIVE"},
	},
	{
		name:   "SET SCHEMA",
		script: one(auto, "BEGIN", "ALTER TABLE t SET SCHEMA elsewhere", "SELECT probe()", "COMMIT"),
		probes: []string{"1|7000|0||elsewhere.t ACCESS EXCLUSIVE"},
	},
	{
		name:   "ALTER SCHEMA RENAME",
		script: one(auto, "BEGIN", "LOCK TABLE t IN SHARE MODE", "ALTER SCHEMA replay RENAME TO replay2", "SELECT replay2.probe()", "ROLLBACK"),
		probes: []string{"1|7000|0||replay2.t SHARE"},
	},

	// DO blocks.
	{
		name:   "DO is one transaction",
		script: one(auto, "DO $$ BEGIN LOCK TABLE t; SET LOCAL lock_timeout = '1s'; PERFORM say_probe(); END $$", "SELECT probe()"),
		probes: []string{"1|1000|0||replay.t ACCESS EXCLUSIVE", "2|7000|0||"},
	},
	{
		name:   "DO keeps its locks for the block around it",
		script: one(auto, "BEGIN", "DO $$ BEGIN LOCK TABLE t IN SHARE MODE; EXECUTE 'LOCK TABLE u'; END $$", "SELECT probe()", "COMMIT"),
		probes: []string{"1|7000|0||replay.t SHARE, replay.u ACCESS EXCLUSIVE"},
	},
	{
		name:   "DO with set_config",
		script: one(auto, "DO $$ BEGIN PERFORM set_config('lock_timeout', '1s', true); PERFORM say_probe(); END $$"),
		probes: []string{"1|1000|0||"},
	},
	{
		name:   "DO with COMMIT",
		script: one(auto, "DO $$ BEGIN LOCK TABLE t; CREATE TABLE s1 (); COMMIT; PERFORM say_probe(); LOCK TABLE u; ROLLBACK; PERFORM say_probe(); END $$", "SELECT probe()"),
		probes: []string{"1|7000|0||", "2|7000|0||", "3|7000|0||"},
		tables: []string{"s1"},
	},
	{
		name:   "DO with COMMIT in a block",
		script: one(auto, "BEGIN", "DO $$ BEGIN COMMIT; END $$"),
		err:    "2D000",
		why:    "fails with 2D000, invalid transaction termination: BEGIN at line 1 is still open",
	},
	{
		name:   "DO with COMMIT among others",
		script: one(simple, "SELECT 1; DO $$ BEGIN COMMIT; END $$"),
		err:    "2D000",
		why:    "fails with 2D000, invalid transaction termination: the runner sends 2 statements in one message, which PostgreSQL runs as one implicit transaction block",
	},
	{
		name:   "DO with SAVEPOINT",
		script: one(auto, "DO $$ BEGIN SAVEPOINT a; END $$"),
		err:    "0A000",
		why:    "fails with 0A000: PL/pgSQL has no such command",
	},
	{
		name:   "DO that executes COMMIT",
		script: one(auto, "DO $$ BEGIN EXECUTE 'COMMIT'; END $$"),
		err:    "0A000",
		why:    "fails with 0A000: EXECUTE of transaction commands is not implemented",
	},
	{
		name:   "DO with CREATE INDEX CONCURRENTLY",
		script: one(auto, "DO $$ BEGIN CREATE INDEX CONCURRENTLY ON t (id); END $$"),
		err:    "25001",
		why:    "PostgreSQL runs a DO block in one transaction",
	},
	{
		name:   "DO with VACUUM by EXECUTE",
		script: one(auto, "DO $$ BEGIN EXECUTE 'VACUUM t'; END $$"),
		err:    "25001",
		why:    "PostgreSQL runs a DO block in one transaction",
	},
	{
		name:   "an arm that runs",
		script: one(auto, "DO $$ BEGIN IF true THEN LOCK TABLE t; END IF; PERFORM say_probe(); END $$"),
		probes: []string{"1|7000|0||replay.t ACCESS EXCLUSIVE"},
	},
	{
		name:   "an arm and its handler",
		script: one(auto, "DO $$ BEGIN LOCK TABLE u; BEGIN LOCK TABLE t; RAISE division_by_zero; EXCEPTION WHEN division_by_zero THEN PERFORM say_probe(); END; END $$"),
		probes: []string{"1|7000|0||replay.u ACCESS EXCLUSIVE"},
	},
}

// one is a script of one migration.
func one(scope migration.TxScope, messages ...string) script {
	return script{scope, [][]string{messages}}
}

func TestScripts(t *testing.T) {
	for _, c := range scripts {
		t.Run(c.name, func(t *testing.T) {
			got := model(t, c.script, newestServer)
			want := outcome{Probes: c.probes, Warnings: c.warnings, Tables: c.tables, Error: c.err, Why: c.why}
			if got.String() != want.String() {
				t.Errorf("%v\ngot  %v\nwant %v", c.script, got, want)
			}
		})
	}
}

// TestScriptsOnServers compares what the model predicts with what comes of the
// same texts on servers.
func TestScriptsOnServers(t *testing.T) {
	t.Parallel()
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		conn := pgtest.Connect(t, server.Database(t))
		for _, c := range scripts {
			t.Run(c.name, func(t *testing.T) { compare(t, conn, server.Major, c.script) })
		}
	})
}
