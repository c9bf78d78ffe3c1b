package migration_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func files(texts map[string]string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for name, text := range texts {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

const (
	gooseText  = "-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n"
	dbmateText = "-- migrate:up\nSELECT 1;\n-- migrate:down\nSELECT 2;\n"
)

// project has a history of each runner, and much that is none.
func project() fstest.MapFS {
	return files(map[string]string{
		"README.md":                            "",
		"goose/00001_a.sql":                    gooseText,
		"goose/00002_b.sql":                    gooseText,
		"goose/00003_c_test.go":                "package migrations",
		"goose/00010_d.sql":                    gooseText,
		"goose/embed.go":                       "package migrations",
		"goose/seed.sql":                       "SELECT 1;",
		"golang-migrate/1_a.up.sql":            "SELECT 1;",
		"golang-migrate/1_a.down.sql":          "SELECT 2;",
		"golang-migrate/2_b.up.sql":            "SELECT 1;",
		"golang-migrate/2_b.down.sql":          "SELECT 2;",
		"golang-migrate/10_c.up.sql":           "SELECT 1;",
		"golang-migrate/schema.sql":            "SELECT 1;",
		"dbmate/db/migrations/1_a.sql":         dbmateText,
		"dbmate/db/migrations/10_b.sql":        dbmateText,
		"dbmate/db/schema.sql":                 "SELECT 1;",
		"sql/b.sql":                            "SELECT 1;",
		"sql/a.sql":                            "SELECT 1;",
		"sql/c.txt":                            "SELECT 1;",
		"node_modules/m/00001_a.sql":           gooseText,
		"vendor/m/00001_a.sql":                 gooseText,
		".git/00001_a.sql":                     gooseText,
		"goose/.hidden/00001_a.sql":            gooseText,
		"goose/00004_directory.sql/inside.txt": "",
	})
}

// summary writes each history as lines: its runner, then a line for each
// migration: + for what is under review, the file, the release.
func summary(histories []*migration.History) []string {
	var lines []string
	for _, h := range histories {
		lines = append(lines, h.Dir+": "+h.Runner.Name)
		for _, m := range h.Migrations {
			mark := " "
			if m.UnderReview {
				mark = "+"
			}
			lines = append(lines, fmt.Sprintf("%s %s %s %d", mark, strings.TrimPrefix(m.File.Name, h.Dir+"/"), m.Direction, m.Release))
		}
	}
	return lines
}

func TestLoad(t *testing.T) {
	cases := []struct {
		name    string
		options migration.Options
		want    []string
	}{
		{
			name: "the whole file system: only known tools",
			want: []string{
				"dbmate/db/migrations: dbmate", "+ 10_b.sql up 1", "+ 1_a.sql up 2",
				"golang-migrate: golang-migrate", "+ 1_a.up.sql up 3", "+ 2_b.up.sql up 4", "+ 10_c.up.sql up 5",
				"goose: goose", "+ 00001_a.sql up 6", "+ 00002_b.sql up 7", "+ 00010_d.sql up 8",
			},
		},
		{
			name:    "a directory by name",
			options: migration.Options{Paths: []string{"./sql/"}},
			want:    []string{"sql: psql", "+ a.sql up 1", "+ b.sql up 2"},
		},
		{
			name:    "a directory and one below it",
			options: migration.Options{Paths: []string{"dbmate/db/migrations", "dbmate"}},
			want: []string{
				"dbmate/db: psql", "+ schema.sql up 1",
				"dbmate/db/migrations: dbmate", "+ 10_b.sql up 2", "+ 1_a.sql up 3",
			},
		},
		{
			name:    "without the schema and what is skipped",
			options: migration.Options{Paths: []string{"dbmate", "sql"}, Schemas: []string{"dbmate/db/schema.sql"}, Skip: func(name string) bool { return name == "sql/b.sql" }},
			want: []string{
				"dbmate/db/migrations: dbmate", "+ 10_b.sql up 1", "+ 1_a.sql up 2",
				"sql: psql", "+ a.sql up 3",
			},
		},
		{
			name:    "a skipped directory",
			options: migration.Options{Skip: func(name string) bool { return name != "goose" && !strings.HasPrefix(name, "goose/") }},
			want:    []string{"goose: goose", "+ 00001_a.sql up 1", "+ 00002_b.sql up 2", "+ 00010_d.sql up 3"},
		},
		{
			name:    "a skipped file that is named",
			options: migration.Options{Paths: []string{"sql/b.sql"}, Skip: func(name string) bool { return true }},
			want:    []string{"sql: psql", "+ b.sql up 1"},
		},
		{
			name:    "down, goose",
			options: migration.Options{Paths: []string{"goose"}, Down: true},
			want: []string{
				"goose: goose", "+ 00001_a.sql up 1", "+ 00002_b.sql up 2", "+ 00010_d.sql up 3",
				"+ 00010_d.sql down 4", "+ 00002_b.sql down 5", "+ 00001_a.sql down 6",
			},
		},
		{
			name:    "down, golang-migrate",
			options: migration.Options{Paths: []string{"golang-migrate"}, Down: true},
			want: []string{
				"golang-migrate: golang-migrate", "+ 1_a.up.sql up 1", "+ 2_b.up.sql up 2", "+ 10_c.up.sql up 3",
				"+ 2_b.down.sql down 4", "+ 1_a.down.sql down 5",
			},
		},
		{
			name:    "a named file: earlier ones are history, later ones are left out",
			options: migration.Options{Paths: []string{"goose/00002_b.sql"}},
			want:    []string{"goose: goose", "  00001_a.sql up 1", "+ 00002_b.sql up 2"},
		},
		{
			name:    "named files are one release",
			options: migration.Options{Paths: []string{"goose/00010_d.sql", "golang-migrate/2_b.up.sql", "goose/00001_a.sql"}},
			want: []string{
				"golang-migrate: golang-migrate", "  1_a.up.sql up 1", "+ 2_b.up.sql up 3",
				"goose: goose", "+ 00001_a.sql up 3", "  00002_b.sql up 2", "+ 00010_d.sql up 3",
			},
		},
		{
			name:    "a named file beside a directory",
			options: migration.Options{Paths: []string{"golang-migrate", "goose/00001_a.sql"}},
			want:    []string{"goose: goose", "+ 00001_a.sql up 1"},
		},
		{
			name:    "a named up file with its down file",
			options: migration.Options{Paths: []string{"golang-migrate/1_a.up.sql", "golang-migrate/1_a.down.sql"}},
			want:    []string{"golang-migrate: golang-migrate", "+ 1_a.up.sql up 1"},
		},
		{
			name:    "a named down file",
			options: migration.Options{Paths: []string{"golang-migrate/2_b.down.sql"}, Down: true},
			want:    []string{"golang-migrate: golang-migrate", "  1_a.up.sql up 1", "  2_b.up.sql up 2", "+ 2_b.down.sql down 3"},
		},
		{
			name:    "a named file with down",
			options: migration.Options{Paths: []string{"goose/00002_b.sql"}, Down: true},
			want:    []string{"goose: goose", "  00001_a.sql up 1", "+ 00002_b.sql up 2", "+ 00002_b.sql down 3"},
		},
		{
			name:    "a named file of any name, for psql",
			options: migration.Options{Paths: []string{"sql/c.txt"}},
			want:    []string{"sql: psql", "  a.sql up 1", "  b.sql up 2", "+ c.txt up 3"},
		},
		{
			name:    "a release",
			options: migration.Options{Release: []string{"goose/00002_b.sql", "./goose/00010_d.sql", "README.md"}},
			want:    []string{"goose: goose", "  00001_a.sql up 1", "+ 00002_b.sql up 2", "+ 00010_d.sql up 2"},
		},
		{
			name:    "after a version, as a number",
			options: migration.Options{After: "2"},
			want: []string{
				"golang-migrate: golang-migrate", "  1_a.up.sql up 1", "  2_b.up.sql up 2", "+ 10_c.up.sql up 5",
				"goose: goose", "  00001_a.sql up 3", "  00002_b.sql up 4", "+ 00010_d.sql up 5",
			},
		},
		{
			name:    "after a version, as the file has it",
			options: migration.Options{After: "00001", Paths: []string{"goose"}},
			want:    []string{"goose: goose", "  00001_a.sql up 1", "+ 00002_b.sql up 2", "+ 00010_d.sql up 2"},
		},
		{
			name:    "after a version that is a name",
			options: migration.Options{After: "a", Paths: []string{"sql"}},
			want:    []string{"sql: psql", "  a.sql up 1", "+ b.sql up 2"},
		},
		{
			name:    "after a version in another order than that of numbers",
			options: migration.Options{After: "10", Paths: []string{"dbmate"}, Schemas: []string{"dbmate/db/schema.sql"}},
			want:    []string{"dbmate/db/migrations: dbmate", "  10_b.sql up 1", "+ 1_a.sql up 2"},
		},
		{
			name:    "another runner, for all",
			options: migration.Options{Paths: []string{"golang-migrate"}, Runner: "goose"},
			want: []string{
				"golang-migrate: goose", "+ 1_a.down.sql up 1", "+ 1_a.up.sql up 2",
				"+ 2_b.down.sql up 3", "+ 2_b.up.sql up 4", "+ 10_c.up.sql up 5",
			},
		},
		{
			name: "another runner, for one directory",
			options: migration.Options{Paths: []string{"golang-migrate", "sql"}, RunnerFor: func(dir string) string {
				return map[string]string{"golang-migrate": "psql"}[dir]
			}},
			want: []string{
				"golang-migrate: psql", "+ 10_c.up.sql up 1", "+ 1_a.up.sql up 2", "+ 2_b.up.sql up 3", "+ schema.sql up 4",
				"sql: psql", "+ a.sql up 5", "+ b.sql up 6",
			},
		},
		{
			name:    "down, psql",
			options: migration.Options{Paths: []string{"golang-migrate"}, Runner: "psql", Down: true},
			want: []string{
				"golang-migrate: psql", "+ 10_c.up.sql up 1", "+ 1_a.up.sql up 2", "+ 2_b.up.sql up 3", "+ schema.sql up 4",
				"+ 2_b.down.sql down 5", "+ 1_a.down.sql down 6",
			},
		},
		{
			name:    "standard input for a file that exists",
			options: migration.Options{Stdin: &migration.File{Name: "goose/00002_b.sql", Source: []byte(gooseText)}},
			want:    []string{"goose: goose", "  00001_a.sql up 1", "+ 00002_b.sql up 2"},
		},
		{
			name:    "standard input for a new file",
			options: migration.Options{Stdin: &migration.File{Name: "goose/00011_new.sql", Source: []byte(gooseText)}},
			want: []string{
				"goose: goose", "  00001_a.sql up 1", "  00002_b.sql up 2", "  00010_d.sql up 3", "+ 00011_new.sql up 4",
			},
		},
		{
			name:    "standard input in a new directory",
			options: migration.Options{Stdin: &migration.File{Name: "new/1_a.sql", Source: []byte(dbmateText)}},
			want:    []string{"new: dbmate", "+ 1_a.sql up 1"},
		},
		{
			name:    "standard input and a release",
			options: migration.Options{Stdin: &migration.File{Name: "sql/a.sql", Source: []byte("SELECT 1;")}, Release: []string{"goose/00001_a.sql"}, Paths: []string{"goose"}},
			want:    []string{"goose: goose", "+ 00001_a.sql up 1", "sql: psql", "+ a.sql up 1"},
		},
		{
			name:    "standard input without a name",
			options: migration.Options{Stdin: &migration.File{Name: migration.StdinName, Source: []byte(gooseText)}, Down: true},
			want:    []string{"<stdin>: goose", "+ <stdin> up 1", "+ <stdin> down 2"},
		},
		{
			name:    "standard input without a name or mark",
			options: migration.Options{Stdin: &migration.File{Name: migration.StdinName, Source: []byte("SELECT 1;")}},
			want:    []string{"<stdin>: psql", "+ <stdin> up 1"},
		},
		{
			name:    "standard input without a name, for a runner",
			options: migration.Options{Stdin: &migration.File{Name: migration.StdinName, Source: []byte("SELECT 1;")}, Runner: "golang-migrate"},
			want:    []string{"<stdin>: golang-migrate", "+ <stdin> up 1"},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			histories, err := migration.Load(project(), c.options)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, summary(histories)); d != "" {
				t.Errorf("(-want +got):\n%s", d)
			}
		})
	}
}

