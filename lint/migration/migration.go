// Package migration turns files on disk into ordered migrations, made of
// positioned statements, as the project's own migration runner reads them.
//
// Source text is never rewritten: every position is a byte offset into the
// file as it is on disk.
package migration

import (
	"bytes"
	"slices"
	"sync"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// Range is a half-open span of bytes in a File's Source: Pos is the 0-based
// offset of the first byte, End the offset just after the last.
type Range struct{ Pos, End int }

// Direction says which way a migration changes the schema.
type Direction uint8

const (
	Up   Direction = iota // applied on deploy
	Down                  // applied to take an Up back
)

// String returns "up" or "down".
func (d Direction) String() string {
	if d == Down {
		return "down"
	}
	return "up"
}

// TxScope is how a runner executes the text of one migration: which
// statements share a transaction, and so until when their locks are held.
type TxScope uint8

const (
	// TransactionPerMigration: the runner opens a transaction around the
	// file, section or changeset (goose, dbmate, tern, Flyway, …).
	TransactionPerMigration TxScope = iota + 1
	// TransactionPerRun: one transaction around all pending migrations
	// (node-pg-migrate, drizzle, alembic).
	TransactionPerRun
	// SimpleQuery: the whole text in one simple-query message. Two or more
	// statements form an implicit transaction block (golang-migrate, dbmate
	// with transaction:false, psql -c).
	SimpleQuery
	// Autocommit: every message commits by itself (psql -f, goose with
	// NO TRANSACTION). A message may hold several statements, which then
	// form an implicit transaction block.
	Autocommit
	// Pipeline: extended-protocol messages with one Sync at the end.
	Pipeline
)

// String returns the scope in words, as messages print it.
func (s TxScope) String() string {
	switch s {
	case TransactionPerMigration:
		return "one transaction for the migration"
	case TransactionPerRun:
		return "one transaction for all pending migrations"
	case SimpleQuery:
		return "one simple query for the whole migration"
	case Autocommit:
		return "no transaction"
	case Pipeline:
		return "one pipeline"
	}
	return "unknown scope"
}

// Migration is one direction of one version: the unit that a runner applies.
type Migration struct {
	File    *File
	Runner  *Runner
	Version string // as the runner records it, such as "20240102030405"
	Name    string // the words after the version, such as "add_users_email"

	Direction Direction
	Section   Section // the part of File that this direction executes

	// UnderReview is false for history: replayed, never reported.
	UnderReview bool
	// Release numbers the set of migrations that are deployed together.
	// Migrations with equal numbers belong to one release.
	Release int

	// Statements and Gaps are filled by Parse, in file order.
	Statements []*Statement
	Gaps       []Gap
	// Trailing are the comments behind the last statement.
	Trailing []Comment
	// Problems are what the runner itself would refuse or overlook.
	Problems []Problem

	// Before is the migration as it was at Options.Base, if what it executes has
	// changed since, or its version; else nil.
	Before *Migration
	// Late is the newest version at Options.Base, if the migration is new and
	// comes before it; else "".
	Late string

	fileName FileName // of File, as the runner reads it
}

// Section is the part of a file that one direction executes.
type Section struct {
	Range
	// Parts are the pieces of which the section is made, where others may stand
	// between them, in order. Nil: the whole range.
	Parts     []Range
	Direction Direction
	// Version is that of a section which the tool records by itself, as with
	// liquibase's changesets; "" where it is the file's.
	Version string
	// Repeats says when the tool executes the section again, as words: "when it has
	// changed". "" where it never does.
	Repeats string
	Scope   TxScope
	// Psql is true where psql executes the section, by request of the file.
	Psql bool
	// NewRun is true where the tool's run begins, with a session of its own, also
	// behind sections of the same release.
	NewRun bool
	// Messages are the texts that the runner sends to the server one by one,
	// in order. Nil: the runner sends each statement by itself, split as
	// PostgreSQL would (Autocommit, TransactionPerMigration), or the whole
	// range as one message (SimpleQuery).
	Messages []Range
	// Masked are ranges that are not SQL for the server: directives,
	// other sections, expanded placeholders. Replaced by blanks of equal
	// length before scanning.
	Masked []Range
	// Placeholder is what a placeholder begins and ends with, where it is set to be
	// otherwise than those that are known: "" for nothing.
	Placeholder [2]string
	// Literal is true where the tool replaces none: PostgreSQL gets ${x} as it stands.
	Literal bool
	// Gaps are lines in whose place the tool executes what is not read.
	Gaps []Gap

	elsewhere []Range // of the file: what is of other sections alone
}

// EachDeploy is Section.Repeats of what the tool never takes for done.
const EachDeploy = "at each deploy"

const whenChanged = "when it has changed"

// has reports whether an offset in the file is one of the section's.
func (s *Section) has(pos int) bool {
	in := func(r Range) bool { return r.Pos <= pos && pos < r.End }
	return in(s.Range) && (s.Parts == nil || slices.ContainsFunc(s.Parts, in))
}

// text returns the section of a file with blanks for what is not its SQL.
func (s *Section) text(source []byte) []byte {
	text := slices.Clone(source[s.Pos:s.End])
	if s.Pos == 0 && bytes.HasPrefix(text, byteOrderMark) {
		blank(text[:len(byteOrderMark)])
	}
	mask := func(pos, end int) { blank(text[max(0, pos-s.Pos):max(0, min(len(text), end-s.Pos))]) }
	for _, r := range s.Masked {
		mask(r.Pos, r.End)
	}
	for i := 1; i < len(s.Parts); i++ {
		mask(s.Parts[i-1].End, s.Parts[i].Pos)
	}
	return text
}

// Statement is one parsed SQL statement.
type Statement struct {
	// Range goes from the first to the last token, without the leading
	// comments and without the terminating semicolon.
	Range
	// Node is the statement's parse tree. Never nil.
	Node *pg_query.Node
	// Comments stand before the statement (after the previous one) or inside it.
	Comments []Comment
	// Message numbers the message that carries the statement: statements with
	// equal numbers are sent together in one simple query.
	Message int
	// Abridged is true for a long INSERT … VALUES: Node then has one row of NULL
	// in place of the rows.
	Abridged bool
	// Templated is true when placeholders such as ${x} stood for SQL; Node has
	// names or values in their place.
	Templated bool
	// Newer lists the forms that the parser's grammar does not know yet and
	// that were masked before parsing.
	Newer []NewerForm

	// Body is what a DO block in PL/pgSQL does, in order.
	Body []Code
	// Do is the DO block that the statement stands in, nil outside of one. Loop
	// is true where a loop of the block may repeat it, Executed where EXECUTE
	// runs it, Subtransaction between a BEGIN and its EXCEPTION.
	Do                             *Statement
	Loop, Executed, Subtransaction bool

	derived  *derived // nil where the file has the text as it is
	literal  bool     // what looks like a placeholder is none
	quote    byte     // of the Go literal that has it; 0 if none
	order    int      // among the statements and gaps of a Go migration, from 1
	file     *File
	base     int // offset in the file of the parsed text's first byte
	commands []Range

	readRoutine sync.Once
	routine     *Routine // what Routine returns
}

// Comment is an SQL comment, with its delimiters.
type Comment struct {
	Range
	Text string // without delimiters, trimmed
}

// Gap is text that was not analysed.
type Gap struct {
	Range
	Reason string // a sentence fragment: "syntax error at or near \"with\""
	// At is the token at which PostgreSQL's parser stopped; empty if that is not the
	// reason, or it does not say.
	At Range
	// Inside is true where the statement around it, or the file, was analysed
	// but for it.
	Inside bool
	// Harmless gaps can hold no SQL that reaches the server (psql's \echo);
	// they are not counted as unanalysed.
	Harmless bool

	file  *File // where it is not that of the migration
	order int   // as that of a Statement
}

// Before reports whether the gap begins before a statement of its migration.
func (g Gap) Before(s *Statement) bool {
	if order := s.Outermost().order; g.order != order {
		return g.order < order
	}
	return g.Pos < s.Pos
}

// FileOf returns the file that holds a gap of the migration.
func (m *Migration) FileOf(g Gap) *File {
	if g.file != nil {
		return g.file
	}
	return m.File
}

// Place is where to look: At, or else the whole gap.
func (g Gap) Place() Range {
	if g.At == (Range{}) {
		return g.Range
	}
	return g.At
}

// Problem is a place where the runner refuses the migration or does something
// else than its text suggests.
type Problem struct {
	Range
	// Refused is true when the runner stops with an error; false when a
	// directive is present but has no effect.
	Refused bool
	Message string // one sentence, present tense
	Fix     string // what to write instead, a verb phrase; may be empty

	// byServer: the runner reads the file, and PostgreSQL refuses what it sends.
	byServer bool
}

// problemList collects what a runner would refuse or overlook.
type problemList []Problem

// problem adds what the runner overlooks.
func (l *problemList) problem(at Range, message, fix string) {
	*l = append(*l, Problem{Range: at, Message: message, Fix: fix})
}

// refuse adds what the runner refuses.
func (l *problemList) refuse(at Range, message, fix string) {
	*l = append(*l, Problem{Range: at, Refused: true, Message: message, Fix: fix})
}

// sent adds text that the runner sends and PostgreSQL refuses.
func (l *problemList) sent(at Range, message, fix string) {
	*l = append(*l, Problem{Range: at, Refused: true, Message: message, Fix: fix, byServer: true})
}
