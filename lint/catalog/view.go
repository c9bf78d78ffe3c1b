package catalog

import (
	"strconv"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

func (c *Catalog) createView(s *pg_query.ViewStmt) {
	n := c.newName(s.GetView())
	if n.Name == "" {
		return
	}
	t := &Table{
		Name:        n,
		Kind:        View,
		Persistence: persistence(n, s.GetView()),
		Origin:      c.origin(),
		Query:       s.GetQuery(),
		DependsOn:   c.relationsRead(s.GetQuery()),
	}
	t.Columns, t.Complete = c.queryColumns(s.GetQuery(), tree.Strings(s.GetAliases()), nil)
	old := c.tables[n]
	switch {
	case s.GetReplace() && old != nil && old.Kind == View:
		// The view keeps its columns, and what depends on it.
		t.Origin, t.Triggers, t.Rules = old.Origin, old.Triggers, old.Rules
	case s.GetReplace():
		t.Origin.Maybe = true
		c.forget(n)
	default:
		c.forget(n)
	}
	c.setTable(t)
}

// createTableAs executes CREATE TABLE AS, SELECT INTO and CREATE MATERIALIZED VIEW.
func (c *Catalog) createTableAs(into *pg_query.IntoClause, query *pg_query.Node, kind Kind, ifNotExists bool) {
	n := c.newName(into.GetRel())
	if n.Name == "" || ifNotExists && c.HasRelation(n) {
		return
	}
	t := &Table{
		Name:         n,
		Kind:         kind,
		Persistence:  persistence(n, into.GetRel()),
		Origin:       c.origin(),
		AccessMethod: into.GetAccessMethod(),
		Tablespace:   into.GetTableSpaceName(),
	}
	t.Origin.Maybe = ifNotExists
	t.Columns, t.Complete = c.queryColumns(query, tree.Strings(into.GetColNames()), nil)
	if kind == MaterializedView {
		t.Query, t.DependsOn = query, c.relationsRead(query)
		t.Populated = Yes
		if into.GetSkipData() {
			t.Populated = No
		}
	}
	c.forget(n)
	c.setTable(t)
}

func (c *Catalog) refresh(s *pg_query.RefreshMatViewStmt) {
	n := c.Resolve(s.GetRelation())
	if n.Name == "" {
		return
	}
	c.edit(n, func(t *Table) {
		t.Kind, t.Populated = MaterializedView, Yes
		if s.GetSkipData() {
			t.Populated = No
		}
	})
}

func (c *Catalog) createRule(s *pg_query.RuleStmt) {
	n := c.Resolve(s.GetRelation())
	c.edit(n, func(t *Table) { t.Rules = member(t.Rules, s.GetRulename(), true) })
}

func (c *Catalog) createPolicy(s *pg_query.CreatePolicyStmt) {
	n := c.Resolve(s.GetTable())
	c.edit(n, func(t *Table) { t.Policies = member(t.Policies, s.GetPolicyName(), true) })
}

// queryColumns are the columns of a query's result, named by the aliases as
// far as they go. complete is false when a * could not be resolved. Types that
// only PostgreSQL can work out are left unknown. with are the WITH queries
// around it.
func (c *Catalog) queryColumns(query *pg_query.Node, aliases []string, with scope) (columns []*Column, complete bool) {
	complete = true
	s := query.GetSelectStmt()
	with = c.withScope(s, with)
	for s.GetLarg() != nil {
		s = s.GetLarg()
		with = c.withScope(s, with)
	}
	if s == nil {
		complete = false
	}
	if values := s.GetValuesLists(); len(values) > 0 {
		for i, value := range values[0].GetList().GetItems() {
			var typ Type
			if len(values) == 1 {
				typ = c.resultType(nil, value)
			}
			columns = append(columns, c.resultColumn("column"+strconv.Itoa(i+1), typ))
		}
	}
	scope := c.fromScope(s, with)
	for _, n := range s.GetTargetList() {
		target := n.GetResTarget()
		fields := target.GetVal().GetColumnRef().GetFields()
		if len(fields) > 0 && fields[len(fields)-1].GetAStar() != nil {
			all, ok := scope.star(fields[:len(fields)-1])
			complete = complete && ok
			for _, column := range all {
				columns = append(columns, c.resultColumn(column.Name, column.Type))
			}
			continue
		}
		name := target.GetName()
		if name == "" {
			if name, _ = figureName(target.GetVal()); name == "" {
				name = "?column?"
			}
		}
		columns = append(columns, c.resultColumn(name, c.resultType(scope, target.GetVal())))
	}
	for i, alias := range aliases {
		if i < len(columns) {
			columns[i].Name = alias
		} else if !complete {
			columns = append(columns, c.resultColumn(alias, Type{}))
		}
	}
	return columns, complete
}

func (c *Catalog) resultColumn(name string, typ Type) *Column {
	return &Column{Name: name, Type: typ, NotNull: No, Origin: c.origin(), Local: true}
}

func (c *Catalog) resultType(s scope, n *pg_query.Node) Type {
	switch e := n.GetNode().(type) {
	case *pg_query.Node_TypeCast:
		return c.TypeOf(e.TypeCast.GetTypeName())
	case *pg_query.Node_ColumnRef:
		return s.columnType(e.ColumnRef.GetFields())
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

// scope is what FROM offers to the expressions of a query.
type scope []source

// source is one item of FROM.
type source struct {
	name    string
	columns []*Column
	known   bool // all columns are
}

// withScope adds a query's WITH queries to those around it, innermost first.
func (c *Catalog) withScope(s *pg_query.SelectStmt, around scope) scope {
	for _, n := range s.GetWithClause().GetCtes() {
		cte := n.GetCommonTableExpr()
		item := source{name: cte.GetCtename()}
		item.columns, item.known = c.queryColumns(cte.GetCtequery(), tree.Strings(cte.GetAliascolnames()), around)
		around = append(scope{item}, around...)
	}
	return around
}

// named returns the first source of that name.
func (s scope) named(name string) (source, bool) {
	for _, item := range s {
		if item.name == name {
			return item, true
		}
	}
	return source{}, false
}

func (c *Catalog) fromScope(s *pg_query.SelectStmt, with scope) scope {
	var sc scope
	var add func(*pg_query.Node)
	add = func(n *pg_query.Node) {
		switch e := n.GetNode().(type) {
		case *pg_query.Node_JoinExpr:
			add(e.JoinExpr.GetLarg())
			add(e.JoinExpr.GetRarg())
			if len(e.JoinExpr.GetUsingClause()) > 0 || e.JoinExpr.GetIsNatural() || e.JoinExpr.GetAlias() != nil {
				sc = append(sc, source{}) // * would have merged columns
			}
		case *pg_query.Node_RangeVar:
			item := source{name: e.RangeVar.GetRelname()}
			if alias := e.RangeVar.GetAlias().GetAliasname(); alias != "" {
				item.name = alias
			}
			if cte, ok := with.named(e.RangeVar.GetRelname()); ok && e.RangeVar.GetSchemaname() == "" {
				item.columns, item.known = cte.columns, cte.known
			} else if t := c.tables[c.Resolve(e.RangeVar)]; t != nil {
				item.columns, item.known = t.Columns, t.Complete
			}
			if len(e.RangeVar.GetAlias().GetColnames()) > 0 {
				item.columns, item.known = nil, false
			}
			sc = append(sc, item)
		case *pg_query.Node_RangeSubselect:
			item := source{name: e.RangeSubselect.GetAlias().GetAliasname()}
			item.columns, item.known = c.queryColumns(e.RangeSubselect.GetSubquery(), tree.Strings(e.RangeSubselect.GetAlias().GetColnames()), with)
			sc = append(sc, item)
		case nil:
		default:
			sc = append(sc, source{})
		}
	}
	for _, n := range s.GetFromClause() {
		add(n)
	}
	return sc
}

// star expands * or name.*.
func (s scope) star(qualifier []*pg_query.Node) (columns []*Column, known bool) {
	known = true
	matched := false
	for _, item := range s {
		if len(qualifier) > 0 && item.name != tree.Last(qualifier) {
			continue
		}
		matched = true
		known = known && item.known
		columns = append(columns, item.columns...)
	}
	return columns, known && matched
}

func (s scope) columnType(fields []*pg_query.Node) Type {
	for _, item := range s {
		if len(fields) > 1 && item.name != tree.Last(fields[:len(fields)-1]) {
			continue
		}
		for _, column := range item.columns {
			if column.Name == tree.Last(fields) {
				return column.Type
			}
		}
	}
	return Type{}
}
