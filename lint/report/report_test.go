package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

func TestParseOutputs(t *testing.T) {
	outputs, err := ParseOutputs("text, sarif:out.sarif,json:C:\\r\\out.json")
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range outputs {
		got = append(got, o.Format.Name+" to "+o.Path)
	}
	if want := `text to |sarif to out.sarif|json to C:\r\out.json`; strings.Join(got, "|") != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for list, want := range map[string]string{
		"":                        `unknown format "": use text, json, sarif or github`,
		"text,":                   `unknown format "": use text, json, sarif or github`,
		"xml":                     `unknown format "xml": use text, json, sarif or github`,
		"TEXT":                    `unknown format "TEXT": use text, json, sarif or github`,
		"sarif:":                  "format sarif: no file after the colon",
		"text,github":             "formats text and github would both go to standard output: give one of them a file, such as github:FILE",
		"text,text":               "formats text and text would both go to standard output: give one of them a file, such as text:FILE",
		"json:a,text,sarif:a":     "formats json and sarif would both go to the file a",
		"json:a,sarif:b,markdown": `unknown format "markdown": use text, json, sarif or github`,
	} {
		if _, err := ParseOutputs(list); err == nil || err.Error() != want {
			t.Errorf("%q: %v, want %s", list, err, want)
		}
	}
}

func TestUseColor(t *testing.T) {
	tests := []struct {
		env      string // NAME=VALUE, separated by blanks
		terminal bool
		flag     string
		want     bool
	}{
		{"", true, "auto", true},
		{"", true, "", true},
		{"", false, "auto", false},
		{"NO_COLOR=1 TERM=dumb", false, "always", true},
		{"FORCE_COLOR=1 CLICOLOR_FORCE=1", true, "never", false},
		{"NO_COLOR=1", true, "auto", false},
		{"NO_COLOR=0", true, "auto", false},
		{"NO_COLOR=", true, "auto", true},
		{"NO_COLOR=1 FORCE_COLOR=1", true, "auto", false},
		{"FORCE_COLOR=1", false, "auto", true},
		{"FORCE_COLOR=0", false, "auto", false},
		{"FORCE_COLOR=0", true, "auto", true},
		{"CLICOLOR_FORCE=1", false, "auto", true},
		{"CLICOLOR_FORCE=1 CLICOLOR=0 TERM=dumb", false, "auto", true},
		{"CLICOLOR=0", true, "auto", false},
		{"CLICOLOR=1", false, "auto", false},
		{"TERM=dumb", true, "auto", false},
		{"TERM=xterm", true, "auto", true},
	}
	for _, test := range tests {
		env := map[string]string{}
		for _, pair := range strings.Fields(test.env) {
			name, value, _ := strings.Cut(pair, "=")
			env[name] = value
		}
		if got := UseColor(func(name string) string { return env[name] }, test.terminal, test.flag); got != test.want {
			t.Errorf("%q, terminal %v, --color=%s: %v", test.env, test.terminal, test.flag, got)
		}
	}
}

// cleanResult is a run that found nothing.
func cleanResult() *lint.Result {
	return &lint.Result{Server: 16, Migrations: 1, Statements: 1}
}

