package lock

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
)

func (a *analysis) rename(s *pg_query.RenameStmt) {
	if s.GetRelation() == nil {
		return
	}
	n := a.catalog.Resolve(s.GetRelation())
	only := true
	mode := AccessExclusive
	switch s.GetRenameType() {
	case pg_query.ObjectType_OBJECT_COLUMN, pg_query.ObjectType_OBJECT_TABCONSTRAINT:
		only = !s.GetRelation().GetInh()
	case pg_query.ObjectType_OBJECT_TRIGGER:
		only = a.server < 15 || a.kind(n) != catalog.PartitionedTable
	case pg_query.ObjectType_OBJECT_INDEX:
		a.add(Effect{Relation: n, Index: true, Mode: ShareUpdateExclusive})
		return
	case pg_query.ObjectType_OBJECT_ATTRIBUTE:
		if s.GetBehavior() == pg_query.DropBehavior_DROP_CASCADE {
			a.typedTables(n, CatalogOnly)
		}
		return
	case pg_query.ObjectType_OBJECT_TYPE, pg_query.ObjectType_OBJECT_DOMCONSTRAINT:
		return
	}
	a.tree(n, only, mode, CatalogOnly)
}

// createTrigger: row triggers of a partitioned table are made on its
// partitions too.
func (a *analysis) createTrigger(s *pg_query.CreateTrigStmt) {
	n := a.catalog.Resolve(s.GetRelation())
	a.tree(n, !s.GetRow() || a.kind(n) != catalog.PartitionedTable, ShareRowExclusive, CatalogOnly)
	a.named(s.GetConstrrel(), AccessShare)
}

func (a *analysis) createRule(s *pg_query.RuleStmt) {
	a.named(s.GetRelation(), AccessExclusive)
	for _, action := range s.GetActions() {
		a.query(action, CatalogOnly)
	}
}

// ownedBy is the option OWNED BY of a sequence.
func (a *analysis) ownedBy(options []*pg_query.Node) {
	owner, ok := option(options, "owned_by")
	if names := owner.GetList().GetItems(); ok && len(names) > 1 {
		a.relation(a.catalog.ResolveList(names[:len(names)-1]), AccessShare, CatalogOnly)
	}
}

func (a *analysis) dependsOnExtension(s *pg_query.AlterObjectDependsStmt) {
	switch s.GetObjectType() {
	case pg_query.ObjectType_OBJECT_INDEX:
		a.add(Effect{Relation: a.catalog.Resolve(s.GetRelation()), Index: true, Mode: AccessExclusive})
	case pg_query.ObjectType_OBJECT_MATVIEW:
		a.named(s.GetRelation(), AccessExclusive)
	case pg_query.ObjectType_OBJECT_TRIGGER:
		a.named(s.GetRelation(), AccessShare)
	}
}

// alterDomain: a new constraint is checked in every table with a column of
// the domain, under SHARE.
func (a *analysis) alterDomain(s *pg_query.AlterDomainStmt) {
	n := a.catalog.ResolveList(s.GetTypeName())
	domain := a.catalog.Domain(n)
	if domain == nil {
		typ := a.catalog.TypeOf(&pg_query.TypeName{Names: s.GetTypeName()})
		n = catalog.Name{Schema: typ.Schema, Name: typ.Name}
		domain = a.catalog.Domain(n)
	}
	switch s.GetSubtype() {
	case "C": // ADD CONSTRAINT
		if s.GetDef().GetConstraint().GetSkipValidation() {
			return
		}
	case "O": // SET NOT NULL
		if domain != nil {
			for _, k := range domain.Constraints {
				if k.Kind == catalog.NotNull {
					return
				}
			}
		}
	case "V": // VALIDATE CONSTRAINT
	default:
		return
	}
	for _, t := range a.catalog.DomainTables(n) {
		a.add(Effect{Relation: t.Name, Mode: Share, Work: ValidationScan, Implied: true, Why: "has a column of type " + n.String()})
	}
}

