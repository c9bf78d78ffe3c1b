package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

// mergeable are the commands that lose nothing by standing in one ALTER TABLE
// with another one. SET NOT NULL and DROP CONSTRAINT are not: together they
// would check every row again.
var mergeable = []pg_query.AlterTableType{
	pg_query.AlterTableType_AT_AddColumn, pg_query.AlterTableType_AT_DropColumn, pg_query.AlterTableType_AT_ColumnDefault,
	pg_query.AlterTableType_AT_DropNotNull, pg_query.AlterTableType_AT_AlterColumnType,
}

var alterTableInSeveralStatements = &lint.Rule{
	Name:     "alter-table-in-several-statements",
	Doc:      page("alter-table-in-several-statements"),
	Category: lint.Style,
	Severity: lint.Off,
	Run: func(p *lint.Pass) error {
		// Those of a DO block may stand in branches.
		if p.Index == 0 || p.Statement.Do != nil || !merges(p.Statement.Node) || !merges(p.Migration.Statements[p.Index-1].Node) {
			return nil
		}
		table := p.Catalog.Resolve(p.Statement.Node.GetAlterTableStmt().Relation)
		before := p.Migration.Statements[p.Index-1]
		if p.Exists(table, false) && p.Catalog.Resolve(before.Node.GetAlterTableStmt().Relation) == table {
			p.Report(lint.Diagnostic{
				Message: fmt.Sprintf("ALTER TABLE waits for the lock on %s a second time, where one statement could have all commands", table),
				Related: []lint.Related{{Range: before.Range, File: before.File(), Message: "alters the same table"}},
				Instead: &lint.Instead{Message: "write one ALTER TABLE with all commands"},
			})
		}
		return nil
	},
}

func merges(n *pg_query.Node) bool {
	alter := n.GetAlterTableStmt()
	return alter != nil && alter.Objtype == pg_query.ObjectType_OBJECT_TABLE && !slices.ContainsFunc(alter.Cmds, func(c *pg_query.Node) bool {
		return !slices.Contains(mergeable, c.GetAlterTableCmd().Subtype)
	})
}
