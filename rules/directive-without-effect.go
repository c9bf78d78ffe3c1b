package rules

import "github.com/premortem-lint/premortem/lint"

var directiveWithoutEffect = &lint.Rule{
	Name:     "directive-without-effect",
	Doc:      page("directive-without-effect"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	RunMigration: func(p *lint.Pass) error {
		reportProblems(p, false)
		return nil
	},
}
