package rules_test

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// access is what sessions do with a table, as a set.
type access uint8

const (
	selects access = 1 << iota
	inserts
	updates
	deletes

	noAccess   access = 0
	writes            = inserts | updates | deletes
	everything        = selects | writes
)

func (a access) String() string {
	var names []string
	for i, name := range []string{"SELECT", "INSERT", "UPDATE", "DELETE"} {
		if a&(1<<i) != 0 {
			names = append(names, name)
		}
	}
	return cmp.Or(strings.Join(names, ", "), "nothing")
}

// blockedBy is what must wait for a lock on a table.
func blockedBy(m lock.Mode) access {
	switch {
	case m.BlocksReads():
		return everything
	case m.BlocksWrites():
		return writes
	}
	return noAccess
}

// special is what the proof of a rule needs beyond the common one.
type special struct {
	why string
	// rows to fill each table with.
	rows int
	// claims is what the message says without naming a lock, by table.
	claims map[string]access
	// harmless: the finding is about something else than what the statement blocks.
	harmless bool
	// filled follows the filling of the tables.
	filled string
	// also is shown by an experiment of its own.
	also func(*scene, pageExample)
}

// specials are rules of the category that need one; those of other categories
// are proven too because their messages say what waits.
var specials = map[string]special{
	"add-foreign-key-scans-table": {
		why:    "rows that the new foreign key references cannot be deleted",
		filled: "DELETE FROM orders WHERE user_id > 1000",
	},
	"create-partition-locks-parent": {
		why:  "sessions that have not used a partition yet look at its parent first",
		also: newSessionsWait,
	},
	"detach-partition-not-concurrently": {
		why:  "sessions that have not used a partition yet look at its parent first",
		also: newSessionsWait,
	},
	"attach-partition-scans-table": {
		why:    "the rows must be inside the bound",
		filled: "UPDATE events_2026 SET day = '2026-03-01'",
	},
	"backfill-in-ddl-transaction": {
		why:  "the batch of the Safe example leaves other rows alone, if there are others",
		rows: 12_000,
	},
	"update-without-where": {
		why:    "rows are locked, not the table; the batch of the Safe example leaves other rows alone",
		rows:   12_000,
		claims: map[string]access{"public.users": updates | deletes},
	},
	"vacuum-full-rewrites-table": {
		why:    "VACUUM waits for a pin on the index, if it has entries to remove",
		filled: "UPDATE users SET id = id + 10000",
	},
	"timeout-too-short-for-concurrently": {
		why:      "the finding is what a canceled command leaves behind",
		harmless: true,
		also:     leavesInvalidIndex,
	},
	"transaction-locks-several-tables": {
		why:  "the finding is a deadlock",
		also: deadlocks,
	},
	"drop-partition-locks-parent": {
		why:    "the message is about the parent, not the partition that is dropped",
		claims: map[string]access{"public.events_2025": everything},
	},
	"drop-locks-referenced-table": {
		why:    "the message is about the other table, not the one that is dropped",
		claims: map[string]access{"public.orders": everything},
	},
	"lock-timeout-missing": {
		why:  "the category is hygiene, but message and page are about what waits",
		also: givesUp,
	},
}

// TestBlocking executes the examples of every rule that is about outages, on a
// filled database of every maintained major, while other sessions read and
// write all tables. What messages, effects and page say is blocked must be
// seen blocked, and all else must go on. Safe examples may block for as long
// as a change of the catalog takes.
func TestBlocking(t *testing.T) {
	pgtest.FindMaintained(t)
	dbs := pgtest.NewPool(t)
	var proven, probes, blocked atomic.Int64
	t.Run("rules", func(t *testing.T) {
		for _, rule := range rules.All() {
			own, isSpecial := specials[rule.Name]
			if rule.Category != lint.Outage && !isSpecial {
				continue
			}
			page := pageOf(t, rule)
			unsafe := page.Sections[1].Fences
			majors := slices.DeleteFunc(slices.Clone(pgtest.Maintained), func(major int) bool { return !isMeantFor(rule, unsafe[len(unsafe)-1], major) })
			if len(majors) == 0 {
				t.Errorf("%s: nothing proves what it says: its Unsafe example is for no maintained major", rule.Name)
			}
			for _, major := range majors {
				t.Run(fmt.Sprintf("%s/%d", rule.Name, major), func(t *testing.T) {
					t.Parallel()
					safe := slices.DeleteFunc(slices.Clone(page.Sections[2].Fences), func(f linttest.Fence) bool { return !isMeantFor(rule, f, major) })
					example := newPageExample(t, rule, own, page.History, unsafe, major)
					s := newScene(t, dbs, example)
					defer func() {
						s.close()
						probes.Add(s.probes)
						blocked.Add(s.blocked)
					}()
					s.provesUnsafe(example)
					s.provesSafe(newPageExample(t, rule, own, page.History, safe, major))
					proven.Add(1)
				})
			}
		}
	})
	t.Logf("%d rules × versions, %d probes, %d of them blocked", proven.Load(), probes.Load(), blocked.Load())
}

