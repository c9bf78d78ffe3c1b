package rules

import (
	"slices"

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
			for _, alike := range alike(c.Effects) {
				e := alike[0]
				var names []string
				for _, e := range alike {
					names = append(names, e.Relation.String())
				}
				on := fewInWords(names, firstNames)
				instead := "prove the bound first by a CHECK, added NOT VALID and validated in a later migration, with IS NOT NULL for each key of a range"
				switch {
				case e.Why == ofDefault(c.Table):
					on = scannedDefault(p, c.Table, alike)
					instead = "prove first that no row of the default partition is inside the bound, by a CHECK that is added NOT VALID and validated in a later migration"
				case e.Work == lock.IndexBuild:
					instead = "build the indexes that the partition lacks CONCURRENTLY first, and prove the bound by a validated CHECK"
				}
				c.Report(alike, lint.Diagnostic{
					Message: "ATTACH PARTITION " + takesUntil(e, on),
					Instead: &lint.Instead{Message: instead},
				})
			}
		}
		return nil
	},
}

// alike returns the effects that block writes while their work grows with the
// table, those together that differ in the table only: the parts of a tree.
func alike(effects []lock.Effect) [][]lock.Effect {
	var groups [][]lock.Effect
	for _, e := range effects {
		if e.Index || !e.Mode.BlocksWrites() || !e.GrowsWithTable() {
			continue
		}
		i := slices.IndexFunc(groups, func(g []lock.Effect) bool {
			return g[0].Mode == e.Mode && g[0].Work == e.Work && g[0].Why == e.Why && g[0].Unknown == e.Unknown
		})
		if i < 0 {
			i, groups = len(groups), append(groups, nil)
		}
		groups[i] = append(groups[i], e)
	}
	return groups
}
