package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var disableTriggerSkipsChecks = &lint.Rule{
	Name:     "disable-trigger-skips-checks",
	Doc:      page("disable-trigger-skips-checks"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		for _, s := range lock.Settings(p.Statement) {
			if s.Name == "session_replication_role" && strings.EqualFold(s.Text, "replica") {
				p.Report(lint.Diagnostic{
					Message: "session_replication_role = replica skips triggers and foreign key checks, and nobody checks the rows later",
					Instead: &lint.Instead{Message: "write the rows in an order that the foreign keys allow, or make those DEFERRABLE"},
				})
			}
		}
		for _, c := range commands(p) {
			skips, ok := disabled(c.AlterTableCmd)
			if !ok || !p.Exists(c.Table, false) || enabledAgain(p, c.Table, c.AlterTableCmd) {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   c.Range,
				Message: fmt.Sprintf("DISABLE TRIGGER skips %s for the writes of all sessions to %s, and nothing in the transaction enables them again", skips, c.Table),
				Instead: &lint.Instead{Message: "enable them again in the same transaction; drop a trigger that is no longer wanted"},
			})
		}
		return nil
	},
}

// disabled says what a command disables.
func disabled(c *pg_query.AlterTableCmd) (what string, ok bool) {
	switch c.Subtype {
	case pg_query.AlterTableType_AT_DisableTrig:
		return "the trigger " + c.Name, true
	case pg_query.AlterTableType_AT_DisableTrigUser:
		return "its triggers", true
	case pg_query.AlterTableType_AT_DisableTrigAll:
		return "its triggers and foreign key checks", true
	}
	return "", false
}

// enabledAgain reports whether the same transaction, whose lock lets no other
// session write, enables again what a command disables, or drops it.
func enabledAgain(p *lint.Pass, table catalog.Name, disables *pg_query.AlterTableCmd) bool {
	if p.Session.Block() == lock.NoBlock {
		return false
	}
	for _, s := range p.Following() {
		if closesTransaction(s) {
			return false
		}
		if slices.ContainsFunc(s.Node.GetAlterTableStmt().GetCmds(), func(n *pg_query.Node) bool {
			c := n.GetAlterTableCmd()
			switch c.Subtype {
			case pg_query.AlterTableType_AT_EnableTrig, pg_query.AlterTableType_AT_EnableAlwaysTrig, pg_query.AlterTableType_AT_EnableReplicaTrig:
				return c.Name == disables.Name
			case pg_query.AlterTableType_AT_EnableTrigAll:
				return true
			case pg_query.AlterTableType_AT_EnableTrigUser:
				return disables.Subtype != pg_query.AlterTableType_AT_DisableTrigAll
			}
			return false
		}) && p.Catalog.Resolve(s.Node.GetAlterTableStmt().Relation) == table || dropsTrigger(p, s, table, disables.Name) {
			return true
		}
	}
	return false
}

// dropsTrigger reports whether a statement drops the table's trigger, or the table.
func dropsTrigger(p *lint.Pass, s *migration.Statement, table catalog.Name, trigger string) bool {
	if drops(p.Catalog, s.Node, pg_query.ObjectType_OBJECT_TABLE, table) {
		return true
	}
	drop := s.Node.GetDropStmt()
	return drop.GetRemoveType() == pg_query.ObjectType_OBJECT_TRIGGER && slices.ContainsFunc(drop.Objects, func(o *pg_query.Node) bool {
		names := o.GetList().GetItems()
		last := len(names) - 1
		return names[last].GetString_().GetSval() == trigger && p.Catalog.ResolveList(names[:last]) == table
	})
}
