package catalog

import (
	"maps"
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Catalog is the schema at one moment of the replay. The zero value is not
// usable; see New.
type Catalog struct {
	schema

	// What other objects tell about a name, kept by relink.
	referencing links        // referenced table -> tables with a foreign key to it
	readers     links        // relation -> views that read it
	typeUsers   links        // type -> tables with a column of it
	owned       links        // table -> sequences that its columns own
	triggerUses links        // function -> tables with a trigger that calls it
	constraints map[Name]int // how many constraints of a schema have a name
	namesakes   links        // Name without a schema -> tables of all schemas

	journal
	forks []fork // that are open

	migration   *migration.Migration
	statement   *migration.Statement
	transaction int // 0: none is open
	begun       int // transactions so far
	addedValue  int // the last one that added a value to an enum type

	sessionPath []string  // search_path
	localPath   *[]string // search_path of SET LOCAL
	notEnforced notEnforced
}

// New returns an empty catalog with search_path "$user", public.
func New() *Catalog {
	return &Catalog{
		schema:      newSchema(),
		referencing: links{},
		readers:     links{},
		typeUsers:   links{},
		owned:       links{},
		triggerUses: links{},
		constraints: map[Name]int{},
		namesakes:   links{},
		sessionPath: defaultPath,
	}
}

// Enter tells the catalog which migration the next statements belong to, nil
// for a schema seed. Births are seen from there. The search_path of a session
// lives as long as that of the runner: for one release, and for one migration
// of history.
func (c *Catalog) Enter(m *migration.Migration) {
	sameRun := c.migration != nil && m != nil && m.UnderReview && m.Release == c.migration.Release
	if !sameRun {
		c.sessionPath, c.localPath = defaultPath, nil
	}
	c.migration = m
}

// Clone returns a catalog that may go another way. No transaction is open in it.
func (c *Catalog) Clone() *Catalog {
	clone := *c
	clone.schema = c.only(&c.schema)
	for _, l := range []*links{&clone.referencing, &clone.readers, &clone.typeUsers, &clone.owned, &clone.triggerUses, &clone.namesakes} {
		*l = l.clone()
	}
	clone.constraints = maps.Clone(c.constraints)
	clone.journal, clone.forks = journal{}, nil
	clone.transaction, clone.localPath = 0, nil
	return &clone
}

// SeenFrom returns the catalog with births as seen from a migration whose
// transactions have ended. It shares its content with c and is for reading only.
func (c *Catalog) SeenFrom(m *migration.Migration) *Catalog {
	seen := *c
	seen.migration, seen.transaction = m, 0
	return &seen
}

// origin is that of what the current statement creates.
func (c *Catalog) origin() Origin {
	o := Origin{Transaction: c.transaction, Nested: len(c.savepoints) > 0}
	if c.migration != nil {
		o.Migration, o.Statement = c.migration, c.statement
	}
	return o
}

// Table returns the table, view or materialized view, or nil when the catalog
// has never seen it.
func (c *Catalog) Table(n Name) *Table { return c.tables[n] }

// Index returns the index of that name or nil.
func (c *Catalog) Index(n Name) *Index { return c.indexes[n] }

// Enum returns the enum type of that name or nil.
func (c *Catalog) Enum(n Name) *Enum { return c.enums[n] }

// Domain returns the domain of that name or nil.
func (c *Catalog) Domain(n Name) *Domain { return c.domains[n] }

// Sequence returns the sequence of that name or nil.
func (c *Catalog) Sequence(n Name) *Sequence { return c.sequences[n] }

// Functions returns the user-defined functions of that name, all overloads.
func (c *Catalog) Functions(n Name) []*Function { return c.functions[n] }

// Publication returns the publication of that name or nil.
func (c *Catalog) Publication(name string) *Publication { return c.publications[name] }

// Publications returns every publication, sorted by name.
func (c *Catalog) Publications() []*Publication { return sortedValues(c.publications, strings.Compare) }

// Tables returns every relation, sorted by name.
func (c *Catalog) Tables() []*Table { return sortedValues(c.tables, Name.Compare) }

// Indexes returns every index, sorted by name.
func (c *Catalog) Indexes() []*Index { return sortedValues(c.indexes, Name.Compare) }

// Sequences returns every sequence, sorted by name.
func (c *Catalog) Sequences() []*Sequence { return sortedValues(c.sequences, Name.Compare) }

// Enums returns every enum type, sorted by name.
func (c *Catalog) Enums() []*Enum { return sortedValues(c.enums, Name.Compare) }

// Domains returns every domain, sorted by name.
func (c *Catalog) Domains() []*Domain { return sortedValues(c.domains, Name.Compare) }

// IndexesWhere returns some of the indexes, sorted by name.
func (c *Catalog) IndexesWhere(match func(*Index) bool) []*Index {
	return valuesWhere(c.indexes, match, func(a, b *Index) int { return a.Name.Compare(b.Name) })
}

func (c *Catalog) tablesWhere(match func(*Table) bool) []*Table {
	return valuesWhere(c.tables, match, func(a, b *Table) int { return a.Name.Compare(b.Name) })
}

// valuesWhere returns some values: most often few, so that only those are sorted.
func valuesWhere[K comparable, V any](m map[K]V, match func(V) bool, compare func(V, V) int) []V {
	var list []V
	for _, v := range m {
		if match(v) {
			list = append(list, v)
		}
	}
	slices.SortFunc(list, compare)
	return list
}

func sortedValues[K comparable, V any](m map[K]V, compare func(K, K) int) []V {
	values := make([]V, 0, len(m))
	for _, k := range slices.SortedFunc(maps.Keys(m), compare) {
		values = append(values, m[k])
	}
	return values
}

// HasRelation reports whether a table, index or sequence of that name is known.
func (c *Catalog) HasRelation(n Name) bool {
	return c.tables[n] != nil || c.indexes[n] != nil || c.sequences[n] != nil
}

// KnowsType reports whether PostgreSQL comes with a type, or a statement has
// shown it.
func (c *Catalog) KnowsType(t Type) bool {
	return t.Array || c.knowsElement(t)
}

// knowsElement does the same, of an array for the type of its elements.
func (c *Catalog) knowsElement(t Type) bool {
	return t.Schema == "" && builtin.SystemType(t.Name) || c.hasType(t.userType())
}

// hasType reports whether a type of that name is known, row types included.
func (c *Catalog) hasType(n Name) bool {
	if c.enums[n] != nil || c.domains[n] != nil || c.tables[n] != nil {
		return true
	}
	_, ok := c.otherTypes[n]
	return ok
}

// ForeignKeysTo returns the foreign keys of other tables, and of the table
// itself, that reference it; sorted by table and name.
func (c *Catalog) ForeignKeysTo(n Name) []*Constraint {
	var keys []*Constraint
	for _, user := range c.referencing.of(n) {
		var own []*Constraint
		for _, k := range c.tables[user].Constraints {
			if k.Kind == ForeignKey && k.Referenced == n {
				own = append(own, k)
			}
		}
		slices.SortStableFunc(own, func(a, b *Constraint) int { return strings.Compare(a.Name, b.Name) })
		keys = append(keys, own...)
	}
	return keys
}

// Descendants returns all partitions or children below a table, direct and
// indirect, sorted by name.
func (c *Catalog) Descendants(n Name) []Name {
	return closure(n, func(n Name) []Name {
		if t := c.tables[n]; t != nil {
			return t.Children
		}
		return nil
	})
}

// Dependents returns the views and materialized views that read the relation,
// direct and indirect, sorted by name.
func (c *Catalog) Dependents(n Name) []Name { return closure(n, c.readers.of) }

// TypeUsers returns the tables with a column of the named enum, domain or
// composite type, sorted by name.
func (c *Catalog) TypeUsers(n Name) []Name { return c.typeUsers.of(n) }

// closure returns what can be reached from n, without n, sorted.
func closure(n Name, next func(Name) []Name) []Name {
	seen := map[Name]bool{n: true}
	var found []Name
	for queue := next(n); len(queue) > 0; {
		var more []Name
		for _, m := range queue {
			if !seen[m] {
				seen[m] = true
				found = append(found, m)
				more = append(more, next(m)...)
			}
		}
		queue = more
	}
	slices.SortFunc(found, Name.Compare)
	return found
}
