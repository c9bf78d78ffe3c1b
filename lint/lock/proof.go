package lock

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
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
		if holds(k) && !slices.Contains(dropped, k.Name) && impliesNotNull(k.Expr, column) {
			return true
		}
	}
	return false
}

// holds says whether a CHECK is true of every row that is there.
func holds(k *catalog.Constraint) bool {
	return k.Kind == catalog.Check && k.Validated && k.Enforced
}

// impliesNotNull says whether an expression that is not false says that the
// column is not NULL. A comparison does not: for NULL it is not false.
func impliesNotNull(expr *pg_query.Node, column string) bool {
	return implies(expr, false, column, func(t test) bool { return t.operator == "is not null" })
}

// implies says whether an expression (or its negation) proves what leaf looks
// for in the tests of a column: one arm of AND does, all arms of OR must.
func implies(expr *pg_query.Node, negated bool, column string, leaf func(test) bool) bool {
	arms, or := armsOf(expr, &negated)
	if arms == nil {
		t, ok := readTest(expr, column, negated)
		return ok && leaf(t)
	}
	for _, arm := range arms {
		if implies(arm, negated, column, leaf) != or {
			return !or
		}
	}
	return or
}

// goal is a conjunction of things to prove about a column.
type goal []func(test) bool

// provesAny says whether an expression proves one of several goals, as
// predicate_implied_by does: of an OR each arm must prove one of them, and an
// OR or IN inside of an arm no longer has the choice.
func provesAny(expr *pg_query.Node, negated bool, column string, goals []goal) bool {
	arms, or := armsOf(expr, &negated)
	if arms == nil {
		t, ok := readTest(expr, column, negated)
		if !ok {
			return false
		}
		if t.operator != "in" {
			return provesOne(expr, negated, column, goals)
		}
		return all(t.values, func(v constant) bool {
			equal := test{"=", []constant{v}}
			return slices.ContainsFunc(goals, func(g goal) bool {
				return !slices.ContainsFunc(g, func(so func(test) bool) bool { return !so(equal) })
			})
		})
	}
	for _, arm := range arms {
		proves := provesAny
		if or && !isOr(arm, negated) {
			proves = provesOne
		}
		if proves(arm, negated, column, goals) != or {
			return !or
		}
	}
	return or
}

// provesOne says whether an expression proves a goal without a choice.
func provesOne(expr *pg_query.Node, negated bool, column string, goals []goal) bool {
	return slices.ContainsFunc(goals, func(g goal) bool {
		return !slices.ContainsFunc(g, func(so func(test) bool) bool { return !implies(expr, negated, column, so) })
	})
}

// armsOf returns the arms of AND, OR and BETWEEN, and whether they are
// alternatives; nil for other expressions. It looks through NOT, which turns
// negated around.
func armsOf(expr *pg_query.Node, negated *bool) (arms []*pg_query.Node, or bool) {
	for {
		b := expr.GetBoolExpr()
		switch {
		case b == nil:
			return betweenArms(expr.GetAExpr()), *negated
		case b.GetBoolop() != pg_query.BoolExprType_NOT_EXPR:
			return b.GetArgs(), (b.GetBoolop() == pg_query.BoolExprType_OR_EXPR) != *negated
		}
		*negated = !*negated
		expr = b.GetArgs()[0]
		if expr.GetBoolExpr() == nil && betweenArms(expr.GetAExpr()) == nil {
			return []*pg_query.Node{expr}, false
		}
	}
}

func isOr(expr *pg_query.Node, negated bool) bool {
	arms, or := armsOf(expr, &negated)
	return len(arms) > 1 && or
}

// betweenArms returns the comparisons that BETWEEN stands for.
func betweenArms(e *pg_query.A_Expr) []*pg_query.Node {
	ends := e.GetRexpr().GetList().GetItems()
	if e.GetKind() != pg_query.A_Expr_Kind_AEXPR_BETWEEN || len(ends) != 2 {
		return nil
	}
	compare := func(operator string, end *pg_query.Node) *pg_query.Node {
		return pg_query.MakeAExprNode(pg_query.A_Expr_Kind_AEXPR_OP, []*pg_query.Node{pg_query.MakeStrNode(operator)}, e.GetLexpr(), end, -1)
	}
	return []*pg_query.Node{compare(">=", ends[0]), compare("<=", ends[1])}
}

// isColumn says whether an expression is the column, qualified or not.
func isColumn(expr *pg_query.Node, column string) bool {
	ref := expr.GetColumnRef()
	return ref != nil && tree.Last(ref.GetFields()) == column
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
	operator := tree.Last(e.GetName())
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
