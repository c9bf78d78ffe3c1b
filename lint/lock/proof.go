package lock

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
)

// provesNotNull says whether the catalog knows that a column has no NULLs,
// as the server proves it for SET NOT NULL: the column is NOT NULL already,
// or a validated CHECK says so (ConstraintImpliedByRelConstraint). Dropped
// are constraints that the same statement drops.
func (a *analysis) provesNotNull(table catalog.Name, column string, dropped []string) bool {
	t := a.catalog.Table(table)
	if t == nil {
		return false
	}
	if c := a.column(table, column); c != nil && c.NotNull == catalog.Yes {
		return true
	}
	for _, k := range t.Constraints {
		if holds(k) && !contains(dropped, k.Name) && impliesNotNull(k.Expr, column) {
			return true
		}
	}
	return false
}

// holds says whether a CHECK is true of every row that is there.
func holds(k *catalog.Constraint) bool {
	return k.Kind == catalog.Check && k.Validated && k.Enforced
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// impliesNotNull says whether an expression that is not false says that the
// column is not NULL. A comparison does not: for NULL it is not false.
func impliesNotNull(expr *pg_query.Node, column string) bool {
	return implies(expr, false, func(n *pg_query.Node, negated bool) bool {
		t, ok := readTest(n, column, negated)
		return ok && t.operator == "is not null"
	})
}

// implies says whether an expression (or its negation) proves what leaf looks
// for: one arm of AND does, all arms of OR must.
func implies(expr *pg_query.Node, negated bool, leaf func(n *pg_query.Node, negated bool) bool) bool {
	b := expr.GetBoolExpr()
	if b == nil {
		return expr != nil && leaf(expr, negated)
	}
	if b.GetBoolop() == pg_query.BoolExprType_NOT_EXPR {
		return implies(b.GetArgs()[0], !negated, leaf)
	}
	all := (b.GetBoolop() == pg_query.BoolExprType_OR_EXPR) != negated
	for _, arg := range b.GetArgs() {
		if implies(arg, negated, leaf) != all {
			return !all
		}
	}
	return all
}

// isColumn says whether an expression is the column, qualified or not.
func isColumn(expr *pg_query.Node, column string) bool {
	ref := expr.GetColumnRef()
	return ref != nil && lastName(ref.GetFields()) == column
}

// test compares a column with constants.
type test struct {
	operator string // =, <>, <, <=, >, >=, in, not in, is null, is not null
	values   []constant
}

var negations = map[string]string{
	"=": "<>", "<>": "=", "<": ">=", ">=": "<", ">": "<=", "<=": ">",
	"in": "not in", "not in": "in", "is null": "is not null", "is not null": "is null",
}

var mirrored = map[string]string{"=": "=", "<>": "<>", "<": ">", ">": "<", "<=": ">=", ">=": "<="}

// readTest reads an expression as a test of the column.
func readTest(n *pg_query.Node, column string, negated bool) (t test, ok bool) {
	if n := n.GetNullTest(); n != nil {
		t.operator = "is null"
		if n.GetNulltesttype() == pg_query.NullTestType_IS_NOT_NULL {
			t.operator = "is not null"
		}
		ok = isColumn(n.GetArg(), column)
	}
	if e := n.GetAExpr(); e != nil {
		t, ok = readComparison(e, column)
	}
	if ok && negated {
		t.operator, ok = negations[t.operator]
	}
	return t, ok
}

func readComparison(e *pg_query.A_Expr, column string) (t test, ok bool) {
	left, right := e.GetLexpr(), e.GetRexpr()
	operator := lastName(e.GetName())
	switch e.GetKind() {
	case pg_query.A_Expr_Kind_AEXPR_OP:
		if isColumn(right, column) {
			left, right = right, left
			operator = mirrored[operator]
		}
		if _, known := mirrored[operator]; !known || !isColumn(left, column) {
			return t, false
		}
		v, ok := constantOf(right)
		return test{operator, []constant{v}}, ok
	case pg_query.A_Expr_Kind_AEXPR_IN:
		t.operator = "in"
		if operator == "<>" {
			t.operator = "not in"
		}
		for _, item := range right.GetList().GetItems() {
			v, ok := constantOf(item)
			if !ok {
				return t, false
			}
			t.values = append(t.values, v)
		}
		return t, isColumn(left, column)
	case pg_query.A_Expr_Kind_AEXPR_DISTINCT:
		if isNull(left) {
			left, right = right, left
		}
		return test{operator: "is not null"}, isColumn(left, column) && isNull(right)
	}
	return t, false
}
