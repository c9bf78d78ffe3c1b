package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
)

var deleteWithoutWhere = &lint.Rule{
	Name:     "delete-without-where",
	Doc:      page("delete-without-where"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		del := p.Statement.Node.GetDeleteStmt()
		if del == nil || !always(del.WhereClause) || len(del.UsingClause) > 0 {
			return nil
		}
		table := p.Catalog.Resolve(del.Relation)
		if !p.Exists(table, false) {
			return nil
		}
		p.Report(lint.Diagnostic{Message: fmt.Sprintf("DELETE without WHERE removes every row of %s", table)})
		return nil
	},
}
