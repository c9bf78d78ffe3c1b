package catalog

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// columnConstraint is a constraint as written; column is "" for a table's.
type columnConstraint struct {
	*pg_query.Constraint
	column     string
	deferrable bool
}

// constraintPass orders the constraints of one statement as the server does:
// checks and NOT NULL with the table, then indexes with the primary key in
// front, then foreign keys.
func constraintPass(k columnConstraint) int {
	switch k.GetContype() {
	case pg_query.ConstrType_CONSTR_PRIMARY:
		return 1
	case pg_query.ConstrType_CONSTR_UNIQUE, pg_query.ConstrType_CONSTR_EXCLUSION:
		return 2
	case pg_query.ConstrType_CONSTR_FOREIGN:
		return 3
	}
	return 0
}

// addConstraints adds those of one statement. A new table is empty: its
// constraints are valid at once.
func (c *Catalog) addConstraints(n Name, list []columnConstraint, newTable bool) {
	slices.SortStableFunc(list, func(a, b columnConstraint) int { return constraintPass(a) - constraintPass(b) })
	var uniques []columnConstraint
	for _, k := range list {
		if pass := constraintPass(k); newTable && (pass == 1 || pass == 2) {
			if i := slices.IndexFunc(uniques, k.sameIndex); i >= 0 {
				continue // the server makes one index for both
			}
			uniques = append(uniques, k)
		}
		c.addConstraint(n, k, newTable)
	}
}

// sameIndex reports whether the server makes one index for two constraints of
// a new table; see transformIndexConstraints.
func (k columnConstraint) sameIndex(other columnConstraint) bool {
	return k.GetContype() != pg_query.ConstrType_CONSTR_EXCLUSION && other.GetContype() != pg_query.ConstrType_CONSTR_EXCLUSION &&
		(k.GetConname() == "" || other.GetConname() == k.GetConname()) &&
		k.deferrable == other.deferrable &&
		slices.Equal(k.keys(), other.keys()) && slices.Equal(tree.Strings(k.GetIncluding()), tree.Strings(other.GetIncluding()))
}

// keys are the columns of a primary key or unique constraint.
func (k columnConstraint) keys() []string {
	if keys := tree.Strings(k.GetKeys()); len(keys) > 0 || k.column == "" {
		return keys
	}
	return []string{k.column}
}

// columnConstraints reads those of a column definition. DEFERRABLE, which the
// grammar has as one more constraint, belongs to the one before it.
func columnConstraints(def *pg_query.ColumnDef) []columnConstraint {
	var list []columnConstraint
	for _, n := range def.GetConstraints() {
		k := columnConstraint{n.GetConstraint(), def.GetColname(), n.GetConstraint().GetDeferrable()}
		switch k.GetContype() {
		case pg_query.ConstrType_CONSTR_ATTR_DEFERRABLE, pg_query.ConstrType_CONSTR_ATTR_DEFERRED:
			if len(list) > 0 {
				list[len(list)-1].deferrable = true
			}
		default:
			list = append(list, k)
		}
	}
	return list
}

// tableConstraint reads a constraint that stands by itself.
func tableConstraint(k *pg_query.Constraint) columnConstraint {
	return columnConstraint{k, "", k.GetDeferrable()}
}

// constraintKinds are the constraints that a table keeps.
var constraintKinds = map[pg_query.ConstrType]ConstraintKind{
	pg_query.ConstrType_CONSTR_CHECK:     Check,
	pg_query.ConstrType_CONSTR_PRIMARY:   PrimaryKey,
	pg_query.ConstrType_CONSTR_UNIQUE:    Unique,
	pg_query.ConstrType_CONSTR_EXCLUSION: Exclusion,
	pg_query.ConstrType_CONSTR_FOREIGN:   ForeignKey,
	pg_query.ConstrType_CONSTR_NOTNULL:   NotNull,
}

func (c *Catalog) addConstraint(n Name, def columnConstraint, newTable bool) {
	kind, ok := constraintKinds[def.GetContype()]
	if !ok || def.Constraint == nil {
		return
	}
	k := &Constraint{
		Name:       def.GetConname(),
		Table:      n,
		Kind:       kind,
		Enforced:   !c.notEnforced[def.Constraint],
		NoInherit:  def.GetIsNoInherit(),
		Origin:     c.origin(),
		Deferrable: def.deferrable,
		Local:      true,
	}
	k.Validated = k.Enforced && (newTable || !def.GetSkipValidation())
	switch kind {
	case Check:
		k.Expr = def.GetRawExpr()
		if form, ok := c.newer(migration.NotNullConstraint, k.Expr.GetColumnRef().GetLocation()); ok && k.Expr.GetColumnRef() != nil {
			c.addNotNull(k, form.Target)
			return
		}
		c.addCheck(k)
	case NotNull:
		if k.Name != "" && def.column != "" {
			c.addNotNull(k, def.column)
		}
	case ForeignKey:
		c.addForeignKey(k, def)
	default:
		c.addIndexConstraint(k, def)
	}
}

