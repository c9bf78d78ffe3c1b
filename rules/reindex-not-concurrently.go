package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var reindexNotConcurrently = &lint.Rule{
	Name:     "reindex-not-concurrently",
	Doc:      page("reindex-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		reindex := p.Statement.Node.GetReindexStmt()
		if reindex == nil || lock.NeedsOwnTransaction(p.Statement, p.Catalog, p.Server) == "REINDEX CONCURRENTLY" {
			return nil
		}
		words := "REINDEX " + map[pg_query.ReindexObjectType]string{
			pg_query.ReindexObjectType_REINDEX_OBJECT_INDEX:    "INDEX",
			pg_query.ReindexObjectType_REINDEX_OBJECT_TABLE:    "TABLE",
			pg_query.ReindexObjectType_REINDEX_OBJECT_SCHEMA:   "SCHEMA",
			pg_query.ReindexObjectType_REINDEX_OBJECT_SYSTEM:   "SYSTEM",
			pg_query.ReindexObjectType_REINDEX_OBJECT_DATABASE: "DATABASE",
		}[reindex.Kind]
		d := lint.Diagnostic{Range: head(p.Statement, words), Effects: p.Existing()}
		object, _ := p.Statement.Find(p.Statement.Pos, words[len("REINDEX "):])
		instead := p.Instead("reindex CONCURRENTLY, outside a transaction block",
			lint.Step{Statements: []string{edited(p.Statement, after(object, " CONCURRENTLY"))}, NoTransaction: true})
		switch reindex.Kind {
		case pg_query.ReindexObjectType_REINDEX_OBJECT_INDEX, pg_query.ReindexObjectType_REINDEX_OBJECT_TABLE:
			if len(d.Effects) == 0 {
				return nil
			}
			d.Message = fmt.Sprintf("%s locks %s: writes wait until the index is built, and reads that the planner would serve from it", words, d.Effects[0].Relation)
			d.Instead = instead
		case pg_query.ReindexObjectType_REINDEX_OBJECT_SYSTEM:
			d.Message = "REINDEX SYSTEM locks the system catalogs one after the other: all of the database's traffic waits"
		default:
			d.Message = fmt.Sprintf("%s takes a SHARE lock on one table after the other, which blocks writes of it until its indexes are built", words)
			d.Instead = instead
		}
		p.Report(d)
		return nil
	},
}
