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
