package lock

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// script is a run of migrations in one scope. Each migration is a list of
// messages, each message one or more statements.
type script struct {
	scope      migration.TxScope
	migrations [][]string
}

func (s script) String() string {
	var b strings.Builder
	b.WriteString(s.scope.String() + ":")
	for _, m := range s.migrations {
		b.WriteString("\n  migration")
		for _, text := range m {
			b.WriteString("\n    " + text)
		}
	}
	return b.String()
}

// outcome is what a script shows of its session, from a server or from the
// model.
type outcome struct {
	// Probes has, for each SELECT probe(), the number of the transaction (in
	// order of appearance), the settings and the locks held.
	Probes   []string
	Warnings []string // SQLSTATEs about transaction blocks
	Error    string   // SQLSTATE of the first error, which ends the script
	Tables   []string // s1, s2, … that are there afterwards
	Why      string   // the model's words for the error
}

func (o outcome) String() string {
	return fmt.Sprintf("probes %q\n warnings %q\n error %q %s\n tables %q", o.Probes, o.Warnings, o.Error, o.Why, o.Tables)
}

// numberTransactions replaces transaction ids by 1, 2, … in order.
func numberTransactions(probes []string) {
	seen := map[string]int{}
	for i, p := range probes {
		id, rest, _ := strings.Cut(p, "|")
		if seen[id] == 0 {
			seen[id] = len(seen) + 1
		}
		probes[i] = fmt.Sprint(seen[id], "|", rest)
	}
}

const fixture = `
DROP SCHEMA IF EXISTS replay CASCADE;
DROP SCHEMA IF EXISTS elsewhere CASCADE;
CREATE SCHEMA replay;
CREATE SCHEMA elsewhere;
SET search_path = replay;
CREATE TABLE t (id int);
CREATE TABLE u (id int PRIMARY KEY);
CREATE FUNCTION probe() RETURNS text LANGUAGE sql VOLATILE AS $$
	SELECT txid_current()
		|| '|' || (SELECT setting FROM pg_settings WHERE name = 'lock_timeout')
		|| '|' || (SELECT setting FROM pg_settings WHERE name = 'statement_timeout')
		|| '|' || current_setting('application_name')
		|| '|' || coalesce((SELECT string_agg(n.nspname || '.' || c.relname || ' ' || l.mode, ', ' ORDER BY c.oid, l.mode)
			FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
			WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind = 'r'
				AND (n.nspname = 'elsewhere' OR n.nspname LIKE 'replay%') AND c.relname ~ '^[tu]'), '')
$$;
CREATE FUNCTION say_probe() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE '%', probe(); END $$` // in a DO block

const runnerLockTimeout = "7s"

// strongestOnly keeps, of the locks "relation mode, relation mode", the
// strongest of each relation, sorted.
func strongestOnly(probe string) string {
	at := strings.LastIndex(probe, "|") + 1
	strongest := map[string]Mode{}
	for _, lock := range strings.Split(probe[at:], ", ") {
		relation, mode, ok := strings.Cut(lock, " ")
		if !ok {
			continue
		}
		m, _ := ParseMode(mode)
		strongest[relation] = max(strongest[relation], m)
	}
	var list []string
	for relation, m := range strongest {
		list = append(list, relation+" "+m.String())
	}
	slices.Sort(list)
	return probe[:at] + strings.Join(list, ", ")
}

