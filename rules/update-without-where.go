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
		for _, query := range changingQueries(p.Statement.Node) {
			update := query.GetUpdateStmt()
			if update == nil || !always(update.WhereClause) {
				continue
			}
			table := p.Catalog.Resolve(update.Relation)
			// Under such a lock all wait for the table: backfill-in-ddl-transaction says so.
			if !p.Exists(table, false) || p.Session.Strongest(table).BlocksWrites() {
				continue
			}
			severity := lint.Error
			if !p.Large(table) {
				severity = lint.Warning
			}
			p.Report(lint.Diagnostic{
				Message:  fmt.Sprintf("UPDATE without WHERE writes every row of %s anew and keeps each of them locked until the transaction ends: other writers of the rows wait", table),
				Severity: severity,
				Instead:  &lint.Instead{Message: "change the rows in batches that commit one by one"},
			})
		}
		return nil
	},
}
