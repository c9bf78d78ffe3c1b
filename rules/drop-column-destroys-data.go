package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropColumnDestroysData = &lint.Rule{
	Name:     "drop-column-destroys-data",
	Doc:      page("drop-column-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil // down-destroys-more-than-up-created
		}
		var first command
		var columns []string
		for _, c := range commands(p) {
			if c.Subtype != pg_query.AlterTableType_AT_DropColumn || !p.Exists(c.Table, false) || bornLately(p, c.Table, c.Name) {
				continue
			}
			t := p.Catalog.Table(c.Table)
			column := t.Column(c.Name)
			if c.MissingOk && column == nil && t != nil && t.Complete {
				continue
			}
			if column != nil && column.Generated != catalog.NotGenerated {
				// Readers see the one that is there at the commit.
				if comesAgain(p.Catalog, append([]*migration.Statement{p.Statement}, restOfTransaction(p)...), c.Table, c.Name, isGenerated) {
					continue
				}
				p.Report(lint.Diagnostic{
					Range:   c.Range,
					Message: fmt.Sprintf("DROP COLUMN breaks the release that still reads the generated column %s.%s", c.Table, quoted(c.Name)),
					Instead: dropColumnLater,
				})
				continue
			}
			if len(columns) == 0 {
				first = c
			}
			columns = append(columns, quoted(c.Name))
		}
		if len(columns) > 0 {
			what, it := first.Table.String()+"."+columns[0], "it"
			if len(columns) > 1 {
				what, it = fewInWords(columns, 3)+" of "+first.Table.String(), "them"
			}
			message := "DROP COLUMN destroys the data of " + what
			if p.Config.Queries == nil { // else change-breaks-query says who uses it
				message += " and breaks the release that still reads or writes " + it
			}
			p.Report(lint.Diagnostic{Range: first.Range, Message: message, Instead: dropColumnLater})
		}
		dropTypeDropsColumns(p)
		return nil
	},
}

var dropColumnLater = &lint.Instead{Message: "stop using the column, deploy that, and drop it in a later release"}

// dropTypeDropsColumns reports the columns that go with their type.
func dropTypeDropsColumns(p *lint.Pass) {
	drop := p.Statement.Node.GetDropStmt()
	if drop.GetBehavior() != pg_query.DropBehavior_DROP_CASCADE {
		return
	}
	for _, o := range drop.Objects {
		if o.GetTypeName() == nil {
			continue // neither DROP TYPE nor DROP DOMAIN
		}
		dropped := p.Catalog.TypeOf(o.GetTypeName())
		for _, table := range p.Catalog.TypeUsers(catalog.Name{Schema: dropped.Schema, Name: dropped.Name}) {
			for _, column := range p.Catalog.Table(table).Columns {
				// An inherited column is reported with its parent's.
				if column.Type.Schema != dropped.Schema || column.Type.Name != dropped.Name || column.Parents > 0 ||
					!p.Exists(table, false) || bornLately(p, table, column.Name) {
					continue
				}
				p.Report(lint.Diagnostic{
					Range: mention(p.Statement, dropped.Name),
					Message: fmt.Sprintf("%s … CASCADE drops the column %s.%s, which destroys its data and breaks the release that still reads or writes it",
						statementName(p.Statement), table, quoted(column.Name)),
					Instead: dropColumnLater,
				})
			}
		}
	}
}

// bornLately reports whether the release under review added the column.
func bornLately(p *lint.Pass, table catalog.Name, column string) bool {
	c := p.Catalog.Table(table).Column(column)
	return c != nil && ofRelease(p, c.Origin)
}

// ofRelease reports whether the release under review made what has the origin.
func ofRelease(p *lint.Pass, origin catalog.Origin) bool {
	b := p.Catalog.BirthOf(origin)
	return b == catalog.BornInRelease || b == catalog.BornInTransaction
}
