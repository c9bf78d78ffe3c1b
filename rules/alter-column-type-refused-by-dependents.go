package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var alterColumnTypeRefusedByDependents = &lint.Rule{
	Name:     "alter-column-type-refused-by-dependents",
	Doc:      page("alter-column-type-refused-by-dependents"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		list := commands(p)
		gone := map[string]bool{} // dropped columns, and those that are generated no more
		for _, c := range list {
			// PostgreSQL executes these before any change of a type.
			if c.Subtype == pg_query.AlterTableType_AT_DropColumn || c.Subtype == pg_query.AlterTableType_AT_DropExpression {
				gone[c.Name] = true
			}
		}
		for _, c := range list {
			if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType || inherited(p, c) {
				continue
			}
			dependents := slices.DeleteFunc(p.Catalog.TypeChangeDependents(c.Table, c.Name), func(d catalog.Dependent) bool {
				return d.Owner == c.Table && gone[d.Column]
			})
			state := "0A000"
			if p.Server < 15 && !slices.ContainsFunc(dependents, func(d catalog.Dependent) bool { return d.Kind != "generated column" }) {
				state = "42601"
			}
			refused(p, c.Range, fmt.Sprintf("ALTER COLUMN %s TYPE of %s", quoted(c.Name), c.Table), state, dependents)
		}
		return nil
	},
}

// inherited reports whether the command is about a column that the table has
// from a parent: PostgreSQL refuses it for that, with 42P16.
func inherited(p *lint.Pass, c command) bool {
	column := p.Catalog.Table(c.Table).Column(c.Name)
	return column != nil && column.Parents > 0
}
