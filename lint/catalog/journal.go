package catalog

import (
	"maps"
	"slices"
)

// journal remembers how to take back what the open transaction did.
type journal struct {
	undo       []func()
	savepoints []savepoint
	open       bool
	marks      []*Mark // oldest first
}

type savepoint struct {
	name string
	mark int // length of undo
}

func (j *journal) record(undo func()) {
	if j.open {
		j.undo = append(j.undo, undo)
	}
}

func (j *journal) rewind(mark int) {
	for i := len(j.undo) - 1; i >= mark; i-- {
		j.undo[i]()
	}
	j.undo = j.undo[:mark]
}

// put sets an entry of one of the catalog's maps, remove deletes one.
func put[K comparable, V any](j *journal, m map[K]V, k K, v V) {
	old, had := m[k]
	m[k] = v
	for _, mark := range j.marks {
		mark.note(m, k, old)
	}
	j.record(func() { restore(m, k, old, had) })
}

func remove[K comparable, V any](j *journal, m map[K]V, k K) {
	if old, had := m[k]; had {
		delete(m, k)
		for _, mark := range j.marks {
			mark.note(m, k, old)
		}
		j.record(func() { restore(m, k, old, had) })
	}
}

func restore[K comparable, V any](m map[K]V, k K, old V, had bool) {
	if had {
		m[k] = old
	} else {
		delete(m, k)
	}
}

// links are sets of names by name.
type links map[Name]map[Name]struct{}

func (l links) of(n Name) []Name { return slices.SortedFunc(maps.Keys(l[n]), Name.Compare) }

func (l links) clone() links {
	clone := make(links, len(l))
	for from, to := range l {
		clone[from] = maps.Clone(to)
	}
	return clone
}

func (l links) add(j *journal, from, to Name) {
	if l[from] == nil {
		l[from] = map[Name]struct{}{}
	}
	put(j, l[from], to, struct{}{})
}

func (l links) remove(j *journal, from, to Name) { remove(j, l[from], to) }

// Begin opens a transaction: explicit, or around one statement or message.
// Transactions are numbered from 1; outside there is none.
func (c *Catalog) Begin() {
	if c.open {
		return
	}
	c.open = true
	c.begun++
	c.transaction = c.begun
}

// Commit ends the transaction and keeps what it did.
func (c *Catalog) Commit() { c.end() }

// Rollback ends the transaction and undoes what it did.
func (c *Catalog) Rollback() {
	c.rewind(0)
	c.end()
}

func (c *Catalog) end() {
	c.journal = journal{undo: c.undo[:0], savepoints: c.savepoints[:0], marks: c.marks}
	clear(c.undo[:cap(c.undo)])
	c.transaction = 0
	c.localPath = nil
}

// Savepoint executes the command of the same name.
func (c *Catalog) Savepoint(name string) {
	if c.open {
		c.savepoints = append(c.savepoints, savepoint{name, len(c.undo)})
	}
}

// RollbackTo executes ROLLBACK TO: the savepoint itself stays. A name that is
// not a savepoint does nothing.
func (c *Catalog) RollbackTo(name string) {
	if i := c.findSavepoint(name); i >= 0 {
		c.rewind(c.savepoints[i].mark)
		c.savepoints = c.savepoints[:i+1]
	}
}

// Release executes RELEASE: the savepoint and those behind it go, what they
// did stays.
func (c *Catalog) Release(name string) {
	if i := c.findSavepoint(name); i >= 0 {
		c.savepoints = c.savepoints[:i]
	}
}

func (c *Catalog) findSavepoint(name string) int {
	for i := len(c.savepoints) - 1; i >= 0; i-- {
		if c.savepoints[i].name == name {
			return i
		}
	}
	return -1
}
