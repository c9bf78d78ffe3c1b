// Package timeline tells how the locks of a migration follow each other:
// which relation is locked while which statement runs.
package timeline

import (
	"cmp"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Timeline is the locks of one migration. Moments are numbered from 0.
type Timeline struct {
	Migration *migration.Migration
	Server    int      // PostgreSQL major
	Moments   []Moment // one for each statement, in order
	// Relations are those that the migration locks, with the strongest lock
	// first; new ones last; equals by name.
	Relations []*Relation
}

// Moment is the time in which one statement runs.
type Moment struct {
	Statement *migration.Statement
	// Transaction numbers the transaction block, from 1; 0 for a statement
	// that commits by itself.
	Transaction int
	Work        []Work
}

// Work is what a statement does while it holds its locks, catalog changes
// left out.
type Work struct {
	Relation *Relation
	lock.Work
	// Waits is true for commands that wait for older transactions.
	Waits bool
}

// Relation is a relation with the locks that the migration holds on it.
type Relation struct {
	Name catalog.Name
	// New is true when the migration's release creates the relation, so that
	// no traffic can wait for the lock.
	New       bool
	Strongest lock.Mode
	Spans     []Span // in order; they do not overlap

	open bool // the last span goes on
}

// Span is a time in which a lock is held in one mode.
type Span struct {
	From, To int // the first and the last moment
	Mode     lock.Mode
}

// At returns the mode that is held on the relation at a moment, lock.None
// outside of all spans.
func (r *Relation) At(moment int) lock.Mode {
	i, found := slices.BinarySearchFunc(r.Spans, moment, func(s Span, m int) int {
		switch {
		case s.To < m:
			return -1
		case s.From > m:
			return 1
		}
		return 0
	})
	if !found {
		return lock.None
	}
	return r.Spans[i].Mode
}

// Of replays the histories and returns the timeline of each migration under
// review, in order. It fails as lint.Replay does.
func Of(histories []*migration.History, config lint.Config) ([]*Timeline, error) {
	var all []*Timeline
	var b *builder
	err := lint.Replay(histories, config, lint.Visitor{
		Migration: func(p lint.Pass) error {
			b.finish()
			b = nil
			if p.Migration.UnderReview {
				b = &builder{
					Timeline:  &Timeline{Migration: p.Migration, Server: p.Server},
					relations: map[catalog.Name]*Relation{},
				}
				all = append(all, b.Timeline)
			}
			return nil
		},
		Statement: func(p lint.Pass) error {
			if b != nil {
				b.statement(&p)
			}
			return nil
		},
		Applied: func(p lint.Pass) error {
			if b != nil {
				b.applied(&p)
			}
			return nil
		},
	})
	b.finish()
	for _, t := range all {
		slices.SortFunc(t.Relations, func(x, y *Relation) int {
			return cmp.Or(boolean(x.New)-boolean(y.New), int(y.Strongest)-int(x.Strongest),
				cmp.Compare(x.Name.Schema, y.Name.Schema), cmp.Compare(x.Name.Name, y.Name.Name))
		})
	}
	return all, err
}

func boolean(b bool) int {
	if b {
		return 1
	}
	return 0
}

// builder makes one timeline.
type builder struct {
	*Timeline
	relations map[catalog.Name]*Relation
	open      []*Relation // those with an open span
	held      int         // locks that the session held after the last statement
	block     lock.Block  // of the last statement
	opener    *migration.Statement
	number    int // of the last transaction block
}

// statement sees a statement before it is applied: it takes its locks.
func (b *builder) statement(p *lint.Pass) {
	now := len(b.Moments)
	if len(p.Session.Held) == 0 { // the message before it ended a block
		b.release(now-1, nil)
	}
	b.Moments = append(b.Moments, Moment{Statement: p.Statement, Transaction: b.transaction(p.Session)})
	for _, e := range p.Effects {
		if e.Index && slices.ContainsFunc(p.Effects, func(table lock.Effect) bool { return !table.Index && table.Mode >= e.Mode }) {
			continue // the lock on the index's table says enough
		}
		r := b.relation(p, e)
		b.take(r, now, e.Mode)
		if e.Work > lock.RowReads || e.Waits {
			b.work(now, Work{r, e.Work, e.Waits})
		}
	}
}

// work adds the work of one effect, equal ones once.
func (b *builder) work(now int, w Work) {
	if m := &b.Moments[now]; !slices.Contains(m.Work, w) {
		m.Work = append(m.Work, w)
	}
}

// transaction numbers the statement's transaction block. A BEGIN belongs to
// the block that it opens.
func (b *builder) transaction(s *lock.Session) int {
	block, opener := s.Opener()
	if block != lock.NoBlock && (block != b.block || opener != b.opener) {
		b.number++
		if last := len(b.Moments) - 1; last >= 0 && (block == lock.ExplicitBlock || block == lock.DoBlock) && b.Moments[last].Statement == opener {
			b.Moments[last].Transaction = b.number
		}
	}
	b.block, b.opener = block, opener
	if block == lock.NoBlock {
		return 0
	}
	return b.number
}

func (b *builder) relation(p *lint.Pass, e lock.Effect) *Relation {
	r := b.relations[e.Relation]
	if r == nil {
		r = &Relation{Name: e.Relation, New: !p.Exists(e.Relation, e.Index)}
		b.relations[e.Relation] = r
		b.Relations = append(b.Relations, r)
	}
	return r
}

// take begins a span, unless the lock is held already.
func (b *builder) take(r *Relation, now int, mode lock.Mode) {
	if mode == lock.None {
		return
	}
	r.Strongest = max(r.Strongest, mode)
	if r.open {
		s := &r.Spans[len(r.Spans)-1]
		if s.Mode >= mode {
			return
		}
		if s.From == now {
			s.Mode = mode
			return
		}
		s.To = now - 1
	} else {
		r.open = true
		b.open = append(b.open, r)
	}
	r.Spans = append(r.Spans, Span{From: now, To: now, Mode: mode})
}

// applied sees a statement after it has been applied: what the session holds
// no longer is released.
func (b *builder) applied(p *lint.Pass) {
	now, held := len(b.Moments)-1, len(p.Session.Held)
	if held == 0 || held < b.held { // fewer: ROLLBACK TO
		still := map[catalog.Name]bool{}
		for _, h := range p.Session.Held {
			still[h.Relation] = true
		}
		b.release(now, still)
	}
	b.held = held
}

// release ends the spans of what is not held after the moment.
func (b *builder) release(now int, still map[catalog.Name]bool) {
	b.open = slices.DeleteFunc(b.open, func(r *Relation) bool {
		if still[r.Name] {
			return false
		}
		s := &r.Spans[len(r.Spans)-1]
		s.To, r.open = max(s.From, now), false
		return true
	})
}

// finish ends the timeline: the runner commits.
func (b *builder) finish() {
	if b != nil {
		b.release(len(b.Moments)-1, nil)
	}
}
