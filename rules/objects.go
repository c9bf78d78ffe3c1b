package rules

import (
	"strings"

	"github.com/premortem-lint/premortem/lint/migration"
)

// mention returns the range of the first identifier of a statement that
// stands for the name, or the whole statement.
func mention(s *migration.Statement, name string) migration.Range {
	for _, t := range s.Tokens() {
		text := s.Text()[t.Pos-s.Pos : t.End-s.Pos]
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
