package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var dropObjectBreaksRunningRelease = &lint.Rule{
	Name:     "drop-object-breaks-running-release",
	Doc:      page("drop-object-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropStmt()
		if drop.GetRemoveType() == pg_query.ObjectType_OBJECT_TABLE && p.Migration.Direction != migration.Down {
			dropCopied(p, drop)
		}
		kind, ok := objectKinds[drop.GetRemoveType()]
		if !ok || kind.drop == "" || p.Migration.Direction == migration.Down || len(refusedDrops(p)) > 0 {
			return nil
		}
		for _, node := range drop.Objects {
			o := p.Catalog.Object(drop.RemoveType, node, nil)
			if o.Birth != catalog.BornBefore || o.Trigger || o.Owned || renamedBefore(p, o) || madeAgain(p, o) ||
				kind.class == types && drop.Behavior == pg_query.DropBehavior_DROP_CASCADE && len(p.Catalog.TypeUsers(o.Name)) > 0 ||
				// No column has it, and who drops the last one that has is told there.
				kind.class == types && p.Catalog.Enum(o.Name) != nil ||
				kind.class == types && retiresUsers(p) ||
				// A function that no migration has made, and that may not be there, is no loss.
				kind.class == functions && drop.MissingOk && !o.Known ||
				kind.class == functions && !o.Known && dropsTriggerNamed(p, o.Name.Name) ||
				kind.class == extensions && drop.Behavior == pg_query.DropBehavior_DROP_CASCADE {
				continue
			}
			inQueries := kind.class == relations || kind.class == functions
			if inQueries && breaksQueriesOf(p, o.Name) {
				continue
			}
			d := lint.Diagnostic{
				Range:   mention(p.Statement, o.Name.Name),
				Message: fmt.Sprintf("%s breaks the release that still %s %s", kind.drop, kind.uses, o.Name),
				Instead: &lint.Instead{Message: "stop using it, deploy that, and drop it in a later release"},
			}
			if kind.class != relations {
				d.Severity = lint.Warning
			}
			switch again := makesAgain(p.Following(), o); {
			case again != nil && drop.MissingOk && !o.Known:
				continue // whichever of many runs comes first
			case again != nil:
				d.Message = leavesWithout(kind.drop, o.Name, again)
				d.Instead = inOneTransaction
			case drop.MissingOk && !o.Known:
				d.Severity = lint.Warning
				d.Message = fmt.Sprintf("%s may break the release that still %s %s: the migrations do not tell whether it exists", kind.drop, kind.uses, o.Name)
			case kind.class == functions && !o.Known:
				d.Message = fmt.Sprintf("%s may break the release that still %s %s: the migrations do not tell whether only triggers do", kind.drop, kind.uses, o.Name)
			case inQueries && p.Config.Queries != nil:
				d.Severity = lint.Warning
				d.Message += noneDoes
			}
			p.Report(d)
		}
		return nil
	},
}

// dropCopied reports the tables whose rows are copied and whose names nothing
// takes: drop-table-destroys-data is about the others.
func dropCopied(p *lint.Pass, drop *pg_query.DropStmt) {
	for _, node := range drop.Objects {
		table := p.Catalog.ResolveList(node.GetList().GetItems())
		by, left := copied(p, table)
		o := catalog.Object{Kind: pg_query.ObjectType_OBJECT_VIEW, Name: table}
		if by == nil || left != "" || !p.Exists(table, false) || madeAgain(p, o) || breaksQueriesOf(p, table) ||
			slices.ContainsFunc(p.Preceding(), func(s *migration.Statement) bool {
				_, does, name := renamed(s.Node)
				return does == "RENAME TO" && name == table.Name
			}) {
			continue
		}
		d := lint.Diagnostic{
			Range:   mention(p.Statement, table.Name),
			Message: fmt.Sprintf("DROP TABLE breaks the release that still uses %s", table),
			Instead: &lint.Instead{Message: "stop using it, deploy that, and drop it in a later release"},
		}
		if again := makesAgain(p.Following(), o); again != nil {
			d.Message = leavesWithout("DROP TABLE", table, again)
			d.Instead = inOneTransaction
		} else if p.Config.Queries != nil {
			d.Severity = lint.Warning
			d.Message += noneDoes
		}
		p.Report(d)
	}
}

