package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

func (c *Catalog) rename(s *pg_query.RenameStmt) {
	names := s.GetObject().GetList().GetItems()
	renamed := func(n Name) Name { return Name{n.Schema, s.GetNewname()} }
	switch s.GetRenameType() {
	case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW,
		pg_query.ObjectType_OBJECT_FOREIGN_TABLE, pg_query.ObjectType_OBJECT_INDEX, pg_query.ObjectType_OBJECT_SEQUENCE:
		n := c.Resolve(s.GetRelation())
		c.moveRelation(n, renamed(n))
	case pg_query.ObjectType_OBJECT_COLUMN, pg_query.ObjectType_OBJECT_ATTRIBUTE:
		c.renameColumn(c.Resolve(s.GetRelation()), s.GetSubname(), s.GetNewname(), s.GetRelation().GetInh())
	case pg_query.ObjectType_OBJECT_TABCONSTRAINT:
		c.renameConstraint(c.Resolve(s.GetRelation()), s.GetSubname(), s.GetNewname())
	case pg_query.ObjectType_OBJECT_DOMCONSTRAINT:
		n := c.resolveType(c.listName(names))
		c.editDomainConstraint(n, s.GetSubname(), func(k *Constraint) { k.Name = s.GetNewname() })
	case pg_query.ObjectType_OBJECT_TYPE, pg_query.ObjectType_OBJECT_DOMAIN:
		n := c.resolveType(c.listName(names))
		c.moveType(n, renamed(n))
	case pg_query.ObjectType_OBJECT_FUNCTION, pg_query.ObjectType_OBJECT_PROCEDURE,
		pg_query.ObjectType_OBJECT_ROUTINE, pg_query.ObjectType_OBJECT_AGGREGATE:
		c.moveFunction(s.GetObject().GetObjectWithArgs(), renamed)
	case pg_query.ObjectType_OBJECT_SCHEMA:
		c.renameSchema(s.GetSubname(), s.GetNewname())
	case pg_query.ObjectType_OBJECT_PUBLICATION:
		from := s.GetObject().GetString_().GetSval()
		if p := c.publications[from]; p != nil {
			remove(&c.journal, c.publications, from)
			moved := *p
			moved.Name = s.GetNewname()
			put(&c.journal, c.publications, moved.Name, &moved)
		}
	case pg_query.ObjectType_OBJECT_TRIGGER:
		c.renameTrigger(trigger{c.Resolve(s.GetRelation()), s.GetSubname()}, s.GetNewname())
	case pg_query.ObjectType_OBJECT_POLICY:
		if n := c.Resolve(s.GetRelation()); c.tables[n] != nil {
			c.edit(n, func(t *Table) { t.Policies = replaced(t.Policies, s.GetSubname(), s.GetNewname()) })
			c.renameDefinition(definitionKey{policyDefinition, n, s.GetSubname()}, s.GetNewname())
		}
	case pg_query.ObjectType_OBJECT_RULE:
		if n := c.Resolve(s.GetRelation()); c.tables[n] != nil {
			c.edit(n, func(t *Table) { t.Rules = replaced(t.Rules, s.GetSubname(), s.GetNewname()) })
			c.renameDefinition(definitionKey{ruleDefinition, n, s.GetSubname()}, s.GetNewname())
		}
	}
}

func (c *Catalog) setSchema(s *pg_query.AlterObjectSchemaStmt) {
	names := s.GetObject().GetList().GetItems()
	moved := func(n Name) Name { return Name{s.GetNewschema(), n.Name} }
	switch s.GetObjectType() {
	case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW,
		pg_query.ObjectType_OBJECT_FOREIGN_TABLE, pg_query.ObjectType_OBJECT_SEQUENCE:
		n := c.Resolve(s.GetRelation())
		t := c.tables[n]
		c.moveRelation(n, moved(n))
		if t == nil {
			return
		}
		for _, index := range t.Indexes {
			c.renameIndex(index, moved(index))
		}
		for _, sequence := range c.owned.of(moved(n)) {
			c.moveRelation(sequence, moved(sequence))
		}
	case pg_query.ObjectType_OBJECT_TYPE, pg_query.ObjectType_OBJECT_DOMAIN:
		n := c.resolveType(c.listName(names))
		c.moveType(n, moved(n))
	case pg_query.ObjectType_OBJECT_FUNCTION, pg_query.ObjectType_OBJECT_PROCEDURE,
		pg_query.ObjectType_OBJECT_ROUTINE, pg_query.ObjectType_OBJECT_AGGREGATE:
		c.moveFunction(s.GetObject().GetObjectWithArgs(), moved)
	}
}

