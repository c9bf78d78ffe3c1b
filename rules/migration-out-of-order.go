package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
)

var migrationOutOfOrder = &lint.Rule{
	Name:     "migration-out-of-order",
	Doc:      page("migration-out-of-order"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	RunMigration: func(p *lint.Pass) error {
		m := p.Migration
		if m.Late == "" || m.Runner.Late == "" {
			return nil
		}
		d := lint.Diagnostic{
			Range:   m.Section.Range,
			Message: fmt.Sprintf("the migration is new and comes before version %s, which is there already: %s", m.Late, fmt.Sprintf(m.Runner.Late, m.Late)),
			Instead: &lint.Instead{Message: "give it a version after " + m.Late},
		}
		if len(m.Statements) > 0 {
			d.Range = m.Statements[0].Range
		}
		if m.Runner.LateRuns {
			d.Severity = lint.Warning
		}
		p.Report(d)
		return nil
	},
}
