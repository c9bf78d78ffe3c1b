package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var createTableWithoutPrimaryKey = &lint.Rule{
	Name:     "create-table-without-primary-key",
	Doc:      page("create-table-without-primary-key"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	RunEnd: func(p *lint.Pass) error {
		for _, t := range p.Catalog.Tables() {
			if t.Kind != catalog.OrdinaryTable && t.Kind != catalog.PartitionedTable ||
				t.Persistence == catalog.Temporary || !t.Complete || t.PartitionOf != nil || len(t.Inherits) > 0 || hasKey(p.Catalog, t) {
				continue
			}
			// CREATE TABLE … AS and SELECT INTO keep a copy.
			if at := p.At(t.Origin); at != nil && at.Statement.Node.GetCreateStmt() != nil {
				at.Report(lint.Diagnostic{
					Range:   mention(at.Statement, t.Name.Name),
					Message: fmt.Sprintf("%s has no primary key: nothing tells two equal rows apart, and once it is published, UPDATE and DELETE fail", t.Name),
					Instead: &lint.Instead{Message: "add a primary key"},
				})
			}
		}
		return nil
	},
}

// hasKey reports whether a table has a primary key, or a unique index that may
// stand for it: whole, and on columns that are not null.
func hasKey(c *catalog.Catalog, t *catalog.Table) bool {
	return slices.ContainsFunc(t.Constraints, func(k *catalog.Constraint) bool { return k.Kind == catalog.PrimaryKey }) ||
		slices.ContainsFunc(t.Indexes, func(n catalog.Name) bool {
			index := c.Index(n)
			return index != nil && index.Unique && index.Predicate == nil && !slices.ContainsFunc(index.Keys, func(k catalog.Key) bool {
				column := t.Column(k.Column)
				return column == nil || column.NotNull != catalog.Yes
			})
		})
}
