package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var truncateReferencedTable = &lint.Rule{
	Name:     "truncate-referenced-table",
	Doc:      page("truncate-referenced-table"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		table, k := refusedTruncate(p)
		if k == nil {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range: mention(p.Statement, table.Name),
			Fails: "0A000",
			Message: fmt.Sprintf("TRUNCATE of %s fails with 0A000, because %s references it by %s and is not emptied with it",
				table, k.Table, quoted(k.Name)),
			Instead: &lint.Instead{Message: fmt.Sprintf("name %s in the same TRUNCATE if its rows are to go too, or DELETE the rows that nothing references", k.Table)},
		})
		return nil
	},
}

// refusedTruncate returns the first table of a TRUNCATE without CASCADE that a
// foreign key references from a table that is not emptied with it, and the
// foreign key; nil if there is none. It makes no difference whether the tables
// have rows.
func refusedTruncate(p *lint.Pass) (catalog.Name, *catalog.Constraint) {
	truncate := p.Statement.Node.GetTruncateStmt()
	if truncate == nil || truncate.Behavior == pg_query.DropBehavior_DROP_CASCADE {
		return catalog.Name{}, nil
	}
	var tables []catalog.Name
	emptied := map[catalog.Name]bool{}
	for _, r := range truncate.Relations {
		table := p.Catalog.Resolve(r.GetRangeVar())
		tables = append(tables, table)
		emptied[table] = true
		if r.GetRangeVar().GetInh() {
			for _, below := range p.Catalog.Descendants(table) {
				emptied[below] = true
			}
		}
	}
	for _, table := range tables {
		// A foreign key to a partitioned table references its partitions too.
		for t := p.Catalog.Table(table); t != nil; t = p.Catalog.Table(*t.PartitionOf) {
			if k := referencedBy(p.Catalog, t.Name, emptied); k != nil {
				return table, k
			}
			if t.PartitionOf == nil {
				break
			}
		}
	}
	return catalog.Name{}, nil
}

// referencedBy returns the first foreign key to the table, among those that
// are enforced, from one that is not among others.
func referencedBy(c *catalog.Catalog, table catalog.Name, others map[catalog.Name]bool) *catalog.Constraint {
	for _, k := range c.ForeignKeysTo(table) {
		if k.Enforced && !others[k.Table] {
			return k
		}
	}
	return nil
}
