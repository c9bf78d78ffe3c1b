package rules

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var addColumnNotNullWithoutDefault = &lint.Rule{
	Name:     "add-column-not-null-without-default",
	Doc:      page("add-column-not-null-without-default"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if !c.AddsColumn() || !p.Exists(c.Table, false) || !needsValue(c) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("ADD COLUMN %s NOT NULL without a default fails with 23502 (contains null values) as soon as %s has a row",
					quoted(c.Def.GetColumnDef().GetColname()), c.Table),
				Effects: c.Effects,
				Instead: &lint.Instead{Message: "give it a constant default, or add it nullable, fill it in batches, and make it NOT NULL as set-not-null-scans-table says"},
			})
		}
		return nil
	},
}

// needsValue reports whether a new column is NOT NULL, by NOT NULL or PRIMARY
// KEY, and fills itself in no way.
func needsValue(c command) bool {
	column := c.Def.GetColumnDef()
	notNull := false
	for _, n := range column.GetConstraints() {
		switch constraint := n.GetConstraint(); constraint.GetContype() {
		case pg_query.ConstrType_CONSTR_NOTNULL, pg_query.ConstrType_CONSTR_PRIMARY:
			notNull = true
		case pg_query.ConstrType_CONSTR_IDENTITY, pg_query.ConstrType_CONSTR_GENERATED:
			return false
		case pg_query.ConstrType_CONSTR_DEFAULT:
			if !constraint.RawExpr.GetAConst().GetIsnull() {
				return false
			}
		}
	}
	types := stringsOf(column.GetTypeName().GetNames())
	if len(types) > 0 && strings.Contains(types[len(types)-1], "serial") {
		return false
	}
	return notNull
}
