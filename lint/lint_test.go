package lint_test

import (
	"errors"
	"fmt"
	"maps"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// blocks reports every lock that blocks writes of a table with traffic.
var blocks = &lint.Rule{
	Name:     "statement-blocks",
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, e := range p.Existing() {
			if e.Mode.BlocksWrites() {
				p.Report(lint.Diagnostic{Message: e.Relation.Name, Effects: []lock.Effect{e}})
			}
		}
		return nil
	},
}

// style reports every statement, and is off by default.
var style = &lint.Rule{
	Name:     "statement-exists",
	Category: lint.Style,
	Run: func(p *lint.Pass) error {
		p.Report(lint.Diagnostic{Message: "a statement"})
		return nil
	},
}

// once reports the first statement of each migration.
var once = &lint.Rule{
	Name:     "statement-first",
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		if !p.Reported() {
			p.Report(lint.Diagnostic{Message: fmt.Sprintf("statement %d", p.Index)})
		}
		return nil
	},
}

var all = []*lint.Rule{
	blocks, once, style,
	{Name: lint.SuppressionExpired, Category: lint.Hygiene, Severity: lint.Warning},
	{Name: lint.SuppressionInvalid, Category: lint.Hygiene, Severity: lint.Error},
	{Name: lint.SuppressionUnused, Category: lint.Hygiene, Severity: lint.Warning},
}

// files makes a file system of names and texts.
func files(namesAndTexts ...string) fstest.MapFS {
	fsys := fstest.MapFS{}
	for i := 0; i < len(namesAndTexts); i += 2 {
		fsys[namesAndTexts[i]] = &fstest.MapFile{Data: []byte(namesAndTexts[i+1])}
	}
	return fsys
}

func run(t *testing.T, fsys fstest.MapFS, options migration.Options, config lint.Config) *lint.Result {
	t.Helper()
	histories, err := migration.Load(fsys, options)
	if err != nil {
		t.Fatal(err)
	}
	if config.Rules == nil {
		config.Rules = all
	}
	result, err := lint.Run(histories, config)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// found returns "file:line rule severity message" of what is not suppressed.
func found(result *lint.Result) []string {
	var list []string
	for _, d := range result.Diagnostics {
		if d.Suppressed == nil {
			list = append(list, fmt.Sprintf("%s:%d %s %s %s", d.File.Name, d.File.Position(d.Pos).Line, d.Rule, d.Severity, d.Message))
		}
	}
	return list
}

func equal(t *testing.T, got, want []string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got\n\t%s\nwant\n\t%s", strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
	}
}

var outage = lint.Config{Select: []string{"statement-blocks"}}

func TestRelease(t *testing.T) {
	fsys := files(
		"m/00001_users.sql", "-- +goose Up\nCREATE TABLE users (id bigint PRIMARY KEY);",
		"m/00002_orders.sql", "-- +goose Up\nCREATE TABLE orders (id bigint PRIMARY KEY);\nCREATE TABLE IF NOT EXISTS maybe (id bigint);",
		"m/00003_alter.sql", "-- +goose Up\nALTER TABLE orders ADD COLUMN n int;\nALTER TABLE users ADD COLUMN n int;\nALTER TABLE maybe ADD COLUMN n int;",
		"m/00004_key.sql", "-- +goose Up\nCREATE TABLE lines (id bigint REFERENCES users);\nALTER TABLE lines ADD COLUMN n int;",
	)
	users := []string{"m/00003_alter.sql:3 statement-blocks error users"}
	orders := []string{"m/00003_alter.sql:2 statement-blocks error orders"}
	// IF NOT EXISTS makes a new table all the same.
	maybe := []string{"m/00003_alter.sql:4 statement-blocks error maybe"}
	// The referenced table is not excused by the new table that references it.
	referenced := []string{"m/00004_key.sql:2 statement-blocks error users"}
	for _, test := range []struct {
		name       string
		options    migration.Options
		want       []string
		migrations int
	}{
		{"a directory: each migration is a release", migration.Options{Paths: []string{"m"}}, slices.Concat(orders, users, maybe, referenced), 4},
		{"named files: an earlier one of the release committed the table", migration.Options{Paths: []string{"m/00003_alter.sql", "m/00002_orders.sql"}}, users, 2},
		{"one file: those before it are history", migration.Options{Paths: []string{"m/00003_alter.sql"}}, slices.Concat(orders, users, maybe), 1},
		{"after a version", migration.Options{Paths: []string{"m"}, After: "1"}, slices.Concat(users, referenced), 3},
		{"after the last but one", migration.Options{Paths: []string{"m"}, After: "3"}, referenced, 1},
		{"selected files", migration.Options{Paths: []string{"m"}, Release: []string{"m/00002_orders.sql", "m/00004_key.sql"}}, referenced, 2},
	} {
		t.Run(test.name, func(t *testing.T) {
			result := run(t, fsys, test.options, outage)
			equal(t, found(result), test.want)
			if result.Migrations != test.migrations {
				t.Errorf("%d migrations judged, want %d", result.Migrations, test.migrations)
			}
		})
	}
}

