package rules_test

import (
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// TestFixes makes the suggested fixes of every case and page, for its own runner and
// for another one: first each alone, which makes its finding go away and raises no
// other, and then all, after which the schema is the same, replayed and on a server.
func TestFixes(t *testing.T) {
	pgtest.FindMaintained(t)
	dbs := pgtest.NewPool(t)
	var n tally
	t.Run("cases", func(t *testing.T) {
		cases := allCases(t)
		addPages(t, cases)
		for name, c := range cases {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				own := fixCase{t, &n, *c}
				own.c.Config.Severities = everyRule()
				result := judged(t, &own.c)
				own.check(result)
				other, major := anotherRunner(name)
				converted, why := convert(&own.c, result, other)
				if why == "" && other != result.Histories[0].Runner {
					converted.Config.Server = major
					(&fixCase{t, &n, *converted}).check(judged(t, converted))
				}
				own.executed(dbs, name)
			})
		}
	})
	for _, rule := range rules.All() {
		if rule.Fixable {
			n.atLeast(t, rule.Name, 1)
		}
	}
	n.atLeast(t, "schemas are the same", 100)
}

// everyRule turns on the rules that are off by default.
func everyRule() map[string]lint.Severity {
	severities := map[string]lint.Severity{}
	for _, r := range rules.All() {
		maps.Copy(severities, linttest.Wanted(r.Name, rules.All()))
	}
	return severities
}

// addPages adds the last Unsafe example of each page to the cases.
func addPages(t *testing.T, cases map[string]*linttest.Case) {
	t.Helper()
	for _, rule := range rules.All() {
		page := pageOf(t, rule)
		fences := slices.Concat(page.History, page.Sections[1].Fences)
		cases[rule.Name+".md"] = pageCase(t, fences, len(fences)-1)
	}
}

// fixCase is a case whose fixes are made.
type fixCase struct {
	t *testing.T
	n *tally
	c linttest.Case
}

