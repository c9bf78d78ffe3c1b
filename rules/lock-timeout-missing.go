package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// longestWait is the longest lock wait that does not count as missing a
// timeout: clients that queue behind it give up at about that time.
const longestWait = time.Minute

var lockTimeoutMissing = &lint.Rule{
	Name:     "lock-timeout-missing",
	Doc:      page("lock-timeout-missing"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		// LOCK TABLE outside of a transaction block waits for nothing: it fails.
		if p.Reported() || doesNotWait(p.Statement.Node) || p.Statement.Node.GetLockStmt() != nil && p.Session.Block() == lock.NoBlock {
			return nil
		}
		var waits []lock.Effect
		for _, e := range p.Existing() {
			// Who holds such a lock already does not wait for it. A CONCURRENTLY
			// form that gives up leaves half of its work behind.
			if e.Mode.BlocksWrites() && !e.Waits && p.Session.Strongest(e.Relation) < e.Mode {
				waits = append(waits, e)
			}
		}
		e, ok := strongest(waits)
		if !ok {
			return nil
		}
		why := unbounded(p.Session.LockTimeout(), p.Session.StatementTimeout())
		if why == "" {
			return nil
		}
		waiting, doubt := "waits for", ""
		if e.MayBeMissing() {
			waiting, doubt = "may wait for", unknown(e)
		}
		on := andBelow{catalog: p.Catalog, named: []lock.Effect{e}}
		for _, other := range waits {
			if other.Implied && !e.Implied {
				on.add(other)
			}
		}
		on.others = nil
		severity := lint.Warning
		if p.Hot(e.Relation) {
			severity = lint.Error
		}
		instead := impatiently(p)
		fix := p.Fix(instead)
		if fix == nil && p.Session.Block() == lock.NoBlock && p.Migration.Runner.FreshSession && !concurrentLater(p) {
			fix = p.Fix(p.Instead(instead.Message, lint.Step{Statements: []string{"SET lock_timeout = '5s'", p.Statement.Text()}, NoTransaction: true}))
		}
		p.Report(lint.Diagnostic{
			Range: e.Range,
			Message: fmt.Sprintf("%s %s %s on %s %s, and all later %s of the %s wait behind it%s",
				statementName(p.Statement), waiting, aLock(e.Mode), on, why, blocks(e.Mode), relationKind(p, e), doubt),
			Severity:       severity,
			Instead:        instead,
			SuggestedFixes: fix,
		})
		return nil
	},
}

// relationKind is what people call the relation of an effect: a view, or a table.
func relationKind(p *lint.Pass, e lock.Effect) string {
	kind := p.Statement.Node.GetDropStmt().GetRemoveType()
	t := p.Catalog.Table(e.Relation)
	switch {
	case t != nil && t.Kind == catalog.View, t == nil && kind == pg_query.ObjectType_OBJECT_VIEW:
		return "view"
	case t != nil && t.Kind == catalog.MaterializedView, t == nil && kind == pg_query.ObjectType_OBJECT_MATVIEW:
		return "materialized view"
	}
	return "table"
}

// doesNotWait reports whether NOWAIT makes a statement fail in place of waiting.
func doesNotWait(n *pg_query.Node) bool {
	return n.GetLockStmt().GetNowait() || n.GetAlterTableMoveAllStmt().GetNowait()
}

func impatiently(p *lint.Pass) *lint.Instead {
	const message = "give up after a few seconds and try again"
	alone := lock.NeedsOwnTransaction(p.Statement, p.Catalog, p.Server) != ""
	switch {
	case !alone: // a DO block, which waits inside, as a whole
		return p.Instead(message, brief(p.Statement.Outermost().Text()))
	case setsLast(p.Migration.Runner):
		return p.Instead(message, lint.Step{Statements: []string{"SET lock_timeout = '5s'", p.Statement.Text(), "RESET lock_timeout"}, NoTransaction: true})
	}
	return &lint.Instead{Message: message + ", over a connection that sets lock_timeout"}
}

// concurrentLater reports whether a later statement, of this migration or of one that
// follows in its session, is one that a lock_timeout must not cancel.
func concurrentLater(p *lint.Pass) bool {
	return anyConcurrent(p, p.Following()) ||
		slices.ContainsFunc(p.Later(), func(m *migration.Migration) bool { return anyConcurrent(p, m.Statements) })
}

func anyConcurrent(p *lint.Pass, statements []*migration.Statement) bool {
	return slices.ContainsFunc(statements, func(s *migration.Statement) bool {
		return strings.Contains(lock.NeedsOwnTransaction(s, p.Catalog, p.Server), "CONCURRENTLY")
	})
}

// unbounded says in which way a lock wait has no useful end, or "".
func unbounded(lockTimeout, statementTimeout lock.Timeout) string {
	bound, set := time.Duration(0), false
	for _, t := range []lock.Timeout{lockTimeout, statementTimeout} {
		if t.Known && t.Value > 0 && (!set || t.Value < bound) {
			bound, set = t.Value, true
		}
	}
	switch {
	case set && bound <= longestWait:
		return ""
	case set:
		return "for up to " + inUnits(bound)
	case lockTimeout.Known:
		return "without end, because lock_timeout is 0"
	}
	return "without a lock_timeout"
}

// bounded reports whether the timeouts in force bound a lock wait.
func bounded(p *lint.Pass) bool {
	return unbounded(p.Session.LockTimeout(), p.Session.StatementTimeout()) == ""
}

// strongest returns the first of the strongest effects.
func strongest(effects []lock.Effect) (lock.Effect, bool) {
	var best lock.Effect
	for _, e := range effects {
		if e.Mode > best.Mode {
			best = e
		}
	}
	return best, best.Mode != lock.None
}

// inUnits writes a timeout as SHOW does: in the largest unit that leaves no
// fraction.
func inUnits(d time.Duration) string {
	for _, unit := range []struct {
		name string
		time.Duration
	}{
		{"d", 24 * time.Hour},
		{"h", time.Hour},
		{"min", time.Minute},
		{"s", time.Second},
	} {
		if d%unit.Duration == 0 {
			return fmt.Sprintf("%d%s", d/unit.Duration, unit.name)
		}
	}
	return fmt.Sprintf("%dms", d.Milliseconds())
}
