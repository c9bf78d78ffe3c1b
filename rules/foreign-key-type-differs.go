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
					at := p.At(k.Origin)
					if column == nil || key == nil || at == nil || integerWidth[column.Type.Name] == 0 || integerWidth[column.Type.Name] >= integerWidth[key.Type.Name] {
						continue
					}
					at.Report(lint.Diagnostic{
						Range: mention(at.Statement, name),
						Message: fmt.Sprintf("%s of %s is %s, and %s of %s is %s: keys that are too large cannot be referenced",
							name, t.Name, column.Type, key.Name, k.Referenced, key.Type),
						Instead: &lint.Instead{Message: fmt.Sprintf("make the column %s", key.Type)},
					})
				}
			}
		}
		return nil
	},
}

// integerWidth orders the types of numeric keys.
var integerWidth = map[string]int{"int2": 1, "int4": 2, "int8": 3, "numeric": 4}
