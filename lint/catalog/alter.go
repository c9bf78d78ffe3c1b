package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// alteration is one command of ALTER TABLE on one table.
type alteration struct {
	*pg_query.AlterTableCmd
	table Name
	// recurse is false with ONLY.
	recurse bool
}

// alterations are the commands that change what the catalog knows. Those
// without an entry (storage, statistics, owner, options, …) do not.
var alterations map[pg_query.AlterTableType]func(*Catalog, alteration)

func init() {
	alterations = map[pg_query.AlterTableType]func(*Catalog, alteration){
		pg_query.AlterTableType_AT_AddColumn:               (*Catalog).alterAddColumn,
		pg_query.AlterTableType_AT_DropColumn:              (*Catalog).alterDropColumn,
		pg_query.AlterTableType_AT_AlterColumnType:         (*Catalog).alterColumnType,
		pg_query.AlterTableType_AT_ColumnDefault:           (*Catalog).alterDefault,
		pg_query.AlterTableType_AT_SetNotNull:              (*Catalog).alterSetNotNull,
		pg_query.AlterTableType_AT_DropNotNull:             (*Catalog).alterDropNotNull,
		pg_query.AlterTableType_AT_SetExpression:           (*Catalog).alterSetExpression,
		pg_query.AlterTableType_AT_DropExpression:          (*Catalog).alterDropExpression,
		pg_query.AlterTableType_AT_AddIdentity:             (*Catalog).alterAddIdentity,
		pg_query.AlterTableType_AT_DropIdentity:            (*Catalog).alterDropIdentity,
		pg_query.AlterTableType_AT_AddConstraint:           (*Catalog).alterAddConstraint,
		pg_query.AlterTableType_AT_AlterConstraint:         (*Catalog).alterConstraint,
		pg_query.AlterTableType_AT_ValidateConstraint:      (*Catalog).alterValidate,
		pg_query.AlterTableType_AT_DropConstraint:          (*Catalog).alterDropConstraint,
		pg_query.AlterTableType_AT_SetLogged:               persist(Permanent),
		pg_query.AlterTableType_AT_SetUnLogged:             persist(UnloggedTable),
		pg_query.AlterTableType_AT_SetAccessMethod:         set(func(t *Table, cmd *pg_query.AlterTableCmd) { t.AccessMethod = cmd.GetName() }),
		pg_query.AlterTableType_AT_SetTableSpace:           set(func(t *Table, cmd *pg_query.AlterTableCmd) { t.Tablespace = cmd.GetName() }),
		pg_query.AlterTableType_AT_EnableRowSecurity:       set(func(t *Table, _ *pg_query.AlterTableCmd) { t.RowSecurity = true }),
		pg_query.AlterTableType_AT_DisableRowSecurity:      set(func(t *Table, _ *pg_query.AlterTableCmd) { t.RowSecurity = false }),
		pg_query.AlterTableType_AT_ReplicaIdentity:         set(setReplicaIdentity),
		pg_query.AlterTableType_AT_AddInherit:              (*Catalog).alterInherit,
		pg_query.AlterTableType_AT_DropInherit:             (*Catalog).alterNoInherit,
		pg_query.AlterTableType_AT_AttachPartition:         (*Catalog).alterAttach,
		pg_query.AlterTableType_AT_DetachPartition:         (*Catalog).alterDetach,
		pg_query.AlterTableType_AT_DetachPartitionFinalize: (*Catalog).alterDetach,
	}
}

// set is an alteration that sets something of the table alone.
func set(change func(*Table, *pg_query.AlterTableCmd)) func(*Catalog, alteration) {
	return func(c *Catalog, a alteration) {
		c.edit(a.table, func(t *Table) { change(t, a.AlterTableCmd) })
	}
}

func persist(p Persistence) func(*Catalog, alteration) {
	return set(func(t *Table, _ *pg_query.AlterTableCmd) { t.Persistence = p })
}

func setReplicaIdentity(t *Table, cmd *pg_query.AlterTableCmd) {
	identity := cmd.GetDef().GetReplicaIdentityStmt()
	switch identity.GetIdentityType() {
	case "d":
		t.ReplicaIdentity = ""
	case "f":
		t.ReplicaIdentity = "full"
	case "n":
		t.ReplicaIdentity = "nothing"
	case "i":
		t.ReplicaIdentity = identity.GetName()
	}
}

