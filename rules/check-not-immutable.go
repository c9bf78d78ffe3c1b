package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/tree"
)

var checkNotImmutable = &lint.Rule{
	Name:     "check-not-immutable",
	Doc:      page("check-not-immutable"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		tree.Walk(p.Statement.Node, func(m proto.Message) bool {
			check, ok := m.(*pg_query.Constraint)
			if !ok || check.Contype != pg_query.ConstrType_CONSTR_CHECK {
				return true
			}
			if call := changing(p, check.RawExpr, true); call != "" {
				p.Report(lint.Diagnostic{
					Range:   p.Statement.Element(p.Statement.At(check.Location), p.Statement.End),
					Message: fmt.Sprintf("CHECK depends on %s, whose value changes: rows that passed once fail at their next UPDATE and when a dump is restored", call),
					Instead: &lint.Instead{Message: "check it in a trigger or where the rows are written, or compare with a column that keeps the value"},
				})
			}
			return false
		})
		return nil
	},
}

// changing returns what in an expression has another value at another time or
// in another session. Stable functions in general have not: they may stand for
// a conversion that depends on a setting. A comparison that stays true as time
// goes on is passed by, where the expression is not negated.
func changing(p *lint.Pass, expr *pg_query.Node, plain bool) (call string) {
	tree.Walk(expr, func(m proto.Message) bool {
		if call != "" {
			return false
		}
		switch n := m.(type) {
		case *pg_query.BoolExpr:
			plain = plain && n.Boolop != pg_query.BoolExprType_NOT_EXPR
		case *pg_query.A_Expr:
			if operator := tree.Last(n.Name); plain && n.Kind == pg_query.A_Expr_Kind_AEXPR_OP {
				switch operator {
				case "<", "<=":
					if clock(n.Rexpr) != "" {
						call = changing(p, n.Lexpr, plain)
						return false
					}
				case ">", ">=":
					if clock(n.Lexpr) != "" {
						call = changing(p, n.Rexpr, plain)
						return false
					}
				}
			}
		case *pg_query.SQLValueFunction:
			call = sqlValues[n.Op]
		case *pg_query.FuncCall:
			name := tree.Last(n.Funcname)
			if len(n.Funcname) == 1 || tree.Strings(n.Funcname)[0] == "pg_catalog" {
				if clock(&pg_query.Node{Node: &pg_query.Node_FuncCall{FuncCall: n}}) != "" || lock.Volatile(name, p.Server) ||
					name == "current_setting" || name == "age" && len(n.Args) == 1 {
					call = name + "()"
				}
			}
		}
		return call == ""
	})
	return call
}

// clock returns the name of an expression that is the current time, also with
// an interval added or taken off, or cast; "" for others.
func clock(n *pg_query.Node) string {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_TypeCast:
		return clock(n.TypeCast.Arg)
	case *pg_query.Node_AExpr:
		if operator := tree.Last(n.AExpr.Name); (operator == "+" || operator == "-") && n.AExpr.Rexpr.GetTypeCast().GetArg().GetAConst() != nil {
			return clock(n.AExpr.Lexpr)
		}
	case *pg_query.Node_SqlvalueFunction:
		switch n.SqlvalueFunction.Op {
		case pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE, pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP, pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N,
			pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP, pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:
			return sqlValues[n.SqlvalueFunction.Op]
		}
	case *pg_query.Node_FuncCall:
		switch name := tree.Last(n.FuncCall.Funcname); name {
		case "now", "transaction_timestamp", "statement_timestamp", "clock_timestamp":
			return name
		}
	}
	return ""
}

// sqlValues are the functions that SQL writes without parentheses.
var sqlValues = map[pg_query.SQLValueFunctionOp]string{
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE:        "CURRENT_DATE",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME:        "CURRENT_TIME",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:      "CURRENT_TIME",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:   "CURRENT_TIMESTAMP",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N: "CURRENT_TIMESTAMP",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME:           "LOCALTIME",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME_N:         "LOCALTIME",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:      "LOCALTIMESTAMP",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:    "LOCALTIMESTAMP",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_ROLE:        "CURRENT_ROLE",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_USER:        "CURRENT_USER",
	pg_query.SQLValueFunctionOp_SVFOP_USER:                "USER",
	pg_query.SQLValueFunctionOp_SVFOP_SESSION_USER:        "SESSION_USER",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:     "CURRENT_CATALOG",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:      "CURRENT_SCHEMA",
}