// A release reaches over directories that are deployed together, but a
// history has its own catalog.
func TestHistoriesAreSeparate(t *testing.T) {
	fsys := files(
		"a/00001_t.sql", "-- +goose Up\nCREATE TABLE t (id bigint);",
		"b/00001_t.sql", "-- +goose Up\nALTER TABLE t ADD COLUMN n int;",
	)
	result := run(t, fsys, migration.Options{Paths: []string{"a/00001_t.sql", "b/00001_t.sql"}}, outage)
	equal(t, found(result), []string{"b/00001_t.sql:2 statement-blocks error t"})
}

func TestSchemaSeed(t *testing.T) {
	fsys := files("1.sql", "DROP INDEX t_idx;")
	config := outage
	config.Schema = &migration.File{Name: "schema.sql", Source: []byte("CREATE TABLE t (id int); CREATE INDEX t_idx ON t (id);")}
	result := run(t, fsys, migration.Options{Paths: []string{"1.sql"}}, config)
	equal(t, found(result), []string{"1.sql:1 statement-blocks error t"})
}

func TestSeverities(t *testing.T) {
	fsys := files("1.sql", "ALTER TABLE t ADD COLUMN n int;")
	const (
		blocksError   = "1.sql:1 statement-blocks error t"
		blocksWarning = "1.sql:1 statement-blocks warning t"
		first         = "1.sql:1 statement-first warning statement 0"
		exists        = "1.sql:1 statement-exists warning a statement"
	)
	for _, test := range []struct {
		name   string
		config lint.Config
		want   []string
	}{
		{"default: style is off", lint.Config{}, []string{blocksError, first}},
		{"select a rule", lint.Config{Select: []string{"statement-first"}}, []string{first}},
		{"select a category", lint.Config{Select: []string{"outage"}}, []string{blocksError}},
		{"select a style rule", lint.Config{Select: []string{"statement-exists", "outage"}}, []string{blocksError, exists}},
		{"ignore a rule", lint.Config{Ignore: []string{"statement-first"}}, []string{blocksError}},
		{"ignore a category", lint.Config{Ignore: []string{"outage"}}, []string{first}},
		{"ignore goes before select", lint.Config{Select: []string{"outage", "hygiene"}, Ignore: []string{"statement-blocks"}}, []string{first}},
		{"severity of a rule", lint.Config{Severities: map[string]lint.Severity{"statement-blocks": lint.Warning}}, []string{blocksWarning, first}},
		{"severity of a category", lint.Config{Severities: map[string]lint.Severity{"outage": lint.Warning, "hygiene": lint.Off}}, []string{blocksWarning}},
		{"the rule's goes before the category's", lint.Config{Severities: map[string]lint.Severity{"outage": lint.Off, "statement-blocks": lint.Warning}}, []string{blocksWarning, first}},
		{"severity turns a style rule on", lint.Config{Severities: map[string]lint.Severity{"style": lint.Warning}}, []string{blocksError, exists, first}},
	} {
		t.Run(test.name, func(t *testing.T) {
			equal(t, found(run(t, fsys, migration.Options{Paths: []string{"1.sql"}}, test.config)), test.want)
		})
	}
}

