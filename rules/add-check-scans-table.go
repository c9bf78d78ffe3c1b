package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var addCheckScansTable = &lint.Rule{
	Name:     "add-check-scans-table",
	Doc:      page("add-check-scans-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			constraint := c.Constraint(pg_query.ConstrType_CONSTR_CHECK)
			scans := c.Works(lock.ValidationScan)
			if constraint == nil || len(scans) == 0 || addsNotNull(p, c) {
				continue
			}
			d := lint.Diagnostic{
				Range:   c.Range,
				Message: fmt.Sprintf("ADD CHECK %s until every row is checked", takes(scans[0])),
				Effects: scans,
				Instead: validateLater(c, constraint, "check"),
			}
			if c.AddsColumn() {
				d.Message = fmt.Sprintf("ADD COLUMN with a CHECK %s until every row is checked, although the column is new", takes(scans[0]))
				d.Instead = &lint.Instead{Message: "add the column without the CHECK, add the CHECK NOT VALID, and validate it in a later migration"}
			}
			if !p.Large(c.Table) {
				d.Severity = lint.Warning
			}
			p.Report(d)
		}
		return nil
	},
}
