package lock

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// createIndex: SHARE and a build on the table and its partitions; an index
// that a partition has already is attached.
func (a *analysis) createIndex(s *pg_query.IndexStmt) {
	table := a.catalog.Resolve(s.GetRelation())
	mode := Share
	if s.GetConcurrent() {
		mode = ShareUpdateExclusive
	}
	if s.GetIfNotExists() && a.catalog.Index(catalog.Name{Schema: table.Schema, Name: s.GetIdxname()}) != nil {
		a.relation(table, mode, CatalogOnly)
		return
	}
	only := !s.GetRelation().GetInh() || a.kind(table) != catalog.PartitionedTable
	if !s.GetRelation().GetInh() && a.kind(table) == catalog.PartitionedTable {
		a.relation(table, mode, CatalogOnly)
		return
	}
	wanted := indexShape{
		method:  s.GetAccessMethod(),
		unique:  s.GetUnique(),
		keys:    keysOf(s.GetIndexParams()),
		include: columnsOf(s.GetIndexIncludingParams()),
		where:   s.GetWhereClause(),
	}
	a.treeWork(table, only, mode, func(n catalog.Name) (Work, string) {
		if n != table && a.adopts(n, table, wanted) {
			return CatalogOnly, ""
		}
		return IndexBuild, ""
	})
	if s.GetConcurrent() {
		a.waits()
	}
}

// waits marks the effects so far as those of a CONCURRENTLY form.
func (a *analysis) waits() {
	for i := range a.effects {
		a.effects[i].Waits = true
	}
}

// reindex: SHARE on the table, whose indexes are locked in ACCESS EXCLUSIVE
// one by one; SHARE UPDATE EXCLUSIVE for CONCURRENTLY.
func (a *analysis) reindex(s *pg_query.ReindexStmt) {
	concurrently := isOn(s.GetParams(), "concurrently", false)
	table, index := Share, AccessExclusive
	if concurrently {
		table, index = ShareUpdateExclusive, ShareUpdateExclusive
	}
	switch s.GetKind() {
	case pg_query.ReindexObjectType_REINDEX_OBJECT_INDEX:
		n := a.catalog.Resolve(s.GetRelation())
		ix := a.catalog.Index(n)
		if ix == nil {
			a.add(Effect{Relation: n, Index: true, Mode: index, Work: IndexBuild, Unknown: "the table of " + n.String()})
			break
		}
		partitioned := a.kind(ix.Table) == catalog.PartitionedTable
		if !partitioned {
			a.add(Effect{Relation: n, Index: true, Mode: index, Work: IndexBuild})
		} else if !concurrently {
			a.add(Effect{Relation: n, Index: true, Mode: index})
			for _, p := range a.partitions(ix.Table) {
				a.attachedIndex(p, n, index)
			}
		}
		a.tree(ix.Table, true, table, IndexBuild)
		for _, p := range a.partitions(ix.Table) {
			if a.kind(p) != catalog.PartitionedTable { // those have no rows
				a.tree(p, true, table, IndexBuild)
			}
		}
		for i := range a.effects {
			if e := &a.effects[i]; !e.Index {
				e.Implied, e.Why = true, "table of "+n.String()
			}
		}
	case pg_query.ReindexObjectType_REINDEX_OBJECT_TABLE:
		n := a.catalog.Resolve(s.GetRelation())
		a.treeWork(n, a.kind(n) != catalog.PartitionedTable, table, a.indexBuild)
		for _, n := range append([]catalog.Name{n}, a.partitions(n)...) {
			a.indexesOf(n, index)
		}
	case pg_query.ReindexObjectType_REINDEX_OBJECT_SCHEMA:
		for _, t := range a.catalog.Tables() {
			if t.Name.Schema == s.GetName() && (t.Kind == catalog.OrdinaryTable || t.Kind == catalog.MaterializedView) {
				work, unknown := a.indexBuild(t.Name)
				a.add(Effect{Relation: t.Name, Mode: table, Work: work, Unknown: unknown, Implied: true, Why: "in schema " + s.GetName()})
				a.indexesOf(t.Name, index)
			}
		}
	}
	if concurrently {
		a.waits()
	}
}

// attachedIndex adds the index of a partition that belongs to a partitioned one.
func (a *analysis) attachedIndex(partition, whole catalog.Name, mode Mode) {
	for _, n := range a.catalog.Table(partition).Indexes {
		for up := a.catalog.Index(n); up != nil && up.Parent != nil; up = a.catalog.Index(*up.Parent) {
			if *up.Parent == whole && a.kind(partition) != catalog.PartitionedTable {
				a.add(Effect{Relation: n, Index: true, Mode: mode, Work: IndexBuild, Implied: true, Why: "partition of " + whole.String()})
			}
		}
	}
}

// indexesOf adds the indexes of a table, which are built anew.
func (a *analysis) indexesOf(n catalog.Name, mode Mode) {
	t := a.catalog.Table(n)
	if t == nil || t.Kind == catalog.PartitionedTable {
		return
	}
	for _, index := range t.Indexes {
		a.add(Effect{Relation: index, Index: true, Mode: mode, Work: IndexBuild, Implied: true, Why: "index of " + n.String()})
	}
}