// leavesWithout says what a release lacks between a drop and the statement that
// makes it again.
func leavesWithout(drop string, n catalog.Name, again *migration.Statement) string {
	return fmt.Sprintf("%s leaves the release that runs without %s until %s, because no transaction holds both together", drop, n, statementName(again))
}

var inOneTransaction = &lint.Instead{Message: "do both in one transaction"}

// objectClass tells apart objects that may have the same name.
type objectClass uint8

const (
	relations objectClass = iota
	sequences
	types
	functions
	schemas
	extensions
)

// objectKinds are the objects, other than tables and their parts, that the
// SQL of a release names.
var objectKinds = map[pg_query.ObjectType]struct {
	class objectClass
	noun  string
	uses  string
	drop  string // "" where another rule is about it
}{
	pg_query.ObjectType_OBJECT_VIEW:          {relations, "the view", "reads", "DROP VIEW"},
	pg_query.ObjectType_OBJECT_MATVIEW:       {relations, "the materialized view", "reads", "DROP MATERIALIZED VIEW"},
	pg_query.ObjectType_OBJECT_FOREIGN_TABLE: {relations, "the foreign table", "uses", "DROP FOREIGN TABLE"},
	pg_query.ObjectType_OBJECT_SEQUENCE:      {sequences, "the sequence", "calls nextval of", "DROP SEQUENCE"},
	pg_query.ObjectType_OBJECT_TYPE:          {types, "the type", "names", "DROP TYPE"},
	pg_query.ObjectType_OBJECT_DOMAIN:        {types, "the domain", "names", "DROP DOMAIN"},
	pg_query.ObjectType_OBJECT_FUNCTION:      {functions, "the function", "calls", "DROP FUNCTION"},
	pg_query.ObjectType_OBJECT_PROCEDURE:     {functions, "the procedure", "calls", "DROP PROCEDURE"},
	pg_query.ObjectType_OBJECT_ROUTINE:       {functions, "the routine", "calls", "DROP ROUTINE"},
	pg_query.ObjectType_OBJECT_AGGREGATE:     {functions, "the aggregate", "calls", "DROP AGGREGATE"},
	pg_query.ObjectType_OBJECT_EXTENSION:     {extensions, "the extension", "uses the functions and types of", "DROP EXTENSION"},
	pg_query.ObjectType_OBJECT_SCHEMA:        {schemas, "the schema", "names what is in", ""},
}

// madeAgain reports whether the same transaction makes something of that name
// again, which its commit then shows in the place of the old.
func madeAgain(p *lint.Pass, o catalog.Object) bool {
	return makesAgain(restOfTransaction(p), o) != nil
}

// makesAgain returns the first statement that makes something of that name, or nil.
func makesAgain(statements []*migration.Statement, o catalog.Object) *migration.Statement {
	for _, s := range statements {
		if makes(s.Node, o) {
			return s
		}
	}
	return nil
}

// dropsTriggerNamed reports whether an earlier statement of the migration drops a trigger
// that has the name of a function which no migration has made: only triggers call it.
func dropsTriggerNamed(p *lint.Pass, function string) bool {
	return slices.ContainsFunc(p.Preceding(), func(s *migration.Statement) bool {
		drop := s.Node.GetDropStmt()
		return drop.GetRemoveType() == pg_query.ObjectType_OBJECT_TRIGGER && slices.ContainsFunc(drop.Objects, func(o *pg_query.Node) bool {
			return tree.Last(o.GetList().GetItems()) == function
		})
	})
}

