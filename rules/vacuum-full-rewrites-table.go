package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var vacuumFullRewritesTable = &lint.Rule{
	Name:     "vacuum-full-rewrites-table",
	Doc:      page("vacuum-full-rewrites-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Statement.Node.GetVacuumStmt().GetIsVacuumcmd() {
			reportWork(p, "VACUUM FULL", lock.TableRewrite, nil)
		}
		return nil
	},
}

// reportWork reports the effects of a kind of work on tables with traffic, in
// one diagnostic for each place; words name the statement.
func reportWork(p *lint.Pass, words string, work lock.Work, instead *lint.Instead) {
	for _, group := range byRange(p.Existing(), work) {
		e := group[0]
		d := lint.Diagnostic{
			Range:   e.Range,
			Message: words + " " + takes(e) + " " + until(e),
			Effects: group,
			Instead: instead,
		}
		if !p.Large(e.Relation) {
			d.Severity = lint.Warning
		}
		p.Report(d)
	}
}

// byRange groups the effects that block writes and do the work by their place.
func byRange(effects []lock.Effect, work lock.Work) [][]lock.Effect {
	var groups [][]lock.Effect
	for _, e := range effects {
		if e.Index || e.Work != work || !e.Mode.BlocksWrites() {
			continue
		}
		if n := len(groups); n > 0 && groups[n-1][0].Range == e.Range {
			groups[n-1] = append(groups[n-1], e)
		} else {
			groups = append(groups, []lock.Effect{e})
		}
	}
	return groups
}
