package rules

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var addExclusionBuildsIndex = &lint.Rule{
	Name:     "add-exclusion-builds-index",
	Doc:      page("add-exclusion-builds-index"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if constraint := c.Constraint(pg_query.ConstrType_CONSTR_EXCLUSION); constraint != nil {
				reportIndexBuild(c, constraint, "EXCLUDE", "excl")
			}
		}
		return nil
	},
}
