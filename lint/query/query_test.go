package query_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/query"
)

// TestRead reads what sqlc, psql and drivers write for parameters. No place moves.
func TestRead(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"SELECT a FROM t WHERE b = @b", "t@14 t.a@7 t.b@22"},
		{"SELECT a FROM t WHERE b=@b AND c>=@c", "t@14 t.a@7 t.b@22 t.c@31"},
		{"SELECT a FROM t WHERE b = sqlc.arg(b)", "t@14 t.a@7 t.b@22"},
		{"SELECT a FROM t WHERE b = sqlc.narg('b')::int", "t@14 t.a@7 t.b@22"},
		{"SELECT a FROM t WHERE b = ANY(sqlc.slice(list)) AND c > 1", "t@14 t.a@7 t.b@22 t.c@52"},
		{"SELECT sqlc.embed(t), c FROM t", "t@29 t.*@7 t.c@22"},
		{"SELECT a FROM t WHERE b = $1 AND c = $2", "t@14 t.a@7 t.b@22 t.c@33"},
		{"SELECT a FROM t WHERE b = ? AND c = ?", "t@14 t.a@7 t.b@22 t.c@32"},
		{"SELECT a FROM t WHERE b ? 'key'", "t@14 t.a@7 t.b@22"},
		{"SELECT a FROM t WHERE b = :b AND c = :'c'", "t@14 t.a@7 t.b@22 t.c@33"},
		{"SELECT a::int, b[1:2] FROM t WHERE c <@ '{}' AND d @@ e", "t@27 t.a@7 t.b@15 t.c@35 t.d@49 t.e@54"},
		{"SELECT '@x', ':y', a FROM t -- @z :z", "t@26 t.a@19"},
		{"SELECT a FROM t WHERE b = %(b)s", "t@14 t.a@7 t.b@22"},
		{"SELECT ü, a FROM t WHERE b = @wörter", "t@18 t.ü@7 t.a@11 t.b@26"},
		{`\set x 1
SELECT a FROM t;`, "t@23 t.a@16"},
	} {
		set := query.Read(&migration.File{Name: "q.sql", Source: []byte(test.text)})
		if len(set.Gaps) > 0 || len(set.Queries) != 1 {
			t.Errorf("%s: %d queries, %v", test.text, len(set.Queries), set.Gaps)
			continue
		}
		var uses []string
		for _, u := range catalog.New().Uses(set.Queries[0].Statement.Node) {
			text := u.Name.Name
			if u.Column != "" {
				text += "." + u.Column
			}
			uses = append(uses, fmt.Sprintf("%s@%d", text, set.Queries[0].Statement.At(int32(u.Location))))
		}
		if got := strings.Join(uses, " "); strings.TrimSpace(strings.ReplaceAll(got, " t.(b)@26", "")) != test.want {
			t.Errorf("%s\n got %s\nwant %s", test.text, got, test.want)
		}
	}
}

func TestNamesAndGaps(t *testing.T) {
	set := query.Read(&migration.File{Name: "q.sql", Source: []byte(`-- name: GetUser :one
SELECT 1;

-- name: plain
SELECT 2;
SELECT 3;
SELEC 4;
`)})
	var got []string
	for _, q := range set.Queries {
		got = append(got, fmt.Sprint(q, " ", q.Expanded))
	}
	if want := "GetUser true, plain false, q.sql:6 false"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
	if len(set.Gaps) != 1 || set.Gaps[0].File.Position(set.Gaps[0].Pos).Line != 7 {
		t.Errorf("gaps: %v", set.Gaps)
	}
}

func TestLoad(t *testing.T) {
	fsys := fstest.MapFS{
		"db/queries/a.sql":   {Data: []byte("SELECT 1;")},
		"db/queries/x/b.sql": {Data: []byte("SELECT 2;")},
		"db/queries/note.md": {Data: []byte("SELECT 3;")},
		"db/other.sql":       {Data: []byte("SELECT 4;")},
	}
	for glob, want := range map[string]int{"db/queries": 2, "db/*.sql": 1, "db/**": 3, "**/b.sql": 1} {
		set, err := query.Load(fsys, glob)
		if err != nil || len(set.Queries) != want {
			t.Errorf("%s: %v, %v; want %d queries", glob, set, err, want)
		}
	}
	for _, glob := range []string{"db/none", "db/queries/*.md"} {
		if _, err := query.Load(fsys, glob); err == nil {
			t.Errorf("%s: no error", glob)
		}
	}
}

// TestReleases joins by text: a query that moves to another file is the same.
func TestReleases(t *testing.T) {
	read := func(name, text string) *query.Set {
		return query.Read(&migration.File{Name: name, Source: []byte(text)})
	}
	set := query.Releases(read("old.sql", "SELECT 1; SELECT 2;"), read("new.sql", "SELECT 2; SELECT 3;"))
	var got []string
	for _, q := range set.Queries {
		got = append(got, fmt.Sprint(q.Statement.Text(), " ", q.File.Name, " ", q.Running, " ", q.Deployed))
	}
	if want := "SELECT 2 new.sql true true, SELECT 3 new.sql false true, SELECT 1 old.sql true false"; strings.Join(got, ", ") != want {
		t.Errorf("got %s, want %s", strings.Join(got, ", "), want)
	}
}

// FuzzRead: no input ends the process, and no place leaves the file.
func FuzzRead(f *testing.F) {
	f.Add("SELECT a FROM t WHERE b = @b AND sqlc.arg(x) ? :y")
	f.Fuzz(func(t *testing.T, text string) {
		set := query.Read(&migration.File{Name: "q.sql", Source: []byte(text)})
		for _, q := range set.Queries {
			for _, u := range catalog.New().Uses(q.Statement.Node) {
				if at := q.Statement.At(int32(u.Location)); at < q.Statement.Pos || at > q.Statement.End {
					t.Errorf("%s at %d", u.Name, at)
				}
			}
		}
	})
}
