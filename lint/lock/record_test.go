package lock

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

var update = flag.Bool("update", false, "record testdata/locks anew from servers")

// record is what one server did for one case.
type record struct {
	// Block is the SQLSTATE of the statement inside a transaction block,
	// Alone that outside; "" for success. Alone is tried only after Block
	// says 25001 (cannot run inside a transaction block).
	Block string `json:"block,omitempty"`
	Alone string `json:"alone,omitempty"`
	// Waits is true when the statement waited for an older transaction
	// after it had its locks.
	Waits bool `json:"waits,omitempty"`
	// Messages are the server's debug messages about work, sorted.
	Messages  []string   `json:"messages,omitempty"`
	Relations []relation `json:"relations,omitempty"`
}

// relation is what the statement did to one relation that existed before it.
type relation struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`           // pg_class.relkind
	Of      string `json:"of,omitempty"`   // the table of an index or of an owned sequence
	Mode    string `json:"mode,omitempty"` // strongest lock
	NewFile bool   `json:"newfile,omitempty"`
	Emptied bool   `json:"emptied,omitempty"` // the new file has no rows, the old one had
	Scanned bool   `json:"scanned,omitempty"` // by a sequential or index scan
	Built   bool   `json:"built,omitempty"`   // an index on it, or the index itself
}

// observer runs cases on one server.
type observer struct {
	major   int
	measure *pgx.Conn // runs setup and statement
	observe *pgx.Conn // reads pg_locks
	block   *pgx.Conn // the older transaction
	notices []string
}

func newObserver(t testing.TB, major int, dsn string) *observer {
	t.Helper()
	ctx := context.Background()
	r := &observer{major: major}
	admin, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = admin.Close(ctx) }()
	const database = "premortem_locks"
	for _, sql := range []string{
		"CREATE DATABASE " + database + " TEMPLATE template0",
		"ALTER DATABASE " + database + " SET timezone = 'UTC'",
		"CREATE ROLE other_role",
		"SET allow_in_place_tablespaces = on",
		"CREATE TABLESPACE other_space LOCATION ''",
	} {
		_, err := admin.Exec(ctx, sql)
		var pgErr *pgconn.PgError
		if err != nil && !(errors.As(err, &pgErr) && (pgErr.Code == "42P04" || pgErr.Code == "42710")) { // exists already
			t.Fatal(err)
		}
	}
	config, err := pgx.ParseConfig(dsn)
	if err != nil {
		t.Fatal(err)
	}
	config.Database = database
	config.DefaultQueryExecMode = pgx.QueryExecModeExec // DISCARD ALL drops prepared statements
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { r.notices = append(r.notices, n.Message) }
	for _, conn := range []**pgx.Conn{&r.measure, &r.observe, &r.block} {
		if *conn, err = pgx.ConnectConfig(ctx, config); err != nil {
			t.Fatal(err)
		}
		config.OnNotice = nil
	}
	t.Cleanup(func() {
		_, _ = exec(r.measure, "ROLLBACK")
		_, _ = exec(r.measure, wipe)
		for _, conn := range []*pgx.Conn{r.measure, r.observe, r.block} {
			_ = conn.Close(ctx)
		}
	})
	return r
}

// exec sends text as one simple query and returns the SQLSTATE, "" for success.
func exec(conn *pgx.Conn, sql string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), 60*time.Second)
	defer cancel()
	_, err := conn.PgConn().Exec(ctx, sql).ReadAll()
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return pgErr.Code, fmt.Errorf("%s: %s", sql, pgErr.Message)
	}
	return "", err
}

const wipe = `SET client_min_messages = error;
DO $$ DECLARE name text; BEGIN
  FOR name IN SELECT subname FROM pg_subscription LOOP
    EXECUTE format('ALTER SUBSCRIPTION %I DISABLE', name);
    EXECUTE format('ALTER SUBSCRIPTION %I SET (slot_name = NONE)', name);
    EXECUTE format('DROP SUBSCRIPTION %I', name);
  END LOOP;
  FOR name IN SELECT amname FROM pg_am WHERE oid >= 16384 LOOP EXECUTE format('DROP ACCESS METHOD %I CASCADE', name); END LOOP;
  FOR name IN SELECT pubname FROM pg_publication LOOP EXECUTE format('DROP PUBLICATION %I', name); END LOOP;
  FOR name IN SELECT evtname FROM pg_event_trigger LOOP EXECUTE format('DROP EVENT TRIGGER %I', name); END LOOP;
  FOR name IN SELECT extname FROM pg_extension WHERE extname <> 'plpgsql' LOOP EXECUTE format('DROP EXTENSION %I CASCADE', name); END LOOP;
  FOR name IN SELECT fdwname FROM pg_foreign_data_wrapper LOOP EXECUTE format('DROP FOREIGN DATA WRAPPER %I CASCADE', name); END LOOP;
  FOR name IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP EXECUTE format('DROP SCHEMA %I CASCADE', name); END LOOP;
