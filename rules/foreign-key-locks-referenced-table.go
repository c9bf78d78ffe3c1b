package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var foreignKeyLocksReferencedTable = &lint.Rule{
	Name:     "foreign-key-locks-referenced-table",
	Doc:      page("foreign-key-locks-referenced-table"),
	Category: lint.Outage,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		n := p.Statement.Node
		if n.GetCreateStmt() == nil && n.GetAlterTableStmt() == nil {
			return nil
		}
		for _, e := range p.Existing() {
			if !e.Implied || e.Mode != lock.ShareRowExclusive || e.Work.GrowsWithTable() {
				continue
			}
			severity := lint.Warning
			if p.Hot(e.Relation) {
				severity = lint.Error
			}
			p.Report(lint.Diagnostic{
				Range: e.Range,
				Message: fmt.Sprintf("the foreign key takes a SHARE ROW EXCLUSIVE lock on the referenced table %s, which blocks writes while it waits for open transactions and until the transaction ends; reads go on",
					e.Relation),
				Effects:  []lock.Effect{e},
				Severity: severity,
			})
		}
		return nil
	},
}
