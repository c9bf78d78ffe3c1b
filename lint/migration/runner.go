package migration

import (
	"fmt"
	"io/fs"
	"strings"
)

// Runner is one migration tool: how it names, orders, splits and executes
// files. One value per tool, listed in Runners.
type Runner struct {
	Name string // as in configuration: "goose"

	// Detect looks at a directory and returns why it is this tool's, as a
	// phrase ("1752.sql has -- +goose Up"), or "" when it is not. files are the
	// base names of the directory's files; fs.ReadFile on fsys reads each file
	// once, however many runners ask for it.
	Detect func(fsys fs.FS, dir string, files []string) string

	// Tree is true for a tool that reads a directory and those below it as one
	// history. The names of files are then relative to it: "20240102_users/up.sql".
	Tree bool

	// Within, if not nil, returns the directories below dir that belong to a Tree, or
	// nil where all of them do.
	Within func(fsys fs.FS, dir string) []string

	// Configure, if not nil, returns r as files beside the migrations set
	// it up for one directory: a journal with the order, a file with the prefix of
	// names. files are the names of the directory's files. An error says which
	// file cannot be read, and where.
	Configure func(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error)

	// ParseName reads a file's name. ok is false for files that the tool skips.
	ParseName func(name string) (n FileName, ok bool)

	// NameOf writes the name of an up migration, which ParseName reads. number is
	// its place, from 1; words is made of letters and _.
	NameOf func(number int, words string) string

	// Skips says why the tool does not execute a file that ParseName refuses,
	// as a phrase, or "" for a file that nobody would take for a migration.
	Skips func(name string) string

	// Less orders versions as the tool does. A version that stands alone,
	// without a file, has it as Base and Version.
	Less func(a, b FileName) bool

	// Duplicate says what the tool does when two files of one direction have
	// one Version, as a clause ("goose refuses the whole directory"); "" when
	// it executes both.
	Duplicate string

	// Applied says what the tool does with the file of a migration that it has
	// applied, as a clause ("goose never executes it again"); "" when it keeps no
	// record.
	Applied string

	// Late says what the tool does with a new migration that comes before an
	// applied one, as a clause with that one's version for %s; "" when it keeps no
	// record. LateRuns is true when it executes it all the same.
	Late     string
	LateRuns bool

	// How is what Configure has found out about the way in which the tool executes
	// migrations here, as a clause; "" for nothing. It is added to History.Why.
	How string

	// Refuses is why the tool executes no file of this directory, as Configure has
	// found out; nil where it does.
	Refuses *Refusal

	// IsLate, if not nil, reports whether the tool takes a new migration for one
	// that comes before the newest of the applied, where it has another order for
	// that than Less.
	IsLate func(n, newest FileName) bool

	// QualifiesRecords is true for a tool that names the table of its records
	// with the schema, wherever a migration's search_path leads.
	QualifiesRecords bool

	// RecordsOnPath is the table of the tool's records, where it writes the record
	// of a migration in its session and looks for the table along the search_path.
	RecordsOnPath string

	// EmptyPathIsPublic is true for a tool that looks for the table of its records in
	// public where the search_path is empty.
	EmptyPathIsPublic bool

	// RecordsInside is true for a tool that writes the record of a migration in
	// the transaction that it opens around it.
	RecordsInside bool

	// Silences, if not nil, returns the comments that ask the tool's own linter to
	// pass over a statement, those for the whole file included.
	Silences func(f *File, s *Statement) []Silence

	// Split cuts a file into sections and says what the tool would refuse or
	// overlook in it. name is the parsed file name.
	Split func(f *File, name FileName) ([]Section, []Problem)

	// Draft writes a migration for this tool that executes the statements,
	// which carry no terminator. noTransaction asks for the form that runs
	// them outside a transaction block; the result may be several files,
	// because some tools can do that only for a statement that is alone, and none
	// where a tool cannot do it at all.
	Draft func(statements []string, noTransaction bool) []string

	// Sidecar, if not nil, returns the name and the text of the file with which
	// the tool has to find a draft without a transaction, beside the file name.
	Sidecar func(name string) (sidecar, text string)

	// BeginsAgain is true where a transaction that the migration ends is followed
	// by another one, as with JDBC's autocommit off.
	BeginsAgain bool

	// RefusesEnded is true for a tool that stops with an error where a migration has
	// ended the tool's transaction, or left one open, as those with lib/pq do.
	// MayRefuseEnded is true where its driver is lib/pq or another one.
	RefusesEnded, MayRefuseEnded bool

	// LeftOpen is what becomes of a transaction that a migration opens itself and
	// does not end, as a clause; "" where it only goes with the session.
	LeftOpen string

	// FreshSession is true where the settings, search_path and role of a session
	// do not reach the next migration.
	FreshSession bool

	// ResetsSettings is true for a tool that executes RESET ALL behind each
	// migration, which leaves the role.
	ResetsSettings bool

	// ReadsGo is true for a tool whose directories may hold migrations in Go: code
	// that registers functions with it, as lint/gosource reads it.
	ReadsGo bool

	// PsqlCommands is true where psql executes the files, with its commands.
	PsqlCommands bool

	// SendsRows is true where the tool, or psql behind it, sends the rows that follow
	// COPY … FROM STDIN, or where that is not known.
	SendsRows bool

	// Printed is true for SQL that a tool has printed of what it would do: it is
	// executed in the order of print, what takes a migration back too.
	Printed bool

	// WithoutTransaction says how a file asks this tool to execute it outside
	// a transaction block, as a verb phrase.
	WithoutTransaction string

	// noTransaction, if not nil, returns what Migration.OutsideTransaction does; a
	// negative offset is for nothing.
	noTransaction func(f *File, s Section) (at int, text string)
}

