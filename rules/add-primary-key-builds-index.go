package rules

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var addPrimaryKeyBuildsIndex = &lint.Rule{
	Name:     "add-primary-key-builds-index",
	Doc:      page("add-primary-key-builds-index"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			constraint := c.Constraint(pg_query.ConstrType_CONSTR_PRIMARY)
			if constraint == nil {
				continue
			}
			if constraint.Indexname == "" {
				reportIndexBuild(c, constraint, "PRIMARY KEY", "pkey")
				continue
			}
			// USING INDEX builds nothing, but makes nullable columns NOT NULL.
			scans := c.Works(lock.ValidationScan)
			if len(scans) == 0 {
				continue
			}
			message := "ADD PRIMARY KEY USING INDEX " + c.Takes(scans)
			if scans[0].Unknown == "" {
				message += ", because a column of the index may be null"
			}
			c.Report(scans, lint.Diagnostic{
				Message: message,
				Instead: &lint.Instead{Message: "prove the columns NOT NULL first, as set-not-null-scans-table says"},
			})
		}
		return nil
	},
}
