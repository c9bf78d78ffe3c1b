package lock

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Session is the server session that a runner executes migrations in: its
// transaction, its settings and the locks it holds.
//
// It assumes that every statement succeeds, also one that the server would
// refuse where it stands: migrations that were applied once did.
//
// Settings live on from one migration of a release to the next: runners keep
// their connection. (A pool of database/sql gives a caller that runs one
// statement after the other the same connection each time.) A new release is
// a new process. So is every migration of history, because the files do not
// tell which of them were deployed together.
type Session struct {
	// Held are the locks that the open transaction holds, strongest of each
	// relation only, in order of the first acquisition. The statement is the
	// one that took the strongest. Relations that a later statement renames
	// appear under the new name. Valid until the next call of Apply or End.
	Held []Held

	catalog      *catalog.Catalog
	transactions transactions         // the catalog's
	migration    *migration.Migration // nil before the first Begin
	ended        bool                 // the migration
	messages     messages             // of the migration

	state state
	// owner is the runner's or the text's BEGIN, for inExplicit.
	owner owner
	// first is the first statement of the open transaction, and count how
	// many it has had before the one that Before prepared.
	first *migration.Statement
	count int

	savepoints []savepoint
	settings   settings
	locks      holdings

	do    []*migration.Statement // the DO blocks that the session is in
	forks []fork                 // of their bodies
}

// transactions are the transactions of a catalog.
type transactions interface {
	Begin()
	Commit()
	Rollback()
	Savepoint(name string)
	RollbackTo(name string)
	Release(name string)
}

// state is the state of the session's transaction, as in xact.c.
type state uint8

const (
	idle       state = iota // no transaction
	single                  // the transaction of one statement
	inImplicit              // an implicit transaction block
	inExplicit              // after BEGIN
)

// owner tells who opened the explicit transaction block.
type owner struct {
	statement *migration.Statement // nil: the runner
	migration *migration.Migration
}

// savepoint is what ROLLBACK TO goes back to.
type savepoint struct {
	name    string
	changes int // of the held locks, before it
}

// newestServer stands for the server where the session does not know it.
const newestServer = 18

// Block says which kind of transaction block the session is in.
type Block uint8

const (
	NoBlock       Block = iota // each statement commits by itself
	RunnerBlock                // the runner sent BEGIN
	ExplicitBlock              // the migration's own text sent BEGIN
	ImplicitBlock              // several statements in one simple query or pipeline
	DoBlock                    // a DO block
)

// NewSession returns a session over the catalog whose transactions it begins
// and ends.
func NewSession(c *catalog.Catalog) *Session {
	s := &Session{catalog: c, transactions: c, ended: true}
	s.settings.forget()
	s.locks.index = map[catalog.Name]int{}
	return s
}

// SetRunnerTimeouts tells what the runner or the role sets before the first
// statement, as PostgreSQL reads such values ("5s", "0", "1000"); "" for unknown.
// It fails on a value that PostgreSQL would refuse. What statements have set
// stays in force.
func (s *Session) SetRunnerTimeouts(lockTimeout, statementTimeout string) error {
	runner := map[string]value{}
	for _, setting := range [...]struct{ name, text string }{
		{"lock_timeout", lockTimeout},
		{"statement_timeout", statementTimeout},
	} {
		if setting.text == "" {
			continue
		}
		if _, err := ParseTimeout(setting.text); err != nil {
			return err
		}
		runner[setting.name] = value{set: true, known: true, text: setting.text}
	}
	s.settings.runner = runner
	return nil
}

// Begin starts a migration in its runner's scope. Settings of an earlier
// migration of the same release remain.
func (s *Session) Begin(m *migration.Migration) {
	if !s.ended {
		s.End()
	}
	perRun := m.Section.Scope == migration.TransactionPerRun
	newRun := s.migration == nil || !m.UnderReview || m.Release != s.migration.Release || m.Section.NewRun
	if newRun || !perRun {
		s.close()
	}
	// The run's transaction is open already, unless this is its first
	// migration, or one before it was outside of it.
	opens := newRun || s.migration.Section.Scope != migration.TransactionPerRun
	if newRun {
		s.settings.forget()
	}
	s.migration, s.ended = m, false
	s.messages = messagesOf(m)
	if m.Section.Scope == migration.TransactionPerMigration || perRun && opens {
		s.begin()
		s.state, s.owner = inExplicit, owner{migration: m}
	}
}

