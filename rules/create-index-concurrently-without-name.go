package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
)

var createIndexConcurrentlyWithoutName = &lint.Rule{
	Name:     "create-index-concurrently-without-name",
	Doc:      page("create-index-concurrently-without-name"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetIndexStmt()
		if create == nil || !create.Concurrent || create.Idxname != "" {
			return nil
		}
		table := p.Catalog.Resolve(create.Relation)
		if !p.Exists(table, false) {
			return nil
		}
		d := lint.Diagnostic{
			Range:   head(p.Statement, "CREATE INDEX CONCURRENTLY"),
			Message: fmt.Sprintf("a failed try leaves an invalid index on %s behind, and the next one builds a second index beside it under another name", table),
			Instead: &lint.Instead{Message: "name the index, so that the next try meets the leftover"},
		}
		if name := chosenName(p); name != "" {
			d.SuggestedFixes = []lint.SuggestedFix{{Message: "write the name that PostgreSQL chooses", TextEdits: []lint.TextEdit{after(d.Range, name)}}}
		}
		p.Report(d)
		return nil
	},
}