// isMeantFor reports whether an example is about the server.
func isMeantFor(rule *lint.Rule, f linttest.Fence, major int) bool {
	return f.RunsOn(major) && (rule.Since == 0 || major >= rule.Since) && (rule.Until == 0 || major <= rule.Until)
}

// pageExample is the examples of one section with their history.
type pageExample struct {
	special
	rule       *lint.Rule
	major      int
	history    []*migration.Migration
	examples   []*migration.Migration
	diagnostic lint.Diagnostic // the rule's about the last example, if it has one
}

func newPageExample(t *testing.T, rule *lint.Rule, own special, history, fences []linttest.Fence, major int) pageExample {
	t.Helper()
	all := slices.Concat(history, fences)
	last := maps.Clone(all[len(all)-1].Options)
	last["pg"] = strconv.Itoa(major)
	all[len(all)-1].Options = last
	result, err := pageCase(t, all, len(all)-1).Lint(rules.All())
	if err != nil {
		t.Fatal(err)
	}
	migrations := result.Histories[0].Migrations
	e := pageExample{special: own, rule: rule, major: major, history: migrations[:len(history)], examples: migrations[len(history):]}
	for _, d := range result.Diagnostics {
		if d.Rule == rule.Name && d.Suppressed == nil {
			e.diagnostic = d
		}
	}
	return e
}

// scene is a filled database and the sessions that meet there.
type scene struct {
	t       *testing.T
	dsn     string
	done    func()
	runner  *pgx.Conn // executes the example
	prober  *pgx.Conn // reads and writes
	watcher *pgx.Conn // looks at the runner
	opened  []*pgx.Conn

	existing map[uint32]bool // relations of the history
	targets  []target

	mutex   sync.Mutex
	notices []string // the runner's since the last call of toldOfWork

	probes, blocked int64
}

// target is a table with the statements that read and write it.
type target struct {
	name   string
	probes map[access]string
}

// newScene executes the history and fills its tables.
func newScene(t *testing.T, dbs *pgtest.Pool, e pageExample) *scene {
	t.Helper()
	s := &scene{t: t}
	s.dsn, s.done = dbs.Database(t, e.major)
	s.runner, s.prober, s.watcher = s.connect("runner"), s.connect("prober"), s.connect("watcher")
	for _, m := range e.history {
		if err := execute(t.Context(), s.runner, m); err != nil {
			t.Fatal(err)
		}
	}
	pgtest.Fill(t, s.watcher, cmp.Or(e.rows, 1100)) // a foreign key refers to 1000 rows: the last ones can be deleted
	s.existing = map[uint32]bool{}
	for oid := range s.relations(s.watcher) {
		s.existing[oid] = true
	}
	// The prober meets nobody but the runner: whatever it waits for, it waits longer than this.
	s.must(s.prober, "SET lock_timeout = '10ms'")
	s.start(e)
	s.probe()
	return s
}

// start brings the runner and the rows to where the first example meets them.
func (s *scene) start(e pageExample) {
	s.t.Helper()
	for _, conn := range s.opened {
		if conn.PgConn().TxStatus() != 'I' {
			s.must(conn, "ROLLBACK")
		}
	}
	for _, text := range []string{"DISCARD ALL", "SET client_min_messages = debug1", "SET max_parallel_maintenance_workers = 0", "SET max_parallel_workers_per_gather = 0"} {
		s.must(s.runner, text)
	}
	s.must(s.watcher, e.filled)
	s.aim(true)
}

func (s *scene) connect(name string) *pgx.Conn {
	s.t.Helper()
	config, err := pgx.ParseConfig(s.dsn)
	if err != nil {
		s.t.Fatal(err)
	}
	config.RuntimeParams["application_name"] = name
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // tables change under it
	if name == "runner" {
		config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
			s.mutex.Lock()
			defer s.mutex.Unlock()
			s.notices = append(s.notices, n.Message)
		}
	}
	conn, err := pgx.ConnectConfig(s.t.Context(), config)
	if err != nil {
		s.t.Fatal(err)
	}
	s.opened = append(s.opened, conn)
	return conn
}

// close ends the sessions and gives the database back.
func (s *scene) close() {
	for _, conn := range s.opened {
		_ = conn.Close(context.Background())
	}
	s.done()
}

// send executes text as one simple query.
func (s *scene) send(conn *pgx.Conn, text string) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	return send(ctx, conn, text)
}

