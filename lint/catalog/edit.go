package catalog

import (
	"slices"
)

// Column returns the column of that name, or nil. A nil table has none.
func (t *Table) Column(name string) *Column {
	if t == nil {
		return nil
	}
	for _, column := range t.Columns {
		if column.Name == name {
			return column
		}
	}
	return nil
}

// Constraint returns the constraint of that name, or nil. A nil table has none.
func (t *Table) Constraint(name string) *Constraint {
	if t == nil {
		return nil
	}
	for _, constraint := range t.Constraints {
		if constraint.Name == name {
			return constraint
		}
	}
	return nil
}

// PrimaryKey returns the primary key, or nil. A nil table has none.
func (t *Table) PrimaryKey() *Constraint {
	if t == nil {
		return nil
	}
	for _, constraint := range t.Constraints {
		if constraint.Kind == PrimaryKey {
			return constraint
		}
	}
	return nil
}

// setTable publishes a table under its name.
func (c *Catalog) setTable(t *Table) {
	c.relink(c.tables[t.Name], t)
	put(&c.journal, c.tables, t.Name, t)
}

// edit changes a copy of the table and publishes it. The copy shares its
// slices with the original: change replaces them. A table that was never seen
// becomes known here.
func (c *Catalog) edit(n Name, change func(*Table)) {
	if n.Name == "" || n.Schema == systemSchema {
		return
	}
	t := Table{Name: n, Kind: OrdinaryTable}
	if n.Schema == tempSchema {
		t.Persistence = Temporary
	}
	if old := c.tables[n]; old != nil {
		t = *old
	}
	change(&t)
	c.setTable(&t)
}

// editColumn changes a copy of a column. A column that an incomplete table
// does not show is added to it.
func (t *Table) editColumn(name string, change func(*Column)) {
	for i, old := range t.Columns {
		if old.Name == name {
			column := *old
			change(&column)
			t.Columns = slices.Clone(t.Columns)
			t.Columns[i] = &column
			return
		}
	}
	if t.Complete || name == "" {
		return
	}
	column := Column{Name: name, Local: true}
	change(&column)
	t.Columns = append(slices.Clip(t.Columns), &column)
}

// editConstraint changes a copy of a constraint, if the table has it.
func (t *Table) editConstraint(name string, change func(*Constraint)) {
	for i, old := range t.Constraints {
		if old.Name == name {
			constraint := *old
			change(&constraint)
			t.Constraints = slices.Clone(t.Constraints)
			t.Constraints[i] = &constraint
			return
		}
	}
}

// editIndex changes a copy of an index and publishes it.
func (c *Catalog) editIndex(n Name, change func(*Index)) {
	if old := c.indexes[n]; old != nil {
		index := *old
		change(&index)
		put(&c.journal, c.indexes, n, &index)
	}
}

// with and without return a copy of the list with one more or one less.
func with[T any](list []T, x T) []T { return append(slices.Clip(list), x) }

func without[T comparable](list []T, x T) []T {
	if !slices.Contains(list, x) {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(y T) bool { return y == x })
}

// replaced returns a copy of the list with x in the place of old.
func replaced[T comparable](list []T, old, x T) []T {
	if !slices.Contains(list, old) {
		return list
	}
	list = slices.Clone(list)
	for i := range list {
		if list[i] == old {
			list[i] = x
		}
	}
	return list
}

// same reports whether two lists are one slice.
func same[T any](a, b []T) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

// relink keeps what other objects tell about the names that a table uses. One
// of the two may be nil.
func (c *Catalog) relink(before, after *Table) {
	var none Table
	if before == nil {
		before = &none
	}
	if after == nil {
		after = &none
	}
	moved := before.Name != after.Name
	if moved {
		c.namesakes.remove(&c.journal, Name{Name: before.Name.Name}, before.Name)
		if after != &none {
			c.namesakes.add(&c.journal, Name{Name: after.Name.Name}, after.Name)
		}
	}
	if moved || !same(before.Columns, after.Columns) {
		for _, column := range before.Columns {
			c.typeUsers.remove(&c.journal, column.Type.userType(), before.Name)
		}
		for _, column := range after.Columns {
			if column.Type.Schema != "" {
				c.typeUsers.add(&c.journal, column.Type.userType(), after.Name)
			}
		}
	}
	if moved || !same(before.Constraints, after.Constraints) {
		for _, k := range before.Constraints {
			c.countConstraint(Name{before.Name.Schema, k.Name}, -1)
			if k.Kind == ForeignKey {
				c.referencing.remove(&c.journal, k.Referenced, before.Name)
			}
		}
		for _, k := range after.Constraints {
			c.countConstraint(Name{after.Name.Schema, k.Name}, +1)
			if k.Kind == ForeignKey {
				c.referencing.add(&c.journal, k.Referenced, after.Name)
			}
		}
	}
	if moved || !same(before.DependsOn, after.DependsOn) {
		for _, n := range before.DependsOn {
			c.readers.remove(&c.journal, n, before.Name)
		}
		for _, n := range after.DependsOn {
			c.readers.add(&c.journal, n, after.Name)
		}
	}
}

func (c *Catalog) countConstraint(n Name, by int) {
	put(&c.journal, c.constraints, n, c.constraints[n]+by)
}

// setSequence publishes a sequence under its name.
func (c *Catalog) setSequence(s *Sequence) {
	c.unlinkSequence(s.Name)
	put(&c.journal, c.sequences, s.Name, s)
	if s.OwnedBy.Name != "" {
		c.owned.add(&c.journal, s.OwnedBy, s.Name)
	}
}

func (c *Catalog) unlinkSequence(n Name) {
	if old := c.sequences[n]; old != nil && old.OwnedBy.Name != "" {
		c.owned.remove(&c.journal, old.OwnedBy, n)
	}
}
