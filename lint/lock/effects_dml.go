package lock

import (
	"maps"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

// scope has the names that WITH gives to queries: they are no tables.
type scope map[string]bool

func (s scope) with(name string) scope {
	wider := maps.Clone(s)
	if wider == nil {
		wider = scope{}
	}
	wider[name] = true
	return wider
}

// query adds the effects of a SELECT or DML statement, or of an expression
// with subqueries. Changes is RowChanges, or CatalogOnly when the statement is
// only analysed, and reads nothing either.
func (a *analysis) query(node *pg_query.Node, changes Work) {
	if node != nil {
		(&reader{a, changes}).read(node, nil)
	}
}

// reader reads queries.
type reader struct {
	*analysis
	changes Work
}

func (r *reader) read(m proto.Message, names scope) {
	switch n := m.(type) {
	case *pg_query.Node:
		if v := n.GetRangeVar(); v != nil {
			r.table(v, AccessShare, names)
			return
		}
	case *pg_query.SelectStmt:
		names = r.with(n.GetWithClause(), names)
		for _, l := range n.GetLockingClause() {
			r.forUpdate(n.GetFromClause(), l.GetLockingClause(), names)
		}
	case *pg_query.InsertStmt:
		names = r.with(n.GetWithClause(), names)
		r.change(n.GetRelation())
		r.checksReferenced(n.GetRelation(), nil)
	case *pg_query.UpdateStmt:
		names = r.with(n.GetWithClause(), names)
		r.change(n.GetRelation())
		columns := targets(n.GetTargetList())
		r.checksReferenced(n.GetRelation(), columns)
		r.checksReferencing(r.catalog.Resolve(n.GetRelation()), columns)
	case *pg_query.DeleteStmt:
		names = r.with(n.GetWithClause(), names)
		r.change(n.GetRelation())
		r.checksReferencing(r.catalog.Resolve(n.GetRelation()), nil)
	case *pg_query.MergeStmt:
		names = r.with(n.GetWithClause(), names)
		r.change(n.GetRelation())
	case *pg_query.WithClause, *pg_query.LockingClause:
		return // read by their statement
	}
	tree.Children(m, func(child proto.Message) { r.read(child, names) })
}

// with reads the queries of a WITH clause and returns the names in force for
// its statement. A query sees the names before it, with RECURSIVE all.
func (r *reader) with(w *pg_query.WithClause, names scope) scope {
	if w.GetRecursive() {
		for _, n := range w.GetCtes() {
			names = names.with(n.GetCommonTableExpr().GetCtename())
		}
	}
	for _, n := range w.GetCtes() {
		cte := n.GetCommonTableExpr()
		r.read(cte.GetCtequery(), names)
		names = names.with(cte.GetCtename())
	}
	return names
}

// table adds a table that is read, with its children and what a view reads.
func (r *reader) table(v *pg_query.RangeVar, mode Mode, names scope) {
	if v.GetSchemaname() == "" && names[v.GetRelname()] {
		return
	}
	n := r.catalog.Resolve(v)
	r.tree(n, !v.GetInh(), mode, readsFor(r.changes))
	if r.changes != CatalogOnly { // else the view is not opened
		r.lockUnderView(n, mode, RowReads, 0)
	}
}

// forUpdate is FOR UPDATE and its like: ROW SHARE on the tables of FROM.
func (r *reader) forUpdate(from []*pg_query.Node, l *pg_query.LockingClause, names scope) {
	for _, item := range from {
		switch n := item.GetNode().(type) {
		case *pg_query.Node_RangeVar:
			if locks(l, n.RangeVar.GetAlias(), n.RangeVar.GetRelname()) {
				r.table(n.RangeVar, RowShare, names)
			}
		case *pg_query.Node_JoinExpr:
			r.forUpdate([]*pg_query.Node{n.JoinExpr.GetLarg(), n.JoinExpr.GetRarg()}, l, names)
		case *pg_query.Node_RangeSubselect:
			if locks(l, n.RangeSubselect.GetAlias(), "") {
				s := n.RangeSubselect.GetSubquery().GetSelectStmt()
				r.forUpdate(s.GetFromClause(), &pg_query.LockingClause{}, names)
			}
		}
	}
}

// locks says whether FOR UPDATE means the item of FROM.
func locks(l *pg_query.LockingClause, alias *pg_query.Alias, name string) bool {
	if alias.GetAliasname() != "" {
		name = alias.GetAliasname()
	}
	return len(l.GetLockedRels()) == 0 || slices.ContainsFunc(l.GetLockedRels(), func(n *pg_query.Node) bool {
		return n.GetRangeVar().GetRelname() == name
	})
}

// change adds the table whose rows a statement changes.
func (r *reader) change(v *pg_query.RangeVar) {
	n := r.catalog.Resolve(v)
	if r.kind(n) == catalog.View {
		r.relation(n, RowExclusive, CatalogOnly)
		if t := r.catalog.Table(n); len(t.DependsOn) > 0 {
			r.add(Effect{Relation: t.DependsOn[0], Mode: RowExclusive, Work: r.changes, Implied: true, Why: "read by " + n.String()})
		}
		return
	}
	r.tree(n, !v.GetInh(), RowExclusive, r.changes)
}

func targets(list []*pg_query.Node) []string {
	columns := []string{}
	for _, n := range list {
		columns = append(columns, n.GetResTarget().GetName())
	}
	return columns
}

// checksReferenced adds the tables in which the foreign keys of new rows are
// looked up; columns are those that change, nil for all.
func (r *reader) checksReferenced(v *pg_query.RangeVar, columns []string) {
	if r.changes == CatalogOnly {
		return
	}
	for _, k := range r.foreignKeys(r.catalog.Resolve(v)) {
		if columns == nil || touches(k.Columns, columns) {
			r.lookedUp(k.Referenced, RowShare, "referenced by "+k.Name)
		}
	}
}

// checksReferencing adds the tables that reference rows which a statement
// deletes (columns is nil) or whose key it changes.
func (r *reader) checksReferencing(n catalog.Name, columns []string) {
	if r.changes == CatalogOnly {
		return
	}
	queue, done := []catalog.Name{n}, map[catalog.Name]bool{n: true}
	for len(queue) > 0 {
		n, queue = queue[0], queue[1:]
		for _, k := range r.catalog.ForeignKeysTo(n) {
			if columns != nil && !touches(r.referencedColumns(k), columns) {
				continue
			}
			why := "references " + n.String() + " by " + k.Name
			if columns != nil || k.OnDelete == "" || k.OnDelete == "RESTRICT" || k.OnDelete == "NO ACTION" {
				r.lookedUp(k.Table, RowShare, why)
				continue
			}
			r.add(Effect{Relation: k.Table, Mode: RowExclusive, Work: RowChanges, Implied: true, Why: why})
			if k.OnDelete == "CASCADE" && !done[k.Table] {
				done[k.Table] = true
				queue = append(queue, k.Table)
			}
		}
	}
}

func touches(x, y []string) bool {
	return slices.ContainsFunc(x, func(s string) bool { return slices.Contains(y, s) })
}

func (a *analysis) copy(s *pg_query.CopyStmt) {
	switch {
	case s.GetRelation() == nil:
		a.query(s.GetQuery(), RowChanges)
	case s.GetIsFrom():
		n := a.catalog.Resolve(s.GetRelation())
		a.tree(n, a.kind(n) != catalog.PartitionedTable, RowExclusive, RowChanges)
	case a.server >= 13: // 12 lets it go with the end of the command
		a.relation(a.catalog.Resolve(s.GetRelation()), AccessShare, RowReads)
	}
}
