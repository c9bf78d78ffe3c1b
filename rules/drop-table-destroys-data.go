package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var dropTableDestroysData = &lint.Rule{
	Name:     "drop-table-destroys-data",
	Doc:      page("drop-table-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropStmt()
		if drop == nil || drop.RemoveType != pg_query.ObjectType_OBJECT_TABLE {
			return nil
		}
		for _, o := range drop.Objects {
			table := p.Catalog.ResolveList(o.GetList().GetItems())
			if !p.Exists(table, false) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   mention(p.Statement, table.Name),
				Message: fmt.Sprintf("DROP TABLE destroys the data of %s and breaks the release that still uses it", table),
				Instead: &lint.Instead{Message: "stop using the table, deploy that, keep a copy, and drop it in a later release"},
			})
		}
		return nil
	},
}
