package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/tree"
)

var createIndexNotImmutable = &lint.Rule{
	Name:     "create-index-not-immutable",
	Doc:      page("create-index-not-immutable"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		var relation *pg_query.RangeVar
		switch n := p.Statement.Node.GetNode().(type) {
		case *pg_query.Node_IndexStmt:
			relation = n.IndexStmt.Relation
		case *pg_query.Node_CreateStmt:
			relation = n.CreateStmt.Relation
		case *pg_query.Node_AlterTableStmt:
			relation = n.AlterTableStmt.Relation
		default:
			return nil
		}
		var places []immutable
		tree.Walk(p.Statement.Node, func(m proto.Message) bool {
			if at := immutableIn(m); at.expression != nil {
				places = append(places, at)
			}
			return true
		})
		if len(places) == 0 {
			return nil
		}
		var found *volatileCall
		p.Catalog.After(p.Statement, func() {
			table := p.Catalog.Table(p.Catalog.Resolve(relation))
			for i := 0; i < len(places) && found == nil; i++ {
				if found = notImmutable(p, table, places[i].expression); found != nil {
					found.place = places[i].place
				}
			}
		})
		if found == nil {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range:   p.Statement.Element(p.Statement.At(found.at), p.Statement.End),
			Fails:   "42P17",
			Message: fmt.Sprintf("%s fails with 42P17, because %s in its %s is not IMMUTABLE", statementName(p.Statement), found.what, found.place),
			Instead: &lint.Instead{Message: "let the expression depend on the row alone: name the time zone or configuration, or keep the value in a column of its own"},
		})
		return nil
	},
}

// volatileCall is what makes an expression depend on more than the row.
type volatileCall struct {
	what, place string
	at          int32
}

// immutable is an expression that must depend on the row alone.
type immutable struct {
	place      string
	expression *pg_query.Node
}

// immutableIn returns the one that a part of a statement has, or none.
func immutableIn(m proto.Message) immutable {
	switch n := m.(type) {
	case *pg_query.IndexStmt:
		return immutable{"predicate", n.WhereClause}
	case *pg_query.IndexElem:
		return immutable{"expression", n.Expr}
	case *pg_query.PartitionElem:
		return immutable{"partition key", n.Expr}
	case *pg_query.Constraint:
		switch n.Contype {
		case pg_query.ConstrType_CONSTR_EXCLUSION:
			return immutable{"predicate", n.WhereClause}
		case pg_query.ConstrType_CONSTR_GENERATED:
			return immutable{"generated column", n.RawExpr}
		}
	}
	return immutable{}
}

// notImmutable finds what in an expression PostgreSQL is sure to refuse, nil if
// it may accept all: functions whose overloads differ are not told apart, and
// those in SQL are judged by what they do.
func notImmutable(p *lint.Pass, table *catalog.Table, expr *pg_query.Node) (found *volatileCall) {
	tree.Walk(expr, func(m proto.Message) bool {
		if found != nil {
			return false
		}
		switch n := m.(type) {
		case *pg_query.SQLValueFunction:
			found = &volatileCall{what: sqlValues[n.Op], at: n.Location}
		case *pg_query.FuncCall:
			if isNeverImmutable(p, table, n) {
				found = &volatileCall{what: strings.Join(tree.Strings(n.Funcname), ".") + "()", at: n.Location}
			}
		case *pg_query.TypeCast:
			from, to := columnTypeOf(table, n.Arg), p.Catalog.TypeOf(n.TypeName)
			if !from.Array && !to.Array && slices.Contains(settingCasts[from.Name], to.Name) && from.Schema == "" && to.Schema == "" {
				found = &volatileCall{what: fmt.Sprintf("the cast from %s to %s", from, to), at: n.Location}
				if at := n.Arg.GetColumnRef().GetLocation(); at < found.at || found.at <= 0 {
					found.at = at
				}
			}
		}
		return found == nil
	})
	return found
}

// settingCasts are casts whose result depends on TimeZone or DateStyle.
var settingCasts = map[string][]string{
	"timestamptz": {"date", "time", "timestamp", "text"},
	"timestamp":   {"timestamptz", "text"},
	"date":        {"timestamptz", "text"},
	"text":        {"date", "timestamp", "timestamptz"},
}

func columnTypeOf(table *catalog.Table, n *pg_query.Node) catalog.Type {
	if fields := n.GetColumnRef().GetFields(); len(fields) > 0 {
		if c := table.Column(tree.Last(fields)); c != nil {
			return c.Type
		}
	}
	return catalog.Type{}
}

// isNeverImmutable reports whether a call is one of a function that is not immutable,
// whichever overload is meant.
func isNeverImmutable(p *lint.Pass, table *catalog.Table, call *pg_query.FuncCall) bool {
	names := tree.Strings(call.Funcname)
	name := names[len(names)-1]
	system := len(names) == 1 || names[0] == "pg_catalog"
	if overloads := p.Catalog.Functions(p.Catalog.ResolveFunction(call.Funcname)); len(overloads) > 0 {
		return (len(names) > 1 || lock.LeastVolatility(name, p.Server) == 0) && !slices.ContainsFunc(overloads, func(f *catalog.Function) bool {
			return f.Doubted || f.Origin.Maybe || f.Language == "sql" || f.Volatility == catalog.Immutable || f.Volatility == catalog.VolatilityUnknown
		})
	}
	if !system {
		return false
	}
	least := lock.LeastVolatility(name, p.Server)
	if least != 0 && least != 'i' {
		return true
	}
	// Of these, the overload is known.
	switch {
	case name == "age" || name == "to_tsvector":
		return len(call.Args) == 1
	case name == "date" && len(call.Args) == 1:
		return columnTypeOf(table, call.Args[0]).Name == "timestamptz"
	case name == "date_trunc" && len(call.Args) == 2:
		return columnTypeOf(table, call.Args[1]).Name == "timestamptz"
	}
	return false
}
