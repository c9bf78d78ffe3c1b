package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

var renameColumnBreaksRunningRelease = &lint.Rule{
	Name:     "rename-column-breaks-running-release",
	Doc:      page("rename-column-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		rename := p.Statement.Node.GetRenameStmt()
		if rename.GetRenameType() != pg_query.ObjectType_OBJECT_COLUMN || rename.RelationType == pg_query.ObjectType_OBJECT_TYPE {
			return nil
		}
		table := p.Catalog.Resolve(rename.Relation)
		if !p.Exists(table, false) || bornLately(p, table, rename.Subname) || swapsColumn(p, rename) {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range: mention(p.Statement, rename.Newname),
			Message: fmt.Sprintf("RENAME COLUMN %s TO %s breaks the release that still uses the old name of %s.%s, from the commit until its last process is gone",
				quoted(rename.Subname), quoted(rename.Newname), table, quoted(rename.Subname)),
			Instead: &lint.Instead{Message: "add the new column, keep both in step with a trigger, switch the application over, and drop the old one in a later release"},
		})
		return nil
	},
}

// swapsColumn reports whether the same transaction puts another column in the
// place of the renamed one, or makes this one take the place of another: the
// names that the running release uses stay.
func swapsColumn(p *lint.Pass, rename *pg_query.RenameStmt) bool {
	of := func(s *migration.Statement, from, to string) bool {
		other := s.Node.GetRenameStmt()
		return other.GetRenameType() == pg_query.ObjectType_OBJECT_COLUMN && (from == "" || other.Subname == from) && (to == "" || other.Newname == to) &&
			p.Catalog.Resolve(other.Relation) == p.Catalog.Resolve(rename.Relation)
	}
	before, after := sameTransaction(p)
	for _, s := range before {
		if of(s, rename.Newname, "") {
			return true
		}
	}
	for _, s := range after {
		if of(s, "", rename.Subname) {
			return true
		}
		if alter := s.Node.GetAlterTableStmt(); alter != nil && p.Catalog.Resolve(alter.Relation) == p.Catalog.Resolve(rename.Relation) {
			for _, c := range alter.Cmds {
				if cmd := c.GetAlterTableCmd(); cmd.Subtype == pg_query.AlterTableType_AT_AddColumn && cmd.Def.GetColumnDef().GetColname() == rename.Subname {
					return true
				}
			}
		}
	}
	return false
}

// sameTransaction returns the statements of the migration that its open
// transaction has before and after the current one.
func sameTransaction(p *lint.Pass) (before, after []*migration.Statement) {
	if p.Session.WhyInBlock() == "" {
		return nil, nil
	}
	start, end := p.Index, p.Index+1
	for start > 0 && p.Migration.Statements[start-1].Node.GetTransactionStmt() == nil {
		start--
	}
	for end < len(p.Migration.Statements) && p.Migration.Statements[end].Node.GetTransactionStmt() == nil {
		end++
	}
	return p.Migration.Statements[start:p.Index], p.Migration.Statements[p.Index+1 : end]
}
