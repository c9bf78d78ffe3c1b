package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var foreignKeyTypeDiffers = &lint.Rule{
	Name:     "foreign-key-type-differs",
	Doc:      page("foreign-key-type-differs"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	RunEnd: func(p *lint.Pass) error {
		for _, t := range p.Catalog.Tables() {
			for _, k := range t.Constraints {
				referenced := p.Catalog.Table(k.Referenced)
				if k.Kind != catalog.ForeignKey || k.Parents > 0 || referenced == nil || len(k.ReferencedColumns) != len(k.Columns) {
					continue
				}
				for i, name := range k.Columns {
					column, key := t.Column(name), referenced.Column(k.ReferencedColumns[i])
					if column == nil || key == nil || integerWidth[column.Type.Name] == 0 || integerWidth[column.Type.Name] >= integerWidth[key.Type.Name] {
						continue
					}
					origin, place := k.Origin, name
					if key.Retyped.Transaction > origin.Transaction { // they were alike before
						origin, place = key.Retyped, key.Name
					}
					at := p.At(origin)
					if at == nil {
						continue
					}
					at.Report(lint.Diagnostic{
						Range: mention(at.Statement, place),
						Message: fmt.Sprintf("%s of %s is %s, and %s of %s is %s: keys that are too large cannot be referenced",
							name, t.Name, column.Type, key.Name, k.Referenced, key.Type),
						Instead: &lint.Instead{Message: fmt.Sprintf("make %s of %s %s", name, t.Name, key.Type)},
					})
				}
			}
		}
		return nil
	},
}

// integerWidth orders the types of numeric keys.
var integerWidth = map[string]int{"int2": 1, "int4": 2, "int8": 3, "numeric": 4}
