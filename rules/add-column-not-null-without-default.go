package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var addColumnNotNullWithoutDefault = &lint.Rule{
	Name:     "add-column-not-null-without-default",
	Doc:      page("add-column-not-null-without-default"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		var first command
		var columns []string
		for _, c := range commands(p) {
			if !c.AddsColumn() || !p.Exists(c.Table, false) || !needsValue(c) || p.Session.Rowless(c.Table) {
				continue
			}
			if len(columns) == 0 {
				first = c
			} else {
				first.Effects = slices.Concat(first.Effects, c.Effects)
			}
			columns = append(columns, quoted(c.Def.GetColumnDef().GetColname()))
		}
		if len(columns) == 0 {
			return nil
		}
		it := "it"
		if len(columns) > 1 {
			it = "each"
		}
		p.Report(lint.Diagnostic{
			Range: first.Range,
			Fails: "23502",
			Message: fmt.Sprintf("ADD COLUMN %s NOT NULL without a default fails with 23502 (contains null values) as soon as %s has a row",
				fewInWords(columns, 3), first.Table),
			Effects: first.Effects,
			Instead: &lint.Instead{Message: "give " + it + " a constant default, or add it nullable, fill it in batches, and make it NOT NULL as set-not-null-scans-table says"},
		})
		return nil
	},
}

// needsValue reports whether a new column is NOT NULL, by NOT NULL, PRIMARY
// KEY or its domain, and fills itself in no way.
func needsValue(c command) bool {
	column := c.Def.GetColumnDef()
	if catalog.IsSerial(column.GetTypeName()) {
		return false
	}
	var defaultExpr *pg_query.Node
	notNull := false
	for _, n := range column.GetConstraints() {
		switch constraint := n.GetConstraint(); constraint.GetContype() {
		case pg_query.ConstrType_CONSTR_NOTNULL, pg_query.ConstrType_CONSTR_PRIMARY:
			notNull = true
		case pg_query.ConstrType_CONSTR_IDENTITY, pg_query.ConstrType_CONSTR_GENERATED:
			return false
		case pg_query.ConstrType_CONSTR_DEFAULT:
			defaultExpr = constraint.RawExpr
		}
	}
	for _, d := range domains(c) {
		notNull = notNull || slices.ContainsFunc(d.Constraints, func(k *catalog.Constraint) bool { return k.Kind == catalog.NotNull })
		if defaultExpr == nil {
			defaultExpr = d.Default
		}
	}
	return notNull && (defaultExpr == nil || defaultExpr.GetAConst().GetIsnull())
}

// domains returns the domain that the type of a new column is, and those
// that it stands on.
func domains(c command) []*catalog.Domain {
	var list []*catalog.Domain
	for t := c.pass.Catalog.TypeOf(c.Def.GetColumnDef().GetTypeName()); !t.Array; {
		d := c.pass.Catalog.Domain(catalog.Name{Schema: t.Schema, Name: t.Name})
		if d == nil || slices.Contains(list, d) {
			break
		}
		list, t = append(list, d), d.Base
	}
	return list
}