// renamedBefore reports whether an earlier statement of the migration gave the
// object its name, which no release that runs knows.
func renamedBefore(p *lint.Pass, o catalog.Object) bool {
	return slices.ContainsFunc(p.Preceding(), func(s *migration.Statement) bool {
		rename := s.Node.GetRenameStmt()
		kind, ok := objectKinds[rename.GetRenameType()]
		return ok && kind.class == objectKinds[o.Kind].class && rename.Newname == o.Name.Name
	})
}

// retiresUsers reports whether the migration has dropped tables or functions,
// or dropped or retyped columns, before: their types go with them.
func retiresUsers(p *lint.Pass) bool {
	return slices.ContainsFunc(p.Preceding(), func(s *migration.Statement) bool {
		drop := s.Node.GetDropStmt()
		return drop != nil && (drop.RemoveType == pg_query.ObjectType_OBJECT_TABLE || objectKinds[drop.RemoveType].class == functions) ||
			slices.ContainsFunc(s.Node.GetAlterTableStmt().GetCmds(), func(n *pg_query.Node) bool {
				subtype := n.GetAlterTableCmd().GetSubtype()
				return subtype == pg_query.AlterTableType_AT_DropColumn || subtype == pg_query.AlterTableType_AT_AlterColumnType
			})
	})
}

// makes reports whether a statement gives something of the object's class its name.
func makes(n *pg_query.Node, o catalog.Object) bool {
	class := objectKinds[o.Kind].class
	made, schema, name := relations, "", ""
	relation := func(r *pg_query.RangeVar) { schema, name = r.GetSchemaname(), r.GetRelname() }
	list := func(names []*pg_query.Node) {
		name = tree.Last(names)
		if len(names) > 1 {
			schema = tree.Last(names[:len(names)-1])
		}
	}
	switch n := n.GetNode().(type) {
	case *pg_query.Node_ViewStmt:
		relation(n.ViewStmt.View)
	case *pg_query.Node_CreateStmt:
		relation(n.CreateStmt.Relation)
	case *pg_query.Node_CreateTableAsStmt:
		relation(n.CreateTableAsStmt.Into.GetRel())
	case *pg_query.Node_CreateForeignTableStmt:
		relation(n.CreateForeignTableStmt.BaseStmt.GetRelation())
	case *pg_query.Node_CreateSeqStmt:
		made = sequences
		relation(n.CreateSeqStmt.Sequence)
	case *pg_query.Node_CompositeTypeStmt:
		made = types
		relation(n.CompositeTypeStmt.Typevar)
	case *pg_query.Node_CreateEnumStmt:
		made = types
		list(n.CreateEnumStmt.TypeName)
	case *pg_query.Node_CreateRangeStmt:
		made = types
		list(n.CreateRangeStmt.TypeName)
	case *pg_query.Node_CreateDomainStmt:
		made = types
		list(n.CreateDomainStmt.Domainname)
	case *pg_query.Node_CreateFunctionStmt:
		made = functions
		list(n.CreateFunctionStmt.Funcname)
	case *pg_query.Node_DefineStmt:
		made = functions
		if n.DefineStmt.Kind == pg_query.ObjectType_OBJECT_TYPE {
			made = types
		}
		list(n.DefineStmt.Defnames)
	case *pg_query.Node_CreateExtensionStmt:
		made, name = extensions, n.CreateExtensionStmt.Extname
	case *pg_query.Node_CreateSchemaStmt:
		made, name = schemas, n.CreateSchemaStmt.Schemaname
	case *pg_query.Node_RenameStmt:
		kind, ok := objectKinds[n.RenameStmt.RenameType]
		if made = kind.class; ok || isTable(n.RenameStmt.RenameType) {
			name = n.RenameStmt.Newname
		}
	}
	return made == class && name == o.Name.Name && (schema == "" || schema == o.Name.Schema)
}
