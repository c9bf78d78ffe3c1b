package lock

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// Held is a lock that the open transaction holds.
type Held struct {
	Effect
	Statement *migration.Statement // took it
	Migration *migration.Migration
	// Emptied: the transaction has truncated the table, and put no row into it
	// since. Work on it is over at once.
	Emptied bool
	// Proven: the transaction has passed a statement that fails as soon as the table
	// has a row, and put none into it since.
	Proven bool
	// Deleted: it has no row that is alive, but those that it deleted are still
	// in its file, and still work.
	Deleted bool
	// Dropped: the transaction has dropped the relation.
	Dropped bool
}

// holdings finds the locks of Session.Held by relation, and takes back what a
// savepoint took.
type holdings struct {
	index map[catalog.Name]int // into Session.Held
	done  []change
}

// change is one change of Session.Held that can be undone.
type change struct {
	at       int  // index into Session.Held
	added    bool // the lock is new; else before is what it was
	before   Held
	hid      bool // the new name was that of another lock: hidden
	hiddenAt int
}

// acquire adds the locks of a statement that its transaction keeps.
func (s *Session) acquire(st *migration.Statement, effects []Effect) {
	truncates, deletes := st.Node.GetTruncateStmt() != nil, deletesAll(st.Node.GetDeleteStmt())
	if st.Body == nil && callsUnknown(st.Node) {
		s.Fill()
	}
	for _, e := range effects {
		// The CONCURRENTLY forms commit as they go and keep nothing. A lock
		// that may be none is not one to rely on.
		if e.Mode == None || e.Waits || e.MayBeMissing() {
			continue
		}
		e.Range = st.Place(e.Range)
		s.hold(Held{Effect: e, Statement: st, Migration: s.migration})
		switch {
		case truncates:
			s.empty(s.locks.index[e.Relation], true, false)
		case e.NeedsEmpty:
			s.prove(s.locks.index[e.Relation])
		case deletes && !e.Implied && e.Work == RowChanges:
			at := s.locks.index[e.Relation]
			s.empty(at, s.Held[at].Emptied, true)
		case e.Work == RowChanges:
			s.empty(s.locks.index[e.Relation], false, false)
		}
	}
}

// hold adds a lock, unless a stronger one on the relation is held.
func (s *Session) hold(lock Held) {
	at, held := s.locks.index[lock.Relation]
	switch {
	case !held:
		s.locks.done = append(s.locks.done, change{at: len(s.Held), added: true})
		s.locks.index[lock.Relation] = len(s.Held)
		s.Held = append(s.Held, lock)
	case s.Held[at].Mode < lock.Mode:
		s.locks.done = append(s.locks.done, change{at: at, before: s.Held[at]})
		lock.Emptied, lock.Proven, lock.Deleted = s.Held[at].Emptied, s.Held[at].Proven, s.Held[at].Deleted
		s.Held[at] = lock
	}
}

// Emptied reports whether the open transaction has truncated the table, or would
// have failed if it had a row, and put no row into it since.
func (s *Session) Emptied(n catalog.Name) bool {
	if s == nil {
		return false
	}
	at, held := s.locks.index[n]
	return held && (s.Held[at].Emptied || s.Held[at].Proven)
}

// Rowless reports whether the open transaction has truncated the table or
// deleted all of its rows, and put no row into it since: no row of it refuses
// anything, but work on it may still take its time.
func (s *Session) Rowless(n catalog.Name) bool {
	if s == nil {
		return false
	}
	at, held := s.locks.index[n]
	return held && (s.Held[at].Emptied || s.Held[at].Deleted)
}

// deletesAll reports whether a DELETE takes every row of its table and of those
// below it.
func deletesAll(d *pg_query.DeleteStmt) bool {
	return d.GetRelation().GetInh() && d.WhereClause == nil && len(d.UsingClause) == 0 && len(d.WithClause.GetCtes()) == 0
}

// Fill tells the session of text that nobody analysed: it may have put rows
// into any table.
func (s *Session) Fill() {
	for at := range s.Held {
		s.empty(at, false, false)
	}
}

func (s *Session) empty(at int, truncated, deleted bool) {
	proven := s.Held[at].Proven && (truncated || deleted)
	if s.Held[at].Emptied != truncated || s.Held[at].Proven != proven || s.Held[at].Deleted != deleted {
		s.locks.done = append(s.locks.done, change{at: at, before: s.Held[at]})
		s.Held[at].Emptied, s.Held[at].Proven, s.Held[at].Deleted = truncated, proven, deleted
	}
}

