package rules

import (
	"fmt"
	"path"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

var migrationEdited = &lint.Rule{
	Name:     "migration-edited",
	Doc:      page("migration-edited"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	RunMigration: func(p *lint.Pass) error {
		m, before := p.Migration, p.Migration.Before
		if before == nil || m.Runner.Applied == "" {
			return nil
		}
		d := lint.Diagnostic{Range: firstChange(before, m)}
		if before.Version == m.Version {
			d.Message = fmt.Sprintf("the migration is edited, but %s, so databases that have it differ from new ones", m.Runner.Applied)
			d.Instead = &lint.Instead{Message: "leave the file as it was, and make the change in a new migration"}
		} else {
			d.Message = fmt.Sprintf("the migration was %s, and %s executes it once more as version %s where version %s is applied",
				path.Base(before.File.Name), m.Runner.Name, m.Version, before.Version)
			d.Instead = &lint.Instead{Message: "leave the file its version"}
		}
		p.Report(d)
		return nil
	},
}

// firstChange returns the first statement that is not as it was.
func firstChange(before, now *migration.Migration) migration.Range {
	for i, s := range now.Statements {
		if i >= len(before.Statements) || before.Statements[i].Text() != s.Text() {
			return s.Range
		}
	}
	if len(now.Statements) > 0 {
		return now.Statements[0].Range
	}
	return now.Section.Range
}