func (c *Catalog) newer(form migration.Form, location int32) (migration.NewerForm, bool) {
	if c.statement == nil {
		return migration.NewerForm{}, false
	}
	return newerForm(c.statement, form, location)
}

// attach adds a constraint to its table.
func (c *Catalog) attach(k *Constraint) {
	c.edit(k.Table, func(t *Table) { t.Constraints = with(t.Constraints, k) })
}

func (c *Catalog) addCheck(k *Constraint) {
	k.Columns = c.checkColumns(k.Table, k.Expr)
	if old := c.tables[k.Table].Constraint(k.Name); old != nil && k.Name != "" {
		// The same as a parent's: they are merged.
		c.edit(k.Table, func(t *Table) {
			t.editConstraint(k.Name, func(old *Constraint) { old.Local = true })
		})
		return
	}
	if k.Name == "" {
		column := ""
		if len(k.Columns) == 1 {
			column = k.Columns[0]
		}
		k.Name = c.chooseConstraint(k.Table.Schema, k.Table.Name, column, "check")
	}
	c.attach(k)
	if k.NoInherit {
		return
	}
	c.eachChild(k.Table, func(child Name) {
		if old := c.tables[child].Constraint(k.Name); old != nil {
			c.edit(child, func(t *Table) {
				t.editConstraint(k.Name, func(old *Constraint) { old.Parents++ })
			})
			return
		}
		own := *k
		own.Table, own.Parents, own.Local = child, 1, false
		c.addCheckTo(&own)
	})
}

// addCheckTo adds an inherited check to a table and those below it.
func (c *Catalog) addCheckTo(k *Constraint) {
	c.attach(k)
	c.eachChild(k.Table, func(child Name) {
		own := *k
		own.Table = child
		c.addCheckTo(&own)
	})
}

// checkColumns are the table's columns in the expression, in table order.
func (c *Catalog) checkColumns(n Name, expr *pg_query.Node) []string {
	columns := ColumnsRead(expr)
	t := c.tables[n]
	if t == nil {
		return columns
	}
	if t.Complete {
		columns = slices.DeleteFunc(columns, func(name string) bool { return t.Column(name) == nil })
	}
	return inTableOrder(t, columns)
}

// addNotNull adds a NOT NULL constraint as PostgreSQL 18 has it.
func (c *Catalog) addNotNull(k *Constraint, column string) {
	k.Kind, k.Expr, k.Columns = NotNull, nil, []string{column}
	if k.Name == "" {
		k.Name = c.chooseConstraint(k.Table.Schema, k.Table.Name, column, "not_null")
	}
	c.attach(k)
	if k.Validated {
		c.setNotNull(k.Table, column, !k.NoInherit)
	}
}

// setNotNull marks a column, and that of all children.
func (c *Catalog) setNotNull(n Name, column string, recurse bool) {
	if t := c.tables[n]; t.Column(column) == nil || t.Column(column).NotNull != Yes {
		c.edit(n, func(t *Table) {
			t.editColumn(column, func(column *Column) { column.NotNull = Yes })
		})
	}
	if recurse {
		c.eachChild(n, func(child Name) { c.setNotNull(child, column, true) })
	}
}

// actions are the referential actions as the grammar has them.
var actions = map[string]string{"r": "RESTRICT", "c": "CASCADE", "n": "SET NULL", "d": "SET DEFAULT"}

// ReferentialAction returns what an action of the grammar is in SQL: "" for
// NO ACTION, "CASCADE", "SET NULL", ….
func ReferentialAction(letter string) string { return actions[letter] }

func (c *Catalog) addForeignKey(k *Constraint, def columnConstraint) {
	k.Columns = tree.Strings(def.GetFkAttrs())
	if len(k.Columns) == 0 && def.column != "" {
		k.Columns = []string{def.column}
	}
	k.Referenced = c.Resolve(def.GetPktable())
	k.ReferencedColumns = tree.Strings(def.GetPkAttrs())
	if key := c.tables[k.Referenced].PrimaryKey(); k.ReferencedColumns == nil && key != nil {
		k.ReferencedColumns = key.Columns
	}
	k.OnDelete = ReferentialAction(def.GetFkDelAction())
	if k.Name == "" {
		k.Name = c.chooseConstraint(k.Table.Schema, k.Table.Name, joinColumns(k.Columns), "fkey")
	}
	c.attach(k)
	c.eachPartition(k.Table, func(p Name) { c.partitionForeignKey(k, p) })
}

