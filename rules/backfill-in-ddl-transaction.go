package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
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
		does, table, at, ok := backfill(p)
		if !ok {
			return nil
		}
		severity := lint.Error
		if !p.Large(table) {
			severity = lint.Warning
		}
		p.Report(lint.Diagnostic{
			Range: at,
			Message: fmt.Sprintf("%s%s runs while the transaction holds %s on %s, which blocks %s of it until the last row is done and the transaction ends",
				does, table, aLock(held.Mode), lockedTable(held), blocks(held.Mode)),
			Severity: severity,
			Related:  []lint.Related{heldSince(held)},
			Instead:  &lint.Instead{Message: "change the rows in a later migration, in batches that commit one by one"},
		})
		return nil
	},
}

// backfill says what the statement, or the first one that does so in its DO
// block, does to the rows of a table that existed before.
func backfill(p *lint.Pass) (does string, table catalog.Name, at migration.Range, ok bool) {
	if does, table, ok = bulkOf(p); ok {
		return does, table, p.Statement.Range, true
	}
	for _, n := range p.Statement.ChangesInBlock() {
		nested := *p
		nested.Statement = n.Statement
		b := bulk{Pass: &nested, variables: !n.Loop}
		if does, table, ok = b.statement(); ok {
			return does, table, n.Range, true
		}
	}
	return "", catalog.Name{}, migration.Range{}, false
}

// strongestHeldLock returns the first of the strongest locks that the open
// transaction holds on a table with traffic, of those that block writes.
func strongestHeldLock(p *lint.Pass) (held lock.Held, ok bool) {
	for _, h := range p.Session.Held {
		if h.Mode > held.Mode && h.Mode.BlocksWrites() && p.Exists(h.Relation, h.Index) {
			held, ok = h, true
		}
	}
	return held, ok
}
