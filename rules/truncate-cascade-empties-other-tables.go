package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var truncateCascadeEmptiesOtherTables = &lint.Rule{
	Name:     "truncate-cascade-empties-other-tables",
	Doc:      page("truncate-cascade-empties-other-tables"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		truncate := p.Statement.Node.GetTruncateStmt()
		if truncate.GetBehavior() != pg_query.DropBehavior_DROP_CASCADE {
			return nil
		}
		var named []string
		var below []catalog.Name // the rows of the named tables themselves
		exists := false
		for _, r := range truncate.Relations {
			table := p.Catalog.Resolve(r.GetRangeVar())
			named = append(named, table.String())
			below = append(below, p.Catalog.Descendants(table)...)
			exists = exists || p.MayExist(table)
		}
		var victims []string
		intended := truncatedBefore(p)
		for _, e := range p.Existing() {
			if !e.Implied || e.Index || slices.Contains(below, e.Relation) {
				continue
			}
			if slices.Contains(intended, e.Relation) {
				exists = false // and so are those that the migrations do not show
				continue
			}
			victims = append(victims, e.Relation.String())
		}
		message := ""
		switch {
		case len(victims) > 0:
			message = fmt.Sprintf("TRUNCATE … CASCADE empties also %s, and every other table that references one of them", strings.Join(victims, ", "))
		case exists:
			message = fmt.Sprintf("TRUNCATE … CASCADE empties every table that references %s, at any distance; the migrations show none", strings.Join(named, ", "))
		default:
			return nil
		}
		cascade, ok := p.Statement.Find(p.Statement.Pos, "CASCADE")
		if !ok {
			cascade = p.Statement.Range
		}
		p.Report(lint.Diagnostic{
			Range:   cascade,
			Message: message,
			Instead: &lint.Instead{Message: "name the tables that are to be emptied, without CASCADE"},
		})
		return nil
	},
}

// truncatedBefore returns the tables that earlier statements of the migration name
// to be emptied.
func truncatedBefore(p *lint.Pass) []catalog.Name {
	var tables []catalog.Name
	for _, s := range p.Preceding() {
		for _, r := range s.Node.GetTruncateStmt().GetRelations() {
			tables = append(tables, p.Catalog.Resolve(r.GetRangeVar()))
		}
	}
	return tables
}
