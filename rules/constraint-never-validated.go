package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var constraintNeverValidated = &lint.Rule{
	Name:     "constraint-never-validated",
	Doc:      page("constraint-never-validated"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	RunEnd: func(p *lint.Pass) error {
		for _, t := range p.Catalog.Tables() {
			kind := "TABLE"
			if t.Kind == catalog.ForeignTable {
				kind = "FOREIGN TABLE"
			}
			neverValidated(p, kind, t.Name, t.Constraints)
		}
		for _, d := range p.Catalog.Domains() {
			neverValidated(p, "DOMAIN", d.Name, d.Constraints)
		}
		return nil
	},
}

// neverValidated reports those of an object's constraints that the release under
// review added and nothing has validated.
func neverValidated(p *lint.Pass, kind string, n catalog.Name, constraints []*catalog.Constraint) {
	for _, k := range constraints {
		// A parent's is reported there. What a branch may have dropped or validated
		// nobody knows.
		if k.Validated || k.Maybe || !k.Enforced || k.Parents > 0 {
			continue
		}
		at := p.At(k.Origin)
		if at == nil {
			continue
		}
		at.Report(lint.Diagnostic{
			Range: mention(at.Statement, k.Name),
			Message: fmt.Sprintf("NOT VALID leaves the values that %s has already unchecked, and no later migration validates %s, so PostgreSQL never relies on it",
				n, quoted(k.Name)),
			Instead: &lint.Instead{Message: fmt.Sprintf("validate it in a later migration: ALTER %s %s VALIDATE CONSTRAINT %s", kind, n, quoted(k.Name))},
		})
	}
}
