package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var renameColumnBreaksRunningRelease = &lint.Rule{
	Name:     "rename-column-breaks-running-release",
	Doc:      page("rename-column-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		rename := p.Statement.Node.GetRenameStmt()
		if rename == nil || rename.RenameType != pg_query.ObjectType_OBJECT_COLUMN || rename.RelationType != pg_query.ObjectType_OBJECT_TABLE {
			return nil
		}
		table := p.Catalog.Resolve(rename.Relation)
		if !p.Exists(table, false) || bornLately(p, table, rename.Subname) {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range: mention(p.Statement, rename.Newname),
			Message: fmt.Sprintf("RENAME COLUMN %s TO %s breaks the release that still uses the old name of %s, from the commit until its last process is gone",
				quoted(rename.Subname), quoted(rename.Newname), table),
			Instead: &lint.Instead{Message: "add the new column, keep both in step with a trigger, switch the application over, and drop the old one in a later release"},
		})
		return nil
	},
}
