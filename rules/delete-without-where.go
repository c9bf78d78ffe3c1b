package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var deleteWithoutWhere = &lint.Rule{
	Name:     "delete-without-where",
	Doc:      page("delete-without-where"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for i, query := range changingQueries(p.Statement.Node) {
			del := query.GetDeleteStmt()
			// With RETURNING below another statement, the rows move.
			if del == nil || !always(del.WhereClause) || i > 0 && len(del.ReturningList) > 0 {
				continue
			}
			table := p.Catalog.Resolve(del.Relation)
			victims := deletedWith(p.Catalog, table)
			if by, left := copied(p, table); !p.MayExist(table) || by != nil && left == "" && len(victims) == 0 {
				continue
			}
			message := fmt.Sprintf("DELETE without WHERE removes every row of %s", table)
			if len(victims) > 0 {
				message += ", and every row that references it in " + strings.Join(victims, ", ") + " (ON DELETE CASCADE)"
			}
			p.Report(lint.Diagnostic{Message: message})
		}
		return nil
	},
}

// deletedWith returns the tables whose rows go with those of a table.
func deletedWith(c *catalog.Catalog, table catalog.Name) []string {
	names, queue := []string{}, []catalog.Name{table}
	seen := map[catalog.Name]bool{table: true}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, k := range c.ForeignKeysTo(queue[0]) {
			if k.OnDelete == "CASCADE" && !seen[k.Table] {
				seen[k.Table] = true
				names = append(names, k.Table.String())
				queue = append(queue, k.Table)
			}
		}
	}
	slices.Sort(names)
	return names
}