func TestConfigThatCannotBeMeant(t *testing.T) {
	histories, err := migration.Load(files("1.sql", "SELECT 1;"), migration.Options{Paths: []string{"1.sql"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		config lint.Config
		want   string
	}{
		{lint.Config{Select: []string{"statement-block"}}, `select: unknown rule or category "statement-block", did you mean "statement-blocks"?`},
		{lint.Config{Ignore: []string{"nothing-like-it"}}, `ignore: unknown rule or category "nothing-like-it";`},
		{lint.Config{Ignore: []string{"statement-block"}, Hint: func(name string) string { return "; ask for " + name }}, `"statement-block"; ask for statement-block`},
		{lint.Config{Ignore: []string{"statement-block"}, Hint: func(string) string { return "" }}, `"statement-block", did you mean "statement-blocks"?`},
		{lint.Config{Severities: map[string]lint.Severity{"outages": lint.Off}}, `severity: unknown rule or category "outages"`},
		{lint.Config{Overrides: []lint.Override{{Ignore: []string{"x"}}}}, `overrides: ignore: unknown rule or category "x"`},
		{lint.Config{Overrides: []lint.Override{{Severities: map[string]lint.Severity{"x": lint.Off}}}}, `overrides: severity: unknown`},
		{lint.Config{Overrides: []lint.Override{{Paths: []string{"["}}}}, `overrides: paths: "[" is not a valid pattern`},
		{lint.Config{Overrides: []lint.Override{{Server: 11}}}, "PostgreSQL 11 is not known: use 12 to 18"},
		{lint.Config{Server: 19}, "PostgreSQL 19 is not known: use 12 to 18"},
		{lint.Config{LockTimeout: "soon"}, "soon"},
	} {
		test.config.Rules = all
		if _, err := lint.Run(histories, test.config); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: error %v, want %q", test.config, err, test.want)
		}
	}
}

// seen is what a rule is told of its surroundings.
var seen = &lint.Rule{
	Name:     "statement-seen",
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		p.Report(lint.Diagnostic{Message: fmt.Sprintf("PostgreSQL %d lock_timeout %s statement_timeout %s",
			p.Server, p.Session.LockTimeout().Value, p.Session.StatementTimeout().Value)})
		return nil
	},
}

func TestOverrides(t *testing.T) {
	fsys := files(
		"a/1.sql", "SELECT 1;",
		"b/1.sql", "SELECT 1;",
		"b/old/1.sql", "SELECT 1;",
		"c/1.sql", "SELECT 1;",
	)
	config := lint.Config{
		Rules:       []*lint.Rule{seen, once},
		Server:      16,
		LockTimeout: "1s",
		Overrides: []lint.Override{
			{Paths: []string{"b/**"}, Server: 17, LockTimeout: "2s", StatementTimeout: "1min", Severities: map[string]lint.Severity{"statement-seen": lint.Error}, Ignore: []string{"statement-first"}},
			{Paths: []string{"b/old/*.sql"}, Server: 14},
			{Paths: []string{"c/1.sql"}, Ignore: []string{"hygiene"}},
		},
	}
	result := run(t, fsys, migration.Options{Paths: []string{"."}, Runner: "psql"}, config)
	equal(t, found(result), []string{
		"a/1.sql:1 statement-first warning statement 0",
		"a/1.sql:1 statement-seen warning PostgreSQL 16 lock_timeout 1s statement_timeout 0s",
		"b/1.sql:1 statement-seen error PostgreSQL 17 lock_timeout 2s statement_timeout 1m0s",
		"b/old/1.sql:1 statement-seen error PostgreSQL 14 lock_timeout 2s statement_timeout 1m0s",
	})
	if len(config.Ignore) > 0 || len(config.Severities) > 0 {
		t.Errorf("the overrides of one file have changed the configuration of all: %+v", config)
	}
}

func TestRunnerFor(t *testing.T) {
	config := lint.Config{Overrides: []lint.Override{
		{Paths: []string{"db/**"}, Runner: "goose"},
		{Paths: []string{"db/old/*.sql"}, Runner: "dbmate"},
		{Paths: []string{"db/other"}, Server: 15},
	}}
	for dir, want := range map[string]string{"db": "goose", "db/new": "goose", "db/old": "dbmate", "db/other": "goose", "elsewhere": ""} {
		if got := config.RunnerFor(dir); got != want {
			t.Errorf("%s: runner %q, want %q", dir, got, want)
		}
	}
}

