package catalog

import (
	"slices"

	"github.com/premortem-lint/premortem/lint/migration"
)

// fork is a place where one of several arms runs, or none.
type fork struct {
	transaction int
	undo        int   // length of the journal before the arms
	before      *Mark // names what they change
	arms        []arm
}

// arm is how what it changes is without it, and after it.
type arm struct {
	before, after schema
	settled       bool
}

// Forked is what follows the forks of a DO block: a Catalog, and a session.
type Forked interface {
	Fork()
	EndArm(settled bool)
	Join()
}

// Run visits the statements of a DO block, in order. visit applies them to the catalog and to
// others that follow the forks.
func (c *Catalog) Run(code []migration.Code, visit func(*migration.Statement) error, others ...Forked) error {
	for _, step := range code {
		if step.Statement != nil {
			if err := visit(step.Statement); err != nil {
				return err
			}
			continue
		}
		c.Fork()
		for _, o := range others {
			o.Fork()
		}
		for _, a := range step.Arms {
			if a.Subtransaction {
				c.Savepoint("")
			}
			if err := c.Run(a.Code, visit, others...); err != nil {
				return err
			}
			if a.Subtransaction {
				c.Release("")
			}
			c.EndArm(a.Settled)
			for _, o := range others {
				o.EndArm(a.Settled)
			}
		}
		c.Join()
		for _, o := range others {
			o.Join()
		}
	}
	return nil
}

// Fork begins a place where one of several arms runs, or none: IF in PL/pgSQL.
// Within an arm its statements are certain. EndArm ends each; the next begins with
// what was before the fork. Join ends the fork.
func (c *Catalog) Fork() {
	c.forks = append(c.forks, fork{transaction: c.transaction, undo: len(c.undo), before: c.Mark()})
}

// EndArm ends an arm. Settled: what the arm does is done afterwards, whether it
// ran or had nothing to do.
func (c *Catalog) EndArm(settled bool) {
	f := &c.forks[len(c.forks)-1]
	if !c.open || f.transaction != c.transaction || len(c.undo) == f.undo {
		return // committed: too late to take it back; or it did nothing
	}
	after := c.only(&f.before.schema)
	c.rewind(f.undo)
	f.arms = append(f.arms, arm{c.only(&f.before.schema), after, settled})
}

// Join ends the fork: what arms that are not settled do may be so.
func (c *Catalog) Join() {
	f := c.forks[len(c.forks)-1]
	c.forks = c.forks[:len(c.forks)-1]
	c.Unmark(f.before)
	for _, a := range f.arms {
		c.joinArm(a.before, a.after, a.settled)
	}
}

func (c *Catalog) joinArm(before, arm schema, settled bool) {
	there := map[Name]bool{} // tables that a settled arm found
	for n := range union(before.tables, arm.tables) {
		old, after := before.tables[n], arm.tables[n]
		switch {
		case old == after:
		case after == nil:
			switch {
			case c.tables[n] == nil:
			case settled:
				c.relink(c.tables[n], nil)
				remove(&c.journal, c.tables, n)
			default:
				c.edit(n, func(t *Table) { t.Doubted = true })
			}
		case settled && old != nil && after.Origin.Statement != old.Origin.Statement:
			there[n] = true // it had nothing to do
		case c.tables[n] == nil:
			t := *after
			t.Origin.Maybe = true
			t.Doubted = t.Doubted || !settled
			c.setTable(&t)
		default:
			now := c.tables[n] // which an arm before may have changed
			c.setTable(joinTable(now, after, settled && now == old))
		}
	}
	joinMap(c, c.sequences, before.sequences, arm.sequences, settled, func(_ Name, s *Sequence) {
		if !there[s.OwnedBy] {
			c.setSequence(s)
		}
	}, c.unlinkSequence)
	joinMap(c, c.indexes, before.indexes, arm.indexes, settled, func(n Name, i *Index) {
		if there[i.Table] || settled && before.indexes[n] != nil && before.indexes[n].Origin.Statement != i.Origin.Statement {
			return
		}
		index := *i
		if index.Origin.Maybe = true; !settled {
			index.Valid = Unknown
		}
		put(&c.journal, c.indexes, n, &index)
	}, nil)
	joinMap(c, c.enums, before.enums, arm.enums, settled, func(n Name, e *Enum) {
		enum := *e
		if old := before.enums[n]; old == nil {
			enum.Origin.Maybe = true
		} else if settled && old.Origin.Statement != e.Origin.Statement {
			return
		}
		put(&c.journal, c.enums, n, &enum)
	}, nil)
	joinMap(c, c.domains, before.domains, arm.domains, settled, func(n Name, d *Domain) {
		domain := *d
		if old := before.domains[n]; old == nil {
			domain.Origin.Maybe = true
		} else if settled && old.Origin.Statement != d.Origin.Statement {
			return
		}
		put(&c.journal, c.domains, n, &domain)
	}, nil)
	joinMap(c, c.publications, before.publications, arm.publications, settled, nil, nil)
	joinMap(c, c.otherTypes, before.otherTypes, arm.otherTypes, settled, func(n Name, o Origin) {
		o.Maybe = true
		put(&c.journal, c.otherTypes, n, o)
	}, nil)
	joinMap(c, c.unqualified, before.unqualified, arm.unqualified, settled, func(key unqualified, o Origin) {
		if _, had := before.unqualified[key]; had {
			return
		}
		o.Maybe = true
		put(&c.journal, c.unqualified, key, o)
	}, nil)
	joinMap(c, c.triggers, before.triggers, arm.triggers, settled, func(t trigger, facts triggerFacts) {
		put(&c.journal, c.triggers, t, facts)
		c.triggerUses.add(&c.journal, facts.function, t.table)
	}, nil)
	for key := range union(before.definitions, arm.definitions) {
		was, had := before.definitions[key]
		is, has := arm.definitions[key]
		switch {
		case has && (!had || was.origin.Statement != is.origin.Statement || !slices.Equal(was.uses, is.uses)):
			put(&c.journal, c.definitions, key, is)
		case !has && settled:
			remove(&c.journal, c.definitions, key)
		}
	}
	for n := range union(before.functions, arm.functions) {
		after := arm.functions[n]
		switch {
		case slices.Equal(before.functions[n], after):
		case !settled:
			if after == nil {
				after = c.functions[n]
			}
			put(&c.journal, c.functions, n, doubtedFunctions(after))
		case after == nil:
			remove(&c.journal, c.functions, n)
		default:
			put(&c.journal, c.functions, n, after)
		}
	}
}

