package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var createIndexIfNotExistsHidesInvalidIndex = &lint.Rule{
	Name:     "create-index-if-not-exists-hides-invalid-index",
	Doc:      page("create-index-if-not-exists-hides-invalid-index"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetIndexStmt()
		if create == nil || !create.Concurrent || !create.IfNotExists || dropsFirst(p, create.Idxname) {
			return nil
		}
		clause, _ := p.Statement.Find(p.Statement.Pos, "IF", "NOT", "EXISTS")
		statement := edited(p.Statement, without(p.Statement, clause))
		index := catalog.Name{Schema: create.Relation.GetSchemaname(), Name: create.Idxname}
		steps := []lint.Step{{Statements: []string{fmt.Sprintf("DROP INDEX CONCURRENTLY IF EXISTS %s", index), statement}, NoTransaction: true}}
		p.Report(lint.Diagnostic{
			Range: clause,
			Message: fmt.Sprintf("IF NOT EXISTS skips the build when an earlier try has failed and left the index %s behind, invalid: queries then do not use it and a unique one does not protect",
				index),
			Instead: p.Instead("drop a leftover first, and build without IF NOT EXISTS", steps...),
		})
		return nil
	},
}

// dropsFirst reports whether an earlier statement of the migration drops the index.
func dropsFirst(p *lint.Pass, index string) bool {
	for _, s := range p.Migration.Statements[:p.Index] {
		drop := s.Node.GetDropStmt()
		if drop == nil || drop.RemoveType != pg_query.ObjectType_OBJECT_INDEX {
			continue
		}
		for _, o := range drop.Objects {
			items := o.GetList().GetItems()
			if len(items) > 0 && items[len(items)-1].GetString_().GetSval() == index {
				return true
			}
		}
	}
	return false
}