func (s *scene) must(conn *pgx.Conn, text string) {
	s.t.Helper()
	if err := s.send(conn, text); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
}

func (s *scene) rows(conn *pgx.Conn, query string, args ...any) [][]string {
	s.t.Helper()
	found, err := conn.Query(s.t.Context(), query, args...)
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	rows, err := pgx.CollectRows(found, func(row pgx.CollectableRow) ([]string, error) {
		values, err := row.Values()
		texts := make([]string, len(values))
		for i, v := range values {
			texts[i] = fmt.Sprint(v)
		}
		return texts, err
	})
	if err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return rows
}

const userSchemas = `n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'`

// aim writes the probes: of every table one row is read, one that is not there
// is inserted, and one is updated and deleted. Where rows must be, a table
// without rows is an error.
func (s *scene) aim(full bool) {
	s.t.Helper()
	s.targets = nil
	kinds := map[string]string{}
	columns := map[string][]string{}
	for _, row := range s.rows(s.watcher, `SELECT format('%I.%I', n.nspname, c.relname), c.relkind::text FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'p', 'm') AND `+userSchemas+` ORDER BY c.oid`) {
		s.targets = append(s.targets, target{row[0], map[access]string{selects: "SELECT * FROM " + row[0] + " LIMIT 1"}})
		kinds[row[0]] = row[1]
	}
	last := func(table, list string) []string {
		rows := s.rows(s.watcher, fmt.Sprintf("SELECT tableoid::regclass::text, ctid::text, %s FROM %s t ORDER BY t.tableoid DESC, t.ctid DESC LIMIT 1", list, table))
		if len(rows) == 0 {
			if full {
				s.t.Fatalf("%s has no rows", table)
			}
			return nil
		}
		return rows[0]
	}
	// All spare rows go before any other is chosen: a partition and its parent share them.
	for _, target := range s.targets {
		if kinds[target.name] == "m" {
			continue
		}
		for _, row := range s.rows(s.watcher, `SELECT quote_ident(attname) FROM pg_attribute
			WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum`, target.name) {
			columns[target.name] = append(columns[target.name], row[0])
		}
		list := strings.Join(columns[target.name], ", ")
		values := "quote_nullable(" + strings.Join(columns[target.name], "), quote_nullable(") + ")"
		if spare := last(target.name, values); spare != nil {
			s.must(s.watcher, fmt.Sprintf("DELETE FROM %s WHERE ctid = '%s'", spare[0], spare[1]))
			target.probes[inserts] = fmt.Sprintf("INSERT INTO %s (%s) OVERRIDING SYSTEM VALUE VALUES (%s)", target.name, list, strings.Join(spare[2:], ", "))
		}
	}
	for _, target := range s.targets {
		if target.probes[inserts] == "" {
			continue
		}
		row := last(target.name, "1")
		where := fmt.Sprintf(" WHERE ctid = '%s' AND tableoid = '%s'::regclass", row[1], row[0])
		column := columns[target.name][0]
		for _, row := range s.rows(s.watcher, `SELECT quote_ident(attname) FROM pg_attribute
			WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped AND attgenerated = '' AND attidentity <> 'a' ORDER BY attnum LIMIT 1`, target.name) {
			column = row[0] // the first that may be updated to what it is
		}
		target.probes[updates] = fmt.Sprintf("UPDATE %s SET %s = %s", target.name, column, column) + where
		target.probes[deletes] = "DELETE FROM " + target.name + where
	}
}

// possible returns the accesses that have a probe.
func (s *scene) possible(table string) access {
	may := noAccess
	for _, target := range s.targets {
		if target.name == table {
			for a := range target.probes {
				may |= a
			}
		}
	}
	return may
}

// probe reads and writes every table, and returns what had to wait.
func (s *scene) probe() map[string]access {
	s.t.Helper()
	seen := map[string]access{}
	for _, target := range s.targets {
		for _, a := range slices.Sorted(maps.Keys(target.probes)) {
			s.probes++
			ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
			results, err := s.prober.PgConn().Exec(ctx, "BEGIN; "+target.probes[a]+"; ROLLBACK").ReadAll()
			cancel()
			switch {
			case sqlState(err) == "55P03": // lock_timeout
				s.blocked++
				seen[target.name] |= a
			case err != nil:
				s.t.Fatalf("%s: %v", target.probes[a], err)
			case results[1].CommandTag.RowsAffected() != 1 && target.probes[inserts] != "":
				s.t.Fatalf("%s: meets %d rows", target.probes[a], results[1].CommandTag.RowsAffected())
			}
			if err != nil {
				s.must(s.prober, "ROLLBACK")
			}
		}
	}
	return seen
}

