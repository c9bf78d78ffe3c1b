package rules

import (
	"fmt"
	"path"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var downDestroysMoreThanUpCreated = &lint.Rule{
	Name:     "down-destroys-more-than-up-created",
	Doc:      page("down-destroys-more-than-up-created"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropStmt()
		if p.Migration.Direction != migration.Down || drop == nil && p.Statement.Node.GetAlterTableStmt() == nil {
			return nil
		}
		if drop.GetRemoveType() == pg_query.ObjectType_OBJECT_SCHEMA && drop.GetBehavior() != pg_query.DropBehavior_DROP_CASCADE {
			return nil // fails where the schema has tables
		}
		if len(p.Later()) == 0 {
			return nil // nobody knows what an up has created
		}
		before := p.Catalog.Tables()
		p.Catalog.After(p.Statement, func() {
			for _, t := range before {
				if t.Kind == catalog.OrdinaryTable || t.Kind == catalog.PartitionedTable {
					reportDestroyed(p, t, p.Catalog.Table(t.Name))
				}
			}
		})
		return nil
	},
}

// reportDestroyed reports what of a table is older than the up and does not
// outlive the statement.
func reportDestroyed(p *lint.Pass, before, after *catalog.Table) {
	report := func(what, name string, o catalog.Origin) {
		d := lint.Diagnostic{
			Range:   mention(p.Statement, name),
			Message: fmt.Sprintf("%s in the down migration destroys the data of %s, which is older than the up migration", statementName(p.Statement), what),
			Instead: &lint.Instead{Message: "take back only what the up migration does"},
		}
		if o.Statement != nil {
			d.Related = []lint.Related{{Range: o.Statement.Range, File: o.Statement.File(), Message: "this created it"}}
		}
		p.Report(d)
	}
	switch {
	case before == after:
	case after == nil:
		if olderThanUp(p, before.Origin) {
			report(before.Name.String(), before.Name.Name, before.Origin)
		}
	default:
		for _, c := range before.Columns {
			if after.Column(c.Name) == nil && c.Parents == 0 && c.Generated == catalog.NotGenerated && olderThanUp(p, c.Origin) {
				report(before.Name.String()+"."+quoted(c.Name), c.Name, c.Origin)
			}
		}
	}
}

// olderThanUp reports whether something existed before the up of the down
// migration under review.
func olderThanUp(p *lint.Pass, o catalog.Origin) bool {
	name := func(m *migration.Migration) migration.FileName {
		return migration.FileName{Base: path.Base(m.File.Name), Version: m.Version, Name: m.Name}
	}
	switch m := o.Migration; {
	case m == nil:
		return true // the schema
	case m.Direction == migration.Down || m.Version == p.Migration.Version:
		return false
	default:
		return p.Migration.Runner.Less(name(m), name(p.Migration))
	}
}
