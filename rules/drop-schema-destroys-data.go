package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropSchemaDestroysData = &lint.Rule{
	Name:     "drop-schema-destroys-data",
	Doc:      page("drop-schema-destroys-data"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil // down-destroys-more-than-up-created
		}
		drop := p.Statement.Node.GetDropStmt()
		if drop.GetRemoveType() != pg_query.ObjectType_OBJECT_SCHEMA || drop.Behavior != pg_query.DropBehavior_DROP_CASCADE {
			return nil // without CASCADE only an empty one goes
		}
		for _, o := range drop.Objects {
			dropSchema(p, p.Catalog.Object(drop.RemoveType, o, nil), drop.MissingOk)
		}
		return nil
	},
}

// dropSchema reports the tables that go with their schema. A schema all of
// whose tables are new is new.
func dropSchema(p *lint.Pass, o catalog.Object, ifExists bool) {
	if o.Birth != catalog.BornBefore && o.Birth != catalog.BornUnknown {
		return
	}
	schema := o.Name.Name
	known, victims := false, []string{}
	for _, t := range p.Catalog.Tables() {
		if t.Name.Schema != schema || t.Kind != catalog.OrdinaryTable && t.Kind != catalog.PartitionedTable {
			continue
		}
		known = true
		if p.MayExist(t.Name) && t.PartitionOf == nil {
			victims = append(victims, t.Name.String())
		}
	}
	what := "every table of the schema " + quoted(schema)
	switch {
	case !known:
		what += ", of which the migrations show none,"
	case len(victims) == 0:
		return
	default:
		what += ", among them " + fewInWords(victims, firstNames) + ","
	}
	d := lint.Diagnostic{
		Range:   mention(p.Statement, schema),
		Message: fmt.Sprintf("DROP SCHEMA … CASCADE destroys the data of %s and breaks the release that still uses it", what),
		Instead: &lint.Instead{Message: "drop the tables one by one, once no release uses them"},
	}
	if ifExists && !known && !o.Known {
		if makesAgain(p.Following(), o) != nil {
			return // for the one that comes now
		}
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("DROP SCHEMA … CASCADE may destroy data and break the release that still uses it: the migrations do not tell what is in the schema %s", quoted(schema))
	}
	p.Report(d)
}
