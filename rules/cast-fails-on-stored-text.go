package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var castFailsOnStoredText = &lint.Rule{
	Name:     "cast-fails-on-stored-text",
	Doc:      page("cast-fails-on-stored-text"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil
		}
		type key struct {
			table       catalog.Name
			column, typ string
		}
		told := map[key]bool{}
		for _, c := range storedCasts(p) {
			k := key{c.table, c.column.Name, c.to.String()}
			if told[k] || c.guarded(p) || !p.Exists(c.table, false) || p.Session.Emptied(c.table) || ofRelease(p, c.column.Origin) || changesRows(p, c.table, c.column.Name) {
				continue
			}
			told[k] = true
			column, advice := quoted(c.column.Name), "look for such text first, and write it over"
			if p.Server >= 16 {
				advice += fmt.Sprintf(": SELECT %s FROM %s WHERE NOT pg_input_is_valid(%s, '%s')", column, c.table, column, c.to)
			}
			p.Report(lint.Diagnostic{
				Range: c.Range,
				Fails: c.state,
				Message: fmt.Sprintf("%s casts the text in %s.%s to %s, which fails with %s if a row has text that is none: the migrations do not tell the values",
					statementName(p.Statement), c.table, column, c.to, c.state),
				Instead: &lint.Instead{Message: advice},
			})
		}
		return nil
	},
}

// storedCast is the cast of a column's text which a statement makes for the rows
// that are there.
type storedCast struct {
	migration.Range
	table  catalog.Name
	column *catalog.Column
	to     catalog.Type
	state  string
	within proto.Message // the statement, or the expression
}

func storedCasts(p *lint.Pass) []storedCast {
	var list []storedCast
	for _, c := range commands(p) {
		for _, expr := range computedAnew(c) {
			list = append(list, casts(p, expr, p.Catalog.ExpressionUses(expr, c.Table, c.Table.Name))...)
		}
	}
	if index := p.Statement.Node.GetIndexStmt(); index != nil {
		table := p.Catalog.Resolve(index.Relation)
		list = append(list, casts(p, p.Statement.Node, p.Catalog.ExpressionUses(p.Statement.Node, table, table.Name))...)
	}
	if _, _, ok := bulkOf(p).statement(); ok {
		list = append(list, casts(p, p.Statement.Node, p.Catalog.Uses(p.Statement.Node))...)
	}
	return list
}

// computedAnew returns the expressions that a command computes for every row.
func computedAnew(c command) []*pg_query.Node {
	switch c.Subtype {
	case pg_query.AlterTableType_AT_AlterColumnType:
		return []*pg_query.Node{c.Def.GetColumnDef().GetRawDefault()}
	case pg_query.AlterTableType_AT_SetExpression:
		return []*pg_query.Node{c.Def}
	}
	var list []*pg_query.Node
	for _, kind := range []pg_query.ConstrType{pg_query.ConstrType_CONSTR_CHECK, pg_query.ConstrType_CONSTR_GENERATED} {
		_, virtual := c.Newer(migration.VirtualColumn)
		if k := c.Constraint(kind); k != nil && !k.SkipValidation && !virtual {
			list = append(list, k.RawExpr)
		}
	}
	return list
}

// casts finds those in an expression or a statement that uses the columns.
func casts(p *lint.Pass, in *pg_query.Node, uses []catalog.Use) []storedCast {
	var list []storedCast
	tree.Walk(in, func(m proto.Message) bool {
		cast, ok := m.(*pg_query.TypeCast)
		if !ok {
			return true
		}
		to := p.Catalog.TypeOf(cast.TypeName)
		ref := castText(p, cast.Arg, to)
		i := slices.IndexFunc(uses, func(u catalog.Use) bool {
			return ref != nil && u.Location == int(ref.Location) && u.Column != "" && u.Sure && !u.Ambiguous
		})
		if i < 0 {
			return true
		}
		column := p.Catalog.Table(uses[i].Name).Column(uses[i].Column)
		if column == nil {
			return true
		}
		if state := lock.TextCastFails(column.Type, to, p.Catalog); state != "" {
			at := nameAt(p.Statement, p.Statement.At(ref.Location))
			list = append(list, storedCast{at, uses[i].Name, column, to, state, in})
		}
		return true
	})
	return list
}

// trims are functions that change nothing about whether a text can be read.
var trims = []string{"btrim", "ltrim", "rtrim", "lower", "upper"}

// castText returns the column whose text is cast, also trimmed or with another
// value in place of some; nil where it is something else.
func castText(p *lint.Pass, n *pg_query.Node, to catalog.Type) *pg_query.ColumnRef {
	switch e := n.GetNode().(type) {
	case *pg_query.Node_ColumnRef:
		return e.ColumnRef
	case *pg_query.Node_TypeCast:
		if lock.TextCastFails(p.Catalog.TypeOf(e.TypeCast.TypeName), to, p.Catalog) != "" {
			return castText(p, e.TypeCast.Arg, to)
		}
	case *pg_query.Node_AExpr:
		if e.AExpr.Kind == pg_query.A_Expr_Kind_AEXPR_NULLIF {
			return castText(p, e.AExpr.Lexpr, to)
		}
	case *pg_query.Node_CoalesceExpr:
		return castText(p, e.CoalesceExpr.Args[0], to)
	case *pg_query.Node_FuncCall:
		if len(e.FuncCall.Args) > 0 && slices.Contains(trims, tree.Last(e.FuncCall.Funcname)) {
			return castText(p, e.FuncCall.Args[0], to)
		}
	}
	return nil
}

// guarded reports whether a condition of the statement, or a CHECK that holds for
// all rows, is about the text in the column.
func (c storedCast) guarded(p *lint.Pass) bool {
	for _, k := range p.Catalog.Table(c.table).Constraints {
		if k.Kind == catalog.Check && k.Validated && k.Enforced && c.restricts(p, k.Expr) {
			return true
		}
	}
	found := false
	tree.Walk(c.within, func(m proto.Message) bool {
		switch n := m.(type) {
		case *pg_query.CaseExpr:
			found = found || c.restricts(p, n.Arg)
		case *pg_query.CaseWhen:
			found = found || c.restricts(p, n.Expr)
		case *pg_query.JoinExpr:
			found = found || c.restricts(p, n.Quals)
		case *pg_query.MergeStmt:
			found = found || c.restricts(p, n.JoinCondition)
		case interface{ GetWhereClause() *pg_query.Node }:
			found = found || c.restricts(p, n.GetWhereClause())
		}
		return !found
	})
	return found
}

// restricts reports whether a condition leaves out more of the column's texts
// than missing and empty ones.
func (c storedCast) restricts(p *lint.Pass, condition *pg_query.Node) bool {
	found := false
	tree.Walk(condition, func(m proto.Message) bool {
		switch n := m.(type) {
		case *pg_query.NullTest, *pg_query.SubLink:
			return false
		case *pg_query.TypeCast:
			return castText(p, n.Arg, p.Catalog.TypeOf(n.TypeName)) == nil
		case *pg_query.A_Expr:
			return !isEmptyText(n.Lexpr) && !isEmptyText(n.Rexpr)
		case *pg_query.ColumnRef:
			found = found || tree.Last(n.Fields) == c.column.Name
		}
		return !found
	})
	return found
}

func isEmptyText(n *pg_query.Node) bool {
	s := n.GetAConst().GetSval()
	return s != nil && s.Sval == ""
}