END $$;
CREATE SCHEMA public; GRANT ALL ON SCHEMA public TO PUBLIC;`

// prepare brings the database to the state before the statement.
func (r *observer) prepare(c *lockCase) error {
	// One statement each: DISCARD cannot run inside a transaction block.
	for _, sql := range []string{
		"ROLLBACK", "RESET SESSION AUTHORIZATION", "DISCARD ALL", wipe,
		"SET max_parallel_maintenance_workers = 0", "SET max_parallel_workers_per_gather = 0",
	} {
		if _, err := exec(r.measure, sql); err != nil {
			return err
		}
	}
	for _, sql := range splitSetup(c.setup) {
		if _, err := exec(r.measure, sql); err != nil {
			return fmt.Errorf("server %d, case %s, setup: %w", r.major, c.name, err)
		}
	}
	return nil
}

// classRow is one row of pg_class.
type classRow struct {
	relation
	file  uint32
	size  int64
	scans int64
}

func (r *observer) relations(conn *pgx.Conn) (map[uint32]classRow, error) {
	rows, err := conn.Query(context.Background(), `
SELECT c.oid, CASE WHEN n.nspname ~ '^pg_temp' THEN 'pg_temp' ELSE n.nspname END || '.' || c.relname, c.relkind::text,
  coalesce(i.indrelid, d.refobjid, 0::oid), c.relfilenode,
  CASE WHEN c.relkind IN ('r', 'm') THEN pg_relation_size(c.oid) ELSE 0 END, pg_stat_get_xact_numscans(c.oid)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_index i ON i.indexrelid = c.oid
LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = c.oid AND c.relkind = 'S'
  AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i')
WHERE n.nspname !~ '^pg_(catalog|toast)' AND n.nspname <> 'information_schema'`)
	if err != nil {
		return nil, err
	}
	result := map[uint32]classRow{}
	owners := map[uint32]uint32{}
	for rows.Next() {
		var oid, owner uint32
		var row classRow
		if err := rows.Scan(&oid, &row.Name, &row.Kind, &owner, &row.file, &row.size, &row.scans); err != nil {
			return nil, err
		}
		result[oid] = row
		owners[oid] = owner
	}
	for oid, owner := range owners {
		if table, ok := result[owner]; ok {
			row := result[oid]
			row.Of = table.Name
			result[oid] = row
		}
	}
	return result, rows.Err()
}

// locks adds the relation locks of the measuring session to modes.
func (r *observer) locks(modes map[uint32]Mode) error {
	rows, err := r.observe.Query(context.Background(), `
