package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
)

var addForeignKeyNotValidOnPartitionedTable = &lint.Rule{
	Name:     "add-foreign-key-not-valid-on-partitioned-table",
	Doc:      page("add-foreign-key-not-valid-on-partitioned-table"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Until:    17,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			constraint := c.Constraint(pg_query.ConstrType_CONSTR_FOREIGN)
			if constraint == nil || !constraint.SkipValidation || !c.Partitioned() || c.AddsColumn() {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   c.Range,
				Fails:   "42809",
				Message: fmt.Sprintf("ADD FOREIGN KEY … NOT VALID fails with 42809: %s is partitioned, and PostgreSQL %d refuses NOT VALID there", c.Table, p.Server),
				Effects: c.Effects,
				Instead: onPartitionsFirst(c, constraint),
			})
		}
		return nil
	},
}
