package rules

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var setNotNullBreaksRunningRelease = &lint.Rule{
	Name:     "set-not-null-breaks-running-release",
	Doc:      page("set-not-null-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil
		}
		for _, c := range commands(p) {
			t := p.Catalog.Table(c.Table)
			column := t.Column(c.Name)
			if c.Subtype != pg_query.AlterTableType_AT_SetNotNull || !p.Exists(c.Table, false) || !bornLately(p, c.Table, c.Name) ||
				column.Default != nil || column.Identity || column.NotNull == catalog.Yes || filledLater(p, c) {
				continue
			}
			if filled, unknown := fills(p, t, column); !filled {
				reportLeftOut(p, c, "SET NOT NULL", "the column has no default", unknown,
					"give the column a default, or deploy first what writes it, and set it NOT NULL in a later release")
			}
		}
		return nil
	},
}
