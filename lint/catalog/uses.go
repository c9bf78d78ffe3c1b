package catalog

import (
	"slices"
	"strconv"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/tree"
)

// Use is a place where a statement names a relation, one of its columns, or a
// function.
type Use struct {
	Name Name // of the relation or function
	// Column is "" for the relation itself, and EveryColumn for * over a
	// table whose columns the catalog does not know.
	Column   string
	Function bool
	// Star is true for a column that * stands for.
	Star bool
	// Ambiguous is true where another table of the query is known to have a
	// column of the name too, so that PostgreSQL refuses the query.
	Ambiguous bool
	// Positional is true for a column of an INSERT that lists none.
	Positional bool
	// Row is true for a field of NEW or OLD in a trigger's function.
	Row bool
	// Sure is false where the name may stand for something else: a column of
	// another table whose columns the catalog does not know.
	Sure bool
	// Location is the offset of the name in the text that was parsed; -1 where
	// the parse tree does not tell.
	Location int
}

// EveryColumn stands for all columns of a table that the catalog does not know.
const EveryColumn = "*"

// Of reports whether the use is one of the relation's column.
func (u Use) Of(relation Name, column string) bool {
	return !u.Function && u.Name == relation && (u.Column == column || u.Column == EveryColumn)
}

// Reads reports whether a view's query uses, or may use, a column.
func (t *Table) Reads(relation Name, column string) bool {
	return slices.ContainsFunc(t.Uses, func(u Use) bool { return u.Of(relation, column) })
}

// Uses returns what a query or a change of rows uses, or the query of a
// definition, in the order in which it was found. Names that it defines itself (WITH,
// aliases) are followed to the tables behind them. variables are names that
// stand for no column unless a table is known to have it: those of a function's
// parameters and variables.
func (c *Catalog) Uses(n *pg_query.Node, variables ...string) []Use {
	r := &resolver{c: c, variables: variables}
	r.statement(n, nil)
	return r.uses
}

// ExpressionUses returns what an expression uses where the names, of which
// each stands for the table, are in scope: a row's own columns, NEW and OLD.
func (c *Catalog) ExpressionUses(n *pg_query.Node, table Name, names ...string) []Use {
	r := &resolver{c: c}
	sc := &scope{}
	for _, name := range names {
		sc.sources = append(sc.sources, r.table(table, name))
	}
	r.expr(n, sc)
	return r.uses
}

// maxColumns is how many columns PostgreSQL lets a result have.
const maxColumns = 1664

// resolver finds what the names in a statement stand for.
type resolver struct {
	c         *Catalog
	variables []string
	uses      []Use
	// recursive are the WITH RECURSIVE queries whose columns are those of the
	// set operation's first part.
	recursive map[*pg_query.SelectStmt]*source
}

// scope is what the expressions of one query can name.
type scope struct {
	sources []*source
	with    []*source // WITH queries, innermost first
	outer   *scope
	merged  bool // by USING or NATURAL: * has fewer columns than the sources
}

// source is one item of FROM, or a WITH query.
type source struct {
	name     string
	relation Name // the table whose rows it has; zero for others
	aliased  bool
	columns  []result
	known    bool // all columns are
}

// result is a column of a source or of a query's result.
type result struct {
	name string
	base string // the column of source.relation
	typ  Type
}

func (s *source) column(name string) (result, bool) {
	for _, column := range s.columns {
		if column.name == name {
			return column, true
		}
	}
	return result{}, false
}

// rename names the columns by aliases as far as they go.
func (s *source) rename(aliases []string) {
	s.columns = slices.Clone(s.columns)
	for i, alias := range aliases {
		switch {
		case i < len(s.columns) && s.known:
			s.columns[i].name = alias
		case i < len(s.columns):
			s.columns[i] = result{name: alias}
		default:
			s.columns = append(s.columns, result{name: alias})
		}
	}
}

