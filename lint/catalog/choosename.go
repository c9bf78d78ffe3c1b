package catalog

import (
	"slices"
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

// makeName joins the parts as makeObjectName of indexcmds.c does: the longer
// of the first two is shortened until the name fits.
func makeName(first, second, label string) string {
	room := maxIdentifier
	if second != "" {
		room--
	}
	if label != "" {
		room -= 1 + len(label)
	}
	a, b := len(first), len(second)
	for a+b > room {
		if a > b {
			a--
		} else {
			b--
		}
	}
	name := clip(first, a)
	if second != "" {
		name += "_" + clip(second, b)
	}
	if label != "" {
		name += "_" + label
	}
	return name
}

// choose adds numbers to the label until the name is free.
func choose(first, second, label string, taken func(string) bool) string {
	name := makeName(first, second, label)
	for n := 1; taken(name); n++ {
		name = makeName(first, second, label+strconv.Itoa(n))
	}
	return name
}

// chooseRelation names an index or sequence as ChooseRelationName does.
func (c *Catalog) chooseRelation(schema, first, second, label string, constraint bool) string {
	return choose(first, second, label, func(name string) bool {
		n := Name{schema, name}
		return c.HasRelation(n) || constraint && c.constraints[n] > 0
	})
}

// chooseConstraint names a constraint as ChooseConstraintName does.
func (c *Catalog) chooseConstraint(schema, first, second, label string) string {
	return choose(first, second, label, func(name string) bool {
		return c.constraints[Name{schema, name}] > 0
	})
}

// joinColumns joins column names for the middle of a constraint's or index's name.
func joinColumns(columns []string) string {
	var b strings.Builder
	for i, column := range columns {
		if i > 0 {
			b.WriteByte('_')
		}
		b.WriteString(column)
		if b.Len() >= maxIdentifier+1 {
			break
		}
	}
	return b.String()
}

// indexColumnNames names the columns of an index as ChooseIndexColumnNames does.
func indexColumnNames(keys []Key, include []string) []string {
	var names []string
	add := func(origin string) {
		name := origin
		for n := 1; slices.Contains(names, name); n++ {
			number := strconv.Itoa(n)
			name = clip(origin, maxIdentifier-len(number)) + number
		}
		names = append(names, name)
	}
	for _, k := range keys {
		switch {
		case k.Column != "":
			add(k.Column)
		default:
			name, _ := figureName(k.Expr)
			if name == "" {
				name = "expr"
			}
			add(name)
		}
	}
	for _, column := range include {
		add(column)
	}
	return names
}

// figureName names an expression as FigureColnameInternal of parse_target.c
// does; the strength is 0 for no name, 1 for a weak one, 2 for a good one.
func figureName(n *pg_query.Node) (name string, strength int) {
	switch e := n.GetNode().(type) {
	case *pg_query.Node_ColumnRef:
		if last := tree.Last(e.ColumnRef.GetFields()); last != "" {
			return last, 2
		}
	case *pg_query.Node_AIndirection:
		if last := tree.Last(e.AIndirection.GetIndirection()); last != "" {
			return last, 2
		}
		return figureName(e.AIndirection.GetArg())
	case *pg_query.Node_FuncCall:
		return tree.Last(e.FuncCall.GetFuncname()), 2
	case *pg_query.Node_AExpr:
		if e.AExpr.GetKind() == pg_query.A_Expr_Kind_AEXPR_NULLIF {
			return "nullif", 2
		}
	case *pg_query.Node_TypeCast:
		if name, strength := figureName(e.TypeCast.GetArg()); strength > 1 {
			return name, strength
		}
		return tree.Last(e.TypeCast.GetTypeName().GetNames()), 1
	case *pg_query.Node_CollateClause:
		return figureName(e.CollateClause.GetArg())
	case *pg_query.Node_CaseExpr:
		if name, strength := figureName(e.CaseExpr.GetDefresult()); strength > 1 {
			return name, strength
		}
		return "case", 1
	case *pg_query.Node_SubLink:
		return figureSubLink(e.SubLink)
	case *pg_query.Node_GroupingFunc:
		return "grouping", 2
	case *pg_query.Node_AArrayExpr:
		return "array", 2
	case *pg_query.Node_RowExpr:
		return "row", 2
	case *pg_query.Node_CoalesceExpr:
		return "coalesce", 2
	case *pg_query.Node_MinMaxExpr:
		if e.MinMaxExpr.GetOp() == pg_query.MinMaxOp_IS_LEAST {
			return "least", 2
		}
		return "greatest", 2
	case *pg_query.Node_SqlvalueFunction:
		return sqlValueNames[e.SqlvalueFunction.GetOp()], 2
	case *pg_query.Node_XmlSerialize:
		return "xmlserialize", 2
	case *pg_query.Node_JsonObjectConstructor:
		return "json_object", 2
	case *pg_query.Node_JsonArrayConstructor, *pg_query.Node_JsonArrayQueryConstructor:
		return "json_array", 2
	case *pg_query.Node_JsonObjectAgg:
		return "json_objectagg", 2
	case *pg_query.Node_JsonArrayAgg:
		return "json_arrayagg", 2
	}
	return "", 0
}

func figureSubLink(s *pg_query.SubLink) (name string, strength int) {
	switch s.GetSubLinkType() {
	case pg_query.SubLinkType_EXISTS_SUBLINK:
		return "exists", 2
	case pg_query.SubLinkType_ARRAY_SUBLINK:
		return "array", 2
	case pg_query.SubLinkType_EXPR_SUBLINK:
		if targets := s.GetSubselect().GetSelectStmt().GetTargetList(); len(targets) > 0 {
			target := targets[0].GetResTarget()
			if target.GetName() != "" {
				return target.GetName(), 2
			}
			return figureName(target.GetVal())
		}
	}
	return "", 0
}

var sqlValueNames = map[pg_query.SQLValueFunctionOp]string{
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_DATE:        "current_date",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME:        "current_time",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIME_N:      "current_time",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP:   "current_timestamp",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_TIMESTAMP_N: "current_timestamp",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME:           "localtime",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIME_N:         "localtime",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP:      "localtimestamp",
	pg_query.SQLValueFunctionOp_SVFOP_LOCALTIMESTAMP_N:    "localtimestamp",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_ROLE:        "current_role",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_USER:        "current_user",
	pg_query.SQLValueFunctionOp_SVFOP_USER:                "user",
	pg_query.SQLValueFunctionOp_SVFOP_SESSION_USER:        "session_user",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_CATALOG:     "current_catalog",
	pg_query.SQLValueFunctionOp_SVFOP_CURRENT_SCHEMA:      "current_schema",
}
