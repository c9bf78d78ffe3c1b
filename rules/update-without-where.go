package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
)

var updateWithoutWhere = &lint.Rule{
	Name:     "update-without-where",
	Doc:      page("update-without-where"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		update := p.Statement.Node.GetUpdateStmt()
		if update == nil || !always(update.WhereClause) || len(update.FromClause) > 0 {
			return nil
		}
		table := p.Catalog.Resolve(update.Relation)
		if !p.Exists(table, false) {
			return nil
		}
		severity := lint.Error
		if !p.Large(table) {
			severity = lint.Warning
		}
		p.Report(lint.Diagnostic{
			Message:  fmt.Sprintf("UPDATE writes every row of %s anew and keeps each of them locked until the transaction ends: other writers of the rows wait", table),
			Severity: severity,
		})
		return nil
	},
}
