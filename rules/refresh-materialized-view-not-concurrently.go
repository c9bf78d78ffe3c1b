package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var refreshMaterializedViewNotConcurrently = &lint.Rule{
	Name:     "refresh-materialized-view-not-concurrently",
	Doc:      page("refresh-materialized-view-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		refresh := p.Statement.Node.GetRefreshMatViewStmt()
		if refresh == nil || refresh.Concurrent || refresh.SkipData {
			return nil
		}
		view, _ := p.Statement.Find(p.Statement.Pos, "VIEW")
		reportWork(p, "REFRESH MATERIALIZED VIEW", lock.TableRewrite,
			p.Instead("refresh it CONCURRENTLY, which needs a unique index on plain columns of the view",
				lint.Step{Statements: []string{edited(p.Statement, after(view, " CONCURRENTLY"))}}))
		return nil
	},
}
