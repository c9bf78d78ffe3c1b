package rules

import (
	"fmt"
	"slices"

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
		reportTypeChange(p, "add a column of the new type, keep both in step with a trigger, fill the new one in batches, and switch over", lock.TableRewrite)
		return nil
	},
}

// reportTypeChange reports ALTER COLUMN TYPE commands whose heaviest work is
// one of the works. A type that the migrations do not tell is a warning: the
// change may be free.
func reportTypeChange(p *lint.Pass, instead string, works ...lock.Work) {
	for _, c := range commands(p) {
		if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType {
			continue
		}
		for _, work := range []lock.Work{lock.TableRewrite, lock.IndexBuild, lock.ValidationScan} {
			effects := c.Works(work)
			if len(effects) == 0 {
				continue
			}
			if slices.Contains(works, work) {
				c.Report(effects, lint.Diagnostic{
					Message: fmt.Sprintf("ALTER COLUMN %s TYPE %s%s", quoted(c.Name), c.Takes(effects), checkedToo(c)),
					Effects: c.Effects,
					Instead: &lint.Instead{Message: instead},
				})
			}
			break
		}
	}
}

// checkedToo names the tables whose foreign keys a rewrite checks again, as
// the end of a message.
func checkedToo(c command) string {
	text := ""
	for _, e := range c.Effects {
		if e.Implied && e.Work == lock.ValidationScan && !slices.Contains(c.pass.Catalog.Descendants(c.Table), e.Relation) {
			text += fmt.Sprintf(", and one on %s until its foreign key is checked", e.Relation)
		}
	}
	return text
}
