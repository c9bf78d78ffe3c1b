package rules

import (
	"fmt"

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
				d := lint.Diagnostic{
					Range:   c.Range,
					Message: fmt.Sprintf("ATTACH PARTITION %s %s", takes(e), until(e)),
					Effects: []lock.Effect{e},
					Instead: &lint.Instead{Message: "add a CHECK that implies the bound NOT VALID, with IS NOT NULL for each key of a range, and validate it first; build the missing indexes CONCURRENTLY"},
				}
				if e.Unknown != "" {
					d.Message += ", unless " + e.Unknown + " proves the bound"
				}
				if !p.Large(e.Relation) {
					d.Severity = lint.Warning
				}
				p.Report(d)
			}
		}
		return nil
	},
}