func TestCleanRun(t *testing.T) {
	for name, want := range map[string]string{
		"text":   "1 migration, 1 statement analysed, no findings (PostgreSQL 16)\n",
		"github": "1 migration, 1 statement analysed, no findings (PostgreSQL 16)\n",
		"json":   `"diagnostics": [],`,
		"sarif":  `"results": [],`,
	} {
		if got := write(t, name, cleanResult(), Options{}); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	// The files' names and runners are no news in a clean run, unless a file is skipped.
	r := exampleResult(t)
	r.Diagnostics, r.Gaps = nil, nil
	if got := write(t, "text", r, Options{}); strings.Count(got, "\n") != 2 || !strings.Contains(got, ", skips 1 file\n") {
		t.Error(got)
	}
	for _, h := range r.Histories {
		h.Skipped = nil
	}
	if got := write(t, "text", r, Options{}); strings.Count(got, "\n") != 1 {
		t.Error(got)
	}
}

func write(t testing.TB, format string, r *lint.Result, o Options) string {
	t.Helper()
	var out bytes.Buffer
	if err := formatNamed(format).Write(&out, r, o); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// manyResult has n findings on one file: every third an error, three rules.
func manyResult(n int) *lint.Result {
	const statement = "CREATE INDEX ON users (email);\n"
	f := &migration.File{Name: "m/1.sql", Source: []byte(strings.Repeat(statement, n))}
	r := &lint.Result{Server: 14, Migrations: 1, Statements: n}
	for i := range n {
		at := migration.Range{Pos: i * len(statement), End: i*len(statement) + len("CREATE INDEX")}
		d := lint.Diagnostic{
			Range: at, File: f, Statement: &migration.Statement{Range: migration.Range{Pos: at.Pos, End: at.Pos + len(statement) - 2}},
			Rule: fmt.Sprintf("rule-%d", i%3), Category: lint.Outage, Severity: lint.Warning, Message: fmt.Sprintf("message %d", i),
			Effects: []lock.Effect{
				{Relation: catalog.Name{Schema: "public", Name: "users"}, Mode: lock.Share, Work: lock.IndexBuild},
				{Relation: catalog.Name{Schema: "public", Name: "users_email"}, Index: true, Mode: lock.AccessExclusive},
			},
			Instead: &lint.Instead{Message: "build it CONCURRENTLY", Migrations: []string{fmt.Sprintf("CREATE INDEX CONCURRENTLY i%d ON users (email);", i)}},
		}
		if i%3 == 0 {
			d.Severity = lint.Error
		}
		r.Diagnostics = append(r.Diagnostics, d)
	}
	return r
}

// TestManyFindings: a long report prints no block twice, and ends with what
// a person wants to know first.
func TestManyFindings(t *testing.T) {
	r := manyResult(300)
	r.Diagnostics[0].Severity = lint.Warning
	got := write(t, "text", r, Options{})
	for text, want := range map[string]int{
		"SHARE on public.users (index build)":         1,
		"ACCESS EXCLUSIVE on index public.users_emai": 1,
		"= locks: the same 2 as for m/1.sql:1:1\n":    299,
		"CREATE INDEX CONCURRENTLY i":                 300,
	} {
		if n := strings.Count(got, text); n != want {
			t.Errorf("%q occurs %d times, want %d", text, n, want)
		}
	}
	end := "\n    99 error   rule-0\n   100 warning rule-1\n   100 warning rule-2\n     1 warning rule-0\n\n" +
		"premortem explain RULE says what PostgreSQL does and when to ignore a rule\n" +
		"1 migration, 300 statements analysed, 99 errors, 201 warnings (PostgreSQL 14)\n"
	if !strings.HasSuffix(got, end) {
		t.Error(got[len(got)-500:])
	}
}

// TestManyHistories: of very many folders nobody wants to read each one's runner.
func TestManyHistories(t *testing.T) {
	for n, want := range map[int]string{
		maxHistories:     "d19: psql (no marks)\n",
		maxHistories + 1: "\ngoose in 1 folder, psql in 20 folders (--format json says why)\n",
	} {
		r := manyResult(1)
		r.Histories = nil
		for i := range n {
			h := &migration.History{Dir: fmt.Sprintf("d%02d", i), Runner: migration.Psql, Why: "no marks", Migrations: []*migration.Migration{{UnderReview: true}}}
			if i == maxHistories {
				h.Runner = migration.Goose
			}
			r.Histories = append(r.Histories, h)
		}
		if got := write(t, "text", r, Options{}); !strings.Contains(got, want) || strings.Contains(got, "d00:") != (n == maxHistories) {
			t.Errorf("%d histories:\n%s", n, got)
		}
	}
}

// TestManyPlaces: of a finding that tells many places the first ones are shown.
func TestManyPlaces(t *testing.T) {
	r := manyResult(8)
	d := &r.Diagnostics[0]
	for _, other := range r.Diagnostics[1:] {
		d.Related = append(d.Related, lint.Related{Range: other.Range, File: other.File, Message: "here too", Finding: true})
	}
	r.Diagnostics = r.Diagnostics[:1]
	got := write(t, "text", r, Options{})
	if strings.Count(got, "------------ here too\n") != maxRelated || !strings.Contains(got, "::: and 3 other places\n") {
		t.Error(got)
	}
}

func TestManyLocks(t *testing.T) {
	r := manyResult(1)
	d := &r.Diagnostics[0]
	d.Effects = nil
	for i := range 40 {
		d.Effects = append(d.Effects, lock.Effect{
			Relation: catalog.Name{Schema: "public", Name: fmt.Sprintf("events_%02d", i)}, Mode: lock.AccessExclusive,
			Implied: true, Why: "partition of public.events",
		})
	}
	got := write(t, "text", r, Options{})
	if strings.Count(got, "(partition of public.events)") != maxLocks || !strings.Contains(got, "            and 32 other relations\n") {
		t.Error(got)
	}
}

func TestDescribeLock(t *testing.T) {
	users := catalog.Name{Schema: "public", Name: "users"}
	for want, effects := range map[string][]lock.Effect{
		"SHARE on public.users (index build): blocks writes; reads go on": {
			{Relation: users, Mode: lock.Share, Work: lock.IndexBuild},
		},
		"ACCESS EXCLUSIVE on public.users (validation scan; table rewrite): blocks reads and writes": {
			{Relation: users, Mode: lock.ShareRowExclusive, Work: lock.ValidationScan},
			{Relation: users, Mode: lock.AccessExclusive, Work: lock.TableRewrite},
			{Relation: users, Mode: lock.AccessExclusive, Work: lock.CatalogOnly},
		},
		"ACCESS EXCLUSIVE on public.users (table rewrite; at worst: unknown is the type of public.users.email): blocks reads and writes": {
			{Relation: users, Mode: lock.AccessExclusive, Work: lock.TableRewrite, Unknown: "the type of public.users.email"},
		},
		"SHARE UPDATE EXCLUSIVE on public.users (index build; waits for older transactions): reads and writes go on; other schema changes and VACUUM wait": {
			{Relation: users, Mode: lock.ShareUpdateExclusive, Work: lock.IndexBuild, Waits: true},
		},
		"EXCLUSIVE on public.users: blocks writes and SELECT FOR UPDATE; reads go on": {{Relation: users, Mode: lock.Exclusive}},
		"ROW EXCLUSIVE on public.users: reads and writes go on":                       {{Relation: users, Mode: lock.RowExclusive}},
		"ACCESS SHARE on public.users: reads and writes go on":                        {{Relation: users, Mode: lock.AccessShare}},
	} {
		locks := relationLocks(effects)
		if len(locks) != 1 || locks[0].describe() != want {
			t.Errorf("%v: %s, want %s", effects, locks[0].describe(), want)
		}
	}
}

func TestClosing(t *testing.T) {
	gap := lint.FileGap{File: &migration.File{Name: "a.sql"}}
	r := &lint.Result{Server: 17, Migrations: 2, Statements: 0, Gaps: []lint.FileGap{gap, gap}}
	o := Options{ServerWhy: ".premortem.yml:3", Elapsed: 12_345_678_901}
	if got, want := closing(r, o, newPalette(false)), "2 migrations, 0 of 2 statements analysed, no findings (PostgreSQL 17: .premortem.yml:3) in 12 s"; got != want {
		t.Error(got)
	}
	o.Elapsed = 1
	if got := closing(r, o, newPalette(false)); !strings.HasSuffix(got, " in less than 0.01 s") {
		t.Error(got)
	}
}

func TestGapsAreGrouped(t *testing.T) {
	f := &migration.File{Name: "dump.sql", Source: []byte("a\nb\nc\nd\n")}
	r := &lint.Result{Server: 14, Migrations: 1, Statements: 1}
	for i, reason := range []string{"x", "y", "x", "x"} {
		r.Gaps = append(r.Gaps, lint.FileGap{Gap: migration.Gap{Range: migration.Range{Pos: 2 * i, End: 2*i + 1}, Reason: reason}, File: f})
	}
	want := "dump.sql:1:1: not analysed: x (and 2 other places of this file)\ndump.sql:2:1: not analysed: y\n\n" +
		"1 migration, 1 of 5 statements analysed, no findings (PostgreSQL 14)\n"
	if got := write(t, "text", r, Options{}); got != want {
		t.Error(got)
	}
}

// TestHostileText puts terminal escapes, bidi overrides, line ends and
// workflow commands into every text that strangers write.
func TestHostileText(t *testing.T) {
	const evil = "x\x1b[2J\u202E\n::error::pwned\r\n##[add-mask]y"
	r := manyResult(2)
	f := &migration.File{Name: "dir/" + evil + ".sql", Source: []byte("CREATE INDEX ON \"" + evil + "\" (a);\n" + evil)}
	all := migration.Range{Pos: 0, End: len(f.Source)}
	d := &r.Diagnostics[0]
	*d = lint.Diagnostic{
		Range: all, File: f, Rule: d.Rule, Category: d.Category, Severity: lint.Error, Message: evil,
		Statement:      &migration.Statement{Range: all},
		Effects:        []lock.Effect{{Relation: catalog.Name{Schema: evil, Name: evil}, Mode: lock.Share, Why: evil, Unknown: evil}},
		Related:        []lint.Related{{Range: all, File: f, Message: evil}},
		Instead:        &lint.Instead{Message: evil, Migrations: []string{evil, evil}},
		SuggestedFixes: []lint.SuggestedFix{{Message: evil, TextEdits: []lint.TextEdit{{Range: all, NewText: evil}}}},
	}
	r.Diagnostics[1].Suppressed = &lint.Suppression{Range: all, File: f, Reason: evil}
	r.Gaps = []lint.FileGap{{Gap: migration.Gap{Range: all, Reason: evil}, File: f}}
	r.Histories = []*migration.History{{
		Dir: evil, Why: evil, Runner: &migration.Runner{Name: "goose"}, Skipped: []migration.Skipped{{Name: evil, Reason: evil}},
		Migrations: []*migration.Migration{{File: f, Name: evil, Version: evil, UnderReview: true}},
	}}
	var summary bytes.Buffer
	o := Options{ServerWhy: evil, Summary: &summary, ShowSuppressed: true}
	texts := map[string]string{}
	for _, format := range Formats {
		texts[format.Name] = write(t, format.Name, r, o)
	}
	texts["summary"] = summary.String()
	for name, text := range texts {
		for _, c := range text {
			if c != '\n' && invisible(c) {
				t.Errorf("%s: %U", name, c)
			}
		}
		for line := range strings.Lines(text) {
			command := strings.HasPrefix(strings.TrimSpace(line), "::error::") || strings.Contains(line, "##[") && !strings.HasPrefix(line, "::")
			if command && name != "json" && name != "sarif" { // those are files
				t.Errorf("%s: a runner would obey %q", name, line)
			}
		}
	}
}

// TestClosedPipe: the reader may go away at any byte.
func TestClosedPipe(t *testing.T) {
	closed := errors.New("closed pipe")
	for _, format := range Formats {
		size := len(write(t, format.Name, manyResult(20), Options{}))
		for _, room := range []int{0, 1, size / 2, size - 1} {
			err := format.Write(&limitedWriter{room, closed}, manyResult(20), Options{})
			if !errors.Is(err, closed) {
				t.Errorf("%s after %d bytes: %v", format.Name, room, err)
			}
		}
	}
	err := writeGitHub(io.Discard, manyResult(20), Options{Summary: &limitedWriter{10, closed}})
	if !errors.Is(err, closed) {
		t.Errorf("summary: %v", err)
	}
}

// limitedWriter fails once it has taken room bytes.
type limitedWriter struct {
	room int
	err  error
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if len(p) > w.room {
		n := w.room
		w.room = 0
		return n, w.err
	}
	w.room -= len(p)
	return len(p), nil
}
