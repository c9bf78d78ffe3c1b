package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var createUniqueIndexFailsOnDuplicates = &lint.Rule{
	Name:     "create-unique-index-fails-on-duplicates",
	Doc:      page("create-unique-index-fails-on-duplicates"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		type key struct{ *migration.Migration }
		dropped := p.OfHistory(key{p.Migration}, func() any { return new([]*catalog.Index) }).(*[]*catalog.Index)
		*dropped = append(*dropped, dropsUnique(p)...)
		if p.Migration.Direction == migration.Down ||
			!slices.ContainsFunc(p.Existing(), func(e lock.Effect) bool { return e.Work == lock.IndexBuild }) {
			return nil
		}
		for _, u := range uniqueBuilds(p) {
			if t := p.Catalog.Table(u.index.Table); t != nil && t.Kind == catalog.MaterializedView ||
				!p.Exists(u.index.Table, false) || p.Session.Emptied(u.index.Table) || changesRows(p, u.index.Table, "") || u.proven(p, *dropped) {
				continue
			}
			u.report(p)
		}
		return nil
	},
}

// uniqueBuild is a unique index that a statement builds over rows.
type uniqueBuild struct {
	index *catalog.Index
	table *catalog.Table // behind the statement
	// equalNulls is NULLS NOT DISTINCT.
	equalNulls bool
}

func uniqueBuilds(p *lint.Pass) (list []uniqueBuild) {
	equalNulls := false
	tree.Walk(p.Statement.Node, func(m proto.Message) bool {
		n, ok := m.(interface{ GetNullsNotDistinct() bool })
		equalNulls = equalNulls || ok && n.GetNullsNotDistinct()
		return true
	})
	p.Catalog.After(p.Statement, func() {
		for _, index := range p.Catalog.IndexesWhere(func(i *catalog.Index) bool {
			return i.Unique && i.Parent == nil && i.Origin.Statement == p.Statement
		}) {
			list = append(list, uniqueBuild{index, p.Catalog.Table(index.Table), equalNulls})
		}
	})
	return list
}

// dropsUnique returns the unique indexes that a statement drops: as long as
// they were there, they kept duplicates out.
func dropsUnique(p *lint.Pass) []*catalog.Index {
	if p.Statement.Node.GetDropStmt() == nil && !slices.ContainsFunc(p.Statement.Node.GetAlterTableStmt().GetCmds(), func(n *pg_query.Node) bool {
		kind := n.GetAlterTableCmd().GetSubtype()
		return kind == pg_query.AlterTableType_AT_DropConstraint || kind == pg_query.AlterTableType_AT_DropColumn
	}) {
		return nil
	}
	list := p.Catalog.IndexesWhere(func(i *catalog.Index) bool { return i.Unique })
	p.Catalog.After(p.Statement, func() {
		list = slices.DeleteFunc(list, func(i *catalog.Index) bool { return p.Catalog.Index(i.Name) != nil })
	})
	return list
}

// changesRows reports whether the migration has updated or deleted rows of the
// table before, by the values of the column or with new ones in it if there is
// one: what it leaves is its author's concern.
func changesRows(p *lint.Pass, table catalog.Name, column string) bool {
	found := false
	for _, s := range p.Preceding() {
		tree.Walk(s.Node, func(m proto.Message) bool {
			switch n := m.(type) {
			case *pg_query.UpdateStmt:
				found = found || p.Catalog.Resolve(n.Relation) == table &&
					(column == "" || slices.Contains(filledColumns(nil, n.TargetList), column))
			case *pg_query.DeleteStmt:
				found = found || p.Catalog.Resolve(n.Relation) == table &&
					(column == "" || tree.Mentions(n.WhereClause, column))
			}
			return !found
		})
	}
	return found
}

// proven reports whether the migrations rule out that two rows are equal.
func (u uniqueBuild) proven(p *lint.Pass, dropped []*catalog.Index) bool {
	if t := p.Catalog.Table(u.index.Table); t != nil {
		for _, n := range t.Indexes {
			if u.follows(p.Catalog.Index(n)) {
				return true
			}
		}
	}
	if slices.ContainsFunc(dropped, func(i *catalog.Index) bool { return i.Table == u.index.Table && u.follows(i) }) {
		return true
	}
	if !u.table.Complete && replacesUnseen(p, u.index.Table) {
		return true
	}
	for _, k := range u.index.Keys {
		column := u.table.Column(k.Column)
		switch {
		case column == nil:
			// Of a table that the migrations do not show, id is believed to be its key.
			if k.Column == "id" && len(u.index.Keys) > 1 {
				return true
			}
		case column.Identity || givesNewValues(p, column.Default), u.empty(p, column):
			return true
		}
	}
	return u.takesInNone(p)
}

