package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var statementUnderAccessExclusive = &lint.Rule{
	Name:     "statement-under-access-exclusive",
	Doc:      page("statement-under-access-exclusive"),
	Category: lint.Outage,
	Severity: lint.Error,
	Last:     true,
	Run: func(p *lint.Pass) error {
		work, ok := costliest(p)
		if !ok {
			return nil
		}
		held, ok := heldAccessExclusive(p, work)
		if !ok || knownCost(p, held.Range, work) {
			return nil
		}
		does := "does"
		if work.Unknown != "" {
			does = "may do"
		}
		d := lint.Diagnostic{
			Range: work.Range,
			Message: fmt.Sprintf("%s %s %s on %s while the transaction holds an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes of it until the transaction ends%s",
				statementName(p.Statement), does, workWithArticle(work.Work), work.Relation, lockedTable(held), unknown(work)),
			Effects: []lock.Effect{held.Effect, work},
			Related: []lint.Related{heldSince(held)},
			Instead: &lint.Instead{Message: "move the statement to a migration of its own"},
		}
		if work.Unknown != "" || !p.Large(work.Relation) {
			d.Severity = lint.Warning
		}
		p.Report(d)
		return nil
	},
}

// knownCost reports whether work that costs as much has been reported under
// the same lock.
func knownCost(p *lint.Pass, held migration.Range, work lock.Effect) bool {
	return slices.ContainsFunc(p.Earlier(), func(d lint.Diagnostic) bool {
		reported := d.Effects[1]
		return d.Effects[0].Range == held && reported.Work >= work.Work && (reported.Unknown == "" || work.Unknown != "")
	})
}

// costliest returns the effect of the statement that does the most work, of
// those whose work grows with a table, and of those first that are certain.
// VALIDATE CONSTRAINT has its own rule.
func costliest(p *lint.Pass) (work lock.Effect, ok bool) {
	validates := map[int]bool{}
	for _, c := range commands(p) {
		validates[c.Number] = c.Subtype == pg_query.AlterTableType_AT_ValidateConstraint
	}
	for _, e := range p.Existing() {
		if !e.GrowsWithTable() || validates[e.Command] {
			continue
		}
		certain, was := e.Unknown == "", work.Unknown == ""
		if !ok || certain && !was || certain == was && e.Work > work.Work {
			work, ok = e, true
		}
	}
	return work, ok
}

// heldAccessExclusive returns the first ACCESS EXCLUSIVE lock that the open
// transaction holds on a table with traffic and that the statement would not
// take itself. Who has reported the work of the statement has said too that the
// reads of its table wait.
func heldAccessExclusive(p *lint.Pass, work lock.Effect) (lock.Held, bool) {
	same := func(e lock.Effect) bool { return e.Range == work.Range && e.Relation == work.Relation }
	for _, h := range p.Held() {
		if h.Mode == lock.AccessExclusive && !takesItself(p, h) && (h.Relation != work.Relation || slices.ContainsFunc(p.Unreported(), same)) {
			return h, true
		}
	}
	return lock.Held{}, false
}

func takesItself(p *lint.Pass, h lock.Held) bool {
	for _, e := range p.Effects {
		if e.Relation == h.Relation && e.Mode >= h.Mode {
			return true
		}
	}
	return false
}

// lockedTable names the table that a lock blocks.
func lockedTable(h lock.Held) string {
	if h.Index {
		return "the table of " + h.Relation.String()
	}
	return h.Relation.String()
}

// heldSince points to the statement that took a lock.
func heldSince(h lock.Held) lint.Related {
	return lint.Related{
		Range:   h.Range,
		File:    h.Statement.File(),
		Message: fmt.Sprintf("took the %s lock on %s", h.Mode, h.Relation),
	}
}

func workWithArticle(w lock.Work) string {
	if w == lock.IndexBuild {
		return "an " + w.String()
	}
	return "a " + w.String()
}
