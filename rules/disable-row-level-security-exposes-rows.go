package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var disableRowLevelSecurityExposesRows = &lint.Rule{
	Name:     "disable-row-level-security-exposes-rows",
	Doc:      page("disable-row-level-security-exposes-rows"),
	Category: lint.Compatibility,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			t := p.Catalog.Table(c.Table)
			if c.Subtype != pg_query.AlterTableType_AT_DisableRowSecurity || !p.Exists(c.Table, false) || t != nil && t.Complete && !t.RowSecurity {
				continue
			}
			exposed := false
			p.Catalog.AfterAll(p.Remaining(), func() {
				after := p.Catalog.Table(c.Table)
				exposed = after == nil && t == nil || after != nil && !after.RowSecurity
			})
			if exposed {
				p.Report(lint.Diagnostic{
					Range:   c.Range,
					Message: fmt.Sprintf("DISABLE ROW LEVEL SECURITY lets every role with privileges on %s read and change all its rows: its policies are ignored", c.Table),
					Instead: &lint.Instead{Message: "change the policies instead, or give BYPASSRLS to the one role that has to see everything"},
				})
			}
		}
		return nil
	},
}