// locks returns the strongest lock that the runner holds on each table, and on
// an index of each table.
func (s *scene) locks() (tables, indexes map[string]lock.Mode) {
	s.t.Helper()
	tables, indexes = map[string]lock.Mode{}, map[string]lock.Mode{}
	for _, row := range s.rows(s.watcher, `SELECT format('%I.%I', n.nspname, c.relname), (i.indrelid IS NOT NULL)::text, l.mode
		FROM pg_locks l LEFT JOIN pg_index i ON i.indexrelid = l.relation JOIN pg_class c ON c.oid = coalesce(i.indrelid, l.relation) JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE l.locktype = 'relation' AND l.granted AND l.pid = $1 AND `+userSchemas, s.runner.PgConn().PID()) {
		mode, ok := lock.ParseMode(row[2])
		if !ok {
			s.t.Fatalf("lock mode %q", row[2])
		}
		modes := tables
		if row[1] == "true" {
			modes = indexes
		}
		modes[row[0]] = max(modes[row[0]], mode)
	}
	return tables, indexes
}

// relations returns the file and the number of scans in the session's
// transaction of every relation.
func (s *scene) relations(conn *pgx.Conn) map[uint32][2]int64 {
	s.t.Helper()
	rows, err := conn.Query(s.t.Context(), `SELECT c.oid, c.relfilenode, pg_stat_get_xact_numscans(c.oid) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind IN ('r', 'm', 'i') AND `+userSchemas)
	if err != nil {
		s.t.Fatal(err)
	}
	found := map[uint32][2]int64{}
	var oid, file uint32
	var scans int64
	if _, err := pgx.ForEachRow(rows, []any{&oid, &file, &scans}, func() error {
		found[oid] = [2]int64{int64(file), scans}
		return nil
	}); err != nil {
		s.t.Fatal(err)
	}
	return found
}

// work executes text inside of the runner's transaction and reports whether
// the server scanned a table of the history or wrote it anew.
func (s *scene) work(text string) (worked bool, err error) {
	s.t.Helper()
	before := s.relations(s.runner)
	if err := s.send(s.runner, text); err != nil {
		return false, err
	}
	for oid, now := range s.relations(s.runner) {
		if s.existing[oid] && now != before[oid] {
			worked = true
		}
	}
	return worked, nil
}

var worksMessage = regexp.MustCompile(`^(?:rewriting|verifying|validating|building|vacuuming|clustering)\b`)

// toldOfWork reports whether the server has told of work since the last call: for
// statements that cannot run in a transaction block.
func (s *scene) toldOfWork() bool {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	told := slices.ContainsFunc(s.notices, worksMessage.MatchString)
	s.notices = nil
	return told
}

// meanwhile executes a statement that waits for other sessions, the obstacles,
// calls look whenever it waits, and then ends what it waits for.
func (s *scene) meanwhile(text string, obstacles []*pgx.Conn, look func()) error {
	s.t.Helper()
	done := make(chan error, 1)
	go func() { done <- s.send(s.runner, text) }()
	for {
		select {
		case err := <-done:
			return err
		case <-time.After(2 * time.Millisecond):
		}
		waitsFor := map[string]bool{}
		for _, row := range s.rows(s.watcher, `SELECT unnest(pg_blocking_pids(pid))::text FROM pg_stat_activity WHERE pid = $1
			UNION ALL SELECT 'pin' FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'BufferPin'`, s.runner.PgConn().PID()) {
			waitsFor[row[0]] = true
		}
		for _, conn := range obstacles {
			pid := strconv.Itoa(int(conn.PgConn().PID()))
			holdsPin := waitsFor["pin"] && conn.Config().RuntimeParams["application_name"] == "pin"
			if conn.PgConn().TxStatus() == 'I' || !waitsFor[pid] && !holdsPin {
				continue
			}
			look()
			s.must(conn, "ROLLBACK")
			break
		}
	}
}

// obstacle opens a transaction that keeps what the statements take.
func (s *scene) obstacle(name string, statements ...string) *pgx.Conn {
	s.t.Helper()
	conn := s.connect(name)
	for _, text := range append([]string{"BEGIN"}, statements...) {
		s.must(conn, text)
	}
	return conn
}

