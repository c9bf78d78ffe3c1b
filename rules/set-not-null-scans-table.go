package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var setNotNullScansTable = &lint.Rule{
	Name:     "set-not-null-scans-table",
	Doc:      page("set-not-null-scans-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			column := c.Name
			if form, ok := c.Newer(migration.NotNullConstraint); ok {
				column = form.Target
			} else if c.Subtype != pg_query.AlterTableType_AT_SetNotNull {
				continue
			}
			scans := c.Works(lock.ValidationScan)
			if len(scans) == 0 {
				continue
			}
			c.Report(scans, lint.Diagnostic{Message: "SET NOT NULL " + c.Takes(scans), Instead: proveNotNull(c.Surely(), column)})
		}
		return nil
	},
}

// proveNotNull makes a column NOT NULL without a scan under the strong lock.
func proveNotNull(c command, column string) *lint.Instead {
	proof, cleanup := notNullProof(c, column)
	if len(proof) == 1 {
		return c.pass.Instead("validate the constraint that is there, NOT VALID, which blocks neither reads nor writes", proof...)
	}
	if len(cleanup) == 0 {
		return c.pass.Instead("add the constraint NOT VALID, which scans nothing, and validate it in a later migration, which blocks neither reads nor writes", proof...)
	}
	set := []string{c.Alone(fmt.Sprintf("ALTER COLUMN %s SET NOT NULL", quoted(column)))}
	return c.pass.Instead("prove it with a CHECK that is validated in a later migration, which blocks neither reads nor writes; SET NOT NULL then scans nothing",
		append(proof, brief(append(set, cleanup...)...))...)
}

// notNullProof proves that a column has no null, while reads and writes go
// on: from PostgreSQL 18 by the NOT NULL itself, before that by a CHECK that
// the cleanup drops after the column is NOT NULL.
func notNullProof(c command, column string) (proof []lint.Step, cleanup []string) {
	validate := func(name string) lint.Step {
		return brief(c.Alone("VALIDATE CONSTRAINT " + name))
	}
	if t := c.pass.Catalog.Table(c.Table); t != nil && c.pass.Server >= 18 {
		for _, k := range t.Constraints {
			// Another NOT NULL constraint of the column is refused.
			if k.Kind == catalog.NotNull && slices.Equal(k.Columns, []string{column}) {
				return []lint.Step{validate(quoted(k.Name))}, nil
			}
		}
	}
	name := quoted(c.pass.Catalog.FreeName(c.Table, column, "not_null"))
	if form, ok := c.Newer(migration.NotNullConstraint); ok && form.Target == column && c.Def.GetConstraint().GetConname() != "" {
		name = quoted(c.Def.GetConstraint().GetConname())
	}
	definition := fmt.Sprintf("CHECK (%s IS NOT NULL)", quoted(column))
	if c.pass.Server >= 18 {
		definition = "NOT NULL " + quoted(column)
	} else {
		cleanup = []string{c.Alone("DROP CONSTRAINT " + name)}
	}
	return []lint.Step{
		brief(c.Alone(fmt.Sprintf("ADD CONSTRAINT %s %s NOT VALID", name, definition))),
		validate(name),
	}, cleanup
}

// isNotNull reports whether a column of the command's table is known to be
// NOT NULL.
func isNotNull(c command, column string) bool {
	t := c.pass.Catalog.Table(c.Table)
	if t == nil {
		return false
	}
	k := t.Column(column)
	return k != nil && k.NotNull == catalog.Yes
}
