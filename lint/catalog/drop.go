package catalog

import (
	"maps"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

// dropObject executes DROP for one object of a statement.
func (c *Catalog) dropObject(s *pg_query.DropStmt, object *pg_query.Node) {
	names := object.GetList().GetItems()
	cascade := s.GetBehavior() == pg_query.DropBehavior_DROP_CASCADE
	switch s.GetRemoveType() {
	case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_VIEW,
		pg_query.ObjectType_OBJECT_MATVIEW, pg_query.ObjectType_OBJECT_FOREIGN_TABLE:
		c.dropTable(c.ResolveList(names))
	case pg_query.ObjectType_OBJECT_INDEX:
		c.dropIndex(c.ResolveList(names))
	case pg_query.ObjectType_OBJECT_SEQUENCE:
		n := c.ResolveList(names)
		if cascade {
			c.dropDependents(c.defaultsReading(n, Name{}))
		}
		c.dropSequence(n)
	case pg_query.ObjectType_OBJECT_TYPE, pg_query.ObjectType_OBJECT_DOMAIN:
		c.dropType(c.resolveType(c.listName(object.GetTypeName().GetNames())))
	case pg_query.ObjectType_OBJECT_SCHEMA:
		c.dropSchema(object.GetString_().GetSval())
	case pg_query.ObjectType_OBJECT_EXTENSION:
		remove(&c.journal, c.unqualified, unqualified{pg_query.ObjectType_OBJECT_EXTENSION, object.GetString_().GetSval()})
	case pg_query.ObjectType_OBJECT_FUNCTION, pg_query.ObjectType_OBJECT_PROCEDURE,
		pg_query.ObjectType_OBJECT_ROUTINE, pg_query.ObjectType_OBJECT_AGGREGATE:
		c.dropFunction(object.GetObjectWithArgs(), cascade)
	case pg_query.ObjectType_OBJECT_PUBLICATION:
		remove(&c.journal, c.publications, object.GetString_().GetSval())
	case pg_query.ObjectType_OBJECT_TRIGGER, pg_query.ObjectType_OBJECT_POLICY, pg_query.ObjectType_OBJECT_RULE:
		if len(names) < 2 {
			return
		}
		table, name := c.ResolveList(names[:len(names)-1]), tree.Last(names)
		if c.tables[table] == nil {
			return
		}
		c.edit(table, func(t *Table) {
			switch s.GetRemoveType() {
			case pg_query.ObjectType_OBJECT_POLICY:
				t.Policies = without(t.Policies, name)
				remove(&c.journal, c.definitions, definitionKey{policyDefinition, table, name})
			case pg_query.ObjectType_OBJECT_RULE:
				t.Rules = without(t.Rules, name)
				remove(&c.journal, c.definitions, definitionKey{ruleDefinition, table, name})
			}
		})
		if s.GetRemoveType() == pg_query.ObjectType_OBJECT_TRIGGER {
			c.dropTrigger(trigger{table, name})
		}
	}
}

// forget drops what has a name that a statement gives to something new: what
// the catalog knew under it is gone in a way that it has not seen.
func (c *Catalog) forget(n Name) {
	c.dropTable(n)
	c.dropIndex(n)
	c.dropSequence(n)
}

// dropTable drops a relation with all that cannot be without it. The server
// asks for CASCADE when that is another object; the statement has succeeded.
func (c *Catalog) dropTable(n Name) {
	t := c.tables[n]
	if t == nil {
		return
	}
	for _, child := range t.Children {
		c.dropTable(child)
	}
	for _, k := range c.ForeignKeysTo(n) {
		if k.Table != n {
			c.dropConstraint(k, true)
		}
	}
	for _, view := range c.readers.of(n) {
		if view != n {
			c.dropTable(view)
		}
	}
	for _, user := range c.typeUsers.of(n) {
		if user != n {
			c.dropColumnsOf(user, n)
		}
	}
	t = c.tables[n]
	if t == nil {
		return
	}
	c.dropFunctionsOf(n)
	for _, name := range t.Indexes {
		remove(&c.journal, c.indexes, name)
	}
	for _, sequence := range c.owned.of(n) {
		c.dropSequence(sequence)
	}
	for _, name := range t.Triggers {
		c.forgetTrigger(trigger{n, name})
	}
	parents := t.Inherits
	if t.PartitionOf != nil {
		parents = append(slices.Clip(parents), *t.PartitionOf)
	}
	for _, p := range parents {
		if c.tables[p] != nil {
			c.edit(p, func(p *Table) {
				p.Children = without(p.Children, n)
				if p.DefaultPartition != nil && *p.DefaultPartition == n {
					p.DefaultPartition = nil
				}
			})
		}
	}
	c.moveDefinitions(n, Name{}, ofTable)
	c.relink(t, nil)
	remove(&c.journal, c.tables, n)
	for _, p := range c.Publications() {
		if slices.Contains(p.Tables, n) {
			c.editPublication(p.Name, func(p *Publication) { p.Tables = without(p.Tables, n) })
		}
	}
}

// dropColumn drops a column with its constraints, indexes and sequences.
func (c *Catalog) dropColumn(n Name, name string, cascade, recurse bool) {
	t := c.tables[n]
	column := t.Column(name)
	if t == nil || column == nil && t.Complete {
		return
	}
	for _, k := range t.Constraints {
		if slices.Contains(k.Columns, name) {
			c.removeConstraint(k) // the children's go with their columns
		}
	}
	for _, k := range c.ForeignKeysTo(n) {
		if slices.Contains(k.ReferencedColumns, name) {
			c.dropConstraint(k, true)
		}
	}
	for _, index := range c.tables[n].Indexes {
		if i := c.indexes[index]; i != nil && slices.Contains(i.Columns, name) {
			c.dropIndex(index)
		}
	}
	for _, sequence := range c.owned.of(n) {
		if c.sequences[sequence].Column == name {
			c.dropSequence(sequence)
		}
	}
	if cascade {
		for _, view := range c.readers.of(n) {
			if v := c.tables[view]; v != nil && v.Reads(n, name) {
				c.dropTable(view)
			}
		}
	}
	c.edit(n, func(t *Table) {
		t.Columns = slices.DeleteFunc(slices.Clone(t.Columns), func(column *Column) bool { return column.Name == name })
	})
	if cascade {
		for _, other := range c.tables[n].Columns {
			if other.Generated != NotGenerated && slices.Contains(ColumnsRead(other.Default), name) {
				c.dropColumn(n, other.Name, true, recurse)
			}
		}
	}
	c.eachChild(n, func(child Name) {
		own := c.tables[child].Column(name)
		switch {
		case own == nil || own.Parents == 0:
		case recurse && own.Parents == 1 && !own.Local:
			c.dropColumn(child, name, cascade, true)
		default:
			c.edit(child, func(t *Table) {
				t.editColumn(name, func(own *Column) {
					own.Parents--
					own.Local = own.Local || !recurse
				})
			})
		}
	})
}

// dropColumnsOf drops a table's columns of a type.
func (c *Catalog) dropColumnsOf(n, typ Name) {
	t := c.tables[n]
	if t == nil {
		return
	}
	for _, column := range t.Columns {
		if column.Type.userType() == typ {
			c.dropColumn(n, column.Name, true, true)
		}
	}
}

// dropConstraint drops a constraint and what children have of it.
func (c *Catalog) dropConstraint(k *Constraint, recurse bool) {
	k = c.tables[k.Table].Constraint(k.Name)
	if k == nil {
		return
	}
	c.eachChild(k.Table, func(child Name) {
		own := c.inheritedFrom(k, child)
		switch {
		case own == nil:
		case own.Parents > 1 || own.Local || !recurse:
			c.edit(child, func(t *Table) {
				t.editConstraint(own.Name, func(own *Constraint) {
					own.Parents--
					own.Local = own.Local || !recurse
				})
			})
		default:
			c.dropConstraint(own, true)
		}
	})
	c.removeConstraint(k)
}

// removeConstraint takes a constraint off its table, with its index and the
// foreign keys that need it.
func (c *Catalog) removeConstraint(k *Constraint) {
	k = c.tables[k.Table].Constraint(k.Name)
	if k == nil {
		return
	}
	c.edit(k.Table, func(t *Table) { t.Constraints = without(t.Constraints, k) })
	switch k.Kind {
	case NotNull:
		for _, column := range k.Columns {
			c.edit(k.Table, func(t *Table) {
				t.editColumn(column, func(column *Column) { column.NotNull = No })
			})
		}
	case PrimaryKey, Unique:
		for _, user := range c.ForeignKeysTo(k.Table) {
			if sameSet(user.ReferencedColumns, k.Columns) && !c.hasKey(k.Table, user.ReferencedColumns) {
				c.dropConstraint(user, true)
			}
		}
		c.removeIndex(k.Index)
	case Exclusion:
		c.removeIndex(k.Index)
	}
}

// hasKey reports whether a key other than a dropped one serves foreign keys
// to the columns.
func (c *Catalog) hasKey(n Name, columns []string) bool {
	for _, k := range c.tables[n].Constraints {
		if (k.Kind == PrimaryKey || k.Kind == Unique) && sameSet(k.Columns, columns) {
			return true
		}
	}
	return false
}

func sameSet(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// dropIndex drops an index with its parts and, if it is a constraint's, the constraint.
func (c *Catalog) dropIndex(n Name) {
	i := c.indexes[n]
	if i == nil {
		return
	}
	if k := c.tables[i.Table].Constraint(i.Constraint); k != nil {
		c.dropConstraint(k, true)
	}
	c.removeIndex(n)
}

// removeIndex takes an index and its parts off their tables.
func (c *Catalog) removeIndex(n Name) {
	i := c.indexes[n]
	if i == nil {
		return
	}
	remove(&c.journal, c.indexes, n)
	c.edit(i.Table, func(t *Table) {
		t.Indexes = without(t.Indexes, n)
		if t.ReplicaIdentity == n.Name {
			t.ReplicaIdentity = "nothing"
		}
	})
	c.eachPartition(i.Table, func(p Name) {
		for _, own := range c.indexesOf(p) {
			if part := c.indexes[own]; part != nil && part.Parent != nil && *part.Parent == n {
				c.dropIndex(own)
			}
		}
	})
}

// dropSequence drops a sequence with the defaults that read it.
func (c *Catalog) dropSequence(n Name) {
	s := c.sequences[n]
	if s == nil {
		return
	}
	c.unlinkSequence(n)
	remove(&c.journal, c.sequences, n)
	if column := c.tables[s.OwnedBy].Column(s.Column); column != nil && readsSequence(column.Default, n) {
		c.edit(s.OwnedBy, func(t *Table) {
			t.editColumn(s.Column, func(column *Column) { column.Default = nil })
		})
	}
}

// dropDependents drops what CASCADE drops.
func (c *Catalog) dropDependents(list []Dependent) {
	for _, d := range list {
		switch d.Kind {
		case "column", "generated column":
			c.dropColumn(d.Owner, d.Name, true, true)
		case "default of column":
			c.edit(d.Owner, func(t *Table) { t.editColumn(d.Name, func(column *Column) { column.Default = nil }) })
		case "constraint":
			if k := c.tables[d.Owner].Constraint(d.Name); k != nil {
				c.dropConstraint(k, true)
			}
		case "index":
			c.dropIndex(d.Owner)
		case "view", "materialized view", "table":
			c.dropTable(d.Owner)
		}
	}
}

// readsSequence reports whether a default is nextval of the sequence.
func readsSequence(n *pg_query.Node, sequence Name) bool {
	call := n.GetFuncCall()
	if tree.Last(call.GetFuncname()) != "nextval" || len(call.GetArgs()) != 1 {
		return false
	}
	argument := call.GetArgs()[0]
	if cast := argument.GetTypeCast(); cast != nil {
		argument = cast.GetArg()
	}
	text := argument.GetAConst().GetSval().GetSval()
	return text == sequence.String() || text == Quote(sequence.Name)
}

// dropType drops an enum, domain, composite or other type with the columns of it.
func (c *Catalog) dropType(n Name) {
	if t := c.tables[n]; t != nil {
		if t.Kind == CompositeType {
			c.dropTable(n)
		}
		return
	}
	if !c.hasType(n) {
		return
	}
	for _, user := range c.typeUsers.of(n) {
		c.dropColumnsOf(user, n)
	}
	remove(&c.journal, c.enums, n)
	remove(&c.journal, c.domains, n)
	remove(&c.journal, c.otherTypes, n)
	c.dropFunctionsOf(n)
	for _, d := range c.Domains() {
		if d.Base.userType() == n {
			c.dropType(d.Name)
		}
	}
}

// dropSchema drops all that is in a schema.
func (c *Catalog) dropSchema(schema string) {
	remove(&c.journal, c.unqualified, unqualified{pg_query.ObjectType_OBJECT_SCHEMA, schema})
	for _, n := range namesIn(schema, c.tables) {
		c.dropTable(n)
	}
	for _, n := range namesIn(schema, c.indexes) {
		c.dropIndex(n)
	}
	for _, n := range namesIn(schema, c.sequences) {
		c.dropSequence(n)
	}
	for _, n := range slices.Concat(namesIn(schema, c.enums), namesIn(schema, c.domains), namesIn(schema, c.otherTypes)) {
		c.dropType(n)
	}
	for _, n := range namesIn(schema, c.functions) {
		c.dropFunctionTriggers(n)
		c.moveDefinitions(n, Name{}, ofFunction)
		remove(&c.journal, c.functions, n)
	}
	for _, p := range c.Publications() {
		if slices.Contains(p.Schemas, schema) {
			c.editPublication(p.Name, func(p *Publication) { p.Schemas = without(p.Schemas, schema) })
		}
	}
}

// namesIn returns the keys in a schema, sorted.
func namesIn[V any](schema string, m map[Name]V) []Name {
	var names []Name
	for n := range maps.Keys(m) {
		if n.Schema == schema {
			names = append(names, n)
		}
	}
	slices.SortFunc(names, func(a, b Name) int { return strings.Compare(a.Name, b.Name) })
	return names
}
