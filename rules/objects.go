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
	return mentionFrom(s, s.Pos, name)
}

// mentionFrom looks from an offset on.
func mentionFrom(s *migration.Statement, pos int, name string) migration.Range {
	for _, t := range s.Tokens() {
		if t.Pos < pos {
			continue
		}
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

// nameAt returns the range of the name, qualified or not, that begins at an offset.
func nameAt(s *migration.Statement, pos int) migration.Range {
	dot := func(r migration.Range) bool { return s.TextOf(r) == "." }
	r := migration.Range{Pos: pos, End: pos}
	for _, t := range s.Tokens() {
		if t.Pos < r.Pos {
			continue
		}
		dotted := t.Kind == migration.Punctuation && dot(t.Range)
		if r.End > r.Pos && !dotted && !dot(migration.Range{Pos: r.End - 1, End: r.End}) {
			break
		}
		r.End = t.End
	}
	return r
}

// drops reports whether a statement drops the relation of that kind and name.
func drops(c *catalog.Catalog, n *pg_query.Node, kind pg_query.ObjectType, name catalog.Name) bool {
	drop := n.GetDropStmt()
	return drop.GetRemoveType() == kind && slices.ContainsFunc(drop.GetObjects(), func(o *pg_query.Node) bool {
		return c.ResolveList(o.GetList().GetItems()) == name
	})
}
