package lock

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
)

// walk calls visit for a node and, while it returns true, for the nodes below
// it, in the order of the grammar's fields.
func walk(n *pg_query.Node, visit func(*pg_query.Node) bool) {
	if n != nil {
		walkMessage(n.ProtoReflect(), visit)
	}
}

func walkMessage(m protoreflect.Message, visit func(*pg_query.Node) bool) {
	if n, ok := m.Interface().(*pg_query.Node); ok && !visit(n) {
		return
	}
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		if f.Kind() != protoreflect.MessageKind || !m.Has(f) {
			continue
		}
		if f.IsList() {
			list := m.Get(f).List()
			for j := range list.Len() {
				walkMessage(list.Get(j).Message(), visit)
			}
			continue
		}
		walkMessage(m.Get(f).Message(), visit)
	}
}

// mentions says whether an expression or query names a column, or all by *.
func mentions(n *pg_query.Node, column string) bool {
	found := false
	walk(n, func(n *pg_query.Node) bool {
		if ref := n.GetColumnRef(); ref != nil && len(ref.GetFields()) > 0 {
			last := ref.GetFields()[len(ref.GetFields())-1]
			found = found || last.GetAStar() != nil || last.GetString_().GetSval() == column
		}
		return !found
	})
	return found
}

// sameNode says whether two expressions are written alike.
func sameNode(x, y *pg_query.Node) bool {
	if x == nil || y == nil {
		return x == y
	}
	return proto.Equal(bare(x), bare(y))
}

// bare returns a copy without locations.
func bare(n *pg_query.Node) *pg_query.Node {
	c := proto.Clone(n).(*pg_query.Node)
	clearLocations(c.ProtoReflect())
	return c
}

func clearLocations(m protoreflect.Message) {
	fields := m.Descriptor().Fields()
	for i := range fields.Len() {
		f := fields.Get(i)
		switch {
		case f.Name() == "location":
			m.Clear(f)
		case f.Kind() != protoreflect.MessageKind || !m.Has(f):
		case f.IsList():
			list := m.Get(f).List()
			for j := range list.Len() {
				clearLocations(list.Get(j).Message())
			}
		default:
			clearLocations(m.Get(f).Message())
		}
	}
}
