package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var setUnloggedLosesDataOnCrash = &lint.Rule{
	Name:     "set-unlogged-loses-data-on-crash",
	Doc:      page("set-unlogged-loses-data-on-crash"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if c.Subtype != pg_query.AlterTableType_AT_SetUnLogged || !p.Exists(c.Table, false) || loggedAgain(p, c.Table) {
				continue
			}
			if t := p.Catalog.Table(c.Table); t != nil && t.Persistence != catalog.Permanent {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   c.Range,
				Message: fmt.Sprintf("SET UNLOGGED lets a crash of the server empty %s, and keeps its rows from standbys and from backups that copy the files", c.Table),
			})
		}
		return nil
	},
}

// loggedAgain reports whether the same transaction logs the table again: a crash
// before its commit takes back both.
func loggedAgain(p *lint.Pass, table catalog.Name) bool {
	return slices.ContainsFunc(restOfTransaction(p), func(s *migration.Statement) bool {
		return changesTable(p.Catalog, s, table, pg_query.AlterTableType_AT_SetLogged)
	})
}

// changesTable reports whether a statement has the command on the table.
func changesTable(c *catalog.Catalog, s *migration.Statement, table catalog.Name, change pg_query.AlterTableType) bool {
	alter := s.Node.GetAlterTableStmt()
	return alter != nil && c.Resolve(alter.Relation) == table && slices.ContainsFunc(alter.Cmds, func(n *pg_query.Node) bool {
		return n.GetAlterTableCmd().GetSubtype() == change
	})
}