// Refusal is a problem of a whole directory.
type Refusal struct {
	Problem
	Base string // the file that it is about; "" for none
}

// Silence is a comment that asks a tool's own linter to pass over something.
type Silence struct {
	Range           // the comment
	Checks []string // as that linter names them; empty for all
}

// FileName is what a runner reads from the name of a migration's file.
type FileName struct {
	Base    string // the whole name: slash-separated and relative to the history's directory
	Version string // as the runner records it: "5" for goose's 00005_users.sql
	Name    string // the words after the version
	// Direction is the file's direction for tools with a file per direction;
	// tools with both in one file leave it Up.
	Direction Direction
	// Repeats is true for a migration that the tool executes again when it has
	// changed.
	Repeats bool
	// Unread says why the file's text is not read, as a sentence; "" for SQL.
	Unread string
}

// Runners are the known tools, in order of detection: those that leave a mark
// in every file first, then those known by the names of their files. Psql, the
// last, takes every SQL file, but only where a path was named.
var Runners = []*Runner{
	Goose,
	SQLMigrate,
	Tern,
	Dbmate,
	Diesel,
	Liquibase,
	Drizzle,
	Prisma,
	Sqitch,
	GraphileMigrate,
	Flyway,
	NodePgMigrate,
	Sqlx,
	Supabase,
	GolangMigrate,
	Atlas,
	Alembic,
	Django,
	Psql,
}

// RunnerNamed returns the runner of that name, or nil.
func RunnerNamed(name string) *Runner {
	for _, r := range Runners {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// RunnerNames lists the names of Runners as words: "goose, dbmate or psql".
func RunnerNames() string { return namesOf(Runners) }

func namesOf(runners []*Runner) string {
	var names []string
	for _, r := range runners {
		names = append(names, r.Name)
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// numberedName is a Runner.NameOf for names that begin with a number.
func numberedName(format string) func(int, string) string {
	return func(number int, words string) string { return fmt.Sprintf(format, number, words) }
}

// draftLoneStatements is a Runner.Draft for tools that send a file in one message
// and are told outside of it to open no transaction.
func draftLoneStatements(statements []string, noTransaction bool) []string {
	if !noTransaction {
		return []string{terminated(statements)}
	}
	var files []string
	for _, s := range statements {
		files = append(files, strings.TrimSpace(terminate(s))+"\n")
	}
	return files
}

// byteOrderMarkSent is the problem of a file that begins with a byte order mark,
// for tools that send it to the server.
func byteOrderMarkSent(f *File, runner string) []Problem {
	n := byteOrderMarkIn(f)
	if n == 0 {
		return nil
	}
	return []Problem{{
		Range:   Range{0, n},
		Refused: true,
		Message: runner + " sends the byte order mark to PostgreSQL, which refuses it as a syntax error",
		Fix:     "save the file without it",
	}}
}

// terminated writes statements one after another, each with its semicolon on
// its last line, or below where that line may be a comment.
func terminated(statements []string) string {
	var b strings.Builder
	for _, s := range statements {
		b.WriteString(terminate(s))
		b.WriteByte('\n')
	}
	return b.String()
}

func terminate(statement string) string {
	lastLine := statement[strings.LastIndexByte(statement, '\n')+1:]
	if strings.Contains(lastLine, "--") {
		return statement + "\n;"
	}
	return statement + ";"
}
