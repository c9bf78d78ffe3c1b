package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var alterColumnTypeRewritesTable = &lint.Rule{
	Name:     "alter-column-type-rewrites-table",
	Doc:      page("alter-column-type-rewrites-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		reportTypeChange(p, &lint.Instead{Message: "add a column of the new type, keep both in step with a trigger, fill the new one in batches, and switch over"}, lock.TableRewrite)
		return nil
	},
}

// reportTypeChange reports ALTER COLUMN TYPE commands that do the given works.
// A type that the history does not tell is not an error: it may be free.
func reportTypeChange(p *lint.Pass, instead *lint.Instead, works ...lock.Work) {
	for _, c := range commands(p) {
		if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType {
			continue
		}
		for _, work := range works {
			effects := c.Works(work)
			if len(effects) == 0 {
				continue
			}
			e := effects[0]
			d := lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("ALTER COLUMN %s TYPE takes an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes %s",
					quoted(c.Name), e.Relation, until(e)),
				Effects: c.Effects,
				Instead: instead,
			}
			if e.Unknown != "" {
				d.Message = fmt.Sprintf("ALTER COLUMN %s TYPE takes an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes, and may keep it %s: the migrations do not tell %s",
					quoted(c.Name), e.Relation, until(e), e.Unknown)
				d.Severity = lint.Warning
			}
			if !p.Large(c.Table) {
				d.Severity = lint.Warning
			}
			p.Report(d)
			break
		}
	}
}