func TestServer(t *testing.T) {
	bounded := func(name string, since, until int) *lint.Rule {
		rule := *style
		rule.Name, rule.Severity, rule.Since, rule.Until = name, lint.Warning, since, until
		return &rule
	}
	config := lint.Config{Rules: []*lint.Rule{bounded("since-x", 15, 0), bounded("between-x", 14, 15), bounded("until-x", 0, 14)}}
	want := map[int][]string{
		13: {"1.sql:1 until-x warning a statement"},
		14: {"1.sql:1 between-x warning a statement", "1.sql:1 until-x warning a statement"},
		15: {"1.sql:1 between-x warning a statement", "1.sql:1 since-x warning a statement"},
		16: {"1.sql:1 since-x warning a statement"},
	}
	want[0] = want[lint.OldestSupported]
	for server, want := range want {
		config.Server = server
		result := run(t, files("1.sql", "SELECT 1;"), migration.Options{Paths: []string{"1.sql"}}, config)
		equal(t, found(result), want)
		if judged := max(server, lint.OldestSupported); server != 13 && result.Server != judged {
			t.Errorf("judged for PostgreSQL %d, want %d", result.Server, judged)
		}
	}
}

func TestSuppressionCoversOneStatement(t *testing.T) {
	const text = `-- premortem:ignore statement-blocks until=2026-06-30: nobody writes to t
ALTER TABLE t ADD COLUMN a int;
ALTER TABLE t ADD COLUMN b int;
ALTER TABLE t /* premortem:ignore statement-first, statement-blocks: nobody writes to t */ ADD COLUMN c int;
`
	day := func(s string) time.Time {
		d, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	first := "1.sql:2 statement-first warning statement 0"
	second := "1.sql:3 statement-blocks error t"
	unused := "1.sql:4 suppression-unused warning the suppression of statement-first silences nothing: the statement does not raise it"
	for today, want := range map[time.Time][]string{
		{}:                                    {first, second, unused},
		day("2026-06-30"):                     {first, second, unused},
		day("2026-06-30").Add(23 * time.Hour): {first, second, unused},
		day("2026-07-01"): {
			"1.sql:1 suppression-expired warning the suppression has no effect since it expired on 2026-06-30",
			"1.sql:2 statement-blocks error t", first, second, unused,
		},
	} {
		result := run(t, files("1.sql", text), migration.Options{Paths: []string{"1.sql"}}, lint.Config{Today: today})
		equal(t, found(result), want)
		for _, d := range result.Diagnostics {
			if d.Suppressed != nil && (d.Suppressed.Reason != "nobody writes to t" || d.Suppressed.File != d.File) {
				t.Errorf("suppressed by %+v", d.Suppressed)
			}
		}
	}
}

// Comments for the linter of the migration's own tool silence the rules that stand
// for its checks, where somebody knows them, and need not silence any. Those of
// ours go first.
func TestSuppressionElsewhere(t *testing.T) {
	const text = `-- atlas:nolint X1 X2
ALTER TABLE t ADD COLUMN a int;
-- atlas:nolint X1 X2
-- premortem:ignore statement-blocks: nobody writes to t
ALTER TABLE t ADD COLUMN b int;
-- atlas:nolint
SELECT 1;
ALTER TABLE t ADD COLUMN c int;
`
	elsewhere := func(tool string, checks []string) []string {
		if tool != "atlas" || len(checks) > 0 && !slices.Equal(checks, []string{"X1", "X2"}) {
			t.Errorf("asked for %v of %s", checks, tool)
		}
		return []string{"statement-blocks", "statement-exists"}
	}
	of := func(runner string, elsewhere func(string, []string) []string) (suppressed []string, rest []string) {
		result := run(t, files("1.sql", text), migration.Options{Paths: []string{"1.sql"}, Runner: runner}, lint.Config{Elsewhere: elsewhere, Select: []string{"statement-blocks", lint.SuppressionUnused}})
		for _, d := range result.Diagnostics {
			if d.Suppressed != nil {
				suppressed = append(suppressed, d.Suppressed.Reason)
			}
		}
		return suppressed, found(result)
	}
	suppressed, rest := of("atlas", elsewhere)
	equal(t, suppressed, []string{"-- atlas:nolint X1 X2", "nobody writes to t"})
	equal(t, rest, []string{"1.sql:8 statement-blocks error t"})
	suppressed, _ = of("psql", elsewhere)
	equal(t, suppressed, []string{"nobody writes to t"})
	suppressed, _ = of("atlas", nil)
	equal(t, suppressed, []string{"nobody writes to t"})
}

// A rule that speaks once in a migration speaks at the next statement where
// the first is silenced.
func TestSuppressionOfTheFirst(t *testing.T) {
	const text = "-- premortem:ignore statement-first: not here\nSELECT 1;\nSELECT 2;\nSELECT 3;"
	result := run(t, files("1.sql", text), migration.Options{Paths: []string{"1.sql"}}, lint.Config{})
	equal(t, found(result), []string{"1.sql:3 statement-first warning statement 1"})
}

// Findings of one hazard are told as one, from the first that no comment silences,
// and the worst says how bad it is; the locks of all are explained.
func TestHazard(t *testing.T) {
	held := &lint.Rule{
		Name: "statement-held", Category: lint.Outage, Severity: lint.Warning,
		Run: func(p *lint.Pass) error {
			d := lint.Diagnostic{Message: fmt.Sprintf("statement %d", p.Index), Effects: p.Effects, Hazard: p.Index < 4, Also: fmt.Sprintf("and %d", p.Index)}
			if p.Index == 3 {
				d.Severity = lint.Error
			}
			p.Report(d)
			return nil
		},
	}
	const text = `-- premortem:ignore statement-held: small
ALTER TABLE t ADD COLUMN a int;
ALTER TABLE t ADD COLUMN b int;
ALTER TABLE t ADD COLUMN c int;
ALTER TABLE t ADD COLUMN d int;
ALTER TABLE t ADD COLUMN e int;
`
	fsys := files("1.sql", text, "2.sql", "ALTER TABLE t ADD COLUMN f int;")
	result := run(t, fsys, migration.Options{Paths: []string{"1.sql", "2.sql"}}, lint.Config{Rules: []*lint.Rule{held, net}})
	equal(t, found(result), []string{
		"1.sql:3 statement-held error statement 1",
		"1.sql:6 statement-held warning statement 4",
		"2.sql:1 statement-held warning statement 0",
	})
	var related []string
	for _, r := range result.Diagnostics[1].Related {
		related = append(related, fmt.Sprintf("%s:%d %s %t", r.File.Name, r.File.Position(r.Pos).Line, r.Message, r.Finding))
	}
	equal(t, related, []string{"1.sql:4 and 2 true", "1.sql:5 and 3 true"})
}

// What is turned off needs no suppression, and none that is there is unused.
func TestSuppressionOfIgnoredRule(t *testing.T) {
	const text = "-- premortem:ignore statement-blocks: small\nSELECT 1;"
	for _, config := range []lint.Config{
		{Ignore: []string{"statement-blocks", "statement-first"}},
		{Select: []string{"suppression-unused"}},
		{Overrides: []lint.Override{{Paths: []string{"*.sql"}, Ignore: []string{"outage", "statement-first"}}}},
	} {
		equal(t, found(run(t, files("1.sql", text), migration.Options{Paths: []string{"1.sql"}}, config)), nil)
	}
}

func TestLargeAndHotTables(t *testing.T) {
	sized := &lint.Rule{
		Name: "statement-sized", Category: lint.Outage, Severity: lint.Error,
		Run: func(p *lint.Pass) error {
			for _, e := range p.Existing() {
				p.Report(lint.Diagnostic{Message: fmt.Sprintf("%s large %t hot %t", e.Relation, p.Large(e.Relation), p.Hot(e.Relation))})
			}
			return nil
		},
	}
	fsys := files("1.sql", `LOCK TABLE users; LOCK TABLE audit.users; LOCK TABLE event_1; LOCK TABLE "Users";`)
	for _, test := range []struct {
		large, hot []string
		want       []string // large and hot of the four
	}{
		{nil, nil, []string{"true false", "true false", "true false", "true false"}},
		{[]string{"users"}, []string{"audit.users"}, []string{"true false", "true true", "false false", "false false"}},
		{[]string{"public.*"}, []string{"event_*"}, []string{"true false", "false false", "true true", "true false"}},
		{[]string{"Users"}, []string{"nothing"}, []string{"false false", "false false", "false false", "true false"}},
	} {
		result := run(t, fsys, migration.Options{Paths: []string{"1.sql"}}, lint.Config{Rules: []*lint.Rule{sized}, LargeTables: test.large, HotTables: test.hot})
		var want []string
		for i, name := range []string{"public.users", "audit.users", "public.event_1", `public."Users"`} {
			large, hot, _ := strings.Cut(test.want[i], " ")
			want = append(want, fmt.Sprintf("1.sql:1 statement-sized error %s large %s hot %s", name, large, hot))
		}
		equal(t, found(result), want)
	}
}

// unvalidated reports, at the end, each constraint that is not validated, and
// which of the tables is older than the release that adds it.
var unvalidated = &lint.Rule{
	Name: "constraint-unvalidated", Category: lint.Hygiene, Severity: lint.Warning,
	RunEnd: func(p *lint.Pass) error {
		for _, table := range p.Catalog.Tables() {
			for _, k := range table.Constraints {
				at := p.At(k.Origin)
				if k.Validated || at == nil {
					continue
				}
				which := "new"
				if at.Exists(table.Name, false) {
					which = "old"
				}
				at.Report(lint.Diagnostic{Message: fmt.Sprintf("%s of %s %s, statement %d, %d before", k.Name, which, table.Name.Name, at.Index, len(at.Earlier()))})
			}
		}
		return nil
	},
}

func TestEnd(t *testing.T) {
	const add = "ALTER TABLE %s ADD CONSTRAINT %s CHECK (id > 0) NOT VALID;\n"
	fsys := files(
		"m/00001_t.sql", "-- +goose Up\nCREATE TABLE t (id int);\n"+fmt.Sprintf(add, "t", "history"),
		"m/00002_add.sql", "-- +goose Up\n"+fmt.Sprintf(add, "t", "a")+fmt.Sprintf(add, "t", "b")+"CREATE TABLE u (id int);\n"+fmt.Sprintf(add, "u", "c"),
		"m/00003_add.sql", "-- +goose Up\n-- premortem:ignore constraint-unvalidated: some day\n"+fmt.Sprintf(add, "t", "d")+fmt.Sprintf(add, "u", "e")+
			"-- premortem:ignore constraint-unvalidated: it is\n"+fmt.Sprintf(add, "t", "f"),
		"m/00004_validate.sql", "-- +goose Up\nALTER TABLE t VALIDATE CONSTRAINT b;\nALTER TABLE t VALIDATE CONSTRAINT f;\n-- +goose Down\nDROP TABLE t, u;",
		"other/00001_t.sql", "-- +goose Up\nCREATE TABLE t (id int);\n"+fmt.Sprintf(add, "t", "a"),
	)
	rules := slices.Concat(all, []*lint.Rule{unvalidated})
	const unused = "m/00003_add.sql:5 suppression-unused warning the suppression of constraint-unvalidated silences nothing: the statement does not raise it"
	second := []string{
		"m/00002_add.sql:2 constraint-unvalidated warning a of old t, statement 0, 0 before",
		"m/00002_add.sql:5 constraint-unvalidated warning c of new u, statement 3, 1 before",
	}
	third := "m/00003_add.sql:4 constraint-unvalidated warning e of %s u, statement 1, 0 before"
	other := "other/00001_t.sql:3 constraint-unvalidated warning a of new t, statement 1, 0 before"
	first := "m/00001_t.sql:3 constraint-unvalidated warning history of new t, statement 1, 0 before"
	release := slices.Concat(second, []string{fmt.Sprintf(third, "new"), unused})
	for _, test := range []struct {
		name    string
		options migration.Options
		config  lint.Config
		want    []string
	}{
		{"each migration is a release", migration.Options{Paths: []string{"."}, Down: true}, lint.Config{},
			slices.Concat([]string{first}, second, []string{fmt.Sprintf(third, "old"), unused, other})},
		{"one release", migration.Options{Paths: []string{"m"}, After: "1"}, lint.Config{}, release},
		{"the order of the files that are named", migration.Options{Paths: []string{"m/00004_validate.sql", "m/00003_add.sql", "m/00002_add.sql"}}, lint.Config{}, release},
		{"history", migration.Options{Paths: []string{"m/00004_validate.sql"}}, lint.Config{}, nil},
		{"what comes later is looked at", migration.Options{Paths: []string{"m/00002_add.sql"}, Down: true}, lint.Config{}, second},
		{"overrides", migration.Options{Paths: []string{"m"}, After: "1"}, lint.Config{Overrides: []lint.Override{
			{Paths: []string{"m/00002*"}, Ignore: []string{"constraint-unvalidated"}},
			{Paths: []string{"m/00003*"}, Severities: map[string]lint.Severity{"hygiene": lint.Error}},
		}}, []string{
			"m/00003_add.sql:4 constraint-unvalidated error e of new u, statement 1, 0 before",
			"m/00003_add.sql:5 suppression-unused error the suppression of constraint-unvalidated silences nothing: the statement does not raise it",
		}},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.config.Rules = rules
			test.config.Ignore = []string{"statement-blocks", "statement-first"}
			result := run(t, fsys, test.options, test.config)
			equal(t, found(result), test.want)
		})
	}

	bounded := *unvalidated
	bounded.Since = 16
	result := run(t, fsys, migration.Options{Paths: []string{"m"}, After: "1"}, lint.Config{
		Rules: []*lint.Rule{&bounded}, Server: 15, Overrides: []lint.Override{{Paths: []string{"m/00002*"}, Server: 16}},
	})
	equal(t, found(result), second)
}

