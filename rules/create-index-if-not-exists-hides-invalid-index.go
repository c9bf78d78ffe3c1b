package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var createIndexIfNotExistsHidesInvalidIndex = &lint.Rule{
	Name:     "create-index-if-not-exists-hides-invalid-index",
	Doc:      page("create-index-if-not-exists-hides-invalid-index"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetIndexStmt()
		if create == nil || !create.Concurrent || !create.IfNotExists {
			return nil
		}
		table := p.Catalog.Resolve(create.Relation)
		index := catalog.Name{Schema: table.Schema, Name: create.Idxname}
		// The build on a table without rows does not fail.
		if !p.Exists(table, false) || dropsFirst(p, index) || dropsInvalid(p) {
			return nil
		}
		clause, _ := p.Statement.Find(p.Statement.Pos, "IF", "NOT", "EXISTS")
		statement := edited(p.Statement, without(p.Statement, clause))
		consequence := "no query uses it"
		if create.Unique {
			consequence += ", and it does not guarantee uniqueness"
		}
		steps := []lint.Step{{Statements: []string{"DROP INDEX CONCURRENTLY IF EXISTS " + catalog.Name{Schema: create.Relation.Schemaname, Name: create.Idxname}.String(), statement}, NoTransaction: true}}
		p.Report(lint.Diagnostic{
			Range: clause,
			Message: fmt.Sprintf("IF NOT EXISTS skips the build when an earlier try has failed and left the index %s behind, invalid: %s",
				index, consequence),
			Instead: patiently(p, "drop a leftover first, and build without IF NOT EXISTS", steps...),
		})
		return nil
	},
}

// dropsInvalid reports whether a DO block before it drops what pg_index calls invalid.
func dropsInvalid(p *lint.Pass) bool {
	return slices.ContainsFunc(p.Migration.Statements, func(s *migration.Statement) bool {
		text := strings.ToLower(s.Text())
		return s.Node.GetDoStmt() != nil && s.Pos < p.Statement.Pos && strings.Contains(text, "indisvalid") && strings.Contains(text, "drop index")
	})
}

// dropsFirst reports whether an earlier statement of the migration drops the
// index. One of an earlier migration does not count: the next try begins here.
func dropsFirst(p *lint.Pass, index catalog.Name) bool {
	for _, s := range p.Preceding() {
		drop := s.Node.GetDropStmt()
		if drop == nil || drop.RemoveType != pg_query.ObjectType_OBJECT_INDEX {
			continue
		}
		for _, o := range drop.Objects {
			words := tree.Strings(o.GetList().GetItems())
			last := len(words) - 1
			if words[last] == index.Name && (last == 0 || words[last-1] == index.Schema) {
				return true
			}
		}
	}
	return false
}
