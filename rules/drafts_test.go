package rules_test

import (
	"context"
	"fmt"
	"hash/fnv"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// TestDraftsRun executes every case on every major, on tables with rows: once
// as it is written, and then with a finding's drafts in place of each
// statement. Drafts run where the statement does, and leave the same schema,
// but for what otherSchema names. The drafts for the case's own runner run on
// all majors, those for another one on one.
func TestDraftsRun(t *testing.T) {
	pgtest.FindMaintained(t)
	dbs := pgtest.NewPool(t)
	var n tally
	t.Run("cases", func(t *testing.T) {
		cases := allCases(t)
		for _, presumed := range []map[string]string{caseTables, caseRows} {
			for name := range presumed {
				if cases[name] == nil {
					t.Errorf("there is no case %s", name)
				}
			}
		}
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			if slices.Contains(onTablespaces, name) {
				continue
			}
			other, its := anotherRunner(name)
			for _, major := range pgtest.Maintained {
				t.Run(fmt.Sprintf("%s/%d", name, major), func(t *testing.T) {
					t.Parallel()
					c := *cases[name]
					c.Config.Server = major
					s := newScript(t, dbs, name, &c, &n)
					if own := s.own.Histories[0].Runner; !own.Printed { // else TestPrintedDrafts of lint/migration knows
						s.plan(s.own, own)
					}
					if other != s.own.Histories[0].Runner && its == major {
						if c, why := convert(&c, s.own, other); why == "" {
							s.plan(judged(t, c), other)
						}
					}
					s.run()
				})
			}
		}
	})
	n.atLeast(t, "drafts left the same schema", 1100)
	n.atLeast(t, "drafts that are the statement itself ran", 1350)
	n.atLeast(t, "databases with rows", 1000)
	for _, o := range otherSchema {
		n.atLeast(t, o.why, 1)
	}
	for _, why := range append(slices.Sorted(maps.Values(refusals)), tooNew) {
		n.atLeast(t, why, 1)
	}
}

// refusals are the reasons for which a server refuses statements of cases, by
// SQLSTATE. Their drafts are not executed.
var refusals = map[string]string{
	"0A000": "PostgreSQL has no such thing",
	"22007": "the statement fails on rows, and that is what the case is about",
	"22P02": "the statement fails on rows, and that is what the case is about",
	"23502": "the statement fails on rows, and that is what the case is about",
	"23505": "the statement fails on rows, and that is what the case is about",
	"2BP01": "other objects depend on what the statement drops",
	"42701": "the column is there already",
	"42703": "there is no such column",
	"42704": "there is no such object",
	"42830": "there is no such key",
	"42809": "PostgreSQL takes no such constraint there",
	"42P01": "there is no such relation",
	"42P16": "the table has a primary key already",
	"42P17": "another partition has the place",
	"55000": "PostgreSQL has no CONCURRENTLY there",
	"58P01": "there is no such folder",
}

const tooNew = "the statement is newer than the server"

// otherLine is a line of the schema that only one of two has.
type otherLine struct {
	rule string
	line *regexp.Regexp
	why  string
}

// otherSchema are the differences that drafts may leave.
var otherSchema = []otherLine{
	{"detach-partition-not-concurrently", regexp.MustCompile(`^\+constraint \w+_check of \w+ : CHECK \(\(\(\w+ IS NOT NULL\) AND .*, validated t,`),
		"CONCURRENTLY leaves the bound behind as a CHECK"},
}

// anotherRunner chooses a runner for a case, and a major on which its drafts run.
func anotherRunner(name string) (*migration.Runner, int) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	n := int64(h.Sum32())
	runners, majors := int64(len(draftRunners)), int64(len(pgtest.Maintained))
	return draftRunners[n%runners], pgtest.Maintained[n/runners%majors]
}

