package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var statementUnderAccessExclusive = &lint.Rule{
	Name:     "statement-under-access-exclusive",
	Doc:      page("statement-under-access-exclusive"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, e := range p.Existing() {
			if !e.Work.GrowsWithTable() {
				continue
			}
			held, ok := heldAccessExclusive(p)
			if !ok || held.Relation == e.Relation && e.Mode == lock.AccessExclusive {
				continue
			}
			p.Report(lint.Diagnostic{
				Range: e.Range,
				Message: fmt.Sprintf("%s does %s on %s while the transaction holds an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes of it until the transaction ends",
					statementName(p.Statement), workWithArticle(e.Work), e.Relation, held.Relation),
				Related: []lint.Related{heldSince(held)},
			})
			return nil
		}
		return nil
	},
}

// heldAccessExclusive returns the first ACCESS EXCLUSIVE lock that the open
// transaction holds on a table with traffic.
func heldAccessExclusive(p *lint.Pass) (lock.Held, bool) {
	for _, h := range p.Session.Held {
		if h.Mode == lock.AccessExclusive && p.Exists(h.Relation, h.Index) {
			return h, true
		}
	}
	return lock.Held{}, false
}

// heldSince points to the statement that took a lock.
func heldSince(h lock.Held) lint.Related {
	return lint.Related{
		Range:   h.Range,
		File:    h.Migration.File,
		Message: fmt.Sprintf("took the %s lock on %s", h.Mode, h.Relation),
	}
}

func workWithArticle(w lock.Work) string {
	if w == lock.IndexBuild {
		return "an " + w.String()
	}
	return "a " + w.String()
}
