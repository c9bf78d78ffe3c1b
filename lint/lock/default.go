package lock

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

// volatile says whether an expression calls a volatile function, and which
// function it is that the catalog does not know: "whether public.f is volatile".
func (a *analysis) volatile(expr *pg_query.Node) (catalog.Truth, string) {
	answer, unknown := catalog.No, ""
	tree.Walk(expr, func(m proto.Message) bool {
		if answer == catalog.Yes {
			return false
		}
		call, ok := m.(*pg_query.FuncCall)
		if !ok {
			return true
		}
		switch names := call.GetFuncname(); a.volatilityOf(names, len(call.GetArgs())) {
		case catalog.Volatile:
			answer, unknown = catalog.Yes, ""
		case catalog.VolatilityUnknown:
			if answer == catalog.No {
				answer, unknown = catalog.Unknown, "whether "+dotted(names)+" is volatile"
			}
		}
		return true
	})
	return answer, unknown
}

func (a *analysis) volatilityOf(names []*pg_query.Node, arguments int) catalog.Volatility {
	name := tree.Last(names)
	schema := ""
	if len(names) > 1 {
		schema = names[len(names)-2].GetString_().GetSval()
	}
	if schema == "" || schema == "pg_catalog" {
		if v := volatilities[builtin.Volatility(name, a.server)]; v != catalog.VolatilityUnknown {
			return v
		}
	}
	worst := catalog.VolatilityUnknown
	for _, f := range a.functions(schema, name) {
		if f.Arguments == arguments || worst == catalog.VolatilityUnknown {
			worst = f.Volatility
		}
	}
	if worst != catalog.VolatilityUnknown {
		return worst
	}
	return volatilities[builtin.ExtensionVolatility(name, a.server)]
}

// volatilities has the catalog's values for those of pg_proc.provolatile.
var volatilities = map[byte]catalog.Volatility{'i': catalog.Immutable, 's': catalog.Stable, 'v': catalog.Volatile}

// functions returns the user-defined functions of a name as written.
func (a *analysis) functions(schema, name string) []*catalog.Function {
	if schema != "" {
		return a.catalog.Functions(catalog.Name{Schema: schema, Name: name})
	}
	n := a.catalog.Resolve(&pg_query.RangeVar{Relname: name})
	if list := a.catalog.Functions(n); len(list) > 0 {
		return list
	}
	return a.catalog.Functions(catalog.Name{Schema: "public", Name: name})
}

func dotted(names []*pg_query.Node) string {
	s := ""
	for i, n := range names {
		if i > 0 {
			s += "."
		}
		s += n.GetString_().GetSval()
	}
	return s
}

// isNull says whether an expression is the constant NULL, cast or not.
func isNull(expr *pg_query.Node) bool {
	for expr.GetTypeCast() != nil {
		expr = expr.GetTypeCast().GetArg()
	}
	return expr.GetAConst().GetIsnull()
}

// Volatile reports whether a function of PostgreSQL itself is volatile.
func Volatile(function string, server int) bool { return builtin.Volatility(function, server) == 'v' }

// LeastVolatility is that of the least volatile overload of a function that
// PostgreSQL or a contrib extension has: 'i', 's' or 'v', 0 for others.
func LeastVolatility(function string, server int) byte {
	return builtin.LeastVolatility(function, server)
}
