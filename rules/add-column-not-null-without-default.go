package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var addColumnNotNullWithoutDefault = &lint.Rule{
	Name:     "add-column-not-null-without-default",
	Doc:      page("add-column-not-null-without-default"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		var first command
		var names, columns []string
		for _, c := range commands(p) {
			if !p.Exists(c.Table, false) || !needsEmpty(c) {
				continue
			}
			if len(columns) == 0 {
				first = c
			} else {
				first.Effects = slices.Concat(first.Effects, c.Effects)
			}
			names = append(names, c.Def.GetColumnDef().GetColname())
			columns = append(columns, quoted(names[len(names)-1]))
		}
		if len(columns) == 0 {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range: first.Range,
			Fails: "23502",
			Message: fmt.Sprintf("ADD COLUMN %s NOT NULL without a default fails with 23502 (contains null values) as soon as %s has a row",
				fewInWords(columns, 3), first.Table),
			Effects: first.Effects,
			Instead: valueInstead(p, first.Table, names),
		})
		return nil
	},
}

// valueInstead is how rows get a value for new columns: by a constant default too,
// unless a column is a key, of which one value does not do for all rows.
func valueInstead(p *lint.Pass, table catalog.Name, columns []string) *lint.Instead {
	each, them := "it", "it"
	if len(columns) > 1 {
		each, them = "each", "them"
	}
	message := fmt.Sprintf("add %[1]s nullable, fill %[1]s in batches, and make %[1]s NOT NULL as set-not-null-scans-table says", them)
	key := false
	p.Catalog.AfterAll(p.Remaining(), func() {
		t := p.Catalog.Table(table)
		if t == nil {
			return
		}
		key = slices.ContainsFunc(t.Constraints, func(k *catalog.Constraint) bool {
			return k.Kind == catalog.ForeignKey && slices.ContainsFunc(k.Columns, func(name string) bool { return slices.Contains(columns, name) })
		}) || slices.ContainsFunc(t.Indexes, func(n catalog.Name) bool {
			index := p.Catalog.Index(n)
			return index != nil && index.Unique && len(index.Keys) == 1 && slices.Contains(columns, index.Keys[0].Column)
		})
	})
	if !key {
		message = "give " + each + " a constant default, or " + message
	}
	return &lint.Instead{Message: message}
}

// needsEmpty reports whether the command fails as soon as the table has a row.
func needsEmpty(c command) bool {
	return slices.ContainsFunc(c.Effects, func(e lock.Effect) bool { return e.NeedsEmpty && e.Relation == c.Table })
}
