package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var concurrentlyRefused = &lint.Rule{
	Name:     "concurrently-refused",
	Doc:      page("concurrently-refused"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		var d lint.Diagnostic
		switch n := p.Statement.Node.GetNode().(type) {
		case *pg_query.Node_IndexStmt:
			d = refusedBuild(p, n.IndexStmt)
		case *pg_query.Node_DropStmt:
			d = refusedDrop(p, n.DropStmt)
		case *pg_query.Node_AlterTableStmt:
			d = refusedDetach(p)
		case *pg_query.Node_RefreshMatViewStmt:
			d = refusedRefresh(p, n.RefreshMatViewStmt)
		case *pg_query.Node_ReindexStmt:
			d = refusedReindex(p, n.ReindexStmt)
		}
		if d.Message != "" {
			d.Range, _ = p.Statement.Find(p.Statement.Pos, "CONCURRENTLY")
			p.Report(d)
		}
		return nil
	},
}

func refusedBuild(p *lint.Pass, create *pg_query.IndexStmt) (d lint.Diagnostic) {
	table := p.Catalog.Resolve(create.Relation)
	if t := p.Catalog.Table(table); create.Concurrent && t != nil && t.Kind == catalog.PartitionedTable {
		d.Message = fmt.Sprintf("CREATE INDEX CONCURRENTLY fails with 0A000: %s is partitioned", table)
		d.Fails = "0A000"
		d.Instead = onEachPartition(p, table)
	}
	return d
}

func refusedDrop(p *lint.Pass, drop *pg_query.DropStmt) (d lint.Diagnostic) {
	if !drop.Concurrent {
		return d
	}
	ifExists := ""
	if drop.MissingOk {
		ifExists = "IF EXISTS "
	}
	var concurrent []lint.Step
	for _, o := range drop.Objects {
		parts := o.GetList().GetItems()
		index := p.Catalog.Index(p.Catalog.ResolveList(parts))
		if index != nil && ofPartitioned(p.Catalog, index) {
			d.Message = fmt.Sprintf("DROP INDEX CONCURRENTLY fails with 0A000: %s is an index of the partitioned table %s", index.Name, index.Table)
			d.Fails = "0A000"
			d.Instead = p.Instead("drop it without CONCURRENTLY, and give up after a few seconds of waiting for the locks", brief("DROP INDEX "+ifExists+written(parts)))
		}
		concurrent = append(concurrent, lint.Step{Statements: []string{"DROP INDEX CONCURRENTLY " + ifExists + written(parts)}, NoTransaction: true})
	}
	switch {
	case len(drop.Objects) > 1:
		d.Message = "DROP INDEX CONCURRENTLY of several indexes fails with 0A000"
		d.Fails = "0A000"
		d.Instead = patiently(p, "drop each index by itself", concurrent...)
	case drop.Behavior == pg_query.DropBehavior_DROP_CASCADE:
		d.Message = "DROP INDEX CONCURRENTLY … CASCADE fails with 0A000"
		d.Fails = "0A000"
		if d.Instead == nil {
			d.Instead = patiently(p, "drop the index without CASCADE", concurrent...)
		}
	}
	return d
}

func refusedDetach(p *lint.Pass) (d lint.Diagnostic) {
	for _, c := range commands(p) {
		partition := c.Def.GetPartitionCmd()
		parent := p.Catalog.Table(c.Table)
		if p.Server < 14 || c.Subtype != pg_query.AlterTableType_AT_DetachPartition || !partition.GetConcurrent() || parent == nil || parent.DefaultPartition == nil {
			continue
		}
		d.Message = fmt.Sprintf("DETACH PARTITION … CONCURRENTLY fails with 55000: %s has the default partition %s", c.Table, *parent.DefaultPartition)
		d.Fails = "55000"
		name := catalog.Name{Schema: partition.GetName().GetSchemaname(), Name: partition.GetName().GetRelname()}
		d.Instead = p.Instead("detach it without CONCURRENTLY, and give up after a few seconds of waiting for the locks", brief(c.Alone("DETACH PARTITION "+name.String())))
	}
	return d
}

func refusedRefresh(p *lint.Pass, refresh *pg_query.RefreshMatViewStmt) (d lint.Diagnostic) {
	view := p.Catalog.Resolve(refresh.Relation)
	const fails = "REFRESH MATERIALIZED VIEW CONCURRENTLY fails with "
	switch {
	case !refresh.Concurrent:
	case refresh.SkipData:
		d.Message = fails + "42601: it has WITH NO DATA"
		d.Fails = "42601"
	case unreadable(p, view):
		d.Message = fmt.Sprintf("%s0A000: %s has no data yet", fails, view)
		d.Fails = "0A000"
		d.Instead = p.Instead("fill it without CONCURRENTLY: nobody can read it before that", lint.Step{Statements: []string{"REFRESH MATERIALIZED VIEW " + view.String()}})
	case !mayBeUnique(p, view):
		d.Message = fmt.Sprintf("%s55000: %s has no unique index on plain columns of all rows", fails, view)
		d.Fails = "55000"
		d.Instead = &lint.Instead{Message: "create one first"}
	}
	return d
}

func refusedReindex(p *lint.Pass, reindex *pg_query.ReindexStmt) (d lint.Diagnostic) {
	if why := noReindexConcurrently(p, reindex); why != "" && lock.NeedsOwnTransaction(p.Statement, p.Catalog, p.Server) == "REINDEX CONCURRENTLY" {
		d.Message = "REINDEX CONCURRENTLY fails with 0A000: " + why
		d.Fails = "0A000"
	}
	return d
}

// noReindexConcurrently says why a REINDEX could not be CONCURRENTLY, "" if it
// could.
func noReindexConcurrently(p *lint.Pass, reindex *pg_query.ReindexStmt) string {
	relation := p.Catalog.Resolve(reindex.Relation)
	switch index := p.Catalog.Index(relation); {
	case reindex.Kind == pg_query.ReindexObjectType_REINDEX_OBJECT_SYSTEM:
		return "it is about system catalogs"
	case relation.Schema == "pg_catalog":
		return relation.String() + " belongs to the system catalogs"
	case reindex.Kind == pg_query.ReindexObjectType_REINDEX_OBJECT_INDEX && excludes(p, index):
		return relation.String() + " is the index of an exclusion constraint"
	}
	return ""
}

func excludes(p *lint.Pass, index *catalog.Index) bool {
	if index == nil {
		return false
	}
	k := p.Catalog.Table(index.Table).Constraint(index.Constraint)
	return k != nil && k.Kind == catalog.Exclusion
}
