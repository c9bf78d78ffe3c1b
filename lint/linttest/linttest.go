// Package linttest tests rules on SQL: every diagnostic is expected on the
// line where it stands, by a comment
//
//	CREATE INDEX ON users (email); -- want "SHARE lock on public.users"
//
// with one quoted regular expression for each diagnostic of the rule that
// begins on the line; `-- want-1 "…"` is about the line before. Both a missing and a surplus diagnostic fail. The SQL
// goes through the whole pipeline: runner, parser, replay, engine.
//
// A case is a file x.sql, executed by psql on a schema nobody has seen, or
// an archive x.txtar (golang.org/x/tools/txtar) with the files of a history.
// Lines "name: value" before the first file of an archive, or in comments on
// the first lines of an SQL file, set options:
//
//	pg: 16                     the server; default: the newest supported
//	runner: goose              default: detected
//	review: b.sql c.sql        the release; default: the last file
//	down: true                 down migrations too
//	lock_timeout: 5s           what the runner sets; also statement_timeout
//	large_tables: public.a b   also hot_tables
//	queries: queries           files or folders of queries of the application
//	running: old               those of the release that runs; queries then are the new one's
//	schema: schema.sql         a file of the archive that seeds the catalog
//	today: 2026-11-25          for suppressions that expire
//	base: base                 a folder of the archive with the files at the merge base
package linttest

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/query"
)

// Run tests one rule on every case of the folder, which bears the rule's
// name: DIR/RULE. rules are all rules of the run; diagnostics of others than
// RULE are ignored.
func Run(t *testing.T, dir string, rules []*lint.Rule) {
	t.Helper()
	rule := filepath.Base(dir)
	cases, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	ran := 0
	for _, file := range cases {
		if ext := filepath.Ext(file); ext != ".sql" && ext != ".txtar" {
			continue
		}
		ran++
		t.Run(filepath.Base(file), func(t *testing.T) {
			c, err := Read(file)
			if err != nil {
				t.Fatal(err)
			}
			c.Config.Severities = Wanted(rule, rules)
			result, err := c.Lint(rules)
			if err != nil {
				t.Fatal(err)
			}
			for _, g := range result.Gaps {
				if g.Inside { // of a DO block
					continue
				}
				at := g.File.Position(g.Pos)
				t.Errorf("%s:%d:%d: not analysed: %s", g.File.Name, at.Line, at.Column, g.Reason)
			}
			if err := c.Check(rule, result); err != nil {
				t.Error(err)
			}
		})
	}
	if ran == 0 {
		t.Errorf("%s holds no case", dir)
	}
}

// Wanted are the severities that turn a rule on which is off by default.
func Wanted(rule string, rules []*lint.Rule) map[string]lint.Severity {
	for _, r := range rules {
		if r.Name == rule && r.Severity == lint.Off {
			return map[string]lint.Severity{rule: lint.Warning}
		}
	}
	return nil
}

// Case is one history with its options.
type Case struct {
	FS      fs.FS
	Options migration.Options
	Config  lint.Config
}

// Read reads a case from an .sql or .txtar file.
func Read(file string) (*Case, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	if filepath.Ext(file) == ".txtar" {
		a := txtar.Parse(data)
		return New(strings.Split(string(a.Comment), "\n"), a.Files...)
	}
	var options []string
	for line := range strings.Lines(string(data)) {
		text, ok := strings.CutPrefix(line, "-- ")
		if !ok || !optionLine.MatchString(text) {
			break
		}
		options = append(options, text)
	}
	return New(options, txtar.File{Name: filepath.Base(file), Data: data})
}

var optionLine = regexp.MustCompile(`^(pg|runner|review|down|lock_timeout|statement_timeout|large_tables|hot_tables|queries|running|schema|today|base):`)

