package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var beginNeverCommitted = &lint.Rule{
	Name:     "begin-never-committed",
	Doc:      page("begin-never-committed"),
	Category: lint.Hygiene,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		switch p.Statement.Node.GetTransactionStmt().GetKind() {
		case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
		default:
			return nil
		}
		switch p.Migration.Section.Scope {
		case migration.TransactionPerMigration, migration.TransactionPerRun:
			return nil // the runner commits
		}
		hidden := slices.ContainsFunc(p.Migration.Gaps, func(g migration.Gap) bool { return !g.Harmless && !g.Before(p.Statement) })
		nothing := len(p.Following()) == 0 && !p.Migration.Runner.RefusesEnded && !p.Migration.Runner.MayRefuseEnded
		if nothing || hidden || p.Session.Block() == lock.ExplicitBlock || slices.ContainsFunc(p.Following(), closesTransaction) {
			return nil
		}
		becomes := "so what follows is rolled back when the session ends"
		switch runner := p.Migration.Runner; {
		case runner.LeftOpen != "":
			becomes = "so " + runner.LeftOpen
		case runner.RefusesEnded:
			becomes = "so " + runner.Name + " stops with an error at the next migration, and what follows is rolled back"
		case runner.MayRefuseEnded:
			becomes = "so what follows is rolled back with the record of the migration, and " + runner.Name + " reports success, or stops with an error at the next migration, as its driver does"
		}
		p.Report(lint.Diagnostic{
			Message: fmt.Sprintf("nothing commits the transaction that BEGIN opens, %s", becomes),
			Instead: &lint.Instead{Message: "put COMMIT at the end of the migration"},
		})
		return nil
	},
}