SELECT relation, mode FROM pg_locks WHERE locktype = 'relation' AND pid = $1
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`, r.measure.PgConn().PID())
	if err != nil {
		return err
	}
	for rows.Next() {
		var oid uint32
		var name string
		if err := rows.Scan(&oid, &name); err != nil {
			return err
		}
		mode, ok := ParseMode(name)
		if !ok {
			return fmt.Errorf("lock mode %q", name)
		}
		modes[oid] = max(modes[oid], mode)
	}
	return rows.Err()
}

// record runs the case and returns what the server did.
func (r *observer) record(c *lockCase) (*record, error) {
	if err := r.prepare(c); err != nil {
		return nil, err
	}
	result := &record{}
	if _, err := exec(r.measure, "BEGIN; SET LOCAL client_min_messages = debug1"); err != nil {
		return nil, err
	}
	// Inside of the transaction: the counts of scans begin anew at times between two.
	before, err := r.relations(r.measure)
	if err != nil {
		return nil, err
	}
	r.notices = nil
	code, err := exec(r.measure, c.statement)
	if err != nil && code == "" {
		return nil, err
	}
	result.Block = code
	if code == "25001" && !c.inBlockOnly {
		return result, r.recordAlone(c, result)
	}
	modes := map[uint32]Mode{}
	if err := r.locks(modes); err != nil {
		return nil, err
	}
	notices := r.notices
	after := map[uint32]classRow{}
	if code == "" {
		if after, err = r.relations(r.measure); err != nil {
			return nil, err
		}
	}
	result.summarise(before, after, modes, notices)
	return result, nil
}

// recordAlone measures a statement that cannot run in a transaction block.
// Its locks are seen while it waits: for each table and for modes that
// conflict with ever more, another session holds that lock.
func (r *observer) recordAlone(c *lockCase, result *record) error {
	if err := r.prepare(c); err != nil {
		return err
	}
	before, err := r.relations(r.measure)
	if err != nil {
		return err
	}
	var tables []string
	for _, row := range before {
		if row.Kind == "r" || row.Kind == "p" {
			tables = append(tables, row.Name)
		}
	}
	sort.Strings(tables)
	modesByName := map[string]Mode{}
	for _, table := range tables {
		for _, mode := range []Mode{AccessShare, RowExclusive, ShareUpdateExclusive} {
			waits, err := r.recordWaiting(c, table, mode, modesByName)
			if err != nil {
				return err
			}
			result.Waits = result.Waits || waits
		}
	}
	if err := r.prepare(c); err != nil {
		return err
	}
	if before, err = r.relations(r.measure); err != nil {
		return err
	}
	if _, err := exec(r.measure, "SET client_min_messages = debug1"); err != nil {
		return err
	}
	r.notices = nil
	code, err := exec(r.measure, c.statement)
	if err != nil && code == "" {
		return err
	}
	result.Alone = code
	notices := r.notices
	after, err := r.relations(r.measure)
	if err != nil {
		return err
	}
	modes := map[uint32]Mode{}
	for oid, row := range before {
		if mode, ok := modesByName[row.Name]; ok {
			modes[oid] = mode
		}
	}
	for oid, row := range after { // statistics of other transactions say nothing
		row.scans = 0
		after[oid] = row
	}
	result.summarise(before, after, modes, notices)
	return nil
}

// recordWaiting runs the statement while another session holds the table in
// the mode, and adds the locks that it holds or waits for. It reports whether
// the statement waited for the other transaction rather than for a lock on a
// relation.
func (r *observer) recordWaiting(c *lockCase, table string, mode Mode, modesByName map[string]Mode) (waits bool, err error) {
	if err := r.prepare(c); err != nil {
		return false, err
	}
	before, err := r.relations(r.measure)
	if err != nil {
		return false, err
	}
	hold := "BEGIN; LOCK TABLE ONLY " + table + " IN " + mode.String() + " MODE"
	if mode == AccessShare {
		hold += "; SELECT FROM ONLY " + table // locks its indexes too
	}
	if _, err := exec(r.block, hold); err != nil {
		return false, err
	}
	defer func() { _, _ = exec(r.block, "ROLLBACK") }()
	done := make(chan struct{})
	go func() {
		_, _ = exec(r.measure, c.statement)
		close(done)
	}()
	for waiting := false; !waiting; {
		select {
		case <-done:
			return false, nil
		case <-time.After(5 * time.Millisecond):
		}
		var what *string
		err := r.observe.QueryRow(context.Background(),
			`SELECT wait_event FROM pg_stat_activity WHERE pid = $1 AND wait_event_type = 'Lock'`, r.measure.PgConn().PID()).Scan(&what)
		if errors.Is(err, pgx.ErrNoRows) {
			continue
		}
		if err != nil {
			return false, err
		}
		waiting = true
		waits = *what == "virtualxid" || *what == "transactionid"
	}
	modes := map[uint32]Mode{}
	if err := r.locks(modes); err != nil {
		return false, err
	}
	for oid, mode := range modes {
		if row, ok := before[oid]; ok {
			modesByName[row.Name] = max(modesByName[row.Name], mode)
		}
	}
	if _, err := exec(r.block, "ROLLBACK"); err != nil {
		return false, err
	}
	<-done
	return waits, nil
}

var (
	buildMessage = regexp.MustCompile(`^building index "(.*?)(?:_ccnew)?" on table "(.*)"`)
	scanMessage  = regexp.MustCompile(`^(?:verifying|rewriting) table "(.*)"`)
)

// workMessages are the debug messages that say what the server does, or why it
// need not. TOAST tables are left out: their names are numbers.
var (
	workMessages  = regexp.MustCompile(`^(?:rewriting|verifying|validating|building|existing|(?:updated )?partition constraint)\b`)
	toastMessages = regexp.MustCompile(`"pg_toast_\d+"`)
)

// summarise lists the messages about work, and the relations that the
// statement touched, by name.
func (result *record) summarise(before, after map[uint32]classRow, modes map[uint32]Mode, notices []string) {
	scanned, built, emptied := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, notice := range notices {
		if workMessages.MatchString(notice) && !toastMessages.MatchString(notice) {
			result.Messages = append(result.Messages, notice)
		}
		if m := buildMessage.FindStringSubmatch(notice); m != nil {
			built[m[1]], built[m[2]], scanned[m[2]] = true, true, true
		}
		if m := scanMessage.FindStringSubmatch(notice); m != nil {
			scanned[m[1]] = true
		}
	}
	scannedByIndex := map[string]bool{}
	for oid, row := range after {
		if was, ok := before[oid]; ok && row.Kind == "i" && row.scans > was.scans {
			scannedByIndex[was.Of] = true
		}
	}
	oldFiles, fileOf := map[uint32]bool{}, map[string]uint32{}
	for _, row := range before {
		oldFiles[row.file] = true
	}
	for _, row := range after {
		fileOf[row.Name] = row.file
	}
	slices.Sort(result.Messages)
	for oid, was := range before {
		r := was.relation
		if mode := modes[oid]; mode != None {
			r.Mode = mode.String()
		}
		now, stays := after[oid]
		file, replaced := fileOf[was.Name] // CONCURRENTLY swaps names
		r.NewFile = stays && now.file != was.file || !stays && replaced && !oldFiles[file]
		short := was.Name[strings.IndexByte(was.Name, '.')+1:]
		r.Built = built[short]
		if strings.ContainsAny(was.Kind, "rpmft") {
			r.Scanned = scanned[short] || scannedByIndex[was.Name] || now.scans > was.scans
			emptied[was.Name] = r.NewFile && was.size > 0 && now.size == 0
		}
		if r.Mode != "" || r.NewFile || r.Scanned || r.Built {
			result.Relations = append(result.Relations, r)
		}
	}
	for i := range result.Relations {
		r := &result.Relations[i]
		r.Emptied = emptied[r.Name] || r.NewFile && emptied[r.Of]
	}
	slices.SortFunc(result.Relations, func(x, y relation) int { return strings.Compare(x.Name, y.Name) })
}

// TestRecord records every case anew with -update. Without it, it records a
// sample and compares with what is committed.
func TestRecord(t *testing.T) {
	t.Parallel()
	cases := readCases(t)
	for _, major := range majors {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			dsn := pgtest.Find(t, major).DSN("postgres")
			r := newObserver(t, major, dsn)
			committed := readRecords(t, major)
			records := map[string]*record{}
			for i, c := range cases {
				if major < c.since || major > c.until || !*update && i%10 != major%10 {
					continue
				}
				got, err := r.record(c)
				if err != nil {
					t.Errorf("%s: %v", c.name, err)
					continue
				}
				records[c.name] = got
				if !*update {
					want, _ := json.Marshal(committed[c.name])
					if now, _ := json.Marshal(got); !bytes.Equal(now, want) {
						t.Errorf("%s:\n server %s\n record %s", c.name, now, want)
					}
				}
			}
			if *update && !t.Failed() {
				writeRecords(t, major, records)
			}
		})
	}
}

func recordFile(major int) string {
	return filepath.Join(locksDir, "recorded", strconv.Itoa(major)+".json")
}

// readRecords reads one server's records by case.
func readRecords(t testing.TB, major int) map[string]*record {
	t.Helper()
	records := map[string]*record{}
	text, err := os.ReadFile(recordFile(major))
	if err != nil {
		if *update && errors.Is(err, os.ErrNotExist) {
			return records
		}
		t.Fatal(err)
	}
	if err := json.Unmarshal(text, &records); err != nil {
		t.Fatal(err)
	}
	return records
}

// writeRecords writes one line per case, sorted by name.
func writeRecords(t testing.TB, major int, records map[string]*record) {
	t.Helper()
	names := make([]string, 0, len(records))
	for name := range records {
		names = append(names, name)
	}
	sort.Strings(names)
	var b bytes.Buffer
	b.WriteString("{\n")
	for i, name := range names {
		line, err := json.Marshal(records[name])
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(&b, "%q: %s", name, line)
		if i < len(names)-1 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
	}
	b.WriteString("}\n")
	if err := os.MkdirAll(filepath.Join(locksDir, "recorded"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(recordFile(major), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
