package rules

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

// longestIdentifier is NAMEDATALEN - 1, in bytes.
const longestIdentifier = 63

var identifierTooLong = &lint.Rule{
	Name:     "identifier-too-long",
	Doc:      page("identifier-too-long"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		told := map[string]bool{}
		for _, within := range naming(p) {
			for _, t := range p.Statement.Tokens() {
				name := p.Statement.TextOf(t.Range)
				switch t.Kind {
				case migration.QuotedIdentifier:
					name = strings.ReplaceAll(strings.Trim(name, `"`), `""`, `"`)
				case migration.Identifier:
				default:
					continue
				}
				if t.Pos < within.Pos || t.End > within.End || len(name) <= longestIdentifier || told[name] {
					continue
				}
				told[name] = true
				p.Report(lint.Diagnostic{
					Range:   t.Range,
					Message: fmt.Sprintf("PostgreSQL keeps %d of the %d bytes of the name, which becomes %s", longestIdentifier, len(name), strings.ToValidUTF8(name[:longestIdentifier], "")),
					Instead: &lint.Instead{Message: "give it a shorter name"},
				})
			}
		}
		return nil
	},
}

// naming returns the parts of a statement that name something new.
func naming(p *lint.Pass) []migration.Range {
	switch p.Statement.Node.GetNode().(type) {
	case *pg_query.Node_RenameStmt: // the old name is cut as well, and found
		if to, ok := p.Statement.Find(p.Statement.Pos, "TO"); ok {
			return []migration.Range{{Pos: to.End, End: p.Statement.End}}
		}
	case *pg_query.Node_CreateStmt, *pg_query.Node_IndexStmt, *pg_query.Node_ViewStmt,
		*pg_query.Node_CreateTrigStmt, *pg_query.Node_CreateFunctionStmt, *pg_query.Node_CreateEnumStmt, *pg_query.Node_CompositeTypeStmt,
		*pg_query.Node_CreateSeqStmt, *pg_query.Node_CreateDomainStmt, *pg_query.Node_CreateTableAsStmt, *pg_query.Node_CreatePolicyStmt,
		*pg_query.Node_CreateSchemaStmt, *pg_query.Node_CreateRoleStmt:
		return []migration.Range{p.Statement.Range}
	}
	var ranges []migration.Range
	for _, c := range commands(p) {
		switch c.Subtype {
		case pg_query.AlterTableType_AT_AddColumn, pg_query.AlterTableType_AT_AddConstraint:
			ranges = append(ranges, c.Range)
		}
	}
	return ranges
}