func TestLoadErrors(t *testing.T) {
	cases := []struct {
		name    string
		options migration.Options
		want    string // part of the error
		is      error
	}{
		{name: "no such path", options: migration.Options{Paths: []string{"nowhere"}}, want: "nowhere: no such file or directory"},
		{name: "outside", options: migration.Options{Paths: []string{"../x"}}, want: "../x: the path leads out"},
		{name: "no SQL", options: migration.Options{Paths: []string{"goose/00004_directory.sql"}}, want: "goose/00004_directory.sql holds no SQL files", is: migration.ErrNoMigrations},
		{name: "no SQL for the runner", options: migration.Options{Paths: []string{"sql"}, Runner: "goose"}, want: "no migrations found in sql: 2 files have names that goose does not execute", is: migration.ErrNoMigrations},
		{name: "unknown runner", options: migration.Options{Runner: "gose"}, want: `unknown runner "gose": use goose, sql-migrate, `},
		{name: "unknown runner of a directory", options: migration.Options{RunnerFor: func(string) string { return "x" }}, want: `unknown runner "x"`},
		{name: "a file without version is named", options: migration.Options{Paths: []string{"goose/seed.sql"}}, want: "goose reads only names that begin with a number and _"},
		{name: "the schema is named", options: migration.Options{Paths: []string{"sql/a.sql"}, Schemas: []string{"sql/a.sql"}}, want: "sql/a.sql: the schema cannot be a migration too"},
		{name: "a down file alone", options: migration.Options{Paths: []string{"golang-migrate/1_a.down.sql"}}, want: "golang-migrate/1_a.down.sql is a down migration; use --down", is: migration.ErrNothingUnderReview},
		{name: "an empty release", options: migration.Options{Release: []string{}}, want: "no migration is under review", is: migration.ErrNothingUnderReview},
		{name: "a release without migrations", options: migration.Options{Release: []string{"README.md"}}, want: "none of the selected files is a migration (README.md)", is: migration.ErrNothingUnderReview},
		{name: "no such version", options: migration.Options{After: "5", Paths: []string{"goose"}}, want: "no migration has version 5; the nearest are 1, 2, 10 (goose)"},
		{name: "after the last version", options: migration.Options{After: "10", Paths: []string{"goose"}}, want: "none comes after version 10", is: migration.ErrNothingUnderReview},
		{name: "two selections", options: migration.Options{After: "10", Release: []string{"x"}}, want: "not by both"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			histories, err := migration.Load(project(), c.options)
			if err == nil {
				t.Fatalf("no error, but %q", summary(histories))
			}
			if !strings.Contains(err.Error(), c.want) || c.is != nil && !errors.Is(err, c.is) {
				t.Errorf("%q lacks %q", err, c.want)
			}
		})
	}
	if _, err := migration.Load(files(map[string]string{"a.sql": "SELECT 1;"}), migration.Options{}); !errors.Is(err, migration.ErrNoMigrations) {
		t.Errorf("plain SQL that nobody named: %v", err)
	}
}