// alterPass orders the commands of one statement as ATPrepCmd does.
func alterPass(cmd *pg_query.AlterTableCmd) int {
	switch cmd.GetSubtype() {
	case pg_query.AlterTableType_AT_DropColumn, pg_query.AlterTableType_AT_DropConstraint,
		pg_query.AlterTableType_AT_DropNotNull, pg_query.AlterTableType_AT_DropExpression, pg_query.AlterTableType_AT_DropIdentity:
		return 0
	case pg_query.AlterTableType_AT_ColumnDefault:
		if cmd.GetDef() == nil {
			return 0
		}
	case pg_query.AlterTableType_AT_AlterColumnType:
		return 1
	case pg_query.AlterTableType_AT_AddColumn:
		return 2
	case pg_query.AlterTableType_AT_AddConstraint:
		if cmd.GetDef().GetConstraint().GetContype() == pg_query.ConstrType_CONSTR_FOREIGN {
			return 5
		}
		if constraintPass(tableConstraint(cmd.GetDef().GetConstraint())) > 0 {
			return 4
		}
	case pg_query.AlterTableType_AT_SetNotNull, pg_query.AlterTableType_AT_AddIdentity:
		return 3
	default:
		return 6
	}
	return 3
}

func (c *Catalog) alterTable(s *pg_query.AlterTableStmt) {
	n := c.Resolve(s.GetRelation())
	if n.Name == "" {
		return
	}
	if c.indexes[n] != nil || s.GetObjtype() == pg_query.ObjectType_OBJECT_INDEX {
		c.alterIndex(n, s)
		return
	}
	if c.sequences[n] != nil || s.GetObjtype() == pg_query.ObjectType_OBJECT_SEQUENCE {
		return // nothing of what the catalog keeps
	}
	if c.tables[n] == nil {
		if s.GetMissingOk() {
			return
		}
		c.edit(n, func(t *Table) { t.Kind = kindOf(s.GetObjtype()) })
	}
	var cmds []*pg_query.AlterTableCmd
	for _, node := range s.GetCmds() {
		cmds = append(cmds, node.GetAlterTableCmd())
	}
	slices.SortStableFunc(cmds, func(a, b *pg_query.AlterTableCmd) int { return alterPass(a) - alterPass(b) })
	for _, cmd := range cmds {
		if alter := alterations[cmd.GetSubtype()]; alter != nil && c.tables[n] != nil {
			alter(c, alteration{cmd, n, s.GetRelation().GetInh()})
		}
	}
}

// kindOf is what a relation first seen in a statement about that type is.
func kindOf(t pg_query.ObjectType) Kind {
	switch t {
	case pg_query.ObjectType_OBJECT_VIEW:
		return View
	case pg_query.ObjectType_OBJECT_MATVIEW:
		return MaterializedView
	case pg_query.ObjectType_OBJECT_FOREIGN_TABLE:
		return ForeignTable
	case pg_query.ObjectType_OBJECT_TYPE:
		return CompositeType
	}
	return OrdinaryTable
}

func (c *Catalog) alterIndex(n Name, s *pg_query.AlterTableStmt) {
	for _, node := range s.GetCmds() {
		switch cmd := node.GetAlterTableCmd(); cmd.GetSubtype() {
		case pg_query.AlterTableType_AT_AttachPartition:
			c.attachPartitionIndex(n, c.Resolve(cmd.GetDef().GetPartitionCmd().GetName()))
		case pg_query.AlterTableType_AT_SetTableSpace:
			c.editIndex(n, func(i *Index) { i.Tablespace = cmd.GetName() })
		}
	}
}

// below calls visit for the children that the command reaches.
func (c *Catalog) below(a alteration, visit func(alteration)) {
	if a.recurse {
		c.eachChild(a.table, func(child Name) {
			a.table = child
			visit(a)
		})
	}
}

