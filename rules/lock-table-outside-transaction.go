package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var lockTableOutsideTransaction = &lint.Rule{
	Name:     "lock-table-outside-transaction",
	Doc:      page("lock-table-outside-transaction"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Statement.Node.GetLockStmt() != nil && !p.Reported() && p.Session.Block() == lock.NoBlock {
			p.Report(lint.Diagnostic{
				Fails:   "25P01",
				Message: "LOCK TABLE fails with 25P01 (can only be used in transaction blocks): here each statement commits by itself",
				Instead: &lint.Instead{Message: "put it into one transaction with the statements that it is for"},
			})
		}
		return nil
	},
}
