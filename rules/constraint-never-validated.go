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
			neverValidated(p, t.Name, t.Constraints, "PostgreSQL never relies on it", func(name string) string {
				return fmt.Sprintf("validate it in a later migration: ALTER %s %s VALIDATE CONSTRAINT %s", kind, t.Name, name)
			})
		}
		for _, d := range p.Catalog.Domains() {
			neverValidated(p, d.Name, d.Constraints, "some of them may break it", func(name string) string {
				return validateDomain(p.Catalog.DomainTables(d.Name), fmt.Sprintf("ALTER DOMAIN %s VALIDATE CONSTRAINT %s", d.Name, name))
			})
		}
		return nil
	},
}

// neverValidated reports those of an object's constraints that the release under
// review added and nothing has validated.
func neverValidated(p *lint.Pass, n catalog.Name, constraints []*catalog.Constraint, so string, instead func(constraint string) string) {
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
			Message: fmt.Sprintf("NOT VALID leaves the values that %s has already unchecked, and no later migration validates %s, so %s",
				n, quoted(k.Name), so),
			Instead: &lint.Instead{Message: instead(quoted(k.Name))},
		})
	}
}

// validateDomain says what validating costs: nothing gentler proves a domain's constraint.
func validateDomain(tables []*catalog.Table, statement string) string {
	if len(tables) == 0 {
		return "validate it in a later migration: " + statement
	}
	var names []string
	for _, t := range tables {
		names = append(names, t.Name.String())
	}
	return fmt.Sprintf("validate it in a later migration, at a time when writes can wait: %s takes a SHARE lock on %s, which blocks writes until every row is checked",
		statement, fewInWords(names, firstNames))
}
