package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var repeatedMigrationFails = &lint.Rule{
	Name:     "repeated-migration-fails",
	Doc:      page("repeated-migration-fails"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		again := p.Migration.Section.Repeats
		if again == "" || p.Statement.Do != nil || p.Reported() {
			return nil
		}
		before := missing(p)
		p.Catalog.AfterAll(slices.Concat(p.Remaining(), p.Preceding()), func() {
			state, why := "", ""
			if state, why = there(p); state == "" && before == [2]string{} {
				gone := missing(p)
				state, why = gone[0], gone[1]
			}
			if state == "" {
				return
			}
			d := lint.Diagnostic{
				Message: fmt.Sprintf("%s fails with %s when %s executes it again, as it does %s: %s", statementName(p.Statement), state, p.Migration.Runner.Name, again, why),
				Instead: &lint.Instead{Message: "write it so that it can run again: with OR REPLACE, IF NOT EXISTS or IF EXISTS, or behind a DROP … IF EXISTS"},
			}
			if again == migration.EachDeploy {
				d.Severity = lint.Error
			}
			p.Report(d)
		})
		return nil
	},
}

// there returns the SQLSTATE with which the statement finds what it creates, and why;
// "" where it does not.
func there(p *lint.Pass) (state, why string) {
	c := p.Catalog
	already := func(exists bool, state string, name catalog.Name) (string, string) {
		if !exists {
			return "", ""
		}
		return state, name.String() + " exists already"
	}
	relation := func(r *pg_query.RangeVar, allowed bool) (string, string) {
		name := c.Resolve(r)
		return already(!allowed && !isTemporary(p, r) && c.HasRelation(name), "42P07", name)
	}
	switch n := p.Statement.Node.GetNode().(type) {
	case *pg_query.Node_CreateStmt:
		return relation(n.CreateStmt.Relation, n.CreateStmt.IfNotExists)
	case *pg_query.Node_CreateTableAsStmt:
		return relation(n.CreateTableAsStmt.Into.GetRel(), n.CreateTableAsStmt.IfNotExists)
	case *pg_query.Node_ViewStmt:
		return relation(n.ViewStmt.View, n.ViewStmt.Replace)
	case *pg_query.Node_CreateSeqStmt:
		return relation(n.CreateSeqStmt.Sequence, n.CreateSeqStmt.IfNotExists)
	case *pg_query.Node_IndexStmt:
		name := catalog.Name{Schema: c.Resolve(n.IndexStmt.Relation).Schema, Name: n.IndexStmt.Idxname}
		return already(name.Name != "" && !n.IndexStmt.IfNotExists && !isTemporary(p, n.IndexStmt.Relation) && c.HasRelation(name), "42P07", name)
	case *pg_query.Node_CreateEnumStmt:
		name := c.ResolveList(n.CreateEnumStmt.TypeName)
		return already(c.Enum(name) != nil, "42710", name)
	case *pg_query.Node_CreateDomainStmt:
		name := c.ResolveList(n.CreateDomainStmt.Domainname)
		return already(c.Domain(name) != nil, "42710", name)
	case *pg_query.Node_CreateFunctionStmt:
		now, old := c.Replaces(n.CreateFunctionStmt)
		return already(old != nil && !n.CreateFunctionStmt.Replace, "42723", now.Name)
	case *pg_query.Node_AlterTableStmt:
		table := c.Table(c.Resolve(n.AlterTableStmt.Relation))
		if table == nil || isTemporary(p, n.AlterTableStmt.Relation) {
			return "", ""
		}
		dropped := map[string]bool{} // before any is added
		for _, cmd := range n.AlterTableStmt.Cmds {
			dropped[cmd.GetAlterTableCmd().GetName()] = true
		}
		for _, cmd := range n.AlterTableStmt.Cmds {
			switch cmd := cmd.GetAlterTableCmd(); cmd.Subtype {
			case pg_query.AlterTableType_AT_AddColumn:
				if column := cmd.Def.GetColumnDef().GetColname(); !cmd.MissingOk && !dropped[column] && table.Column(column) != nil {
					return "42701", fmt.Sprintf("%s has the column %s already", table.Name, quoted(column))
				}
			case pg_query.AlterTableType_AT_AddConstraint:
				if name := cmd.Def.GetConstraint().GetConname(); name != "" && !dropped[name] && table.Constraint(name) != nil {
					return "42710", fmt.Sprintf("%s has the constraint %s already", table.Name, quoted(name))
				}
			}
		}
	}
	return "", ""
}

// missing returns the SQLSTATE with which the statement does not find what it drops or
// renames, and why.
func missing(p *lint.Pass) [2]string {
	c := p.Catalog
	switch n := p.Statement.Node.GetNode().(type) {
	case *pg_query.Node_DropStmt:
		switch n.DropStmt.RemoveType {
		case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW, pg_query.ObjectType_OBJECT_SEQUENCE, pg_query.ObjectType_OBJECT_INDEX:
		default:
			return [2]string{}
		}
		for _, o := range n.DropStmt.Objects {
			name := c.ResolveList(o.GetList().GetItems())
			if !n.DropStmt.MissingOk && !c.HasRelation(name) && c.Index(name) == nil {
				return [2]string{"42P01", name.String() + " is gone"}
			}
		}
	case *pg_query.Node_RenameStmt:
		switch rename := n.RenameStmt; {
		case rename.Relation == nil || rename.MissingOk:
		case rename.RenameType == pg_query.ObjectType_OBJECT_COLUMN:
			if table := c.Table(c.Resolve(rename.Relation)); table != nil && table.Column(rename.Subname) == nil {
				return [2]string{"42703", fmt.Sprintf("%s has no column %s any more", table.Name, quoted(rename.Subname))}
			}
		case rename.RenameType == pg_query.ObjectType_OBJECT_TABLE || rename.RenameType == pg_query.ObjectType_OBJECT_VIEW:
			if name := c.Resolve(rename.Relation); !c.HasRelation(name) {
				return [2]string{"42P01", name.String() + " is gone"}
			}
		}
	case *pg_query.Node_AlterTableStmt:
		table := c.Table(c.Resolve(n.AlterTableStmt.Relation))
		for _, cmd := range n.AlterTableStmt.Cmds {
			cmd := cmd.GetAlterTableCmd()
			switch {
			case table == nil || cmd.MissingOk:
			case cmd.Subtype == pg_query.AlterTableType_AT_DropColumn && table.Column(cmd.Name) == nil:
				return [2]string{"42703", fmt.Sprintf("%s has no column %s any more", table.Name, quoted(cmd.Name))}
			case cmd.Subtype == pg_query.AlterTableType_AT_DropConstraint && table.Constraint(cmd.Name) == nil:
				return [2]string{"42704", fmt.Sprintf("%s has no constraint %s any more", table.Name, quoted(cmd.Name))}
			}
		}
	}
	return [2]string{}
}
