package lock

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

// drop locks what it removes, and what loses something by it.
func (a *analysis) drop(s *pg_query.DropStmt) {
	cascade := s.GetBehavior() == pg_query.DropBehavior_DROP_CASCADE
	for _, object := range s.GetObjects() {
		names := object.GetList().GetItems()
		switch s.GetRemoveType() {
		case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_FOREIGN_TABLE:
			a.dropTable(a.catalog.ResolveList(names), cascade, false)
		case pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW:
			n := a.catalog.ResolveList(names)
			a.relation(n, AccessExclusive, CatalogOnly)
			if cascade {
				a.lockViews(n, "")
			}
		case pg_query.ObjectType_OBJECT_INDEX:
			a.dropIndex(a.catalog.ResolveList(names), s)
		case pg_query.ObjectType_OBJECT_SEQUENCE:
			n := a.catalog.ResolveList(names)
			a.relation(n, AccessExclusive, CatalogOnly)
			if cascade {
				a.dropUses(n.String(), func(used *pg_query.Node) bool {
					s := used.GetAConst().GetSval().GetSval() // nextval('s')
					return s == n.Name || s == n.String()
				})
			}
		case pg_query.ObjectType_OBJECT_FUNCTION, pg_query.ObjectType_OBJECT_ROUTINE:
			if name := tree.Last(object.GetObjectWithArgs().GetObjname()); cascade {
				a.dropUses(name, func(used *pg_query.Node) bool {
					return used.GetFuncCall() != nil && tree.Last(used.GetFuncCall().GetFuncname()) == name
				})
			}
		case pg_query.ObjectType_OBJECT_TRIGGER, pg_query.ObjectType_OBJECT_RULE, pg_query.ObjectType_OBJECT_POLICY:
			a.dropOfTable(s, names)
		case pg_query.ObjectType_OBJECT_TYPE, pg_query.ObjectType_OBJECT_DOMAIN:
			if cascade {
				typ := a.catalog.TypeOf(object.GetTypeName())
				a.dropType(catalog.Name{Schema: typ.Schema, Name: typ.Name})
			}
		case pg_query.ObjectType_OBJECT_SCHEMA:
			if cascade {
				a.dropSchema(object.GetString_().GetSval())
			}
		}
	}
}

// dropTable locks a table with all that is below it, the other end of its
// foreign keys, its partitioned parent and that one's default partition.
func (a *analysis) dropTable(n catalog.Name, cascade, implied bool) {
	a.add(Effect{Relation: n, Index: a.isIndex(n), Mode: AccessExclusive, Implied: implied})
	t := a.catalog.Table(n)
	if t == nil {
		return
	}
	if t.PartitionOf != nil {
		a.implied(*t.PartitionOf, AccessExclusive, "partitioned parent of "+n.String())
		if parent := a.catalog.Table(*t.PartitionOf); parent != nil && parent.DefaultPartition != nil && *parent.DefaultPartition != n {
			a.implied(*parent.DefaultPartition, AccessExclusive, "default partition of "+t.PartitionOf.String())
		}
	}
	for _, d := range a.catalog.Descendants(n) {
		a.implied(d, AccessExclusive, a.below(d, n))
	}
	for _, k := range a.foreignKeys(n) {
		switch {
		case a.inherited(n, k):
		case a.server < 15 && a.kind(k.Referenced) == catalog.PartitionedTable:
			a.lockReferencedPartitions(k)
		default:
			a.lockReferenced(k)
		}
	}
	if !cascade {
		return
	}
	for _, k := range a.catalog.ForeignKeysTo(n) {
		if k.Table != n {
			a.lockReferencing(k)
		}
	}
	for _, up := range a.above(n) { // a key to the whole is one to the partition too
		for _, k := range a.catalog.ForeignKeysTo(up) {
			if k.Table != n && !a.isBelow(k.Table, n) {
				a.lockReferencing(k)
				a.lockReferenced(k)
			}
		}
	}
	a.lockViews(n, "")
	for _, user := range a.catalog.TypeUsers(n) {
		a.implied(user, AccessExclusive, "has a column of type "+n.String())
	}
}

// inherited says whether a partition's foreign key is its parent's, whose
// triggers stay.
func (a *analysis) inherited(n catalog.Name, k *catalog.Constraint) bool {
	t := a.catalog.Table(n)
	if t == nil || t.PartitionOf == nil {
		return false
	}
	for _, p := range a.foreignKeys(*t.PartitionOf) {
		if p.Referenced == k.Referenced && sameSet(p.Columns, k.Columns) {
			return true
		}
	}
	return false
}