// TestEndInBlock: what a DO block made is reported as its, and migrations behind
// it are found.
func TestEndInBlock(t *testing.T) {
	var later int
	rule := &lint.Rule{
		Name: "constraint-unvalidated", Category: lint.Hygiene, Severity: lint.Warning,
		RunEnd: func(p *lint.Pass) error {
			at := p.At(p.Catalog.Table(catalog.Name{Schema: "public", Name: "t"}).Constraints[0].Origin)
			at.Report(lint.Diagnostic{Message: fmt.Sprintf("statement %d", at.Index)})
			later = len(at.Later())
			return nil
		},
	}
	result := run(t, files(
		"1.sql", "CREATE TABLE t (id int);\nDO $$ BEGIN\nALTER TABLE t ADD CONSTRAINT a CHECK (id > 0) NOT VALID;\nEND $$;",
		"2.sql", "CREATE TABLE u (id int);",
	), migration.Options{Paths: []string{"."}}, lint.Config{Rules: []*lint.Rule{rule}})
	equal(t, found(result), []string{"1.sql:3 constraint-unvalidated warning statement 1"})
	if later != 1 {
		t.Errorf("%d migrations behind the first, want 1", later)
	}
}

func TestGapsAreCounted(t *testing.T) {
	fsys := files(
		"1.sql", "SELEC 1;\nSELECT 1;",
		"2.sql", "\\echo hello\nSELECT 1;\nSELECT 1 1 FROM;\nALTER TABLE t ADD COLUMN n int;\nCREATE TABEL x ();",
	)
	result := run(t, fsys, migration.Options{Paths: []string{"2.sql"}}, outage)
	var gaps []string
	for _, g := range result.Gaps {
		gaps = append(gaps, fmt.Sprintf("%s:%d", g.File.Name, g.File.Position(g.Pos).Line))
		if g.Reason == "" {
			t.Error("a gap without a reason")
		}
	}
	equal(t, gaps, []string{"2.sql:3", "2.sql:5"})
	equal(t, found(result), []string{"2.sql:4 statement-blocks error t"})
	if result.Migrations != 1 || result.Statements != 2 {
		t.Errorf("%d migrations and %d statements judged, want 1 and 2", result.Migrations, result.Statements)
	}
}

