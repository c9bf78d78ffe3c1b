package rules

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
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
		var victims []string
		for _, e := range p.Existing() {
			if e.Implied && !e.Index {
				victims = append(victims, e.Relation.String())
			}
		}
		cascade, ok := p.Statement.Find(p.Statement.Pos, "CASCADE")
		if !ok {
			cascade = p.Statement.Range
		}
		message := "TRUNCATE … CASCADE empties every table that references this one, at any distance; the migrations show none"
		if len(victims) > 0 {
			message = "TRUNCATE … CASCADE empties also " + strings.Join(victims, ", ") + ", and every other table that references them"
		}
		p.Report(lint.Diagnostic{
			Range:   cascade,
			Message: message,
			Instead: &lint.Instead{Message: "name the tables that are to be emptied, without CASCADE"},
		})
		return nil
	},
}
