package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
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
			if !locksTable(p, e, p.Statement) || p.Session.Strongest(e.Relation) >= e.Mode {
				continue
			}
			for _, h := range p.Held() {
				if !locksTable(p, h.Effect, h.Statement) || root(p.Catalog, h.Relation) == root(p.Catalog, e.Relation) {
					continue
				}
				d := lint.Diagnostic{
					Range: e.Range,
					Message: fmt.Sprintf("%s takes %s on %s while the transaction holds %s on %s: a transaction that uses the two tables in the other order deadlocks with it",
						statementName(p.Statement), aLock(e.Mode), e.Relation, aLock(h.Mode), h.Relation),
					Related: []lint.Related{heldSince(h)},
					Instead: &lint.Instead{Message: "give each table a migration of its own"},
				}
				if p.Hot(e.Relation) || p.Hot(h.Relation) {
					d.Severity = lint.Error
				}
				p.Report(d)
				return nil
			}
		}
		return nil
	},
}

// locksTable reports whether an effect of a statement blocks writes of a table
// that the statement names.
func locksTable(p *lint.Pass, e lock.Effect, by *migration.Statement) bool {
	if e.Index || e.Implied || !e.Mode.BlocksWrites() || p.Catalog.Sequence(e.Relation) != nil {
		return false
	}
	if t := p.Catalog.Table(e.Relation); t != nil {
		return t.Kind != catalog.View
	}
	return by.Node.GetDropStmt().GetRemoveType() != pg_query.ObjectType_OBJECT_VIEW && by.Node.GetViewStmt() == nil
}

// root returns the top of a partition or inheritance tree: the tables of one
// count as one, because locking the top locks all.
func root(c *catalog.Catalog, n catalog.Name) catalog.Name {
	for seen := []catalog.Name{n}; ; seen = append(seen, n) {
		t := c.Table(n)
		switch {
		case t != nil && t.PartitionOf != nil:
			n = *t.PartitionOf
		case t != nil && len(t.Inherits) > 0:
			n = t.Inherits[0]
		default:
			return n
		}
		if slices.Contains(seen, n) {
			return n
		}
	}
}