func (s *Session) prove(at int) {
	if !s.Held[at].Proven {
		s.locks.done = append(s.locks.done, change{at: at, before: s.Held[at]})
		s.Held[at].Proven = true
	}
}

// callsUnknown reports whether a statement runs code that Effects does not read.
func callsUnknown(n *pg_query.Node) bool {
	if n.GetDoStmt() != nil || n.GetCallStmt() != nil || n.GetExecuteStmt() != nil {
		return true
	}
	unknown := false
	if n.GetSelectStmt() != nil {
		tree.Walk(n, func(m proto.Message) bool {
			call, ok := m.(*pg_query.FuncCall)
			unknown = unknown || ok && builtin.Volatility(tree.Last(call.GetFuncname()), newestServer) == 0
			return !unknown
		})
	}
	return unknown
}

// follow gives the locks the names that their relations have after the
// statement.
func (s *Session) follow(st *migration.Statement, effects []Effect) {
	if len(s.Held) == 0 {
		return
	}
	switch n := st.Node.GetNode().(type) {
	case *pg_query.Node_DropStmt:
		if isRelation(n.DropStmt.GetRemoveType()) && n.DropStmt.GetRemoveType() != pg_query.ObjectType_OBJECT_INDEX {
			for _, e := range effects {
				if at, held := s.locks.index[e.Relation]; held && !e.Implied {
					s.locks.done = append(s.locks.done, change{at: at, before: s.Held[at]})
					s.Held[at].Dropped = true
				}
			}
		}
	case *pg_query.Node_RenameStmt:
		rename := n.RenameStmt
		switch {
		case rename.GetRenameType() == pg_query.ObjectType_OBJECT_SCHEMA:
			for at := range s.Held {
				if name := s.Held[at].Relation; name.Schema == rename.GetSubname() {
					name.Schema = rename.GetNewname()
					s.rename(at, name)
				}
			}
		case isRelation(rename.GetRenameType()):
			if at, name, ok := s.subject(rename.GetRelation(), effects); ok {
				name.Name = rename.GetNewname()
				s.rename(at, name)
			}
		}
	case *pg_query.Node_AlterObjectSchemaStmt:
		move := n.AlterObjectSchemaStmt
		if at, name, ok := s.subject(move.GetRelation(), effects); ok && isRelation(move.GetObjectType()) {
			name.Schema = move.GetNewschema()
			s.rename(at, name)
		}
	}
}

func isRelation(t pg_query.ObjectType) bool {
	switch t {
	case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_INDEX,
		pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW,
		pg_query.ObjectType_OBJECT_FOREIGN_TABLE, pg_query.ObjectType_OBJECT_SEQUENCE:
		return true
	}
	return false
}

// subject finds the held lock on the relation that the statement names. The
// effects have its full name from before the statement.
func (s *Session) subject(r *pg_query.RangeVar, effects []Effect) (at int, name catalog.Name, ok bool) {
	for _, e := range effects {
		if !e.Implied && e.Relation.Name == r.GetRelname() {
			at, ok = s.locks.index[e.Relation]
			return at, e.Relation, ok
		}
	}
	return 0, name, false
}

func (s *Session) rename(at int, name catalog.Name) {
	old := s.Held[at].Relation
	if s.locks.index[old] != at {
		return // a dropped relation, whose name another one has by now
	}
	c := change{at: at, before: s.Held[at]}
	delete(s.locks.index, old)
	c.hiddenAt, c.hid = s.locks.index[name]
	s.locks.done = append(s.locks.done, c)
	s.Held[at].Relation = name
	s.locks.index[name] = at
}

// undo takes back all changes after the first n.
func (s *Session) undo(n int) {
	for len(s.locks.done) > n {
		last := len(s.locks.done) - 1
		c := s.locks.done[last]
		s.locks.done = s.locks.done[:last]
		delete(s.locks.index, s.Held[c.at].Relation)
		if c.hid {
			s.locks.index[s.Held[c.at].Relation] = c.hiddenAt
		}
		if c.added {
			s.Held = s.Held[:c.at]
			continue
		}
		s.Held[c.at] = c.before
		s.locks.index[c.before.Relation] = c.at
	}
}

// release drops all locks.
func (s *Session) release() {
	s.Held = nil
	s.locks.done = nil
	if len(s.locks.index) > 0 {
		s.locks.index = map[catalog.Name]int{}
	}
}
