package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropNotNullLetsInNulls = &lint.Rule{
	Name:     "drop-not-null-lets-in-nulls",
	Doc:      page("drop-not-null-lets-in-nulls"),
	Category: lint.Compatibility,
	Severity: lint.Off,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil
		}
		for _, c := range commands(p) {
			column := p.Catalog.Table(c.Table).Column(c.Name)
			if c.Subtype != pg_query.AlterTableType_AT_DropNotNull || !p.Exists(c.Table, false) || bornLately(p, c.Table, c.Name) ||
				column != nil && column.NotNull == catalog.No || forbidsNullsLater(p, c) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   c.Range,
				Message: fmt.Sprintf("DROP NOT NULL lets nulls into %s.%s, which the release that runs does not expect to read", c.Table, quoted(c.Name)),
				Instead: &lint.Instead{Message: "deploy first what can read nulls, and drop NOT NULL in a later release"},
			})
		}
		return nil
	},
}

// forbidsNullsLater reports whether another command of the statement, or the
// rest of the migration, makes the column NOT NULL again or drops it.
func forbidsNullsLater(p *lint.Pass, c command) bool {
	return laterCommand(p, c, func(cmd *pg_query.AlterTableCmd) bool {
		return cmd.Subtype == pg_query.AlterTableType_AT_SetNotNull || cmd.Subtype == pg_query.AlterTableType_AT_DropColumn
	})
}
