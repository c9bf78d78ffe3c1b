package rules

import (
	"fmt"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var statementCannotRunInTransaction = &lint.Rule{
	Name:     "statement-cannot-run-in-transaction",
	Doc:      page("statement-cannot-run-in-transaction"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		words := lock.NeedsOwnTransaction(p.Statement, p.Catalog, p.Server)
		if p.Statement.Do != nil && p.Statement.Node.GetTransactionStmt() != nil {
			controlsTransaction(p)
			return nil
		}
		if words != "" && !strings.Contains(words, "CONCURRENTLY") {
			reportInBlock(p, words)
		}
		return nil
	},
}

// controlsTransaction reports COMMIT and its like in a DO block that cannot be there.
func controlsTransaction(p *lint.Pass) {
	problem, refused := p.Session.Misplaced(p.Statement, p.Server)
	if !refused {
		return
	}
	d := lint.Diagnostic{
		Fails:       strings.TrimPrefix(problem, "fails with ")[:len("2D000")],
		FailsAlways: true,
		Message:     fmt.Sprintf("%s in a DO block %s", strings.ToUpper(p.Statement.Text()), problem),
	}
	if p.Session.OuterBlock() != lock.NoBlock && !p.Statement.Executed {
		d.Instead = patiently(p, "run the DO block in a migration of its own, outside a transaction block",
			lint.Step{Statements: []string{p.Statement.Outermost().Text()}, NoTransaction: true})
	}
	p.Report(d)
}