func (c *Catalog) alterAddColumn(a alteration) {
	def := a.GetDef().GetColumnDef()
	t := c.tables[a.table]
	if t == nil || def.GetColname() == "" || a.GetMissingOk() && t.Column(def.GetColname()) != nil {
		return
	}
	column := c.column(a.table, def)
	column.Origin.Maybe = a.GetMissingOk() && !t.Complete
	c.edit(a.table, func(t *Table) {
		t.Columns = without(t.Columns, t.Column(column.Name))
		t.Columns = with(t.Columns, column)
	})
	c.below(a, func(a alteration) { c.inheritColumn(a.table, column) })
	list := columnConstraints(def)
	c.addConstraints(a.table, list, false)
}

// inheritColumn gives a child a new column of its parent.
func (c *Catalog) inheritColumn(n Name, column *Column) {
	own := *column
	own.Parents, own.Local = 1, false
	c.edit(n, func(t *Table) {
		if t.Column(column.Name) != nil {
			t.editColumn(column.Name, func(old *Column) { old.Parents++ })
			return
		}
		t.Columns = with(t.Columns, &own)
	})
	c.eachChild(n, func(child Name) { c.inheritColumn(child, column) })
}

func (c *Catalog) alterDropColumn(a alteration) {
	c.dropColumn(a.table, a.GetName(), a.GetBehavior() == pg_query.DropBehavior_DROP_CASCADE, a.recurse)
}

func (c *Catalog) alterColumnType(a alteration) {
	def := a.GetDef().GetColumnDef()
	typ := c.TypeOf(def.GetTypeName())
	collation := tree.Last(def.GetCollClause().GetCollname())
	c.eachInheriting(a, func(column *Column) { column.Type, column.Collation, column.Retyped = typ, collation, c.origin() })
	if column := c.tables[a.table].Column(a.GetName()); column == nil || !column.Identity {
		return // the sequence of a serial column keeps its type
	}
	for _, n := range c.owned.of(a.table) {
		if s := *c.sequences[n]; s.Column == a.GetName() {
			s.Type = typ.Name
			c.setSequence(&s)
		}
	}
}

// eachInheriting changes the column in the table and in all children.
func (c *Catalog) eachInheriting(a alteration, change func(*Column)) {
	c.edit(a.table, func(t *Table) { t.editColumn(a.GetName(), change) })
	c.below(a, func(a alteration) { c.eachInheriting(a, change) })
}

func (c *Catalog) alterDefault(a alteration) {
	c.eachInheriting(a, func(column *Column) { column.Default = defaultOf(a.GetDef()) })
}

func (c *Catalog) alterSetNotNull(a alteration) {
	c.eachInheriting(a, func(column *Column) { column.NotNull = Yes })
	c.edit(a.table, func(t *Table) {
		if k := t.notNull(a.GetName()); k != nil {
			t.editConstraint(k.Name, func(k *Constraint) { k.Validated = true })
		}
	})
}

// notNull returns the column's NOT NULL constraint, or nil.
func (t *Table) notNull(column string) *Constraint {
	for _, k := range t.Constraints {
		if k.Kind == NotNull && slices.Equal(k.Columns, []string{column}) {
			return k
		}
	}
	return nil
}

func (c *Catalog) alterDropNotNull(a alteration) {
	c.eachInheriting(a, func(column *Column) { column.NotNull = No })
	c.edit(a.table, func(t *Table) { t.Constraints = without(t.Constraints, t.notNull(a.GetName())) })
}

func (c *Catalog) alterSetExpression(a alteration) {
	c.eachInheriting(a, func(column *Column) {
		column.Default = a.GetDef()
		if column.Generated == NotGenerated {
			column.Generated = Stored
		}
	})
}

func (c *Catalog) alterDropExpression(a alteration) {
	c.eachInheriting(a, func(column *Column) { column.Default, column.Generated = nil, NotGenerated })
}

func (c *Catalog) alterAddIdentity(a alteration) {
	var typ Type
	c.edit(a.table, func(t *Table) {
		t.editColumn(a.GetName(), func(column *Column) { column.Identity, column.NotNull, typ = true, Yes, column.Type })
	})
	c.ownSequence(a.table, a.GetName(), typ, a.GetDef().GetConstraint().GetOptions())
	if t := c.tables[a.table]; t.Kind == PartitionedTable {
		c.below(a, func(a alteration) {
			c.edit(a.table, func(t *Table) { t.editColumn(a.GetName(), func(column *Column) { column.Identity = true }) })
		})
	}
}

