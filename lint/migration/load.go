package migration

import (
	"cmp"
	"errors"
	"io/fs"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"github.com/premortem-lint/premortem/lint/gosource"
)

// History is the migrations of one directory, in the order in which its
// runner applies them.
type History struct {
	Dir        string // slash-separated, relative to the root that was searched
	Runner     *Runner
	Why        string // why this runner was chosen, as a phrase: "--runner goose", "00001_users.sql has -- +goose Up"
	Migrations []*Migration
	// Later are the up migrations behind the last one under review, in order:
	// what the whole history leaves behind depends on them.
	Later []*Migration
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
	// Path turns a name into what error messages call it. Nil: unchanged.
	Path func(name string) string
	// Schemas names files (pg_dump output, structure.sql) that Load leaves
	// out of the search. The caller replays them first.
	Schemas []string
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
	// OnlyMigrations passes over named files that their runner does not
	// execute, as if a directory held them, instead of failing.
	OnlyMigrations bool
	// Stdin, if not nil, stands for the file of its name, whether that exists
	// or not, and is under review. With the name StdinName it belongs to no
	// directory and is a history of its own.
	Stdin *File
	// Release names the files that are under review as one release, slash-separated.
	// Nil: those of Paths that are files; and where Paths has directories only,
	// every migration, each as a release of its own.
	Release []string
	// After reviews, as one release, every migration that its runner orders
	// after this version, in the histories that have the version; at least one
	// must. It cannot be combined with Release.
	After string
	// GoMigrations, if not nil, returns what the Go code of a directory registers,
	// for callers that have the code with its types. Places in it are names as
	// in the file system. Nil: Load reads the directory's .go files.
	GoMigrations func(dir string) []*gosource.Migration
	// Base, if not nil, is where the branch under review began. Migrations under
	// review are compared with it.
	Base *Base
}

// Base is files at an earlier time.
type Base struct {
	// Files has each file's content by its name, slash-separated; nil for one that
	// has not changed since.
	Files map[string][]byte
}

// Load's errors wrap these when there is nothing to judge: no migration was
// found at all, or the migrations found are not what was selected.
var (
	ErrNoMigrations       = errors.New("no migrations found")
	ErrNothingUnderReview = errors.New("no migration is under review")
)

// StdinName is the name of standard input that stands for no file.
const StdinName = "<stdin>"

// Load finds the histories, orders them, splits and parses every file, and marks what is under review. Files are parsed
// in parallel; the result does not depend on the order of o.Paths. Histories
// are sorted by directory; those with nothing under review are left out.
//
// It fails when a path does not exist or cannot be read, when nothing is found
// or selected, and when a file was named that its runner does not execute; the
// error says what to do next. It does not fail for what a runner or PostgreSQL
// would refuse, be it one file or, as with duplicate versions, the whole
// directory: see Migration.Problems and Migration.Gaps.
func Load(fsys fs.FS, o Options) ([]*History, error) {
	if o.Stdin != nil && o.Stdin.Name == StdinName {
		return loadLoneStdin(o)
	}
	t := newTree(fsys, o.Stdin)
	directories, err := search(t, o)
	if err != nil {
		return nil, err
	}
	plans, err := planAll(t, directories, o)
	if err != nil {
		return nil, err
	}
	plans, err = review(plans, o)
	if err != nil {
		return nil, err
	}
	if o.Stdin == nil { // which is no part yet of what the tool finds
		for _, p := range plans {
			p.refuse()
		}
	}
	if err := readAll(t, plans, o); err != nil {
		return nil, err
	}
	if o.Base != nil {
		for _, p := range plans {
			p.compare(t, o)
		}
	}
	return finish(plans, o), nil
}

// ParseFile reads SQL text that belongs to no history, such as a schema dump,
// as one migration executed by psql.
func ParseFile(f *File) *Migration {
	sections, problems := Psql.Split(f, psqlName(f.Name))
	m := &Migration{File: f, Runner: Psql, Section: sections[0], Problems: problems}
	parse(m)
	return m
}

// loadLoneStdin reads standard input that stands for no file. The runners look
// at it as at the only file of a directory.
func loadLoneStdin(o Options) ([]*History, error) {
	const base = "1_stdin.sql" // a name that goose and dbmate read
	t := newTree(emptyFS{}, &File{Name: base, Source: o.Stdin.Source})
	d := &directory{name: ".", files: []string{base}, asked: true, tree: t.isRoot(".", o)}
	r, why, err := d.runner(t, o)
	if err != nil {
		return nil, err
	}
	p := &plan{
		history: &History{Dir: StdinName, Runner: r, Why: strings.ReplaceAll(why, base, "standard input")},
		files:   []*plannedFile{{reviewed: true}},
	}
	p.files[0].parse(&File{Name: StdinName, Source: o.Stdin.Source}, r, o)
	return finish([]*plan{p}, o), nil
}

