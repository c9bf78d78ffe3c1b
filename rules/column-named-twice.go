package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var columnNamedTwice = &lint.Rule{
	Name:     "column-named-twice",
	Doc:      page("column-named-twice"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if column, ok := columnThere(p); ok {
			p.Report(column)
			return nil
		}
		found := false
		tree.Walk(p.Statement.Node, func(m proto.Message) bool {
			for _, list := range columnLists(p, m) {
				column := list.repeated()
				if found || column == nil {
					continue
				}
				found = true
				d := lint.Diagnostic{Fails: "42701", Message: fmt.Sprintf("%s names the column %s twice, which fails with 42701", list.what, quoted(column.name))}
				if list.set {
					d.Message = fmt.Sprintf("%s sets the column %s twice, which fails with 42601", list.what, quoted(column.name))
					d.Fails = "42601"
				}
				if column.at > 0 {
					d.Range = p.Statement.Element(p.Statement.At(column.at), p.Statement.End)
				}
				p.Report(d)
			}
			return !found
		})
		return nil
	},
}

// columnList is a list of columns in which each may stand once.
type columnList struct {
	what    string
	set     bool // values are assigned to them
	columns []listedColumn
}

type listedColumn struct {
	name string
	at   int32 // 0 where the parse tree does not tell
	part bool  // an element or a field of the column, of which there may be several
}

// repeated returns the first column that stands in the list for the second
// time, nil if there is none.
func (l columnList) repeated() *listedColumn {
	for i, column := range l.columns {
		if slices.ContainsFunc(l.columns[:i], func(o listedColumn) bool { return o.name == column.name && !(o.part && column.part) }) {
			return &l.columns[i]
		}
	}
	return nil
}

// columnLists returns the lists that a part of a statement has.
func columnLists(p *lint.Pass, m proto.Message) []columnList {
	switch n := m.(type) {
	case *pg_query.CreateStmt:
		if n.IfNotExists && p.Catalog.HasRelation(p.Catalog.Resolve(n.Relation)) {
			return nil
		}
		return []columnList{{what: "CREATE TABLE", columns: elementColumns(p.Catalog, n.TableElts)}}
	case *pg_query.CompositeTypeStmt:
		return []columnList{{what: "CREATE TYPE", columns: elementColumns(p.Catalog, n.Coldeflist)}}
	case *pg_query.Constraint:
		what := map[pg_query.ConstrType]string{pg_query.ConstrType_CONSTR_PRIMARY: "the primary key", pg_query.ConstrType_CONSTR_UNIQUE: "the unique constraint"}[n.Contype]
		if what != "" {
			return []columnList{{what: what, columns: listedColumns(n.Keys, n.Location)}}
		}
	case *pg_query.InsertStmt:
		return []columnList{
			{what: "INSERT", columns: targetColumns(n.Cols)},
			{what: "ON CONFLICT DO UPDATE", set: true, columns: targetColumns(n.OnConflictClause.GetTargetList())},
		}
	case *pg_query.UpdateStmt:
		return []columnList{{what: "UPDATE", set: true, columns: targetColumns(n.TargetList)}}
	case *pg_query.MergeWhenClause:
		insert := n.CommandType == pg_query.CmdType_CMD_INSERT
		return []columnList{{what: "MERGE", set: !insert, columns: targetColumns(n.TargetList)}}
	case *pg_query.CopyStmt:
		return []columnList{{what: "COPY", columns: listedColumns(n.Attlist, 0)}}
	case *pg_query.VacuumRelation:
		return []columnList{{what: statementName(p.Statement), columns: listedColumns(n.VaCols, 0)}}
	case *pg_query.CreateTrigStmt:
		return []columnList{{what: "CREATE TRIGGER", columns: listedColumns(n.Columns, 0)}}
	case *pg_query.ViewStmt:
		return []columnList{{what: "CREATE VIEW", columns: resultColumns(p, n.View)}}
	case *pg_query.CreateTableAsStmt:
		if n.IfNotExists && p.Catalog.HasRelation(p.Catalog.Resolve(n.Into.GetRel())) {
			return nil
		}
		return []columnList{{what: statementName(p.Statement), columns: resultColumns(p, n.Into.GetRel())}}
	}
	return nil
}