// renameSchema moves all that is in a schema.
func (c *Catalog) renameSchema(from, to string) {
	if origin, ok := c.unqualified[unqualified{pg_query.ObjectType_OBJECT_SCHEMA, from}]; ok {
		remove(&c.journal, c.unqualified, unqualified{pg_query.ObjectType_OBJECT_SCHEMA, from})
		put(&c.journal, c.unqualified, unqualified{pg_query.ObjectType_OBJECT_SCHEMA, to}, origin)
	}
	moved := func(n Name) Name { return Name{to, n.Name} }
	for _, n := range namesIn(from, c.tables) {
		c.moveRelation(n, moved(n))
	}
	for _, n := range namesIn(from, c.sequences) {
		c.moveRelation(n, moved(n))
	}
	for _, n := range namesIn(from, c.indexes) {
		c.renameIndex(n, moved(n))
	}
	for _, n := range slices.Concat(namesIn(from, c.enums), namesIn(from, c.domains), namesIn(from, c.otherTypes)) {
		c.moveType(n, moved(n))
	}
	for _, n := range namesIn(from, c.functions) {
		c.moveFunction(&pg_query.ObjectWithArgs{
			Objname:         []*pg_query.Node{pg_query.MakeStrNode(n.Schema), pg_query.MakeStrNode(n.Name)},
			ArgsUnspecified: true,
		}, moved)
	}
	for _, p := range c.Publications() {
		c.editPublication(p.Name, func(p *Publication) { p.Schemas = replaced(p.Schemas, from, to) })
	}
}

// moveRelation gives a table, index or sequence another name.
func (c *Catalog) moveRelation(from, to Name) {
	switch {
	case from == to || to.Name == "":
	case c.tables[from] != nil:
		c.moveTable(from, to)
	case c.indexes[from] != nil:
		c.moveIndex(from, to)
	case c.sequences[from] != nil:
		moved := *c.sequences[from]
		c.unlinkSequence(from)
		remove(&c.journal, c.sequences, from)
		moved.Name = to
		c.setSequence(&moved)
		c.followSequence(&moved, from)
	}
}

// followSequence renames the sequence in the default that reads it.
func (c *Catalog) followSequence(s *Sequence, from Name) {
	if column := c.tables[s.OwnedBy].Column(s.Column); column != nil && readsSequence(column.Default, from) {
		c.edit(s.OwnedBy, func(t *Table) {
			t.editColumn(s.Column, func(column *Column) { column.Default = nextval(s.Name) })
		})
	}
}

// moveIndex renames an index, and the constraint that owns it.
func (c *Catalog) moveIndex(from, to Name) {
	i := c.indexes[from]
	c.renameIndex(from, to)
	if i.Constraint == "" || i.Constraint == to.Name {
		return
	}
	c.edit(i.Table, func(t *Table) {
		t.editConstraint(i.Constraint, func(k *Constraint) { k.Name = to.Name })
	})
	c.editIndex(to, func(i *Index) { i.Constraint = to.Name })
}

func (c *Catalog) renameConstraint(n Name, from, to string) {
	k := c.tables[n].Constraint(from)
	if k == nil {
		return
	}
	if k.Index.Name != "" {
		c.moveIndex(k.Index, Name{k.Index.Schema, to})
		return
	}
	c.edit(n, func(t *Table) {
		t.editConstraint(from, func(k *Constraint) { k.Name = to })
	})
	if k.Kind == Check || k.Kind == NotNull {
		c.eachChild(n, func(child Name) {
			if own := c.tables[child].Constraint(from); own != nil && own.Parents > 0 {
				c.renameConstraint(child, from, to)
			}
		})
	}
}

// moveTable gives a table another name, everywhere.
func (c *Catalog) moveTable(from, to Name) {
	old := c.tables[from]
	users := c.referencing.of(from)
	readers := c.readers.of(from)
	typeUsers := c.typeUsers.of(from)
	owned := c.owned.of(from)

	t := *old
	t.Name = to
	t.Constraints = nil
	for _, k := range old.Constraints {
		own := *k
		own.Table = to
		t.Constraints = append(t.Constraints, &own)
	}
	c.relink(old, nil)
	remove(&c.journal, c.tables, from)
	c.relink(nil, &t)
	put(&c.journal, c.tables, to, &t)

	c.moveDefinitions(from, to, ofTable)
	c.followName(from, to, false)
	for _, index := range t.Indexes {
		c.editIndex(index, func(i *Index) { i.Table = to })
	}
	for _, user := range users {
		if user == from {
			user = to
		}
		c.edit(user, func(t *Table) {
			t.Constraints = slices.Clone(t.Constraints)
			for i, k := range t.Constraints {
				if k.Kind == ForeignKey && k.Referenced == from {
					own := *k
					own.Referenced = to
					t.Constraints[i] = &own
				}
			}
		})
	}
	for _, reader := range readers {
		c.edit(reader, func(t *Table) { t.DependsOn = replaced(t.DependsOn, from, to) })
	}
	for _, user := range typeUsers {
		c.retype(user, from, to)
	}
	for _, sequence := range owned {
		s := *c.sequences[sequence]
		s.OwnedBy = to
		c.setSequence(&s)
	}
	for _, name := range t.Triggers {
		if facts, ok := c.triggers[trigger{from, name}]; ok {
			c.forgetTrigger(trigger{from, name})
			put(&c.journal, c.triggers, trigger{to, name}, facts)
			c.triggerUses.add(&c.journal, facts.function, to)
		}
	}
	parents := t.Inherits
	if t.PartitionOf != nil {
		parents = append(slices.Clip(parents), *t.PartitionOf)
	}
	for _, p := range parents {
		c.edit(p, func(p *Table) {
			p.Children = replaced(p.Children, from, to)
			if p.DefaultPartition != nil && *p.DefaultPartition == from {
				p.DefaultPartition = &to
			}
		})
	}
	for _, child := range t.Children {
		c.edit(child, func(t *Table) {
			t.Inherits = replaced(t.Inherits, from, to)
			if t.PartitionOf != nil && *t.PartitionOf == from {
				t.PartitionOf = &to
			}
		})
	}
	for _, p := range c.Publications() {
		if slices.Contains(p.Tables, from) {
			c.editPublication(p.Name, func(p *Publication) { p.Tables = replaced(p.Tables, from, to) })
		}
	}
}

