package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var transactionCommandMisplaced = &lint.Rule{
	Name:     "transaction-command-misplaced",
	Doc:      page("transaction-command-misplaced"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		control := p.Statement.Node.GetTransactionStmt()
		// The runner's BEGIN makes one more harmless; a COMMIT is
		// commit-ends-runner-transaction's, and those in a DO block are
		// statement-cannot-run-in-transaction's.
		if control == nil || p.Statement.Do != nil || p.Session.Block() == lock.RunnerBlock {
			return nil
		}
		problem, refused := p.Session.Misplaced(p.Statement, p.Server)
		if problem == "" {
			return nil
		}
		d := lint.Diagnostic{Message: controlWord(control) + " " + problem}
		if refused {
			d.Severity = lint.Error
		}
		if begin := p.Session.BlockStatement(); begin != nil && begin != p.Statement {
			d.Related = []lint.Related{{Range: begin.Range, File: begin.File(), Message: "the transaction block begins here"}}
		}
		p.Report(d)
		return nil
	},
}
