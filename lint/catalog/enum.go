package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

func (c *Catalog) createEnum(s *pg_query.CreateEnumStmt) {
	e := &Enum{Name: c.newListName(s.GetTypeName()), Origin: c.origin()}
	for _, label := range tree.Strings(s.GetVals()) {
		e.Values = append(e.Values, EnumValue{label, e.Origin})
	}
	put(&c.journal, c.enums, e.Name, e)
}

func (c *Catalog) alterEnum(s *pg_query.AlterEnumStmt) {
	n := c.resolveType(c.listName(s.GetTypeName()))
	old := c.enums[n]
	if old == nil {
		if s.GetOldVal() != "" {
			return
		}
		old = &Enum{Name: n} // made by nothing that the catalog has seen
	}
	e := *old
	e.Values = slices.Clone(e.Values)
	at := func(label string) int {
		return slices.IndexFunc(e.Values, func(v EnumValue) bool { return v.Label == label })
	}
	switch {
	case s.GetOldVal() != "":
		if i := at(s.GetOldVal()); i >= 0 {
			e.Values[i].Label = s.GetNewVal()
		}
	case at(s.GetNewVal()) >= 0:
		return // IF NOT EXISTS
	default:
		i := len(e.Values)
		if neighbour := at(s.GetNewValNeighbor()); neighbour >= 0 {
			i = neighbour
			if s.GetNewValIsAfter() {
				i++
			}
		}
		// IF NOT EXISTS proves nothing about a type whose values are known.
		e.Values = slices.Insert(e.Values, i, EnumValue{s.GetNewVal(), c.origin()})
		c.addedValue = c.transaction
	}
	put(&c.journal, c.enums, n, &e)
}

// AddedEnumValues returns the enum types that the open transaction has added
// values to, sorted by name, each with those values alone. The values that a
// type was created with are not meant.
func (c *Catalog) AddedEnumValues() []*Enum {
	if c.transaction == 0 || c.addedValue != c.transaction {
		return nil
	}
	var enums []*Enum
	for _, e := range c.Enums() {
		added := *e
		added.Values = slices.DeleteFunc(slices.Clone(e.Values), func(v EnumValue) bool {
			return v.Origin.Transaction != c.transaction || v.Origin.Statement == e.Origin.Statement
		})
		if len(added.Values) > 0 {
			enums = append(enums, &added)
		}
	}
	return enums
}
