package catalog

import (
	"cmp"
	"maps"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
)

// dependentFacts are what decides whether a dependent is missed.
type dependentFacts struct {
	origin  Origin
	table   Name     // that has it, or no name
	columns []string // of the table, that it is about
	part    bool     // of a partitioned table or parent, with which it goes
}

// dependents are all objects that can go with another, without their origins.
func (c *Catalog) dependents() map[Dependent]dependentFacts {
	all := map[Dependent]dependentFacts{}
	for n := range c.tables {
		c.noteTable(all, n)
	}
	for n := range c.indexes {
		c.noteIndex(all, n)
	}
	for n := range c.functions {
		c.noteFunction(all, n)
	}
	return all
}

func (c *schema) noteTable(all map[Dependent]dependentFacts, n Name) {
	t := c.tables[n]
	if t == nil {
		return
	}
	all[Dependent{Kind: t.Kind.String(), Owner: n}] = dependentFacts{origin: t.Origin, part: t.PartitionOf != nil}
	for _, column := range t.Columns {
		of := dependentFacts{column.Origin, n, nil, column.Parents > 0}
		kind := "column"
		if column.Generated != NotGenerated {
			kind = "generated column"
		}
		all[Dependent{Kind: kind, Name: column.Name, Owner: n}] = of
		if of.columns = []string{column.Name}; column.Default != nil && column.Generated == NotGenerated {
			all[Dependent{Kind: "default of column", Name: column.Name, Owner: n}] = of
		}
	}
	for _, k := range t.Constraints {
		all[Dependent{Kind: "constraint", Name: k.Name, Owner: n}] = dependentFacts{k.Origin, n, k.Columns, k.Parents > 0}
	}
	for _, name := range t.Triggers {
		all[Dependent{Kind: "trigger", Name: name, Owner: n}] = dependentFacts{t.Origin, n, nil, c.triggers[trigger{n, name}].cloned}
	}
}

func (c *schema) noteIndex(all map[Dependent]dependentFacts, n Name) {
	if i := c.indexes[n]; i != nil && i.Constraint == "" {
		all[Dependent{Kind: "index", Owner: n}] = dependentFacts{i.Origin, i.Table, i.Columns, i.Parent != nil}
	}
}

func (c *schema) noteFunction(all map[Dependent]dependentFacts, n Name) {
	if list := c.functions[n]; len(list) > 0 {
		all[Dependent{Kind: "function", Owner: n}] = dependentFacts{origin: list[0].Origin}
	}
}

// goneSince are the dependents of an earlier moment that the catalog has no more.
func (c *Catalog) goneSince(m *Mark) map[Dependent]dependentFacts {
	gone, stay := map[Dependent]dependentFacts{}, map[Dependent]dependentFacts{}
	for n := range m.tables {
		m.noteTable(gone, n)
		c.noteTable(stay, n)
	}
	for n := range m.indexes {
		m.noteIndex(gone, n)
		c.noteIndex(stay, n)
	}
	for n := range m.functions {
		m.noteFunction(gone, n)
		c.noteFunction(stay, n)
	}
	for d := range stay {
		delete(gone, d)
	}
	return gone
}

// CascadeDrops returns what a statement with CASCADE drops and does not name,
// as far as the catalog shows it, sorted by name. What this release has made
// is left out, and what the rest of the migration makes anew or drops itself.
func (c *Catalog) CascadeDrops(s *migration.Statement, rest []*migration.Statement) []Dependent {
	named := c.namedBy(s)
	if named.unknown {
		return nil
	}
	before := c.Mark()
	defer c.Unmark(before)
	var gone, end map[Dependent]dependentFacts
	c.After(s, func() {
		gone = c.goneSince(before)
		maps.DeleteFunc(gone, func(d Dependent, facts dependentFacts) bool {
			born := c.BirthOf(facts.origin)
			return facts.part || named.has(d, facts.table) || born == BornInRelease || born == BornInTransaction ||
				facts.table.Name != "" && c.tables[facts.table] == nil
		})
		if len(gone) > 0 {
			c.AfterAll(rest, func() { end = c.dependents() })
		}
	})
	dropped := map[Name]bool{} // by the rest, which may say IF EXISTS
	if len(gone) > 0 {
		for _, r := range rest {
			for _, o := range r.Node.GetDropStmt().GetObjects() {
				dropped[c.Object(r.Node.GetDropStmt().GetRemoveType(), o, nil).Name] = true
			}
		}
	}
	var lost []Dependent
	for d, facts := range gone {
		_, again := end[d]
		switch {
		case again && d.Kind != "column":
		case facts.table.Name == "" && dropped[d.Owner]:
		case facts.table.Name != "" && !hasAll(end, facts.table, facts.columns):
		default:
			lost = append(lost, d)
		}
	}
	slices.SortFunc(lost, func(a, b Dependent) int {
		return cmp.Or(a.Owner.Compare(b.Owner), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
	return lost
}

// hasAll reports whether the dependents hold a table with the columns.
func hasAll(all map[Dependent]dependentFacts, table Name, columns []string) bool {
	has := func(d Dependent) bool { _, ok := all[d]; return ok }
	kinds := []Kind{OrdinaryTable, View, MaterializedView, ForeignTable}
	return slices.ContainsFunc(kinds, func(k Kind) bool { return has(Dependent{Kind: k.String(), Owner: table}) }) &&
		!slices.ContainsFunc(columns, func(column string) bool {
			return !has(Dependent{Kind: "column", Name: column, Owner: table}) && !has(Dependent{Kind: "generated column", Name: column, Owner: table})
		})
}

// naming is what a statement names, and so drops with open eyes.
type naming struct {
	unknown bool // something else has taken the place of what the catalog shows
	objects map[Name]bool
	schemas map[string]bool
	// Of the table that is altered, and those below it, only columns that no
	// command names can be news.
	table   map[Name]bool
	columns map[string]bool
}

func (c *Catalog) namedBy(s *migration.Statement) naming {
	n := naming{objects: map[Name]bool{}, schemas: map[string]bool{}, table: map[Name]bool{}, columns: map[string]bool{}}
	if drop := s.Node.GetDropStmt(); drop != nil {
		for _, o := range drop.GetObjects() {
			if drop.GetRemoveType() == pg_query.ObjectType_OBJECT_SCHEMA {
				n.schemas[o.GetString_().GetSval()] = true
			}
			object := c.Object(drop.GetRemoveType(), o, nil)
			n.objects[object.Name] = true
			n.unknown = n.unknown || !object.Known && c.tables[object.Name] != nil
		}
	}
	if alter := s.Node.GetAlterTableStmt(); alter != nil {
		table := c.Resolve(alter.GetRelation())
		n.table[table] = true
		for _, d := range c.Descendants(table) {
			n.table[d] = true
		}
		for _, cmd := range alter.GetCmds() {
			n.columns[cmd.GetAlterTableCmd().GetName()] = true
		}
	}
	return n
}

func (n naming) has(d Dependent, table Name) bool {
	if table.Name == "" {
		return n.schemas[d.Owner.Schema] || n.objects[d.Owner]
	}
	column := d.Kind == "column" || d.Kind == "generated column"
	return n.schemas[table.Schema] || n.objects[d.Owner] || n.table[table] && !(column && !n.columns[d.Name])
}
