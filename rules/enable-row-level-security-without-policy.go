package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var enableRowLevelSecurityWithoutPolicy = &lint.Rule{
	Name:     "enable-row-level-security-without-policy",
	Doc:      page("enable-row-level-security-without-policy"),
	Category: lint.Compatibility,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			t := p.Catalog.Table(c.Table)
			if c.Subtype != pg_query.AlterTableType_AT_EnableRowSecurity || p.Catalog.Birth(c.Table) != catalog.BornBefore ||
				t == nil || !t.Complete || t.RowSecurity || len(t.Policies) > 0 {
				continue
			}
			hidden := false
			p.Catalog.AfterAll(p.Remaining(), func() {
				after := p.Catalog.Table(c.Table)
				hidden = after != nil && after.RowSecurity && len(after.Policies) == 0
			})
			if hidden {
				p.Report(lint.Diagnostic{
					Range:   c.Range,
					Message: fmt.Sprintf("ENABLE ROW LEVEL SECURITY hides every row of %s from every role but its owner, and refuses their writes: it has no policy", c.Table),
					Instead: &lint.Instead{Message: "create the policies first, or in the same migration"},
				})
			}
		}
		return nil
	},
}
