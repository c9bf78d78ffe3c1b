package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var dropLocksReferencedTable = &lint.Rule{
	Name:     "drop-locks-referenced-table",
	Doc:      page("drop-locks-referenced-table"),
	Category: lint.Outage,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		if !drops(p.Statement.Node) {
			return nil
		}
		for _, e := range p.Existing() {
			if !e.Implied || e.Index || e.Mode != lock.AccessExclusive || !isForeignKeyEnd(p, e) {
				continue
			}
			severity := lint.Warning
			if p.Hot(e.Relation) {
				severity = lint.Error
			}
			p.Report(lint.Diagnostic{
				Range: e.Range,
				Message: fmt.Sprintf("%s takes an ACCESS EXCLUSIVE lock on %s too (%s), which blocks reads and writes of it from the moment it waits for running queries until the transaction ends",
					statementName(p.Statement), e.Relation, e.Why),
				Effects:  []lock.Effect{e},
				Severity: severity,
				Instead:  &lint.Instead{Message: "drop the foreign key first, in a migration of its own with a short lock_timeout"},
			})
		}
		return nil
	},
}

// drops reports whether the statement drops a table, schema, constraint or column.
func drops(n *pg_query.Node) bool {
	if n.GetDropStmt() != nil {
		return true
	}
	for _, c := range n.GetAlterTableStmt().GetCmds() {
		switch c.GetAlterTableCmd().GetSubtype() {
		case pg_query.AlterTableType_AT_DropConstraint, pg_query.AlterTableType_AT_DropColumn:
			return true
		}
	}
	return false
}

// isForeignKeyEnd reports whether the table is at the other end of a foreign
// key, as against a partition or a child.
func isForeignKeyEnd(p *lint.Pass, e lock.Effect) bool {
	if len(p.Catalog.ForeignKeysTo(e.Relation)) > 0 {
		return true
	}
	t := p.Catalog.Table(e.Relation)
	if t == nil {
		return false
	}
	for _, c := range t.Constraints {
		if c.Referenced.Name != "" {
			return true
		}
	}
	return false
}