// olderTransactions are what a statement outside of a transaction block may
// wait for inside of its work: one session for each table that locks it as
// writers do, the gate, one with a snapshot, and one with a pin on the primary
// key of each table.
func (s *scene) olderTransactions() []*pgx.Conn {
	s.t.Helper()
	gate := s.gate() // builds indexes, which writers would block
	pins := []string{"SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off; SET LOCAL enable_sort = off"}
	var writers []*pgx.Conn
	for i, row := range s.rows(s.watcher, `SELECT c.oid::regclass::text, coalesce((SELECT quote_ident(a.attname) FROM pg_index i JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
			WHERE c.relkind = 'r' AND i.indrelid = c.oid AND i.indisprimary), ''),
			coalesce((SELECT quote_ident(attname) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND NOT attisdropped AND attidentity = '' AND attgenerated = '' ORDER BY attnum LIMIT 1), '')
		FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p') AND `+userSchemas+` ORDER BY c.oid`) {
		table, key, column := row[0], row[1], row[2]
		if key != "" && column != "" { // rows that VACUUM has to look for under the pin
			s.must(s.watcher, "BEGIN")
			s.must(s.watcher, fmt.Sprintf("UPDATE ONLY %s SET %s = %[2]s", table, column))
			s.must(s.watcher, "ROLLBACK")
		}
		if key != "" {
			pins = append(pins, fmt.Sprintf("DECLARE c%d CURSOR FOR SELECT %s FROM %s ORDER BY 1", i, key, table), fmt.Sprintf("FETCH c%d", i))
		}
		writers = append(writers, s.obstacle("writer", "LOCK TABLE ONLY "+table+" IN ROW EXCLUSIVE MODE"))
	}
	return append(writers, gate, s.snapshot(), s.obstacle("pin", pins...))
}

// gate keeps the runner from building indexes of the filled tables: each has
// one whose expression takes a lock that the gate's session holds.
func (s *scene) gate() *pgx.Conn {
	s.t.Helper()
	s.must(s.watcher, `CREATE OR REPLACE FUNCTION gate(anyelement) RETURNS int IMMUTABLE LANGUAGE plpgsql AS $$ BEGIN
		IF current_setting('application_name') = 'runner' THEN PERFORM pg_advisory_xact_lock_shared(1); END IF; RETURN 1; END $$`)
	for _, row := range s.rows(s.watcher, `SELECT format('%s (gate(%I))', c.oid::regclass, a.attname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = 1 AND NOT a.attisdropped WHERE c.relkind = 'r' AND `+userSchemas) {
		s.must(s.watcher, "CREATE INDEX ON "+row[0])
	}
	return s.obstacle("gate", "SELECT pg_advisory_xact_lock(1)")
}

// snapshot is an older transaction that uses no table of the example.
func (s *scene) snapshot() *pgx.Conn {
	s.t.Helper()
	return s.obstacle("snapshot", "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", "SELECT FROM pg_class LIMIT 1")
}

// texts returns what the runner sends for a migration's statements.
func texts(m *migration.Migration) (texts []string, of map[string]*migration.Statement) {
	of = map[string]*migration.Statement{}
	for _, s := range m.Statements {
		texts = append(texts, s.Text())
		of[s.Text()] = s
	}
	if m.Section.Scope == migration.TransactionPerMigration {
		texts = slices.Concat([]string{"BEGIN"}, texts, []string{"COMMIT"})
	}
	return texts, of
}

// approach executes what stands before the finding's statement, and opens a
// transaction if none is open.
func (s *scene) approach(e pageExample) {
	s.t.Helper()
	s.must(s.runner, "ROLLBACK")
	list, of := texts(e.examples[len(e.examples)-1])
	for _, text := range list {
		if of[text] == e.diagnostic.Statement {
			break
		}
		s.must(s.runner, text)
	}
	if s.runner.PgConn().TxStatus() == 'I' {
		s.must(s.runner, "BEGIN")
	}
}

// claimed is what the finding says is blocked, by table.
func (s *scene) claimed(e pageExample) map[string]access {
	s.t.Helper()
	claims := map[string]access{}
	claim := func(table string, a access) {
		if a &= s.possible(table); a != noAccess {
			claims[table] |= a
		}
	}
	for _, effect := range e.diagnostic.Effects {
		if effect.Index {
			for _, row := range s.rows(s.watcher, "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_namespace n ON n.oid = c.relnamespace WHERE i.indexrelid = $1::text::regclass", effect.Relation.String()) {
				claim(row[0], blockedBy(effect.Mode))
			}
			continue
		}
		claim(effect.Relation.String(), blockedBy(effect.Mode))
	}
	for table, mode := range lockClaims(e.diagnostic.Message) {
		claim(table, blockedBy(mode))
	}
	if strings.Contains(e.diagnostic.Message, "all its partitions") {
		for _, row := range s.rows(s.watcher, "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relispartition") {
			claim(row[0], blockedByWords(e.diagnostic.Message))
		}
	}
	for table, a := range e.claims {
		claim(table, a)
	}
	return claims
}