func (a *analysis) dropIndex(n catalog.Name, s *pg_query.DropStmt) {
	mode := AccessExclusive
	if s.GetConcurrent() {
		mode = ShareUpdateExclusive
	}
	ix := a.catalog.Index(n)
	if ix == nil {
		a.add(Effect{Relation: n, Index: true, Mode: mode, Waits: s.GetConcurrent(), Unknown: "the table of " + n.String()})
		return
	}
	a.add(Effect{Relation: ix.Table, Mode: mode, Waits: s.GetConcurrent()})
	for _, p := range a.partitions(ix.Table) {
		a.add(Effect{Relation: p, Mode: mode, Implied: true, Why: "partition of " + ix.Table.String(), Waits: s.GetConcurrent()})
	}
	if s.GetBehavior() == pg_query.DropBehavior_DROP_CASCADE {
		var columns []string
		for _, k := range ix.Keys {
			columns = append(columns, k.Column)
		}
		a.lockReferencingKey(ix.Table, columns)
	}
}

// dropOfTable drops a trigger, rule or policy, whose name follows the table's.
func (a *analysis) dropOfTable(s *pg_query.DropStmt, names []*pg_query.Node) {
	if len(names) < 2 {
		return
	}
	name := tree.Last(names)
	table := a.catalog.ResolveList(names[:len(names)-1])
	t := a.catalog.Table(table)
	var known []string
	if t != nil {
		switch s.GetRemoveType() {
		case pg_query.ObjectType_OBJECT_TRIGGER:
			known = t.Triggers
		case pg_query.ObjectType_OBJECT_RULE:
			known = t.Rules
		case pg_query.ObjectType_OBJECT_POLICY:
			known = t.Policies
		}
	}
	if s.GetMissingOk() && t != nil && t.Complete && !slices.Contains(known, name) {
		return // the server does not lock the table for a notice
	}
	only := s.GetRemoveType() != pg_query.ObjectType_OBJECT_TRIGGER || a.kind(table) != catalog.PartitionedTable
	a.tree(table, only, AccessExclusive, CatalogOnly)
}

// dropType drops the columns of the type.
func (a *analysis) dropType(n catalog.Name) {
	a.typedTables(n, CatalogOnly)
	for _, user := range a.catalog.TypeUsers(n) {
		a.implied(user, AccessExclusive, "has a column of type "+n.String())
	}
}

// dropSchema drops everything in the schema.
func (a *analysis) dropSchema(schema string) {
	for _, t := range a.catalog.Tables() {
		if t.Name.Schema != schema {
			for _, c := range t.Columns {
				if c.Type.Schema == schema {
					a.implied(t.Name, AccessExclusive, "has a column of type "+schema+"."+c.Type.Name)
				}
			}
			continue
		}
		if t.Kind == catalog.CompositeType {
			continue
		}
		a.dropTable(t.Name, true, true)
		if i, ok := a.seen[key{relation: t.Name, command: a.command}]; ok {
			a.effects[i].Implied, a.effects[i].Why = true, "in schema "+schema
		}
	}
	for _, q := range a.catalog.Sequences() {
		if q.Name.Schema == schema && q.OwnedBy == (catalog.Name{}) {
			a.implied(q.Name, AccessExclusive, "in schema "+schema)
		}
	}
}

// dropUses locks the tables whose defaults and checks go with what is dropped.
func (a *analysis) dropUses(object string, is func(*pg_query.Node) bool) {
	for _, t := range a.catalog.Tables() {
		uses := false
		visit := func(m proto.Message) bool {
			n, ok := m.(*pg_query.Node)
			uses = uses || ok && is(n)
			return !uses
		}
		for _, c := range t.Columns {
			tree.Walk(c.Default, visit)
		}
		for _, k := range t.Constraints {
			tree.Walk(k.Expr, visit)
		}
		if uses {
			a.implied(t.Name, AccessExclusive, "has an expression that uses "+object)
		}
	}
}

// truncate gives the tables new files; CASCADE also those that reference them.
func (a *analysis) truncate(s *pg_query.TruncateStmt) {
	var queue []catalog.Name
	for _, r := range s.GetRelations() {
		n := a.catalog.Resolve(r.GetRangeVar())
		only := !r.GetRangeVar().GetInh()
		a.tree(n, only, AccessExclusive, CatalogOnly)
		queue = append(queue, n)
		if !only {
			queue = append(queue, a.catalog.Descendants(n)...)
		}
	}
	if s.GetBehavior() != pg_query.DropBehavior_DROP_CASCADE {
		return
	}
	done := map[catalog.Name]bool{}
	for len(queue) > 0 {
		n := queue[0]
		queue = queue[1:]
		if done[n] {
			continue
		}
		done[n] = true
		for _, k := range a.catalog.ForeignKeysTo(n) {
			a.implied(k.Table, AccessExclusive, "references "+n.String()+" by "+k.Name)
			for _, p := range a.partitions(k.Table) {
				a.implied(p, AccessExclusive, "partition of "+k.Table.String())
				queue = append(queue, p)
			}
			queue = append(queue, k.Table)
		}
	}
}
