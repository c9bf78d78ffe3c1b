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
		switch {
		case p.Statement.Node.GetClusterStmt() == nil:
		case lock.RewritesEveryTable(p.Statement):
			p.Report(lint.Diagnostic{Message: "CLUSTER without a table takes an ACCESS EXCLUSIVE lock on each table that was clustered before, one after the other, which blocks reads and writes of it until it is rewritten"})
		default:
			reportRewrites(p, "CLUSTER")
		}
		return nil
	},
}