var (
	modeWords  = `\b((?:(?:ACCESS|ROW|SHARE|UPDATE|EXCLUSIVE) )+)lock`
	modeOnPage = regexp.MustCompile(modeWords)
	lockClaim  = regexp.MustCompile(modeWords + ` on (?:the (?:\w+ )*?)?([\w."]+\.[\w."]+)(?: and on (?:the (?:\w+ )*?)?([\w."]+\.[\w."]+))?`)
	blocks     = regexp.MustCompile(`(?:blocks?|blocked|all later)(?: all)?(?: its)? (reads and writes|reads or writes|writes and most reads|writes|reads)\b`)
	queues     = regexp.MustCompile(`waits? for (?:running|open|an)\b`)
)

// lockClaims returns the locks that a message names, by table.
func lockClaims(message string) map[string]lock.Mode {
	claims := map[string]lock.Mode{}
	for _, m := range lockClaim.FindAllStringSubmatch(message, -1) {
		mode, _ := lock.ParseMode(strings.TrimSpace(m[1]))
		for _, table := range m[2:] {
			if table = strings.TrimRight(table, "."); table != "" {
				claims[table] = max(claims[table], mode)
			}
		}
	}
	return claims
}

// provesUnsafe holds the finding's statement in force and compares what is
// blocked with what message, effects and page say.
func (s *scene) provesUnsafe(e pageExample) {
	s.t.Helper()
	message := e.diagnostic.Message
	if message == "" {
		s.t.Fatalf("the last Unsafe example does not raise %s on PostgreSQL %d", e.rule.Name, e.major)
	}
	for _, m := range e.examples[:len(e.examples)-1] {
		if err := execute(s.t.Context(), s.runner, m); err != nil {
			s.t.Fatal(err)
		}
	}
	claims := s.claimed(e)
	if len(claims) == 0 && !e.harmless {
		s.t.Fatalf("claims nothing that could be seen: %s", message)
	}

	s.approach(e)
	text := e.diagnostic.Statement.Text()
	var tables, indexes map[string]lock.Mode
	look := func() {
		seen := s.probe()
		tables, indexes = s.locks()
		s.compare(message, claims, seen)
		s.comparePage(e, tables, seen)
	}
	worked, err := s.work(text)
	switch {
	case sqlState(err) == "25001": // cannot run in a transaction block
		s.must(s.runner, "ROLLBACK")
		s.toldOfWork()
		var obstacles []*pgx.Conn
		if e.harmless { // it must be seen wherever it waits
			obstacles = s.olderTransactions()
		} else {
			obstacles = append(obstacles, s.gate())
		}
		if err = s.meanwhile(text, obstacles, look); err == nil && tables == nil {
			s.t.Errorf("nothing was seen of %s", text)
		}
		worked = s.toldOfWork()
	case err == nil:
		look()
	}
	if err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	grows := slices.ContainsFunc(e.diagnostic.Effects, func(effect lock.Effect) bool { return effect.GrowsWithTable() })
	if grows && !worked {
		s.t.Errorf("the server did no work that grows with a table: %s", message)
	}
	for table, mode := range lockClaims(message) {
		if tables[table] != mode && indexes[table] != mode {
			s.t.Errorf("%s lock on %s, want that of the message: %s", tables[table], table, message)
		}
	}
	for _, effect := range e.diagnostic.Effects {
		if mode := tables[effect.Relation.String()]; !effect.Index && mode < effect.Mode {
			s.t.Errorf("%s lock on %s, want %s as the effects of %s have it", mode, effect.Relation, effect.Mode, message)
		}
	}
	if queues.MatchString(message) && !e.harmless {
		s.provesQueue(e, claims)
	}
	if e.also != nil {
		e.also(s, e)
	}
}

// provesQueue lets the finding's statement wait for a session that uses a
// table, and sees that others wait behind it.
func (s *scene) provesQueue(e pageExample, claims map[string]access) {
	s.t.Helper()
	for _, table := range slices.Sorted(maps.Keys(claims)) {
		mode := lock.RowExclusive
		if claims[table]&selects != 0 {
			mode = lock.AccessShare
		}
		s.approach(e)
		user := s.obstacle("user", fmt.Sprintf("LOCK TABLE ONLY %s IN %s MODE", table, mode))
		waited := false
		if err := s.meanwhile(e.diagnostic.Statement.Text(), []*pgx.Conn{user}, func() {
			waited = true
			if seen := s.probe()[table]; seen != claims[table] {
				s.t.Errorf("%s: %s of %s wait behind it, want %s", e.diagnostic.Message, seen, table, claims[table])
			}
		}); err != nil {
			s.t.Fatal(err)
		}
		if !waited {
			s.t.Errorf("does not wait for a session that uses %s: %s", table, e.diagnostic.Message)
		}
	}
}

