package rules

import (
	"cmp"
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
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
		if !p.Exists(table, false) || bornLately(p, table, rename.Subname) || swapsColumn(p, rename) || keptByTable(p, table, rename.Subname) {
			return nil
		}
		severity, but := renameSeverity(p)
		if severity == lint.Off {
			return nil
		}
		p.Report(lint.Diagnostic{
			Severity: severity,
			Range:    mention(p.Statement, rename.Newname),
			Message: fmt.Sprintf("RENAME COLUMN %s TO %s breaks the release that still uses the old name of %s.%s, from the commit until its last process is gone%s",
				quoted(rename.Subname), quoted(rename.Newname), table, quoted(rename.Subname), but),
			Instead: renameColumnLater,
		})
		return nil
	},
}

var renameColumnLater = &lint.Instead{Message: "add the new column, keep both in step with a trigger, switch the application over, and drop the old one in a later release"}

// noneDoes ends a message about a release that still uses something.
const noneDoes = "; none of the configured queries does"

// renameSeverity is how much is known of who uses the old name: Off where
// change-breaks-query names the queries that do, and a warning, with what to
// add to the message, where none of the application's queries does.
func renameSeverity(p *lint.Pass) (severity lint.Severity, but string) {
	switch {
	case len(brokenQueries(p)) > 0:
		return lint.Off, ""
	case p.Config.Queries != nil:
		return lint.Warning, noneDoes
	}
	return lint.Error, ""
}

// swapsColumn reports whether the same transaction puts another column in the
// place of the renamed one, or this one takes the place of another that the
// migration renamed or dropped: the names that the running release uses stay.
func swapsColumn(p *lint.Pass, rename *pg_query.RenameStmt) bool {
	table := p.Catalog.Resolve(rename.Relation)
	for _, s := range p.Preceding() {
		if from, _ := renamedColumn(p.Catalog, s, table); from == rename.Newname || changesColumn(p.Catalog, s, table, pg_query.AlterTableType_AT_DropColumn, rename.Newname) {
			return true
		}
	}
	rest := restOfTransaction(p)
	return comesAgain(p.Catalog, rest, table, rename.Subname, func(added *pg_query.ColumnDef) bool {
		return isGenerated(added) || slices.ContainsFunc(rest, func(s *migration.Statement) bool { return sets(p.Catalog, s, table, rename.Subname) })
	})
}

// keptByTable reports whether the table has another name for the release that
// runs, and what becomes of that decides: a view in its place has the column
// still, or rename-table-breaks-running-release says that nothing is there.
func keptByTable(p *lint.Pass, table catalog.Name, column string) bool {
	name := nameBefore(p, p.Preceding(), table)
	for _, s := range restOfTransaction(p) {
		if view := s.Node.GetViewStmt(); view != nil && p.Catalog.Resolve(view.View) == name {
			return slices.Contains(columnsOf(view), column)
		}
	}
	return name != table
}

// columnsOf returns the names that a view gives its columns, but for those of *.
func columnsOf(view *pg_query.ViewStmt) []string {
	if len(view.Aliases) > 0 {
		return tree.Strings(view.Aliases)
	}
	query := view.Query.GetSelectStmt()
	for query.GetLarg() != nil {
		query = query.Larg
	}
	var names []string
	for _, n := range query.GetTargetList() {
		target := n.GetResTarget()
		names = append(names, cmp.Or(target.Name, tree.Last(target.Val.GetColumnRef().GetFields())))
	}
	return names
}

// comesAgain reports whether one of the statements gives the column's name to
// another of the table, or to a new one that has values as it should.
func comesAgain(c *catalog.Catalog, statements []*migration.Statement, table catalog.Name, column string, filled func(*pg_query.ColumnDef) bool) bool {
	return slices.ContainsFunc(statements, func(s *migration.Statement) bool {
		_, to := renamedColumn(c, s, table)
		alter := s.Node.GetAlterTableStmt()
		return to == column || alter != nil && c.Resolve(alter.Relation) == table && slices.ContainsFunc(alter.Cmds, func(n *pg_query.Node) bool {
			added := n.GetAlterTableCmd().GetDef().GetColumnDef()
			return n.GetAlterTableCmd().Subtype == pg_query.AlterTableType_AT_AddColumn && added.GetColname() == column && filled(added)
		})
	})
}

// isGenerated reports whether a column's values come from other columns.
func isGenerated(def *pg_query.ColumnDef) bool {
	return slices.ContainsFunc(def.Constraints, func(n *pg_query.Node) bool {
		return n.GetConstraint().GetContype() == pg_query.ConstrType_CONSTR_GENERATED
	})
}

// sets reports whether a statement is an UPDATE of the table that sets the column.
func sets(c *catalog.Catalog, s *migration.Statement, table catalog.Name, column string) bool {
	update := s.Node.GetUpdateStmt()
	return update != nil && c.Resolve(update.Relation) == table && slices.ContainsFunc(update.TargetList, func(n *pg_query.Node) bool {
		return n.GetResTarget().GetName() == column
	})
}

// renamedColumn returns the old and new name of the table's column that a
// statement renames, or "".
func renamedColumn(c *catalog.Catalog, s *migration.Statement, table catalog.Name) (from, to string) {
	r := s.Node.GetRenameStmt()
	if r.GetRenameType() != pg_query.ObjectType_OBJECT_COLUMN || c.Resolve(r.Relation) != table {
		return "", ""
	}
	return r.Subname, r.Newname
}

// changesColumn reports whether a statement adds or drops the column.
func changesColumn(c *catalog.Catalog, s *migration.Statement, table catalog.Name, change pg_query.AlterTableType, column string) bool {
	alter := s.Node.GetAlterTableStmt()
	return alter != nil && c.Resolve(alter.Relation) == table && slices.ContainsFunc(alter.Cmds, func(n *pg_query.Node) bool {
		cmd := n.GetAlterTableCmd()
		return cmd.Subtype == change && (cmd.Name == column || cmd.Def.GetColumnDef().GetColname() == column)
	})
}

// restOfTransaction returns the statements of the migration that its open
// transaction has after the current one.
func restOfTransaction(p *lint.Pass) []*migration.Statement {
	if p.Session.WhyInBlock() == "" {
		return nil
	}
	rest := p.Following()
	if p.Session.Block() == lock.DoBlock && p.Session.OuterBlock() == lock.NoBlock {
		rest = slices.DeleteFunc(slices.Clone(rest), func(s *migration.Statement) bool { return s.Outermost() != p.Statement.Outermost() })
	}
	end := slices.IndexFunc(rest, func(s *migration.Statement) bool { return s.Node.GetTransactionStmt() != nil })
	if end < 0 {
		end = len(rest)
	}
	return rest[:end:end]
}
