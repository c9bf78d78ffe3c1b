package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var alterColumnTypeScansTable = &lint.Rule{
	Name:     "alter-column-type-scans-table",
	Doc:      page("alter-column-type-scans-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		reportTypeChange(p, "drop the index or CHECK on the column first, change the type, and create the index CONCURRENTLY or the CHECK NOT VALID again",
			lock.IndexBuild, lock.ValidationScan)
		return nil
	},
}
