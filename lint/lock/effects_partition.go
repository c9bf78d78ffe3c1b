package lock

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

// createTable locks what a new table refers to: parents, referenced tables,
// the default partition.
func (a *analysis) createTable(s *pg_query.CreateStmt) {
	table := a.catalog.Resolve(s.GetRelation())
	if s.GetIfNotExists() && a.catalog.Table(table) != nil {
		return
	}
	for _, r := range s.GetInhRelations() {
		if s.GetPartbound() == nil {
			a.named(r.GetRangeVar(), ShareUpdateExclusive)
			continue
		}
		parent := a.catalog.Resolve(r.GetRangeVar())
		a.relation(parent, AccessExclusive, CatalogOnly)
		a.newPartition(parent, s.GetPartbound(), ShareRowExclusive)
	}
	a.tableElements(table, s.GetTableElts())
	a.tableElements(table, s.GetConstraints())
}

func (a *analysis) tableElements(table catalog.Name, elements []*pg_query.Node) {
	for _, e := range elements {
		switch n := e.GetNode().(type) {
		case *pg_query.Node_ColumnDef:
			constraints := n.ColumnDef.GetConstraints()
			for i, k := range constraints {
				if k := k.GetConstraint(); k.GetContype() == pg_query.ConstrType_CONSTR_FOREIGN {
					a.newReferences(table, k, constraints[i+1:], []string{n.ColumnDef.GetColname()})
				}
			}
		case *pg_query.Node_Constraint:
			if n.Constraint.GetContype() == pg_query.ConstrType_CONSTR_FOREIGN {
				a.newReferences(table, n.Constraint, nil, tree.Strings(n.Constraint.GetFkAttrs()))
			}
		case *pg_query.Node_TableLikeClause:
			a.named(n.TableLikeClause.GetRelation(), AccessShare)
		}
	}
}

// newReferences locks what a foreign key of a new table refers to, with the
// key's own clause as the cause. Behind it stand other constraints of its column.
func (a *analysis) newReferences(table catalog.Name, k *pg_query.Constraint, behind []*pg_query.Node, columns []string) {
	statement := a.at
	before := statement.End
	if len(behind) > 0 {
		before = a.statement.At(behind[0].GetConstraint().GetLocation())
	}
	a.at = a.statement.Element(a.statement.At(k.GetLocation()), before)
	a.references(table, k, columns, CatalogOnly)
	a.at = statement
}

// newPartition locks what a new partition of a table involves besides the
// table: the default partition and both ends of foreign keys.
func (a *analysis) newPartition(parent catalog.Name, bound *pg_query.PartitionBoundSpec, mode Mode) {
	t := a.catalog.Table(parent)
	if t == nil {
		return
	}
	if t.DefaultPartition != nil && !bound.GetIsDefault() {
		why := "default partition of " + parent.String()
		a.defaultPartition(*t.DefaultPartition, t, bound, why)
	}
	for _, k := range a.foreignKeys(parent) {
		a.implied(k.Referenced, mode, "referenced by "+k.Name)
	}
	for _, k := range a.catalog.ForeignKeysTo(parent) {
		if k.Table == parent || a.isBelow(k.Table, parent) {
			continue
		}
		m := AccessShare
		if a.server >= 15 {
			m = ShareRowExclusive
		}
		a.implied(k.Table, m, "references "+parent.String()+" by "+k.Name)
	}
}

func (a *analysis) isBelow(n, root catalog.Name) bool { return slices.Contains(a.above(n), root) }

// above returns the partitioned tables that a table is a part of, the nearest first.
func (a *analysis) above(n catalog.Name) []catalog.Name {
	var list []catalog.Name
	for t := a.catalog.Table(n); t != nil && t.PartitionOf != nil && len(list) < 32; t = a.catalog.Table(*t.PartitionOf) {
		list = append(list, *t.PartitionOf)
	}
	return list
}

