package rules

import "github.com/premortem-lint/premortem/lint"

// The engine reports in the name of this rule.
var suppressionUnused = &lint.Rule{
	Name:     lint.SuppressionUnused,
	Doc:      page(lint.SuppressionUnused),
	Category: lint.Hygiene,
	Severity: lint.Warning,
}
