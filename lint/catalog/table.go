package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// persistence reads relpersistence as the grammar has it.
func persistence(n Name, r *pg_query.RangeVar) Persistence {
	switch {
	case n.Schema == tempSchema:
		return Temporary
	case r.GetRelpersistence() == "u":
		return UnloggedTable
	}
	return Permanent
}

func (c *Catalog) createTable(s *pg_query.CreateStmt, kind Kind) {
	n := c.newName(s.GetRelation())
	if n.Name == "" || s.GetIfNotExists() && c.HasRelation(n) {
		return
	}
	c.forget(n)
	t := &Table{
		Name:         n,
		Kind:         kind,
		Persistence:  persistence(n, s.GetRelation()),
		Origin:       c.origin(),
		Complete:     true,
		AccessMethod: s.GetAccessMethod(),
		Tablespace:   s.GetTablespacename(),
	}
	t.Origin.Maybe = s.GetIfNotExists()
	if spec := s.GetPartspec(); spec != nil {
		t.Kind = PartitionedTable
		for _, p := range spec.GetPartParams() {
			t.PartitionKey = append(t.PartitionKey, p.GetPartitionElem().GetName())
		}
	}
	var parents []Name
	for _, p := range s.GetInhRelations() {
		parents = append(parents, c.Resolve(p.GetRangeVar()))
	}
	var likes []*pg_query.TableLikeClause
	var constraints []columnConstraint
	inherited := c.inheritedColumns(parents)
	t.Complete = inherited.complete
	t.Columns = inherited.columns
	if s.GetOfTypename() != nil {
		c.columnsOfType(t, s.GetOfTypename())
	}
	c.setTable(t) // its sequences and constraints name it
	for _, element := range slices.Concat(s.GetTableElts(), s.GetConstraints()) {
		switch e := element.GetNode().(type) {
		case *pg_query.Node_ColumnDef:
			c.defineColumn(n, e.ColumnDef)
			constraints = append(constraints, columnConstraints(e.ColumnDef)...)
		case *pg_query.Node_TableLikeClause:
			likes = append(likes, e.TableLikeClause)
			c.likeColumns(n, e.TableLikeClause)
		case *pg_query.Node_Constraint:
			constraints = append(constraints, tableConstraint(e.Constraint))
		}
	}
	bound := s.GetPartbound()
	for _, p := range parents {
		c.inheritChecks(n, p)
	}
	c.addConstraints(n, constraints, true)
	for _, like := range likes {
		c.likeRest(n, like)
	}
	for _, p := range parents {
		if bound != nil {
			c.linkPartition(p, n, bound)
			c.partitionTakes(p, n)
		} else {
			c.linkChild(p, n)
		}
	}
}

// defineColumn adds a column of CREATE TABLE. One that a parent or the type
// of a typed table has too is merged with it.
func (c *Catalog) defineColumn(n Name, def *pg_query.ColumnDef) {
	column := c.column(n, def)
	c.edit(n, func(t *Table) {
		if t.Column(column.Name) == nil {
			t.Columns = with(t.Columns, column)
			return
		}
		typed := def.GetTypeName() != nil
		t.editColumn(column.Name, func(merged *Column) {
			merged.Local = true
			if typed {
				merged.Type, merged.Collation = column.Type, column.Collation
			}
			if column.NotNull == Yes {
				merged.NotNull = Yes
			}
			if column.Default != nil {
				merged.Default, merged.Generated = column.Default, column.Generated
			}
			merged.Identity = merged.Identity || column.Identity
		})
	})
}

// columnsOfType are those of CREATE TABLE … OF a composite type.
func (c *Catalog) columnsOfType(t *Table, name *pg_query.TypeName) {
	t.OfType = c.resolveType(c.listName(name.GetNames()))
	typ := c.Table(t.OfType)
	if typ == nil {
		t.Complete = false
		return
	}
	for _, old := range typ.Columns {
		column := *old
		column.Origin = t.Origin
		t.Columns = with(t.Columns, &column)
	}
}

// inheritance is what a new table takes from its parents.
type inheritance struct {
	columns  []*Column
	complete bool // all parents are
}

func (c *Catalog) inheritedColumns(parents []Name) inheritance {
	in := inheritance{complete: true}
	at := map[string]int{}
	for _, p := range parents {
		parent := c.tables[p]
		if parent == nil {
			in.complete = false
			continue
		}
		in.complete = in.complete && parent.Complete
		for _, old := range parent.Columns {
			if i, merged := at[old.Name]; merged {
				column := in.columns[i]
				column.Parents++
				column.NotNull = max(column.NotNull, old.NotNull)
				continue
			}
			column := *old
			column.Parents, column.Local, column.Origin = 1, false, c.origin()
			at[column.Name] = len(in.columns)
			in.columns = append(in.columns, &column)
		}
	}
	return in
}
