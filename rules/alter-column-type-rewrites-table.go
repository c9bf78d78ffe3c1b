package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/tree"
)

var alterColumnTypeRewritesTable = &lint.Rule{
	Name:     "alter-column-type-rewrites-table",
	Doc:      page("alter-column-type-rewrites-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		instead := byNewColumn
		if slices.ContainsFunc(commands(p), dependsOnTimeZone) {
			instead = "where the values are in UTC, run SET LOCAL TimeZone = 'UTC' before it in its transaction, and only indexes are built anew; else " + instead
		}
		if p.Statement.Do == nil && keepsTypes(commands(p)) { // a block may ask for the type first
			instead = "change the values by UPDATEs in batches: the type stays as it is"
		}
		reportTypeChange(p, instead, lock.TableRewrite)
		return nil
	},
}

const byNewColumn = "add a column of the new type, keep both in step with a trigger, fill the new one in batches, and switch over"

// keepsTypes reports whether all type changes are to the type that the column has, for
// the sake of USING.
func keepsTypes(list []command) bool {
	kept := 0
	for _, c := range list {
		if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType {
			continue
		}
		column := c.pass.Catalog.Table(c.Table).Column(c.Name)
		if column == nil || column.Type.Name == "" || column.Type.String() != c.pass.Catalog.TypeOf(c.Def.GetColumnDef().GetTypeName()).String() {
			return false
		}
		kept++
	}
	return kept > 0
}

// dependsOnTimeZone reports whether a command changes a timestamp to timestamptz,
// or back, by the session's TimeZone alone.
func dependsOnTimeZone(c command) bool {
	if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType {
		return false
	}
	column := c.pass.Catalog.Table(c.Table).Column(c.Name)
	if column == nil {
		return false
	}
	to := c.pass.Catalog.TypeOf(c.Def.GetColumnDef().GetTypeName())
	if using := c.Def.GetColumnDef().GetRawDefault(); using != nil {
		cast := using.GetTypeCast()
		if tree.Last(cast.GetArg().GetColumnRef().GetFields()) != c.Name || c.pass.Catalog.TypeOf(cast.TypeName).String() != to.String() {
			return false
		}
	}
	return !to.Array && !column.Type.Array && len(to.Mods) == 0 &&
		(column.Type.Name == "timestamp" && to.Name == "timestamptz" || column.Type.Name == "timestamptz" && to.Name == "timestamp")
}

// reportTypeChange reports the ALTER COLUMN TYPE commands whose heaviest work
// is one of the works: those of one statement at once, because it does the work
// once. A type that the migrations do not tell is a warning: the change may be
// free.
func reportTypeChange(p *lint.Pass, instead string, works ...lock.Work) {
	var columns []string
	var effects, done []lock.Effect
	var first command
	for _, c := range commands(p) {
		if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType {
			continue
		}
		for _, work := range []lock.Work{lock.TableRewrite, lock.IndexBuild, lock.ValidationScan} {
			own := c.Works(work)
			if len(own) == 0 {
				continue
			}
			if slices.Contains(works, work) {
				if len(columns) == 0 || done[0].Unknown != "" && own[0].Unknown == "" {
					first, done = c, own
				}
				columns = append(columns, quoted(c.Name))
				effects = append(effects, c.Effects...)
			}
			break
		}
	}
	if len(columns) == 0 {
		return
	}
	first.Effects = effects
	first.Report(done, lint.Diagnostic{
		Message: fmt.Sprintf("ALTER COLUMN %s TYPE %s%s", fewInWords(columns, 3), first.Takes(done), checkedToo(first, done[0])),
		Effects: effects,
		Instead: &lint.Instead{Message: instead},
	})
}

// checkedToo names the tables whose foreign keys a rewrite checks again, as
// the end of a message.
func checkedToo(c command, rewrite lock.Effect) string {
	var tables []string
	for _, e := range c.Effects {
		if e.Implied && e.Work == lock.ValidationScan && !slices.Contains(c.pass.Catalog.Descendants(c.Table), e.Relation) {
			if table := e.Relation.String(); !slices.Contains(tables, table) {
				tables = append(tables, table)
			}
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
