package rules

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// mention returns the range of the first identifier of a statement that
// stands for the name, or the whole statement.
func mention(s *migration.Statement, name string) migration.Range {
	for _, t := range s.Tokens() {
		text := s.TextOf(t.Range)
		switch t.Kind {
		case migration.Identifier:
			if strings.EqualFold(text, name) {
				return t.Range
			}
		case migration.QuotedIdentifier:
			if strings.ReplaceAll(strings.Trim(text, `"`), `""`, `"`) == name {
				return t.Range
			}
		}
	}
	return s.Range
}

// drops reports whether a statement drops the relation of that kind and name.
func drops(c *catalog.Catalog, n *pg_query.Node, kind pg_query.ObjectType, name catalog.Name) bool {
	drop := n.GetDropStmt()
	return drop.GetRemoveType() == kind && slices.ContainsFunc(drop.GetObjects(), func(o *pg_query.Node) bool {
		return c.ResolveList(o.GetList().GetItems()) == name
	})
}
