package tree_test

import (
	"fmt"
	"slices"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/premortem-lint/premortem/lint/tree"
)

var texts = []string{
	"SELECT a, b + 1, t.* FROM t JOIN LATERAL (SELECT count(*) FROM u WHERE u.id = t.id) x ON true WHERE c IN (1, 2) ORDER BY a FOR UPDATE",
	"CREATE TABLE t (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, a text DEFAULT lower('A') CHECK (a <> '') REFERENCES u (a)) PARTITION BY RANGE (id)",
	"ALTER TABLE t ADD COLUMN c int, ALTER d TYPE numeric(10, 2) USING d::numeric, DROP CONSTRAINT k CASCADE",
	"WITH x AS (UPDATE t SET a = 1 RETURNING *) INSERT INTO u SELECT * FROM x ON CONFLICT (id) DO UPDATE SET a = excluded.a",
	"CREATE FUNCTION f(a int, b text DEFAULT 'x') RETURNS int LANGUAGE sql AS 'SELECT 1'",
	"GRANT SELECT ON t TO public",
	"VALUES (1, NULL, true, B'1', 1.5)",
}

func parse(tb testing.TB, text string) *pg_query.Node {
	tb.Helper()
	result, err := pg_query.Parse(text)
	if err != nil {
		tb.Fatal(err)
	}
	return result.Stmts[0].Stmt
}

// reflected is Walk by protobuf's own means.
func reflected(m protoreflect.Message, visit func(proto.Message)) {
	visit(m.Interface())
	list := m.Descriptor().Fields()
	for i := range list.Len() {
		switch f := list.Get(i); {
		case f.Kind() != protoreflect.MessageKind || !m.Has(f):
		case f.IsList():
			for j := range m.Get(f).List().Len() {
				reflected(m.Get(f).List().Get(j).Message(), visit)
			}
		default:
			reflected(m.Get(f).Message(), visit)
		}
	}
}

func TestWalkSeesWhatReflectionSees(t *testing.T) {
	for _, text := range texts {
		var want, got []string
		n := parse(t, text)
		reflected(n.ProtoReflect(), func(m proto.Message) { want = append(want, fmt.Sprintf("%T %p", m, m)) })
		tree.Walk(n, func(m proto.Message) bool {
			got = append(got, fmt.Sprintf("%T %p", m, m))
			return true
		})
		if len(want) < 4 || !slices.Equal(got, want) {
			t.Errorf("%s:\ngot  %q\nwant %q", text, got, want)
		}
	}
}

func TestWalkGoesNoFurtherThanAsked(t *testing.T) {
	seen := 0
	tree.Walk(parse(t, texts[0]), func(m proto.Message) bool {
		seen++
		_, isSelect := m.(*pg_query.SelectStmt)
		return !isSelect
	})
	if seen != 2 {
		t.Errorf("%d messages, want the node and its SELECT", seen)
	}
	tree.Children((*pg_query.Node)(nil), func(proto.Message) { t.Error("nil has children") })
	tree.Children(nil, func(proto.Message) { t.Error("nil has children") })
}

func TestSame(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"SELECT a+1", "SELECT  a + 1", true},
		{"SELECT a+1", "SELECT a + 2", false},
		{"SELECT f(x) /* why */", "SELECT f(x)", true},
		{"SELECT a", "SELECT b", false},
	} {
		if got := tree.Same(parse(t, c.a), parse(t, c.b)); got != c.want {
			t.Errorf("%s, %s: %t", c.a, c.b, got)
		}
	}
	if tree.Same(parse(t, "SELECT 1"), nil) || !tree.Same(nil, nil) {
		t.Error("nil is the same as nil only")
	}
}

func TestMentions(t *testing.T) {
	for text, want := range map[string]bool{
		"SELECT 1 FROM t WHERE lower(c) = 'a'": true,
		"SELECT t.c FROM t":                    true,
		"SELECT * FROM t":                      true,
		"SELECT t.* FROM t":                    true,
		"SELECT d FROM c":                      false,
		"SELECT 'c' FROM t":                    false,
	} {
		if got := tree.Mentions(parse(t, text), "c"); got != want {
			t.Errorf("%s: %t", text, got)
		}
	}
	if tree.Mentions(nil, "c") {
		t.Error("nil mentions nothing")
	}
}

func BenchmarkWalk(b *testing.B) {
	n := parse(b, texts[0])
	b.Run("tree", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			tree.Walk(n, func(proto.Message) bool { return true })
		}
	})
	b.Run("protobuf", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			reflected(n.ProtoReflect(), func(proto.Message) {})
		}
	})
}