// net reports what no other rule explains.
var net = &lint.Rule{
	Name: "statement-rest", Category: lint.Outage, Severity: lint.Error, Last: true,
	Run: func(p *lint.Pass) error {
		for _, e := range p.Unreported() {
			p.Report(lint.Diagnostic{Message: e.Relation.Name})
		}
		return nil
	},
}

// The net below the other rules sees what none of them explains.
func TestLastRules(t *testing.T) {
	fsys := files("1.sql", "ALTER TABLE t ADD COLUMN n int;\nSELECT * FROM u;\nDROP TABLE a, b;")
	want := []string{"1.sql:2 statement-rest error u"}
	blocked := []string{"1.sql:1 statement-blocks error t", "1.sql:3 statement-blocks error a", "1.sql:3 statement-blocks error b"}
	result := run(t, fsys, migration.Options{Paths: []string{"1.sql"}}, lint.Config{Rules: []*lint.Rule{net, blocks}})
	equal(t, found(result), slices.Concat(blocked[:1], want, blocked[1:]))
	// Who ignores a rule does not hear of its locks from the net.
	result = run(t, fsys, migration.Options{Paths: []string{"1.sql"}}, lint.Config{Rules: []*lint.Rule{net, blocks}, Ignore: []string{"statement-blocks"}})
	equal(t, found(result), want)
}