// finish makes the histories of plans whose files are read.
func finish(plans []*plan, o Options) []*History {
	numberReleases(plans, o)
	histories := make([]*History, len(plans))
	for i, p := range plans {
		p.history.Migrations = p.migrations()
		for _, f := range p.later {
			p.history.Later = append(p.history.Later, f.ups...)
		}
		histories[i] = p.history
	}
	return histories
}

// emptyFS holds no file.
type emptyFS struct{}

func (emptyFS) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// readAll reads, splits and parses the planned files, in parallel.
func readAll(t *tree, plans []*plan, o Options) error {
	type job struct {
		file   *plannedFile
		runner *Runner
	}
	var jobs []job
	for _, p := range plans {
		for _, f := range slices.Concat(p.files, p.later) {
			jobs = append(jobs, job{f, p.history.Runner})
		}
	}
	errs := make([]error, len(jobs))
	var workers errgroup.Group
	workers.SetLimit(runtime.GOMAXPROCS(0))
	for i, j := range jobs {
		workers.Go(func() error {
			if j.file.golang != nil {
				j.file.parseGo(o)
				return nil
			}
			source, err := t.ReadFile(j.file.path)
			if err != nil {
				errs[i] = o.pathError(j.file.path, err)
				return nil
			}
			j.file.parse(&File{Name: j.file.path, Source: source}, j.runner, o)
			return nil
		})
	}
	_ = workers.Wait() // errs has what failed, in an order that does not vary
	return cmp.Or(errs...)
}

// parse splits and parses the file into f.ups and f.downs.
func (f *plannedFile) parse(file *File, r *Runner, o Options) {
	for _, m := range f.split(file, r, o) {
		parse(m)
		if m.Direction == Down {
			f.downs = append(f.downs, m)
		} else {
			f.ups = append(f.ups, m)
		}
	}
}

// split returns the migrations of the file, in its order, before they are parsed.
func (f *plannedFile) split(file *File, r *Runner, o Options) []*Migration {
	sections, problems := r.Split(file, f.FileName)
	problems = append(problems, foreignDirectives(file, r)...)
	problems = append(problems, f.problems...)
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Pos - b.Pos })

	var all []*Migration
	for _, s := range sections {
		if s.Direction == Down && !(f.reviewed && (o.Down || r.Printed)) {
			continue
		}
		m := &Migration{File: file, Runner: r, Version: cmp.Or(s.Version, f.Version), Name: f.Name, Direction: s.Direction, Section: s, UnderReview: f.reviewed, fileName: f.FileName}
		all = append(all, m)
	}
	if f.Direction == Up && !(r.Printed && len(all) > 0) && !slices.ContainsFunc(all, func(m *Migration) bool { return m.Direction == Up }) {
		// The tool refuses the file: no section that runs, but problems to tell.
		refused := &Migration{File: file, Runner: r, Version: f.Version, Name: f.Name, UnderReview: f.reviewed, fileName: f.FileName, Section: Section{Scope: Autocommit, Messages: []Range{}}}
		all = slices.Insert(all, 0, refused)
	}
	attach(all, sections, problems)
	return all
}

// attach gives each problem to the migration whose section it is in. What the
// tool itself refuses in a down section concerns the ups of the file too, because
// goose and dbmate read a file to its end before they execute any of it: an up
// gets it, whether the downs are left out or not. So it does where a file has no up
// section, because what was meant as one is none.
func attach(all []*Migration, sections []Section, problems []Problem) {
	first := all[max(0, slices.IndexFunc(all, func(m *Migration) bool { return m.Direction == Up }))]
	hasUp := slices.ContainsFunc(sections, func(s Section) bool { return s.Direction == Up })
	for _, p := range problems {
		owner := first
		for _, s := range sections {
			if !s.has(p.Pos) {
				continue
			}
			i := slices.IndexFunc(all, func(m *Migration) bool { return m.Section.Pos == s.Pos && m.Direction == s.Direction })
			switch {
			case (p.Refused && !p.byServer || !hasUp) && s.Direction == Down: // first, which is an up unless the file has downs only
			case i >= 0:
				owner = all[i]
			default:
				owner = nil
			}
			break
		}
		if owner != nil {
			owner.Problems = append(owner.Problems, p)
		}
	}
}
