package lock

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
)

// fork is a place in a DO block where one of several arms runs, or none.
type fork struct {
	transaction *migration.Statement // the first statement of the one that is open
	mark        int                  // length of holdings.done
	held        []Held               // what the arms took
}

// Enter goes into a DO block that Before has prepared: Apply then is for the
// statements of its body. Leave goes out of it, and Apply of the block follows.
func (s *Session) Enter(do *migration.Statement) { s.do = append(s.do, do) }

// Leave is the opposite of Enter.
func (s *Session) Leave() { s.do = s.do[:len(s.do)-1] }

// outside returns the session as it is around its DO blocks, for reading only.
func (s *Session) outside() *Session {
	outer := *s
	outer.do = nil
	return &outer
}

// Fork begins a place in a DO block where one of several arms runs, or none. An
// arm does not see the locks of those before it; behind the fork, which Join
// ends, the locks of all may be held, and so they are.
func (s *Session) Fork() {
	s.forks = append(s.forks, fork{transaction: s.first, mark: len(s.locks.done)})
}

// EndArm ends an arm.
func (s *Session) EndArm(bool) {
	f := &s.forks[len(s.forks)-1]
	if f.transaction != s.first || len(s.locks.done) <= f.mark {
		return
	}
	for _, c := range s.locks.done[f.mark:] {
		f.held = append(f.held, s.Held[c.at])
	}
	s.undo(f.mark)
}

// Join ends the fork.
func (s *Session) Join() {
	f := s.forks[len(s.forks)-1]
	s.forks = s.forks[:len(s.forks)-1]
	for _, h := range f.held {
		h.Emptied, h.Proven, h.Deleted = false, false, false
		s.hold(h)
		s.empty(s.locks.index[h.Relation], false, false) // an arm may have filled it
	}
}

// misplacedInside says what goes wrong with transaction control in a DO block.
// PL/pgSQL has COMMIT and ROLLBACK only, and has them only where the block
// stands in no transaction block, and not between a BEGIN and its EXCEPTION.
// Measured.
func (s *Session) misplacedInside(c *pg_query.TransactionStmt, st *migration.Statement) (problem string, refused bool) {
	if st.Executed {
		return "fails with 0A000: EXECUTE of transaction commands is not implemented", true
	}
	switch c.GetKind() {
	case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT, pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		why := s.outside().WhyInBlock()
		if why == "" && st.Subtransaction {
			why = "BEGIN with EXCEPTION is a subtransaction"
		}
		if why == "" {
			return "", false
		}
		return "fails with 2D000, invalid transaction termination: " + why, true
	}
	return "fails with 0A000: PL/pgSQL has no such command", true
}

// controlInside executes COMMIT or ROLLBACK in a DO block.
func (s *Session) controlInside(c *pg_query.TransactionStmt, st *migration.Statement) {
	if _, refused := s.misplacedInside(c, st); refused {
		return
	}
	s.finish(c.GetKind() != pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK)
	s.begin()
	s.state, s.first = single, st
}
