package rules

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var integerPrimaryKeyOverflows = aboutType("integer-primary-key-overflows", lint.Hygiene,
	func(def *pg_query.ColumnDef, t catalog.Type) bool {
		generated := isSerial(def, t)
		key := false
		for _, n := range def.Constraints {
			generated = generated || n.GetConstraint().Contype == pg_query.ConstrType_CONSTR_IDENTITY
			key = key || n.GetConstraint().Contype == pg_query.ConstrType_CONSTR_PRIMARY
		}
		return key && generated && t.Schema == "" && slices.Contains([]string{"int2", "int4"}, t.Name)
	},
	"which runs out of numbers, and widening it then rewrites the table", "make it bigint")
