package rules

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var addUniqueBuildsIndex = &lint.Rule{
	Name:     "add-unique-builds-index",
	Doc:      page("add-unique-builds-index"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if constraint := c.Constraint(pg_query.ConstrType_CONSTR_UNIQUE); constraint != nil {
				reportIndexBuild(c, constraint, "UNIQUE", "key")
			}
		}
		return nil
	},
}

// reportIndexBuild reports a constraint whose index is built under the
// constraint's own lock.
func reportIndexBuild(c command, constraint *pg_query.Constraint, kind, suffix string) {
	p := c.pass
	builds := c.Works(lock.IndexBuild)
	if len(builds) == 0 {
		return
	}
	d := lint.Diagnostic{
		Range:   c.Range,
		Message: fmt.Sprintf("ADD %s %s until the index is built", kind, takes(builds[0])),
		Effects: c.Effects,
	}
	if !p.Large(c.Table) {
		d.Severity = lint.Warning
	}
	columns := stringsOf(constraint.Keys)
	partitioned := false
	if t := p.Catalog.Table(c.Table); t != nil {
		partitioned = t.Kind == catalog.PartitionedTable
	}
	if !c.AddsColumn() && len(columns) > 0 && !partitioned {
		d.Instead = usingIndex(c, constraint, kind, suffix, columns)
	}
	p.Report(d)
}

// usingIndex builds the unique index CONCURRENTLY and makes the constraint of it.
func usingIndex(c command, constraint *pg_query.Constraint, kind, suffix string, columns []string) *lint.Instead {
	name := constraint.Conname
	if name == "" {
		parts := []string{c.Table.Name}
		if suffix != "pkey" {
			parts = append(parts, columns...)
		}
		name = strings.Join(append(parts, suffix), "_")
	}
	quotedColumns := make([]string, len(columns))
	for i, column := range columns {
		quotedColumns[i] = quoted(column)
	}
	include := ""
	if len(constraint.Including) > 0 {
		including := stringsOf(constraint.Including)
		for i := range including {
			including[i] = quoted(including[i])
		}
		include = " INCLUDE (" + strings.Join(including, ", ") + ")"
	}
	distinct := ""
	if constraint.NullsNotDistinct {
		distinct = " NULLS NOT DISTINCT"
	}
	deferrable := ""
	if constraint.Deferrable {
		deferrable = " DEFERRABLE"
		if constraint.Initdeferred {
			deferrable += " INITIALLY DEFERRED"
		}
	}
	build := fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s (%s)%s%s",
		quoted(name), c.Table, strings.Join(quotedColumns, ", "), include, distinct)
	constrain := fmt.Sprintf("ADD CONSTRAINT %s %s USING INDEX %s%s", quoted(name), kind, quoted(name), deferrable)
	return c.pass.Instead("build the unique index CONCURRENTLY and make the constraint of it, which takes an instant",
		lint.Step{Statements: []string{build}, NoTransaction: true},
		lint.Step{Statements: []string{"SET lock_timeout = '5s'", c.Alone(constrain)}})
}
