package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
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
				Message: fmt.Sprintf("%s %s until the %s is done", statementName(p.Statement), takes(e), e.Work),
			}
			d.Effects = append(d.Effects, e)
			p.Report(d)
		}
		return nil
	},
}
