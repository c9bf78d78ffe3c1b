package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// What LIKE … INCLUDING copies: parsenodes.h, TableLikeOption.
const (
	likeConstraints = 1 << 2
	likeDefaults    = 1 << 3
	likeGenerated   = 1 << 4
	likeIdentity    = 1 << 5
	likeIndexes     = 1 << 6
)

// likeColumns copies the columns of another table, with NOT NULL always.
func (c *Catalog) likeColumns(n Name, like *pg_query.TableLikeClause) {
	source := c.tables[c.Resolve(like.GetRelation())]
	if source == nil {
		c.edit(n, func(t *Table) { t.Complete = false })
		return
	}
	including := func(option uint32) bool { return like.GetOptions()&option != 0 }
	for _, old := range source.Columns {
		column := *old
		column.Parents, column.Local, column.Origin, column.Identity = 0, true, c.origin(), false
		kept := likeDefaults
		if old.Generated != NotGenerated {
			kept = likeGenerated
		}
		if !including(uint32(kept)) {
			column.Default, column.Generated = nil, NotGenerated
		}
		if old.Identity && including(likeIdentity) {
			column.Identity = true
			c.ownSequence(n, column.Name, Type{Name: "int8"}, nil) // whatever the type
		}
		c.edit(n, func(t *Table) { t.Columns = with(t.Columns, &column) })
	}
	if !source.Complete {
		c.edit(n, func(t *Table) { t.Complete = false })
	}
}

// likeRest copies checks and indexes.
func (c *Catalog) likeRest(n Name, like *pg_query.TableLikeClause) {
	source := c.tables[c.Resolve(like.GetRelation())]
	if source == nil {
		return
	}
	for _, old := range source.Constraints {
		if old.Kind == Check && like.GetOptions()&likeConstraints != 0 || old.Kind == NotNull {
			k := *old
			k.Table, k.Origin, k.Parents, k.Local, k.Validated = n, c.origin(), 0, true, k.Enforced
			c.edit(n, func(t *Table) { t.Constraints = with(t.Constraints, &k) })
		}
	}
	if like.GetOptions()&likeIndexes == 0 {
		return
	}
	// The server has the primary key's index in front.
	names := slices.Clone(source.Indexes)
	slices.SortStableFunc(names, func(a, b Name) int {
		return btoi(c.isPrimary(source, b)) - btoi(c.isPrimary(source, a))
	})
	for _, name := range names {
		if index := c.indexes[name]; index != nil {
			c.copyIndex(index, n, nil)
		}
	}
}

func (c *Catalog) isPrimary(t *Table, index Name) bool {
	key := t.PrimaryKey()
	return key != nil && key.Index == index
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}
