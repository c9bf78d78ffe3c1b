package catalog

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/tree"
)

// eachColumnRef calls visit for each column reference in the expression.
func eachColumnRef(n *pg_query.Node, visit func(*pg_query.ColumnRef)) {
	if n == nil {
		return
	}
	tree.Walk(n, func(m proto.Message) bool {
		if ref, ok := m.(*pg_query.ColumnRef); ok {
			visit(ref)
		}
		return true
	})
}

// ColumnsRead returns the columns that expressions on one table read, sorted.
func ColumnsRead(expressions ...*pg_query.Node) []string {
	var columns []string
	for _, e := range expressions {
		eachColumnRef(e, func(ref *pg_query.ColumnRef) {
			if column := tree.Last(ref.GetFields()); column != "" && !slices.Contains(columns, column) {
				columns = append(columns, column)
			}
		})
	}
	slices.Sort(columns)
	return columns
}

// renameRefs returns the expression with one column renamed. It does not
// change its argument.
func renameRefs(n *pg_query.Node, from, to string) *pg_query.Node {
	if n == nil || !slices.Contains(ColumnsRead(n), from) {
		return n
	}
	n = proto.CloneOf(n)
	eachColumnRef(n, func(ref *pg_query.ColumnRef) {
		if fields := ref.GetFields(); tree.Last(fields) == from {
			fields[len(fields)-1].GetString_().Sval = to
		}
	})
	return n
}

// relationsRead returns the relations that a query reads, sorted. Names of
// WITH queries stand for no relation where they are visible.
func (c *Catalog) relationsRead(query *pg_query.Node) []Name {
	if query == nil {
		return nil
	}
	found := map[Name]bool{}
	c.walkQuery(query, nil, func(r *pg_query.RangeVar) { found[c.Resolve(r)] = true })
	var names []Name
	for n := range found {
		names = append(names, n)
	}
	slices.SortFunc(names, Name.Compare)
	return names
}

func (c *Catalog) walkQuery(m proto.Message, hidden []string, visit func(*pg_query.RangeVar)) {
	switch q := m.(type) {
	case *pg_query.RangeVar:
		if q.GetSchemaname() != "" || !slices.Contains(hidden, q.GetRelname()) {
			visit(q)
		}
		return
	case interface{ GetWithClause() *pg_query.WithClause }:
		with := q.GetWithClause()
		if with == nil {
			break
		}
		outer := slices.Clip(hidden)
		for _, cte := range with.GetCtes() {
			hidden = append(slices.Clip(hidden), cte.GetCommonTableExpr().GetCtename())
		}
		for i, cte := range with.GetCtes() {
			visible := hidden
			if !with.GetRecursive() {
				// Each sees only those before it.
				visible = hidden[:len(outer)+i]
			}
			if inner := cte.GetCommonTableExpr().GetCtequery(); inner != nil {
				c.walkQuery(inner, visible, visit)
			}
		}
	case *pg_query.WithClause:
		return
	}
	tree.Children(m, func(child proto.Message) { c.walkQuery(child, hidden, visit) })
}

// columnNames lists columns for messages and comparisons.
func columnNames(columns []*Column) []string {
	var names []string
	for _, column := range columns {
		names = append(names, column.Name)
	}
	return names
}

// inTableOrder sorts column names as the table has them, unknown ones last.
func inTableOrder(t *Table, columns []string) []string {
	order := columnNames(t.Columns)
	slices.SortFunc(columns, func(a, b string) int {
		i, j := slices.Index(order, a), slices.Index(order, b)
		switch {
		case i >= 0 && j >= 0:
			return i - j
		case i >= 0:
			return -1
		case j >= 0:
			return 1
		}
		return strings.Compare(a, b)
	})
	return columns
}
