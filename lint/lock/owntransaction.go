package lock

import (
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// NeedsOwnTransaction says whether the server refuses the statement in a
// transaction block (SQLSTATE 25001), and returns the statement in the words
// of the server's message, such as "CREATE INDEX CONCURRENTLY"; "" if it may
// run in a block. Server is a PostgreSQL major. Whether the statement stands
// in a block says Session.WhyInBlock. Measured: these are the callers of
// PreventInTransactionBlock.
//
// DROP SUBSCRIPTION counts although it may run in a block when the
// subscription has no slot, which only the server knows.
func NeedsOwnTransaction(st *migration.Statement, c *catalog.Catalog, server int) string {
	switch n := st.Node.GetNode().(type) {
	case *pg_query.Node_IndexStmt:
		if n.IndexStmt.GetConcurrent() {
			return "CREATE INDEX CONCURRENTLY"
		}
	case *pg_query.Node_DropStmt:
		if n.DropStmt.GetConcurrent() {
			return "DROP INDEX CONCURRENTLY"
		}
	case *pg_query.Node_ReindexStmt:
		return reindex(n.ReindexStmt, c, server)
	case *pg_query.Node_AlterTableStmt:
		for _, command := range n.AlterTableStmt.GetCmds() {
			command := command.GetAlterTableCmd()
			if command.GetSubtype() == pg_query.AlterTableType_AT_DetachPartition && command.GetDef().GetPartitionCmd().GetConcurrent() {
				return "ALTER TABLE ... DETACH CONCURRENTLY"
			}
		}
	case *pg_query.Node_VacuumStmt:
		if n.VacuumStmt.GetIsVacuumcmd() {
			return "VACUUM"
		}
	case *pg_query.Node_ClusterStmt:
		if n.ClusterStmt.GetRelation() == nil || server >= 15 && isPartitioned(c, n.ClusterStmt.GetRelation()) {
			return "CLUSTER"
		}
	case *pg_query.Node_CreatedbStmt:
		return "CREATE DATABASE"
	case *pg_query.Node_DropdbStmt:
		return "DROP DATABASE"
	case *pg_query.Node_AlterDatabaseStmt:
		if _, ok := option(n.AlterDatabaseStmt.GetOptions(), "tablespace"); ok {
			return "ALTER DATABASE SET TABLESPACE"
		}
	case *pg_query.Node_CreateTableSpaceStmt:
		return "CREATE TABLESPACE"
	case *pg_query.Node_DropTableSpaceStmt:
		return "DROP TABLESPACE"
	case *pg_query.Node_AlterSystemStmt:
		return "ALTER SYSTEM"
	case *pg_query.Node_DiscardStmt:
		if n.DiscardStmt.GetTarget() == pg_query.DiscardMode_DISCARD_ALL {
			return "DISCARD ALL"
		}
	case *pg_query.Node_TransactionStmt:
		switch n.TransactionStmt.GetKind() {
		case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT_PREPARED:
			return "COMMIT PREPARED"
		case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK_PREPARED:
			return "ROLLBACK PREPARED"
		}
	case *pg_query.Node_CreateSubscriptionStmt:
		options := n.CreateSubscriptionStmt.GetOptions()
		if isOn(options, "create_slot", isOn(options, "connect", true)) {
			return "CREATE SUBSCRIPTION ... WITH (create_slot = true)"
		}
	case *pg_query.Node_AlterSubscriptionStmt:
		return alterSubscription(n.AlterSubscriptionStmt, server)
	case *pg_query.Node_DropSubscriptionStmt:
		return "DROP SUBSCRIPTION"
	}
	return ""
}

func reindex(r *pg_query.ReindexStmt, c *catalog.Catalog, server int) string {
	switch kind := r.GetKind(); {
	case isOn(r.GetParams(), "concurrently", false):
		return "REINDEX CONCURRENTLY"
	case kind == pg_query.ReindexObjectType_REINDEX_OBJECT_SCHEMA:
		return "REINDEX SCHEMA"
	case kind == pg_query.ReindexObjectType_REINDEX_OBJECT_SYSTEM:
		return "REINDEX SYSTEM"
	case kind == pg_query.ReindexObjectType_REINDEX_OBJECT_DATABASE:
		return "REINDEX DATABASE"
	case server < 14: // partitioned tables were left out
	case kind == pg_query.ReindexObjectType_REINDEX_OBJECT_TABLE && isPartitioned(c, r.GetRelation()):
		return "REINDEX TABLE"
	case kind == pg_query.ReindexObjectType_REINDEX_OBJECT_INDEX && isPartitionedIndex(c, r.GetRelation()):
		return "REINDEX INDEX"
	}
	return ""
}

func alterSubscription(a *pg_query.AlterSubscriptionStmt, server int) string {
	switch a.GetKind() {
	case pg_query.AlterSubscriptionType_ALTER_SUBSCRIPTION_REFRESH:
		return "ALTER SUBSCRIPTION ... REFRESH"
	case pg_query.AlterSubscriptionType_ALTER_SUBSCRIPTION_SET_PUBLICATION,
		pg_query.AlterSubscriptionType_ALTER_SUBSCRIPTION_ADD_PUBLICATION,
		pg_query.AlterSubscriptionType_ALTER_SUBSCRIPTION_DROP_PUBLICATION:
		if isOn(a.GetOptions(), "refresh", true) {
			return "ALTER SUBSCRIPTION with refresh"
		}
	case pg_query.AlterSubscriptionType_ALTER_SUBSCRIPTION_OPTIONS:
		if _, ok := option(a.GetOptions(), "failover"); ok && server >= 17 {
			return "ALTER SUBSCRIPTION ... SET (failover)"
		}
		if _, ok := option(a.GetOptions(), "two_phase"); ok && server >= 18 {
			return "ALTER SUBSCRIPTION ... SET (two_phase)"
		}
	}
	return ""
}

func isPartitioned(c *catalog.Catalog, r *pg_query.RangeVar) bool {
	t := c.Table(c.Resolve(r))
	return t != nil && t.Kind == catalog.PartitionedTable
}

func isPartitionedIndex(c *catalog.Catalog, r *pg_query.RangeVar) bool {
	i := c.Index(c.Resolve(r))
	if i == nil {
		return false
	}
	t := c.Table(i.Table)
	return t != nil && t.Kind == catalog.PartitionedTable
}

// option finds an option of WITH (…) or (…) by its name; the last one wins.
func option(options []*pg_query.Node, name string) (value *pg_query.Node, ok bool) {
	for _, o := range options {
		if d := o.GetDefElem(); d.GetDefname() == name {
			value, ok = d.GetArg(), true
		}
	}
	return value, ok
}

// isOn reads a boolean option as defGetBoolean does: without a value it is on.
func isOn(options []*pg_query.Node, name string, otherwise bool) bool {
	value, ok := option(options, name)
	switch {
	case !ok:
		return otherwise
	case value == nil:
		return true
	case value.GetInteger() != nil:
		return value.GetInteger().GetIval() != 0
	case value.GetBoolean() != nil:
		return value.GetBoolean().GetBoolval()
	}
	switch strings.ToLower(value.GetString_().GetSval()) {
	case "false", "off":
		return false
	}
	return true
}