// compare compares what was blocked with what the finding claims.
func (s *scene) compare(message string, claims, seen map[string]access) {
	s.t.Helper()
	var union access
	for _, target := range s.targets {
		name := target.name
		if missing := claims[name] &^ seen[name]; missing != noAccess {
			s.t.Errorf("%s of %s goes on, which is claimed to be blocked: %s", missing, name, message)
		}
		if surplus := seen[name] &^ claims[name]; surplus != noAccess {
			s.t.Errorf("%s of %s is blocked, which is claimed to go on: %s", surplus, name, message)
		}
		union |= seen[name]
	}
	if words := blockedByWords(message); words != noAccess && words != union {
		s.t.Errorf("%s is blocked, want what the message says: %s", union, message)
	}
	if strings.Contains(message, "reads go on") && union&selects != 0 {
		s.t.Errorf("reads are blocked: %s", message)
	}
}

// blockedByWords is what a sentence says is blocked, of no table in particular.
func blockedByWords(sentence string) access {
	words := blocks.FindStringSubmatch(sentence)
	switch {
	case words == nil:
		return noAccess
	case words[1] == "writes":
		return writes
	case words[1] == "reads":
		return selects
	}
	return everything
}

// pageWords is what a page must say, by what is blocked.
var pageWords = map[access]*regexp.Regexp{
	everything:        regexp.MustCompile(`block(s|ed)?( all)? reads and writes|reads and writes( of [^.,;]+)?( are)? (blocked|wait)|blocks all writes [^.]* and most reads`),
	writes:            regexp.MustCompile(`blocks?( all)? writes.*(SELECT|[Rr]eads) goe?s? on`),
	selects:           regexp.MustCompile(`blocks?( all)? reads`),
	updates | deletes: regexp.MustCompile(`updates and deletes of it wait.*[Rr]eads go on`),
	noAccess:          regexp.MustCompile(`blocks? neither reads nor writes`),
}

// comparePage compares the page's summary and "What PostgreSQL does" with the
// strongest lock and with what is blocked.
func (s *scene) comparePage(e pageExample, tables map[string]lock.Mode, seen map[string]access) {
	s.t.Helper()
	page, _, _ := strings.Cut(e.rule.Doc, "\n## Unsafe\n")
	summary, _, _ := strings.Cut(page, "\n## ")
	page, summary = strings.Join(strings.Fields(page), " "), strings.Join(strings.Fields(summary), " ")
	strongest, union := lock.None, noAccess
	for _, mode := range tables {
		strongest = max(strongest, mode)
	}
	for _, a := range seen {
		union |= a
	}
	if !slices.ContainsFunc(modeOnPage.FindAllStringSubmatch(page, -1), func(m []string) bool { return strings.TrimSpace(m[1]) == strongest.String() }) {
		s.t.Errorf("the page does not name the %s lock", strongest)
	}
	if want := pageWords[union]; want == nil || !want.MatchString(page) {
		s.t.Errorf("the page does not say that %s is blocked, by %v", union, want)
	}
	if words := blockedByWords(summary); words != noAccess && words != union && !strings.Contains(summary, "most reads") {
		s.t.Errorf("%s is blocked, want what the summary says: %s", union, summary)
	}
}

// provesSafe executes examples as their runner does, and after each statement,
// while its transaction is open, reads and writes all tables. Waiting is only
// allowed for locks under which the server does nothing that takes long.
func (s *scene) provesSafe(e pageExample) {
	s.t.Helper()
	s.start(e)
	for _, m := range e.examples {
		list, of := texts(m)
		for _, text := range list {
			inTransaction := s.runner.PgConn().TxStatus() != 'I'
			if !inTransaction {
				s.aim(false)
			}
			if of[text] == nil || of[text].Node.GetTransactionStmt() != nil {
				s.must(s.runner, text)
				continue
			}
			if !inTransaction {
				s.must(s.runner, "BEGIN")
			}
			worked, err := s.work(text)
			if sqlState(err) == "25001" && !inTransaction {
				s.must(s.runner, "ROLLBACK")
				s.provesSafeAlone(text)
				continue
			}
			if err != nil {
				s.t.Fatalf("%s: %v", text, err)
			}
			if seen := s.probe(); worked && len(seen) > 0 {
				s.t.Errorf("Safe: %v wait while the server works: %s", seen, text)
			}
			if !inTransaction {
				s.must(s.runner, "COMMIT")
			}
		}
	}
}

// provesSafeAlone executes a statement that cannot run in a transaction block,
// while older transactions are open for which it waits inside of its work.
func (s *scene) provesSafeAlone(text string) {
	s.t.Helper()
	older := s.olderTransactions()
	s.toldOfWork()
	waited, worked := 0, false
	if err := s.meanwhile(text, older, func() {
		waited++
		seen := s.probe()
		worked = s.toldOfWork() || worked
		if worked && len(seen) > 0 {
			s.t.Errorf("Safe: %v wait while the server works: %s", seen, text)
		}
	}); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
	if waited == 0 {
		s.t.Errorf("Safe: nothing was seen of %s", text)
	}
	for _, conn := range older {
		s.must(conn, "ROLLBACK")
	}
}