// New makes a case of option lines ("name: value"; blank lines and lines that begin
// with # are skipped) and files.
func New(options []string, files ...txtar.File) (*Case, error) {
	fsys := fstest.MapFS{}
	var names []string
	for _, f := range files {
		fsys[f.Name] = &fstest.MapFile{Data: f.Data}
		names = append(names, f.Name)
	}
	sort.Strings(names)
	c := &Case{FS: fsys, Config: lint.Config{Server: lint.NewestSupported}}
	sets := map[string]*query.Set{}
	var queries []string
	for _, line := range options {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, value, _ := strings.Cut(line, ":")
		value = strings.TrimSpace(value)
		switch name {
		case "pg":
			n, err := strconv.Atoi(value)
			if err != nil {
				return nil, fmt.Errorf("pg: %w", err)
			}
			c.Config.Server = n
		case "runner":
			c.Options.Runner = value
		case "review":
			c.Options.Release = strings.Fields(value)
		case "down":
			c.Options.Down = value == "true"
		case "lock_timeout":
			c.Config.LockTimeout = value
		case "statement_timeout":
			c.Config.StatementTimeout = value
		case "large_tables":
			c.Config.LargeTables = strings.Fields(value)
		case "hot_tables":
			c.Config.HotTables = strings.Fields(value)
		case "today":
			today, err := time.Parse(time.DateOnly, value)
			if err != nil {
				return nil, fmt.Errorf("today: %w", err)
			}
			c.Config.Today = today
		case "base":
			c.Options.Base = &migration.Base{Files: map[string][]byte{}}
			for name, file := range fsys {
				inside, ok := strings.CutPrefix(name, value+"/")
				if !ok {
					continue
				}
				delete(fsys, name)
				content := file.Data
				if now := fsys[inside]; now != nil && bytes.Equal(now.Data, content) {
					content = nil
				}
				c.Options.Base.Files[inside] = content
			}
		case "queries", "running":
			set, err := query.Load(fsys, strings.Fields(value)...)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", name, err)
			}
			sets[name] = set
			queries = append(queries, strings.Fields(value)...)
		case "schema":
			c.Options.Schemas = []string{value}
			c.Config.Schema = &migration.File{Name: value, Source: fsys[value].Data}
		default:
			return nil, fmt.Errorf("unknown option %q", line)
		}
	}
	isQuery := func(name string) bool {
		return slices.ContainsFunc(queries, func(q string) bool { return name == q || strings.HasPrefix(name, q+"/") })
	}
	if queries != nil {
		c.Options.Skip = isQuery
		names = slices.DeleteFunc(names, isQuery)
		if c.Config.Queries = sets["queries"]; sets["running"] != nil {
			c.Config.Queries = query.Releases(sets["running"], sets["queries"])
		}
	}
	if c.Options.Release == nil && len(names) > 0 {
		c.Options.Release = names[len(names)-1:]
	}
	c.Options.Paths = c.Options.Release
	return c, nil
}

// Lint runs the rules on the case.
func (c *Case) Lint(rules []*lint.Rule) (*lint.Result, error) {
	histories, err := migration.Load(c.FS, c.Options)
	if err != nil {
		return nil, err
	}
	config := c.Config
	config.Rules = rules
	return lint.Run(histories, config)
}

type line struct {
	file string
	line int
}

var (
	want    = regexp.MustCompile(`-- want([+-]\d+)?((?:\s+"(?:[^"\\]|\\.)*")+)\s*$`)
	wantOne = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)
)

// Check compares the rule's diagnostics with the `-- want` comments of the
// case's files and returns all differences as one error.
func (c *Case) Check(rule string, result *lint.Result) error {
	wants, err := c.wants()
	if err != nil {
		return err
	}
	var problems []string
	for _, d := range result.Diagnostics {
		if d.Rule != rule || d.Suppressed != nil {
			continue
		}
		places := []lint.Related{{Range: d.Range, File: d.File, Message: d.Message}}
		for _, r := range d.Related {
			if r.Finding {
				places = append(places, r)
			}
		}
		for _, r := range places {
			at := line{r.File.Name, r.File.Position(r.Pos).Line}
			if i := match(wants[at], r.Message); i >= 0 {
				wants[at] = append(wants[at][:i:i], wants[at][i+1:]...)
			} else {
				problems = append(problems, fmt.Sprintf("%s:%d: unexpected: %s", at.file, at.line, r.Message))
			}
		}
	}
	for at, patterns := range wants {
		for _, p := range patterns {
			problems = append(problems, fmt.Sprintf("%s:%d: no diagnostic matches %q", at.file, at.line, p))
		}
	}
	if len(problems) == 0 {
		return nil
	}
	sort.Strings(problems)
	return fmt.Errorf("%s", strings.Join(problems, "\n"))
}

func match(patterns []*regexp.Regexp, message string) int {
	for i, p := range patterns {
		if p.MatchString(message) {
			return i
		}
	}
	return -1
}

func (c *Case) wants() (map[line][]*regexp.Regexp, error) {
	wants := map[line][]*regexp.Regexp{}
	err := fs.WalkDir(c.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(c.FS, name)
		if err != nil {
			return err
		}
		for i, text := range strings.Split(string(data), "\n") {
			m := want.FindStringSubmatch(strings.TrimRight(text, "\r"))
			if m == nil {
				continue
			}
			offset := 0
			if m[1] != "" {
				if offset, err = strconv.Atoi(m[1]); err != nil {
					return fmt.Errorf("%s:%d: %w", name, i+1, err)
				}
			}
			for _, quoted := range wantOne.FindAllString(m[2], -1) {
				pattern, err := strconv.Unquote(quoted)
				if err != nil {
					return fmt.Errorf("%s:%d: %w", name, i+1, err)
				}
				re, err := regexp.Compile(pattern)
				if err != nil {
					return fmt.Errorf("%s:%d: %w", name, i+1, err)
				}
				at := line{name, i + 1 + offset}
				wants[at] = append(wants[at], re)
			}
		}
		return nil
	})
	return wants, err
}