func (r *resolver) use(u Use) { r.uses = append(r.uses, u) }

// statement returns the columns of the statement's result. known is false when
// a * could not be resolved.
func (r *resolver) statement(n *pg_query.Node, outer *scope) (columns []result, known bool) {
	switch s := n.GetNode().(type) {
	case *pg_query.Node_SelectStmt:
		return r.query(s.SelectStmt, outer)
	case *pg_query.Node_InsertStmt:
		return r.insert(s.InsertStmt, outer)
	case *pg_query.Node_UpdateStmt:
		return r.update(s.UpdateStmt, outer)
	case *pg_query.Node_DeleteStmt:
		return r.remove(s.DeleteStmt, outer)
	case *pg_query.Node_MergeStmt:
		return r.merge(s.MergeStmt, outer)
	case *pg_query.Node_ViewStmt:
		return r.statement(s.ViewStmt.GetQuery(), outer)
	case *pg_query.Node_CreateTableAsStmt:
		return r.statement(s.CreateTableAsStmt.GetQuery(), outer)
	case *pg_query.Node_ExplainStmt:
		return r.statement(s.ExplainStmt.GetQuery(), outer)
	case *pg_query.Node_PrepareStmt:
		return r.statement(s.PrepareStmt.GetQuery(), outer)
	case *pg_query.Node_DeclareCursorStmt:
		return r.statement(s.DeclareCursorStmt.GetQuery(), outer)
	case *pg_query.Node_CopyStmt:
		r.copy(s.CopyStmt, outer)
	case *pg_query.Node_TruncateStmt:
		for _, relation := range s.TruncateStmt.GetRelations() {
			r.relation(relation.GetRangeVar())
		}
	case *pg_query.Node_LockStmt:
		for _, relation := range s.LockStmt.GetRelations() {
			r.relation(relation.GetRangeVar())
		}
	case *pg_query.Node_RefreshMatViewStmt:
		r.relation(s.RefreshMatViewStmt.GetRelation())
	case *pg_query.Node_CallStmt:
		r.walk(s.CallStmt.GetFunccall(), &scope{outer: outer})
	}
	return nil, false
}

func (r *resolver) query(s *pg_query.SelectStmt, outer *scope) (columns []result, known bool) {
	sc := &scope{outer: outer}
	r.with(s.GetWithClause(), sc)
	if s.GetLarg() != nil {
		columns, known = r.query(s.GetLarg(), sc)
		if self := r.recursive[s]; self != nil {
			aliases := self.columns
			self.columns, self.known = slices.Clone(columns), known
			for i := range min(len(aliases), len(self.columns)) {
				self.columns[i].name = aliases[i].name
			}
		}
		right, _ := r.query(s.GetRarg(), sc)
		for i := range columns {
			if i >= len(right) || right[i].typ.String() != columns[i].typ.String() {
				columns[i].typ = Type{} // one that both sides can become
			}
		}
		r.expr(s.GetLimitCount(), sc)
		r.expr(s.GetLimitOffset(), sc)
		return columns, known
	}
	known = true
	if values := s.GetValuesLists(); len(values) > 0 {
		for i, value := range values[0].GetList().GetItems() {
			column := result{name: "column" + strconv.Itoa(i+1)}
			if len(values) == 1 {
				column.typ = r.typeOf(nil, value)
			}
			columns = append(columns, column)
		}
		r.exprs(values, sc)
	}
	for _, n := range s.GetFromClause() {
		r.from(n, sc)
	}
	if s.GetTargetList() != nil {
		columns, known = r.targets(s.GetTargetList(), sc)
	}
	r.expr(s.GetWhereClause(), sc)
	r.exprs(s.GetGroupClause(), sc)
	r.expr(s.GetHavingClause(), sc)
	r.exprs(s.GetWindowClause(), sc)
	// Those two name columns of the result first.
	r.exprs(notOf(columns, s.GetDistinctClause(), func(n *pg_query.Node) *pg_query.Node { return n }), sc)
	r.exprs(notOf(columns, s.GetSortClause(), func(n *pg_query.Node) *pg_query.Node { return n.GetSortBy().GetNode() }), sc)
	r.expr(s.GetLimitCount(), sc)
	r.expr(s.GetLimitOffset(), sc)
	return columns, known
}

