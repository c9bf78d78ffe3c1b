package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
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
		instead := "lock the rows with SELECT … FOR UPDATE, or let those who must not meet agree on an advisory lock"
		if mode.BlocksReads() {
			instead += "; SHARE ROW EXCLUSIVE keeps other writers out, and reads go on"
		}
		p.Report(lint.Diagnostic{
			Message: fmt.Sprintf("LOCK TABLE takes %s on %s, which blocks %s from the moment it waits for running queries until the transaction ends", aLock(mode), on, blocks(mode)),
			Effects: locked,
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