func (c *Catalog) alterDropIdentity(a alteration) {
	c.eachInheriting(a, func(column *Column) { column.Identity = false })
	for _, n := range c.owned.of(a.table) {
		if c.sequences[n].Column == a.GetName() {
			c.dropSequence(n)
		}
	}
}

func (c *Catalog) alterAddConstraint(a alteration) {
	c.addConstraints(a.table, []columnConstraint{tableConstraint(a.GetDef().GetConstraint())}, false)
}

func (c *Catalog) alterConstraint(a alteration) {
	def := a.GetDef().GetConstraint()
	change := func(k *Constraint) {
		k.Deferrable = def.GetDeferrable()
		switch {
		case c.hasForm(migration.NotEnforced):
			k.Enforced, k.Validated = false, false
		case c.hasForm(migration.Enforced):
			k.Enforced, k.Validated = true, true
		}
	}
	c.eachConstraint(a.table, def.GetConname(), change)
}

// hasForm reports whether the current statement has a form newer than the grammar.
func (c *Catalog) hasForm(form migration.Form) bool {
	return c.statement != nil && slices.ContainsFunc(c.statement.Newer, func(n migration.NewerForm) bool { return n.Form == form })
}

// eachConstraint changes a constraint and what children have of it.
func (c *Catalog) eachConstraint(n Name, name string, change func(*Constraint)) {
	k := c.tables[n].Constraint(name)
	if k == nil {
		return
	}
	c.edit(n, func(t *Table) { t.editConstraint(name, change) })
	c.eachChild(n, func(child Name) {
		if own := c.inheritedFrom(k, child); own != nil {
			c.eachConstraint(child, own.Name, change)
		}
	})
}

// inheritedFrom returns the child's part of a constraint of its parent, or nil.
func (c *Catalog) inheritedFrom(k *Constraint, child Name) *Constraint {
	t := c.tables[child]
	if t == nil {
		return nil
	}
	for _, own := range t.Constraints {
		if own.Kind != k.Kind || own.Parents == 0 {
			continue
		}
		switch k.Kind {
		case Check, NotNull:
			if own.Name == k.Name {
				return own
			}
		case ForeignKey:
			if own.Referenced == k.Referenced && slices.Equal(own.Columns, k.Columns) {
				return own
			}
		default:
			if i := c.indexes[own.Index]; i != nil && i.Parent != nil && *i.Parent == k.Index {
				return own
			}
		}
	}
	return nil
}

func (c *Catalog) alterValidate(a alteration) {
	k := c.tables[a.table].Constraint(a.GetName())
	if k == nil || !k.Enforced {
		return
	}
	c.eachConstraint(a.table, a.GetName(), func(k *Constraint) { k.Validated = true })
	if k.Kind == NotNull && len(k.Columns) == 1 {
		c.setNotNull(a.table, k.Columns[0], true)
	}
}

func (c *Catalog) alterDropConstraint(a alteration) {
	t := c.tables[a.table]
	if k := t.Constraint(a.GetName()); k != nil {
		c.dropConstraint(k, a.recurse)
		return
	}
	// PostgreSQL 18 names what older servers have only as a mark of the column.
	for _, column := range t.Columns {
		if column.NotNull == Yes && makeName(a.table.Name, column.Name, "not_null") == a.GetName() {
			c.edit(a.table, func(t *Table) {
				t.editColumn(column.Name, func(column *Column) { column.NotNull = No })
			})
			return
		}
	}
}

func (c *Catalog) alterInherit(a alteration) {
	parent := c.Resolve(a.GetDef().GetRangeVar())
	c.linkChild(parent, a.table)
	c.inherit(parent, a.table, false)
}

func (c *Catalog) alterNoInherit(a alteration) {
	c.disinherit(c.Resolve(a.GetDef().GetRangeVar()), a.table, false)
}

func (c *Catalog) alterAttach(a alteration) {
	cmd := a.GetDef().GetPartitionCmd()
	if child := c.Resolve(cmd.GetName()); child.Name != "" {
		c.attachPartition(a.table, child, cmd.GetBound())
	}
}

func (c *Catalog) alterDetach(a alteration) {
	c.disinherit(a.table, c.Resolve(a.GetDef().GetPartitionCmd().GetName()), true)
}
