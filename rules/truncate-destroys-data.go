package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
)

var truncateDestroysData = &lint.Rule{
	Name:     "truncate-destroys-data",
	Doc:      page("truncate-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if _, k := refusedTruncate(p); k != nil {
			return nil
		}
		for _, r := range p.Statement.Node.GetTruncateStmt().GetRelations() {
			table := p.Catalog.Resolve(r.GetRangeVar())
			if !p.MayExist(table) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   mention(p.Statement, table.Name),
				Message: fmt.Sprintf("TRUNCATE takes an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes, and removes every row", table),
			})
		}
		return nil
	},
}
