package rules

import (
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
			d := lint.Diagnostic{Message: "ADD CHECK " + c.Takes(scans)}
			if c.AddsColumn() {
				d.Message = "ADD COLUMN with a CHECK " + c.Takes(scans) + ", although the column is new"
				d.Instead = &lint.Instead{Message: "add the column without the CHECK, add the CHECK NOT VALID, and validate it in a later migration"}
			} else {
				d.Instead = validateLater(c, constraint, "check")
			}
			c.Report(scans, d)
		}
		return nil
	},
}
