package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var commitEndsRunnerTransaction = &lint.Rule{
	Name:     "commit-ends-runner-transaction",
	Doc:      page("commit-ends-runner-transaction"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		if p.Session.Block() != lock.RunnerBlock || !closesTransaction(p.Statement) {
			return nil
		}
		control, runner := p.Statement.Node.GetTransactionStmt(), p.Migration.Runner
		if runner.Printed && beginsAgain(p) {
			return nil // the tool itself leaves its transaction for a while
		}
		d := lint.Diagnostic{Instead: &lint.Instead{Message: fmt.Sprintf("leave BEGIN and COMMIT to %s, or %s", runner.Name, runner.WithoutTransaction)}}
		ends := "%[1]s ends the transaction that %[2]s runs the migration in"
		if p.Migration.Section.Scope == migration.TransactionPerRun {
			ends = "%[1]s ends the transaction that %[2]s runs all pending migrations in"
		}
		format := ends + ", so that a failure behind it leaves the migration half done"
		switch rollback := control.Kind == pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK; {
		case beginsAgain(p) && !rollback: // the tool commits that one
		case runner.RefusesEnded:
			format, d.Severity = ends+", and %[2]s stops with an error when it finds no transaction to commit", lint.Error
		case rollback && runner.MayRefuseEnded:
			format, d.Severity = ends+" and takes back what it has done, and %[2]s records it as applied, or stops with an error where its driver is lib/pq", lint.Error
		case runner.MayRefuseEnded:
			format = ends + ", and %[2]s stops with an error where its driver is lib/pq, as that of its command is: the migration is done then, and not recorded"
		case rollback:
			format, d.Severity = ends+" and takes back what it has done, and %[2]s records it as applied", lint.Error
		case p.Index == len(p.Migration.Statements)-1:
			format = ends + ", before %[2]s records it: a failure between the two leaves it applied, and not recorded"
		}
		d.Message = fmt.Sprintf(format, controlWord(control), runner.Name)
		p.Report(d)
		return nil
	},
}

// beginsAgain reports whether the last word about transactions behind the
// statement opens one.
func beginsAgain(p *lint.Pass) bool {
	for _, s := range slices.Backward(p.Following()) {
		if control := s.Node.GetTransactionStmt(); control != nil {
			return control.Kind == pg_query.TransactionStmtKind_TRANS_STMT_BEGIN || control.Kind == pg_query.TransactionStmtKind_TRANS_STMT_START
		}
	}
	return false
}

// closesTransaction reports whether a statement ends the transaction, and begins
// no other.
func closesTransaction(s *migration.Statement) bool {
	control := s.Node.GetTransactionStmt()
	switch control.GetKind() {
	case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT, pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK,
		pg_query.TransactionStmtKind_TRANS_STMT_PREPARE:
		return !control.Chain
	}
	return false
}

// controlWord is what people call a statement of transaction control.
func controlWord(control *pg_query.TransactionStmt) string {
	switch control.Kind {
	case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
		return "BEGIN"
	case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		return "ROLLBACK"
	case pg_query.TransactionStmtKind_TRANS_STMT_PREPARE:
		return "PREPARE TRANSACTION"
	case pg_query.TransactionStmtKind_TRANS_STMT_SAVEPOINT:
		return "SAVEPOINT"
	case pg_query.TransactionStmtKind_TRANS_STMT_RELEASE:
		return "RELEASE SAVEPOINT"
	case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO:
		return "ROLLBACK TO SAVEPOINT"
	}
	return "COMMIT"
}
