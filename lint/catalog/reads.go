package catalog

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// children calls visit for each message below m, in no particular order.
func children(m protoreflect.Message, visit func(protoreflect.Message)) {
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case field.Kind() != protoreflect.MessageKind:
		case field.IsList():
			for i := range value.List().Len() {
				visit(value.List().Get(i).Message())
			}
		default:
			visit(value.Message())
		}
		return true
	})
}

// eachColumnRef calls visit for each column reference in the expression, in
// no particular order.
func eachColumnRef(n *pg_query.Node, visit func(*pg_query.ColumnRef)) {
	if n == nil {
		return
	}
	var walk func(protoreflect.Message)
	walk = func(m protoreflect.Message) {
		if ref, ok := m.Interface().(*pg_query.ColumnRef); ok {
			visit(ref)
		}
		children(m, walk)
	}
	walk(n.ProtoReflect())
}

// ColumnsRead returns the columns that expressions on one table read, sorted.
func ColumnsRead(expressions ...*pg_query.Node) []string {
	var columns []string
	for _, e := range expressions {
		eachColumnRef(e, func(ref *pg_query.ColumnRef) {
			if column := lastString(ref.GetFields()); column != "" && !slices.Contains(columns, column) {
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
		if fields := ref.GetFields(); lastString(fields) == from {
			fields[len(fields)-1].GetString_().Sval = to
		}
	})
	return n
}

// mentions reports whether a query has the column's name or a * in it.
func mentions(query *pg_query.Node, column string) bool {
	found := false
	eachColumnRef(query, func(ref *pg_query.ColumnRef) {
		fields := ref.GetFields()
		if len(fields) == 0 {
			return
		}
		found = found || fields[len(fields)-1].GetAStar() != nil || lastString(fields) == column
	})
	return found
}

// relationsRead returns the relations that a query reads, sorted. Names of
// WITH queries stand for no relation where they are visible.
func (c *Catalog) relationsRead(query *pg_query.Node) []Name {
	if query == nil {
		return nil
	}
	found := map[Name]bool{}
	c.walkQuery(query.ProtoReflect(), nil, func(r *pg_query.RangeVar) { found[c.Resolve(r)] = true })
	var names []Name
	for n := range found {
		names = append(names, n)
	}
	slices.SortFunc(names, Name.Compare)
	return names
}

func (c *Catalog) walkQuery(m protoreflect.Message, hidden []string, visit func(*pg_query.RangeVar)) {
	switch q := m.Interface().(type) {
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
				c.walkQuery(inner.ProtoReflect(), visible, visit)
			}
		}
	case *pg_query.WithClause:
		return
	}
	children(m, func(child protoreflect.Message) { c.walkQuery(child, hidden, visit) })
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
