package rules

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var attachPartitionScansTable = &lint.Rule{
	Name:     "attach-partition-scans-table",
	Doc:      page("attach-partition-scans-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if c.Subtype != pg_query.AlterTableType_AT_AttachPartition {
				continue
			}
			for _, e := range c.Effects {
				if e.Index || !e.Mode.BlocksWrites() || !e.Work.GrowsWithTable() {
					continue
				}
				on := e.Relation.String()
				instead := "prove the bound first by a CHECK, added NOT VALID and validated in a later migration, with IS NOT NULL for each key of a range"
				switch {
				case strings.HasPrefix(e.Why, "default partition of "):
					on = "the default partition " + on
					instead = "prove first that no row of the default partition is inside the bound, by a CHECK that is added NOT VALID and validated in a later migration"
				case e.Work == lock.IndexBuild:
					instead = "build the indexes that the partition lacks CONCURRENTLY first, and prove the bound by a validated CHECK"
				}
				c.Report([]lock.Effect{e}, lint.Diagnostic{
					Message: "ATTACH PARTITION " + takesUntil(e, on),
					Instead: &lint.Instead{Message: instead},
				})
			}
		}
		return nil
	},
}
