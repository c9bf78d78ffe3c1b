package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

var dropConstraintRemovesGuarantee = &lint.Rule{
	Name:     "drop-constraint-removes-guarantee",
	Doc:      page("drop-constraint-removes-guarantee"),
	Category: lint.Compatibility,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if c.Subtype != pg_query.AlterTableType_AT_DropConstraint || !p.Exists(c.Table, false) {
				continue
			}
			t := p.Catalog.Table(c.Table)
			dropped := droppedConstraint{name: c.Name, table: c.Table, Constraint: t.Constraint(c.Name)}
			if c.MissingOk && dropped.Constraint == nil && t != nil && t.Complete ||
				dropped.Constraint != nil && (dropped.harmless(p) || dropped.kept(t)) ||
				dropped.replacedLater(p, c.Number) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("DROP CONSTRAINT removes %s from %s: rows that break it can come in from now on, and it comes back only after all are checked",
					dropped.describe(), c.Table),
				Hazard: p.Statement,
				Also:   "removes " + dropped.describe() + " too",
			})
		}
		return nil
	},
}

// droppedConstraint is what DROP CONSTRAINT removes; Constraint is nil where
// the migrations do not show it.
type droppedConstraint struct {
	name  string
	table catalog.Name
	*catalog.Constraint
}

// harmless reports whether nobody relies on the constraint: it is new or not
// enforced, or a CHECK that only proves what NOT NULL says as well.
func (d droppedConstraint) harmless(p *lint.Pass) bool {
	if ofRelease(p, d.Origin) {
		return true
	}
	column := p.Catalog.Table(d.table).Column(d.provesNotNull())
	return !d.Enforced || column != nil && column.NotNull == catalog.Yes
}

// provesNotNull returns the column of CHECK (column IS NOT NULL), or "".
func (d droppedConstraint) provesNotNull() string {
	if d.Constraint == nil || len(d.Columns) != 1 || d.Expr.GetNullTest().GetNulltesttype() != pg_query.NullTestType_IS_NOT_NULL {
		return ""
	}
	return d.Columns[0]
}

// kept reports whether another constraint of the table says the same.
func (d droppedConstraint) kept(t *catalog.Table) bool {
	return slices.ContainsFunc(t.Constraints, func(other *catalog.Constraint) bool {
		return other.Name != d.Name && other.Enforced && other.Referenced == d.Referenced && d.saidBy(other.Kind, other.Columns)
	})
}

// saidBy reports whether a constraint of that kind on those columns, other than
// the dropped one, stands in for it. What a CHECK says only a person knows.
func (d droppedConstraint) saidBy(kind catalog.ConstraintKind, columns []string) bool {
	switch d.Kind {
	case catalog.PrimaryKey, catalog.Unique:
		return (kind == catalog.PrimaryKey || kind == catalog.Unique) && subset(columns, d.Columns)
	case catalog.ForeignKey: // one of more columns demands more
		return kind == d.Kind && subset(d.Columns, columns)
	case catalog.Check:
		return kind == d.Kind && subset(columns, d.Columns) && subset(d.Columns, columns)
	}
	return false
}

// replacedLater reports whether the rest of the migration, the other commands
// of the statement first, adds the constraint again or makes it needless.
func (d droppedConstraint) replacedLater(p *lint.Pass, number int) bool {
	for i, s := range p.Remaining() {
		alter := s.Node.GetAlterTableStmt()
		if alter.GetRelation() != nil && p.Catalog.Resolve(alter.Relation) == d.table {
			for j, c := range alter.Cmds {
				if (i > 0 || j != number) && d.replacedBy(p.Catalog, c.GetAlterTableCmd()) {
					return true
				}
			}
		}
		if drop := s.Node.GetDropStmt(); drop.GetRemoveType() == pg_query.ObjectType_OBJECT_TABLE {
			for _, o := range drop.GetObjects() {
				table := p.Catalog.ResolveList(o.GetList().GetItems())
				if table == d.table || d.Constraint != nil && d.Kind == catalog.ForeignKey && table == d.Referenced {
					return true
				}
			}
		}
	}
	return false
}

func (d droppedConstraint) replacedBy(c *catalog.Catalog, cmd *pg_query.AlterTableCmd) bool {
	switch cmd.Subtype {
	case pg_query.AlterTableType_AT_DropColumn:
		return d.Constraint != nil && slices.Contains(d.Columns, cmd.Name)
	case pg_query.AlterTableType_AT_SetNotNull:
		return cmd.Name == d.provesNotNull()
	case pg_query.AlterTableType_AT_AddConstraint:
		added := cmd.Def.GetConstraint()
		kind, columns := kindOf(c, added, d.table)
		if d.Constraint == nil || kind == 0 {
			return added.Conname == d.name
		}
		key := kind == catalog.PrimaryKey || kind == catalog.Unique
		return added.Conname == d.name && !key || d.saidBy(kind, columns)
	}
	return false
}

// kindOf returns the kind of a constraint as written and its columns.
func kindOf(c *catalog.Catalog, k *pg_query.Constraint, table catalog.Name) (catalog.ConstraintKind, []string) {
	columns := tree.Strings(k.Keys)
	if index := c.Index(catalog.Name{Schema: table.Schema, Name: k.Indexname}); k.Indexname != "" && index != nil {
		columns = index.Columns
	}
	switch k.Contype {
	case pg_query.ConstrType_CONSTR_CHECK:
		return catalog.Check, catalog.ColumnsRead(k.RawExpr)
	case pg_query.ConstrType_CONSTR_FOREIGN:
		return catalog.ForeignKey, tree.Strings(k.FkAttrs)
	case pg_query.ConstrType_CONSTR_PRIMARY:
		return catalog.PrimaryKey, columns
	case pg_query.ConstrType_CONSTR_UNIQUE:
		return catalog.Unique, columns
	}
	return 0, nil
}

func (d droppedConstraint) describe() string {
	if d.Constraint == nil {
		return "the constraint " + quoted(d.name)
	}
	kinds := map[catalog.ConstraintKind]string{
		catalog.Check: "the CHECK", catalog.ForeignKey: "the foreign key", catalog.PrimaryKey: "the primary key",
		catalog.Unique: "the unique constraint", catalog.Exclusion: "the exclusion constraint", catalog.NotNull: "the NOT NULL constraint",
	}
	return kinds[d.Kind] + " " + quoted(d.name)
}
