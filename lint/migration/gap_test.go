package migration

import "testing"

// TestGapPlace looks where a statement stopped the parser.
func TestGapPlace(t *testing.T) {
	for _, test := range []struct {
		source string
		line   int
		column int
		text   string // at the place
	}{
		{"CREATE TABL t (a int);", 1, 8, "TABL"},
		{"SELECT 1;\n\n\tCREATE\n  TABL t (a int);", 4, 3, "TABL"},
		{"\uFEFFSELECT 1;\r\n/* größe 数量 */ ALTER TABLE \"größe\" 📦 ADD a int;", 2, 36, "📦"},
		{"SELECT '数量' 'b';", 1, 13, "'b'"},
		{"CREATE TABLE t (", 1, 17, ""},
		{"CREATE TABLE ${schema}.t (a int) WITH FOO;", 1, 14, "$"},
		{"SELECT 'abc;", 1, 1, "SELECT 'abc;"},
		{"SELECT '\xff';", 1, 1, "SELECT '\xff'"},
	} {
		f := &File{Name: "x.sql", Source: []byte(test.source)}
		gaps := ParseFile(f).Gaps
		if len(gaps) != 1 {
			t.Errorf("%q: %d gaps", test.source, len(gaps))
			continue
		}
		r := gaps[0].Place()
		at := f.Position(r.Pos)
		if text := test.source[r.Pos:r.End]; at.Line != test.line || at.Column != test.column || text != test.text {
			t.Errorf("%q: %d:%d %q, want %d:%d %q (%s)", test.source, at.Line, at.Column, text, test.line, test.column, test.text, gaps[0].Reason)
		}
	}
}
