package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var backfillInDDLTransaction = &lint.Rule{
	Name:     "backfill-in-ddl-transaction",
	Doc:      page("backfill-in-ddl-transaction"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		held, ok := strongestHeldLock(p)
		if !ok {
			return nil
		}
		does, table, ok := bulkOf(p).statement()
		if !ok || inReportedBlock(p) {
			return nil
		}
		severity := lint.Error
		if !p.Large(table) {
			severity = lint.Warning
		}
		instead := "change the rows in a later migration, in batches that commit one by one"
		if p.Statement.Node.GetCreateTableAsStmt() != nil || p.Statement.Node.GetSelectStmt().GetIntoClause() != nil {
			instead = "give the statement a migration of its own"
		}
		p.Report(lint.Diagnostic{
			Message: fmt.Sprintf("%s%s runs while the transaction holds %s on %s, which blocks %s of it until the last row is done and the transaction ends",
				does, table, aLock(held.Mode), lockedTable(held), blocks(held.Mode)),
			Severity: severity,
			Hazard:   held.Statement,
			Also:     fmt.Sprintf("%s%s runs under it too", does, table),
			Related:  []lint.Related{heldSince(held)},
			Instead:  &lint.Instead{Message: instead},
		})
		return nil
	},
}

// inReportedBlock reports whether the rule has reported a statement of the DO
// block that the current one stands in.
func inReportedBlock(p *lint.Pass) bool {
	return p.Statement.Do != nil && slices.ContainsFunc(p.Earlier(), func(d lint.Diagnostic) bool {
		return d.Statement.Outermost() == p.Statement.Outermost()
	})
}

// strongestHeldLock returns the first of the strongest locks that the open
// transaction holds on a table with traffic, of those that block writes.
func strongestHeldLock(p *lint.Pass) (held lock.Held, ok bool) {
	for _, h := range p.Held() {
		if h.Mode > held.Mode && h.Mode.BlocksWrites() {
			held, ok = h, true
		}
	}
	return held, ok
}
