package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var detachPartitionNotConcurrently = &lint.Rule{
	Name:     "detach-partition-not-concurrently",
	Doc:      page("detach-partition-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Since:    14,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			partition := c.Def.GetPartitionCmd()
			if c.Subtype != pg_query.AlterTableType_AT_DetachPartition || partition.GetConcurrent() || !p.Exists(c.Table, false) {
				continue
			}
			parent := p.Catalog.Table(c.Table)
			// CONCURRENTLY is refused while there is a default partition.
			hasDefault := parent != nil && parent.DefaultPartition != nil
			scans := c.Works(lock.ValidationScan)
			if hasDefault && len(scans) == 0 && bounded(p) {
				continue
			}
			d := lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("DETACH PARTITION takes an ACCESS EXCLUSIVE lock on the partitioned table %s%s, which blocks reads and writes of it from the moment it waits for running queries until the transaction ends",
					c.Table, andDefault(c)),
				Effects: c.Effects,
			}
			for _, e := range scans {
				d.Message += fmt.Sprintf(", and one on %s until its foreign key is checked", e.Relation)
			}
			switch {
			case hasDefault:
				d.Instead = p.Instead("give up after a few seconds and try again: CONCURRENTLY is refused because of the default partition "+parent.DefaultPartition.String(),
					brief(c.Alone("")))
			case len(scans) > 0:
				d.Instead = &lint.Instead{Message: fmt.Sprintf("detach it CONCURRENTLY, outside a transaction block: reads and writes of the parent go on, and only writes of %s wait until its foreign key is checked", scans[0].Relation)}
			default:
				d.Instead = patiently(p, "detach it CONCURRENTLY, outside a transaction block",
					lint.Step{Statements: []string{c.Alone("DETACH PARTITION " + catalog.Name{Schema: partition.GetName().GetSchemaname(), Name: partition.GetName().GetRelname()}.String() + " CONCURRENTLY")}, NoTransaction: true})
			}
			p.Report(d)
		}
		return nil
	},
}

// andDefault names the default partition, which is locked too.
func andDefault(c command) string {
	for _, e := range c.Effects {
		if e.Why == ofDefault(c.Table) {
			return " and on its default partition " + e.Relation.String()
		}
	}
	return ""
}