// Before prepares the session for a statement: the message that carries it
// may end an implicit transaction block or begin one. Call it before the
// statement is judged, for every statement of the migration in order.
func (s *Session) Before(st *migration.Statement) {
	s.messages.enter(st)
	if s.state == idle {
		s.begin()
		s.state = single
	}
	if s.state == single && (s.messages.current.size > 1 || s.pipelined() && s.count > 0) {
		s.state = inImplicit
	}
	if s.first == nil {
		s.first = st
	}
}

// Apply executes the statement in the session: transaction control, settings,
// and the locks of its effects. It begins, commits and rolls back the
// catalog's transactions; the caller has already called Catalog.Apply.
func (s *Session) Apply(st *migration.Statement, effects []Effect) {
	control := st.Node.GetTransactionStmt()
	if control != nil && len(s.do) > 0 {
		s.controlInside(control, st)
	} else if control != nil {
		s.control(control, st)
	} else {
		s.count++
		for _, a := range assignments(st.Node) {
			s.settings.assign(a, st)
		}
		s.acquire(st, effects)
		s.follow(st, effects)
	}

	if len(s.do) > 0 {
		return
	}
	if s.pipelined() {
		if s.state == single {
			s.afterFirst(st)
		}
		return
	}
	if st == s.messages.current.last && (s.state == single || s.state == inImplicit) {
		s.finish(true)
	}
}

// afterFirst ends the transaction of a pipeline's first statement where that
// has to commit at once. What works in several transactions leaves the next
// one open, and the server counts it as begun (measured on 15 to 18): a second
// CREATE INDEX CONCURRENTLY in the pipeline fails.
func (s *Session) afterFirst(st *migration.Statement) {
	own := NeedsOwnTransaction(st, s.catalog, newestServer) != ""
	if !own && st.Node.GetTransactionStmt() == nil {
		return
	}
	s.finish(true)
	switch st.Node.GetNode().(type) {
	case *pg_query.Node_IndexStmt, *pg_query.Node_DropStmt, *pg_query.Node_ReindexStmt,
		*pg_query.Node_AlterTableStmt, *pg_query.Node_VacuumStmt, *pg_query.Node_ClusterStmt:
		s.begin()
		s.state, s.count = single, 1
	}
}

// pipelined reports whether the messages share a transaction up to the end of
// the migration.
func (s *Session) pipelined() bool {
	return s.migration != nil && s.migration.Section.Scope == migration.Pipeline
}

// End finishes the migration. The runner commits its own transaction, or the
// one that the text put in its place. A transaction that other texts leave
// open is rolled back: the connection closes. TransactionPerRun stays open.
func (s *Session) End() {
	s.ended = true
	if s.migration == nil || s.migration.Section.Scope == migration.TransactionPerRun {
		return
	}
	s.close()
}

// close ends the transaction that is open at the end of a migration or run.
func (s *Session) close() {
	if s.state == idle {
		return
	}
	keeps := s.state != inExplicit
	switch s.migration.Section.Scope {
	case migration.TransactionPerMigration, migration.TransactionPerRun:
		keeps = true
	}
	s.finish(keeps)
}

// begin opens a transaction.
func (s *Session) begin() {
	s.transactions.Begin()
	s.settings.push()
	s.first, s.count = nil, 0
}

// finish commits the open transaction or rolls it back.
func (s *Session) finish(commit bool) {
	for ; len(s.savepoints) > 0; s.savepoints = s.savepoints[:len(s.savepoints)-1] {
		s.settings.pop(commit)
	}
	s.settings.pop(commit)
	s.release()
	if commit {
		s.transactions.Commit()
	} else {
		s.transactions.Rollback()
	}
	s.state, s.owner, s.first = idle, owner{}, nil
}

