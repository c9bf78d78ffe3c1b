package lock

import (
	"slices"

	"github.com/premortem-lint/premortem/lint/migration"
)

// settings are the run-time parameters of a session. They follow transactions
// as guc.c has it: what a transaction or savepoint set is taken back with it,
// and SET LOCAL ends with the transaction.
type settings struct {
	values map[string]value // of parameters that a statement set
	runner map[string]value // what the session starts with, and RESET goes back to
	stacks map[string][]saved
	// touched has, for the transaction and each open savepoint, the
	// parameters whose stack has an entry for it.
	touched [][]string
}

// value is what a parameter is set to. The zero value is "not set": the
// runner's value is in force.
type value struct {
	set       bool
	known     bool // the text is known
	text      string
	statement *migration.Statement
}

// saved is what one level of one parameter goes back to.
type saved struct {
	level  int // 1: the transaction; 2 and more: savepoints
	how    how
	prior  value // before the level
	masked value // what SET gave, for setThenLocal
}

// how says what a level did to a parameter.
type how uint8

const (
	setLocally how = iota
	setForSession
	setThenLocal // SET, then SET LOCAL in the same level
)

// noResetAll are the parameters that RESET ALL leaves alone
// (pg_settings_get_flags: NO_RESET_ALL).
var noResetAll = []string{
	"role", "seed", "session_authorization",
	"transaction_deferrable", "transaction_isolation", "transaction_read_only",
}

// forget goes back to a new session.
func (s *settings) forget() {
	s.values = map[string]value{}
	s.stacks = map[string][]saved{}
	s.touched = nil
}

// get returns the value in force.
func (s *settings) get(name string) value {
	if v := s.values[name]; v.set {
		return v
	}
	return s.runner[name]
}

// assign executes one assignment.
func (s *settings) assign(a assignment, st *migration.Statement) {
	if a.all {
		s.resetAll()
		return
	}
	v := value{set: !a.reset, known: a.known, text: a.text, statement: st}
	switch {
	case a.reset:
		v = value{}
	case a.current:
		v = s.values[a.name]
	case isTimeout(a.name) && a.known:
		if _, err := ParseTimeout(a.text); err != nil {
			return // the server refuses it
		}
	}
	s.save(a.name, a.local)
	s.values[a.name] = v
}

func (s *settings) resetAll() {
	var names []string
	for name, v := range s.values {
		if v.set && !slices.Contains(noResetAll, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		s.save(name, false)
		s.values[name] = value{}
	}
}

// save remembers what the current level goes back to (push_old_value).
func (s *settings) save(name string, local bool) {
	level := len(s.touched)
	if level == 0 {
		return
	}
	stack := s.stacks[name]
	if n := len(stack); n > 0 && stack[n-1].level == level {
		top := &stack[n-1]
		switch {
		case !local:
			top.how = setForSession
		case top.how == setForSession:
			top.how, top.masked = setThenLocal, s.values[name]
		}
		return
	}
	entry := saved{level: level, how: setForSession, prior: s.values[name]}
	if local {
		entry.how = setLocally
	}
	s.stacks[name] = append(stack, entry)
	s.touched[level-1] = append(s.touched[level-1], name)
}

// push begins a transaction or a savepoint.
func (s *settings) push() { s.touched = append(s.touched, nil) }

// pop ends the innermost savepoint or the transaction (AtEOXact_GUC).
func (s *settings) pop(commit bool) {
	level := len(s.touched)
	if level == 0 {
		return
	}
	names := s.touched[level-1]
	s.touched = s.touched[:level-1]
	for _, name := range names {
		stack := s.stacks[name]
		top, below := stack[len(stack)-1], stack[:len(stack)-1]
		switch {
		case !commit:
			s.values[name] = top.prior
		case level == 1:
			switch top.how {
			case setLocally:
				s.values[name] = top.prior
			case setThenLocal:
				s.values[name] = top.masked
			}
		case len(below) == 0 || below[len(below)-1].level < level-1:
			stack[len(stack)-1].level--
			s.touched[level-2] = append(s.touched[level-2], name)
			continue
		default:
			below[len(below)-1].merge(top)
		}
		s.stacks[name] = below
	}
}

// merge adds what a released savepoint did to the level around it.
func (outer *saved) merge(inner saved) {
	switch {
	case inner.how == setForSession:
		outer.how = setForSession
	case inner.how == setThenLocal:
		outer.how, outer.masked = setThenLocal, inner.masked
	case outer.how == setForSession:
		outer.how, outer.masked = setThenLocal, inner.prior
	}
}