// replacesUnseen reports whether the migration drops a constraint of a table that
// the migrations do not show, in the same ALTER TABLE or before it: most likely
// the key whose place the new one takes.
func replacesUnseen(p *lint.Pass, table catalog.Name) bool {
	return slices.ContainsFunc(append(p.Preceding(), p.Statement), func(s *migration.Statement) bool {
		alter := s.Node.GetAlterTableStmt()
		return alter != nil && p.Catalog.Resolve(alter.Relation) == table && slices.ContainsFunc(alter.Cmds, func(n *pg_query.Node) bool {
			return n.GetAlterTableCmd().GetSubtype() == pg_query.AlterTableType_AT_DropConstraint
		})
	})
}

// follows reports whether no two rows can be equal where another index, on some
// of the keys, keeps them apart.
func (u uniqueBuild) follows(other *catalog.Index) bool {
	if other == nil || !other.Unique || other.Valid == catalog.No ||
		!implied(other.Predicate, u.index.Predicate) {
		return false
	}
	return !slices.ContainsFunc(other.Keys, func(o catalog.Key) bool {
		column := u.table.Column(o.Column)
		return u.equalNulls && (column == nil || column.NotNull != catalog.Yes) ||
			!slices.ContainsFunc(u.index.Keys, func(k catalog.Key) bool {
				return k.Column == o.Column && tree.Same(k.Expr, o.Expr) && k.Collation == o.Collation && k.Opclass == o.Opclass
			})
	})
}

// implied reports whether an index with the predicate takes in all rows that one
// with the other does: that demands what it demands, and perhaps more.
func implied(predicate, other *pg_query.Node) bool {
	demands := conjuncts(other)
	return !slices.ContainsFunc(conjuncts(predicate), func(n *pg_query.Node) bool {
		return !slices.ContainsFunc(demands, func(o *pg_query.Node) bool { return tree.Same(n, o) })
	})
}

// conjuncts returns the parts of an expression that AND joins.
func conjuncts(n *pg_query.Node) []*pg_query.Node {
	if n == nil {
		return nil
	}
	if and := n.GetBoolExpr(); and.GetBoolop() == pg_query.BoolExprType_AND_EXPR {
		var parts []*pg_query.Node
		for _, arg := range and.Args {
			parts = append(parts, conjuncts(arg)...)
		}
		return parts
	}
	return []*pg_query.Node{n}
}

// isNew reports whether the release adds the column.
func (u uniqueBuild) isNew(p *lint.Pass, column *catalog.Column) bool {
	if column.Origin.Statement == p.Statement {
		return true
	}
	b := p.Catalog.BirthOf(column.Origin)
	return b == catalog.BornInRelease || b == catalog.BornInTransaction
}

// empty reports whether a column is new, and null in every row; nulls are not equal.
func (u uniqueBuild) empty(p *lint.Pass, column *catalog.Column) bool {
	return !u.equalNulls && u.isNew(p, column) && column.Generated == catalog.NotGenerated &&
		(column.Default == nil || column.Default.GetAConst().GetIsnull())
}

// takesInNone reports whether the index is partial, and its predicate about a
// new column, whose one value does not fulfil it.
func (u uniqueBuild) takesInNone(p *lint.Pass) bool {
	for _, column := range u.table.Columns {
		if u.index.Predicate != nil && u.isNew(p, column) && tree.Mentions(u.index.Predicate, column.Name) {
			return !fulfils(u.index.Predicate, column)
		}
	}
	return false
}

// fulfils reports whether a predicate may be true of what a new column holds.
func fulfils(predicate *pg_query.Node, column *catalog.Column) bool {
	may := false
	tree.Walk(predicate, func(m proto.Message) bool {
		switch n := m.(type) {
		case *pg_query.NullTest:
			may = may || (n.Nulltesttype == pg_query.NullTestType_IS_NULL) == (column.Default == nil)
		case *pg_query.BoolExpr:
			may = may || n.Boolop != pg_query.BoolExprType_AND_EXPR
		case *pg_query.A_Expr:
			if tree.Last(n.Lexpr.GetColumnRef().GetFields()) == column.Name {
				may = may || column.Default != nil && (tree.Last(n.Name) != "=" || tree.Same(n.Rexpr, column.Default))
			}
		case *pg_query.BooleanTest:
			may = may || n.Booltesttype != pg_query.BoolTestType_IS_TRUE || column.Default.GetAConst().GetBoolval().GetBoolval()
		}
		return true
	})
	return may || predicate.GetColumnRef() != nil && column.Default.GetAConst().GetBoolval().GetBoolval()
}