func judged(t *testing.T, c *linttest.Case) *lint.Result {
	t.Helper()
	result, err := c.Lint(rules.All())
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// script is a case on one major: what it executes before what is under review,
// and then statement by statement, with what the server answers.
type script struct {
	t       *testing.T
	dbs     *pgtest.Pool
	n       *tally
	name    string
	c       *linttest.Case
	own     *lint.Result
	history []*migration.Migration
	steps   []step
	plans   []plan
}

// plan is the findings of one runner that are still to be executed, for each step.
type plan struct {
	runner  *migration.Runner
	drafted [][]lint.Diagnostic
}

type step struct {
	text   string
	err    error
	schema []string
}

func newScript(t *testing.T, dbs *pgtest.Pool, name string, c *linttest.Case, n *tally) *script {
	t.Helper()
	s := &script{t: t, dbs: dbs, n: n, name: name, c: c, own: judged(t, c)}
	var steps []*migration.Statement
	s.history, steps = cut(s.own)
	for _, st := range steps {
		s.steps = append(s.steps, step{text: st.Text()})
	}
	return s
}

// cut returns the migrations before the first one that is under review, and the
// statements to execute one by one after them: without those that mean
// something only together with others.
func cut(result *lint.Result) (history []*migration.Migration, statements []*migration.Statement) {
	reviewing := false
	for _, m := range result.Histories[0].Migrations {
		if m.Direction == migration.Down {
			continue
		}
		if reviewing = reviewing || m.UnderReview; reviewing {
			statements = append(statements, executable(m)...)
		} else {
			history = append(history, m)
		}
	}
	return history, statements
}

func executable(m *migration.Migration) []*migration.Statement {
	return slices.DeleteFunc(slices.Clone(m.Statements), func(s *migration.Statement) bool {
		n := s.Node
		return n.GetTransactionStmt() != nil || n.GetLockStmt() != nil || n.GetCopyStmt() != nil || n.GetDiscardStmt() != nil || askedElsewhere(s.Text(), false)
	})
}

// begin returns a connection to a database in which the history has run, the
// tables are filled, and the first statements have run.
func (s *script) begin(statements int) (conn *pgx.Conn, done func()) {
	s.t.Helper()
	conn, done = s.dbs.Connect(s.t, s.c.Config.Server)
	if err := run(s.t, conn, caseTables[s.name]); err != nil {
		s.t.Fatal(err)
	}
	history := s.history
	if s.c.Config.Schema != nil {
		history = append([]*migration.Migration{migration.ParseFile(s.c.Config.Schema)}, history...)
	}
	for _, m := range history {
		if err := execute(s.t.Context(), conn, m); err != nil && !(sqlState(err) == "42601" && s.c.Config.Server < lint.NewestSupported) {
			s.t.Error(err)
		}
	}
	for _, rows := range pgtest.Fill(s.t, conn, 20) {
		if rows > 0 {
			s.n.add("databases with rows")
			break
		}
	}
	if err := run(s.t, conn, caseRows[s.name]); err != nil {
		s.t.Error(err)
	}
	for _, step := range s.steps[:statements] {
		_ = s.send(conn, step.text)
	}
	return conn, done
}

// send executes a statement in a transaction of its own.
func (s *script) send(conn *pgx.Conn, text string) error {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	err := send(ctx, conn, text)
	if ctx.Err() != nil {
		s.t.Fatalf("still running after a minute: %s", text)
	}
	return err
}

// run executes the plans. A statement with several findings takes part once for
// each, in as many passes.
func (s *script) run() {
	s.t.Helper()
	planned := func(p plan) bool {
		return slices.ContainsFunc(p.drafted, func(f []lint.Diagnostic) bool { return len(f) > 0 })
	}
	if !slices.ContainsFunc(s.plans, planned) {
		return
	}
	s.asWritten()
	for _, p := range s.plans {
		for planned(p) {
			s.pass(p)
		}
	}
}

// asWritten executes the statements and notes what becomes of them. Drafts that
// only add timeouts to the statement execute it, as far as each has its turn.
func (s *script) asWritten() {
	s.t.Helper()
	conn, done := s.begin(0)
	defer done()
	for i := range s.steps {
		s.steps[i].err = s.write(conn, i)
		if slices.ContainsFunc(s.plans, func(p plan) bool { return len(p.drafted[i]) > 0 }) && s.steps[i].err == nil {
			s.steps[i].schema = schemaOf(s.t, conn)
		}
	}
}

func (s *script) write(conn *pgx.Conn, i int) error {
	s.t.Helper()
	for _, p := range s.plans {
		for n, d := range p.drafted[i] {
			drafts := s.load(p.runner, d)
			if !itself(d, drafts) {
				continue
			}
			p.drafted[i] = slices.Delete(p.drafted[i], n, n+1)
			failed := s.execute(conn, drafts)
			if failed == nil {
				s.n.add("drafts that are the statement itself ran")
				return nil
			}
			err := s.send(conn, s.steps[i].text)
			if err == nil {
				s.t.Errorf("%s: draft fails: %v", where(p.runner, d), failed)
			} else {
				s.refused(s.steps[i].text, err)
			}
			return err
		}
	}
	return s.send(conn, s.steps[i].text)
}

// plan adds what a result has for a runner: for each statement the findings
// with drafts, all different.
func (s *script) plan(result *lint.Result, r *migration.Runner) {
	s.t.Helper()
	drafted := make([][]lint.Diagnostic, len(s.steps))
	at := map[*migration.Statement]int{}
	_, statements := cut(result)
	for i, st := range statements {
		at[st] = i
	}
	for _, d := range result.Diagnostics {
		i, ok := at[d.Statement]
		if ok && d.Instead != nil && len(d.Instead.Migrations) > 0 && !slices.ContainsFunc(drafted[i], func(o lint.Diagnostic) bool {
			return slices.Equal(o.Instead.Migrations, d.Instead.Migrations)
		}) {
			drafted[i] = append(drafted[i], d)
		}
	}
	s.plans = append(s.plans, plan{r, drafted})
}

// pass executes the first finding's drafts in place of each statement that has
// some, and strikes them off.
func (s *script) pass(p plan) {
	s.t.Helper()
	conn, done := s.begin(0)
	for i, findings := range p.drafted {
		step := s.steps[i]
		if len(findings) == 0 || step.err != nil {
			for range findings {
				s.refused(step.text, step.err)
			}
			p.drafted[i] = nil
			if err := s.send(conn, step.text); (err == nil) != (step.err == nil) {
				s.t.Errorf("after the drafts before it: %v, and as written: %v\n%s", err, step.err, step.text)
			}
			continue
		}
		p.drafted[i] = findings[1:]
		if !s.draft(conn, p.runner, step, findings[0]) {
			done()
			conn, done = s.begin(i + 1)
		}
	}
	done()
}

// refused counts a finding whose drafts nobody can compare.
func (s *script) refused(text string, err error) {
	s.t.Helper()
	switch why, ok := refusals[sqlState(err)]; {
	case ok:
		s.n.add(why)
	case sqlState(err) == "42601" && s.c.Config.Server < lint.NewestSupported:
		s.n.add(tooNew)
	default:
		s.t.Errorf("PostgreSQL refuses the statement: %v\n%s", err, text)
	}
}

// draft executes drafts in place of their statement, and reports whether the
// schema is now as after it.
func (s *script) draft(conn *pgx.Conn, r *migration.Runner, step step, d lint.Diagnostic) bool {
	s.t.Helper()
	drafts := s.load(r, d)
	if rest := restOf(d, drafts); rest != "" {
		if err := s.send(conn, rest); err != nil {
			s.t.Errorf("%s: %v\n%s", where(r, d), err, rest)
			return false
		}
	}
	if err := s.execute(conn, drafts); err != nil {
		s.t.Errorf("%s: draft fails: %v", where(r, d), err)
		return false
	}
	if itself(d, drafts) {
		s.n.add("drafts that are the statement itself ran")
		return true
	}
	var wrong []string
	differences := differ(step.schema, schemaOf(s.t, conn))
	for _, line := range differences {
		o := slices.IndexFunc(otherSchema, func(o otherLine) bool { return o.rule == d.Rule && o.line.MatchString(line) })
		if o < 0 {
			wrong = append(wrong, line)
		} else {
			s.n.add(otherSchema[o].why)
		}
	}
	if len(wrong) > 0 {
		s.t.Errorf("%s: schema (-as written +drafts):\n%s\n%s", where(r, d), strings.Join(wrong, "\n"), strings.Join(d.Instead.Migrations, "\n"))
		return false
	}
	if len(differences) == 0 {
		s.n.add("drafts left the same schema")
	}
	return len(differences) == 0
}

func where(r *migration.Runner, d lint.Diagnostic) string {
	at := d.File.Position(d.Pos)
	return fmt.Sprintf("%s: %s:%d:%d: %s", r.Name, d.File.Name, at.Line, at.Column, d.Rule)
}

// differ returns the lines that only one of two sorted lists has: -a, then +b.
func differ(a, b []string) []string {
	var lines []string
	for _, line := range a {
		if _, found := slices.BinarySearch(b, line); !found {
			lines = append(lines, "-"+line)
		}
	}
	for _, line := range b {
		if _, found := slices.BinarySearch(a, line); !found {
			lines = append(lines, "+"+line)
		}
	}
	return lines
}

func (s *script) execute(conn *pgx.Conn, drafts []*migration.Migration) error {
	ctx, cancel := context.WithTimeout(s.t.Context(), time.Minute)
	defer cancel()
	for _, m := range drafts {
		if err := execute(ctx, conn, m); err != nil {
			return err
		}
	}
	return nil
}

// load reads drafts as their runner does.
func (s *script) load(r *migration.Runner, d lint.Diagnostic) []*migration.Migration {
	s.t.Helper()
	fsys := fstest.MapFS{}
	for i, text := range d.Instead.Migrations {
		fsys[r.NameOf(i+1, "case")] = &fstest.MapFile{Data: []byte(text)}
	}
	histories, err := migration.Load(fsys, migration.Options{Runner: r.Name, Release: slices.Collect(maps.Keys(fsys))})
	if err != nil {
		s.t.Fatal(err)
	}
	return histories[0].Migrations
}

// restOf is an ALTER TABLE with the commands that are neither the finding's nor
// part of its drafts; "" if there are none.
func restOf(d lint.Diagnostic, drafts []*migration.Migration) string {
	commands := d.Statement.Commands()
	own := slices.IndexFunc(commands, func(c migration.Range) bool { return c.Pos <= d.Pos && d.End <= c.End })
	if own < 0 {
		return ""
	}
	var drafted []string
	for _, m := range drafts {
		for _, s := range m.Statements {
			drafted = append(drafted, commandsOf(s)...)
		}
	}
	var rest []string
	for i, text := range commandsOf(d.Statement) {
		if i != own && !slices.Contains(drafted, text) {
			rest = append(rest, text)
		}
	}
	if len(rest) == 0 {
		return ""
	}
	return d.Statement.Text()[:commands[0].Pos-d.Statement.Pos] + strings.Join(rest, ", ")
}

func commandsOf(s *migration.Statement) []string {
	var texts []string
	for _, c := range s.Commands() {
		texts = append(texts, s.TextOf(c))
	}
	return texts
}

// itself reports whether the drafts only execute the statement itself, with timeouts.
func itself(d lint.Diagnostic, drafts []*migration.Migration) bool {
	var texts []string
	for _, m := range drafts {
		for _, s := range executable(m) {
			if s.Node.GetVariableSetStmt() == nil {
				texts = append(texts, s.Text())
			}
		}
	}
	return slices.Equal(texts, []string{d.Statement.Text()})
}