// leavesInvalidIndex lets a timeout cancel the command while it waits for a
// transaction that has nothing to do with its table.
func leavesInvalidIndex(s *scene, e pageExample) {
	s.t.Helper()
	defer func() { s.must(s.watcher, "DROP INDEX users_email_idx") }()
	for timeout, state := range map[string]string{"lock_timeout": "55P03", "statement_timeout": "57014"} {
		s.must(s.watcher, "DROP INDEX IF EXISTS users_email_idx")
		s.approach(e)
		s.must(s.runner, "ROLLBACK")
		s.must(s.runner, "RESET lock_timeout; SET "+timeout+" = '200ms'")
		older := s.snapshot()
		if err := s.send(s.runner, e.diagnostic.Statement.Text()); sqlState(err) != state {
			s.t.Errorf("%v, want %s because of %s", err, state, timeout)
		}
		s.must(s.runner, "RESET "+timeout)
		s.must(older, "ROLLBACK")
		if got := s.rows(s.watcher, "SELECT indisvalid, indisready FROM pg_index WHERE indexrelid = to_regclass('users_email_idx')"); len(got) != 1 || !slices.Equal(got[0], []string{"false", "true"}) {
			s.t.Errorf("valid and maintained: %v, want false and true after %s", got, timeout)
		}
	}
}

// deadlocks lets another transaction use the tables in the other order.
func deadlocks(s *scene, e pageExample) {
	s.t.Helper()
	const first, second = "public.users", "public.orders"
	s.approach(e)
	if err := s.meanwhile(e.diagnostic.Statement.Text(), []*pgx.Conn{s.obstacle("user", "SELECT FROM "+second)}, func() {
		if seen := s.probe(); seen[first] != everything {
			s.t.Errorf("%s of %s wait while the migration waits for %s, want all", seen[first], first, second)
		}
	}); err != nil {
		s.t.Fatal(err)
	}

	s.approach(e)
	user := s.obstacle("user", "SET LOCAL deadlock_timeout = '50ms'", "SELECT FROM "+second)
	s.must(s.runner, "SET LOCAL deadlock_timeout = '50ms'")
	done := make(chan error, 1)
	go func() { done <- s.send(user, "SELECT FROM "+first) }()
	migrated := s.send(s.runner, e.diagnostic.Statement.Text())
	s.must(s.runner, "ROLLBACK")
	read := <-done
	if (sqlState(migrated) == "40P01") == (sqlState(read) == "40P01") {
		s.t.Errorf("migration: %v; user: %v; want that one of them is canceled with 40P01", migrated, read)
	}
}

// givesUp executes the Safe example while a session uses the table: others
// wait behind it no longer than the lock_timeout.
func givesUp(s *scene, e pageExample) {
	s.t.Helper()
	s.must(s.runner, "ROLLBACK")
	user := s.obstacle("user", "SELECT FROM users LIMIT 1")
	var err error
	for _, statement := range migration.ParseFile(&migration.File{Source: []byte(pageOf(s.t, e.rule).Sections[2].Fences[0].Text)}).Statements {
		if err = s.send(s.runner, strings.Replace(statement.Text(), "'5s'", "'100ms'", 1)); err != nil {
			break
		}
	}
	if sqlState(err) != "55P03" {
		s.t.Errorf("%v, want that it gives up with 55P03", err)
	}
	s.must(s.runner, "ROLLBACK") // as the runner, which goes no further
	if seen := s.probe(); len(seen) > 0 {
		s.t.Errorf("%v wait after it gave up", seen)
	}
	s.must(user, "ROLLBACK")
}

// newSessionsWait writes to a partition that is not locked, in a session that
// has not used it yet.
func newSessionsWait(s *scene, e pageExample) {
	s.t.Helper()
	s.approach(e)
	s.must(s.runner, e.diagnostic.Statement.Text())
	tables, _ := s.locks()
	for _, target := range s.targets {
		if tables[target.name] != lock.None {
			continue
		}
		for a, want := range map[access]string{selects: "", inserts: "55P03", updates: "55P03", deletes: ""} {
			conn := s.connect("new")
			s.must(conn, "SET lock_timeout = '10ms'")
			if err := s.send(conn, "BEGIN; "+target.probes[a]+"; ROLLBACK"); sqlState(err) != want {
				s.t.Errorf("%s: %v, want %q", target.probes[a], err, want)
			}
		}
	}
}
