package rules

import (
	"fmt"
	"slices"
	"strings"

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
					Message: fmt.Sprintf("ALTER COLUMN %s TYPE %s%s", quoted(c.Name), c.Takes(effects), checkedToo(c, effects[0])),
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
func checkedToo(c command, rewrite lock.Effect) string {
	var tables []string
	for _, e := range c.Effects {
		if e.Implied && e.Work == lock.ValidationScan && !slices.Contains(c.pass.Catalog.Descendants(c.Table), e.Relation) {
			tables = append(tables, e.Relation.String())
		}
	}
	switch {
	case len(tables) == 0 || rewrite.Unknown != "":
		return ""
	case len(tables) == 1:
		return ", and one on " + tables[0] + " until its foreign key is checked"
	}
	return ", and one each on " + strings.Join(tables, ", ") + " until their foreign keys are checked"
}
