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
	switch n := expr.GetNode().(type) {
	case *pg_query.Node_NullTest:
		return n.NullTest.GetNulltesttype() == pg_query.NullTestType_IS_NOT_NULL && isColumn(n.NullTest.GetArg(), column)
	case *pg_query.Node_BoolExpr:
		args := n.BoolExpr.GetArgs()
		switch n.BoolExpr.GetBoolop() {
		case pg_query.BoolExprType_AND_EXPR:
			for _, arg := range args {
				if impliesNotNull(arg, column) {
					return true
				}
			}
		case pg_query.BoolExprType_OR_EXPR:
			for _, arg := range args {
				if !impliesNotNull(arg, column) {
					return false
				}
			}
			return len(args) > 0
		case pg_query.BoolExprType_NOT_EXPR:
			t := args[0].GetNullTest()
			return t != nil && t.GetNulltesttype() == pg_query.NullTestType_IS_NULL && isColumn(t.GetArg(), column)
		}
	case *pg_query.Node_AExpr:
		e := n.AExpr
		return e.GetKind() == pg_query.A_Expr_Kind_AEXPR_DISTINCT &&
			(isColumn(e.GetLexpr(), column) && isNull(e.GetRexpr()) || isColumn(e.GetRexpr(), column) && isNull(e.GetLexpr()))
	}
	return false
}

// isColumn says whether an expression is the column, qualified or not.
func isColumn(expr *pg_query.Node, column string) bool {
	ref := expr.GetColumnRef()
	return ref != nil && lastName(ref.GetFields()) == column
}

// provesBound: TODO below.
func (a *analysis) provesBound(table catalog.Name, parent *catalog.Table, bound *pg_query.PartitionBoundSpec) bool {
	return false
}

func (a *analysis) excludesBound(table catalog.Name, parent *catalog.Table, bound *pg_query.PartitionBoundSpec) bool {
	return false
}