// joinMap takes over what an arm did to a map. set publishes a value, forget is
// called before one goes; both may be nil.
func joinMap[K, V comparable](c *Catalog, now, before, after map[K]V, settled bool, set func(K, V), forget func(K)) {
	for k := range union(before, after) {
		value, has := after[k]
		old, had := before[k]
		switch {
		case has == had && value == old:
		case has && set != nil:
			set(k, value)
		case has:
			put(&c.journal, now, k, value)
		case settled:
			if forget != nil {
				forget(k)
			}
			remove(&c.journal, now, k)
		}
	}
}

// union has the keys of both maps.
func union[K comparable, V any](a, b map[K]V) map[K]struct{} {
	keys := make(map[K]struct{}, max(len(a), len(b)))
	for k := range a {
		keys[k] = struct{}{}
	}
	for k := range b {
		keys[k] = struct{}{}
	}
	return keys
}

// joinTable returns the table after an arm that changed it.
func joinTable(old, after *Table, settled bool) *Table {
	t := *after
	t.Origin, t.Complete = old.Origin, old.Complete
	t.Doubted = t.Doubted || old.Doubted || !settled
	t.Columns, t.Constraints = nil, nil
	for _, column := range after.Columns {
		was := old.Column(column.Name)
		switch own := *column; {
		case settled && was != nil && was.Origin.Statement != column.Origin.Statement:
			t.Columns = append(t.Columns, was)
		case was == column:
			t.Columns = append(t.Columns, column)
		case was == nil:
			own.Origin.Maybe = true
			if !settled && own.NotNull == Yes {
				own.NotNull = Unknown
			}
			t.Columns = append(t.Columns, &own)
		default:
			if !settled && own.NotNull != was.NotNull {
				own.NotNull = Unknown
			}
			if !settled && own.Type.String() != was.Type.String() {
				own.Type = Type{}
			}
			t.Columns = append(t.Columns, &own)
		}
	}
	for _, k := range after.Constraints {
		was := old.Constraint(k.Name)
		switch own := *k; {
		case was == k:
			t.Constraints = append(t.Constraints, k)
			continue
		case settled && was != nil && was.Origin.Statement != k.Origin.Statement:
			t.Constraints = append(t.Constraints, was)
		case settled && was == nil:
			own.Origin.Maybe = true
			t.Constraints = append(t.Constraints, &own)
		case settled:
			t.Constraints = append(t.Constraints, &own)
		default:
			own.Maybe = true
			own.Validated = own.Validated && was != nil && was.Validated
			t.Constraints = append(t.Constraints, &own)
		}
	}
	if settled {
		return &t
	}
	for _, column := range old.Columns {
		if after.Column(column.Name) == nil {
			t.Columns = append(t.Columns, column)
		}
	}
	for _, k := range old.Constraints {
		if after.Constraint(k.Name) == nil {
			own := *k
			own.Maybe, own.Validated = true, false
			t.Constraints = append(t.Constraints, &own)
		}
	}
	t.Indexes = joined(old.Indexes, after.Indexes)
	t.Children = joined(old.Children, after.Children)
	t.Inherits = joined(old.Inherits, after.Inherits)
	t.Triggers = joined(old.Triggers, after.Triggers)
	t.Policies = joined(old.Policies, after.Policies)
	t.Rules = joined(old.Rules, after.Rules)
	if t.PartitionOf == nil {
		t.PartitionOf, t.PartitionBound, t.PartitionDefault = old.PartitionOf, old.PartitionBound, old.PartitionDefault
	}
	if t.DefaultPartition == nil {
		t.DefaultPartition = old.DefaultPartition
	}
	return &t
}

// joined returns the first list and what the second has more.
func joined[T comparable](a, b []T) []T {
	list := slices.Clip(a)
	for _, x := range b {
		if !slices.Contains(a, x) {
			list = append(list, x)
		}
	}
	return list
}
