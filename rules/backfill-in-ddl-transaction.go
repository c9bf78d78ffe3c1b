package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var backfillInDDLTransaction = &lint.Rule{
	Name:     "backfill-in-ddl-transaction",
	Doc:      page("backfill-in-ddl-transaction"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		verb, ok := backfill(p)
		if !ok {
			return nil
		}
		held, ok := heldAccessExclusive(p)
		if !ok {
			return nil
		}
		p.Report(lint.Diagnostic{
			Message: fmt.Sprintf("%s runs while the transaction holds an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes of it until the last row is done and the transaction ends",
				verb, held.Relation),
			Related: []lint.Related{heldSince(held)},
		})
		return nil
	},
}

// backfill reports whether the statement changes or copies rows of a table
// that existed before, more than a few that it lists.
func backfill(p *lint.Pass) (verb string, ok bool) {
	n := p.Statement.Node
	changes := func(r *pg_query.RangeVar, where *pg_query.Node) bool {
		table := p.Catalog.Resolve(r)
		return p.Exists(table, false) && !fewRows(p.Catalog.Table(table), p.Catalog, where)
	}
	switch {
	case n.GetUpdateStmt() != nil:
		return "UPDATE", changes(n.GetUpdateStmt().Relation, n.GetUpdateStmt().WhereClause)
	case n.GetDeleteStmt() != nil:
		return "DELETE", changes(n.GetDeleteStmt().Relation, n.GetDeleteStmt().WhereClause)
	case n.GetMergeStmt() != nil:
		return "MERGE", changes(n.GetMergeStmt().Relation, nil)
	case n.GetInsertStmt() != nil:
		return "INSERT … SELECT", readsExisting(p, n.GetInsertStmt().SelectStmt)
	case n.GetCreateTableAsStmt() != nil:
		return "CREATE … AS", readsExisting(p, n.GetCreateTableAsStmt().Query)
	}
	return "", false
}

// readsExisting reports whether a query reads, in its FROM clause, a table
// that existed before.
func readsExisting(p *lint.Pass, query *pg_query.Node) bool {
	for _, from := range query.GetSelectStmt().GetFromClause() {
		if joinReadsExisting(p, from) {
			return true
		}
	}
	return false
}

func joinReadsExisting(p *lint.Pass, from *pg_query.Node) bool {
	if r := from.GetRangeVar(); r != nil {
		return p.Exists(p.Catalog.Resolve(r), false)
	}
	if sub := from.GetRangeSubselect(); sub != nil {
		return readsExisting(p, sub.Subquery)
	}
	j := from.GetJoinExpr()
	return j != nil && (joinReadsExisting(p, j.Larg) || joinReadsExisting(p, j.Rarg))
}
