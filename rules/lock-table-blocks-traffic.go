package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var lockTableBlocksTraffic = &lint.Rule{
	Name:     "lock-table-blocks-traffic",
	Doc:      page("lock-table-blocks-traffic"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Statement.Node.GetLockStmt() == nil || p.Session.Block() == lock.NoBlock {
			return nil
		}
		var locked []lock.Effect
		on := andBelow{catalog: p.Catalog}
		for _, e := range p.Existing() {
			if !e.Mode.BlocksWrites() || p.Session.Strongest(e.Relation) >= e.Mode || lockedAnyway(p, e) {
				continue
			}
			locked = append(locked, e)
			on.add(e)
		}
		if !slices.ContainsFunc(locked, func(e lock.Effect) bool { return !e.Implied }) {
			return nil
		}
		mode := locked[0].Mode
		type together struct {
			first *migration.Statement
			lock.Mode
		}
		instead := "lock the rows with SELECT … FOR UPDATE, or let those who must not meet agree on an advisory lock"
		switch needs := needsLater(p, locked); {
		case needs != nil:
			instead = statementName(needs) + " needs the lock too: do the work before it in migrations of their own, so that it is held for an instant"
		case mode.BlocksReads():
			instead += "; SHARE ROW EXCLUSIVE keeps other writers out, and reads go on"
		}
		p.Report(lint.Diagnostic{
			Message: fmt.Sprintf("LOCK TABLE takes %s on %s, which blocks %s from the moment it waits for running queries until the transaction ends", aLock(mode), on, blocks(mode)),
			Effects: locked,
			Hazard:  together{firstOfLocks(p), mode},
			Also:    "locks " + on.String() + " too",
			Instead: &lint.Instead{Message: instead},
		})
		return nil
	},
}

// lockedAnyway reports whether a statement that follows at once takes the lock
// itself: to take it a few instants earlier blocks nobody for long.
func lockedAnyway(p *lint.Pass, e lock.Effect) bool {
	for _, s := range p.Following() {
		effects := lock.Effects(s, p.Catalog, p.Session, p.Server)
		if slices.ContainsFunc(effects, func(next lock.Effect) bool { return next.Relation == e.Relation && next.Mode >= e.Mode }) {
			return s.Node.GetLockStmt() == nil
		}
		works := slices.ContainsFunc(effects, func(next lock.Effect) bool { return next.Work != lock.CatalogOnly })
		if works || s.Node.GetTransactionStmt() != nil || s.Node.GetSelectStmt() != nil || s.Node.GetDoStmt() != nil || s.Node.GetCallStmt() != nil {
			return false
		}
	}
	return false
}

// firstOfLocks returns the first of the LOCK TABLE statements that follow each
// other up to the current one.
func firstOfLocks(p *lint.Pass) *migration.Statement {
	first := p.Statement
	for _, s := range slices.Backward(p.Preceding()) {
		if s.Node.GetLockStmt() == nil {
			break
		}
		first = s
	}
	return first
}

// needsLater returns the first statement of the transaction, other than LOCK TABLE,
// that takes one of the locks itself, or nil.
func needsLater(p *lint.Pass, locked []lock.Effect) *migration.Statement {
	for _, s := range restOfTransaction(p) {
		if s.Node.GetLockStmt() != nil {
			continue
		}
		for _, next := range lock.Effects(s, p.Catalog, p.Session, p.Server) {
			if slices.ContainsFunc(locked, func(e lock.Effect) bool { return next.Relation == e.Relation && next.Mode >= e.Mode }) {
				return s
			}
		}
	}
	return nil
}
