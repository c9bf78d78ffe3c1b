package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var renameTableBreaksRunningRelease = &lint.Rule{
	Name:     "rename-table-breaks-running-release",
	Doc:      page("rename-table-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		rename := p.Statement.Node.GetRenameStmt()
		if rename == nil || rename.RenameType != pg_query.ObjectType_OBJECT_TABLE {
			return nil
		}
		table := p.Catalog.Resolve(rename.Relation)
		if !p.Exists(table, false) || oldNameStays(p, rename.Relation.GetRelname()) {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range:   mention(p.Statement, rename.Newname),
			Message: fmt.Sprintf("RENAME TO %s breaks the release that still uses %s, from the commit until its last process is gone", quoted(rename.Newname), table),
			Instead: &lint.Instead{Message: "leave a view with the old name in the same transaction, and drop it in a later release"},
		})
		return nil
	},
}

// oldNameStays reports whether the same transaction creates a view or table
// with the old name, so that the running release goes on.
func oldNameStays(p *lint.Pass, old string) bool {
	if p.Session.WhyInBlock() == "" {
		return false
	}
	for _, s := range p.Migration.Statements[p.Index+1:] {
		if s.Node.GetViewStmt().GetView().GetRelname() == old || s.Node.GetCreateStmt().GetRelation().GetRelname() == old {
			return true
		}
		if r := s.Node.GetRenameStmt(); r.GetRenameType() == pg_query.ObjectType_OBJECT_TABLE && r.GetNewname() == old {
			return true
		}
	}
	return false
}
