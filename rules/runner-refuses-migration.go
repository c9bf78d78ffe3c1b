package rules

import "github.com/premortem-lint/premortem/lint"

var runnerRefusesMigration = &lint.Rule{
	Name:     "runner-refuses-migration",
	Doc:      page("runner-refuses-migration"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	RunMigration: func(p *lint.Pass) error {
		reportProblems(p, true)
		return nil
	},
}

// reportProblems reports what the runner refuses, or what it overlooks.
func reportProblems(p *lint.Pass, refused bool) {
	for _, problem := range p.Migration.Problems {
		if problem.Refused != refused {
			continue
		}
		d := lint.Diagnostic{Range: problem.Range, Message: problem.Message}
		if problem.Fix != "" {
			d.Instead = &lint.Instead{Message: problem.Fix}
		}
		p.Report(d)
	}
}
