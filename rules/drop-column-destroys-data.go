package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var dropColumnDestroysData = &lint.Rule{
	Name:     "drop-column-destroys-data",
	Doc:      page("drop-column-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if c.Subtype != pg_query.AlterTableType_AT_DropColumn || !p.Exists(c.Table, false) || bornLately(p, c.Table, c.Name) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   c.Range,
				Message: fmt.Sprintf("DROP COLUMN destroys the data of %s.%s and breaks the release that still reads or writes it", c.Table, quoted(c.Name)),
				Instead: &lint.Instead{Message: "stop using the column, deploy that, and drop it in a later release"},
			})
		}
		return nil
	},
}

// bornLately reports whether the release under review added the column.
func bornLately(p *lint.Pass, table catalog.Name, column string) bool {
	t := p.Catalog.Table(table)
	if t == nil {
		return false
	}
	for _, c := range t.Columns {
		if c.Name == column {
			b := p.Catalog.BirthOf(c.Origin)
			return b == catalog.BornInRelease || b == catalog.BornInTransaction
		}
	}
	return false
}
