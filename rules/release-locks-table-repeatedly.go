package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var releaseLocksTableRepeatedly = &lint.Rule{
	Name:     "release-locks-table-repeatedly",
	Doc:      page("release-locks-table-repeatedly"),
	Category: lint.Outage,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		type key struct{}
		locked := p.OfHistory(key{}, func() any { return map[tableOfRelease]*lastLock{} }).(map[tableOfRelease]*lastLock)
		for _, e := range p.Existing() {
			if e.Index || !p.Hot(e.Relation) {
				continue
			}
			k := tableOfRelease{p.Migration.Release, e.Relation}
			switch last := locked[k]; {
			case e.Mode != lock.AccessExclusive:
				// What VALIDATE CONSTRAINT or CONCURRENTLY parts cannot be one step.
				if e.Mode == lock.ShareUpdateExclusive && last != nil {
					delete(locked, k)
				}
			case last == nil:
				locked[k] = &lastLock{p.Migration, p.Statement}
			case last.migration != p.Migration:
				d := lint.Diagnostic{
					Range: e.Range,
					Message: fmt.Sprintf("%s waits for an ACCESS EXCLUSIVE lock on the hot table %s again, after another migration of the release: each time all later reads and writes of the table wait behind it",
						statementName(p.Statement), e.Relation),
					Related: []lint.Related{{Range: last.statement.Range, File: last.migration.File, Message: "locked here too"}},
					Instead: &lint.Instead{Message: "make the changes of one table in one migration, under one lock"},
				}
				if e.Work == lock.CatalogOnly { // longer work is for other rules to explain
					d.Effects = []lock.Effect{e}
				}
				p.Report(d)
				locked[k] = &lastLock{p.Migration, p.Statement}
			}
		}
		return nil
	},
}

type tableOfRelease struct {
	release int
	table   catalog.Name
}

// lastLock is where an ACCESS EXCLUSIVE lock was taken last.
type lastLock struct {
	migration *migration.Migration
	statement *migration.Statement
}
