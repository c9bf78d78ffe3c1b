package rules

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
)

// fewRows reports whether a WHERE clause picks rows by the values of a whole
// unique key, so that the statement meets at most as many rows as it lists.
func fewRows(t *catalog.Table, c *catalog.Catalog, where *pg_query.Node) bool {
	columns := pinned(where)
	if len(columns) == 0 {
		return false
	}
	if t == nil || !t.Complete {
		return slices.Contains(columns, "id")
	}
	for _, constraint := range t.Constraints {
		if (constraint.Kind == catalog.PrimaryKey || constraint.Kind == catalog.Unique) && subset(constraint.Columns, columns) {
			return true
		}
	}
	for _, name := range t.Indexes {
		index := c.Index(name)
		if index == nil || !index.Unique || index.Predicate != nil {
			continue
		}
		var keys []string
		for _, k := range index.Keys {
			keys = append(keys, k.Column)
		}
		if subset(keys, columns) {
			return true
		}
	}
	return false
}

// pinned returns the columns that a WHERE clause compares with constants by =
// or IN, all of which must hold.
func pinned(where *pg_query.Node) []string {
	if and := where.GetBoolExpr(); and != nil && and.Boolop == pg_query.BoolExprType_AND_EXPR {
		var columns []string
		for _, arg := range and.Args {
			columns = append(columns, pinned(arg)...)
		}
		return columns
	}
	e := where.GetAExpr()
	if e == nil || len(e.Name) != 1 || e.Name[0].GetString_().GetSval() != "=" ||
		(e.Kind != pg_query.A_Expr_Kind_AEXPR_OP && e.Kind != pg_query.A_Expr_Kind_AEXPR_IN) {
		return nil
	}
	fields := e.Lexpr.GetColumnRef().GetFields()
	if len(fields) == 0 || !constant(e.Rexpr) {
		return nil
	}
	return []string{fields[len(fields)-1].GetString_().GetSval()}
}

// constant reports whether an expression is a literal, a cast of one, or a list of such.
func constant(n *pg_query.Node) bool {
	if list := n.GetList(); list != nil {
		return len(list.Items) > 0 && !slices.ContainsFunc(list.Items, func(i *pg_query.Node) bool { return !constant(i) })
	}
	if cast := n.GetTypeCast(); cast != nil {
		return constant(cast.Arg)
	}
	return n.GetAConst() != nil
}

func subset(of, columns []string) bool {
	for _, c := range of {
		if !slices.Contains(columns, c) {
			return false
		}
	}
	return len(of) > 0
}

// always reports whether a WHERE clause is missing or true for every row:
// WHERE true, WHERE 1 = 1.
func always(where *pg_query.Node) bool {
	if where == nil {
		return true
	}
	if c := where.GetAConst(); c != nil {
		return c.GetBoolval().GetBoolval()
	}
	e := where.GetAExpr()
	if e == nil || e.Kind != pg_query.A_Expr_Kind_AEXPR_OP || len(e.Name) != 1 || e.Name[0].GetString_().GetSval() != "=" {
		return false
	}
	l, r := e.Lexpr.GetAConst(), e.Rexpr.GetAConst()
	return l != nil && r != nil && !l.Isnull && (l.GetIval() != nil && r.GetIval() != nil && l.GetIval().Ival == r.GetIval().Ival ||
		l.GetSval() != nil && r.GetSval() != nil && l.GetSval().Sval == r.GetSval().Sval)
}
