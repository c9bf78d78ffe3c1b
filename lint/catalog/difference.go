package catalog

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// Difference is something that was otherwise at a Mark.
type Difference struct {
	// Text is a clause: "the table public.users is missing".
	Text string
	// Origin is that of what is there and was not, or zero.
	Origin Origin
}

// Reverse returns how the schema would differ from that at the mark after
// statements that are meant to restore it, and whether they change it at all. The
// catalog remains as it is.
//
// What may be older than the statement that created it (IF NOT EXISTS, OR REPLACE)
// is no difference, nor is a value of an enum type, which nothing takes back. What
// the statements themselves create was there before, known to the catalog or not;
// they may write an expression in another way, and a column that they add again
// may be nullable or have a default for the sake of the rows.
func (c *Catalog) Reverse(m *Mark, statements []*migration.Statement) (differences []Difference, changed bool) {
	if !c.open {
		c.Begin()
		defer c.Rollback()
	}
	at := len(c.undo)
	d := differ{c: c, m: m, restoring: map[*migration.Statement]bool{}}
	for _, s := range statements {
		d.restoring[s] = true
		c.Apply(s)
	}
	changed = len(c.undo) > at
	d.all()
	c.rewind(at)
	return d.found, changed
}

func (d *differ) all() {
	c, m := d.c, d.m
	for _, n := range sorted(m.tables) {
		d.table(n, m.tables[n], c.tables[n])
	}
	for _, n := range sorted(m.indexes) {
		d.index(m.indexes[n], c.indexes[n])
	}
	for _, n := range sorted(m.sequences) {
		if s := cmp.Or(c.sequences[n], m.sequences[n]); s != nil && s.OwnedBy == (Name{}) {
			d.presence("sequence", n.String(), m.sequences[n] != nil, c.sequences[n] != nil, s.Origin)
		}
	}
	for _, n := range sorted(m.enums) {
		if e := cmp.Or(c.enums[n], m.enums[n]); e != nil {
			d.presence("type", n.String(), m.enums[n] != nil, c.enums[n] != nil, e.Origin)
		}
	}
	for _, n := range sorted(m.domains) {
		if domain := cmp.Or(c.domains[n], m.domains[n]); domain != nil {
			d.presence("domain", n.String(), m.domains[n] != nil, c.domains[n] != nil, domain.Origin)
		}
	}
	for _, n := range sorted(m.otherTypes) {
		now, is := c.otherTypes[n]
		d.presence("type", n.String(), m.otherTypes[n] != (Origin{}), is, now)
	}
	for _, n := range sorted(m.functions) {
		d.functions(n, m.functions[n], c.functions[n])
	}
}

func sorted[V any](m map[Name]V) []Name { return slices.SortedFunc(maps.Keys(m), Name.Compare) }

// differ collects differences.
type differ struct {
	c         *Catalog
	m         *Mark
	restoring map[*migration.Statement]bool
	found     []Difference
}

// restored reports whether one of the statements that restore made it.
func (d *differ) restored(o Origin) bool { return o.Statement != nil && d.restoring[o.Statement] }

// left reports whether what is there now came after the mark.
func (d *differ) left(o Origin) bool { return !o.Maybe && !d.restored(o) }

func (d *differ) add(origin Origin, format string, args ...any) {
	d.found = append(d.found, Difference{fmt.Sprintf(format, args...), origin})
}

// presence tells of what is gone or left.
func (d *differ) presence(what, name string, was, is bool, origin Origin) {
	switch {
	case was && !is:
		d.add(Origin{}, "the %s %s is missing", what, name)
	case is && !was && d.left(origin):
		d.add(origin, "the %s %s is left", what, name)
	}
}

func (d *differ) table(n Name, was, is *Table) {
	known := cmp.Or(is, was)
	if known == nil {
		return // came and went
	}
	what := known.Kind.String()
	switch {
	case was == nil && is != nil && !is.Complete: // first seen since the mark
		was = &Table{Name: n, Kind: is.Kind}
	case was == nil || is == nil:
		if known.Persistence != Temporary {
			d.presence(what, n.String(), was != nil, is != nil, known.Origin)
		}
		return
	}
	if is.Kind == View || is.Kind == MaterializedView {
		if was.Query != nil && is.Query != nil && !d.restored(is.Origin) && !tree.Same(was.Query, is.Query) {
			d.add(Origin{}, "the %s %s has another query", what, n)
		}
		return
	}
	d.columns(was, is)
	d.constraints(was, is)
}

func (d *differ) columns(was, is *Table) {
	for _, old := range was.Columns {
		now := is.Column(old.Name)
		name := Name{Name: old.Name}.String()
		switch {
		case now == nil:
			d.add(Origin{}, "the column %s.%s is missing", was.Name, name)
		case old.Type.Name != "" && now.Type.Name != "" && old.Type.String() != now.Type.String():
			d.add(Origin{}, "the column %s.%s has the type %s, not %s", was.Name, name, now.Type, old.Type)
		case old.NotNull == Yes && now.NotNull == No && !d.restored(now.Origin):
			d.add(Origin{}, "the column %s.%s can be NULL", was.Name, name)
		case old.NotNull == No && now.NotNull == Yes:
			d.add(Origin{}, "the column %s.%s is NOT NULL", was.Name, name)
		case was.Complete && old.Default != nil && now.Default == nil:
			d.add(Origin{}, "the column %s.%s has no default", was.Name, name)
		case was.Complete && old.Default == nil && now.Default != nil && !d.restored(now.Origin):
			d.add(Origin{}, "the column %s.%s has a default", was.Name, name)
		}
	}
	for _, now := range is.Columns {
		if was.Column(now.Name) == nil && d.left(now.Origin) {
			d.add(now.Origin, "the column %s.%s is left", is.Name, Name{Name: now.Name})
		}
	}
}

