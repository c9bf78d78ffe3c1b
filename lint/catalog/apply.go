package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
)

// Apply changes the catalog as the statement does when it succeeds.
// Statements of transaction control are left to Begin and its like. A DO block
// does what its body does. Bodies of functions are not executed.
func (c *Catalog) Apply(s *migration.Statement) {
	if s == nil {
		return
	}
	if s.Body != nil {
		if !c.open {
			c.Begin()
			defer c.Commit()
		}
		_ = c.Run(s.Body, func(s *migration.Statement) error {
			c.Apply(s)
			return nil
		})
		return
	}
	c.statement, c.notEnforced = s, notEnforcedIn(s)
	c.apply(s.Node)
	c.statement, c.notEnforced = nil, nil
}

// After calls look while the catalog is as it would be after the statement.
func (c *Catalog) After(s *migration.Statement, look func()) {
	c.AfterAll([]*migration.Statement{s}, look)
}

// AfterAll does the same for several statements. What they roll back of a
// transaction that they begin is not done.
func (c *Catalog) AfterAll(list []*migration.Statement, look func()) {
	if !c.open {
		c.Begin()
		defer c.Rollback()
	}
	mark, begun := len(c.undo), -1
	for _, s := range list {
		switch s.Node.GetTransactionStmt().GetKind() {
		case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
			begun = len(c.undo)
		case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT:
			begun = -1
		case pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:
			if begun >= 0 {
				c.rewind(begun)
			}
			begun = -1
		}
		c.Apply(s)
	}
	look()
	c.rewind(mark)
}

// FreeName returns the name that PostgreSQL chooses for a constraint of a
// table: from the table's name, a column's, and a label such as "check".
func (c *Catalog) FreeName(table Name, column, label string) string {
	return c.chooseConstraint(table.Schema, table.Name, column, label)
}

