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
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetIndexStmt()
		if create == nil || !create.Concurrent || create.Idxname != "" {
			return nil
		}
		table := p.Catalog.Resolve(create.Relation)
		if !p.Exists(table, false) {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range:   head(p.Statement, "CREATE INDEX CONCURRENTLY"),
			Message: fmt.Sprintf("a failed try leaves an invalid index on %s behind, and the next one builds a second index beside it under another name", table),
			Instead: &lint.Instead{Message: "name the index, so that the next try meets the leftover"},
		})
		return nil
	},
}
