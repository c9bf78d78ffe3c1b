package migration

import (
	"io/fs"
)

// History is the migrations of one directory, in the order in which its
// runner applies them.
type History struct {
	Dir        string // slash-separated, relative to the root that was searched
	Runner     *Runner
	Why        string // why this runner was chosen, as a phrase: "--runner goose", "00001_users.sql has -- +goose Up"
	Migrations []*Migration
	// Skipped are files of the directory that the runner does not execute,
	// each with the reason; sorted by name.
	Skipped []Skipped
}

// Skipped is a file that the runner does not execute.
type Skipped struct {
	Name   string // slash-separated, relative to the root that was searched
	Reason string // a phrase: "goose reads only names that begin with a number and _"
}

// Options says what Load reads and what is under review.
type Options struct {
	// Paths are files and directories, slash-separated and relative to the
	// root of the file system. A directory is searched with everything below
	// it. Empty: the whole file system, where only directories with the signs
	// of a known tool count; plain SQL files must be named.
	Paths []string
	// Schema names a file (pg_dump output, structure.sql) that Load leaves
	// out of the search. The caller replays it first.
	Schema string
	// Runner names the tool for every directory, instead of detection.
	Runner string
	// RunnerFor, if not nil, names the tool for one directory, or returns ""
	// to detect it. Runner goes first.
	RunnerFor func(dir string) string
	// Skip, if not nil, says which files and directories the search passes
	// over, although they were not named themselves.
	Skip func(name string) bool
	// Down adds the down migrations: each is judged as if applied right after
	// all ups of its history. Otherwise Down sections and files are left out.
	Down bool
	// Stdin, if not nil, stands for the file of its name, whether that exists
	// or not, and is under review.
	Stdin *File
	// Release names the files that are under review as one release, slash-separated.
	// Nil: those of Paths that are files; and where Paths has directories only,
	// every migration, each as a release of its own.
	Release []string
	// After reviews, as one release, every migration whose version its runner
	// orders after this one. The version must exist in a history.
	After string
}

// Load finds the histories, orders them, splits and parses every file up to
// the last one under review, and marks what is under review. Files are parsed
// in parallel; the result does not depend on the order of o.Paths.
//
// It fails when a path does not exist, nothing is found or selected, or a
// runner would refuse the whole directory (duplicate versions, for example);
// the error says what to do next. It does not fail for a file that its runner
// or PostgreSQL would refuse: see Migration.Problems and Migration.Gaps.
func Load(fsys fs.FS, o Options) ([]*History, error) {
	panic("TODO")
}

// ParseFile reads SQL text that belongs to no history, such as a schema dump,
// as one migration executed by psql.
func ParseFile(f *File) *Migration {
	panic("TODO")
}
