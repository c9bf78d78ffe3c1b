package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var setAutovacuumOffBloatsTable = &lint.Rule{
	Name:     "set-autovacuum-off-bloats-table",
	Doc:      page("set-autovacuum-off-bloats-table"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		table, off := autovacuumOff(p, p.Statement)
		if !off {
			return nil
		}
		for _, s := range p.Following() {
			if again, _ := autovacuumOff(p, s); again == table {
				return nil
			}
		}
		p.Report(lint.Diagnostic{
			Range:   mention(p.Statement, "autovacuum_enabled"),
			Message: fmt.Sprintf("autovacuum leaves %s alone, so dead rows and stale statistics pile up, and nothing in the migration turns it on again", table),
			Instead: &lint.Instead{Message: "let autovacuum run more often, with autovacuum_vacuum_scale_factor, or turn it on again after the bulk load"},
		})
		return nil
	},
}

// autovacuumOff returns the table whose autovacuum_enabled a statement sets or
// resets, or which it drops, and whether autovacuum is off afterwards.
func autovacuumOff(p *lint.Pass, s *migration.Statement) (table catalog.Name, off bool) {
	var options []*pg_query.Node
	switch n := s.Node.GetNode().(type) {
	case *pg_query.Node_CreateStmt:
		if n.CreateStmt.Relation.Relpersistence == "t" {
			return catalog.Name{}, false
		}
		table, options = p.Catalog.Resolve(n.CreateStmt.Relation), n.CreateStmt.Options
	case *pg_query.Node_AlterTableStmt:
		table = p.Catalog.Resolve(n.AlterTableStmt.Relation)
		for _, c := range n.AlterTableStmt.Cmds {
			switch c := c.GetAlterTableCmd(); c.Subtype {
			case pg_query.AlterTableType_AT_SetRelOptions:
				options = append(options, c.Def.GetList().GetItems()...)
			case pg_query.AlterTableType_AT_ResetRelOptions:
				if slices.ContainsFunc(c.Def.GetList().GetItems(), isAutovacuumEnabled) {
					return table, false
				}
			}
		}
	case *pg_query.Node_DropStmt:
		for _, o := range n.DropStmt.Objects {
			if n.DropStmt.RemoveType == pg_query.ObjectType_OBJECT_TABLE {
				return p.Catalog.ResolveList(o.GetList().GetItems()), false
			}
		}
	}
	i := slices.IndexFunc(options, isAutovacuumEnabled)
	if i < 0 {
		return catalog.Name{}, false
	}
	value := options[i].GetDefElem().GetArg()
	word := value.GetString_().GetSval() + tree.Last(value.GetTypeName().GetNames()) // off is a name, false a keyword
	switch strings.ToLower(word) {
	case "false", "off", "no", "f", "n", "fa", "fal", "fals", "of", "0":
		return table, true
	}
	return table, value.GetInteger() != nil && value.GetInteger().Ival == 0
}

func isAutovacuumEnabled(n *pg_query.Node) bool {
	return n.GetDefElem().GetDefname() == "autovacuum_enabled" && n.GetDefElem().GetDefnamespace() == ""
}
