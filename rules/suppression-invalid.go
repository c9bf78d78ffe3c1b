package rules

import "github.com/premortem-lint/premortem/lint"

// The engine reports in the name of this rule.
var suppressionInvalid = &lint.Rule{
	Name:     lint.SuppressionInvalid,
	Doc:      page(lint.SuppressionInvalid),
	Category: lint.Hygiene,
	Severity: lint.Error,
}
