package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

// keyColumns are the columns among the keys.
func (i *Index) keyColumns() []string {
	var columns []string
	for _, k := range i.Keys {
		if k.Column != "" {
			columns = append(columns, k.Column)
		}
	}
	return columns
}

// readColumns sets Columns from the rest.
func (i *Index) readColumns() {
	columns := append(i.keyColumns(), i.Include...)
	for _, k := range i.Keys {
		columns = append(columns, ColumnsRead(k.Expr)...)
	}
	columns = append(columns, ColumnsRead(i.Predicate)...)
	slices.Sort(columns)
	i.Columns = slices.Compact(columns)
}

// key reads one element of an index.
func (c *Catalog) key(e *pg_query.IndexElem) Key {
	k := Key{
		Column:     e.GetName(),
		Expr:       e.GetExpr(),
		Opclass:    tree.Last(e.GetOpclass()),
		Collation:  tree.Last(e.GetCollation()),
		Descending: e.GetOrdering() == pg_query.SortByDir_SORTBY_DESC,
	}
	k.NullsFirst = k.Descending
	switch e.GetNullsOrdering() {
	case pg_query.SortByNulls_SORTBY_NULLS_FIRST:
		k.NullsFirst = true
	case pg_query.SortByNulls_SORTBY_NULLS_LAST:
		k.NullsFirst = false
	}
	return k
}

// addIndex publishes an index and tells its table.
func (c *Catalog) addIndex(i *Index) {
	i.readColumns()
	put(&c.journal, c.indexes, i.Name, i)
	c.edit(i.Table, func(t *Table) {
		if !slices.Contains(t.Indexes, i.Name) {
			t.Indexes = with(t.Indexes, i.Name)
		}
	})
}

func (c *Catalog) createIndex(s *pg_query.IndexStmt) {
	table := c.Resolve(s.GetRelation())
	if table.Name == "" {
		return
	}
	i := &Index{
		Name:       Name{table.Schema, s.GetIdxname()},
		Table:      table,
		Unique:     s.GetUnique(),
		Predicate:  s.GetWhereClause(),
		Method:     s.GetAccessMethod(),
		Tablespace: s.GetTableSpace(),
		Valid:      Yes,
		Origin:     c.origin(),
	}
	for _, p := range s.GetIndexParams() {
		i.Keys = append(i.Keys, c.key(p.GetIndexElem()))
	}
	for _, p := range s.GetIndexIncludingParams() {
		i.Include = append(i.Include, p.GetIndexElem().GetName())
	}
	if i.Name.Name == "" {
		i.Name.Name = c.chooseIndex(i)
	}
	if s.GetIfNotExists() {
		if c.HasRelation(i.Name) {
			return
		}
		i.Origin.Maybe = true
		i.Valid = Unknown
	}
	if s.GetConcurrent() {
		i.Valid = Unknown
	}
	recurse := s.GetRelation().GetInh()
	if t := c.tables[table]; !recurse && t != nil && t.Kind == PartitionedTable {
		i.Valid = Yes
		if len(t.Children) > 0 {
			i.Valid = No
		}
	}
	c.forget(i.Name)
	c.addIndex(i)
	if recurse {
		c.eachPartition(table, func(p Name) { c.partitionIndex(i, p) })
	}
}

// chooseIndex names an index that is no constraint's.
func (c *Catalog) chooseIndex(i *Index) string {
	columns := indexColumnNames(i.Keys, i.Include)
	return c.chooseRelation(i.Table.Schema, i.Table.Name, joinColumns(columns), "idx", false)
}

// copyIndex gives another table the same index under a name of its own,
// with its constraint. The parent is the partitioned index, if it is one's.
func (c *Catalog) copyIndex(source *Index, table Name, parent *Name) {
	i := *source
	i.Table, i.Parent, i.Origin, i.Valid = table, parent, c.origin(), Yes
	constraint := c.tables[source.Table].Constraint(source.Constraint)
	if constraint == nil {
		i.Constraint = ""
		i.Name = Name{table.Schema, c.chooseIndex(&i)}
		c.addIndex(&i)
		c.eachPartition(table, func(p Name) { c.partitionIndex(&i, p) })
		return
	}
	k := *constraint
	k.Table, k.Origin, k.Parents, k.Local = table, c.origin(), 0, true
	if parent != nil {
		k.Parents, k.Local = 1, false
	}
	second, label := joinColumns(indexColumnNames(i.Keys, i.Include)), "key"
	switch k.Kind {
	case PrimaryKey:
		second, label = "", "pkey"
	case Exclusion:
		label = "excl"
	}
	k.Name = c.chooseRelation(table.Schema, table.Name, second, label, true)
	c.ownIndex(&k, &i)
}