// with is the case with another text of a file.
func (f *fixCase) with(file *migration.File, source []byte) *fixCase {
	f.t.Helper()
	fsys := fstest.MapFS{}
	err := fs.WalkDir(f.c.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(f.c.FS, name)
		fsys[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	fsys[file.Name] = &fstest.MapFile{Data: source}
	edited := *f
	edited.c.FS = fsys
	return &edited
}

// check makes each fix alone, and then all.
func (f *fixCase) check(result *lint.Result) {
	f.t.Helper()
	for _, d := range result.Diagnostics {
		for _, fix := range d.SuggestedFixes {
			if d.Suppressed != nil {
				continue
			}
			f.n.add(d.Rule)
			source, ok := lint.Apply(d.File.Source, fix.TextEdits)
			if !ok {
				f.t.Errorf("%s: edits overlap", where(d.Migration.Runner, d))
				continue
			}
			f.compare(result, d, f.with(d.File, source))
		}
		if len(d.SuggestedFixes) > 0 && !ruleNamed(d.Rule).Fixable {
			f.t.Errorf("%s is not Fixable", d.Rule)
		}
	}
}

func ruleNamed(name string) *lint.Rule {
	all := rules.All()
	return all[slices.IndexFunc(all, func(r *lint.Rule) bool { return r.Name == name })]
}

// compare looks at what is found after the fix of a finding.
func (f *fixCase) compare(before *lint.Result, d lint.Diagnostic, fixed *fixCase) {
	f.t.Helper()
	after := judged(f.t, &fixed.c)
	if same(after, d) >= same(before, d) {
		f.t.Errorf("%s: the finding is still there\n%s", where(d.Migration.Runner, d), textIn(fixed, d.File))
	}
	was := countRules(before)
	for rule, count := range countRules(after) {
		if count > was[rule] {
			f.t.Errorf("%s: the fix raises %s\n%s", where(d.Migration.Runner, d), rule, textIn(fixed, d.File))
		}
	}
	if len(after.Gaps) > len(before.Gaps) {
		f.t.Errorf("%s: the fix leaves a gap\n%s", where(d.Migration.Runner, d), textIn(fixed, d.File))
	}
	if diff := cmp.Diff(f.replayed(), fixed.replayed()); diff != "" {
		f.t.Errorf("%s: the schema differs (-as written +fixed):\n%s\n%s", where(d.Migration.Runner, d), diff, textIn(fixed, d.File))
	}
}

// same counts the findings of a rule. lock-timeout-missing reports the first statement
// of a migration only, and then the next: for it those about the same one count.
func same(r *lint.Result, d lint.Diagnostic) (count int) {
	for _, o := range r.Diagnostics {
		if o.Rule == d.Rule && o.Suppressed == nil && (d.Rule != "lock-timeout-missing" || statementOf(o) == statementOf(d)) {
			count++
		}
	}
	return count
}

// statementOf tells a finding's statement from others, of the same text too.
func statementOf(d lint.Diagnostic) string {
	number := 0
	for _, s := range d.Migration.Statements {
		if s.Pos <= d.Statement.Pos && s.Text() == d.Statement.Outermost().Text() {
			number++
		}
	}
	return fmt.Sprintf("%s %s %d: %s", d.File.Name, d.Migration.Direction, number, d.Statement.Text())
}

func countRules(r *lint.Result) map[string]int {
	counts := map[string]int{}
	for _, d := range r.Diagnostics {
		if d.Suppressed == nil {
			counts[d.Rule]++
		}
	}
	return counts
}

func textIn(f *fixCase, file *migration.File) string {
	text, _ := fs.ReadFile(f.c.FS, file.Name)
	return string(text)
}

// replayed is the schema that the case's history leaves, as the catalog has it.
func (f *fixCase) replayed() []string {
	f.t.Helper()
	histories, err := migration.Load(f.c.FS, f.c.Options)
	if err != nil {
		f.t.Fatal(err)
	}
	var lines []string
	config := f.c.Config
	config.Rules = rules.All()
	err = lint.Replay(histories, config, lint.Visitor{End: func(p lint.Pass) error {
		for _, t := range p.Catalog.Tables() {
			lines = append(lines, fmt.Sprintf("%s %v %v", t.Name, t.Kind, t.Populated))
			for _, c := range t.Columns {
				lines = append(lines, fmt.Sprintf("  %s %v %v", c.Name, c.Type, c.NotNull))
			}
			for _, c := range t.Constraints {
				lines = append(lines, fmt.Sprintf("  %s %v %v", c.Name, c.Kind, c.Validated))
			}
		}
		for _, i := range p.Catalog.Indexes() {
			lines = append(lines, fmt.Sprintf("%s on %s %v", i.Name, i.Table, i.Unique))
		}
		return nil
	}})
	if err != nil {
		f.t.Fatal(err)
	}
	return lines
}

// executed makes all fixes and executes both histories on a server.
func (f *fixCase) executed(dbs *pgtest.Pool, name string) {
	f.t.Helper()
	fixed, made := f, 0
	for passes := 0; ; passes++ {
		files := judged(f.t, &fixed.c).Fixed(func(*lint.Diagnostic) bool { return true })
		if len(files) == 0 {
			break
		}
		if passes > 50 {
			f.t.Fatalf("fixes have no end:\n%s", textIn(fixed, files[0].File))
		}
		for _, file := range files {
			made += len(file.Diagnostics)
			fixed = fixed.with(file.File, file.Source)
		}
	}
	if made == 0 {
		return
	}
	want, refused := f.execute(dbs, name)
	got, err := fixed.execute(dbs, name)
	switch {
	case refused != nil && err != nil && sqlState(refused) == sqlState(err):
		f.n.add("the server refuses both: " + sqlState(err))
	case err != nil:
		f.t.Errorf("the fixed migrations fail: %v (as written: %v)", err, refused)
	case refused != nil:
		f.n.add("the fixed migrations run, and those as written do not")
	default:
		if differences := differ(want, got); len(differences) > 0 {
			f.t.Errorf("schema (-as written +fixed):\n%s", strings.Join(differences, "\n"))
		}
		f.n.add("schemas are the same")
	}
}

// execute executes the ups of the case on its server, up to the first that fails.
func (f *fixCase) execute(dbs *pgtest.Pool, name string) ([]string, error) {
	f.t.Helper()
	conn, done := dbs.Connect(f.t, f.c.Config.Server)
	defer done()
	if err := run(f.t, conn, caseTables[name]); err != nil {
		f.t.Fatal(err)
	}
	result := judged(f.t, &f.c)
	migrations := result.Histories[0].Migrations
	if f.c.Config.Schema != nil {
		migrations = append([]*migration.Migration{migration.ParseFile(f.c.Config.Schema)}, migrations...)
	}
	var failed error
	for _, m := range migrations {
		if m.Direction == migration.Up {
			if err := execute(f.t.Context(), conn, m); err != nil && failed == nil {
				failed = err
			}
		}
	}
	return schemaOf(f.t, conn), failed
}

// TestFixOfRunner: how a file asks for no transaction, which is part of the fix.
func TestFixOfRunner(t *testing.T) {
	const index = "CREATE INDEX CONCURRENTLY users_id ON users (id);\n"
	want := map[string]string{ // "": the tool cannot do it, or reads that in another file
		"goose":            "-- +goose NO TRANSACTION\n-- +goose Up\n" + index,
		"sql-migrate":      "-- +migrate Up notransaction\n" + index,
		"tern":             "---- tern: disable-tx ----\n" + index,
		"dbmate":           "-- migrate:up transaction:false\n" + index + "\n-- migrate:down\n",
		"diesel":           "",
		"liquibase":        "--liquibase formatted sql\n\n--changeset AUTHOR:ID runInTransaction:false\n" + index,
		"drizzle":          "",
		"prisma":           index,
		"sqitch":           index,
		"graphile-migrate": "--! no-transaction\n" + index,
		"flyway":           index,
		"node-pg-migrate":  "",
		"sqlx":             "-- no-transaction\n" + index,
		"supabase":         index,
		"golang-migrate":   index,
		"atlas":            "-- atlas:txmode none\n\n" + index,
		"psql":             index,
	}
	for _, r := range migration.Runners {
		t.Run(r.Name, func(t *testing.T) {
			name := r.NameOf(1, "index")
			text := r.Draft([]string{"CREATE INDEX users_id ON users (id)"}, false)[0]
			result, err := rules.Lint(fstest.MapFS{name: {Data: []byte(text)}}, rules.Config{
				Migrations: migration.Options{Runner: r.Name, Paths: []string{name}},
				Lint:       lint.Config{Schema: &migration.File{Name: "schema.sql", Source: []byte("CREATE TABLE users (id bigint PRIMARY KEY)")}},
			})
			if err != nil {
				t.Fatal(err)
			}
			got := ""
			for _, d := range result.Diagnostics {
				if d.Rule == "create-index-not-concurrently" && len(d.SuggestedFixes) > 0 {
					source, _ := lint.Apply([]byte(text), d.SuggestedFixes[0].TextEdits)
					got = string(source)
				}
			}
			if d := cmp.Diff(want[r.Name], got); d != "" {
				t.Errorf("(-want +got)\n%s\nof\n%s", d, text)
			}
		})
	}
}

// TestFixed counts what is made at once, and looks at what is judged only for fixes.
func TestFixed(t *testing.T) {
	const index = "CREATE INDEX a ON t (a);\n"
	for _, c := range []struct {
		what, name, text string
		made             int
		left             bool
	}{
		{"what stays inside of the statements", "00001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\n" + index + "CREATE INDEX b ON t (b);\nCREATE INDEX c ON t (c);\n", 3, false},
		{"the transaction of a part", "a.sql", "--liquibase formatted sql\n--changeset a:1\n" + index + "--changeset a:2\nCREATE INDEX b ON t (b);\n", 2, false},
		{"two findings in a part", "a.sql", "--liquibase formatted sql\n--changeset a:1\n" + index + "--changeset a:2 runInTransaction:false\nSET lock_timeout = '2s';\nCREATE INDEX b ON t (b);\nCREATE INDEX c ON t (c);\n", 2, true},
		{"two findings in a file", "00001_a.sql", "-- +goose NO TRANSACTION\n-- +goose Up\nSET lock_timeout = '2s';\n" + index + "CREATE INDEX b ON t (b);\n", 1, true},
	} {
		t.Run(c.what, func(t *testing.T) {
			fsys := fstest.MapFS{c.name: {Data: []byte(c.text)}}
			fixed := func(fixing func(string) bool) ([]lint.FixedFile, *lint.Result) {
				result, err := rules.Lint(fsys, rules.Config{Lint: lint.Config{Ignore: []string{"lock-timeout-missing"}, Fixing: fixing}})
				if err != nil {
					t.Fatal(err)
				}
				return result.Fixed(func(*lint.Diagnostic) bool { return true }), result
			}
			all, _ := fixed(nil)
			if len(all) != 1 || len(all[0].Diagnostics) != c.made || all[0].Left != c.left {
				t.Fatalf("%+v", all)
			}
			only, _ := fixed(func(string) bool { return true })
			if diff := cmp.Diff(string(all[0].Source), string(only[0].Source)); diff != "" {
				t.Errorf("other fixes (-all rules +those with fixes):\n%s", diff)
			}
			if _, none := fixed(func(string) bool { return false }); len(none.Diagnostics) > 0 {
				t.Errorf("%+v", none.Diagnostics)
			}
		})
	}
}