func (a *analysis) comment(s *pg_query.CommentStmt) {
	names := s.GetObject().GetList().GetItems()
	switch s.GetObjtype() {
	case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_VIEW, pg_query.ObjectType_OBJECT_MATVIEW,
		pg_query.ObjectType_OBJECT_FOREIGN_TABLE, pg_query.ObjectType_OBJECT_SEQUENCE:
		a.relation(a.catalog.ResolveList(names), ShareUpdateExclusive, CatalogOnly)
	case pg_query.ObjectType_OBJECT_INDEX:
		a.add(Effect{Relation: a.catalog.ResolveList(names), Index: true, Mode: ShareUpdateExclusive})
	case pg_query.ObjectType_OBJECT_COLUMN:
		if len(names) > 1 {
			a.relation(a.catalog.ResolveList(names[:len(names)-1]), ShareUpdateExclusive, CatalogOnly)
		}
	case pg_query.ObjectType_OBJECT_TABCONSTRAINT, pg_query.ObjectType_OBJECT_TRIGGER,
		pg_query.ObjectType_OBJECT_POLICY, pg_query.ObjectType_OBJECT_RULE:
		if len(names) > 1 {
			a.relation(a.catalog.ResolveList(names[:len(names)-1]), AccessShare, CatalogOnly)
		}
	}
}

// grant locks its tables since PostgreSQL 18 only.
func (a *analysis) grant(s *pg_query.GrantStmt) {
	if a.server < 18 || s.GetTargtype() != pg_query.GrantTargetType_ACL_TARGET_OBJECT || s.GetObjtype() != pg_query.ObjectType_OBJECT_TABLE {
		return
	}
	for _, o := range s.GetObjects() {
		a.named(o.GetRangeVar(), AccessShare)
	}
}

// publication locks the tables that it lists, and with SET those that it had.
func (a *analysis) publication(name string, objects []*pg_query.Node, replaces bool) {
	for _, o := range objects {
		if r := o.GetPublicationObjSpec().GetPubtable().GetRelation(); r != nil {
			n := a.catalog.Resolve(r)
			a.tree(n, !r.GetInh() || a.kind(n) == catalog.PartitionedTable, ShareUpdateExclusive, CatalogOnly)
		}
	}
	if !replaces {
		return
	}
	if p := a.catalog.Publication(name); p != nil {
		for _, n := range p.Tables {
			a.implied(n, ShareUpdateExclusive, "in publication "+name)
		}
	}
}

// lockModes are the numbers of LOCK TABLE (lockdefs.h).
var lockModes = [...]Mode{
	1: AccessShare, 2: RowShare, 3: RowExclusive, 4: ShareUpdateExclusive,
	5: Share, 6: ShareRowExclusive, 7: Exclusive, 8: AccessExclusive,
}

func (a *analysis) lockTable(s *pg_query.LockStmt) {
	if s.GetMode() < 1 || int(s.GetMode()) >= len(lockModes) {
		return
	}
	mode := lockModes[s.GetMode()]
	for _, r := range s.GetRelations() {
		n := a.catalog.Resolve(r.GetRangeVar())
		a.tree(n, !r.GetRangeVar().GetInh(), mode, CatalogOnly)
		a.lockUnderView(n, mode, CatalogOnly, 0)
	}
}

// lockUnderView locks what a view reads.
func (a *analysis) lockUnderView(n catalog.Name, mode Mode, work Work, depth int) {
	t := a.catalog.Table(n)
	if t == nil || t.Kind != catalog.View || depth > 32 {
		return
	}
	for _, d := range t.DependsOn {
		a.add(Effect{Relation: d, Mode: mode, Work: work, Implied: true, Why: "read by " + n.String()})
		a.lockUnderView(d, mode, work, depth+1)
	}
}

func (a *analysis) refresh(s *pg_query.RefreshMatViewStmt) {
	n := a.catalog.Resolve(s.GetRelation())
	switch {
	case s.GetConcurrent():
		a.relation(n, Exclusive, RowChanges)
	case s.GetSkipData():
		a.relation(n, AccessExclusive, CatalogOnly)
	default:
		a.relation(n, AccessExclusive, TableRewrite)
	}
	if t := a.catalog.Table(n); t != nil && !s.GetSkipData() {
		for _, d := range t.DependsOn {
			a.lookedUp(d, AccessShare, "read by "+n.String())
		}
	}
}

func (a *analysis) createView(s *pg_query.ViewStmt) {
	if s.GetReplace() {
		if n := a.catalog.Resolve(s.GetView()); a.catalog.Table(n) != nil {
			a.relation(n, AccessExclusive, CatalogOnly)
		}
	}
	a.query(s.GetQuery(), CatalogOnly)
}

func (a *analysis) createTableAs(s *pg_query.CreateTableAsStmt) {
	if s.GetIfNotExists() && a.catalog.Table(a.catalog.Resolve(s.GetInto().GetRel())) != nil {
		return
	}
	a.query(s.GetQuery(), RowChanges)
}
