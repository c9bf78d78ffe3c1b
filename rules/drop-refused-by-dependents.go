package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropRefusedByDependents = &lint.Rule{
	Name:     "drop-refused-by-dependents",
	Doc:      page("drop-refused-by-dependents"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, r := range refusedDrops(p) {
			refused(p, mention(p.Statement, r.name.Name), statementName(p.Statement)+" "+r.name.String(), "2BP01", r.dependents)
		}
		dropParts(p)
		return nil
	},
}

// heldDrop is an object that a DROP without CASCADE fails to drop.
type heldDrop struct {
	name       catalog.Name
	dependents []catalog.Dependent
}

// refusedDrops judges DROP TABLE, DROP VIEW and their like. What the same
// statement drops holds up nothing.
func refusedDrops(p *lint.Pass) []heldDrop {
	type key struct{}
	return p.Memo(key{}, func() any { return readRefusedDrops(p) }).([]heldDrop)
}

func readRefusedDrops(p *lint.Pass) (list []heldDrop) {
	drop := p.Statement.Node.GetDropStmt()
	if drop == nil || drop.Behavior == pg_query.DropBehavior_DROP_CASCADE || p.Statement.Caught("2BP01") {
		return nil
	}
	var dropped []catalog.Name
	dependents := map[catalog.Name][]catalog.Dependent{}
	for _, o := range drop.Objects {
		var n catalog.Name
		var list []catalog.Dependent
		switch drop.RemoveType {
		case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_FOREIGN_TABLE,
			pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW:
			n = p.Catalog.ResolveList(o.GetList().GetItems())
			list = p.Catalog.TableDependents(n)
		case pg_query.ObjectType_OBJECT_TYPE, pg_query.ObjectType_OBJECT_DOMAIN:
			typ := p.Catalog.TypeOf(o.GetTypeName())
			n = catalog.Name{Schema: typ.Schema, Name: typ.Name}
			list = p.Catalog.TypeDependents(n)
		case pg_query.ObjectType_OBJECT_FUNCTION, pg_query.ObjectType_OBJECT_PROCEDURE, pg_query.ObjectType_OBJECT_ROUTINE:
			n = p.Catalog.ResolveFunction(o.GetObjectWithArgs().GetObjname())
			if p.Catalog.HasFunction(o.GetObjectWithArgs()) {
				list = p.Catalog.FunctionDependents(n)
			}
		case pg_query.ObjectType_OBJECT_SEQUENCE:
			n = p.Catalog.ResolveList(o.GetList().GetItems())
			list = p.Catalog.SequenceDependents(n)
		case pg_query.ObjectType_OBJECT_SCHEMA:
			n = catalog.Name{Name: o.GetString_().GetSval()}
			list = p.Catalog.SchemaDependents(n.Name)
		default:
			return nil
		}
		dropped, dependents[n] = append(dropped, n), list
	}
	for _, n := range dropped {
		for _, below := range p.Catalog.Descendants(n) {
			if t := p.Catalog.Table(below); t.PartitionOf != nil {
				dropped = append(dropped, below)
			}
		}
	}
	for _, n := range slices.Compact(dropped) {
		left := slices.DeleteFunc(dependents[n], func(d catalog.Dependent) bool {
			return slices.Contains(dropped, d.Owner) || d.Since > p.Server
		})
		if len(left) > 0 {
			list = append(list, heldDrop{n, left})
		}
	}
	return list
}

// dropParts judges DROP COLUMN and DROP CONSTRAINT. PostgreSQL drops in the
// order of the commands.
func dropParts(p *lint.Pass) {
	var gone []string // columns and constraints
	for _, c := range commands(p) {
		var what string
		var list []catalog.Dependent
		table := p.Catalog.Table(c.Table)
		switch c.Subtype {
		case pg_query.AlterTableType_AT_DropColumn:
			if inherited(p, c) {
				continue
			}
			what = "DROP COLUMN"
			list = p.Catalog.ColumnDependents(c.Table, c.Name, p.Statement.Node.GetAlterTableStmt().Relation.Inh)
		case pg_query.AlterTableType_AT_DropConstraint:
			what = "DROP CONSTRAINT"
			if k := table.Constraint(c.Name); k != nil {
				list = p.Catalog.ConstraintDependents(k)
			}
		default:
			continue
		}
		if c.Behavior != pg_query.DropBehavior_DROP_CASCADE {
			list = slices.DeleteFunc(list, func(d catalog.Dependent) bool {
				return d.Owner == c.Table && slices.Contains(gone, d.Name) || d.Since > p.Server
			})
			refused(p, c.Range, fmt.Sprintf("%s %s of %s", what, quoted(c.Name), c.Table), "2BP01", list)
		}
		gone = append(gone, c.Name)
		if table != nil && c.Subtype == pg_query.AlterTableType_AT_DropColumn {
			for _, k := range table.Constraints {
				if slices.Contains(k.Columns, c.Name) {
					gone = append(gone, k.Name)
				}
			}
		}
	}
}

// conditions are what the SQLSTATEs are called.
var conditions = map[string]string{
	"2BP01": "dependent objects still exist",
	"0A000": "feature not supported",
	"42601": "syntax error",
}

// refused reports that a clause fails for the dependents, if there are any.
func refused(p *lint.Pass, r migration.Range, clause, state string, dependents []catalog.Dependent) {
	if len(dependents) == 0 {
		return
	}
	var names []string
	for _, d := range dependents {
		if name := d.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	verb := "depends on it"
	if len(names) > 1 {
		verb = "depend on it"
	}
	d := lint.Diagnostic{
		Range:   r,
		Fails:   state,
		Message: fmt.Sprintf("%s fails with %s (%s): %s %s", clause, state, conditions[state], fewInWords(names, firstNames), verb),
		Instead: withoutDependents(dependents[0]),
	}
	for _, dependent := range dependents {
		if at := dependent.Origin; at.Statement != nil {
			d.Related = append(d.Related, lint.Related{Range: firstLine(at.Statement), File: at.Statement.File(), Message: dependent.String()})
		}
	}
	p.Report(d)
}

func withoutDependents(d catalog.Dependent) *lint.Instead {
	switch d.Kind {
	case "view", "materialized view":
		return &lint.Instead{Message: fmt.Sprintf("drop the %s first, in the same transaction, and create it anew at its end, if it is still needed", d.Kind)}
	case "policy", "rule", "trigger":
		return &lint.Instead{Message: fmt.Sprintf("drop the %s first, in the same transaction, and create it anew at its end", d.Kind)}
	case "constraint":
		return &lint.Instead{Message: "drop the foreign key first, in a migration of its own"}
	}
	return &lint.Instead{Message: "change or drop what depends on it first"}
}

// firstLine is where a statement begins, to the end of its first line.
func firstLine(s *migration.Statement) migration.Range {
	r := s.Range
	if line, _, ok := strings.Cut(s.Text(), "\n"); ok {
		r.End = r.Pos + len(strings.TrimRight(line, " \t\r"))
	}
	return r
}
