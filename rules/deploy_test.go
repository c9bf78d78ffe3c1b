package rules_test

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// asked are the rules whose cases servers are asked about, with the SQLSTATEs of
// what they find; the others of their category judge what a tool refuses or
// overlooks, which testdata/runners records.
var asked = map[string][]string{
	"alter-column-type-refused-by-dependents":        {"0A000", "42601"},
	"drop-refused-by-dependents":                     {"2BP01"},
	"add-foreign-key-not-valid-on-partitioned-table": {"42809"},
	"concurrently-refused":                           {"0A000", "55000", "42601"},
	"unique-key-refused-on-partitioned-table":        {"0A000"},
	"syntax-newer-than-server":                       {"42601", "22023"},
	"truncate-referenced-table":                      {"0A000"},
	"add-column-not-null-without-default":            {"23502"},
	"cast-fails-on-stored-text":                      {"22P02", "22007"},
	"column-named-twice":                             {"42701", "42601"},
	"concurrently-in-transaction":                    {"25001"},
	"create-index-not-immutable":                     {"42P17"},
	"create-or-replace-changes-signature":            {"42P16", "42P13", "42809"},
	"create-unique-index-fails-on-duplicates":        {"23505"},
	"directive-without-effect":                       nil,
	"drop-index-still-needed":                        {"2BP01"},
	"enum-value-used-in-its-transaction":             {"55P04"},
	"lock-table-outside-transaction":                 {"25P01"},
	"runner-refuses-migration":                       nil,
	"statement-cannot-run-in-transaction":            {"25001", "2D000"},
}

// onceInMigration are rules whose one finding speaks for all such statements of a
// migration.
var onceInMigration = map[string]bool{"lock-table-outside-transaction": true}

// names reports whether a message names one of the SQLSTATEs.
func names(message string, states []string) bool {
	return slices.ContainsFunc(states, func(state string) bool { return strings.Contains(message, state) })
}

// failsAsSaid reports whether a finding has its message's SQLSTATE in a field, where
// a handler for it is looked for, and whether handlers have a name for it.
func failsAsSaid(d lint.Diagnostic) bool {
	named := slices.Contains(slices.Collect(maps.Values(migration.ConditionNames)), d.Fails)
	return named && strings.Contains(d.Message, d.Fails) || d.Fails == "" && (failsUnread(d) || !names(d.Message, asked[d.Rule]))
}

// failsUnread reports whether a finding is about the syntax of a DO block's own
// statement, at which the whole block fails before a handler is there.
func failsUnread(d lint.Diagnostic) bool {
	return d.Statement.Do != nil && !d.Statement.Executed && strings.Contains(d.Message, "fails with 42601")
}

// elsewhereAsked are statements that are not executed: TestNeedsOwnTransaction
// of lint/lock asks about them.
var elsewhereAsked = []struct {
	statement *regexp.Regexp
	flagged   bool
	why       string
}{
	{regexp.MustCompile(`\b(SUBSCRIPTION|ALTER SYSTEM|DATABASE app)\b`), false, "it would change the server that other tests use"},
	{regexp.MustCompile(`^(ALTER|DROP) SUBSCRIPTION`), true, "there is no subscription"},
}

func askedElsewhere(text string, flagged bool) bool {
	for _, e := range elsewhereAsked {
		if e.flagged == flagged && e.statement.MatchString(text) {
			return true
		}
	}
	return false
}

// TestCasesAtDeploy executes the cases of the rules about migrations that fail,
// on tables with rows: a statement that a rule flags fails with the SQLSTATE of
// its message, and no other fails with that. What else fails speaks of
// what the case does not create.
func TestCasesAtDeploy(t *testing.T) {
	pgtest.FindMaintained(t)
	pool := pgtest.NewPool(t)
	for _, rule := range rules.All() {
		if _, ok := asked[rule.Name]; !ok && rule.Category == lint.FailsAtDeploy {
			t.Errorf("%s: no server is asked about its cases", rule.Name)
		}
	}
	var n caseCounts
	t.Run("cases", func(t *testing.T) {
		cases := allCases(t)
		for _, name := range slices.Sorted(maps.Keys(cases)) {
			rule, _, _ := strings.Cut(name, "/")
			if len(asked[rule]) == 0 || cases[name].Config.Server == 0 { // which server is meant is left open
				continue
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				askAboutCase(t, pool, cases[name], name, &n)
			})
		}
	})
	t.Logf("%d flagged statements failed as their messages say; of %d others, %d succeeded and none failed so", n.flagged.Load(), n.others.Load(), n.succeeded.Load())
	if n.flagged.Load() < 80 || n.succeeded.Load() < 80 {
		t.Error("those are too few")
	}
}

type caseCounts struct{ flagged, others, succeeded atomic.Int64 }