// retype renames a type in a table's columns.
func (c *Catalog) retype(n, from, to Name) {
	c.edit(n, func(t *Table) {
		t.Columns = slices.Clone(t.Columns)
		for i, old := range t.Columns {
			if old.Type.userType() == from {
				column := *old
				column.Type.Schema, column.Type.Name = to.Schema, to.Name
				t.Columns[i] = &column
			}
		}
	})
}

// moveType gives a type another name.
func (c *Catalog) moveType(from, to Name) {
	if from == to || to.Name == "" {
		return
	}
	if t := c.tables[from]; t != nil {
		c.moveTable(from, to)
		return
	}
	users := c.typeUsers.of(from)
	if old := c.enums[from]; old != nil {
		e := *old
		e.Name = to
		remove(&c.journal, c.enums, from)
		put(&c.journal, c.enums, to, &e)
	}
	if old := c.domains[from]; old != nil {
		c.editDomain(from, func(d *Domain) { d.Constraints = nil })
		remove(&c.journal, c.domains, from)
		put(&c.journal, c.domains, to, &Domain{Name: to, Base: old.Base, Default: old.Default, Origin: old.Origin})
		c.editDomain(to, func(d *Domain) {
			for _, k := range old.Constraints {
				own := *k
				own.Table = to
				d.Constraints = append(d.Constraints, &own)
			}
		})
	}
	if origin, ok := c.otherTypes[from]; ok {
		remove(&c.journal, c.otherTypes, from)
		put(&c.journal, c.otherTypes, to, origin)
	}
	for _, user := range users {
		c.retype(user, from, to)
	}
	for _, d := range c.Domains() {
		if d.Base.userType() == from {
			c.editDomain(d.Name, func(d *Domain) { d.Base.Schema, d.Base.Name = to.Schema, to.Name })
		}
	}
}

// renameColumn gives a column another name, in all that names it.
func (c *Catalog) renameColumn(n Name, from, to string, recurse bool) {
	if c.tables[n] == nil || from == to {
		return
	}
	c.edit(n, func(t *Table) {
		known := t.Column(from) != nil
		t.editColumn(from, func(column *Column) { column.Name = to })
		if !known {
			t.editColumn(to, func(column *Column) { column.NotNull = Unknown })
		}
		t.Columns = slices.Clone(t.Columns)
		for i, old := range t.Columns {
			if old.Generated != NotGenerated {
				column := *old
				column.Default = renameRefs(old.Default, from, to)
				t.Columns[i] = &column
			}
		}
		t.PartitionKey = replaced(t.PartitionKey, from, to)
		t.Constraints = slices.Clone(t.Constraints)
		for i, old := range t.Constraints {
			if slices.Contains(old.Columns, from) {
				k := *old
				k.Columns = replaced(k.Columns, from, to)
				k.Expr = renameRefs(k.Expr, from, to)
				t.Constraints[i] = &k
			}
		}
	})
	for _, index := range c.tables[n].Indexes {
		if i := c.indexes[index]; i == nil || !slices.Contains(i.Columns, from) {
			continue
		}
		c.editIndex(index, func(i *Index) {
			i.Keys = slices.Clone(i.Keys)
			for j, k := range i.Keys {
				if k.Column == from {
					i.Keys[j].Column = to
				}
				i.Keys[j].Expr = renameRefs(k.Expr, from, to)
			}
			i.Include = replaced(i.Include, from, to)
			i.Predicate = renameRefs(i.Predicate, from, to)
			i.readColumns()
		})
	}
	c.followColumn(n, from, to)
	for _, k := range c.ForeignKeysTo(n) {
		if slices.Contains(k.ReferencedColumns, from) {
			c.edit(k.Table, func(t *Table) {
				t.editConstraint(k.Name, func(k *Constraint) { k.ReferencedColumns = replaced(k.ReferencedColumns, from, to) })
			})
		}
	}
	for _, sequence := range c.owned.of(n) {
		if s := *c.sequences[sequence]; s.Column == from {
			s.Column = to
			c.setSequence(&s)
		}
	}
	if recurse {
		c.eachChild(n, func(child Name) {
			if own := c.tables[child].Column(from); own != nil && own.Parents > 0 {
				c.renameColumn(child, from, to, true)
			}
		})
	}
}
