package rules

import (
	"fmt"

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
			for _, e := range c.Works(lock.ValidationScan) {
				p.Report(lint.Diagnostic{
					Range:   c.Range,
					Message: fmt.Sprintf("ADD PRIMARY KEY USING INDEX %s until every row is checked, because a column of the index may be null", takes(e)),
					Effects: []lock.Effect{e},
					Instead: &lint.Instead{Message: "prove the columns NOT NULL first: see set-not-null-scans-table"},
				})
			}
		}
		return nil
	},
}