// control executes a statement of transaction control. One that the server
// refuses does nothing.
func (s *Session) control(c *pg_query.TransactionStmt, st *migration.Statement) {
	if _, refused := s.Misplaced(st, newestServer); refused {
		return
	}
	switch kind := c.GetKind(); kind {
	case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
		if s.state != inExplicit {
			// An implicit block becomes an explicit one, with what it has done.
			s.state, s.owner = inExplicit, owner{st, s.migration}
		}
	case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT, pg_query.TransactionStmtKind_TRANS_STMT_PREPARE,
		pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		s.finish(kind != pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK)
		switch {
		case c.GetChain():
			s.begin()
			s.state, s.owner = inExplicit, owner{st, s.migration}
		case s.beginsAgain():
			s.begin()
			s.state, s.owner = inExplicit, owner{migration: s.migration}
		}
	case pg_query.TransactionStmtKind_TRANS_STMT_SAVEPOINT:
		s.savepoints = append(s.savepoints, savepoint{c.GetSavepointName(), len(s.locks.done)})
		s.settings.push()
		s.transactions.Savepoint(c.GetSavepointName())
	case pg_query.TransactionStmtKind_TRANS_STMT_RELEASE:
		at := s.findSavepoint(c.GetSavepointName())
		for ; len(s.savepoints) > at; s.savepoints = s.savepoints[:len(s.savepoints)-1] {
			s.settings.pop(true)
		}
		s.transactions.Release(c.GetSavepointName())
	case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO:
		at := s.findSavepoint(c.GetSavepointName())
		s.undo(s.savepoints[at].changes)
		for ; len(s.savepoints) > at; s.savepoints = s.savepoints[:len(s.savepoints)-1] {
			s.settings.pop(false)
		}
		// The savepoint itself stays.
		s.savepoints = append(s.savepoints, savepoint{c.GetSavepointName(), len(s.locks.done)})
		s.settings.push()
		s.transactions.RollbackTo(c.GetSavepointName())
	}
}

// beginsAgain reports whether the runner opens another transaction where the
// text has ended one.
func (s *Session) beginsAgain() bool {
	if s.migration.Runner == nil || !s.migration.Runner.BeginsAgain {
		return false
	}
	scope := s.migration.Section.Scope
	return scope == migration.TransactionPerMigration || scope == migration.TransactionPerRun
}

// findSavepoint returns the index of the innermost savepoint of that name, or -1.
func (s *Session) findSavepoint(name string) int {
	for i := len(s.savepoints) - 1; i >= 0; i-- {
		if s.savepoints[i].name == name {
			return i
		}
	}
	return -1
}

// Block returns the kind of transaction block the next statement runs in.
//
// The first statement of a pipeline is in no block, as the server sees it:
// CREATE INDEX CONCURRENTLY works there and LOCK TABLE does not. But unless it
// has to commit at once, its locks are held until the end of the pipeline, as
// Held shows from the second statement on.
func (s *Session) Block() Block {
	switch {
	case len(s.do) > 0:
		return DoBlock
	case s.state == inImplicit:
		return ImplicitBlock
	case s.state == inExplicit && s.owner.statement != nil:
		return ExplicitBlock
	case s.state == inExplicit:
		return RunnerBlock
	}
	return NoBlock
}

// OuterBlock is Block as it is around the DO block that the session is in.
func (s *Session) OuterBlock() Block {
	return s.outside().Block()
}

// Opener returns the block that the locks of the next statement are kept for, and
// what opened it: of a DO block that stands in another block, that one.
func (s *Session) Opener() (Block, *migration.Statement) {
	if block := s.OuterBlock(); block != NoBlock {
		return block, s.outside().BlockStatement()
	}
	return s.Block(), s.BlockStatement()
}

// BlockStatement returns the BEGIN of an ExplicitBlock, the first statement of
// the message of an ImplicitBlock (of the transaction, for a pipeline), the DO of
// a DoBlock, else nil.
func (s *Session) BlockStatement() *migration.Statement {
	switch s.Block() {
	case DoBlock:
		return s.do[0]
	case ExplicitBlock:
		return s.owner.statement
	case ImplicitBlock:
		if s.pipelined() {
			return s.first
		}
		return s.messages.current.first
	}
	return nil
}

// LockTimeout returns the lock_timeout in force.
func (s *Session) LockTimeout() Timeout { return s.timeout("lock_timeout") }

// StatementTimeout returns the statement_timeout in force.
func (s *Session) StatementTimeout() Timeout { return s.timeout("statement_timeout") }

func (s *Session) timeout(name string) Timeout {
	v := s.settings.get(name)
	t := Timeout{Known: v.known, Statement: v.statement}
	if v.known {
		// Only valid values are kept.
		t.Value, _ = ParseTimeout(v.text)
	}
	return t
}

// Setting returns the value of any run-time parameter that the migrations or
// the runner set (the name in any case), and whether one did to a value that
// the files tell. Values of lists are joined with ", ", without quotes.
func (s *Session) Setting(name string) (value string, known bool) {
	v := s.settings.get(strings.ToLower(name))
	return v.text, v.known
}

// Strongest returns the strongest lock held on the relation, None if none.
func (s *Session) Strongest(n catalog.Name) Mode {
	if at, ok := s.locks.index[n]; ok {
		return s.Held[at].Mode
	}
	return None
}
