// Package tree walks and reads the parse trees of pg_query. Protobuf's own
// reflection does that too, at more than fifty times the cost (BenchmarkWalk).
package tree

import (
	"reflect"
	"sync"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
)

// Children calls visit for each message directly below m, in the order of the
// grammar's fields. m is a pointer to a struct of pg_query, such as
// *pg_query.Node or *pg_query.SelectStmt; below nil there is nothing.
func Children(m proto.Message, visit func(proto.Message)) {
	v := reflect.ValueOf(m)
	if !v.IsValid() || v.IsNil() {
		return
	}
	v = v.Elem()
	for _, f := range fieldsOf(v.Type()) {
		switch field := v.Field(f.index); f.kind {
		case reflect.Pointer:
			if !field.IsNil() {
				visit(field.Interface().(proto.Message))
			}
		case reflect.Slice:
			for i := range field.Len() {
				visit(field.Index(i).Interface().(proto.Message))
			}
		case reflect.Interface:
			if field.IsNil() {
				continue
			}
			// The wrapper of a oneof's value, a struct of one field.
			if value := field.Elem().Elem().Field(0); value.Kind() == reflect.Pointer && !value.IsNil() {
				visit(value.Interface().(proto.Message))
			}
		}
	}
}

// Walk calls visit for m and, where that returns true, for all below it, each
// before those below it, in the order of the grammar's fields. m may be nil.
func Walk(m proto.Message, visit func(proto.Message) bool) {
	if v := reflect.ValueOf(m); v.IsValid() && !v.IsNil() && visit(m) {
		Children(m, func(child proto.Message) { Walk(child, visit) })
	}
}

// Same reports whether two trees differ in nothing but where they stand in
// their texts.
func Same(a, b *pg_query.Node) bool {
	if a == nil || b == nil {
		return a == b
	}
	return proto.Equal(unlocated(a), unlocated(b))
}

func unlocated(n *pg_query.Node) *pg_query.Node {
	n = proto.CloneOf(n)
	Walk(n, func(m proto.Message) bool {
		if location := reflect.ValueOf(m).Elem().FieldByName("Location"); location.IsValid() {
			location.SetZero()
		}
		return true
	})
	return n
}

// Mentions reports whether an expression or query has a column's name or a *
// in it.
func Mentions(n *pg_query.Node, column string) bool {
	found := false
	Walk(n, func(m proto.Message) bool {
		if ref, ok := m.(*pg_query.ColumnRef); ok && len(ref.GetFields()) > 0 {
			last := ref.GetFields()[len(ref.GetFields())-1]
			found = found || last.GetAStar() != nil || last.GetString_().GetSval() == column
		}
		return !found
	})
	return found
}

// Strings returns the texts of String nodes, such as the parts of a name; nil
// for none.
func Strings(nodes []*pg_query.Node) []string {
	var texts []string
	for _, n := range nodes {
		texts = append(texts, n.GetString_().GetSval())
	}
	return texts
}

// Last returns the text of the last of String nodes: the name behind its
// schema; "" for none.
func Last(nodes []*pg_query.Node) string {
	if len(nodes) == 0 {
		return ""
	}
	return nodes[len(nodes)-1].GetString_().GetSval()
}

// field is one that may hold messages.
type field struct {
	index int
	kind  reflect.Kind // Pointer, Slice of pointers, Interface
}

var fields sync.Map // reflect.Type to []field

func fieldsOf(t reflect.Type) []field {
	if known, ok := fields.Load(t); ok {
		return known.([]field)
	}
	var list []field
	for i := range t.NumField() {
		f := t.Field(i)
		kind := f.Type.Kind()
		if f.IsExported() && (kind == reflect.Pointer || kind == reflect.Interface || kind == reflect.Slice && f.Type.Elem().Kind() == reflect.Pointer) {
			list = append(list, field{i, kind})
		}
	}
	fields.Store(t, list)
	return list
}
