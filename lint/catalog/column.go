package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// column reads a column definition without those of its constraints that are
// the table's. A serial or identity column gets its sequence.
func (c *Catalog) column(table Name, def *pg_query.ColumnDef) *Column {
	column := &Column{
		Name:      def.GetColname(),
		Type:      c.TypeOf(def.GetTypeName()),
		NotNull:   No,
		Collation: tree.Last(def.GetCollClause().GetCollname()),
		Origin:    c.origin(),
		Local:     true,
	}
	if def.GetIsNotNull() {
		column.NotNull = Yes
	}
	if IsSerial(def.GetTypeName()) {
		column.NotNull = Yes
		sequence := c.ownSequence(table, column.Name, column.Type, nil)
		column.Default = nextval(sequence)
	}
	for _, n := range def.GetConstraints() {
		c.columnConstraint(table, column, n.GetConstraint())
	}
	return column
}

func (c *Catalog) columnConstraint(table Name, column *Column, k *pg_query.Constraint) {
	virtual := false
	if c.statement != nil {
		_, virtual = newerForm(c.statement, migration.VirtualColumn, k.GetLocation())
	}
	switch k.GetContype() {
	case pg_query.ConstrType_CONSTR_NOTNULL, pg_query.ConstrType_CONSTR_PRIMARY:
		column.NotNull = Yes
	case pg_query.ConstrType_CONSTR_DEFAULT, pg_query.ConstrType_CONSTR_GENERATED:
		column.Default = defaultOf(k.GetRawExpr())
		switch {
		case virtual:
			column.Generated = Virtual
		case k.GetContype() == pg_query.ConstrType_CONSTR_GENERATED:
			column.Generated = Stored
		}
	case pg_query.ConstrType_CONSTR_IDENTITY:
		column.Identity, column.NotNull = true, Yes
		c.ownSequence(table, column.Name, column.Type, k.GetOptions())
	}
}

// defaultOf is a DEFAULT clause's expression: nil for NULL, which says what no
// clause says too.
func defaultOf(expr *pg_query.Node) *pg_query.Node {
	value := expr
	for value.GetTypeCast() != nil {
		value = value.GetTypeCast().GetArg()
	}
	if value.GetAConst().GetIsnull() {
		return nil
	}
	return expr
}

// nextval is the default of a serial column.
func nextval(sequence Name) *pg_query.Node {
	argument := pg_query.MakeAConstStrNode(sequence.String(), -1)
	return pg_query.MakeFuncCallNode([]*pg_query.Node{pg_query.MakeStrNode("nextval")}, []*pg_query.Node{argument}, -1)
}

// ownSequence creates the sequence of a serial or identity column.
func (c *Catalog) ownSequence(table Name, column string, typ Type, options []*pg_query.Node) Name {
	n := Name{table.Schema, ""}
	for _, o := range options {
		if o.GetDefElem().GetDefname() == "sequence_name" {
			n = c.listName(o.GetDefElem().GetArg().GetList().GetItems())
			if n.Schema == "" {
				n.Schema = table.Schema
			}
		}
	}
	if n.Name == "" {
		n.Name = c.chooseRelation(table.Schema, table.Name, column, "seq", false)
	}
	c.setSequence(&Sequence{Name: n, Type: typ.Name, OwnedBy: table, Column: column, Origin: c.origin()})
	c.sequenceOptions(n, options)
	return n
}