func TestRuleFails(t *testing.T) {
	wrong := errors.New("wrong")
	fails := func(p *lint.Pass) error {
		if p.Index == 1 || p.Statement == nil {
			return wrong
		}
		return nil
	}
	histories, err := migration.Load(files("1.sql", "SELECT 1;\n  SELECT 2;"), migration.Options{Paths: []string{"1.sql"}})
	if err != nil {
		t.Fatal(err)
	}
	for want, rule := range map[string]*lint.Rule{
		"1.sql:2:3: rule rule-fails: wrong": {Name: "rule-fails", Category: lint.Outage, Run: fails},
		".: rule rule-fails: wrong":         {Name: "rule-fails", Category: lint.Outage, RunEnd: fails},
		"1.sql: rule rule-fails: wrong":     {Name: "rule-fails", Category: lint.Outage, RunMigration: fails},
	} {
		if _, err := lint.Run(histories, lint.Config{Rules: []*lint.Rule{rule}}); !errors.Is(err, wrong) || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestEqualDiagnosticsAreOne(t *testing.T) {
	twice := &lint.Rule{
		Name: "statement-twice", Category: lint.Outage, Severity: lint.Error,
		Run: func(p *lint.Pass) error {
			for _, message := range []string{"b", "a", "b"} {
				p.Report(lint.Diagnostic{Message: message})
			}
			return nil
		},
	}
	result := run(t, files("1.sql", "SELECT 1;"), migration.Options{Paths: []string{"1.sql"}}, lint.Config{Rules: []*lint.Rule{twice}})
	equal(t, found(result), []string{"1.sql:1 statement-twice error a", "1.sql:1 statement-twice error b"})
}

// Replay shows history and what is under review, before and after each
// statement.
func TestReplay(t *testing.T) {
	histories, err := migration.Load(files(
		"00001_a.sql", "-- +goose Up\nCREATE TABLE t (id int);",
		"00002_b.sql", "-- +goose Up\nDROP TABLE t;\n-- +goose Down\nCREATE TABLE t (id int);",
	), migration.Options{Paths: []string{"00002_b.sql"}, Down: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	note := func(what string) func(lint.Pass) error {
		return func(p lint.Pass) error {
			if p.Migration == nil {
				got = append(got, fmt.Sprintf("%s %t", what, p.Catalog.Table(catalog.Name{Schema: "public", Name: "t"}) != nil))
				return nil
			}
			got = append(got, fmt.Sprintf("%s %s %t held %d", what, p.Migration.Version, p.Catalog.Table(catalog.Name{Schema: "public", Name: "t"}) != nil, len(p.Session.Held)))
			return nil
		}
	}
	err = lint.Replay(histories, lint.Config{}, lint.Visitor{Migration: note("migration"), Statement: note("before"), Applied: note("after"), End: note("end")})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, got, []string{
		"migration 1 false held 0", "before 1 false held 0", "after 1 true held 0",
		"migration 2 true held 0", "before 2 true held 0", "after 2 false held 1",
		"end false",
		"migration 2 false held 0", "before 2 false held 0", "after 2 true held 0",
	})
}

// The result does not depend on the order of arguments or on how many
// processors parse.
func TestDeterminism(t *testing.T) {
	fsys := fstest.MapFS{}
	for _, dir := range []string{"a", "b", "c"} {
		for i := range 30 {
			text := fmt.Sprintf("-- +goose Up\nCREATE TABLE t%d (id int);\nALTER TABLE t%d ADD COLUMN n int;\nUPDATE x;\nDROP TABLE t%d, u;\n", i, i/2, i/3)
			fsys[fmt.Sprintf("%s/%05d_x.sql", dir, i+1)] = &fstest.MapFile{Data: []byte(text)}
		}
	}
	paths := slices.Sorted(maps.Keys(fsys))
	lintAll := func(paths []string) []string {
		result := run(t, fsys, migration.Options{Paths: paths}, lint.Config{})
		list := found(result)
		for _, g := range result.Gaps {
			list = append(list, fmt.Sprintf("gap %s:%d %s", g.File.Name, g.Pos, g.Reason))
		}
		return list
	}
	want := lintAll(paths)
	if len(want) < 3*30 {
		t.Fatalf("only %d findings: %q", len(want), want)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for i, processors := range []int{1, 2, 8} {
		runtime.GOMAXPROCS(processors)
		shuffled := slices.Concat(paths[7*(i+1):], paths[:7*(i+1)])
		slices.Reverse(shuffled[:40])
		if got := lintAll(shuffled); !reflect.DeepEqual(got, want) {
			t.Errorf("%d processors, other order of paths: %d findings differ from %d", processors, len(got), len(want))
			break
		}
	}
}
