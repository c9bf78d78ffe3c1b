package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

// The net under all other rules.
var blocksForLong = &lint.Rule{
	Name:     "blocks-for-long",
	Doc:      page("blocks-for-long"),
	Category: lint.Outage,
	Severity: lint.Error,
	Last:     true,
	Run: func(p *lint.Pass) error {
		for _, e := range p.Unreported() {
			if !e.Mode.BlocksWrites() || !e.Work.GrowsWithTable() || !p.Exists(e.Relation, e.Index) || unreadable(p, e.Relation) {
				continue
			}
			d := lint.Diagnostic{
				Range:   e.Range,
				Message: statementName(p.Statement) + " " + takes(e) + " " + until(e),
				Effects: []lock.Effect{e},
			}
			if !p.Large(e.Relation) {
				d.Severity = lint.Warning
			}
			p.Report(d)
		}
		return nil
	},
}
