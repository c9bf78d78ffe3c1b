package rules

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
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
			_, notNull := c.Newer(migration.NotNullConstraint) // the parser sees a CHECK
			if constraint == nil || len(scans) == 0 || notNull {
				continue
			}
			message := "ADD CHECK " + c.Takes(scans)
			if c.AddsColumn() {
				message = "ADD COLUMN with a CHECK " + c.Takes(scans) + ", although the column is new"
			}
			c.Report(scans, lint.Diagnostic{Message: message, Instead: validateLater(c, constraint, "check")})
		}
		return nil
	},
}
