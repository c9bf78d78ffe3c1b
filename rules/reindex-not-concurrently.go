package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var reindexNotConcurrently = &lint.Rule{
	Name:     "reindex-not-concurrently",
	Doc:      page("reindex-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Fixable:  true,
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
		instead := patiently(p, "reindex CONCURRENTLY, outside a transaction block",
			lint.Step{Statements: []string{edited(p.Statement, after(object, " CONCURRENTLY"))}, NoTransaction: true})
		if noReindexConcurrently(p, reindex) != "" {
			instead = nil
		}
		switch reindex.Kind {
		case pg_query.ReindexObjectType_REINDEX_OBJECT_INDEX, pg_query.ReindexObjectType_REINDEX_OBJECT_TABLE:
			builds := slices.DeleteFunc(slices.Clone(d.Effects), func(e lock.Effect) bool { return e.Work != lock.IndexBuild })
			if len(builds) == 0 {
				return nil
			}
			d.Message = words + " " + locksOfReindex(p, reindex)
			d.Instead = instead
			if !slices.ContainsFunc(builds, func(e lock.Effect) bool { return p.Large(e.Relation) }) {
				d.Severity = lint.Warning
			}
		case pg_query.ReindexObjectType_REINDEX_OBJECT_SYSTEM:
			d.Message = "REINDEX SYSTEM locks the system catalogs one after the other: all of the database's traffic waits"
		default:
			d.Message = fmt.Sprintf("%s takes a SHARE lock on one table after the other, which blocks writes of it until its indexes are built", words)
			d.Instead = instead
		}
		d.SuggestedFixes = p.Fix(d.Instead)
		p.Report(d)
		return nil
	},
}

// locksOfReindex says what REINDEX INDEX or TABLE locks, as the end of a message.
func locksOfReindex(p *lint.Pass, reindex *pg_query.ReindexStmt) string {
	table := p.Catalog.Resolve(reindex.Relation)
	name, indexes, built := table.String(), "each of its indexes", "its indexes are built"
	if reindex.Kind == pg_query.ReindexObjectType_REINDEX_OBJECT_INDEX {
		indexes, built = name, "the index is built"
		if index := p.Catalog.Index(table); index != nil {
			table, name = index.Table, index.Table.String()
		} else {
			name = "the table of " + name
		}
	}
	if t := p.Catalog.Table(table); t != nil && t.Kind == catalog.PartitionedTable {
		return "takes a SHARE lock on one partition of " + name +
			" after the other, and an ACCESS EXCLUSIVE lock on its indexes, which blocks its writes and most reads until they are built"
	}
	return "takes a SHARE lock on " + name + " and an ACCESS EXCLUSIVE lock on " + indexes +
		", which blocks writes and most reads until " + built
}
