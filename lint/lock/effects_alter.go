package lock

import (
	"cmp"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// alteration is one ALTER TABLE, or its like for another kind of relation.
type alteration struct {
	*analysis
	alter *pg_query.AlterTableStmt
	table catalog.Name
	only  bool // ONLY
}

func (a *analysis) alterTable(s *pg_query.AlterTableStmt) {
	if s.GetObjtype() == pg_query.ObjectType_OBJECT_TYPE {
		a.alterCompositeType(s)
		return
	}
	t := alteration{analysis: a, alter: s, table: a.catalog.Resolve(s.GetRelation()), only: !s.GetRelation().GetInh()}
	ranges := a.statement.Commands()
	for i, n := range s.GetCmds() {
		a.command, a.at = i, a.statement.Range
		if i < len(ranges) {
			a.at = ranges[i]
		}
		t.apply(n.GetAlterTableCmd())
	}
	a.command, a.at = 0, a.statement.Range
}

// reach says which tables below the named one a command locks too.
type reach uint8

const (
	self       reach = iota
	partitions       // of a partitioned table
	below            // partitions and children by INHERITS
)

// alterFact is what a command does whatever the catalog says.
type alterFact struct {
	mode  Mode
	reach reach
}

// alterFacts has the commands that do no work that grows with the table.
var alterFacts = map[pg_query.AlterTableType]alterFact{
	pg_query.AlterTableType_AT_ColumnDefault:             {AccessExclusive, below},
	pg_query.AlterTableType_AT_DropExpression:            {AccessExclusive, below},
	pg_query.AlterTableType_AT_SetStatistics:             {ShareUpdateExclusive, below},
	pg_query.AlterTableType_AT_SetOptions:                {ShareUpdateExclusive, self},
	pg_query.AlterTableType_AT_ResetOptions:              {ShareUpdateExclusive, self},
	pg_query.AlterTableType_AT_SetStorage:                {AccessExclusive, below},
	pg_query.AlterTableType_AT_SetCompression:            {AccessExclusive, self},
	pg_query.AlterTableType_AT_AlterColumnGenericOptions: {AccessExclusive, self},
	pg_query.AlterTableType_AT_ChangeOwner:               {AccessExclusive, self},
	pg_query.AlterTableType_AT_ClusterOn:                 {ShareUpdateExclusive, self},
	pg_query.AlterTableType_AT_DropCluster:               {ShareUpdateExclusive, self},
	pg_query.AlterTableType_AT_DropOids:                  {AccessExclusive, self},
	pg_query.AlterTableType_AT_EnableTrig:                {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_EnableAlwaysTrig:          {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_EnableReplicaTrig:         {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_DisableTrig:               {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_EnableTrigAll:             {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_DisableTrigAll:            {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_EnableTrigUser:            {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_DisableTrigUser:           {ShareRowExclusive, partitions},
	pg_query.AlterTableType_AT_EnableRule:                {AccessExclusive, self},
	pg_query.AlterTableType_AT_EnableAlwaysRule:          {AccessExclusive, self},
	pg_query.AlterTableType_AT_EnableReplicaRule:         {AccessExclusive, self},
	pg_query.AlterTableType_AT_DisableRule:               {AccessExclusive, self},
	pg_query.AlterTableType_AT_AddOf:                     {AccessExclusive, self},
	pg_query.AlterTableType_AT_DropOf:                    {AccessExclusive, self},
	pg_query.AlterTableType_AT_ReplicaIdentity:           {AccessExclusive, self},
	pg_query.AlterTableType_AT_EnableRowSecurity:         {AccessExclusive, self},
	pg_query.AlterTableType_AT_DisableRowSecurity:        {AccessExclusive, self},
	pg_query.AlterTableType_AT_ForceRowSecurity:          {AccessExclusive, self},
	pg_query.AlterTableType_AT_NoForceRowSecurity:        {AccessExclusive, self},
	pg_query.AlterTableType_AT_GenericOptions:            {AccessExclusive, self},
	pg_query.AlterTableType_AT_AddIdentity:               {AccessExclusive, partitions},
	pg_query.AlterTableType_AT_SetIdentity:               {AccessExclusive, partitions},
	pg_query.AlterTableType_AT_DropIdentity:              {AccessExclusive, partitions},
}

// alterCommands has the commands whose effects depend on the catalog.
var alterCommands map[pg_query.AlterTableType]func(alteration, *pg_query.AlterTableCmd)

func init() { // the functions read the table themselves
	alterCommands = map[pg_query.AlterTableType]func(alteration, *pg_query.AlterTableCmd){
		pg_query.AlterTableType_AT_AddColumn:               alteration.addColumn,
		pg_query.AlterTableType_AT_SetNotNull:              alteration.setNotNull,
		pg_query.AlterTableType_AT_DropNotNull:             alteration.dropNotNull,
		pg_query.AlterTableType_AT_SetExpression:           alteration.setExpression,
		pg_query.AlterTableType_AT_DropColumn:              alteration.dropColumn,
		pg_query.AlterTableType_AT_AddConstraint:           alteration.addConstraintCommand,
		pg_query.AlterTableType_AT_AlterConstraint:         alteration.alterConstraint,
		pg_query.AlterTableType_AT_ValidateConstraint:      alteration.validateConstraint,
		pg_query.AlterTableType_AT_DropConstraint:          alteration.dropConstraint,
		pg_query.AlterTableType_AT_AlterColumnType:         alteration.alterColumnType,
		pg_query.AlterTableType_AT_SetLogged:               alteration.setLogged,
		pg_query.AlterTableType_AT_SetUnLogged:             alteration.setLogged,
		pg_query.AlterTableType_AT_SetAccessMethod:         alteration.setAccessMethod,
		pg_query.AlterTableType_AT_SetTableSpace:           alteration.setTablespace,
		pg_query.AlterTableType_AT_SetRelOptions:           alteration.setOptions,
		pg_query.AlterTableType_AT_ResetRelOptions:         alteration.setOptions,
		pg_query.AlterTableType_AT_ReplaceRelOptions:       alteration.setOptions,
		pg_query.AlterTableType_AT_AddInherit:              alteration.inherit,
		pg_query.AlterTableType_AT_DropInherit:             alteration.inherit,
		pg_query.AlterTableType_AT_AttachPartition:         alteration.attachPartition,
		pg_query.AlterTableType_AT_DetachPartition:         alteration.detachPartition,
		pg_query.AlterTableType_AT_DetachPartitionFinalize: alteration.detachFinalize,
	}
}

func (t alteration) apply(c *pg_query.AlterTableCmd) {
	if run := alterCommands[c.GetSubtype()]; run != nil {
		run(t, c)
		return
	}
	fact, ok := alterFacts[c.GetSubtype()]
	if !ok {
		fact = alterFact{AccessExclusive, self} // the lock of ALTER TABLE unless the manual says otherwise
	}
	t.locks(fact)
}

// locks adds catalog-only effects.
func (t alteration) locks(f alterFact) {
	partitioned := t.kind(t.table) == catalog.PartitionedTable
	switch t.alter.GetObjtype() {
	case pg_query.ObjectType_OBJECT_TABLE, pg_query.ObjectType_OBJECT_FOREIGN_TABLE:
	default:
		f.reach = self
	}
	t.tree(t.table, t.only || f.reach == self || f.reach == partitions && !partitioned, f.mode, CatalogOnly)
}

// newer says whether the current command has a form of a newer server.
func (a *analysis) newer(form migration.Form) (migration.NewerForm, bool) {
	for _, f := range a.statement.Newer {
		if f.Form == form && a.at.Pos <= f.Pos && f.End <= a.at.End {
			return f, true
		}
	}
	return migration.NewerForm{}, false
}

// constraint finds a constraint of a table, or returns nil.
func (a *analysis) constraint(table catalog.Name, name string) *catalog.Constraint {
	if t := a.catalog.Table(table); t != nil {
		for _, k := range t.Constraints {
			if k.Name == name {
				return k
			}
		}
	}
	return nil
}

func (a *analysis) column(table catalog.Name, name string) *catalog.Column {
	if t := a.catalog.Table(table); t != nil {
		for _, c := range t.Columns {
			if c.Name == name {
				return c
			}
		}
	}
	return nil
}

// addColumn: catalog-only for a constant default; a volatile one, a serial,
// identity or stored generated column, and a constrained domain rewrite.
func (t alteration) addColumn(c *pg_query.AlterTableCmd) {
	d := c.GetDef().GetColumnDef()
	switch t.kind(t.table) {
	case catalog.View, catalog.CompositeType:
		t.relation(t.table, AccessExclusive, CatalogOnly)
		return
	}
	if c.GetMissingOk() && t.column(t.table, d.GetColname()) != nil {
		t.tree(t.table, t.only, AccessExclusive, CatalogOnly)
		if t.server < 13 { // analysed before it was found to be there
			t.newReferences(d, CatalogOnly)
		}
		return
	}
	n := t.newColumn(d)
	t.tree(t.table, t.only, AccessExclusive, n.work)
	if n.unknown != "" {
		t.treeWork(t.table, t.only, AccessExclusive, func(catalog.Name) (Work, string) { return TableRewrite, n.unknown })
	}
	work := CatalogOnly
	if n.hasDefault {
		work = ValidationScan
	}
	t.newReferences(d, work)
	if n.needsValue {
		t.needEmpty()
	}
	for _, k := range d.GetConstraints() {
		switch k.GetConstraint().GetContype() {
		case pg_query.ConstrType_CONSTR_PRIMARY, pg_query.ConstrType_CONSTR_UNIQUE:
			t.tree(t.table, t.only || t.kind(t.table) != catalog.PartitionedTable, AccessExclusive, IndexBuild)
		}
	}
}

// needEmpty notes that the command fails at the first row. A table whose rows the
// transaction has deleted has none, but may be long.
func (t alteration) needEmpty() {
	for _, n := range append(t.catalog.Descendants(t.table), t.table) {
		if i, ok := t.seen[key{relation: n, command: t.command, transaction: t.transaction}]; ok && !t.session.Rowless(n) {
			t.effects[i].NeedsEmpty = true
		}
	}
}

// newReferences adds the foreign keys of a new column, which are checked when
// the rows have values.
func (t alteration) newReferences(d *pg_query.ColumnDef, work Work) {
	if _, ok := t.newer(migration.NotEnforced); ok {
		work = CatalogOnly
	}
	for _, k := range d.GetConstraints() {
		if k := k.GetConstraint(); k.GetContype() == pg_query.ConstrType_CONSTR_FOREIGN {
			t.addForeignKey(k, []string{d.GetColname()}, work)
		}
	}
}

// newColumn is the work that a new column makes.
type newColumn struct {
	work       Work
	unknown    string // what decides whether the work is a table rewrite
	hasDefault bool   // rows get a value, or NULL by DEFAULT NULL
	needsValue bool   // NOT NULL, and nothing gives the rows a value
}

func (t alteration) newColumn(d *pg_query.ColumnDef) newColumn {
	var n newColumn
	var expr *pg_query.Node
	_, virtual := t.newer(migration.VirtualColumn)
	notNull, check, filled := false, false, virtual
	for _, k := range d.GetConstraints() {
		k := k.GetConstraint()
		switch k.GetContype() {
		case pg_query.ConstrType_CONSTR_NOTNULL:
			notNull = true
		case pg_query.ConstrType_CONSTR_CHECK:
			if _, ok := t.newer(migration.NotEnforced); !ok {
				check = true
			}
		case pg_query.ConstrType_CONSTR_PRIMARY:
			notNull = true
		case pg_query.ConstrType_CONSTR_DEFAULT:
			if !virtual {
				n.hasDefault = true
				expr = k.GetRawExpr()
			}
		case pg_query.ConstrType_CONSTR_GENERATED:
			filled = true
			if !virtual {
				n.hasDefault = true
				n.work = TableRewrite
			}
		case pg_query.ConstrType_CONSTR_IDENTITY:
			filled = true
			n.hasDefault = true
			n.work = TableRewrite
		}
	}
	if catalog.IsSerial(d.GetTypeName()) {
		filled = true
		n.hasDefault = true
		n.work = TableRewrite
	}
	if check {
		n.work = max(n.work, ValidationScan)
	}
	if notNull && (expr == nil || isNull(expr)) {
		n.work = max(n.work, ValidationScan)
	}
	domain := t.domainOf(d.GetTypeName())
	if domain.constrained {
		n.work = TableRewrite
	}
	value := cmp.Or(expr, domain.defaultExpr)
	n.needsValue = (notNull || domain.notNull) && !filled && (value == nil || isNull(value))
	if expr == nil && !virtual && t.server >= 13 {
		expr = domain.defaultExpr
	}
	volatile, unknown := t.volatile(expr)
	switch volatile {
	case catalog.Yes:
		n.work = TableRewrite
	case catalog.Unknown:
		if n.work < TableRewrite {
			n.unknown = unknown
		}
	}
	return n
}

// setNotNull: a scan of each table whose rows nothing proves.
func (t alteration) setNotNull(c *pg_query.AlterTableCmd) {
	t.requireNotNull([]string{c.GetName()})
}

// dropNotNull drops a constraint since 18.
func (t alteration) dropNotNull(c *pg_query.AlterTableCmd) {
	t.locks(alterFact{AccessExclusive, below})
	if column := t.column(t.table, c.GetName()); t.server >= 18 && (column == nil || column.NotNull != catalog.No) {
		t.lockChildren()
	}
}

// requireNotNull adds the effect of making columns NOT NULL.
func (t alteration) requireNotNull(columns []string) {
	t.treeWork(t.table, t.only, AccessExclusive, func(n catalog.Name) (Work, string) {
		if !t.haveNoNulls(n, columns) {
			return ValidationScan, ""
		}
		return CatalogOnly, ""
	})
}

// haveNoNulls says whether the catalog knows that columns have no NULLs.
func (t alteration) haveNoNulls(n catalog.Name, columns []string) bool {
	dropped := t.droppedConstraints()
	return !slices.ContainsFunc(columns, func(c string) bool { return !t.provesNotNull(n, c, dropped) })
}

// droppedConstraints are those that the same ALTER TABLE drops: it drops
// first, whatever the order of its commands.
func (t alteration) droppedConstraints() []string {
	var names []string
	for _, n := range t.alter.GetCmds() {
		if c := n.GetAlterTableCmd(); c.GetSubtype() == pg_query.AlterTableType_AT_DropConstraint {
			names = append(names, c.GetName())
		}
	}
	return names
}

func (t alteration) setExpression(c *pg_query.AlterTableCmd) {
	column := t.column(t.table, c.GetName())
	if column == nil || column.Generated != catalog.Virtual {
		t.tree(t.table, t.only, AccessExclusive, TableRewrite)
		return
	}
	work := CatalogOnly
	if column.NotNull == catalog.Yes {
		work = ValidationScan
	}
	t.tree(t.table, t.only, AccessExclusive, work)
}

// dropColumn locks the other end of each foreign key that has the column, and
// with CASCADE the views that read it.
func (t alteration) dropColumn(c *pg_query.AlterTableCmd) {
	t.tree(t.table, t.only, AccessExclusive, CatalogOnly)
	t.lockChildren()
	column := c.GetName()
	for _, k := range t.foreignKeys(t.table) {
		if slices.Contains(k.Columns, column) {
			t.lockReferenced(k)
		}
	}
	if c.GetBehavior() != pg_query.DropBehavior_DROP_CASCADE {
		return
	}
	for _, k := range t.catalog.ForeignKeysTo(t.table) {
		if slices.Contains(t.referencedColumns(k), column) {
			t.lockReferencing(k)
		}
	}
	t.lockViews(t.table, column)
}

// lockChildren locks the tables right below one that ONLY drops something of:
// it is theirs alone from then on.
func (t alteration) lockChildren() {
	if table := t.catalog.Table(t.table); t.only && table != nil {
		for _, n := range table.Children {
			t.implied(n, AccessExclusive, t.below(n, t.table))
		}
	}
}

// lockViews locks the views that read a column of the table, and the views on them.
func (a *analysis) lockViews(table catalog.Name, column string) {
	for _, n := range a.catalog.Dependents(table) {
		v := a.catalog.Table(n)
		if v == nil || !slices.Contains(v.DependsOn, table) || column != "" && !v.Reads(table, column) {
			continue
		}
		why := "reads " + table.String()
		a.implied(n, AccessExclusive, why)
		for _, d := range a.catalog.Dependents(n) {
			a.implied(d, AccessExclusive, why)
		}
	}
}

// foreignKeys returns the foreign keys of a table.
func (a *analysis) foreignKeys(table catalog.Name) []*catalog.Constraint {
	var keys []*catalog.Constraint
	if t := a.catalog.Table(table); t != nil {
		for _, k := range t.Constraints {
			if k.Kind == catalog.ForeignKey {
				keys = append(keys, k)
			}
		}
	}
	return keys
}

// lockReferenced locks the table that a foreign key references, which loses
// its triggers.
func (a *analysis) lockReferenced(k *catalog.Constraint) {
	if k.Referenced == k.Table {
		return
	}
	why := "referenced by " + k.Name
	a.implied(k.Referenced, AccessExclusive, why)
	a.lockReferencedPartitions(k)
}

// lockReferencedPartitions does that for the partitions of the referenced table.
func (a *analysis) lockReferencedPartitions(k *catalog.Constraint) {
	for _, n := range a.partitions(k.Referenced) {
		if a.server >= 15 || a.kind(n) != catalog.PartitionedTable {
			a.implied(n, AccessExclusive, "referenced by "+k.Name)
		}
	}
}

// lockReferencing locks the table that has the foreign key.
func (a *analysis) lockReferencing(k *catalog.Constraint) {
	a.implied(k.Table, AccessExclusive, whyReferencing(k))
}

// whyReferencing says how the table that has a foreign key comes in.
func whyReferencing(k *catalog.Constraint) string {
	return "references " + k.Referenced.String() + " by " + k.Name
}

// referencedColumns returns the columns that a foreign key references, also
// where it leaves them to the primary key.
func (a *analysis) referencedColumns(k *catalog.Constraint) []string {
	if len(k.ReferencedColumns) > 0 {
		return k.ReferencedColumns
	}
	if t := a.catalog.Table(k.Referenced); t != nil {
		for _, c := range t.Constraints {
			if c.Kind == catalog.PrimaryKey {
				return c.Columns
			}
		}
	}
	return nil
}

func (t alteration) addConstraintCommand(c *pg_query.AlterTableCmd) {
	t.addConstraint(c.GetDef().GetConstraint())
}

func (t alteration) addConstraint(k *pg_query.Constraint) {
	partitioned := t.kind(t.table) == catalog.PartitionedTable
	_, notEnforced := t.newer(migration.NotEnforced)
	switch k.GetContype() {
	case pg_query.ConstrType_CONSTR_CHECK:
		if f, ok := t.newer(migration.NotNullConstraint); ok {
			t.tree(t.table, t.only, AccessExclusive, CatalogOnly)
			if !k.GetSkipValidation() {
				t.only = t.only || k.GetIsNoInherit()
				t.requireNotNull([]string{f.Target})
			}
			return
		}
		work := ValidationScan
		if k.GetSkipValidation() || notEnforced {
			work = CatalogOnly
		}
		t.tree(t.table, t.only || k.GetIsNoInherit(), AccessExclusive, work)
		if k.GetIsNoInherit() && t.server >= 18 {
			t.tree(t.table, t.only, AccessExclusive, CatalogOnly)
		}
	case pg_query.ConstrType_CONSTR_FOREIGN:
		work := ValidationScan
		if k.GetSkipValidation() || notEnforced {
			work = CatalogOnly
		}
		t.tree(t.table, t.only || !partitioned && t.server < 18, ShareRowExclusive, CatalogOnly)
		parent := &catalog.Constraint{
			Referenced:        t.catalog.Resolve(k.GetPktable()),
			Columns:           tree.Strings(k.GetFkAttrs()),
			ReferencedColumns: tree.Strings(k.GetPkAttrs()),
			OnDelete:          catalog.ReferentialAction(k.GetFkDelAction()),
		}
		var adopted *catalog.Constraint // loses its triggers
		t.treeWork(t.table, !partitioned, ShareRowExclusive, func(n catalog.Name) (Work, string) {
			own := t.foreignKeyLike(n, parent)
			if n == t.table || own == nil || !own.Validated && t.server < 18 {
				return work, ""
			}
			adopted = own
			if own.Validated {
				return CatalogOnly, ""
			}
			return work, ""
		})
		t.references(t.table, k, parent.Columns, readsFor(work))
		if adopted != nil {
			t.lockReferenced(adopted)
		}
	case pg_query.ConstrType_CONSTR_PRIMARY, pg_query.ConstrType_CONSTR_UNIQUE, pg_query.ConstrType_CONSTR_EXCLUSION:
		t.addIndexConstraint(k, partitioned)
	default:
		t.tree(t.table, t.only, AccessExclusive, CatalogOnly)
	}
}

// addForeignKey adds the referenced table of the foreign key of a new column,
// and the work on the referencing one.
func (t alteration) addForeignKey(k *pg_query.Constraint, columns []string, work Work) {
	if work != CatalogOnly {
		t.tree(t.table, t.kind(t.table) != catalog.PartitionedTable, ShareRowExclusive, work)
	}
	t.references(t.table, k, columns, readsFor(work))
}

// references locks the table that a new foreign key references.
func (a *analysis) references(table catalog.Name, k *pg_query.Constraint, columns []string, work Work) {
	n := a.catalog.Resolve(k.GetPktable())
	if n == table {
		return
	}
	name := k.GetConname()
	if name == "" && len(columns) > 0 {
		name = table.Name + "_" + strings.Join(columns, "_") + "_fkey"
	}
	if name == "" {
		name = table.String()
	}
	for _, n := range append([]catalog.Name{n}, a.partitions(n)...) {
		a.add(Effect{Relation: n, Mode: ShareRowExclusive, Work: work, Implied: true, Why: "referenced by " + name})
	}
}

// addIndexConstraint is a primary key, unique or exclusion constraint.
func (t alteration) addIndexConstraint(k *pg_query.Constraint, partitioned bool) {
	columns := tree.Strings(k.GetKeys())
	if name := k.GetIndexname(); name != "" {
		t.relation(t.table, AccessExclusive, CatalogOnly)
		if k.GetContype() == pg_query.ConstrType_CONSTR_PRIMARY {
			ix := t.catalog.Index(catalog.Name{Schema: t.table.Schema, Name: name})
			if ix == nil {
				t.add(Effect{Relation: t.table, Mode: AccessExclusive, Work: ValidationScan, Unknown: "the columns of " + name})
				return
			}
			columns = nil
			for _, key := range ix.Keys {
				columns = append(columns, key.Column)
			}
			t.requireNotNull(columns)
		}
		return
	}
	t.relation(t.table, AccessExclusive, CatalogOnly)
	if partitioned {
		mode := Share
		if t.server >= 18 || k.GetContype() == pg_query.ConstrType_CONSTR_PRIMARY && !t.haveNoNulls(t.table, columns) {
			mode = AccessExclusive
		}
		wanted := indexShape{unique: true, constraint: true, include: tree.Strings(k.GetIncluding())}
		for _, c := range columns {
			wanted.keys = append(wanted.keys, catalog.Key{Column: c})
		}
		primary := wanted // measured: either kind of constraint is adopted
		primary.primary = true
		t.treeWork(t.table, t.only, mode, func(n catalog.Name) (Work, string) {
			if n != t.table && (t.hasIndex(n, wanted) || t.hasIndex(n, primary)) {
				if k.GetContype() == pg_query.ConstrType_CONSTR_PRIMARY && !t.haveNoNulls(n, columns) {
					return ValidationScan, ""
				}
				return CatalogOnly, ""
			}
			return IndexBuild, ""
		})
		return
	}
	t.relation(t.table, AccessExclusive, IndexBuild)
	if k.GetContype() == pg_query.ConstrType_CONSTR_PRIMARY {
		t.requireNotNull(columns)
	} else if t.server >= 18 {
		t.tree(t.table, t.only, AccessExclusive, CatalogOnly)
	}
}

func (t alteration) alterConstraint(c *pg_query.AlterTableCmd) {
	t.tree(t.table, t.only || t.kind(t.table) != catalog.PartitionedTable, AccessExclusive, CatalogOnly)
	_, enforced := t.newer(migration.Enforced)
	if enforced { // foreign keys only
		t.tree(t.table, t.only, AccessExclusive, ValidationScan)
	}
	k := t.constraint(t.table, c.GetDef().GetConstraint().GetConname())
	if k == nil || k.Kind != catalog.ForeignKey {
		return
	}
	if _, ok := t.newer(migration.NotEnforced); ok {
		t.lockReferenced(k)
		return
	}
	if enforced && k.Referenced != k.Table {
		t.lookedUp(k.Referenced, ShareRowExclusive, "referenced by "+k.Name)
	}
}

// validateConstraint: a scan under SHARE UPDATE EXCLUSIVE.
func (t alteration) validateConstraint(c *pg_query.AlterTableCmd) {
	named := t.constraint(t.table, c.GetName())
	only := t.only || named != nil && named.Kind == catalog.ForeignKey && t.kind(t.table) != catalog.PartitionedTable
	t.treeWork(t.table, only, ShareUpdateExclusive, func(n catalog.Name) (Work, string) {
		if k := t.constraint(n, c.GetName()); k != nil && k.Validated {
			return CatalogOnly, ""
		}
		return ValidationScan, ""
	})
	if k := named; k != nil && k.Kind == catalog.ForeignKey && !k.Validated && k.Referenced != k.Table {
		t.lookedUp(k.Referenced, RowShare, "referenced by "+k.Name)
	}
}

// dropConstraint locks the other end of a foreign key, and of those that go
// with a key by CASCADE.
func (t alteration) dropConstraint(c *pg_query.AlterTableCmd) {
	k := t.constraint(t.table, c.GetName())
	own := k != nil && t.kind(t.table) != catalog.PartitionedTable &&
		(k.NoInherit || k.Kind != catalog.Check && k.Kind != catalog.NotNull)
	t.tree(t.table, t.only || own, AccessExclusive, CatalogOnly)
	if k == nil {
		return
	}
	switch k.Kind {
	case catalog.Check, catalog.NotNull:
		if !own {
			t.lockChildren()
		}
	case catalog.ForeignKey:
		t.lockReferenced(k)
	case catalog.PrimaryKey, catalog.Unique:
		if c.GetBehavior() == pg_query.DropBehavior_DROP_CASCADE {
			t.lockReferencingKey(t.table, k.Columns)
		}
	}
}

// lockReferencingKey locks the tables whose foreign keys reference the columns.
func (a *analysis) lockReferencingKey(table catalog.Name, columns []string) {
	for _, k := range a.catalog.ForeignKeysTo(table) {
		if sameSet(a.referencedColumns(k), columns) {
			a.lockReferencing(k)
		}
	}
}

func sameSet(x, y []string) bool {
	if len(x) != len(y) {
		return false
	}
	for _, s := range x {
		if !slices.Contains(y, s) {
			return false
		}
	}
	return true
}

func (t alteration) setLogged(c *pg_query.AlterTableCmd) {
	wanted := catalog.Permanent
	if c.GetSubtype() == pg_query.AlterTableType_AT_SetUnLogged {
		wanted = catalog.UnloggedTable
	}
	work := TableRewrite
	if table := t.catalog.Table(t.table); table != nil && table.Complete && table.Persistence == wanted || t.catalog.Sequence(t.table) != nil {
		work = CatalogOnly
	}
	t.tree(t.table, true, AccessExclusive, work)
}

func (t alteration) setAccessMethod(c *pg_query.AlterTableCmd) {
	t.tree(t.table, true, AccessExclusive, t.unless(func(table *catalog.Table) bool {
		return orDefault(table.AccessMethod, "heap") == orDefault(c.GetName(), "heap")
	}))
}

func (t alteration) setTablespace(c *pg_query.AlterTableCmd) {
	work := t.unless(func(table *catalog.Table) bool {
		return orDefault(table.Tablespace, "pg_default") == c.GetName()
	})
	if t.isIndex(t.table) || t.alter.GetObjtype() == pg_query.ObjectType_OBJECT_INDEX {
		t.add(Effect{Relation: t.table, Index: true, Mode: AccessExclusive, Work: TableRewrite})
		return
	}
	t.tree(t.table, true, AccessExclusive, work)
}

// unless is a rewrite, unless the catalog knows that the table is so already.
// A partitioned table has nothing to rewrite, and its partitions stay.
func (t alteration) unless(already func(*catalog.Table) bool) Work {
	table := t.catalog.Table(t.table)
	if table != nil && (table.Kind == catalog.PartitionedTable || table.Complete && already(table)) {
		return CatalogOnly
	}
	return TableRewrite
}

func orDefault(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

// strongOptions are the storage parameters that take ACCESS EXCLUSIVE
// (reloptions.c); others take SHARE UPDATE EXCLUSIVE.
var strongOptions = map[string]bool{
	"user_catalog_table":     true,
	"security_barrier":       true,
	"security_invoker":       true,
	"check_option":           true,
	"fastupdate":             true,
	"gin_pending_list_limit": true,
	"buffering":              true,
	"pages_per_range":        true,
	"autosummarize":          true,
}

func (t alteration) setOptions(c *pg_query.AlterTableCmd) {
	mode := ShareUpdateExclusive
	for _, o := range c.GetDef().GetList().GetItems() {
		if strongOptions[o.GetDefElem().GetDefname()] {
			mode = AccessExclusive
		}
	}
	if t.alter.GetObjtype() == pg_query.ObjectType_OBJECT_VIEW {
		mode = AccessExclusive
	}
	t.add(Effect{Relation: t.table, Index: t.isIndex(t.table) || t.alter.GetObjtype() == pg_query.ObjectType_OBJECT_INDEX, Mode: mode})
}

func (t alteration) inherit(c *pg_query.AlterTableCmd) {
	t.relation(t.table, AccessExclusive, CatalogOnly)
	mode := ShareUpdateExclusive
	if c.GetSubtype() == pg_query.AlterTableType_AT_DropInherit {
		mode = AccessShare
	}
	t.named(c.GetDef().GetRangeVar(), mode)
	if c.GetSubtype() == pg_query.AlterTableType_AT_AddInherit {
		for _, n := range t.catalog.Descendants(t.table) { // none of them may be the parent
			t.implied(n, AccessShare, t.below(n, t.table))
		}
	}
}

// alterCompositeType changes the typed tables of a composite type too. The
// type itself is no relation that traffic locks.
func (a *analysis) alterCompositeType(s *pg_query.AlterTableStmt) {
	typ := a.catalog.Resolve(s.GetRelation())
	ranges := a.statement.Commands()
	for i, n := range s.GetCmds() {
		c := n.GetAlterTableCmd()
		if c.GetBehavior() != pg_query.DropBehavior_DROP_CASCADE {
			continue
		}
		a.command, a.at = i, a.statement.Range
		if i < len(ranges) {
			a.at = ranges[i]
		}
		work := CatalogOnly
		if c.GetSubtype() == pg_query.AlterTableType_AT_AlterColumnType {
			work = TableRewrite
		}
		a.typedTables(typ, work)
	}
	a.command, a.at = 0, a.statement.Range
}

// typedTables adds the tables that were made OF a composite type.
func (a *analysis) typedTables(typ catalog.Name, work Work) {
	for _, t := range a.catalog.Tables() {
		if t.OfType == typ {
			a.add(Effect{Relation: t.Name, Mode: AccessExclusive, Work: work, Implied: true, Why: "of type " + typ.String()})
		}
	}
}

// moveAll is ALTER … ALL IN TABLESPACE.
func (a *analysis) moveAll(s *pg_query.AlterTableMoveAllStmt) {
	move := func(n catalog.Name, index, partitioned bool) {
		e := Effect{Relation: n, Index: index, Mode: AccessExclusive, Work: TableRewrite, Implied: true, Why: "in tablespace " + s.GetOrigTablespacename()}
		if partitioned {
			e.Work = CatalogOnly
		}
		if len(s.GetRoles()) > 0 {
			e.Unknown = existence + "the owner of " + n.String() + " is meant"
		}
		a.add(e)
	}
	tables, indexes := a.catalog.InTablespace(s)
	for _, t := range tables {
		move(t.Name, false, t.Kind == catalog.PartitionedTable)
	}
	for _, i := range indexes {
		t := a.catalog.Table(i.Table)
		move(i.Name, true, t != nil && t.Kind == catalog.PartitionedTable)
	}
}
