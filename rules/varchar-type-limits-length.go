package rules

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var varcharTypeLimitsLength = aboutType("varchar-type-limits-length", lint.Style,
	func(_ *pg_query.ColumnDef, t catalog.Type) bool {
		return t.Schema == "" && t.Name == "varchar" && !t.Array && len(t.Mods) > 0
	},
	"which no other limit can replace without an ALTER TABLE", "make it text, with a CHECK if its length matters")
