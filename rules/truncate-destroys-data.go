package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var truncateDestroysData = &lint.Rule{
	Name:     "truncate-destroys-data",
	Doc:      page("truncate-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		truncate := p.Statement.Node.GetTruncateStmt()
		named := map[catalog.Name]bool{}
		for _, r := range truncate.GetRelations() {
			table := p.Catalog.Resolve(r.GetRangeVar())
			named[table] = true
			for _, below := range p.Catalog.Descendants(table) {
				named[below] = true
			}
		}
		for _, r := range truncate.GetRelations() {
			table := p.Catalog.Resolve(r.GetRangeVar())
			if !p.Exists(table, false) {
				continue
			}
			message := fmt.Sprintf("TRUNCATE takes an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes, and removes every row", table)
			if k := referencedBy(p.Catalog, table, named); k != nil && truncate.Behavior != pg_query.DropBehavior_DROP_CASCADE {
				message = fmt.Sprintf("TRUNCATE of %s fails, because %s references it by %s", table, k.Table, quoted(k.Name))
			}
			p.Report(lint.Diagnostic{Range: mention(p.Statement, table.Name), Message: message})
		}
		return nil
	},
}

// referencedBy returns the first foreign key to the table from one that is
// not among others.
func referencedBy(c *catalog.Catalog, table catalog.Name, others map[catalog.Name]bool) *catalog.Constraint {
	for _, k := range c.ForeignKeysTo(table) {
		if !others[k.Table] {
			return k
		}
	}
	return nil
}
