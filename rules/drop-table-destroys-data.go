package rules

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropTableDestroysData = &lint.Rule{
	Name:     "drop-table-destroys-data",
	Doc:      page("drop-table-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil // down-destroys-more-than-up-created
		}
		drop := p.Statement.Node.GetDropStmt()
		for _, o := range drop.GetObjects() {
			switch {
			case drop.RemoveType == pg_query.ObjectType_OBJECT_TABLE:
				dropTable(p, p.Catalog.ResolveList(o.GetList().GetItems()))
			case drop.RemoveType == pg_query.ObjectType_OBJECT_SCHEMA && drop.Behavior == pg_query.DropBehavior_DROP_CASCADE:
				dropSchema(p, o.GetString_().GetSval())
			}
		}
		return nil
	},
}

func dropTable(p *lint.Pass, table catalog.Name) {
	if !p.Exists(table, false) {
		return
	}
	d := lint.Diagnostic{
		Range:   mention(p.Statement, table.Name),
		Message: fmt.Sprintf("DROP TABLE destroys the data of %s and breaks the release that still uses it", table),
		Instead: &lint.Instead{Message: "stop using the table, deploy that, keep a copy, and drop it in a later release"},
	}
	if t := p.Catalog.Table(table); t != nil && t.PartitionOf != nil {
		d.Message = fmt.Sprintf("DROP TABLE destroys the data of %s, a partition of %s", table, t.PartitionOf)
	}
	if e, _ := strongest(effectsOn(p, table)); e.MayBeMissing() {
		d.Message = fmt.Sprintf("DROP TABLE may destroy the data of %s and break the release that still uses it%s", table, unknown(e))
	}
	p.Report(d)
}

// dropSchema reports the tables that go with their schema. A schema all of
// whose tables are new is new.
func dropSchema(p *lint.Pass, schema string) {
	known, victims := false, []string{}
	for _, t := range p.Catalog.Tables() {
		if t.Name.Schema != schema || t.Kind != catalog.OrdinaryTable && t.Kind != catalog.PartitionedTable {
			continue
		}
		known = true
		if p.Exists(t.Name, false) && t.PartitionOf == nil {
			victims = append(victims, t.Name.String())
		}
	}
	what := strings.Join(victims, ", ") + " and of every other table of the schema"
	switch {
	case !known:
		what = "every table of the schema " + quoted(schema) + ", of which the migrations show none,"
	case len(victims) == 0:
		return
	}
	p.Report(lint.Diagnostic{
		Range:   mention(p.Statement, schema),
		Message: fmt.Sprintf("DROP SCHEMA … CASCADE destroys the data of %s and breaks the release that still uses it", what),
		Instead: &lint.Instead{Message: "drop the tables one by one, once no release uses them"},
	})
}