// notOf leaves out the expressions that are nothing but the name of a column of
// the result.
func notOf(columns []result, list []*pg_query.Node, expr func(*pg_query.Node) *pg_query.Node) []*pg_query.Node {
	return slices.DeleteFunc(slices.Clone(list), func(n *pg_query.Node) bool {
		fields := expr(n).GetColumnRef().GetFields()
		return len(fields) == 1 && slices.ContainsFunc(columns, func(c result) bool { return c.name == tree.Last(fields) })
	})
}

func (r *resolver) with(with *pg_query.WithClause, sc *scope) {
	for _, n := range with.GetCtes() {
		cte := n.GetCommonTableExpr()
		item := &source{name: cte.GetCtename()}
		item.rename(tree.Strings(cte.GetAliascolnames()))
		inner := &scope{with: sc.with, outer: sc.outer}
		if with.GetRecursive() {
			inner.with = append([]*source{item}, sc.with...)
			if s := cte.GetCtequery().GetSelectStmt(); s.GetLarg() != nil {
				if r.recursive == nil {
					r.recursive = map[*pg_query.SelectStmt]*source{}
				}
				r.recursive[s] = item
			}
		}
		columns, known := r.statement(cte.GetCtequery(), inner)
		item.columns, item.known = columns, known
		item.rename(tree.Strings(cte.GetAliascolnames()))
		sc.with = append([]*source{item}, sc.with...)
	}
}

// relation notes the use of a table and returns its rows.
func (r *resolver) relation(v *pg_query.RangeVar) *source {
	if v.GetRelname() == "" {
		return &source{}
	}
	n := r.c.Resolve(v)
	r.use(Use{Name: n, Sure: true, Location: int(v.GetLocation())})
	item := r.table(n, v.GetRelname())
	if alias := v.GetAlias(); alias != nil {
		item.name, item.aliased = alias.GetAliasname(), true
		item.rename(tree.Strings(alias.GetColnames()))
	}
	return item
}

func (r *resolver) table(n Name, name string) *source {
	item := &source{name: name, relation: n}
	if t := r.c.tables[n]; t != nil {
		item.known = t.Complete
		for _, column := range t.Columns {
			item.columns = append(item.columns, result{column.Name, column.Name, column.Type})
		}
	}
	return item
}

// from adds an item of FROM to the scope. Items to the right may be LATERAL.
func (r *resolver) from(n *pg_query.Node, sc *scope) {
	switch e := n.GetNode().(type) {
	case *pg_query.Node_JoinExpr:
		start := len(sc.sources)
		r.from(e.JoinExpr.GetLarg(), sc)
		middle := len(sc.sources)
		r.from(e.JoinExpr.GetRarg(), sc)
		r.join(e.JoinExpr, sc, sc.sources[start:middle], sc.sources[middle:])
	case *pg_query.Node_RangeVar:
		if cte := sc.namedWith(e.RangeVar); cte != nil {
			item := &source{name: cte.name, columns: cte.columns, known: cte.known}
			if alias := e.RangeVar.GetAlias(); alias != nil {
				item.name, item.aliased = alias.GetAliasname(), true
				item.rename(tree.Strings(alias.GetColnames()))
			}
			sc.sources = append(sc.sources, item)
			return
		}
		sc.sources = append(sc.sources, r.relation(e.RangeVar))
	case *pg_query.Node_RangeSubselect:
		around := &scope{with: sc.with, outer: sc.outer}
		if e.RangeSubselect.GetLateral() {
			around = sc
		}
		item := &source{name: e.RangeSubselect.GetAlias().GetAliasname(), aliased: true}
		item.columns, item.known = r.statement(e.RangeSubselect.GetSubquery(), around)
		item.rename(tree.Strings(e.RangeSubselect.GetAlias().GetColnames()))
		sc.sources = append(sc.sources, item)
	case *pg_query.Node_RangeTableSample:
		r.from(e.RangeTableSample.GetRelation(), sc)
		r.exprs(e.RangeTableSample.GetArgs(), sc)
	case *pg_query.Node_RangeFunction:
		r.exprs(e.RangeFunction.GetFunctions(), sc)
		sc.sources = append(sc.sources, functionRows(e.RangeFunction))
	case *pg_query.Node_RangeTableFunc:
		r.expr(n, sc)
		sc.sources = append(sc.sources, &source{name: e.RangeTableFunc.GetAlias().GetAliasname(), aliased: true})
	case *pg_query.Node_JsonTable:
		r.expr(n, sc)
		sc.sources = append(sc.sources, &source{name: e.JsonTable.GetAlias().GetAliasname(), aliased: true})
	}
}