func TestLoadSaysWhy(t *testing.T) {
	cases := []struct {
		options migration.Options
		want    string
	}{
		{migration.Options{Paths: []string{"goose"}}, "00001_a.sql has -- +goose Up, as 3 of 3 files do"},
		{migration.Options{Paths: []string{"dbmate/db/migrations/1_a.sql"}}, "10_b.sql has -- migrate:up, as 2 of 2 files do"},
		{migration.Options{Paths: []string{"golang-migrate"}}, "10_c.up.sql has the form VERSION_name.up.sql or .down.sql, as 5 of 6 files do"},
		{migration.Options{Paths: []string{"sql"}}, "plain SQL in the order of file names: no file (of 2) has the marks of another known tool"},
		{migration.Options{Paths: []string{"sql"}, Runner: "psql"}, "--runner psql"},
		{migration.Options{Paths: []string{"sql"}, RunnerFor: func(string) string { return "psql" }}, "the configuration names psql"},
		{migration.Options{Stdin: &migration.File{Name: migration.StdinName, Source: []byte(gooseText)}}, "standard input has -- +goose Up"},
	}
	for _, c := range cases {
		histories, err := migration.Load(project(), c.options)
		if err != nil {
			t.Fatal(err)
		}
		if got := histories[0].Why; got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestLoadListsWhatIsSkipped(t *testing.T) {
	histories, err := migration.Load(project(), migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range histories {
		for _, s := range h.Skipped {
			got = append(got, s.Name+": "+s.Reason)
		}
	}
	want := []string{
		"golang-migrate/schema.sql: golang-migrate reads only names like VERSION_name.up.sql and VERSION_name.down.sql",
		"goose/seed.sql: goose reads only names that begin with a number and _; its command refuses the whole directory, its Provider passes over the file",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDetection(t *testing.T) {
	cases := []struct {
		name  string
		files map[string]string
		want  string
	}{
		{"goose, directives that goose refuses", map[string]string{"1_a.sql": " --+goose up\n"}, "goose"},
		{"goose, with a stray file", map[string]string{"1_a.sql": gooseText, "2_b.sql": dbmateText}, "goose"},
		{"dbmate, with a stray file", map[string]string{"1_a.sql": gooseText, "2_b.sql": dbmateText, "3_c.sql": dbmateText}, "dbmate"},
		{"golang-migrate, with directives of goose", map[string]string{"1_a.up.sql": gooseText, "1_a.down.sql": gooseText}, "golang-migrate"},
		{"golang-migrate, minority", map[string]string{"1_a.up.sql": "", "b.sql": "", "c.sql": ""}, "psql"},
		{"golang-migrate, other databases' files", map[string]string{"1_a.up.json": "", "b.sql": ""}, "psql"},
		{"byte order mark", map[string]string{"1_a.sql": "\ufeff-- +goose Up\n"}, "goose"},
		{"words in text are no directives", map[string]string{"1_a.sql": "SELECT '\n-- see +goose\n'; -- migrate:up"}, "psql"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			histories, err := migration.Load(files(c.files), migration.Options{Paths: []string{"."}})
			if err != nil {
				t.Fatal(err)
			}
			if got := histories[0].Runner.Name; got != c.want {
				t.Errorf("%s (%s), want %s", got, histories[0].Why, c.want)
			}
		})
	}
}

// TestProblems: each reaches the migration that it concerns.
func TestProblems(t *testing.T) {
	fsys := files(map[string]string{
		"1_a.sql":  gooseText,
		"01_b.sql": gooseText,
		"2_c.sql":  "-- +goose Up\n-- no-transaction\nSELECT 1;\n-- +goose Down\n-- migrate:down\nSELECT 2\n",
		"3_d.sql":  "-- +goose Up\nSELECT 1;\n-- +goose Down\nDO $$\nx;\n$$;\n",
	})
	for _, down := range []bool{false, true} {
		histories, err := migration.Load(fsys, migration.Options{Paths: []string{"."}, Down: down})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range histories[0].Migrations {
			for _, p := range m.Problems {
				got = append(got, fmt.Sprintf("%s %s %v: %s", m.File.Name, m.Direction, p.Refused, p.Message))
			}
		}
		const (
			duplicate1 = "01_b.sql up true: 1_a.sql has version 1 too: goose refuses the whole directory"
			duplicate2 = "1_a.sql up true: 01_b.sql has version 1 too: goose refuses the whole directory"
			foreign    = "2_c.sql up false: `-- no-transaction` is a directive of sqlx and has no effect in goose"
			foreignD   = "2_c.sql down false: `-- migrate:down` is a directive of dbmate and has no effect in goose"
			// goose refuses the whole file, so it is told of the up that it keeps from running.
			unfinished = "2_c.sql up true: goose refuses the statement, because none of its lines ends in ;"
			// PostgreSQL refuses it, and only once goose comes there.
			cut = "3_d.sql down true: goose cuts the statement apart at the first line that ends in ;, and PostgreSQL refuses the pieces"
		)
		want := []string{duplicate1, duplicate2, foreign, unfinished}
		if down {
			want = append(want, cut, foreignD)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("down %v (-want +got):\n%s", down, d)
		}
	}
}

// countingFS counts how often each file is read.
type countingFS struct {
	fstest.MapFS
	mu    *sync.Mutex
	reads map[string]int
}

func (c countingFS) ReadFile(name string) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.MapFS[name] != nil {
		c.reads[name]++
	}
	return c.MapFS.ReadFile(name)
}

func TestLoadReadsAFileOnce(t *testing.T) {
	fsys := countingFS{files(map[string]string{"1_a.sql": "SELECT 1;", "2_b.sql": "SELECT 1;", "2_b.txt": ""}), new(sync.Mutex), map[string]int{}}
	if _, err := migration.Load(fsys, migration.Options{Paths: []string{"1_a.sql", "."}}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int{"1_a.sql": 1, "2_b.sql": 1}, fsys.reads); d != "" {
		t.Error(d)
	}
}

func TestLoadOnDisk(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	link := func(target, name string) {
		t.Helper()
		if err := os.Symlink(target, filepath.Join(root, name)); err != nil {
			t.Skip(err)
		}
	}
	write("db/1_a.sql", gooseText)
	write("elsewhere/b.sql", gooseText)
	link("../elsewhere/b.sql", "db/2_b.sql")
	link("..", "db/loop")
	link(".", "db/3_directory.sql")
	link("db", "link")

	load := func(paths ...string) ([]string, error) {
		histories, err := migration.Load(os.DirFS(root), migration.Options{Paths: paths})
		return summary(histories), err
	}
	want := []string{"db: goose", "+ 1_a.sql up 1", "+ 2_b.sql up 2"}
	if got, err := load(); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("links: %v %q", err, got)
	}
	want[0] = "link: goose"
	if got, err := load("link"); err != nil || cmp.Diff(want, got) != "" {
		t.Errorf("a directory named by its link: %v %q", err, got)
	}

	link("4_loop.sql", "db/4_loop.sql")
	if _, err := load(); err == nil || !strings.HasPrefix(err.Error(), "db/4_loop.sql: ") {
		t.Errorf("a link to itself: %v", err)
	}
}

// unreadable refuses to open one directory.
type unreadable struct {
	fs.FS
	dir string
}

func (u unreadable) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == u.dir {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return fs.ReadDir(u.FS, name)
}

func TestUnreadableDirectory(t *testing.T) {
	_, err := migration.Load(unreadable{project(), "goose"}, migration.Options{})
	if !errors.Is(err, fs.ErrPermission) || !strings.HasPrefix(err.Error(), "goose: ") {
		t.Errorf("%v", err)
	}
}
