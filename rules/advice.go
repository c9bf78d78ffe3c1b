package rules

import (
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// patiently drafts steps of which some run CONCURRENTLY, outside of a
// transaction block. Where a timeout will be in force that cancels these, they
// turn it off first. Where the runner sets it and has no room for that, there
// is no draft.
func patiently(p *lint.Pass, message string, steps ...lint.Step) *lint.Instead {
	lockTimeout, statementTimeout := p.Session.LockTimeout(), p.Session.StatementTimeout()
	byRunner := configured(p.Config.LockTimeout) || configured(p.Config.StatementTimeout)
	if byRunner && !setsLast(p.Migration.Runner) {
		return &lint.Instead{Message: message + ", over a connection without a short lock_timeout or statement_timeout"}
	}
	offLock := configured(p.Config.LockTimeout) || remains(lockTimeout, "lock_timeout")
	offStatement := configured(p.Config.StatementTimeout) || remains(statementTimeout, "statement_timeout")
	steps = slices.Clone(steps)
	for i, step := range steps {
		if !step.NoTransaction {
			// A SET without LOCAL lasts as long as the runner's connection.
			offLock = offLock || slices.ContainsFunc(step.Statements, func(s string) bool { return strings.HasPrefix(s, "SET lock_timeout") })
			continue
		}
		var off []string
		if offLock {
			off = append(off, "SET lock_timeout = 0")
		}
		if offStatement {
			off = append(off, "SET statement_timeout = 0")
		}
		steps[i].Statements = append(off, step.Statements...)
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
	return tooShort(t) && t.Statement != nil && !slices.ContainsFunc(lock.TimeoutSettings(t.Statement), func(s lock.TimeoutSetting) bool {
		return s.Name == name && s.Local
	})
}