// functionRows is a function in FROM. Its columns are known if they are listed.
func functionRows(f *pg_query.RangeFunction) *source {
	item := &source{name: f.GetAlias().GetAliasname(), aliased: true}
	for _, def := range f.GetColdeflist() {
		item.columns = append(item.columns, result{name: def.GetColumnDef().GetColname()})
	}
	item.known = len(item.columns) > 0 && !f.GetOrdinality()
	item.rename(tree.Strings(f.GetAlias().GetColnames()))
	if item.name == "" && len(f.GetFunctions()) == 1 {
		call := f.GetFunctions()[0].GetList().GetItems()
		if len(call) > 0 {
			item.name = tree.Last(call[0].GetFuncCall().GetFuncname())
		}
	}
	return item
}

// join reads the condition of a join.
func (r *resolver) join(j *pg_query.JoinExpr, sc *scope, left, right []*source) {
	names := tree.Strings(j.GetUsingClause())
	if j.GetIsNatural() {
		names = commonColumns(left, right)
	}
	for _, name := range names {
		for _, side := range [2][]*source{left, right} {
			r.columnOf(side, name, -1)
		}
	}
	sc.merged = sc.merged || j.GetIsNatural() || len(names) > 0 || j.GetAlias() != nil
	r.expr(j.GetQuals(), sc)
	if j.GetAlias() == nil {
		return
	}
	all := &source{name: j.GetAlias().GetAliasname(), aliased: true}
	for _, item := range slices.Concat(left, right) {
		for _, column := range item.columns {
			all.columns = append(all.columns, result{name: column.name, typ: column.typ})
		}
	}
	sc.sources = append(sc.sources, all)
}

func commonColumns(left, right []*source) []string {
	var names []string
	for _, l := range left {
		for _, column := range l.columns {
			for _, other := range right {
				if _, ok := other.column(column.name); ok && !slices.Contains(names, column.name) {
					names = append(names, column.name)
				}
			}
		}
	}
	return names
}

// namedWith returns the WITH query that a name in FROM means, or nil.
func (sc *scope) namedWith(v *pg_query.RangeVar) *source {
	if v.GetSchemaname() != "" {
		return nil
	}
	for s := sc; s != nil; s = s.outer {
		for _, cte := range s.with {
			if cte.name == v.GetRelname() {
				return cte
			}
		}
	}
	return nil
}

