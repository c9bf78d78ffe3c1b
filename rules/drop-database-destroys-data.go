package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var dropDatabaseDestroysData = &lint.Rule{
	Name:     "drop-database-destroys-data",
	Doc:      page("drop-database-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropdbStmt()
		if drop == nil {
			return nil
		}
		o := p.Catalog.Object(pg_query.ObjectType_OBJECT_DATABASE, pg_query.MakeStrNode(drop.Dbname), nil)
		if o.Birth != catalog.BornBefore {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range:   mention(p.Statement, drop.Dbname),
			Message: fmt.Sprintf("DROP DATABASE destroys everything in the database %s, at once and for good", quoted(drop.Dbname)),
			Instead: &lint.Instead{Message: "rename it, see that nobody misses it, and drop it by hand after a backup"},
		})
		return nil
	},
}
