package rules

import (
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var statementCannotRunInTransaction = &lint.Rule{
	Name:     "statement-cannot-run-in-transaction",
	Doc:      page("statement-cannot-run-in-transaction"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		words := lock.NeedsOwnTransaction(p.Statement, p.Catalog, p.Server)
		if words != "" && !strings.Contains(words, "CONCURRENTLY") {
			reportInBlock(p, words)
		}
		return nil
	},
}
