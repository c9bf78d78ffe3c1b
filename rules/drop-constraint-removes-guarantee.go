package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var dropConstraintRemovesGuarantee = &lint.Rule{
	Name:     "drop-constraint-removes-guarantee",
	Doc:      page("drop-constraint-removes-guarantee"),
	Category: lint.Compatibility,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		list := commands(p)
		for _, c := range list {
			if c.Subtype != pg_query.AlterTableType_AT_DropConstraint || !p.Exists(c.Table, false) {
				continue
			}
			constraint := constraintOf(p, c.Table, c.Name)
			if addedAgain(list, c.Name) || constraint != nil && harmless(p, constraint) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("DROP CONSTRAINT removes %s from %s: rows that break it can come in from now on, and it comes back only after all are checked",
					describe(c.Name, constraint), c.Table),
			})
		}
		return nil
	},
}

func constraintOf(p *lint.Pass, table catalog.Name, name string) *catalog.Constraint {
	t := p.Catalog.Table(table)
	if t == nil {
		return nil
	}
	for _, c := range t.Constraints {
		if c.Name == name {
			return c
		}
	}
	return nil
}

// addedAgain reports whether the same ALTER TABLE adds a constraint of that name.
func addedAgain(list []command, name string) bool {
	for _, c := range list {
		if c.Subtype == pg_query.AlterTableType_AT_AddConstraint && c.Def.GetConstraint().GetConname() == name {
			return true
		}
	}
	return false
}

// harmless reports whether nobody relies on the constraint: it is new, or a
// CHECK that only proves what NOT NULL says as well.
func harmless(p *lint.Pass, constraint *catalog.Constraint) bool {
	if b := p.Catalog.BirthOf(constraint.Origin); b == catalog.BornInRelease || b == catalog.BornInTransaction {
		return true
	}
	test := constraint.Expr.GetNullTest()
	if test == nil || len(constraint.Columns) != 1 {
		return false
	}
	for _, column := range p.Catalog.Table(constraint.Table).Columns {
		if column.Name == constraint.Columns[0] {
			return column.NotNull == catalog.Yes
		}
	}
	return false
}

func describe(name string, constraint *catalog.Constraint) string {
	kinds := map[catalog.ConstraintKind]string{
		catalog.Check: "the CHECK", catalog.ForeignKey: "the foreign key", catalog.PrimaryKey: "the primary key",
		catalog.Unique: "the unique constraint", catalog.Exclusion: "the exclusion constraint", catalog.NotNull: "the NOT NULL constraint",
	}
	if constraint == nil {
		return "the constraint " + quoted(name)
	}
	return kinds[constraint.Kind] + " " + quoted(name)
}