// defaultPartition is scanned for rows that belong into the new partition,
// unless its constraints exclude them: then its own partitions are left alone.
func (a *analysis) defaultPartition(n catalog.Name, parent *catalog.Table, bound *pg_query.PartitionBoundSpec, why string) {
	tables := []catalog.Name{n}
	if !a.excludesBound(n, parent, bound) {
		tables = append(tables, a.partitions(n)...)
	}
	for _, d := range tables {
		work := ValidationScan
		if a.kind(d) == catalog.PartitionedTable || a.excludesBound(d, parent, bound) {
			work = CatalogOnly
		}
		a.add(Effect{Relation: d, Mode: AccessExclusive, Work: work, Implied: true, Why: why})
	}
}

// attachPartition: SHARE UPDATE EXCLUSIVE on the parent, ACCESS EXCLUSIVE on
// the new partition, which is scanned unless its constraints prove the bound.
func (t alteration) attachPartition(c *pg_query.AlterTableCmd) {
	p := c.GetDef().GetPartitionCmd()
	child := t.catalog.Resolve(p.GetName())
	if t.alter.GetObjtype() == pg_query.ObjectType_OBJECT_INDEX || t.isIndex(t.table) {
		t.attachIndex(child)
		return
	}
	t.relation(t.table, ShareUpdateExclusive, CatalogOnly)
	parent := t.catalog.Table(t.table)
	t.treeWork(child, false, AccessExclusive, func(n catalog.Name) (Work, string) {
		return t.attachWork(parent, n, child, p.GetBound())
	})
	for i := range t.effects {
		if e := &t.effects[i]; e.Command == t.command && t.isBelow(e.Relation, child) {
			e.Implied = true
		}
	}
	if parent == nil {
		return
	}
	t.newPartition(t.table, p.GetBound(), ShareRowExclusive)
	for _, k := range t.foreignKeys(t.table) {
		if t.hasForeignKey(child, k) {
			t.implied(k.Referenced, AccessExclusive, "referenced by "+k.Name)
		} else if k.Validated && k.Enforced {
			t.lookedUp(k.Referenced, ShareRowExclusive, "referenced by "+k.Name)
		}
	}
	for _, up := range t.above(t.table) {
		t.implied(up, AccessShare, "partitioned parent of "+t.table.String())
	}
}

// attachWork is the work on one table that becomes part of the parent.
func (t alteration) attachWork(parent *catalog.Table, n, child catalog.Name, bound *pg_query.PartitionBoundSpec) (Work, string) {
	work, unknown := CatalogOnly, ""
	if !t.provesBound(n, parent, bound) && (n == child || !t.provesBound(child, parent, bound)) {
		work = ValidationScan
		if table := t.catalog.Table(n); parent == nil || table == nil || !table.Complete {
			unknown = "the constraints of " + n.String()
		}
	}
	if parent == nil {
		return work, unknown
	}
	for _, k := range t.foreignKeys(t.table) {
		if k.Validated && k.Enforced && !t.hasForeignKey(n, k) {
			work, unknown = ValidationScan, ""
		}
	}
	for _, name := range parent.Indexes {
		if ix := t.catalog.Index(name); ix != nil && !t.hasIndex(child, t.shapeOf(ix)) && !t.adopts(n, child, t.shapeOf(ix)) {
			work, unknown = IndexBuild, ""
		}
	}
	return work, unknown
}

// hasForeignKey says whether the table has a foreign key that the parent's
// can adopt.
func (a *analysis) hasForeignKey(table catalog.Name, parent *catalog.Constraint) bool {
	k := a.foreignKeyLike(table, parent)
	return k != nil && k.Validated
}

// foreignKeyLike returns the table's foreign key that is like another, or nil.
func (a *analysis) foreignKeyLike(table catalog.Name, other *catalog.Constraint) *catalog.Constraint {
	for _, k := range a.foreignKeys(table) {
		if k.Referenced == other.Referenced && sameSet(k.Columns, other.Columns) && sameSet(a.referencedColumns(k), a.referencedColumns(other)) &&
			k.OnDelete == other.OnDelete {
			return k
		}
	}
	return nil
}

