package lock

import (
	"time"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Session is the server session that a runner executes migrations in: its
// transaction, its settings and the locks it holds.
type Session struct {
	// Held are the locks that the open transaction holds, strongest of each
	// relation only, in order of acquisition.
	Held []Held
}

// Held is a lock that the open transaction holds.
type Held struct {
	Effect
	Statement *migration.Statement // took it
	Migration *migration.Migration
}

// Block says which kind of transaction block the session is in.
type Block uint8

const (
	NoBlock       Block = iota // each statement commits by itself
	RunnerBlock                // the runner sent BEGIN
	ExplicitBlock              // the migration's own text sent BEGIN
	ImplicitBlock              // several statements in one simple query or pipeline
)

// Timeout is the value of lock_timeout or statement_timeout in force.
type Timeout struct {
	// Known is false while nothing set it: the role's or database's default
	// is in force, which the files do not tell.
	Known bool
	// Value is 0 for "no timeout".
	Value time.Duration
	// Statement set it; nil: the runner did (configuration), or nothing did.
	Statement *migration.Statement
}

// NewSession returns a session over the catalog whose transactions it begins
// and ends.
func NewSession(c *catalog.Catalog) *Session { panic("TODO") }

// SetRunnerTimeouts tells what the runner or the role sets before the first
// statement, as PostgreSQL reads such values ("5s", "0", "1000"); "" for unknown.
// It fails on a value that PostgreSQL would refuse.
func (s *Session) SetRunnerTimeouts(lockTimeout, statementTimeout string) error { panic("TODO") }

// Begin starts a migration in its runner's scope. Settings of an earlier
// migration remain if the runner keeps its session.
func (s *Session) Begin(m *migration.Migration) { panic("TODO") }

// Before prepares the session for a statement: the message that carries it
// may end an implicit transaction block or begin one. Call it before the
// statement is judged.
func (s *Session) Before(st *migration.Statement) { panic("TODO") }

// Apply executes the statement in the session: transaction control, settings,
// and the locks of its effects. It begins, commits and rolls back the
// catalog's transactions; the caller has already called Catalog.Apply.
func (s *Session) Apply(st *migration.Statement, effects []Effect) { panic("TODO") }

// End finishes the migration: the runner commits, or a transaction that the
// text left open ends as the runner would end it.
func (s *Session) End() { panic("TODO") }

// Block returns the kind of transaction block the next statement runs in.
func (s *Session) Block() Block { panic("TODO") }

// BlockStatement returns the BEGIN of an ExplicitBlock, the first statement of
// the message of an ImplicitBlock, else nil.
func (s *Session) BlockStatement() *migration.Statement { panic("TODO") }

// LockTimeout and StatementTimeout return the timeouts in force.
func (s *Session) LockTimeout() Timeout      { panic("TODO") }
func (s *Session) StatementTimeout() Timeout { panic("TODO") }

// Setting returns the value of any run-time parameter that the migrations
// set (lower-case name), and whether one did.
func (s *Session) Setting(name string) (value string, known bool) { panic("TODO") }

// Strongest returns the strongest lock held on the relation, None if none.
func (s *Session) Strongest(n catalog.Name) Mode { panic("TODO") }
