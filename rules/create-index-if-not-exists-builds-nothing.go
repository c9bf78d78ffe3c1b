package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

var createIndexIfNotExistsBuildsNothing = &lint.Rule{
	Name:     "create-index-if-not-exists-builds-nothing",
	Doc:      page("create-index-if-not-exists-builds-nothing"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetIndexStmt()
		if create == nil || !create.IfNotExists || create.Idxname == "" {
			return nil
		}
		table := p.Catalog.Resolve(create.Relation)
		index := p.Catalog.Index(catalog.Name{Schema: table.Schema, Name: create.Idxname})
		if index == nil || index.Origin.Statement == nil || index.Origin.Statement.Do != nil || dropsFirst(p, index.Name) {
			return nil
		}
		on := p.Catalog.Table(index.Table)
		if on == nil {
			return nil
		}
		other := ""
		switch {
		case index.Table != table:
			other = "on " + index.Table.String()
		case index.Constraint == "" && !defines(create, index):
			other = "of another definition"
		default:
			return nil
		}
		message := fmt.Sprintf("CREATE INDEX IF NOT EXISTS builds nothing: %s is the name of an index %s", index.Name, other)
		if on.Doubted {
			message = fmt.Sprintf("CREATE INDEX IF NOT EXISTS may build nothing, because %s is the name of an index %s: the migrations do not tell whether %s is still there", index.Name, other, index.Table)
		}
		p.Report(lint.Diagnostic{
			Range:   mention(p.Statement, create.Idxname),
			Message: message,
			Hazard:  index.Name,
			Also:    "neither does this",
			Related: []lint.Related{{Range: mention(index.Origin.Statement, create.Idxname), File: index.Origin.Statement.File(), Message: "made here"}},
			Instead: &lint.Instead{Message: "give the new index a name of its own, or drop the old one first"},
		})
		return nil
	},
}

// defines reports whether a CREATE INDEX is one of the index: on its keys, as
// unique, and over the same rows.
func defines(create *pg_query.IndexStmt, index *catalog.Index) bool {
	return create.Unique == index.Unique && create.AccessMethod == index.Method && tree.Same(create.WhereClause, index.Predicate) &&
		slices.EqualFunc(create.IndexParams, index.Keys, func(n *pg_query.Node, key catalog.Key) bool {
			elem := n.GetIndexElem()
			return elem.Name == key.Column && tree.Same(elem.Expr, key.Expr) &&
				(elem.Ordering == pg_query.SortByDir_SORTBY_DESC) == key.Descending
		})
}
