package catalog

import (
	"maps"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

// Dependent is an object that depends on another, so that PostgreSQL refuses to
// drop that one without CASCADE.
type Dependent struct {
	Kind   string // as PostgreSQL writes it: "view", "constraint", "column", …
	Name   string // of the object itself
	Owner  Name   // the relation or function that it is or belongs to
	Origin Origin
	// Since is the first major that refuses; 0: all.
	Since int
	// Column says which column of Owner it is, "" for others.
	Column string
}

// String names it as PostgreSQL does: "view public.v", "constraint fk on
// public.t".
func (d Dependent) String() string {
	switch {
	case d.Name == "":
		return d.Kind + " " + d.Owner.String()
	case d.Kind == "column", d.Kind == "default of column", d.Kind == "generated column":
		return d.Kind + " " + d.Owner.String() + "." + Quote(d.Name)
	}
	return d.Kind + " " + Quote(d.Name) + " on " + d.Owner.String()
}

// TableDependents returns what depends on a table, view, or composite type, in
// a stable order: views that read it, foreign keys that reference it, columns
// and functions of its row type, policies and rules of other tables, and
// children by INHERITS. Only what is certain is among them.
func (c *Catalog) TableDependents(n Name) []Dependent {
	t := c.tables[n]
	if t != nil && t.Doubted {
		return nil
	}
	list := c.viewsUsing(c.readers.of(n), func(u Use) bool { return u.Name == n && u.Column == "" })
	list = append(list, c.foreignKeysNeeding(n, func(k *Constraint) bool { return k.Table != n })...)
	list = append(list, c.usersOfType(n)...)
	list = append(list, c.definitionsUsing(n, func(u Use) bool { return u.Name == n && u.Column == "" })...)
	if t == nil {
		return list
	}
	for _, child := range t.Children {
		own := c.tables[child]
		switch {
		case own == nil:
		case own.PartitionOf != nil:
			list = append(list, c.TableDependents(child)...)
		case c.certain(own):
			list = append(list, Dependent{Kind: "table", Owner: child, Origin: own.Origin})
		}
	}
	for _, sequence := range c.owned.of(n) {
		list = append(list, c.defaultsReading(sequence, n)...)
	}
	return slices.DeleteFunc(list, func(d Dependent) bool { return d.Owner == n })
}

// ColumnDependents returns what depends on a column, as TableDependents does.
// Indexes, constraints and statistics of the table itself are not among them:
// they are dropped with the column, without a word. recurse is false with ONLY.
func (c *Catalog) ColumnDependents(n Name, column string, recurse bool) []Dependent {
	t := c.tables[n]
	if t != nil && t.Doubted {
		return nil
	}
	list := c.columnUsers(n, column)
	list = append(list, c.foreignKeysNeeding(n, func(k *Constraint) bool {
		return slices.Contains(k.ReferencedColumns, column) && !(k.Table == n && slices.Contains(k.Columns, column))
	})...)
	list = append(list, c.generatedFrom(n, column, 15)...)
	for _, sequence := range c.owned.of(n) {
		if c.sequences[sequence].Column == column {
			list = append(list, slices.DeleteFunc(c.defaultsReading(sequence, Name{}), func(d Dependent) bool {
				return d.Owner == n && d.Name == column
			})...)
		}
	}
	if t == nil || !recurse {
		return list
	}
	for _, child := range t.Children {
		if own := c.tables[child].Column(column); own != nil && own.Parents == 1 && !own.Local {
			list = append(list, c.ColumnDependents(child, column, true)...)
		}
	}
	return list
}

// TypeChangeDependents returns what keeps a column's type from being changed.
func (c *Catalog) TypeChangeDependents(n Name, column string) []Dependent {
	t := c.tables[n]
	if t != nil && t.Doubted {
		return nil
	}
	list := c.columnUsers(n, column)
	list = append(list, c.generatedFrom(n, column, 0)...)
	for _, d := range c.columnsUsingType(n) {
		if t := c.tables[d.Owner]; t.Kind != View && t.Kind != CompositeType {
			list = append(list, d)
		}
	}
	if t != nil {
		for _, child := range t.Children {
			list = append(list, c.TypeChangeDependents(child, column)...)
		}
	}
	return list
}

// columnUsers are the views, policies, rules, triggers and functions that use
// a column.
func (c *Catalog) columnUsers(n Name, column string) []Dependent {
	uses := func(u Use) bool { return !u.Function && u.Name == n && u.Column == column }
	return append(c.viewsUsing(c.readers.of(n), uses), c.definitionsUsing(Name{}, uses)...)
}

// TypeDependents returns what depends on an enum, domain, composite or other type.
func (c *Catalog) TypeDependents(n Name) []Dependent {
	if c.tables[n] != nil {
		return c.TableDependents(n)
	}
	list := c.usersOfType(n)
	for _, d := range c.Domains() {
		if d.Base.userType() == n {
			list = append(list, Dependent{Kind: "type", Owner: d.Name, Origin: d.Origin})
		}
	}
	return list
}

func (c *Catalog) columnsUsingType(n Name) []Dependent {
	var list []Dependent
	for _, user := range c.typeUsers.of(n) {
		t := c.tables[user]
		if !c.certain(t) {
			continue
		}
		for _, column := range t.Columns {
			if column.Type.userType() == n && column.Parents == 0 && !column.Origin.Maybe {
				list = append(list, Dependent{Kind: "column", Name: column.Name, Owner: user, Origin: column.Origin, Column: column.Name})
			}
		}
	}
	return list
}

// usersOfType are the columns and functions of a type, and its typed tables.
func (c *Catalog) usersOfType(n Name) []Dependent {
	list := c.columnsUsingType(n)
	for _, t := range c.tablesWhere(func(t *Table) bool { return t.OfType == n && n.Name != "" && c.certain(t) }) {
		list = append(list, Dependent{Kind: "table", Owner: t.Name, Origin: t.Origin})
	}
	var functions []Dependent
	for name, overloads := range c.functions {
		for _, f := range overloads {
			if slices.Contains(f.types, n) && !f.Doubted {
				functions = append(functions, Dependent{Kind: "function", Owner: name, Origin: f.Origin})
			}
		}
	}
	slices.SortStableFunc(functions, func(a, b Dependent) int { return a.Owner.Compare(b.Owner) })
	return append(list, functions...)
}

// FunctionDependents returns what depends on a function. Nobody knows which of
// several of one name an expression calls: they have none.
func (c *Catalog) FunctionDependents(n Name) []Dependent {
	if len(c.functions[n]) != 1 {
		return nil
	}
	calls := func(u Use) bool { return u.Function && u.Name == n }
	list := append(c.viewsUsing(slices.SortedFunc(maps.Keys(c.tables), Name.Compare), calls), c.definitionsUsing(Name{}, calls)...)
	for _, t := range c.Tables() {
		if !c.certain(t) {
			continue
		}
		for _, column := range t.Columns {
			if c.callsOf(column.Default, n) && column.Parents == 0 {
				kind := "default of column"
				if column.Generated != NotGenerated {
					kind = "generated column"
				}
				list = append(list, Dependent{Kind: kind, Name: column.Name, Owner: t.Name, Origin: column.Origin, Column: column.Name})
			}
		}
		for _, k := range t.Constraints {
			if c.callsOf(k.Expr, n) && k.Parents == 0 {
				list = append(list, Dependent{Kind: "constraint", Name: k.Name, Owner: t.Name, Origin: k.Origin})
			}
		}
		for _, name := range t.Indexes {
			i := c.indexes[name]
			if i == nil || i.Parent != nil || i.Origin.Maybe {
				continue
			}
			if c.callsOf(i.Predicate, n) || slices.ContainsFunc(i.Keys, func(k Key) bool { return c.callsOf(k.Expr, n) }) {
				list = append(list, Dependent{Kind: "index", Owner: name, Origin: i.Origin})
			}
		}
	}
	return slices.DeleteFunc(list, func(d Dependent) bool { return d.Owner == n })
}

// SequenceDependents returns what depends on a sequence: columns whose default
// reads it, or which it is the identity of.
func (c *Catalog) SequenceDependents(n Name) []Dependent {
	s := c.sequences[n]
	if s == nil {
		return nil
	}
	list := c.defaultsReading(n, Name{})
	if column := c.tables[s.OwnedBy].Column(s.Column); column != nil && column.Identity {
		list = append(list, Dependent{Kind: "column", Name: column.Name, Owner: s.OwnedBy, Origin: column.Origin, Column: column.Name})
	}
	return list
}

// ConstraintDependents returns the foreign keys that need a primary key or
// UNIQUE constraint.
func (c *Catalog) ConstraintDependents(k *Constraint) []Dependent {
	if k.Kind != PrimaryKey && k.Kind != Unique {
		return nil
	}
	t := c.tables[k.Table]
	for _, name := range t.Indexes {
		if i := c.indexes[name]; i != nil && i.Unique && i.Constraint != k.Name && sameSet(i.Columns, k.Columns) {
			return nil // the foreign key may be bound to that one
		}
	}
	return c.foreignKeysNeeding(k.Table, func(f *Constraint) bool { return sameSet(f.ReferencedColumns, k.Columns) })
}

// SchemaDependents returns the relations, types and functions in a schema.
func (c *Catalog) SchemaDependents(schema string) []Dependent {
	var list []Dependent
	for _, t := range c.Tables() {
		if t.Name.Schema == schema && c.certain(t) {
			list = append(list, Dependent{Kind: t.Kind.String(), Owner: t.Name, Origin: t.Origin})
		}
	}
	for _, s := range c.Sequences() {
		if s.Name.Schema == schema && s.OwnedBy.Name == "" && !s.Origin.Maybe {
			list = append(list, Dependent{Kind: "sequence", Owner: s.Name, Origin: s.Origin})
		}
	}
	for _, e := range c.Enums() {
		if e.Name.Schema == schema && e.Origin != (Origin{}) {
			list = append(list, Dependent{Kind: "type", Owner: e.Name, Origin: e.Origin})
		}
	}
	for _, name := range c.functionNames() {
		if name.Schema == schema {
			list = append(list, Dependent{Kind: "function", Owner: name, Origin: c.functions[name][0].Origin})
		}
	}
	return list
}

// String returns "table", "view" and so on, as PostgreSQL's messages have it.
func (k Kind) String() string {
	switch k {
	case View:
		return "view"
	case MaterializedView:
		return "materialized view"
	case ForeignTable:
		return "foreign table"
	case CompositeType:
		return "type"
	}
	return "table"
}

// certain reports whether the table is there, and what the catalog knows of it
// with it: no text that nobody analysed has named it.
func (c *Catalog) certain(t *Table) bool {
	return t != nil && !t.Doubted && !(t.Origin.Maybe && t.Kind != View)
}

// viewsUsing finds views among relations.
func (c *Catalog) viewsUsing(among []Name, match func(Use) bool) []Dependent {
	var list []Dependent
	for _, n := range among {
		if t := c.tables[n]; c.certain(t) && slices.ContainsFunc(t.Uses, func(u Use) bool { return u.Sure && match(u) }) {
			list = append(list, Dependent{Kind: t.Kind.String(), Owner: t.Name, Origin: t.Origin})
		}
	}
	return list
}

// definitionsUsing leaves out the definitions of one table.
func (c *Catalog) definitionsUsing(but Name, match func(Use) bool) []Dependent {
	var list []Dependent
	uses := func(_ definitionKey, d definition) bool {
		return slices.ContainsFunc(d.uses, func(u Use) bool { return u.Sure && match(u) })
	}
	for _, key := range c.definitionKeys(uses) {
		certain := c.certain(c.tables[key.table])
		if key.kind == functionDefinition {
			certain = !slices.ContainsFunc(c.functions[key.table], func(f *Function) bool { return f.Doubted })
		}
		if !certain || key.table == but {
			continue
		}
		dependent := Dependent{Kind: string(key.kind), Name: key.name, Owner: key.table, Origin: c.definitions[key].origin}
		if key.kind == functionDefinition {
			dependent.Name = ""
		}
		list = append(list, dependent)
	}
	return list
}

func (c *Catalog) foreignKeysNeeding(n Name, match func(*Constraint) bool) []Dependent {
	var list []Dependent
	for _, k := range c.ForeignKeysTo(n) {
		own := c.tables[k.Table]
		// ADD COLUMN IF NOT EXISTS … REFERENCES may have done nothing.
		maybe := slices.ContainsFunc(k.Columns, func(name string) bool {
			column := own.Column(name)
			return column != nil && column.Origin.Maybe && column.Origin.Statement == k.Origin.Statement
		})
		if k.Parents == 0 && c.certain(own) && !maybe && !k.Maybe && match(k) {
			list = append(list, Dependent{Kind: "constraint", Name: k.Name, Owner: k.Table, Origin: k.Origin})
		}
	}
	return list
}

func (c *Catalog) generatedFrom(n Name, column string, since int) []Dependent {
	t := c.tables[n]
	if !c.certain(t) {
		return nil
	}
	var list []Dependent
	for _, other := range t.Columns {
		if other.Generated != NotGenerated && other.Name != column && slices.Contains(ColumnsRead(other.Default), column) {
			list = append(list, Dependent{Kind: "generated column", Name: other.Name, Owner: n, Origin: other.Origin, Since: since, Column: other.Name})
		}
	}
	return list
}

// defaultsReading are the columns, but those of one table, whose default is
// nextval of the sequence.
func (c *Catalog) defaultsReading(sequence, but Name) []Dependent {
	var list []Dependent
	reads := func(column *Column) bool {
		return readsSequence(column.Default, sequence) && !castsToText(column.Default)
	}
	for _, t := range c.tablesWhere(func(t *Table) bool { return t.Name != but && c.certain(t) && slices.ContainsFunc(t.Columns, reads) }) {
		for _, column := range t.Columns {
			if reads(column) {
				list = append(list, Dependent{Kind: "default of column", Name: column.Name, Owner: t.Name, Origin: column.Origin, Column: column.Name})
			}
		}
	}
	return list
}

// castsToText reports whether nextval gets a name that it looks up at each
// call, which is no dependency.
func castsToText(n *pg_query.Node) bool {
	cast := n.GetFuncCall().GetArgs()[0].GetTypeCast()
	if cast == nil {
		return false
	}
	return tree.Last(cast.GetTypeName().GetNames()) != "regclass"
}

func (c *Catalog) functionNames() []Name {
	return slices.SortedFunc(maps.Keys(c.functions), Name.Compare)
}
