package catalog

import (
	"slices"

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
	}
	t.Columns, t.Complete, t.Uses = c.readQuery(s.GetQuery(), tree.Strings(s.GetAliases()))
	t.DependsOn = relationsIn(t.Uses)
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
	var uses []Use
	t.Columns, t.Complete, uses = c.readQuery(query, tree.Strings(into.GetColNames()))
	if kind == MaterializedView {
		t.Query, t.Uses, t.DependsOn = query, uses, relationsIn(uses)
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

// readQuery returns the columns of a query's result, named by the aliases as far
// as they go, and what it uses. complete is false when a * could not be
// resolved. Types that only PostgreSQL can work out are left unknown.
func (c *Catalog) readQuery(query *pg_query.Node, aliases []string) (columns []*Column, complete bool, uses []Use) {
	r := &resolver{c: c}
	results, complete := r.statement(query, nil)
	for _, column := range results {
		columns = append(columns, c.resultColumn(column.name, column.typ))
	}
	for i, alias := range aliases {
		if i < len(columns) {
			columns[i].Name = alias
		} else if !complete {
			columns = append(columns, c.resultColumn(alias, Type{}))
		}
	}
	return columns, complete, r.uses
}

func (c *Catalog) resultColumn(name string, typ Type) *Column {
	return &Column{Name: name, Type: typ, NotNull: No, Origin: c.origin(), Local: true}
}

// relationsIn returns the relations among uses, sorted.
func relationsIn(uses []Use) []Name {
	var names []Name
	for _, u := range uses {
		if !u.Function && !slices.Contains(names, u.Name) {
			names = append(names, u.Name)
		}
	}
	slices.SortFunc(names, Name.Compare)
	return names
}
