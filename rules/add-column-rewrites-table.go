package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/tree"
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
			cause, instead := rewriteCause(c)
			if rewrites[0].Unknown != "" {
				cause = "this default"
			}
			if c.Constraint(pg_query.ConstrType_CONSTR_PRIMARY) != nil {
				instead += "; then make it the primary key as add-primary-key-builds-index says"
			} else if c.Constraint(pg_query.ConstrType_CONSTR_UNIQUE) != nil {
				instead += "; then make it unique as add-unique-builds-index says"
			}
			c.Report(rewrites, lint.Diagnostic{
				Message: fmt.Sprintf("ADD COLUMN %s with %s %s", quoted(c.Def.GetColumnDef().GetColname()), cause, c.Takes(rewrites)),
				Hazard:  p.Statement,
				Also:    fmt.Sprintf("%s with %s does too", quoted(c.Def.GetColumnDef().GetColname()), strings.TrimSuffix(cause, ",")),
				Instead: &lint.Instead{Message: instead},
			})
		}
		return nil
	},
}

// rewriteCause names the part of a column's definition that makes PostgreSQL
// write every row, and what to do instead.
func rewriteCause(c command) (cause, instead string) {
	column := c.Def.GetColumnDef()
	number := "add a plain column, fill it in batches from a sequence that is also its default, and make it NOT NULL as set-not-null-scans-table says"
	for _, n := range column.GetConstraints() {
		switch n.GetConstraint().GetContype() {
		case pg_query.ConstrType_CONSTR_IDENTITY:
			return "an identity", number
		case pg_query.ConstrType_CONSTR_GENERATED:
			instead = "add a plain column, let a trigger fill it, and fill old rows in batches"
			if c.pass.Server >= 18 {
				instead = "make it VIRTUAL, or " + instead
			}
			return "a stored generated value", instead
		}
	}
	if catalog.IsSerial(column.GetTypeName()) {
		return "type " + tree.Strings(column.GetTypeName().GetNames())[0], number
	}
	for _, d := range domains(c) {
		if len(d.Constraints) > 0 {
			return "the domain " + d.Name.String() + ", which has constraints,",
				"add it with the domain's base type, and the domain's constraints as a CHECK NOT VALID that a later migration validates"
		}
	}
	return "a volatile default", "add the column without it, set the default in a second command, and fill old rows in batches"
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