func askAboutCase(t *testing.T, pool *pgtest.Pool, c *linttest.Case, name string, n *caseCounts) {
	t.Helper()
	rule, _, _ := strings.Cut(name, "/")
	result, err := c.Lint(rules.All())
	if err != nil {
		t.Fatal(err)
	}
	flagged := map[*migration.Statement]lint.Diagnostic{}
	for _, d := range result.Diagnostics {
		if rule == d.Rule && !failsAsSaid(d) {
			t.Errorf("%s: Fails is %q, but the message %q", d.Rule, d.Fails, d.Message)
		}
		if len(asked[d.Rule]) > 0 && names(d.Message, asked[rule]) && (d.Fails == "" || !d.Statement.Caught(d.Fails)) {
			flagged[d.Statement.Outermost()] = d
		}
	}
	conn, done := pool.Connect(t, c.Config.Server)
	defer done()
	if err := run(t, conn, caseTables[name]); err != nil {
		t.Fatal(err)
	}
	s := caseSession{t: t, conn: conn, states: asked[rule], flagged: flagged, n: n}
	for _, m := range result.Histories[0].Migrations {
		if m.Direction == migration.Up {
			s.migrate(m)
		}
	}
}

// caseSession executes migrations to the end, whatever fails.
type caseSession struct {
	t       *testing.T
	conn    *pgx.Conn
	states  []string // what the rule is about
	flagged map[*migration.Statement]lint.Diagnostic
	n       *caseCounts
}

func (s *caseSession) migrate(m *migration.Migration) {
	s.t.Helper()
	switch m.Section.Scope {
	case migration.TransactionPerMigration, migration.TransactionPerRun: // of which each migration has a part here
		s.fill()
		s.must("BEGIN")
	}
	for _, message := range messagesOf(m) {
		s.message(m, message)
	}
	if s.conn.PgConn().TxStatus() != 'I' {
		s.must("COMMIT")
	}
}

// message sends a message once for each of its flagged statements, which must
// fail, and once without them. SELECT 1 stands in for the others, so that the
// message has as many statements.
func (s *caseSession) message(m *migration.Migration, statements []*migration.Statement) {
	s.t.Helper()
	for _, one := range statements {
		d, ok := s.flagged[one]
		if !ok || askedElsewhere(one.Text(), true) {
			continue
		}
		s.fill()
		if got := sqlState(s.send(s.text(statements, one), false)); !slices.Contains(s.states, got) || !strings.Contains(d.Message, got) {
			at := m.File.Position(one.Pos)
			s.t.Errorf("%s:%d:%d: PostgreSQL says %q, but premortem: %s", m.File.Name, at.Line, at.Column, got, d.Message)
			continue
		}
		s.n.flagged.Add(1)
	}
	text := s.text(statements, nil)
	if askedElsewhere(text, false) {
		return
	}
	s.n.others.Add(1)
	err := s.send(text, true)
	switch state := sqlState(err); {
	case state == "":
		s.n.succeeded.Add(1)
	case slices.Contains(s.states, state) && s.saidBefore(m, statements[0]):
	case slices.Contains(s.states, state):
		at := m.File.Position(statements[0].Pos)
		s.t.Errorf("%s:%d:%d: nothing is flagged, but PostgreSQL says %v", m.File.Name, at.Line, at.Column, err)
	}
}

// saidBefore reports whether a finding above the statement speaks for it too.
func (s *caseSession) saidBefore(m *migration.Migration, st *migration.Statement) bool {
	return slices.ContainsFunc(m.Statements, func(above *migration.Statement) bool {
		return above.Pos < st.Pos && onceInMigration[s.flagged[above].Rule]
	})
}

// text joins statements, flagged ones left out but for one.
func (s *caseSession) text(statements []*migration.Statement, keep *migration.Statement) string {
	var texts []string
	for _, st := range statements {
		if _, ok := s.flagged[st]; ok && st != keep {
			texts = append(texts, "SELECT 1")
		} else {
			texts = append(texts, st.Text())
		}
	}
	return strings.Join(texts, ";\n")
}

var transactionControl = regexp.MustCompile(`^(BEGIN|START|COMMIT|END|ROLLBACK|SAVEPOINT|RELEASE)\b`)

// send executes a message. If it fails, or is not to be kept, what the
// transaction has done before remains: a savepoint tries it first, and is gone
// when the message is executed for good, because a savepoint is not without
// effects.
func (s *caseSession) send(text string, keep bool) error {
	s.t.Helper()
	if s.conn.PgConn().TxStatus() == 'T' && !transactionControl.MatchString(text) {
		s.must("SAVEPOINT trial")
		err := send(s.t.Context(), s.conn, text)
		s.must("ROLLBACK TO trial")
		s.must("RELEASE trial")
		if err != nil || !keep {
			return err
		}
	}
	err := send(s.t.Context(), s.conn, text)
	if s.conn.PgConn().TxStatus() == 'E' {
		s.must("ROLLBACK")
	}
	return err
}

func (s *caseSession) must(text string) {
	s.t.Helper()
	if err := send(s.t.Context(), s.conn, text); err != nil {
		s.t.Fatalf("%s: %v", text, err)
	}
}

// fill fills tables wherever others could insert rows.
func (s *caseSession) fill() {
	s.t.Helper()
	if s.conn.PgConn().TxStatus() == 'I' {
		pgtest.Fill(s.t, s.conn, 3)
	}
}