func (c *Catalog) apply(node *pg_query.Node) {
	switch n := node.GetNode().(type) {
	case *pg_query.Node_CreateStmt:
		c.createTable(n.CreateStmt, OrdinaryTable)
	case *pg_query.Node_CreateForeignTableStmt:
		c.createTable(n.CreateForeignTableStmt.GetBaseStmt(), ForeignTable)
	case *pg_query.Node_CreateTableAsStmt:
		kind := OrdinaryTable
		if n.CreateTableAsStmt.GetObjtype() == pg_query.ObjectType_OBJECT_MATVIEW {
			kind = MaterializedView
		}
		c.createTableAs(n.CreateTableAsStmt.GetInto(), n.CreateTableAsStmt.GetQuery(), kind, n.CreateTableAsStmt.GetIfNotExists())
	case *pg_query.Node_SelectStmt:
		if into := n.SelectStmt.GetIntoClause(); into != nil {
			c.createTableAs(into, node, OrdinaryTable, false)
		}
		c.callSetConfig(n.SelectStmt)
		c.suspectArguments(n.SelectStmt)
	case *pg_query.Node_CallStmt:
		c.suspectArguments(n.CallStmt)
	case *pg_query.Node_ViewStmt:
		c.createView(n.ViewStmt)
	case *pg_query.Node_RefreshMatViewStmt:
		c.refresh(n.RefreshMatViewStmt)
	case *pg_query.Node_AlterTableStmt:
		c.alterTable(n.AlterTableStmt)
	case *pg_query.Node_AlterTableMoveAllStmt:
		c.moveTablespace(n.AlterTableMoveAllStmt)
	case *pg_query.Node_RenameStmt:
		c.rename(n.RenameStmt)
	case *pg_query.Node_AlterObjectSchemaStmt:
		c.setSchema(n.AlterObjectSchemaStmt)
	case *pg_query.Node_DropStmt:
		for _, object := range n.DropStmt.GetObjects() {
			c.dropObject(n.DropStmt, object)
		}
	case *pg_query.Node_IndexStmt:
		c.createIndex(n.IndexStmt)
	case *pg_query.Node_CreateSeqStmt:
		c.createSequence(n.CreateSeqStmt)
	case *pg_query.Node_AlterSeqStmt:
		c.alterSequence(n.AlterSeqStmt)
	case *pg_query.Node_CreateEnumStmt:
		c.createEnum(n.CreateEnumStmt)
	case *pg_query.Node_AlterEnumStmt:
		c.alterEnum(n.AlterEnumStmt)
	case *pg_query.Node_CreateDomainStmt:
		c.createDomain(n.CreateDomainStmt)
	case *pg_query.Node_AlterDomainStmt:
		c.alterDomain(n.AlterDomainStmt)
	case *pg_query.Node_CompositeTypeStmt:
		c.createCompositeType(n.CompositeTypeStmt)
	case *pg_query.Node_CreateRangeStmt:
		put(&c.journal, c.otherTypes, c.newListName(n.CreateRangeStmt.GetTypeName()), c.origin())
	case *pg_query.Node_DefineStmt:
		if n.DefineStmt.GetKind() == pg_query.ObjectType_OBJECT_TYPE {
			put(&c.journal, c.otherTypes, c.newListName(n.DefineStmt.GetDefnames()), c.origin())
		}
	case *pg_query.Node_CreateFunctionStmt:
		c.createFunction(n.CreateFunctionStmt)
	case *pg_query.Node_AlterFunctionStmt:
		c.alterFunction(n.AlterFunctionStmt)
	case *pg_query.Node_CreateTrigStmt:
		c.createTrigger(n.CreateTrigStmt)
	case *pg_query.Node_CreatePolicyStmt:
		c.createPolicy(n.CreatePolicyStmt)
	case *pg_query.Node_AlterPolicyStmt:
		c.alterPolicy(n.AlterPolicyStmt)
	case *pg_query.Node_RuleStmt:
		c.createRule(n.RuleStmt)
	case *pg_query.Node_CreatePublicationStmt:
		c.createPublication(n.CreatePublicationStmt)
	case *pg_query.Node_AlterPublicationStmt:
		c.alterPublication(n.AlterPublicationStmt)
	case *pg_query.Node_CreateSchemaStmt:
		c.createSchema(n.CreateSchemaStmt)
	case *pg_query.Node_CreatedbStmt:
		c.found(pg_query.ObjectType_OBJECT_DATABASE, n.CreatedbStmt.GetDbname(), false)
	case *pg_query.Node_CreateExtensionStmt:
		c.found(pg_query.ObjectType_OBJECT_EXTENSION, n.CreateExtensionStmt.GetExtname(), n.CreateExtensionStmt.GetIfNotExists())
	case *pg_query.Node_VariableSetStmt:
		c.setVariable(n.VariableSetStmt)
	case *pg_query.Node_DiscardStmt:
		if n.DiscardStmt.GetTarget() == pg_query.DiscardMode_DISCARD_ALL {
			c.setPath(defaultPath, false)
		}
	}
}

// found remembers a schema, extension or database.
func (c *Catalog) found(kind pg_query.ObjectType, name string, ifNotExists bool) {
	key := unqualified{kind, name}
	if _, known := c.unqualified[key]; known && ifNotExists {
		return
	}
	origin := c.origin()
	origin.Maybe = ifNotExists
	put(&c.journal, c.unqualified, key, origin)
}

// createSchema executes the statements inside CREATE SCHEMA. They see the new
// schema in front of the search_path.
func (c *Catalog) createSchema(s *pg_query.CreateSchemaStmt) {
	if s.GetSchemaname() != "" {
		c.found(pg_query.ObjectType_OBJECT_SCHEMA, s.GetSchemaname(), s.GetIfNotExists())
	}
	if len(s.GetSchemaElts()) == 0 {
		return
	}
	before := c.localPath
	path := append([]string{s.GetSchemaname()}, c.path()...)
	c.localPath = &path
	for _, element := range s.GetSchemaElts() {
		c.apply(element)
	}
	c.localPath = before
}

func (c *Catalog) createCompositeType(s *pg_query.CompositeTypeStmt) {
	n := c.newName(s.GetTypevar())
	if n.Name == "" {
		return
	}
	t := &Table{Name: n, Kind: CompositeType, Origin: c.origin(), Complete: true}
	for _, node := range s.GetColdeflist() {
		t.Columns = append(t.Columns, c.column(n, node.GetColumnDef()))
	}
	c.setTable(t)
}
