package rules

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var alterColumnTypeScansTable = &lint.Rule{
	Name:     "alter-column-type-scans-table",
	Doc:      page("alter-column-type-scans-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		instead := "drop the index or CHECK on the column first, change the type, and create the index CONCURRENTLY or the CHECK NOT VALID again"
		if slices.ContainsFunc(commands(p), buildsKey) {
			instead = byNewColumn
		}
		reportTypeChange(p, instead, lock.IndexBuild, lock.ValidationScan)
		return nil
	},
}

// buildsKey reports whether a type change builds the index of a key anew: without it,
// equal rows come in.
func buildsKey(c command) bool {
	t := c.pass.Catalog.Table(c.Table)
	return t != nil && c.Subtype == pg_query.AlterTableType_AT_AlterColumnType && len(c.Works(lock.IndexBuild)) > 0 &&
		slices.ContainsFunc(t.Indexes, func(n catalog.Name) bool {
			i := c.pass.Catalog.Index(n)
			return i != nil && i.Unique && slices.ContainsFunc(i.Keys, func(k catalog.Key) bool { return k.Column == c.Name })
		})
}
