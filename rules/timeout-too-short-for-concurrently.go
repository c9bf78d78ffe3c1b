package rules

import (
	"fmt"
	"slices"
	"time"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

// longBuild is a timeout that leaves a concurrent command time enough.
const longBuild = time.Hour

var timeoutTooShortForConcurrently = &lint.Rule{
	Name:     "timeout-too-short-for-concurrently",
	Doc:      page("timeout-too-short-for-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		words, leaves := concurrentCommand(p)
		if words == "" || p.Session.WhyInBlock() != "" {
			return nil
		}
		for _, t := range []struct {
			name, ends string
			lock.Timeout
		}{
			{"lock_timeout", "waits for another transaction", p.Session.LockTimeout()},
			{"statement_timeout", "takes", p.Session.StatementTimeout()},
		} {
			if !tooShort(t.Timeout) {
				continue
			}
			d := lint.Diagnostic{
				Range: head(p.Statement, words),
				Message: fmt.Sprintf("%s is canceled when it %s longer than the %s of %s, and leaves %s",
					words, t.ends, t.name, inUnits(t.Value), leaves),
				Instead: patiently(p, "turn the timeouts off for this command", lint.Step{Statements: []string{p.Statement.Text()}, NoTransaction: true}),
			}
			if !anyConcurrent(p, slices.Concat(p.Preceding(), p.Following())) { // else one SET is enough for all
				d.SuggestedFixes = p.Fix(d.Instead)
			}
			if t.Statement != nil {
				d.Related = []lint.Related{{Range: t.Statement.Range, File: t.Statement.File(), Message: "sets " + t.name}}
			}
			p.Report(d)
			return nil
		}
		return nil
	},
}

// concurrentCommand names a command that waits for older transactions, and
// what is left behind when it is canceled.
func concurrentCommand(p *lint.Pass) (words, leaves string) {
	switch words = lock.NeedsOwnTransaction(p.Statement, p.Catalog, p.Server); words {
	case "CREATE INDEX CONCURRENTLY", "REINDEX CONCURRENTLY":
		return words, "an invalid index behind"
	case "DROP INDEX CONCURRENTLY":
		return words, "the index behind, invalid"
	case "ALTER TABLE ... DETACH CONCURRENTLY":
		return words, "the partition half detached"
	}
	return "", ""
}