// givesNewValues reports whether a default is another one in every row, as
// nextval and random identifiers are.
func givesNewValues(p *lint.Pass, n *pg_query.Node) bool {
	found := false
	tree.Walk(n, func(m proto.Message) bool {
		if call, ok := m.(*pg_query.FuncCall); ok {
			name := tree.Last(call.GetFuncname())
			found = found || lock.LeastVolatility(name, p.Server) == 'v'
		}
		return !found
	})
	return found
}

func (u uniqueBuild) report(p *lint.Pass) {
	at, name, concurrent := p.Statement.Range, "CREATE UNIQUE INDEX", false
	if create := p.Statement.Node.GetIndexStmt(); create != nil {
		concurrent = create.Concurrent
		at = head(p.Statement, "CREATE UNIQUE INDEX")
	}
	for _, c := range commands(p) {
		for kind, text := range map[pg_query.ConstrType]string{pg_query.ConstrType_CONSTR_UNIQUE: "UNIQUE", pg_query.ConstrType_CONSTR_PRIMARY: "PRIMARY KEY"} {
			if c.Constraint(kind) == nil || (kind == pg_query.ConstrType_CONSTR_PRIMARY) != u.primary() || c.AddsColumn() && c.Def.GetColumnDef().GetColname() != u.index.Keys[0].Column {
				continue
			}
			at, name = c.Range, "ADD "+text
			if c.AddsColumn() {
				name = "ADD COLUMN with " + text
			}
		}
	}
	var columns, present []string
	one := u.index.Predicate == nil
	for _, k := range u.index.Keys {
		column := u.table.Column(k.Column)
		columns = append(columns, quoted(k.Column))
		if !u.primary() && (column == nil || column.NotNull != catalog.Yes) && !demandsValue(u.index.Predicate, k.Column) {
			present = append(present, quoted(k.Column)+" IS NOT NULL")
		}
		one = one && column != nil && u.isNew(p, column) && (column.Default.GetAConst() != nil || u.equalNulls && column.Default == nil)
	}
	keys, rows := " in "+inWords(columns), "two rows of "+u.index.Table.String()
	if slices.Contains(columns, quoted("")) {
		keys, columns = " in the index's keys", nil
	}
	d := lint.Diagnostic{Range: at, Message: name}
	if one {
		d.Severity = lint.Error
		d.Message += fmt.Sprintf(" fails with 23505 (unique violation) as soon as %s has two rows: the migration gives all of them the same value", u.index.Table)
	} else {
		if u.index.Predicate != nil {
			rows += " that the index takes in"
		}
		d.Message += fmt.Sprintf(" fails with 23505 (unique violation) if %s are equal%s, which the migrations do not rule out", rows, keys)
	}
	if concurrent {
		d.Message += "; the index that it leaves behind is invalid"
	}
	d.Instead = &lint.Instead{Message: "give each row a value of its own first"}
	if !one {
		d.Instead.Message = "look for equal rows first, and decide which of them stay"
		predicate := u.predicate(p.Statement)
		if columns != nil && (u.index.Predicate == nil || predicate != "") {
			list, where := strings.Join(columns, ", "), ""
			if u.equalNulls {
				present = nil
			}
			if predicate != "" {
				present = append([]string{predicate}, present...)
			}
			if len(present) > 0 {
				where = " WHERE " + strings.Join(present, " AND ")
			}
			d.Instead.Message += fmt.Sprintf(": SELECT %s, count(*) FROM %s%s GROUP BY %s HAVING count(*) > 1", list, u.index.Table, where, list)
		}
	}
	d.Fails = "23505"
	p.Report(d)
}

// demandsValue reports whether a predicate has column IS NOT NULL among its demands.
func demandsValue(predicate *pg_query.Node, column string) bool {
	return slices.ContainsFunc(conjuncts(predicate), func(n *pg_query.Node) bool {
		test := n.GetNullTest()
		return test.GetNulltesttype() == pg_query.NullTestType_IS_NOT_NULL && tree.Last(test.GetArg().GetColumnRef().GetFields()) == column
	})
}

// predicate is the predicate of a partial index as its CREATE INDEX writes it, on
// one line; "" where that cannot be.
func (u uniqueBuild) predicate(s *migration.Statement) string {
	where, ok := s.Find(s.Pos, "WHERE")
	if !ok || u.index.Predicate == nil || s.Node.GetIndexStmt() == nil {
		return ""
	}
	text := strings.TrimSuffix(s.TextOf(migration.Range{Pos: where.End, End: s.End}), ";")
	if strings.Contains(text, "--") {
		return ""
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	text = strings.Join(lines, " ")
	if u.index.Predicate.GetBoolExpr().GetBoolop() == pg_query.BoolExprType_OR_EXPR {
		text = "(" + text + ")"
	}
	return text
}

// primary reports whether the index is a primary key's.
func (u uniqueBuild) primary() bool {
	k := u.table.Constraint(u.index.Constraint)
	return k != nil && k.Kind == catalog.PrimaryKey
}