// attachIndex is ALTER INDEX … ATTACH PARTITION.
func (t alteration) attachIndex(child catalog.Name) {
	t.add(Effect{Relation: t.table, Index: true, Mode: ShareUpdateExclusive})
	t.add(Effect{Relation: child, Index: true, Mode: AccessExclusive})
	for _, n := range []catalog.Name{t.table, child} {
		if ix := t.catalog.Index(n); ix != nil {
			t.implied(ix.Table, AccessShare, "table of "+n.String())
		}
	}
}

// detachPartition: ACCESS EXCLUSIVE on both, and on the default partition;
// CONCURRENTLY waits for older transactions under SHARE UPDATE EXCLUSIVE on
// the parent.
func (t alteration) detachPartition(c *pg_query.AlterTableCmd) {
	p := c.GetDef().GetPartitionCmd()
	child := t.catalog.Resolve(p.GetName())
	if p.GetConcurrent() {
		t.add(Effect{Relation: t.table, Mode: ShareUpdateExclusive})
		t.add(Effect{Relation: child, Mode: AccessExclusive})
		for _, k := range t.keysTo(t.table) {
			t.add(Effect{Relation: k.Table, Mode: Share, Work: ValidationScan, Implied: true, Why: whyReferencing(k)})
		}
		t.transaction = 1
		for _, n := range t.partitions(child) {
			t.implied(n, AccessExclusive, "partition of "+child.String())
		}
		t.detachForeignKeys(CatalogOnly)
		t.transaction = 0
		t.waits()
		return
	}
	t.relation(t.table, AccessExclusive, CatalogOnly)
	mode := AccessExclusive
	if parent := t.catalog.Table(t.table); t.server < 14 && parent != nil && (parent.DefaultPartition == nil || *parent.DefaultPartition != child) &&
		(len(t.keysTo(t.table)) == 0 || t.kind(child) == catalog.PartitionedTable) {
		mode = ShareUpdateExclusive
	}
	t.relation(child, mode, CatalogOnly)
	for _, n := range t.partitions(child) {
		t.implied(n, AccessExclusive, "partition of "+child.String())
	}
	parent := t.catalog.Table(t.table)
	if parent == nil {
		return
	}
	if d := parent.DefaultPartition; d != nil && *d != child {
		t.implied(*d, AccessExclusive, "default partition of "+t.table.String())
	}
	t.detachForeignKeys(ValidationScan)
}

// detachForeignKeys locks the other ends of the foreign keys that a partition
// had from its parent. Rows that reference one of the partition are looked
// for; CONCURRENTLY did that in a transaction before, under SHARE.
func (t alteration) detachForeignKeys(search Work) {
	for _, k := range t.foreignKeys(t.table) {
		t.implied(k.Referenced, ShareRowExclusive, "referenced by "+k.Name)
	}
	for _, k := range t.keysTo(t.table) {
		t.add(Effect{Relation: k.Table, Mode: AccessExclusive, Work: search, Implied: true, Why: whyReferencing(k)})
		if k.Referenced != t.table {
			t.implied(k.Referenced, AccessShare, "referenced by "+k.Name)
		}
	}
}

// keysTo returns the foreign keys to a table or to what it is a part of.
func (a *analysis) keysTo(n catalog.Name) []*catalog.Constraint {
	keys := slices.Clone(a.catalog.ForeignKeysTo(n))
	for _, up := range a.above(n) {
		keys = append(keys, a.catalog.ForeignKeysTo(up)...)
	}
	return keys
}

func (t alteration) detachFinalize(c *pg_query.AlterTableCmd) {
	t.relation(t.table, ShareUpdateExclusive, CatalogOnly)
	t.relation(t.catalog.Resolve(c.GetDef().GetPartitionCmd().GetName()), AccessExclusive, CatalogOnly)
}
