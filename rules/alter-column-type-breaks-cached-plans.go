package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var alterColumnTypeBreaksCachedPlans = &lint.Rule{
	Name:     "alter-column-type-breaks-cached-plans",
	Doc:      page("alter-column-type-breaks-cached-plans"),
	Category: lint.Style,
	Severity: lint.Off,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType || !p.Exists(c.Table, false) || bornLately(p, c.Table, c.Name) {
				continue
			}
			to := p.Catalog.TypeOf(c.Def.GetColumnDef().TypeName)
			if column := p.Catalog.Table(c.Table).Column(c.Name); column != nil && sameType(column.Type, to) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("ALTER COLUMN %s TYPE makes prepared statements that return %s.%s fail with 0A000 (cached plan must not change result type) until their sessions prepare them anew",
					quoted(c.Name), c.Table, quoted(c.Name)),
			})
		}
		return nil
	},
}

func sameType(a, b catalog.Type) bool {
	return a.Schema == b.Schema && a.Name == b.Name && a.Array == b.Array && slices.Equal(a.Mods, b.Mods)
}
