package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// defaultTablespace is where a relation is that names none, as far as migrations tell.
const defaultTablespace = "pg_default"

// InTablespace returns the tables, materialized views or indexes that ALTER …
// ALL IN TABLESPACE moves; one of the two lists is empty. OWNED BY is not looked
// at: the catalog has no owners.
func (c *Catalog) InTablespace(s *pg_query.AlterTableMoveAllStmt) (tables []*Table, indexes []*Index) {
	in := func(tablespace string) bool {
		if tablespace == "" {
			tablespace = defaultTablespace
		}
		return tablespace == s.GetOrigTablespacename()
	}
	if s.GetObjtype() == pg_query.ObjectType_OBJECT_INDEX {
		for _, i := range c.Indexes() {
			if t := c.tables[i.Table]; in(i.Tablespace) && (t == nil || t.Persistence != Temporary) {
				indexes = append(indexes, i)
			}
		}
		return nil, indexes
	}
	for _, t := range c.Tables() {
		ofKind := t.Kind == MaterializedView
		if s.GetObjtype() == pg_query.ObjectType_OBJECT_TABLE {
			ofKind = t.Kind == OrdinaryTable || t.Kind == PartitionedTable
		}
		if ofKind && in(t.Tablespace) && t.Persistence != Temporary {
			tables = append(tables, t)
		}
	}
	return tables, nil
}

func (c *Catalog) moveTablespace(s *pg_query.AlterTableMoveAllStmt) {
	if len(s.GetRoles()) > 0 {
		return // whose they are is not known
	}
	tables, indexes := c.InTablespace(s)
	for _, t := range tables {
		c.edit(t.Name, func(t *Table) { t.Tablespace = s.GetNewTablespacename() })
	}
	for _, i := range indexes {
		c.editIndex(i.Name, func(i *Index) { i.Tablespace = s.GetNewTablespacename() })
	}
}