// indexBuild is the work of building all indexes of a table anew.
func (a *analysis) indexBuild(n catalog.Name) (Work, string) {
	if t := a.catalog.Table(n); t != nil && t.Complete && len(t.Indexes) == 0 {
		return CatalogOnly, ""
	}
	return IndexBuild, ""
}

func (a *analysis) cluster(s *pg_query.ClusterStmt) {
	if s.GetRelation() != nil {
		n := a.catalog.Resolve(s.GetRelation())
		a.tree(n, a.kind(n) != catalog.PartitionedTable, AccessExclusive, TableRewrite)
	}
}

// vacuum is VACUUM and ANALYZE. Without tables they take the whole database,
// one table at a time; that is left out.
func (a *analysis) vacuum(s *pg_query.VacuumStmt) {
	mode, work := ShareUpdateExclusive, CatalogOnly
	if isVacuumFull(s) {
		mode, work = AccessExclusive, TableRewrite
	}
	for _, r := range s.GetRels() {
		relation := r.GetVacuumRelation().GetRelation()
		n := a.catalog.Resolve(relation)
		only := !relation.GetInh() || a.kind(n) != catalog.PartitionedTable && a.server < 18
		a.tree(n, only, mode, work)
		if only && relation.GetInh() && (!s.GetIsVacuumcmd() || isOn(s.GetOptions(), "analyze", false)) {
			for _, child := range a.catalog.Descendants(n) { // a sample of the whole
				a.lookedUp(child, AccessShare, a.below(child, n))
			}
		}
	}
}

func isVacuumFull(s *pg_query.VacuumStmt) bool {
	return s.GetIsVacuumcmd() && isOn(s.GetOptions(), "full", false)
}

// RewritesEveryTable reports whether the statement rewrites one table of the
// database after the other under an ACCESS EXCLUSIVE lock: VACUUM FULL and
// CLUSTER without a table. Effects leaves these tables out.
func RewritesEveryTable(st *migration.Statement) bool {
	switch n := st.Node.GetNode().(type) {
	case *pg_query.Node_VacuumStmt:
		return isVacuumFull(n.VacuumStmt) && len(n.VacuumStmt.GetRels()) == 0
	case *pg_query.Node_ClusterStmt:
		return n.ClusterStmt.GetRelation() == nil
	}
	return false
}

// indexShape is what makes two indexes the same to CREATE INDEX and ATTACH
// PARTITION (CompareIndexInfo).
type indexShape struct {
	method     string
	unique     bool
	constraint bool
	primary    bool
	keys       []catalog.Key
	include    []string
	where      *pg_query.Node
}

func keysOf(params []*pg_query.Node) []catalog.Key {
	var keys []catalog.Key
	for _, p := range params {
		e := p.GetIndexElem()
		keys = append(keys, catalog.Key{
			Column:    e.GetName(),
			Expr:      e.GetExpr(),
			Opclass:   tree.Last(e.GetOpclass()),
			Collation: tree.Last(e.GetCollation()),
		})
	}
	return keys
}

func columnsOf(params []*pg_query.Node) []string {
	var columns []string
	for _, p := range params {
		columns = append(columns, p.GetIndexElem().GetName())
	}
	return columns
}

// shapeOf returns the shape of an index of the catalog.
func (a *analysis) shapeOf(ix *catalog.Index) indexShape {
	shape := indexShape{method: ix.Method, unique: ix.Unique, keys: ix.Keys, include: ix.Include, where: ix.Predicate}
	if ix.Constraint != "" {
		shape.constraint = true
		if k := a.constraint(ix.Table, ix.Constraint); k != nil {
			shape.primary = k.Kind == catalog.PrimaryKey
		}
	}
	return shape
}

// hasIndex says whether the table has an index that the parent's can adopt.
func (a *analysis) hasIndex(table catalog.Name, wanted indexShape) bool {
	t := a.catalog.Table(table)
	if t == nil {
		return false
	}
	for _, name := range t.Indexes {
		ix := a.catalog.Index(name)
		if ix == nil || ix.Parent != nil || ix.Valid == catalog.No {
			continue
		}
		if a.shapeOf(ix).adoptable(wanted) {
			return true
		}
	}
	return false
}

// adopts says whether the table has such an index, by itself or as part of one
// of a table above it, below the root.
func (a *analysis) adopts(n, root catalog.Name, wanted indexShape) bool {
	for ; n != root; n = *a.catalog.Table(n).PartitionOf {
		if a.hasIndex(n, wanted) {
			return true
		}
		if t := a.catalog.Table(n); t == nil || t.PartitionOf == nil {
			return false
		}
	}
	return false
}

// adoptable says whether a partition's index can become part of the parent's.
func (s indexShape) adoptable(parent indexShape) bool {
	if method(s.method) != method(parent.method) || len(s.keys) != len(parent.keys) || len(s.include) != len(parent.include) ||
		parent.constraint && (!s.constraint || s.primary != parent.primary) || s.unique != parent.unique || !tree.Same(s.where, parent.where) {
		return false
	}
	for i, k := range s.keys {
		p := parent.keys[i]
		if k.Column != p.Column || k.Opclass != p.Opclass || k.Collation != p.Collation || !tree.Same(k.Expr, p.Expr) {
			return false
		}
	}
	for i, c := range s.include {
		if c != parent.include[i] {
			return false
		}
	}
	return true
}

func method(m string) string {
	if m == "" {
		return "btree"
	}
	return m
}
