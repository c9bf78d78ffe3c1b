package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
)

var insertWithoutColumnList = &lint.Rule{
	Name:     "insert-without-column-list",
	Doc:      page("insert-without-column-list"),
	Category: lint.Style,
	Severity: lint.Off,
	Run: func(p *lint.Pass) error {
		insert := p.Statement.Node.GetInsertStmt()
		if insert == nil || len(insert.Cols) > 0 || insert.SelectStmt == nil {
			return nil
		}
		if table := p.Catalog.Resolve(insert.Relation); p.Exists(table, false) {
			p.Report(lint.Diagnostic{
				Range:   mention(p.Statement, table.Name),
				Message: fmt.Sprintf("INSERT names no columns of %s, so what it means depends on their order and number", table),
				Instead: &lint.Instead{Message: "list the columns"},
			})
		}
		return nil
	},
}
