package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var renameTableBreaksRunningRelease = &lint.Rule{
	Name:     "rename-table-breaks-running-release",
	Doc:      page("rename-table-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		old, does, newName := renamed(p.Statement.Node)
		if old == nil {
			return nil
		}
		table := p.Catalog.Resolve(old)
		if p.Catalog.Index(table) != nil || p.Catalog.Sequence(table) != nil || !p.Exists(table, false) || swapsTable(p, table, newName) {
			return nil
		}
		severity, but := renameSeverity(p)
		if severity == lint.Off {
			return nil
		}
		d := lint.Diagnostic{
			Severity: severity,
			Range:    mention(p.Statement, newName),
			Message:  fmt.Sprintf("%s %s breaks the release that still uses %s, from the commit until its last process is gone%s", does, quoted(newName), table, but),
			Instead:  renameTableLater,
		}
		if again := makesAgain(p.Following(), catalog.Object{Kind: pg_query.ObjectType_OBJECT_VIEW, Name: table}); again != nil {
			d.Message = leavesWithout(does+" "+quoted(newName), table, again)
			d.Instead = inOneTransaction
		}
		p.Report(d)
		return nil
	},
}

var renameTableLater = &lint.Instead{Message: "leave a view with the old name in the same transaction, and drop it in a later release"}

// renamed returns the table or view that a statement gives another name or
// schema, what it does, and the new one; nil for other statements.
func renamed(n *pg_query.Node) (old *pg_query.RangeVar, does, newName string) {
	if r := n.GetRenameStmt(); isTable(r.GetRenameType()) {
		return r.Relation, "RENAME TO", r.Newname
	}
	if s := n.GetAlterObjectSchemaStmt(); isTable(s.GetObjectType()) {
		return s.Relation, "SET SCHEMA", s.Newschema
	}
	return nil, "", ""
}

// nameBefore returns the name that a table or view had before statements renamed it
// to this one.
func nameBefore(p *lint.Pass, statements []*migration.Statement, name catalog.Name) catalog.Name {
	for _, s := range slices.Backward(statements) {
		if old, does, newName := renamed(s.Node); does == "RENAME TO" && newName == name.Name && p.Catalog.Resolve(old).Schema == name.Schema {
			name.Name = old.Relname
		}
	}
	return name
}

func isTable(t pg_query.ObjectType) bool {
	switch t {
	case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_FOREIGN_TABLE, pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW:
		return true
	}
	return false
}

// swapsTable reports whether the same transaction puts a view or table in the
// place of the renamed one, or this one takes the place of another that the
// migration renamed or dropped: the names that the running release uses stay.
func swapsTable(p *lint.Pass, old catalog.Name, newName string) bool {
	for _, s := range p.Preceding() {
		if r, does, _ := renamed(s.Node); does == "RENAME TO" && r.Relname == newName || dropsRelation(p.Catalog, s.Node, newName) {
			return true
		}
	}
	return madeAgain(p, catalog.Object{Kind: pg_query.ObjectType_OBJECT_VIEW, Name: old})
}

// dropsRelation reports whether a statement drops a table or view of that name.
func dropsRelation(c *catalog.Catalog, n *pg_query.Node, name string) bool {
	drop := n.GetDropStmt()
	return isTable(drop.GetRemoveType()) && slices.ContainsFunc(drop.GetObjects(), func(o *pg_query.Node) bool {
		return c.ResolveList(o.GetList().GetItems()).Name == name
	})
}
