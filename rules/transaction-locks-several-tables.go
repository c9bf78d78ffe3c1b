package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var transactionLocksSeveralTables = &lint.Rule{
	Name:     "transaction-locks-several-tables",
	Doc:      page("transaction-locks-several-tables"),
	Category: lint.Outage,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		if p.Reported() {
			return nil
		}
		for _, e := range p.Existing() {
			if e.Index || e.Implied || !e.Mode.BlocksWrites() {
				continue
			}
			for _, h := range p.Session.Held {
				if h.Index || h.Implied || !h.Mode.BlocksWrites() || h.Relation == e.Relation ||
					!p.Exists(h.Relation, false) || related(p.Catalog, h.Relation, e.Relation) {
					continue
				}
				p.Report(lint.Diagnostic{
					Range: e.Range,
					Message: fmt.Sprintf("%s takes %s on %s while the transaction holds %s on %s: a transaction that uses the two tables in the other order deadlocks with it",
						statementName(p.Statement), aLock(e.Mode), e.Relation, aLock(h.Mode), h.Relation),
					Related: []lint.Related{heldSince(h)},
				})
				return nil
			}
		}
		return nil
	},
}

// related reports whether one table is below the other in a partition or
// inheritance tree: locking the one locks the other anyway.
func related(c *catalog.Catalog, a, b catalog.Name) bool {
	return slices.Contains(c.Descendants(a), b) || slices.Contains(c.Descendants(b), a)
}
