package lock

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
)

// WhyInBlock says why statements that must not run in a transaction block,
// such as CREATE INDEX CONCURRENTLY, cannot run where Before has put the
// statement: a clause such as "goose runs the migration in one transaction"
// or "BEGIN at line 3 is still open". It is "" where they can.
func (s *Session) WhyInBlock() string {
	switch s.Block() {
	case DoBlock:
		return "PostgreSQL runs a DO block in one transaction"
	case RunnerBlock:
		if s.migration.Section.Scope == migration.TransactionPerRun {
			return s.runner() + " runs all pending migrations in one transaction"
		}
		return s.runner() + " runs the migration in one transaction"
	case ExplicitBlock:
		opened := s.owner.String()
		if file := s.owner.migration.File; file != nil && file != s.migration.File {
			opened += " of " + file.Name
		}
		return opened + " is still open"
	case ImplicitBlock:
		if s.pipelined() {
			return s.runner() + " sends the migration as one pipeline, which PostgreSQL runs as one implicit transaction block from its second statement on"
		}
		return fmt.Sprintf("%s sends %d statements in one message, which PostgreSQL runs as one implicit transaction block",
			s.runner(), s.messages.current.size)
	}
	return ""
}

func (s *Session) runner() string {
	if s.migration.Runner == nil {
		return "the runner"
	}
	return s.migration.Runner.Name
}

// String returns the statement that opened the block, with its place:
// "BEGIN at line 3".
func (o owner) String() string {
	words := "BEGIN"
	switch o.statement.Node.GetTransactionStmt().GetKind() {
	case pg_query.TransactionStmtKind_TRANS_STMT_START:
		words = "START TRANSACTION"
	case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT:
		words = "COMMIT AND CHAIN"
	case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		words = "ROLLBACK AND CHAIN"
	}
	file := o.migration.File
	if file == nil {
		return words
	}
	return fmt.Sprintf("%s at line %d", words, file.Position(o.statement.Pos).Line)
}

// Misplaced says what goes wrong with a statement that Before has prepared
// because of the transaction block around it: it controls a transaction that
// is not there, or needs a block and has none. The problem is a clause to
// follow the statement's name: "has no effect because no transaction block is
// open"; "" for nothing. The server, a PostgreSQL major, refuses the statement
// or only warns.
//
// Statements that must not run in a block are not meant; see
// NeedsOwnTransaction and WhyInBlock.
func (s *Session) Misplaced(st *migration.Statement, server int) (problem string, refused bool) {
	const (
		fails    = "fails because no transaction block is open"
		noEffect = "has no effect because no transaction block is open"
	)
	switch n := st.Node.GetNode().(type) {
	case *pg_query.Node_TransactionStmt:
		if len(s.do) > 0 {
			return s.misplacedInside(n.TransactionStmt, st)
		}
		return s.misplacedControl(n.TransactionStmt)
	case *pg_query.Node_LockStmt:
		if s.blockless(server) {
			return fails, true
		}
	case *pg_query.Node_DeclareCursorStmt:
		if s.blockless(server) && n.DeclareCursorStmt.GetOptions()&cursorWithHold == 0 {
			return fails, true
		}
	case *pg_query.Node_ConstraintsSetStmt:
		if s.alone() {
			return noEffect, false
		}
	case *pg_query.Node_VariableSetStmt:
		// Besides SET LOCAL this is SET TRANSACTION.
		set := n.VariableSetStmt
		if s.alone() && (set.GetIsLocal() || set.GetName() == "TRANSACTION") {
			return noEffect, false
		}
	case *pg_query.Node_SelectStmt:
		// Here the server is silent.
		for _, a := range fromSelect(n.SelectStmt) {
			if a.local && s.alone() {
				return noEffect, false
			}
		}
	}
	return "", false
}

// cursorWithHold is CURSOR_OPT_HOLD of parsenodes.h.
const cursorWithHold = 0x0020

// blockless reports whether the server sees no block around the statement.
// Before PostgreSQL 18 that is so everywhere in a pipeline (measured), although
// statements like CREATE INDEX CONCURRENTLY are refused there.
func (s *Session) blockless(server int) bool {
	return len(s.do) == 0 && s.blocklessMessage(server)
}

func (s *Session) blocklessMessage(server int) bool {
	return s.state == single || s.state == inImplicit && s.pipelined() && server < 18
}

// alone reports whether the transaction ends with the statement. The first
// statement of a pipeline is in no block, but its transaction goes on.
func (s *Session) alone() bool { return s.state == single && !s.pipelined() && len(s.do) == 0 }

func (s *Session) misplacedControl(c *pg_query.TransactionStmt) (problem string, refused bool) {
	const needsBlock = "fails because no BEGIN is open"
	switch c.GetKind() {
	case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
		if s.state == inExplicit {
			return "has no effect because " + s.WhyInBlock(), false
		}
	case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT, pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK,
		pg_query.TransactionStmtKind_TRANS_STMT_PREPARE:
		switch {
		case s.state == inExplicit:
		case c.GetChain():
			return needsBlock, true
		case s.count == 0:
			return "has no effect because no transaction block is open", false
		}
	case pg_query.TransactionStmtKind_TRANS_STMT_SAVEPOINT:
		if s.state != inExplicit {
			return needsBlock, true
		}
	case pg_query.TransactionStmtKind_TRANS_STMT_RELEASE, pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK_TO:
		if s.state != inExplicit {
			return needsBlock, true
		}
		if s.findSavepoint(c.GetSavepointName()) < 0 {
			return fmt.Sprintf("fails because no savepoint %s is open", c.GetSavepointName()), true
		}
	}
	return "", false
}
