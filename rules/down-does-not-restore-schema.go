package rules

import (
	"fmt"
	"strings"

	"github.com/premortem-lint/premortem/lint"
)

var downDoesNotRestoreSchema = &lint.Rule{
	Name:     "down-does-not-restore-schema",
	Doc:      page("down-does-not-restore-schema"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	RunMigration: func(p *lint.Pass) error {
		if len(p.NotRestored) == 0 {
			return nil
		}
		const named = 3
		var texts []string
		d := lint.Diagnostic{Range: p.Migration.Statements[0].Range}
		for _, difference := range p.NotRestored[:min(named, len(p.NotRestored))] {
			texts = append(texts, difference.Text)
			if up := difference.Origin; up.Statement != nil {
				d.Related = append(d.Related, lint.Related{Range: up.Statement.Range, File: up.Statement.File(), Message: difference.Text + ": it comes from here"})
			}
		}
		if more := len(p.NotRestored) - named; more > 0 {
			texts = append(texts, fmt.Sprintf("%d more", more))
		}
		d.Message = "the down migration does not restore the schema from before its up: " + strings.Join(texts, ", ")
		p.Report(d)
		return nil
	},
}
