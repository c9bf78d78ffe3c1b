package rules

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

var serialTypeIsNoIdentity = aboutType("serial-type-is-no-identity", lint.Style, isSerial,
	"whose sequence has privileges of its own and whose values any INSERT may override", "write GENERATED ALWAYS AS IDENTITY")

func isSerial(def *pg_query.ColumnDef, _ catalog.Type) bool {
	names := def.TypeName.Names
	return len(names) == 1 && slices.Contains([]string{"serial", "serial4", "bigserial", "serial8", "smallserial", "serial2"}, tree.Last(names))
}
