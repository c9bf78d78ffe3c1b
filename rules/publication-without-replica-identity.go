package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var publicationWithoutReplicaIdentity = &lint.Rule{
	Name:     "publication-without-replica-identity",
	Doc:      page("publication-without-replica-identity"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		candidates := mayLoseIdentity(p)
		if len(candidates) == 0 {
			return nil
		}
		identified := func(n catalog.Name) bool { return !p.Catalog.LacksIdentity(n) }
		lacking := slices.DeleteFunc(candidates, p.Catalog.LacksIdentity)
		p.Catalog.After(p.Statement, func() { lacking = slices.DeleteFunc(lacking, identified) })
		if len(lacking) > 0 {
			p.Catalog.AfterAll(p.Remaining(), func() { lacking = slices.DeleteFunc(lacking, identified) })
		}
		if len(lacking) == 0 {
			return nil
		}
		table := lacking[0].String()
		message := fmt.Sprintf("%s leaves %s, which is published, without a replica identity: every UPDATE and DELETE of it fails with 55000", statementName(p.Statement), table)
		switch {
		case p.Statement.Node.GetCreateStmt() != nil:
			message = fmt.Sprintf("CREATE TABLE %s has no primary key, but is published: every UPDATE and DELETE of it fails with 55000", table)
		case publishes(p.Statement.Node):
			if others := len(lacking) - 1; others > 0 {
				message = fmt.Sprintf("%s publishes updates of %s and %d other tables that have no replica identity: every UPDATE and DELETE of them fails with 55000", statementName(p.Statement), table, others)
			} else {
				message = fmt.Sprintf("%s publishes updates of %s, which has no replica identity: every UPDATE and DELETE of it fails with 55000", statementName(p.Statement), table)
			}
		}
		p.Report(lint.Diagnostic{
			Message: message,
			Instead: &lint.Instead{Message: "give the table a primary key first, or a replica identity: REPLICA IDENTITY USING INDEX a unique index of NOT NULL columns, or FULL"},
		})
		return nil
	},
}

func publishes(n *pg_query.Node) bool {
	return n.GetCreatePublicationStmt() != nil || n.GetAlterPublicationStmt() != nil
}

// mayLoseIdentity returns the tables that a statement may publish, or rob of
// what identifies their rows.
func mayLoseIdentity(p *lint.Pass) []catalog.Name {
	var names []catalog.Name
	add := func(n catalog.Name) {
		if !slices.Contains(names, n) {
			names = append(names, n)
		}
	}
	node := p.Statement.Node
	switch {
	case publishes(node):
		for _, t := range p.Catalog.Tables() {
			names = append(names, t.Name)
		}
	case len(p.Catalog.Publications()) == 0:
	case node.GetCreateStmt() != nil:
		p.Catalog.After(p.Statement, func() { add(p.Catalog.Resolve(node.GetCreateStmt().Relation)) })
	case node.GetAlterTableStmt() != nil, node.GetDropStmt() != nil:
		for _, e := range p.Effects {
			if index := p.Catalog.Index(e.Relation); e.Index && index != nil {
				add(index.Table)
			} else {
				add(e.Relation)
			}
		}
	}
	return names
}