// elementColumns are the columns of CREATE TABLE, those of LIKE included, as far as
// the catalog knows them. Those of parents are merged with them.
func elementColumns(c *catalog.Catalog, elements []*pg_query.Node) []listedColumn {
	var columns []listedColumn
	for _, e := range elements {
		if def := e.GetColumnDef(); def != nil {
			columns = append(columns, listedColumn{name: def.Colname, at: def.Location})
		}
		like := e.GetTableLikeClause().GetRelation()
		if like == nil {
			continue
		}
		if t := c.Table(c.Resolve(like)); t != nil && !t.Doubted && !t.Origin.Maybe {
			for _, column := range t.Columns {
				columns = append(columns, listedColumn{name: column.Name, at: like.Location})
			}
		}
	}
	return columns
}

func listedColumns(names []*pg_query.Node, at int32) []listedColumn {
	var columns []listedColumn
	for _, name := range tree.Strings(names) {
		columns = append(columns, listedColumn{name: name, at: at})
	}
	return columns
}

func targetColumns(targets []*pg_query.Node) []listedColumn {
	var columns []listedColumn
	for _, t := range targets {
		t := t.GetResTarget()
		columns = append(columns, listedColumn{name: t.GetName(), at: t.GetLocation(), part: len(t.GetIndirection()) > 0})
	}
	return columns
}

// resultColumns are those of the relation that the statement makes of a query,
// nil if the catalog does not know them all.
func resultColumns(p *lint.Pass, r *pg_query.RangeVar) []listedColumn {
	var columns []listedColumn
	p.Catalog.After(p.Statement, func() {
		if t := p.Catalog.Table(p.Catalog.Resolve(r)); t != nil && t.Complete {
			for _, column := range t.Columns {
				columns = append(columns, listedColumn{name: column.Name})
			}
		}
	})
	return columns
}

// columnThere finds a column that a statement adds to a table or composite
// type, or gives a new name, although there is one of the name.
func columnThere(p *lint.Pass) (lint.Diagnostic, bool) {
	var relation *pg_query.RangeVar
	var added []listedColumn
	ranges := map[string]migration.Range{}
	dropped := map[string]bool{}
	does := "ADD COLUMN"
	switch n := p.Statement.Node.GetNode().(type) {
	case *pg_query.Node_AlterTableStmt:
		relation = n.AlterTableStmt.Relation
		if n.AlterTableStmt.Objtype == pg_query.ObjectType_OBJECT_TYPE {
			does = "ADD ATTRIBUTE"
		}
		parts := p.Statement.Commands()
		for i, c := range n.AlterTableStmt.Cmds {
			c := c.GetAlterTableCmd()
			switch c.Subtype {
			case pg_query.AlterTableType_AT_DropColumn:
				dropped[c.Name] = true // before any is added
			case pg_query.AlterTableType_AT_AddColumn:
				name := c.Def.GetColumnDef().GetColname()
				if c.MissingOk {
					continue
				}
				added = append(added, listedColumn{name: name})
				if len(parts) == len(n.AlterTableStmt.Cmds) {
					ranges[name] = parts[i]
				}
			}
		}
	case *pg_query.Node_RenameStmt:
		if n.RenameStmt.RenameType == pg_query.ObjectType_OBJECT_COLUMN || n.RenameStmt.RenameType == pg_query.ObjectType_OBJECT_ATTRIBUTE {
			relation, does = n.RenameStmt.Relation, "RENAME … TO"
			added = []listedColumn{{name: n.RenameStmt.Newname}}
		}
	}
	if len(added) == 0 {
		return lint.Diagnostic{}, false
	}
	name := p.Catalog.Resolve(relation)
	if twice := (columnList{columns: added}).repeated(); twice != nil {
		return lint.Diagnostic{
			Range:   ranges[twice.name],
			Fails:   "42701",
			Message: fmt.Sprintf("%s names the column %s twice, which fails with 42701", statementName(p.Statement), quoted(twice.name)),
		}, true
	}
	t := p.Catalog.Table(name)
	if t == nil || t.Doubted || t.Origin.Maybe {
		return lint.Diagnostic{}, false
	}
	for _, column := range added {
		if t.Column(column.name) != nil && !dropped[column.name] {
			return lint.Diagnostic{
				Range:   ranges[column.name],
				Fails:   "42701",
				Message: fmt.Sprintf("%s %s fails with 42701, because %s has a column of the name", does, quoted(column.name), name),
			}, true
		}
	}
	return lint.Diagnostic{}, false
}
