package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropPartitionLocksParent = &lint.Rule{
	Name:     "drop-partition-locks-parent",
	Doc:      page("drop-partition-locks-parent"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropStmt()
		if drop.GetRemoveType() != pg_query.ObjectType_OBJECT_TABLE {
			return nil
		}
		var dropped []*catalog.Table
		for _, o := range drop.Objects {
			if t := p.Catalog.Table(p.Catalog.ResolveList(o.GetList().GetItems())); t != nil {
				dropped = append(dropped, t)
			}
		}
		reported := map[catalog.Name]bool{}
		for _, t := range dropped {
			if t.PartitionOf == nil || reported[*t.PartitionOf] || droppedLater(p, *t.PartitionOf) {
				continue
			}
			reported[*t.PartitionOf] = true
			dropPartition(p, t, *t.PartitionOf)
		}
		return nil
	},
}

// droppedLater reports whether a later statement of the migration drops a table.
func droppedLater(p *lint.Pass, table catalog.Name) bool {
	return slices.ContainsFunc(p.Following(), func(s *migration.Statement) bool {
		return drops(p.Catalog, s.Node, pg_query.ObjectType_OBJECT_TABLE, table)
	})
}

// dropPartition reports the lock that the drop of a partition takes on its parent.
func dropPartition(p *lint.Pass, partition *catalog.Table, parent catalog.Name) {
	var locked []lock.Effect
	for _, e := range p.Existing() {
		byDrop := strings.HasPrefix(e.Why, "partitioned parent of ") || strings.HasPrefix(e.Why, "default partition of ")
		if byDrop && e.Mode > p.Session.Strongest(e.Relation) && (e.Relation == parent || e.Why == ofDefault(parent)) {
			locked = append(locked, e)
		}
	}
	if len(locked) == 0 { // held already, new, or dropped too
		return
	}
	t := p.Catalog.Table(parent)
	hasDefault := t != nil && t.DefaultPartition != nil
	if (hasDefault || p.Server < 14) && bounded(p) {
		return // as short as it gets
	}
	on := "the partitioned table " + parent.String()
	if len(locked) > 1 {
		on += " and on its default partition " + t.DefaultPartition.String()
	}
	d := lint.Diagnostic{
		Range:   mention(p.Statement, partition.Name.Name),
		Message: fmt.Sprintf("DROP TABLE of the partition %s takes an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes of it from the moment it waits for running queries until the transaction ends", partition.Name, on),
		Effects: locked,
	}
	switch {
	case hasDefault:
		d.Instead = p.Instead("give up after a few seconds and try again: to detach it CONCURRENTLY first is refused because of the default partition "+t.DefaultPartition.String(), brief(p.Statement.Text()))
	case p.Server < 14:
		d.Instead = p.Instead("give up after a few seconds and try again", brief(p.Statement.Text()))
	case len(p.Statement.Node.GetDropStmt().Objects) > 1:
		d.Instead = &lint.Instead{Message: "detach each partition CONCURRENTLY first, outside a transaction block, and drop it in a later migration"}
	default:
		d.Instead = patiently(p, "detach it CONCURRENTLY first, outside a transaction block, and drop it in a later migration",
			lint.Step{Statements: []string{fmt.Sprintf("ALTER TABLE %s DETACH PARTITION %s CONCURRENTLY", parent, partition.Name)}, NoTransaction: true},
			brief(p.Statement.Text()))
	}
	p.Report(d)
}
