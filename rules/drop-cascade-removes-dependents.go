package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropCascadeRemovesDependents = &lint.Rule{
	Name:     "drop-cascade-removes-dependents",
	Doc:      page("drop-cascade-removes-dependents"),
	Category: lint.DataLoss,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if !cascades(p.Statement.Node) || p.Migration.Direction == migration.Down {
			return nil
		}
		d := lint.Diagnostic{Range: p.Statement.Range, Instead: &lint.Instead{Message: "drop by name what is no longer used, without CASCADE"}}
		if cascade, ok := p.Statement.Find(p.Statement.Pos, "CASCADE"); ok {
			d.Range = cascade
		}
		drop := p.Statement.Node.GetDropStmt()
		if drop.GetRemoveType() == pg_query.ObjectType_OBJECT_EXTENSION {
			for _, o := range drop.Objects {
				if e := p.Catalog.Object(drop.RemoveType, o, nil); e.Birth == catalog.BornBefore {
					d.Severity = lint.Warning
					d.Message = fmt.Sprintf("DROP EXTENSION … CASCADE may drop columns, defaults, indexes and views: the migrations do not tell which use what %s brings", e.Name)
					p.Report(d)
				}
			}
			return nil
		}
		lost := p.Catalog.CascadeDrops(p.Statement, p.Following())
		if t := drop.GetRemoveType(); t == pg_query.ObjectType_OBJECT_TYPE || t == pg_query.ObjectType_OBJECT_DOMAIN {
			// drop-column-destroys-data is about these.
			lost = slices.DeleteFunc(lost, func(d catalog.Dependent) bool { return d.Kind == "column" })
		}
		if len(lost) == 0 {
			return nil
		}
		d.Message = fmt.Sprintf("%s … CASCADE also drops %s", statementName(p.Statement), dependents(lost))
		p.Report(d)
		return nil
	},
}

// cascades reports whether a statement drops, and says CASCADE.
func cascades(n *pg_query.Node) bool {
	switch n.GetDropStmt().GetRemoveType() {
	case pg_query.ObjectType_OBJECT_TRIGGER, pg_query.ObjectType_OBJECT_RULE, pg_query.ObjectType_OBJECT_POLICY:
		return false // nothing depends on these
	}
	return n.GetDropStmt().GetBehavior() == pg_query.DropBehavior_DROP_CASCADE ||
		slices.ContainsFunc(n.GetAlterTableStmt().GetCmds(), func(n *pg_query.Node) bool {
			cmd := n.GetAlterTableCmd()
			return cmd.GetBehavior() == pg_query.DropBehavior_DROP_CASCADE &&
				(cmd.Subtype == pg_query.AlterTableType_AT_DropColumn || cmd.Subtype == pg_query.AlterTableType_AT_DropConstraint)
		})
}

// mostDependents is how many a message names.
const mostDependents = 5

// dependents lists what is lost, as the end of a message.
func dependents(lost []catalog.Dependent) string {
	var list []string
	for _, d := range lost {
		list = append(list, d.String())
	}
	return fewInWords(list, mostDependents)
}
