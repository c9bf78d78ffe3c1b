package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// eachChild calls visit for the direct children of a table.
func (c *Catalog) eachChild(n Name, visit func(Name)) {
	if t := c.tables[n]; t != nil {
		for _, child := range t.Children {
			visit(child)
		}
	}
}

// eachPartition calls visit for the direct partitions of a partitioned table.
func (c *Catalog) eachPartition(n Name, visit func(Name)) {
	if t := c.tables[n]; t != nil && t.Kind == PartitionedTable {
		for _, child := range t.Children {
			visit(child)
		}
	}
}

// linkChild notes INHERITS.
func (c *Catalog) linkChild(parent, child Name) {
	c.edit(parent, func(t *Table) {
		if !slices.Contains(t.Children, child) {
			t.Children = with(t.Children, child)
		}
	})
	c.edit(child, func(t *Table) {
		if !slices.Contains(t.Inherits, parent) {
			t.Inherits = with(t.Inherits, parent)
		}
	})
}

// linkPartition notes PARTITION OF.
func (c *Catalog) linkPartition(parent, child Name, bound *pg_query.PartitionBoundSpec) {
	c.edit(parent, func(t *Table) {
		t.Kind = PartitionedTable
		if !slices.Contains(t.Children, child) {
			t.Children = with(t.Children, child)
		}
		if bound.GetIsDefault() {
			t.DefaultPartition = &child
		}
	})
	c.edit(child, func(t *Table) {
		t.PartitionOf, t.PartitionDefault, t.PartitionBound = &parent, bound.GetIsDefault(), bound
	})
}

// partitionTakes gives a partition the indexes, keys and foreign keys of its
// parent.
func (c *Catalog) partitionTakes(parent, child Name) {
	p := c.tables[parent]
	if p == nil {
		return
	}
	for _, n := range p.Indexes {
		if index := c.indexes[n]; index != nil {
			c.partitionIndex(index, child)
		}
	}
	for _, k := range p.Constraints {
		if k.Kind == ForeignKey {
			c.partitionForeignKey(k, child)
		}
	}
	for _, name := range p.Triggers {
		if facts := c.triggers[trigger{parent, name}]; facts.row {
			facts.cloned = true
			c.setTrigger(trigger{child, name}, facts)
		}
	}
}

// inheritChecks gives a new table the checks of its parent.
func (c *Catalog) inheritChecks(child, parent Name) {
	p := c.tables[parent]
	if p == nil {
		return
	}
	for _, k := range p.Constraints {
		if k.Kind != Check && k.Kind != NotNull || k.NoInherit {
			continue
		}
		if c.tables[child].Constraint(k.Name) != nil {
			c.edit(child, func(t *Table) {
				t.editConstraint(k.Name, func(own *Constraint) { own.Parents++ })
			})
			continue
		}
		own := *k
		own.Table, own.Parents, own.Local, own.Origin = child, 1, false, c.origin()
		own.Validated = own.Enforced
		c.attach(&own)
	}
}

// inherit makes an existing table a child, as ATTACH PARTITION and INHERIT do.
// A partition does not keep what it shares with its parent for itself.
func (c *Catalog) inherit(parent, child Name, partition bool) {
	p := c.tables[parent]
	if p == nil {
		return
	}
	c.edit(child, func(t *Table) {
		for _, column := range p.Columns {
			t.editColumn(column.Name, func(own *Column) {
				own.Parents++
				own.Local = own.Local && !partition
				if own.Type.Name == "" {
					own.Type = column.Type
				}
				if column.NotNull == Yes {
					own.NotNull = Yes
				}
			})
		}
		for _, k := range p.Constraints {
			if (k.Kind == Check || k.Kind == NotNull) && !k.NoInherit {
				t.editConstraint(k.Name, func(own *Constraint) {
					own.Parents++
					own.Local = own.Local && !partition
				})
			}
		}
	})
}

// disinherit takes back what inherit did.
func (c *Catalog) disinherit(parent, child Name, partition bool) {
	p, t := c.tables[parent], c.tables[child]
	if p == nil || t == nil {
		return
	}
	c.edit(child, func(t *Table) {
		for _, column := range p.Columns {
			if own := t.Column(column.Name); own != nil && own.Parents > 0 {
				t.editColumn(column.Name, func(own *Column) {
					own.Parents--
					own.Local = own.Local || own.Parents == 0
				})
			}
		}
		for _, k := range p.Constraints {
			if own := t.Constraint(k.Name); own != nil && own.Parents > 0 && (own.Kind == Check || own.Kind == NotNull) {
				t.editConstraint(k.Name, func(own *Constraint) {
					own.Parents--
					own.Local = own.Local || own.Parents == 0
				})
			}
		}
		if !partition {
			t.Inherits = without(t.Inherits, parent)
			return
		}
		for _, k := range t.Constraints {
			if k.Kind != Check && k.Kind != NotNull && k.Parents > 0 {
				t.editConstraint(k.Name, func(own *Constraint) { own.Parents, own.Local = 0, true })
			}
		}
		t.PartitionOf, t.PartitionDefault, t.PartitionBound = nil, false, nil
	})
	c.edit(parent, func(t *Table) {
		t.Children = without(t.Children, child)
		if t.DefaultPartition != nil && *t.DefaultPartition == child {
			t.DefaultPartition = nil
		}
	})
	if !partition {
		return
	}
	for _, name := range t.Triggers {
		if c.triggers[trigger{child, name}].cloned {
			c.dropTrigger(trigger{child, name})
		}
	}
	for _, n := range t.Indexes {
		if i := c.indexes[n]; i != nil && i.Parent != nil {
			c.editIndex(n, func(i *Index) { i.Parent = nil })
		}
	}
}

// attachPartition executes ALTER TABLE … ATTACH PARTITION.
func (c *Catalog) attachPartition(parent, child Name, bound *pg_query.PartitionBoundSpec) {
	c.linkPartition(parent, child, bound)
	c.inherit(parent, child, true)
	c.partitionTakes(parent, child)
}
