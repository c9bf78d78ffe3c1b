package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var alterColumnTypeLosesValues = &lint.Rule{
	Name:     "alter-column-type-loses-values",
	Doc:      page("alter-column-type-loses-values"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			column := p.Catalog.Table(c.Table).Column(c.Name)
			if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType || column == nil || !p.Exists(c.Table, false) || bornLately(p, c.Table, c.Name) {
				continue
			}
			definition := c.Def.GetColumnDef()
			loss := lock.TypeLoss(column, definition, p.Catalog)
			what := fmt.Sprintf("ALTER COLUMN %s TYPE %s", quoted(c.Name), p.Catalog.TypeOf(definition.TypeName))
			switch labels := missingLabels(c, column); {
			case loss.Does != "":
				which := " that do not fit"
				if strings.HasPrefix(loss.Does, "drops") { // of every value
					which = ""
				}
				p.Report(lint.Diagnostic{
					Range:   c.Range,
					Message: fmt.Sprintf("%s silently %s the values of %s.%s%s", what, loss.Does, c.Table, quoted(c.Name), which),
					Instead: &lint.Instead{Message: "add a column of the new type, and drop the old one in a later release, when nobody misses its values"},
				})
			case loss.State != "" && !changesRows(p, c.Table, ""):
				p.Report(lint.Diagnostic{
					Range:    c.Range,
					Severity: lint.Warning,
					Fails:    loss.State,
					Message:  fmt.Sprintf("%s fails with %s if a row of %s has a value that it cannot hold: the migrations do not tell the values", what, loss.State, c.Table),
					Instead:  &lint.Instead{Message: "keep the type, and say by a CHECK that is NOT VALID at first what new values may be"},
				})
			case len(labels) > 0 && !changesRows(p, c.Table, ""):
				p.Report(lint.Diagnostic{
					Range:    c.Range,
					Severity: lint.Warning,
					Fails:    "22P02",
					Message:  fmt.Sprintf("%s fails with 22P02 if a row of %s has the value %s: the migrations do not tell the values", what, c.Table, strings.Join(labels, " or ")),
					Instead:  &lint.Instead{Message: "write the rows over first, in a migration of its own"},
				})
			}
		}
		return nil
	},
}

// missingLabels returns the values of a column's enum type that another enum
// type, to which it is cast by their text, does not have.
func missingLabels(c command, column *catalog.Column) []string {
	enum := func(t catalog.Type) *catalog.Enum {
		e := c.pass.Catalog.Enum(catalog.Name{Schema: t.Schema, Name: t.Name})
		if e == nil || e.Origin == (catalog.Origin{}) || t.Array {
			return nil // nobody knows all values
		}
		return e
	}
	definition := c.Def.GetColumnDef()
	from, to := enum(column.Type), enum(c.pass.Catalog.TypeOf(definition.TypeName))
	if from == nil || to == nil || !castsOnly(definition.RawDefault) {
		return nil
	}
	var labels []string
	for _, v := range from.Values {
		if !slices.ContainsFunc(to.Values, func(other catalog.EnumValue) bool { return other.Label == v.Label }) {
			labels = append(labels, "'"+v.Label+"'")
		}
	}
	return labels
}

// castsOnly reports whether an expression is a column, cast any number of times.
func castsOnly(using *pg_query.Node) bool {
	for using.GetTypeCast() != nil {
		using = using.GetTypeCast().Arg
	}
	return using.GetColumnRef() != nil
}