// targets reads SELECT's or RETURNING's list and returns the result's columns.
func (r *resolver) targets(list []*pg_query.Node, sc *scope) (columns []result, known bool) {
	known = true
	for _, n := range list {
		target := n.GetResTarget()
		ref := target.GetVal().GetColumnRef()
		if fields := ref.GetFields(); len(fields) > 0 && fields[len(fields)-1].GetAStar() != nil {
			all, ok := r.star(sc, fields[:len(fields)-1], int(ref.GetLocation()))
			if columns, known = append(columns, all...), known && ok; len(columns) > maxColumns {
				return nil, false
			}
			continue
		}
		r.expr(target.GetVal(), sc)
		name := target.GetName()
		if name == "" {
			if name, _ = figureName(target.GetVal()); name == "" {
				name = "?column?"
			}
		}
		columns = append(columns, result{name: name, typ: r.typeOf(sc, target.GetVal())})
	}
	return columns, known
}

// star expands * or name.*.
func (r *resolver) star(sc *scope, qualifier []*pg_query.Node, location int) (columns []result, known bool) {
	sources := sc.sources
	known = !sc.merged || len(qualifier) > 0
	if len(qualifier) > 0 {
		item := sc.named(tree.Strings(qualifier))
		if item == nil {
			return nil, false
		}
		sources = []*source{item}
	}
	for _, item := range sources {
		for _, column := range item.columns {
			columns = append(columns, result{name: column.name, typ: column.typ})
			if item.relation.Name != "" && column.base != "" {
				r.use(Use{Name: item.relation, Column: column.base, Star: true, Sure: true, Location: location})
			}
		}
		if item.relation.Name != "" && !item.known {
			r.use(Use{Name: item.relation, Column: EveryColumn, Star: true, Sure: true, Location: location})
		}
		known = known && item.known
	}
	return columns, known && len(sources) > 0
}

func (r *resolver) typeOf(sc *scope, n *pg_query.Node) Type {
	switch e := n.GetNode().(type) {
	case *pg_query.Node_TypeCast:
		return r.c.TypeOf(e.TypeCast.GetTypeName())
	case *pg_query.Node_ColumnRef:
		return sc.columnType(tree.Strings(e.ColumnRef.GetFields()))
	case *pg_query.Node_AConst:
		switch {
		case e.AConst.GetSval() != nil:
			return Type{Name: "text"}
		case e.AConst.GetIval() != nil:
			return Type{Name: "int4"}
		case e.AConst.GetBoolval() != nil:
			return Type{Name: "bool"}
		}
	}
	return Type{}
}

func (sc *scope) columnType(fields []string) Type {
	if sc == nil {
		return Type{}
	}
	sources := sc.sources
	if len(fields) > 1 {
		sources = nil
		if item := sc.named(fields[:len(fields)-1]); item != nil {
			sources = []*source{item}
		}
	}
	var typ Type
	for _, item := range sources {
		column, ok := item.column(fields[len(fields)-1])
		switch {
		case !ok:
		case typ.Name == "":
			typ = column.typ
		case typ.String() != column.typ.String():
			return Type{} // merged by USING
		}
	}
	return typ
}

// named returns the source that a qualifier means: an alias or table, or a
// schema and a table.
func (sc *scope) named(qualifier []string) *source {
	name, schema := qualifier[len(qualifier)-1], ""
	if len(qualifier) > 1 {
		schema = qualifier[len(qualifier)-2]
	}
	for s := sc; s != nil; s = s.outer {
		for _, item := range s.sources {
			if item.name == name && (schema == "" || !item.aliased && item.relation.Schema == schema) {
				return item
			}
		}
	}
	return nil
}

func (r *resolver) exprs(list []*pg_query.Node, sc *scope) {
	for _, n := range list {
		r.expr(n, sc)
	}
}

// expr reads an expression, or whatever holds expressions.
func (r *resolver) expr(n *pg_query.Node, sc *scope) {
	if n != nil {
		r.walk(n, sc)
	}
}

