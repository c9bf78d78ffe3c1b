package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// brief is a step that gives up after a few seconds of waiting for a lock. SET
// without LOCAL would outlast it: runners keep their connection, so that the
// timeout would cancel the CREATE INDEX CONCURRENTLY of a later migration, and
// behind a pooler it would reach the application.
func brief(statements ...string) lint.Step {
	return lint.Step{Statements: append([]string{"SET LOCAL lock_timeout = '5s'"}, statements...)}
}

// patiently drafts steps of which some run CONCURRENTLY, outside of a
// transaction block. Where a timeout will be in force that cancels these, they
// turn it off first, and back on where the runner has room for that. Where the
// runner sets it and has no room to turn it off, there is no draft.
func patiently(p *lint.Pass, message string, steps ...lint.Step) *lint.Instead {
	lockTimeout, statementTimeout := p.Session.LockTimeout(), p.Session.StatementTimeout()
	byRunner := configured(p.Config.LockTimeout) || configured(p.Config.StatementTimeout)
	if byRunner && !setsLast(p.Migration.Runner) {
		return &lint.Instead{Message: message + ", over a connection without a short lock_timeout or statement_timeout"}
	}
	var off, on []string
	for _, t := range []struct {
		name, byRunner string
		lock.Timeout
	}{
		{"lock_timeout", p.Config.LockTimeout, lockTimeout},
		{"statement_timeout", p.Config.StatementTimeout, statementTimeout},
	} {
		switch {
		case remains(t.Timeout, t.name):
			off, on = append(off, "SET "+t.name+" = 0"), append(on, fmt.Sprintf("SET %s = '%s'", t.name, inUnits(t.Value)))
		case configured(t.byRunner):
			off, on = append(off, "SET "+t.name+" = 0"), append(on, "RESET "+t.name)
		}
	}
	if !setsLast(p.Migration.Runner) {
		on = nil
	}
	steps = slices.Clone(steps)
	for i, step := range steps {
		if step.NoTransaction {
			steps[i].Statements = slices.Concat(off, step.Statements, on)
		}
	}
	return p.Instead(message, steps...)
}

// setsLast reports whether a SET lasts until the next statement where the
// runner opens no transaction: some send one statement of a file only.
func setsLast(r *migration.Runner) bool {
	return len(r.Draft([]string{"SET lock_timeout = 0", "SELECT 1"}, true)) == 1
}

// tooShort reports whether a timeout can cancel a concurrent command.
func tooShort(t lock.Timeout) bool { return t.Known && t.Value > 0 && t.Value < longBuild }

// configured reports whether the runner sets a timeout that is too short.
func configured(timeout string) bool {
	value, err := lock.ParseTimeout(timeout)
	return err == nil && tooShort(lock.Timeout{Known: true, Value: value})
}

// remains reports whether a timeout that is too short outlives the migration
// that sets it.
func remains(t lock.Timeout, name string) bool {
	return tooShort(t) && t.Statement != nil && !slices.ContainsFunc(lock.TimeoutSettings(t.Statement), func(s lock.Setting) bool {
		return s.Name == name && s.Local
	})
}
