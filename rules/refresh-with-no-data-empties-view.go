package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var refreshWithNoDataEmptiesView = &lint.Rule{
	Name:     "refresh-with-no-data-empties-view",
	Doc:      page("refresh-with-no-data-empties-view"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		refresh := p.Statement.Node.GetRefreshMatViewStmt()
		if refresh == nil || !refresh.SkipData {
			return nil
		}
		view := p.Catalog.Resolve(refresh.Relation)
		t := p.Catalog.Table(view)
		if !p.Exists(view, false) || t != nil && t.Populated == catalog.No {
			return nil
		}
		unreadable := true
		if t != nil {
			p.Catalog.AfterAll(p.Remaining(), func() {
				after := p.Catalog.Table(view)
				unreadable = after != nil && after.Populated == catalog.No
			})
		}
		if unreadable {
			p.Report(lint.Diagnostic{
				Message: fmt.Sprintf("REFRESH MATERIALIZED VIEW … WITH NO DATA empties %s: every query of it fails with 55000 until it is refreshed with data", view),
				Instead: &lint.Instead{Message: "refresh it CONCURRENTLY, or drop it once no release queries it"},
			})
		}
		return nil
	},
}