// partitionIndex gives a partition the index of its parent: its own one, if it
// has the same, else a new one.
func (c *Catalog) partitionIndex(parent *Index, partition Name) {
	if t := c.tables[partition]; t != nil {
		if t.Kind == ForeignTable {
			return
		}
		for _, n := range t.Indexes {
			if own := c.indexes[n]; own != nil && own.Parent == nil && c.serves(own, parent) {
				c.attachIndex(parent, n)
				return
			}
		}
	}
	name := parent.Name
	c.copyIndex(parent, partition, &name)
}

// attachIndex makes an index a part of the partitioned one.
func (c *Catalog) attachIndex(parent *Index, n Name) {
	name := parent.Name
	child := c.indexes[n]
	c.editIndex(n, func(i *Index) { i.Parent = &name })
	if child != nil && child.Constraint != "" && parent.Constraint != "" {
		c.edit(child.Table, func(t *Table) {
			t.editConstraint(child.Constraint, func(k *Constraint) { k.Parents, k.Local = 1, false })
		})
	}
}

// serves reports whether a partition's index is what the partitioned one
// demands, as CompareIndexInfo does.
func (c *Catalog) serves(own, parent *Index) bool {
	return own.Valid != No && own.Unique == parent.Unique && own.Method == parent.Method &&
		len(own.Keys) == len(parent.Keys) &&
		(parent.Constraint == "" || c.sameConstraintKind(own, parent)) &&
		slices.Equal(own.Include, parent.Include) &&
		tree.Same(own.Predicate, parent.Predicate) &&
		slices.EqualFunc(own.Keys, parent.Keys, func(a, b Key) bool {
			return a.Column == b.Column && a.Opclass == b.Opclass && a.Collation == b.Collation && tree.Same(a.Expr, b.Expr)
		})
}

func (c *Catalog) sameConstraintKind(a, b *Index) bool {
	x, y := c.tables[a.Table].Constraint(a.Constraint), c.tables[b.Table].Constraint(b.Constraint)
	return x != nil && y != nil && x.Kind == y.Kind
}

// attachPartitionIndex executes ALTER INDEX … ATTACH PARTITION.
func (c *Catalog) attachPartitionIndex(parent, child Name) {
	index := c.indexes[parent]
	if index == nil {
		return
	}
	c.attachIndex(index, child)
	c.revalidate(parent)
}

// revalidate makes a partitioned index valid once every partition has its part.
func (c *Catalog) revalidate(n Name) {
	index := c.indexes[n]
	if index == nil || index.Valid != No {
		return
	}
	t := c.tables[index.Table]
	if t == nil {
		return
	}
	attached := map[Name]bool{}
	for _, child := range t.Children {
		for _, name := range c.indexesOf(child) {
			if i := c.indexes[name]; i != nil && i.Parent != nil && *i.Parent == n && i.Valid != No {
				attached[child] = true
			}
		}
	}
	if len(attached) == len(t.Children) {
		c.editIndex(n, func(i *Index) { i.Valid = Yes })
		if index.Parent != nil {
			c.revalidate(*index.Parent)
		}
	}
}

func (c *Catalog) indexesOf(n Name) []Name {
	if t := c.tables[n]; t != nil {
		return t.Indexes
	}
	return nil
}

// renameIndex moves an index to another name.
func (c *Catalog) renameIndex(from, to Name) {
	old := c.indexes[from]
	if old == nil || from == to {
		return
	}
	index := *old
	index.Name = to
	remove(&c.journal, c.indexes, from)
	put(&c.journal, c.indexes, to, &index)
	c.edit(index.Table, func(t *Table) {
		t.Indexes = replaced(t.Indexes, from, to)
		if index.Constraint != "" {
			t.editConstraint(index.Constraint, func(k *Constraint) { k.Index = to })
		}
		if t.ReplicaIdentity == from.Name {
			t.ReplicaIdentity = to.Name
		}
	})
	if t := c.tables[index.Table]; t != nil && t.Kind == PartitionedTable {
		for _, child := range t.Children {
			for _, n := range c.indexesOf(child) {
				if i := c.indexes[n]; i != nil && i.Parent != nil && *i.Parent == from {
					c.editIndex(n, func(i *Index) { i.Parent = &to })
				}
			}
		}
	}
}