// partitionForeignKey gives a partition the foreign key of its parent: its own
// one, if it has the same.
func (c *Catalog) partitionForeignKey(k *Constraint, partition Name) {
	own := *k
	own.Table, own.Parents, own.Local = partition, 1, false
	if t := c.tables[partition]; t != nil {
		for _, old := range t.Constraints {
			if old.Kind == ForeignKey && old.Parents == 0 && old.Referenced == k.Referenced &&
				slices.Equal(old.Columns, k.Columns) && old.OnDelete == k.OnDelete {
				c.edit(partition, func(t *Table) {
					t.editConstraint(old.Name, func(old *Constraint) { old.Parents, old.Local = 1, false })
				})
				return
			}
		}
		if t.Constraint(own.Name) != nil {
			own.Name = c.chooseConstraint(partition.Schema, partition.Name, joinColumns(own.Columns), "fkey")
		}
	}
	c.attach(&own)
	c.eachPartition(partition, func(p Name) { c.partitionForeignKey(&own, p) })
}

// addIndexConstraint adds a primary key, unique or exclusion constraint.
func (c *Catalog) addIndexConstraint(k *Constraint, def columnConstraint) {
	if def.GetIndexname() != "" {
		c.constraintUsingIndex(k, def.GetIndexname())
		return
	}
	index := &Index{
		Table:      k.Table,
		Unique:     k.Kind != Exclusion,
		Include:    tree.Strings(def.GetIncluding()),
		Method:     "btree",
		Tablespace: def.GetIndexspace(),
		Valid:      Yes,
		Origin:     c.origin(),
	}
	for _, column := range def.keys() {
		index.Keys = append(index.Keys, Key{Column: column})
	}
	label := "key"
	switch k.Kind {
	case Exclusion:
		label = "excl"
		index.Method = def.GetAccessMethod()
		if index.Method == "" {
			index.Method = "btree"
		}
		index.Predicate = def.GetWhereClause()
		for _, e := range def.GetExclusions() {
			if items := e.GetList().GetItems(); len(items) > 0 {
				index.Keys = append(index.Keys, c.key(items[0].GetIndexElem()))
			}
		}
	case PrimaryKey:
		label = "pkey"
	}
	k.Columns = index.keyColumns()
	if k.Name == "" {
		second := ""
		if k.Kind != PrimaryKey {
			second = joinColumns(indexColumnNames(index.Keys, index.Include))
		}
		k.Name = c.chooseRelation(k.Table.Schema, k.Table.Name, second, label, true)
	}
	c.ownIndex(k, index)
}

// ownIndex adds a constraint with its index, to the table and its partitions.
func (c *Catalog) ownIndex(k *Constraint, index *Index) {
	index.Name = Name{k.Table.Schema, k.Name}
	index.Constraint = k.Name
	k.Index = index.Name
	c.addIndex(index)
	c.attach(k)
	if k.Kind == PrimaryKey {
		for _, column := range k.Columns {
			c.setNotNull(k.Table, column, true)
		}
	}
	c.eachPartition(k.Table, func(p Name) { c.partitionIndex(index, p) })
}

// constraintUsingIndex makes a constraint of an index. The index takes the
// constraint's name.
func (c *Catalog) constraintUsingIndex(k *Constraint, indexName string) {
	n := Name{k.Table.Schema, indexName}
	if k.Name == "" {
		k.Name = indexName
	}
	index := c.indexes[n]
	if index == nil {
		index = &Index{Name: n, Table: k.Table, Unique: true, Method: "btree"}
		c.addIndex(index)
	}
	if k.Name != indexName {
		c.renameIndex(n, Name{n.Schema, k.Name})
		n.Name = k.Name
	}
	c.editIndex(n, func(i *Index) {
		i.Constraint = k.Name
		// The server refuses an invalid index here.
		i.Valid = Yes
	})
	k.Index = n
	k.Columns = index.keyColumns()
	c.attach(k)
	if k.Kind == PrimaryKey {
		for _, column := range k.Columns {
			c.setNotNull(k.Table, column, true)
		}
	}
}
