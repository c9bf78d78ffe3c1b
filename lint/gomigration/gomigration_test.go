package gomigration_test

import (
	"testing"

	"golang.org/x/tools/go/analysis/analysistest"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/gomigration"
	"github.com/premortem-lint/premortem/rules"
)

// TestTools reads what several tools and libraries register and send; those are declared in
// testdata as far as the test needs them.
func TestTools(t *testing.T) {
	var chosen []*lint.Rule
	for _, r := range rules.All() {
		if r.Name == "create-index-not-concurrently" || r.Name == "concurrently-in-transaction" {
			chosen = append(chosen, r)
		}
	}
	analysistest.Run(t, analysistest.TestData(), gomigration.New(chosen, nil), "tools")
}

// TestFixes applies the fix of a rule to literals: the quotes around decide how an
// edit is written, and whether there is one.
func TestFixes(t *testing.T) {
	truncates := &lint.Rule{
		Name:     "truncates",
		Category: lint.Hygiene,
		Severity: lint.Warning,
		Run: func(p *lint.Pass) error {
			table := p.Statement.Node.GetTruncateStmt().GetRelations()
			p.Report(lint.Diagnostic{
				Message: "the statement truncates",
				SuggestedFixes: []lint.SuggestedFix{{
					Message: "delete the rows",
					TextEdits: []lint.TextEdit{{
						Range:   p.Statement.Range,
						NewText: "DELETE FROM \"" + table[0].GetRangeVar().GetRelname() + "\"\n\t\tWHERE true",
					}},
				}},
			})
			return nil
		},
	}
	analysistest.RunWithSuggestedFixes(t, analysistest.TestData(), gomigration.New([]*lint.Rule{truncates}, nil), "fix")
}