func (r *resolver) walk(m proto.Message, sc *scope) {
	switch e := m.(type) {
	case *pg_query.ColumnRef:
		r.columnRef(e, sc)
		return
	case *pg_query.SubLink:
		r.expr(e.GetTestexpr(), sc)
		r.statement(e.GetSubselect(), sc)
		return
	case *pg_query.SelectStmt:
		r.query(e, sc)
		return
	case *pg_query.FuncCall:
		if n := r.c.resolveFunction(e.GetFuncname()); len(r.c.functions[n]) > 0 {
			r.use(Use{Name: n, Function: true, Sure: true, Location: int(e.GetLocation())})
		}
	}
	tree.Children(m, func(child proto.Message) { r.walk(child, sc) })
}

func (r *resolver) columnRef(ref *pg_query.ColumnRef, sc *scope) {
	fields := ref.GetFields()
	if fields[len(fields)-1].GetAStar() != nil {
		return // a whole row, which no column's name is in
	}
	names, location := tree.Strings(fields), int(ref.GetLocation())
	if len(names) == 1 {
		r.unqualified(names[0], location, sc)
		return
	}
	if item := sc.named(names[:len(names)-1]); item != nil {
		r.columnOf([]*source{item}, names[len(names)-1], location)
	}
}

// columnOf notes the use of a column that one of the sources must have.
func (r *resolver) columnOf(sources []*source, name string, location int) {
	var unknown []*source
	for _, item := range sources {
		if column, ok := item.column(name); ok {
			r.columnUse(item, column.base, true, location)
			return
		}
		if !item.known {
			unknown = append(unknown, item)
		}
	}
	for _, item := range unknown {
		r.columnUse(item, name, len(unknown) == 1, location)
	}
}

func (r *resolver) columnUse(item *source, column string, sure bool, location int) {
	if item.relation.Name != "" && column != "" && !isSystemColumn(column) {
		r.use(Use{Name: item.relation, Column: column, Sure: sure, Location: location})
	}
}

// unqualified finds the table of a column that stands alone: the innermost that
// has it.
func (r *resolver) unqualified(name string, location int, sc *scope) {
	var unknown []*source
	for s := sc; s != nil; s = s.outer {
		sure, found := len(unknown) == 0, false
		first, owners := len(r.uses), 0
		for _, item := range s.sources {
			if column, ok := item.column(name); ok {
				r.columnUse(item, column.base, sure, location)
				found, owners = true, owners+1
			}
		}
		for i := first; i < len(r.uses); i++ {
			r.uses[i].Ambiguous = owners > 1 && !s.merged
		}
		if found {
			break
		}
		for _, item := range s.sources {
			if item.name == name {
				return // a whole row
			}
			if !item.known {
				unknown = append(unknown, item)
			}
		}
		if s.outer == nil && !slices.Contains(r.variables, name) {
			for _, item := range unknown {
				r.columnUse(item, name, len(unknown) == 1, location)
			}
			return
		}
	}
	if slices.Contains(r.variables, name) {
		return
	}
	for _, item := range unknown {
		r.columnUse(item, name, false, location)
	}
}

func isSystemColumn(name string) bool {
	return slices.Contains([]string{"tableoid", "ctid", "xmin", "xmax", "cmin", "cmax"}, name)
}

func (r *resolver) insert(s *pg_query.InsertStmt, outer *scope) (columns []result, known bool) {
	sc := &scope{outer: outer}
	r.with(s.GetWithClause(), sc)
	target := r.relation(s.GetRelation())
	r.assigned(target, s.GetCols(), sc)
	width, all := -1, false
	if s.GetSelectStmt() != nil {
		columns, all = r.statement(s.GetSelectStmt(), sc)
		width = len(columns)
	}
	if len(s.GetCols()) == 0 && width > 0 {
		r.positional(target, width, all, int(s.GetRelation().GetLocation()))
	}
	row := &scope{sources: []*source{target}, with: sc.with, outer: outer}
	if conflict := s.GetOnConflictClause(); conflict != nil {
		for _, n := range conflict.GetInfer().GetIndexElems() {
			if name := n.GetIndexElem().GetName(); name != "" {
				r.columnOf(row.sources, name, -1)
			}
			r.expr(n.GetIndexElem().GetExpr(), row)
		}
		r.expr(conflict.GetInfer().GetWhereClause(), row)
		excluded := *target
		excluded.name, excluded.aliased = "excluded", true
		both := &scope{sources: []*source{target, &excluded}, with: sc.with, outer: outer}
		r.assigned(target, conflict.GetTargetList(), both)
		r.expr(conflict.GetWhereClause(), both)
	}
	return r.targets(s.GetReturningList(), row)
}