// serve runs the script on a server, as a runner of its scope does.
func serve(t *testing.T, admin *pgx.Conn, s script) outcome {
	t.Helper()
	ctx := context.Background()
	if _, err := admin.PgConn().Exec(ctx, fixture).ReadAll(); err != nil {
		t.Fatal(err)
	}
	var o outcome
	config := admin.Config().Copy()
	config.RuntimeParams["lock_timeout"] = runnerLockTimeout
	config.RuntimeParams["search_path"] = "replay"
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if n.Code == "25001" || n.Code == "25P01" {
			o.Warnings = append(o.Warnings, n.Code)
		}
		if strings.Contains(n.Message, "|") {
			o.Probes = append(o.Probes, strongestOnly(n.Message))
		}
	}
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	send := func(messages ...string) bool {
		var err error
		var results []*pgconn.Result
		if s.scope == migration.Pipeline {
			results, err = sendPipeline(ctx, conn.PgConn(), messages)
		} else {
			for _, text := range messages {
				var r []*pgconn.Result
				r, err = conn.PgConn().Exec(ctx, text).ReadAll()
				results = append(results, r...)
				if err != nil {
					break
				}
			}
		}
		for _, r := range results {
			for _, row := range r.Rows {
				if len(row) == 1 && strings.Contains(string(row[0]), "|") {
					o.Probes = append(o.Probes, strongestOnly(string(row[0])))
				}
			}
		}
		var pgErr *pgconn.PgError
		switch {
		case errors.As(err, &pgErr):
			o.Error = pgErr.Code
		case err != nil:
			t.Fatalf("%v\n%v", err, s)
		}
		return err == nil
	}

	whole := s.scope == migration.TransactionPerRun
	ok := !whole || send("BEGIN")
	for _, m := range s.migrations {
		each := s.scope == migration.TransactionPerMigration
		ok = ok && (!each || send("BEGIN")) && send(m...)
		if ok && each {
			end(t, conn, &o, "COMMIT")
		}
		if ok && !each && !whole {
			end(t, conn, &o, "ROLLBACK")
		}
	}
	if ok && whole {
		end(t, conn, &o, "COMMIT")
	}
	conn.Close(ctx)

	rows, err := admin.Query(ctx, `SELECT relname::text FROM pg_class WHERE relnamespace = 'replay'::regnamespace AND relname ~ '^s[0-9]' ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	if o.Tables, err = pgx.CollectRows(rows, pgx.RowTo[string]); err != nil {
		t.Fatal(err)
	}
	numberTransactions(o.Probes)
	return o
}

// end is how the runner ends a migration: COMMIT, or ROLLBACK in place of
// losing the connection. Its warning is not the text's.
func end(t *testing.T, conn *pgx.Conn, o *outcome, command string) {
	t.Helper()
	n := len(o.Warnings)
	if _, err := conn.PgConn().Exec(context.Background(), command).ReadAll(); err != nil {
		t.Fatal(err)
	}
	o.Warnings = o.Warnings[:n]
}

func sendPipeline(ctx context.Context, conn *pgconn.PgConn, messages []string) (results []*pgconn.Result, err error) {
	p := conn.StartPipeline(ctx)
	for _, text := range messages {
		p.SendQueryParams(text, nil, nil, nil, nil)
	}
	if err := p.Sync(); err != nil {
		return nil, err
	}
	for {
		got, e := p.GetResults()
		if e != nil {
			err = e
			break
		}
		r, ok := got.(*pgconn.ResultReader)
		if !ok {
			break
		}
		result := r.Read()
		if result.Err != nil {
			err = result.Err
			break
		}
		results = append(results, result)
	}
	if e := p.Close(); err == nil {
		err = e
	}
	return results, err
}

// recorder is a catalog that knows tables by name only.
type recorder struct {
	number int
	open   bool
	tables []string
	marks  []mark
}

type mark struct {
	name string // "" for the transaction
	size int
}

func (r *recorder) Begin() {
	if r.open {
		panic("transaction in transaction")
	}
	r.open = true
	r.number++
	r.marks = []mark{{"", len(r.tables)}}
}

func (r *recorder) Commit() {
	if !r.open {
		panic("commit without a transaction")
	}
	r.open = false
}

func (r *recorder) Rollback() {
	r.Commit()
	r.tables = r.tables[:r.marks[0].size]
}

func (r *recorder) Savepoint(name string) { r.marks = append(r.marks, mark{name, len(r.tables)}) }

func (r *recorder) find(name string) int {
	for i := len(r.marks) - 1; i > 0; i-- {
		if r.marks[i].name == name {
			return i
		}
	}
	panic("no savepoint " + name)
}

func (r *recorder) RollbackTo(name string) {
	at := r.find(name)
	r.tables = r.tables[:r.marks[at].size]
	r.marks = r.marks[:at+1]
}

func (r *recorder) Release(name string) { r.marks = r.marks[:r.find(name)] }

// load builds the migrations of a script, as the loader would.
func (s script) load(t testing.TB) []*migration.Migration {
	t.Helper()
	var list []*migration.Migration
	for _, messages := range s.migrations {
		m := &migration.Migration{UnderReview: true, Release: 1, Section: migration.Section{Scope: s.scope}}
		var source strings.Builder
		for number, text := range messages {
			tree, err := pg_query.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			start := source.Len()
			for _, raw := range tree.Stmts {
				pos := start + int(raw.StmtLocation)
				end := pos + int(raw.StmtLen)
				if raw.StmtLen == 0 {
					end = start + len(text)
				}
				st := &migration.Statement{Range: migration.Range{Pos: pos, End: end}, Node: raw.Stmt, Message: number}
				if raw.Stmt.GetDoStmt() != nil {
					st.Body = bodyOf(t, strings.Repeat(" ", pos)+text[pos-start:end-start])
				}
				m.Statements = append(m.Statements, st)
			}
			source.WriteString(text + ";\n")
		}
		m.File = &migration.File{Name: fmt.Sprintf("%d.sql", len(list)+1), Source: []byte(source.String())}
		m.Section.Range = migration.Range{End: source.Len()}
		list = append(list, m)
	}
	return list
}

// bodyOf reads a DO block that stands at its place in a file.
func bodyOf(t testing.TB, source string) []migration.Code {
	t.Helper()
	m := migration.ParseFile(&migration.File{Name: "x.sql", Source: []byte(source)})
	if len(m.Gaps) > 0 || len(m.Statements) != 1 {
		t.Fatalf("%s: %v", source, m.Gaps)
	}
	return m.Statements[0].Body
}

func textOf(m *migration.Migration, st *migration.Statement) string {
	return strings.TrimSpace(string(m.File.Source[st.Pos:st.End]))
}

// model runs the script in a Session.
func model(t testing.TB, s script, server int) outcome {
	t.Helper()
	var o outcome
	session := NewSession(nil)
	tables := &recorder{}
	session.transactions = tables
	if err := session.SetRunnerTimeouts(runnerLockTimeout, "0"); err != nil {
		t.Fatal(err)
	}
	failed := errors.New("the script ends here")
	func() {
		for _, m := range s.load(t) {
			session.Begin(m)
			var run func(st *migration.Statement) error
			run = func(st *migration.Statement) error {
				problem, isRefused := session.Misplaced(st, server)
				kind := st.Node.GetTransactionStmt().GetKind()
				switch {
				case NeedsOwnTransaction(st, nil, server) != "" && session.WhyInBlock() != "":
					o.Error, o.Why = "25001", session.WhyInBlock()
				case isRefused && strings.Contains(problem, "2D000"):
					o.Error, o.Why = "2D000", problem
				case isRefused && strings.Contains(problem, "0A000"):
					o.Error, o.Why = "0A000", problem
				case isRefused && strings.Contains(problem, "savepoint"):
					o.Error, o.Why = "3B001", problem
				case isRefused:
					o.Error, o.Why = "25P01", problem
				case textOf(m, st) == "SELECT 1/0":
					o.Error = "22012"
				case s.scope == migration.Pipeline:
				case kind <= pg_query.TransactionStmtKind_TRANS_STMT_START && kind != 0 && problem != "":
					o.Warnings = append(o.Warnings, "25001")
				case problem != "" && st.Node.GetSelectStmt() == nil,
					kind == pg_query.TransactionStmtKind_TRANS_STMT_COMMIT && session.Block() == ImplicitBlock,
					kind == pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK && session.Block() == ImplicitBlock:
					o.Warnings = append(o.Warnings, "25P01")
				}
				if o.Error != "" {
					session.do = nil
					session.finish(false)
					return failed
				}
				if strings.HasSuffix(textOf(m, st), "probe()") {
					o.Probes = append(o.Probes, describe(session, tables.number))
				}
				if create := st.Node.GetCreateStmt(); create != nil {
					tables.tables = append(tables.tables, create.Relation.Relname)
				}
				if st.Body != nil {
					session.Enter(st)
					if err := catalog.New().Run(st.Body, run, session); err != nil {
						return err
					}
					session.Leave()
				}
				session.Apply(st, effectsOf(st))
				return nil
			}
			for _, st := range m.Statements {
				session.Before(st)
				if run(st) != nil {
					return
				}
			}
			session.End()
		}
		session.close()
	}()
	if tables.open {
		t.Errorf("a transaction is left open\n%v", s)
	}
	if len(session.Held) > 0 {
		t.Errorf("locks are left: %v\n%v", session.Held, s)
	}
	o.Tables = append([]string{}, tables.tables...)
	slices.Sort(o.Tables)
	numberTransactions(o.Probes)
	return o
}

// describe writes what probe() returns.
func describe(s *Session, transaction int) string {
	name, _ := s.Setting("application_name")
	var locks []string
	for _, h := range s.Held {
		locks = append(locks, h.Relation.Schema+"."+h.Relation.Name+" "+h.Mode.String())
	}
	slices.Sort(locks)
	return fmt.Sprint(transaction, "|", s.LockTimeout().Value.Milliseconds(), "|", s.StatementTimeout().Value.Milliseconds(),
		"|", name, "|", strings.Join(locks, ", "))
}

func effectsOf(st *migration.Statement) []Effect {
	effect := func(r *pg_query.RangeVar, m Mode) Effect {
		schema := r.Schemaname
		if schema == "" {
			schema = "replay"
		}
		return Effect{Relation: catalog.Name{Schema: schema, Name: r.Relname}, Mode: m}
	}
	switch n := st.Node.Node.(type) {
	case *pg_query.Node_LockStmt:
		return []Effect{effect(n.LockStmt.Relations[0].GetRangeVar(), Mode(n.LockStmt.Mode))}
	case *pg_query.Node_IndexStmt:
		if n.IndexStmt.Concurrent {
			e := effect(n.IndexStmt.Relation, ShareUpdateExclusive)
			e.Waits = true
			return []Effect{e}
		}
		return []Effect{effect(n.IndexStmt.Relation, Share)}
	case *pg_query.Node_RenameStmt:
		if n.RenameStmt.Relation != nil {
			return []Effect{effect(n.RenameStmt.Relation, AccessExclusive)}
		}
	case *pg_query.Node_AlterObjectSchemaStmt:
		return []Effect{effect(n.AlterObjectSchemaStmt.Relation, AccessExclusive)}
	}
	return nil
}

func compare(t *testing.T, admin *pgx.Conn, server int, s script) {
	t.Helper()
	want := serve(t, admin, s)
	got := model(t, s, server)
	got.Why = ""
	if s.scope == migration.Pipeline {
		want.Warnings = nil
	}
	if got.String() != want.String() {
		t.Errorf("PostgreSQL %d, %v\nmodel  %v\nserver %v", server, s, got, want)
	}
}
