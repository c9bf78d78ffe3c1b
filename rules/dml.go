package rules

import (
	"maps"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

// bulk finds statements that change, or copy, more than a few rows.
type bulk struct {
	*lint.Pass
	// queries are those that WITH names; lists are the names of VALUES lists.
	queries map[string]*pg_query.Node
	lists   []string
	// variables is true where a name that is no column can be a variable that
	// holds one value.
	variables bool
}

func bulkOf(p *lint.Pass) bulk {
	return bulk{Pass: p, variables: p.Statement.Do != nil && !p.Statement.Loop}
}

// statement says what a statement does to the rows of a table that existed
// before, if it meets more than a few that it lists: "UPDATE of public.users".
func (b bulk) statement() (does string, table catalog.Name, ok bool) {
	node := b.Statement.Node
	b = b.with(withOf(node))
	for _, query := range changingQueries(node) {
		if does, table, ok = b.with(withOf(query)).query(query); ok {
			return does, table, true
		}
	}
	return "", catalog.Name{}, false
}

func (b bulk) query(node *pg_query.Node) (does string, table catalog.Name, ok bool) {
	var target *pg_query.RangeVar
	var from []*pg_query.Node
	var where *pg_query.Node
	switch n := node.GetNode().(type) {
	case *pg_query.Node_SelectStmt:
		does = "SELECT INTO from "
		if n.SelectStmt.IntoClause != nil {
			table, ok = b.reads(node)
		}
	case *pg_query.Node_InsertStmt:
		does = "INSERT … SELECT from "
		table, ok = b.reads(n.InsertStmt.SelectStmt)
	case *pg_query.Node_CreateTableAsStmt:
		does = statementName(b.Statement) + " … AS SELECT from "
		if !n.CreateTableAsStmt.Into.GetSkipData() {
			table, ok = b.reads(n.CreateTableAsStmt.Query)
		}
	case *pg_query.Node_CopyStmt:
		// The rows of FROM STDIN stand in the migration.
		table = b.Catalog.Resolve(n.CopyStmt.Relation)
		return "COPY to ", table, n.CopyStmt.IsFrom && n.CopyStmt.Filename != "" && b.Exists(table, false)
	case *pg_query.Node_UpdateStmt:
		does = "UPDATE of "
		target, from, where = n.UpdateStmt.Relation, n.UpdateStmt.FromClause, n.UpdateStmt.WhereClause
	case *pg_query.Node_DeleteStmt:
		does = "DELETE from "
		target, from, where = n.DeleteStmt.Relation, n.DeleteStmt.UsingClause, n.DeleteStmt.WhereClause
	case *pg_query.Node_MergeStmt:
		does = "MERGE into "
		target, from, where = n.MergeStmt.Relation, []*pg_query.Node{n.MergeStmt.SourceRelation}, n.MergeStmt.JoinCondition
	}
	if target != nil {
		items := append([]*pg_query.Node{{Node: &pg_query.Node_RangeVar{RangeVar: target}}}, from...)
		table, ok = b.from(items, where)
	}
	return does, table, ok
}

// changingQueries returns the statement and the queries of its WITH that
// change rows.
func changingQueries(statement *pg_query.Node) []*pg_query.Node {
	queries := []*pg_query.Node{statement}
	for _, n := range withOf(statement).GetCtes() {
		if query := n.GetCommonTableExpr().GetCtequery(); query.GetSelectStmt() == nil {
			queries = append(queries, query)
		}
	}
	return queries
}

func withOf(node *pg_query.Node) *pg_query.WithClause {
	switch n := node.GetNode().(type) {
	case *pg_query.Node_SelectStmt:
		return n.SelectStmt.WithClause
	case *pg_query.Node_InsertStmt:
		return n.InsertStmt.WithClause
	case *pg_query.Node_UpdateStmt:
		return n.UpdateStmt.WithClause
	case *pg_query.Node_DeleteStmt:
		return n.DeleteStmt.WithClause
	case *pg_query.Node_MergeStmt:
		return n.MergeStmt.WithClause
	}
	return nil
}

// with adds the names of a WITH clause.
func (b bulk) with(w *pg_query.WithClause) bulk {
	if len(w.GetCtes()) == 0 {
		return b
	}
	b.queries = maps.Clone(b.queries)
	if b.queries == nil {
		b.queries = map[string]*pg_query.Node{}
	}
	for _, n := range w.Ctes {
		b.queries[n.GetCommonTableExpr().Ctename] = n.GetCommonTableExpr().Ctequery
	}
	return b
}

// reads returns the first table that existed before of which a query reads
// more than a few rows.
func (b bulk) reads(query *pg_query.Node) (catalog.Name, bool) {
	s := query.GetSelectStmt()
	if s == nil {
		return catalog.Name{}, false
	}
	b = b.with(s.WithClause)
	for _, side := range []*pg_query.SelectStmt{s.Larg, s.Rarg} {
		if side == nil {
			continue
		}
		if table, ok := b.reads(&pg_query.Node{Node: &pg_query.Node_SelectStmt{SelectStmt: side}}); ok {
			return table, true
		}
	}
	return b.from(s.FromClause, s.WhereClause)
}

// from does the same for the items of FROM.
func (b bulk) from(items []*pg_query.Node, where *pg_query.Node) (catalog.Name, bool) {
	conditions := []*pg_query.Node{where}
	var leaves []*pg_query.Node
	var flatten func(item *pg_query.Node, outer bool)
	flatten = func(item *pg_query.Node, outer bool) {
		j := item.GetJoinExpr()
		if j == nil {
			leaves = append(leaves, item)
			return
		}
		outer = outer || j.Jointype != pg_query.JoinType_JOIN_INNER
		if !outer {
			conditions = append(conditions, j.Quals)
		}
		flatten(j.Larg, outer)
		flatten(j.Rarg, outer)
	}
	for _, item := range items {
		flatten(item, false)
	}
	b.lists = nil
	for _, item := range leaves {
		if name := b.valuesList(item); name != "" {
			b.lists = append(b.lists, name)
		}
	}
	all := &pg_query.Node{Node: &pg_query.Node_BoolExpr{BoolExpr: &pg_query.BoolExpr{Boolop: pg_query.BoolExprType_AND_EXPR, Args: conditions}}}
	for _, item := range leaves {
		if table, ok := b.item(item, all, len(leaves) == 1); ok {
			return table, true
		}
	}
	return catalog.Name{}, false
}

func (b bulk) item(item, where *pg_query.Node, alone bool) (catalog.Name, bool) {
	if sub := item.GetRangeSubselect(); sub != nil {
		return b.reads(sub.Subquery)
	}
	r := item.GetRangeVar()
	if r == nil {
		return catalog.Name{}, false
	}
	if query, ok := b.queries[r.Relname]; ok && r.Schemaname == "" {
		b.queries = maps.Clone(b.queries)
		delete(b.queries, r.Relname)
		return b.reads(query)
	}
	table := b.Catalog.Resolve(r)
	return table, b.Exists(table, false) && !b.few(r, where, alone)
}

// valuesList returns the name of an item of FROM that lists its rows.
func (b bulk) valuesList(item *pg_query.Node) string {
	if sub := item.GetRangeSubselect(); len(sub.GetSubquery().GetSelectStmt().GetValuesLists()) > 0 {
		return sub.Alias.GetAliasname()
	}
	r := item.GetRangeVar()
	if r == nil || r.Schemaname != "" || len(b.queries[r.Relname].GetSelectStmt().GetValuesLists()) == 0 {
		return ""
	}
	return nameOf(r)
}

// nameOf is the name by which a query's conditions call a table.
func nameOf(r *pg_query.RangeVar) string {
	if alias := r.Alias.GetAliasname(); alias != "" {
		return alias
	}
	return r.Relname
}

// few reports whether a condition picks a table's rows by the values of a
// whole unique key, so that the statement meets at most as many as it lists.
// alone: unqualified columns can only be the table's.
func (b bulk) few(r *pg_query.RangeVar, where *pg_query.Node, alone bool) bool {
	e := where.GetBoolExpr()
	switch {
	case e == nil || e.Boolop == pg_query.BoolExprType_NOT_EXPR:
		return b.unique(r, b.pinned(r, where, alone))
	case e.Boolop == pg_query.BoolExprType_OR_EXPR:
		return !slices.ContainsFunc(e.Args, func(arg *pg_query.Node) bool { return !b.few(r, arg, alone) })
	}
	var columns []string
	for _, arg := range e.Args {
		if b.few(r, arg, alone) {
			return true
		}
		columns = append(columns, b.pinned(r, arg, alone)...)
	}
	return b.unique(r, columns)
}

// unique reports whether the columns hold a whole unique key of the table. Of
// a table that the migrations do not show, id is believed to be one.
func (b bulk) unique(r *pg_query.RangeVar, columns []string) bool {
	if len(columns) == 0 {
		return false
	}
	t := b.Catalog.Table(b.Catalog.Resolve(r))
	if t == nil || !t.Complete {
		return slices.Contains(columns, "id")
	}
	for _, constraint := range t.Constraints {
		if (constraint.Kind == catalog.PrimaryKey || constraint.Kind == catalog.Unique) && subset(constraint.Columns, columns) {
			return true
		}
	}
	for _, name := range t.Indexes {
		index := b.Catalog.Index(name)
		if index == nil || !index.Unique || index.Predicate != nil {
			continue
		}
		var keys []string
		for _, k := range index.Keys {
			keys = append(keys, k.Column)
		}
		if subset(keys, columns) {
			return true
		}
	}
	return false
}

// pinned returns the columns of the table that a condition, which may be an
// AND of others, compares with listed values by =, IN or = ANY.
func (b bulk) pinned(r *pg_query.RangeVar, where *pg_query.Node, alone bool) []string {
	if and := where.GetBoolExpr(); and.GetBoolop() == pg_query.BoolExprType_AND_EXPR {
		var columns []string
		for _, arg := range and.Args {
			columns = append(columns, b.pinned(r, arg, alone)...)
		}
		return columns
	}
	e := where.GetAExpr()
	if e == nil || len(e.Name) != 1 || e.Name[0].GetString_().GetSval() != "=" {
		return nil
	}
	column := func(n, value *pg_query.Node) []string {
		fields := tree.Strings(n.GetColumnRef().GetFields())
		if len(fields) == 0 || !b.listed(value) && !b.variable(r, value, alone) ||
			len(fields) == 1 && !alone || len(fields) > 1 && fields[len(fields)-2] != nameOf(r) {
			return nil
		}
		return fields[len(fields)-1:]
	}
	columns := column(e.Lexpr, e.Rexpr)
	if e.Kind == pg_query.A_Expr_Kind_AEXPR_OP {
		columns = append(columns, column(e.Rexpr, e.Lexpr)...)
	}
	return columns
}

// variable reports whether an expression can only be a variable.
func (b bulk) variable(r *pg_query.RangeVar, n *pg_query.Node, alone bool) bool {
	fields := tree.Strings(n.GetColumnRef().GetFields())
	if !b.variables || !alone || len(fields) == 0 {
		return false
	}
	if len(fields) > 1 {
		return fields[len(fields)-2] != nameOf(r)
	}
	t := b.Catalog.Table(b.Catalog.Resolve(r))
	return t == nil || t.Column(fields[0]) == nil
}

// listed reports whether the migration's text lists the values of an
// expression: a literal, a list of such, a column of VALUES.
func (b bulk) listed(n *pg_query.Node) bool {
	all := func(items []*pg_query.Node) bool {
		return len(items) > 0 && !slices.ContainsFunc(items, func(i *pg_query.Node) bool { return !b.listed(i) })
	}
	switch {
	case n.GetList() != nil:
		return all(n.GetList().Items)
	case n.GetAArrayExpr() != nil:
		return all(n.GetAArrayExpr().Elements)
	case n.GetTypeCast() != nil:
		return b.listed(n.GetTypeCast().Arg)
	case n.GetColumnRef() != nil:
		fields := tree.Strings(n.GetColumnRef().Fields)
		return len(fields) == 2 && slices.Contains(b.lists, fields[0])
	}
	return n.GetAConst() != nil
}

func subset(of, columns []string) bool {
	for _, c := range of {
		if !slices.Contains(columns, c) {
			return false
		}
	}
	return len(of) > 0
}

// always reports whether a WHERE clause is missing or true for every row:
// WHERE true, WHERE 1 = 1.
func always(where *pg_query.Node) bool {
	if where == nil {
		return true
	}
	if c := where.GetAConst(); c != nil {
		return c.GetBoolval().GetBoolval()
	}
	e := where.GetAExpr()
	if e == nil || e.Kind != pg_query.A_Expr_Kind_AEXPR_OP || len(e.Name) != 1 || e.Name[0].GetString_().GetSval() != "=" {
		return false
	}
	l, r := e.Lexpr.GetAConst(), e.Rexpr.GetAConst()
	return l != nil && r != nil && !l.Isnull && (l.GetIval() != nil && r.GetIval() != nil && l.GetIval().Ival == r.GetIval().Ival ||
		l.GetSval() != nil && r.GetSval() != nil && l.GetSval().Sval == r.GetSval().Sval)
}

// filledColumns are the columns that an INSERT fills, in order: those that it
// names, or all that the catalog shows of the table, which may be nil.
func filledColumns(t *catalog.Table, targets []*pg_query.Node) []string {
	var names []string
	for _, n := range targets {
		names = append(names, n.GetResTarget().GetName())
	}
	if len(targets) == 0 && t != nil {
		for _, c := range t.Columns {
			names = append(names, c.Name)
		}
	}
	return names
}
