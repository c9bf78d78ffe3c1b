package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var nontransactionalMigrationHasSeveralChanges = &lint.Rule{
	Name:     "nontransactional-migration-has-several-changes",
	Doc:      page("nontransactional-migration-has-several-changes"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		// psql's files are executed in as many ways as there are tools that
		// it stands in for, and printed text does not tell where a migration ends.
		if p.Migration.Runner == migration.Psql || p.Migration.Runner.Printed || p.Migration.Section.Scope != migration.Autocommit || p.Session.Block() != lock.NoBlock || p.Reported() {
			return nil
		}
		if !runsOnce(p) || !slices.ContainsFunc(p.Following(), changes) {
			return nil
		}
		instead := "give each change a migration of its own"
		outside := func(s *migration.Statement) bool {
			return writesRows(s) || lock.NeedsOwnTransaction(s, p.Catalog, p.Server) != ""
		}
		if p.Migration.Runner.PsqlCommands && !slices.ContainsFunc(p.Remaining(), outside) {
			instead = "open a transaction with BEGIN, and end it with COMMIT"
		}
		p.Report(lint.Diagnostic{
			Message: fmt.Sprintf("%s commits by itself: when a statement further down fails, the migration cannot simply be run again", statementName(p.Statement)),
			Instead: &lint.Instead{Message: instead},
		})
		return nil
	},
}

// changes reports whether a statement does more than look, set and begin.
func changes(s *migration.Statement) bool {
	switch s.Node.GetNode().(type) {
	case *pg_query.Node_VariableSetStmt, *pg_query.Node_SelectStmt, *pg_query.Node_TransactionStmt, *pg_query.Node_CommentStmt:
		return false
	}
	return true
}

// writesRows reports whether a statement may take so long that other changes should
// not share its transaction.
func writesRows(s *migration.Statement) bool {
	switch s.Node.GetNode().(type) {
	case *pg_query.Node_UpdateStmt, *pg_query.Node_DeleteStmt, *pg_query.Node_InsertStmt, *pg_query.Node_DoStmt:
		return true
	}
	return false
}

// runsOnce reports whether a statement fails, or does its work twice, when it is
// executed again. A temporary table is gone then.
func runsOnce(p *lint.Pass) bool {
	switch n := p.Statement.Node.GetNode().(type) {
	case *pg_query.Node_CreateStmt:
		return !n.CreateStmt.IfNotExists && !isTemporary(p, n.CreateStmt.Relation)
	case *pg_query.Node_IndexStmt:
		return !n.IndexStmt.IfNotExists && !isTemporary(p, n.IndexStmt.Relation)
	case *pg_query.Node_DropStmt:
		return !n.DropStmt.MissingOk
	case *pg_query.Node_CreateTableAsStmt:
		return !n.CreateTableAsStmt.IfNotExists && !isTemporary(p, n.CreateTableAsStmt.Into.Rel)
	case *pg_query.Node_InsertStmt:
		return n.InsertStmt.OnConflictClause == nil && !isTemporary(p, n.InsertStmt.Relation)
	case *pg_query.Node_AlterEnumStmt:
		return !n.AlterEnumStmt.SkipIfNewValExists
	case *pg_query.Node_RenameStmt, *pg_query.Node_CreateEnumStmt, *pg_query.Node_CreateDomainStmt, *pg_query.Node_CompositeTypeStmt:
		return true
	case *pg_query.Node_CreateTrigStmt:
		return !n.CreateTrigStmt.Replace
	case *pg_query.Node_AlterTableStmt:
		return !isTemporary(p, n.AlterTableStmt.Relation) && slices.ContainsFunc(n.AlterTableStmt.Cmds, func(c *pg_query.Node) bool {
			switch c := c.GetAlterTableCmd(); c.Subtype {
			case pg_query.AlterTableType_AT_AddColumn, pg_query.AlterTableType_AT_DropColumn, pg_query.AlterTableType_AT_DropConstraint:
				return !c.MissingOk
			case pg_query.AlterTableType_AT_AddConstraint, pg_query.AlterTableType_AT_AttachPartition, pg_query.AlterTableType_AT_DetachPartition:
				return true
			}
			return false
		})
	}
	return false
}
