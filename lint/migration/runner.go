package migration

import "io/fs"

// Runner is one migration tool: how it names, orders, splits and executes
// files. One value per tool, listed in Runners.
type Runner struct {
	Name string // as in configuration: "goose"

	// Detect looks at a directory and returns why it is this tool's, as a
	// phrase ("1752.sql has -- +goose Up"), or "" when it is not.
	Detect func(fsys fs.FS, dir string, files []string) string

	// ParseName reads a base name. ok is false for files that the tool skips.
	ParseName func(base string) (n FileName, ok bool)

	// Less orders versions as the tool does.
	Less func(a, b FileName) bool

	// Split cuts a file into sections and says what the tool would refuse or
	// overlook in it. name is the parsed file name.
	Split func(f *File, name FileName) ([]Section, []Problem)

	// Draft writes a migration for this tool that executes the statements,
	// which carry no terminator. noTransaction asks for the form that runs
	// them outside a transaction block; the result may be several files,
	// because some tools can do that only for a statement that is alone.
	Draft func(statements []string, noTransaction bool) []string
}

// FileName is what a runner reads from a migration's base name.
type FileName struct {
	Base    string // the whole base name
	Version string // as the runner records it
	Name    string // the words after the version
	// Direction is the file's direction for tools with a file per direction;
	// tools with both in one file ignore it.
	Direction Direction
}

// Runners are the known tools, in order of detection.
var Runners = []*Runner{}