// positional notes the first columns of an INSERT without a list.
func (r *resolver) positional(target *source, width int, all bool, location int) {
	for i, column := range target.columns {
		if target.relation.Name != "" && (i < width || !all) {
			r.use(Use{Name: target.relation, Column: column.base, Positional: true, Sure: all && target.known, Location: location})
		}
	}
	if target.relation.Name != "" && !target.known {
		r.use(Use{Name: target.relation, Column: EveryColumn, Positional: true, Location: location})
	}
}

// assigned reads a list of columns that get values.
func (r *resolver) assigned(target *source, list []*pg_query.Node, sc *scope) {
	for _, n := range list {
		column := n.GetResTarget()
		r.columnOf([]*source{target}, column.GetName(), int(column.GetLocation()))
		r.exprs(column.GetIndirection(), sc)
		r.expr(column.GetVal(), sc)
	}
}

func (r *resolver) update(s *pg_query.UpdateStmt, outer *scope) (columns []result, known bool) {
	sc := &scope{outer: outer}
	r.with(s.GetWithClause(), sc)
	target := r.relation(s.GetRelation())
	sc.sources = []*source{target}
	for _, n := range s.GetFromClause() {
		r.from(n, sc)
	}
	r.assigned(target, s.GetTargetList(), sc)
	r.expr(s.GetWhereClause(), sc)
	return r.targets(s.GetReturningList(), sc)
}

func (r *resolver) remove(s *pg_query.DeleteStmt, outer *scope) (columns []result, known bool) {
	sc := &scope{outer: outer}
	r.with(s.GetWithClause(), sc)
	sc.sources = []*source{r.relation(s.GetRelation())}
	for _, n := range s.GetUsingClause() {
		r.from(n, sc)
	}
	r.expr(s.GetWhereClause(), sc)
	return r.targets(s.GetReturningList(), sc)
}

func (r *resolver) merge(s *pg_query.MergeStmt, outer *scope) (columns []result, known bool) {
	sc := &scope{outer: outer}
	r.with(s.GetWithClause(), sc)
	target := r.relation(s.GetRelation())
	sc.sources = []*source{target}
	r.from(s.GetSourceRelation(), sc)
	r.expr(s.GetJoinCondition(), sc)
	for _, n := range s.GetMergeWhenClauses() {
		when := n.GetMergeWhenClause()
		r.expr(when.GetCondition(), sc)
		r.assigned(target, when.GetTargetList(), sc)
		r.exprs(when.GetValues(), sc)
		if when.GetCommandType() == pg_query.CmdType_CMD_INSERT && len(when.GetTargetList()) == 0 && len(when.GetValues()) > 0 {
			r.positional(target, len(when.GetValues()), true, int(s.GetRelation().GetLocation()))
		}
	}
	return r.targets(s.GetReturningList(), sc)
}

func (r *resolver) copy(s *pg_query.CopyStmt, outer *scope) {
	if s.GetQuery() != nil {
		r.statement(s.GetQuery(), outer)
		return
	}
	target := r.relation(s.GetRelation())
	for _, name := range tree.Strings(s.GetAttlist()) {
		r.columnOf([]*source{target}, name, -1)
	}
	r.expr(s.GetWhereClause(), &scope{sources: []*source{target}, outer: outer})
}
