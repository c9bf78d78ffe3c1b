package rules

import (
	"fmt"

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
		if drop.GetRemoveType() != pg_query.ObjectType_OBJECT_TABLE {
			return nil
		}
		for _, o := range drop.Objects {
			dropTable(p, p.Catalog.ResolveList(o.GetList().GetItems()))
		}
		return nil
	},
}

func dropTable(p *lint.Pass, table catalog.Name) {
	if !p.MayExist(table) {
		return
	}
	breaks, mayBreak := " and breaks the release that still uses it", " and break the release that still uses it"
	again := madeAgain(p, catalog.Object{Kind: pg_query.ObjectType_OBJECT_VIEW, Name: table})
	if p.Config.Queries != nil || again { // change-breaks-query says who uses it
		breaks = ""
	}
	if again {
		mayBreak = ""
	}
	d := lint.Diagnostic{
		Range:   mention(p.Statement, table.Name),
		Message: fmt.Sprintf("DROP TABLE destroys the data of %s%s", table, breaks),
		Instead: &lint.Instead{Message: "stop using the table, deploy that, keep a copy, and drop it in a later release"},
	}
	if again {
		d.Instead = &lint.Instead{Message: "give it another name in place of dropping it, and drop it in a later release, when nobody misses its rows"}
	}
	if t := p.Catalog.Table(table); t != nil && t.PartitionOf != nil {
		d.Message = fmt.Sprintf("DROP TABLE destroys the data of %s, a partition of %s", table, t.PartitionOf)
	}
	if e, _ := strongest(effectsOn(p, table)); e.MayBeMissing() {
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("DROP TABLE may destroy the data of %s%s%s", table, mayBreak, unknown(e))
	}
	switch by, left := copied(p, table); {
	case left != "":
		d.Severity = lint.Warning
		d.Message = "DROP TABLE destroys " + left
		d.Instead = &lint.Instead{Message: "keep the table under another name, and drop it in a later release, when nobody misses what the copy does not have"}
		d.Related = []lint.Related{{Range: by.Range, File: by.File(), Message: "the copy"}}
	case by != nil:
		name, lost := writtenMeanwhile(p, table, by)
		if !lost {
			return // drop-object-breaks-running-release
		}
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("DROP TABLE destroys the rows that others write to %s after %s has copied it: no lock keeps them out", name, statementName(by))
		d.Instead = &lint.Instead{Message: "lock the table before the copy, in the transaction that drops it, or keep both in step with a trigger while the copy is filled"}
		d.Related = []lint.Related{{Range: by.Range, File: by.File(), Message: "the copy"}}
	}
	p.Report(d)
}
