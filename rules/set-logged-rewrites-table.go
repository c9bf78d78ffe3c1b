package rules

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var setLoggedRewritesTable = &lint.Rule{
	Name:     "set-logged-rewrites-table",
	Doc:      page("set-logged-rewrites-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			words := ""
			switch c.Subtype {
			case pg_query.AlterTableType_AT_SetLogged:
				words = "SET LOGGED "
			case pg_query.AlterTableType_AT_SetUnLogged:
				words = "SET UNLOGGED "
			default:
				continue
			}
			rewrites := c.Works(lock.TableRewrite)
			if len(rewrites) == 0 {
				continue
			}
			d := lint.Diagnostic{Range: c.Range, Message: words + takes(rewrites[0]) + " until the table is rewritten", Effects: rewrites}
			if !p.Large(c.Table) {
				d.Severity = lint.Warning
			}
			p.Report(d)
		}
		return nil
	},
}