// constraints compares what the constraints demand; their names may differ.
func (d *differ) constraints(was, is *Table) {
	for _, k := range was.Constraints {
		switch i := slices.IndexFunc(is.Constraints, func(o *Constraint) bool { return o.Name == k.Name }); {
		case k.Kind == NotNull || !columnsIn(k, is) || demanded(k, is) || d.c.uniqueIndex(is, k):
		case i < 0:
			d.add(Origin{}, "the constraint %s of %s is missing", Name{Name: k.Name}, was.Name)
		case !d.restored(is.Constraints[i].Origin):
			d.add(is.Constraints[i].Origin, "the constraint %s of %s demands something else", Name{Name: k.Name}, was.Name)
		}
	}
	for _, k := range is.Constraints {
		named := slices.ContainsFunc(was.Constraints, func(o *Constraint) bool { return o.Name == k.Name })
		if k.Kind != NotNull && !named && d.left(k.Origin) && columnsIn(k, was) && !demanded(k, was) {
			d.add(k.Origin, "the constraint %s of %s is left", Name{Name: k.Name}, is.Name)
		}
	}
}

// demanded reports whether a constraint of the table demands the same as k.
func demanded(k *Constraint, t *Table) bool { return slices.ContainsFunc(t.Constraints, k.demandsSame) }

// uniqueIndex reports whether an index does what a key does.
func (c *Catalog) uniqueIndex(t *Table, k *Constraint) bool {
	return k.Kind == Unique && slices.ContainsFunc(t.Indexes, func(n Name) bool {
		ix := c.indexes[n]
		return ix != nil && ix.Unique && ix.Predicate == nil && slices.EqualFunc(ix.Keys, k.Columns, func(key Key, column string) bool { return key.Column == column })
	})
}

// columnsIn reports whether the table has the constraint's columns; where it has
// not, that is told already.
func columnsIn(k *Constraint, t *Table) bool {
	return !slices.ContainsFunc(k.Columns, func(name string) bool { return t.Column(name) == nil && t.Complete })
}

func (k *Constraint) demandsSame(o *Constraint) bool {
	if k.Kind != o.Kind {
		return false
	}
	switch k.Kind {
	case Check:
		return tree.Same(k.Expr, o.Expr)
	case ForeignKey:
		return slices.Equal(k.Columns, o.Columns) && k.Referenced == o.Referenced && k.OnDelete == o.OnDelete
	case Exclusion:
		return k.Name == o.Name
	}
	return slices.Equal(k.Columns, o.Columns)
}

// index tells of indexes; those of constraints, and of tables that are gone, are
// told with them.
func (d *differ) index(was, is *Index) {
	known := cmp.Or(is, was)
	if known == nil {
		return
	}
	t, before := d.c.tables[known.Table], d.tableBefore(known.Table)
	if known.Constraint != "" || known.Parent != nil || t == nil || before == nil && t.Complete {
		return
	}
	switch {
	case was == nil || is == nil:
		table := t
		if is != nil {
			table = before
		}
		gone := func(column string) bool { return table != nil && table.Complete && table.Column(column) == nil }
		if !slices.ContainsFunc(known.Columns, gone) && !d.sameIndex(known, is != nil) {
			d.presence("index", known.Name.String(), was != nil, is != nil, known.Origin)
		}
	case !was.same(is) && !d.restored(is.Origin):
		d.add(Origin{}, "the index %s has another definition", is.Name)
	}
}

// tableBefore is the table at the mark.
func (d *differ) tableBefore(n Name) *Table {
	if t, noted := d.m.tables[n]; noted {
		return t
	}
	return d.c.tables[n]
}

// sameIndex reports whether an index that does the same, of another name, stands
// for one that is gone or left.
func (d *differ) sameIndex(ix *Index, left bool) bool {
	for n, was := range d.m.indexes {
		other := was
		if !left {
			other = d.c.indexes[n]
		}
		gone := d.c.indexes[n] == nil
		if other != nil && other.Name != ix.Name && gone == left && other.same(ix) && (left || was == nil) {
			return true
		}
	}
	return false
}

func (ix *Index) same(o *Index) bool {
	return ix.Table == o.Table && ix.Unique == o.Unique && ix.Method == o.Method && slices.Equal(ix.Include, o.Include) &&
		tree.Same(ix.Predicate, o.Predicate) && slices.EqualFunc(ix.Keys, o.Keys, func(a, b Key) bool {
		return a.Column == b.Column && a.Descending == b.Descending && tree.Same(a.Expr, b.Expr)
	})
}

func (d *differ) functions(n Name, was, is []*Function) {
	for _, f := range was {
		if !slices.ContainsFunc(is, f.sameInputs) {
			d.add(Origin{}, "the function %s is missing", n)
		}
	}
	for _, f := range is {
		if !f.Origin.Maybe && !slices.ContainsFunc(was, f.sameInputs) {
			d.add(f.Origin, "the function %s is left", n)
		}
	}
}
