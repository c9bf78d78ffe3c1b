package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

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
				why := "nothing tells two equal rows apart"
				if i := slices.IndexFunc(t.Indexes, func(n catalog.Name) bool { return wholeUnique(p.Catalog.Index(n)) }); i >= 0 {
					why = "the unique index " + quoted(t.Indexes[i].Name) + ", which can have NULL or is on an expression, does not stand for one"
				}
				at.Report(lint.Diagnostic{
					Range:   mention(at.Statement, t.Name.Name),
					Message: fmt.Sprintf("%s has no primary key: %s, and once it is published, UPDATE and DELETE fail", t.Name, why),
					Instead: &lint.Instead{Message: "add a primary key"},
				})
			}
		}
		return nil
	},
}

// hasKey reports whether a table has a primary key, or a unique index that tells
// all rows apart: whole, and on what is never null.
func hasKey(c *catalog.Catalog, t *catalog.Table) bool {
	return slices.ContainsFunc(t.Constraints, func(k *catalog.Constraint) bool { return k.Kind == catalog.PrimaryKey }) ||
		slices.ContainsFunc(t.Indexes, func(n catalog.Name) bool {
			index := c.Index(n)
			return wholeUnique(index) && !slices.ContainsFunc(index.Keys, func(k catalog.Key) bool {
				column := t.Column(k.Column)
				return (column == nil || column.NotNull != catalog.Yes) && !neverNull(k.Expr)
			})
		})
}

func wholeUnique(index *catalog.Index) bool {
	return index != nil && index.Unique && index.Predicate == nil
}

// neverNull reports whether an expression has a value for every row: IS NOT NULL,
// by which a table is kept to one row, COALESCE with a constant, a constant.
func neverNull(expr *pg_query.Node) bool {
	for expr.GetTypeCast() != nil {
		expr = expr.GetTypeCast().Arg
	}
	return expr.GetNullTest() != nil || expr.GetBooleanTest() != nil || expr.GetAConst() != nil && !expr.GetAConst().Isnull ||
		slices.ContainsFunc(expr.GetCoalesceExpr().GetArgs(), neverNull)
}
