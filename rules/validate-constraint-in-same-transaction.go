package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var validateConstraintInSameTransaction = &lint.Rule{
	Name:     "validate-constraint-in-same-transaction",
	Doc:      page("validate-constraint-in-same-transaction"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		list := commands(p)
		for _, c := range list {
			if c.Subtype != pg_query.AlterTableType_AT_ValidateConstraint || !slices.ContainsFunc(c.Effects, scans) {
				continue
			}
			held, with := strongestHeld(p, list, c)
			if !held.Mode.BlocksWrites() {
				continue
			}
			d := lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("VALIDATE CONSTRAINT checks every row of %s while %s holds %s on %s, which blocks %s",
					c.Table, with, aLock(held.Mode), held.Relation, blocks(held.Mode)),
				Effects: c.Effects,
				Instead: p.Instead("validate in a migration of its own, which blocks neither reads nor writes",
					brief(c.Alone(""))),
			}
			if held.Statement != nil {
				d.Related = []lint.Related{heldSince(held)}
			}
			p.Report(d)
		}
		return nil
	},
}

func scans(e lock.Effect) bool { return e.Work == lock.ValidationScan }

// strongestHeld returns the strongest lock on a table with traffic that is
// held while the command works: by the transaction, or by another command of
// the same statement. Of equal ones, that on the command's own table.
func strongestHeld(p *lint.Pass, list []command, c command) (held lock.Held, with string) {
	for _, h := range p.Held() {
		own := h.Relation == c.Table && h.Mode == held.Mode
		if (h.Mode > held.Mode || own) && !h.Index {
			held, with = h, "the transaction"
		}
	}
	for _, other := range list {
		for _, e := range other.Effects {
			if other.Number != c.Number && e.Mode > held.Mode {
				held, with = lock.Held{Effect: e}, "the same ALTER TABLE"
			}
		}
	}
	return held, with
}
