package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var addColumnRewritesTable = &lint.Rule{
	Name:     "add-column-rewrites-table",
	Doc:      page("add-column-rewrites-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			rewrites := c.Works(lock.TableRewrite)
			if !c.AddsColumn() || len(rewrites) == 0 {
				continue
			}
			e := rewrites[0]
			d := lint.Diagnostic{
				Range:   c.Range,
				Message: fmt.Sprintf("ADD COLUMN %s with %s %s until the table is rewritten", quoted(c.Def.GetColumnDef().GetColname()), rewriteCause(c), takes(e)),
				Effects: rewrites,
				Instead: &lint.Instead{Message: "add the column without it, set the default in a second command, and fill old rows in batches"},
			}
			if e.Unknown != "" {
				d.Message += ": the migrations do not tell " + e.Unknown
				d.Severity = lint.Warning
			}
			if !p.Large(c.Table) {
				d.Severity = lint.Warning
			}
			p.Report(d)
		}
		return nil
	},
}

// rewriteCause names the part of a column's definition that makes PostgreSQL
// write every row.
func rewriteCause(c command) string {
	column := c.Def.GetColumnDef()
	for _, n := range column.GetConstraints() {
		switch n.GetConstraint().GetContype() {
		case pg_query.ConstrType_CONSTR_IDENTITY:
			return "an identity"
		case pg_query.ConstrType_CONSTR_GENERATED:
			return "a stored generated value"
		case pg_query.ConstrType_CONSTR_DEFAULT:
			return "a volatile default"
		}
	}
	types := stringsOf(column.GetTypeName().GetNames())
	if len(types) == 0 {
		return "this type"
	}
	switch name := types[len(types)-1]; name {
	case "serial", "bigserial", "smallserial", "serial2", "serial4", "serial8":
		return "type " + name
	default:
		return "type " + name + ", a domain with constraints,"
	}
}
