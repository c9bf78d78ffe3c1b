package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var setNotNullScansTable = &lint.Rule{
	Name:     "set-not-null-scans-table",
	Doc:      page("set-not-null-scans-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			column := c.Name
			if form, ok := notNullForm(p, c); ok {
				column = form.Target
			} else if c.Subtype != pg_query.AlterTableType_AT_SetNotNull {
				continue
			}
			scans := c.Works(lock.ValidationScan)
			if len(scans) == 0 {
				continue
			}
			d := lint.Diagnostic{
				Range:   c.Range,
				Message: fmt.Sprintf("SET NOT NULL %s until every row is checked", takes(scans[0])),
				Effects: scans,
				Instead: proveNotNull(c, column),
			}
			if !p.Large(c.Table) {
				d.Severity = lint.Warning
			}
			p.Report(d)
		}
		return nil
	},
}

// proveNotNull makes a column NOT NULL without a scan under the strong lock.
func proveNotNull(c command, column string) *lint.Instead {
	p := c.pass
	name := quoted(c.Table.Name + "_" + column + "_not_null")
	timeout := "SET lock_timeout = '5s'"
	validate := lint.Step{Statements: []string{timeout, c.Alone("VALIDATE CONSTRAINT " + name)}}
	if p.Server >= 18 {
		return p.Instead("add the constraint NOT VALID, which scans nothing, and validate it in a later migration, which blocks neither reads nor writes",
			lint.Step{Statements: []string{timeout, c.Alone(fmt.Sprintf("ADD CONSTRAINT %s NOT NULL %s NOT VALID", name, quoted(column)))}},
			validate)
	}
	return p.Instead("prove it with a CHECK that is validated in a later migration, which blocks neither reads nor writes; SET NOT NULL then scans nothing",
		lint.Step{Statements: []string{timeout, c.Alone(fmt.Sprintf("ADD CONSTRAINT %s CHECK (%s IS NOT NULL) NOT VALID", name, quoted(column)))}},
		validate,
		lint.Step{Statements: []string{timeout,
			c.Alone(fmt.Sprintf("ALTER COLUMN %s SET NOT NULL", quoted(column))),
			c.Alone("DROP CONSTRAINT " + name)}})
}

// notNullForm returns the ADD … NOT NULL table constraint of PostgreSQL 18
// that the command is.
func notNullForm(p *lint.Pass, c command) (migration.NewerForm, bool) {
	for _, form := range p.Statement.Newer {
		if form.Form == migration.NotNullConstraint && form.Pos >= c.Pos && form.End <= c.End {
			return form, true
		}
	}
	return migration.NewerForm{}, false
}

// addsNotNull reports whether the command, which the parser saw as a CHECK,
// is a NOT NULL constraint.
func addsNotNull(p *lint.Pass, c command) bool {
	_, ok := notNullForm(p, c)
	return ok
}
