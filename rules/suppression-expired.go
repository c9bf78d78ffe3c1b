package rules

import "github.com/premortem-lint/premortem/lint"

// The engine reports in the name of this rule.
var suppressionExpired = &lint.Rule{
	Name:     lint.SuppressionExpired,
	Doc:      page(lint.SuppressionExpired),
	Category: lint.Hygiene,
	Severity: lint.Warning,
}
