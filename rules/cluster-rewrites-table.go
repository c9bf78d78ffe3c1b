package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var clusterRewritesTable = &lint.Rule{
	Name:     "cluster-rewrites-table",
	Doc:      page("cluster-rewrites-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Statement.Node.GetClusterStmt() != nil {
			reportWork(p, "CLUSTER", lock.TableRewrite, nil)
		}
		return nil
	},
}
