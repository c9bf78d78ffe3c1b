package report

import (
	"fmt"
	"math/rand"
	"strings"
	"testing"

	"github.com/clipperhouse/displaywidth"

	"github.com/premortem-lint/premortem/lint/migration"
)

// draw prints rows as the text format does, without gutter colours.
func draw(rows []row) string {
	var b strings.Builder
	for _, r := range rows {
		switch {
		case r.skip:
			fmt.Fprintf(&b, "…   %s\n", r.text)
		case r.mark:
			fmt.Fprintf(&b, "  | %s\n", r.text)
		default:
			fmt.Fprintf(&b, "%d | %s\n", r.line, r.text)
		}
	}
	return b.String()
}

// TestSnippet marks the text between « and » of a source.
func TestSnippet(t *testing.T) {
	tests := []struct{ name, source, want string }{
		{"whole line", "«SELECT 1»;", "1 | SELECT 1;\n  | ^^^^^^^^\n"},
		{"byte order mark", "\uFEFF«SELECT» 1;", "1 | SELECT 1;\n  | ^^^^^^\n"},
		{"byte order mark in the range", "«\uFEFFSELECT» 1;", "1 | SELECT 1;\n  | ^^^^^^\n"},
		{"CRLF", "SELECT 1;\r\nSELECT «2»;\r\n", "2 | SELECT 2;\n  |        ^\n"},
		{"range ends with the line ending", "SELECT «2;\r\n»", "1 | SELECT 2;\n  |        ^^\n"},
		{"tab", "\ta\t«b»\tc", "1 |     a   b   c\n  |         ^\n"},
		{"tab in the range", "«a\tb»", "1 | a   b\n  | ^^^^^\n"},
		{"wide letters", `ALTER "数量" «"数量"» int`, "1 | ALTER \"数量\" \"数量\" int\n  |              ^^^^^^\n"},
		{"emoji with joiner", "'👩\u200D💻' «x»", "1 | '👩\u200D💻' x\n  |      ^\n"},
		{"combining mark", "'e\u0301' «x»", "1 | 'e\u0301' x\n  |     ^\n"},
		{"control characters", "'\x1b[31m' «x»", "1 | '<U+001B>[31m' x\n  |                ^\n"},
		{"bidi override", "'\u202E' «x»", "1 | '<U+202E>' x\n  |            ^\n"},
		{"not UTF-8", "'\xe9' «x»", "1 | '<0xE9>' x\n  |          ^\n"},
		{"empty range", "SELECT «» 1", "1 | SELECT  1\n  |        ^\n"},
		{"end of file", "SELECT 1«»", "1 | SELECT 1\n  |         ^\n"},
		{"empty file", "«»", "1 | \n  | ^\n"},
		{"blank file", "«\n\n»", "1 | \n  | ^\n"},
		{"two lines", "«ALTER\n  TABLE x»;", "1 | / ALTER\n2 | |   TABLE x;\n  | |_________^\n"},
		{"two lines from the middle", "BEGIN; «ALTER\n  TABLE x»; SELECT", "1 |   BEGIN; ALTER\n  |  ________^\n2 | |   TABLE x; SELECT\n  | |_________^\n"},
		{"four lines", "«a\nb\nc\nd»", "1 | / a\n2 | | b\n3 | | c\n4 | | d\n  | |_^\n"},
		{"five lines", "«a\n\nc\nd\ne»", "1 | / a\n2 | |\n3 | | c\n4 | | d\n5 | | e\n  | |_^\n"},
		{"six lines", "«a\n\nc\nd\ne\nf»", "1 | / a\n2 | |\n3 | | c\n…   |\n6 | | f\n  | |_^\n"},
		{"CRLF lines", "«a\r\nb\r\nc»\r\n", "1 | / a\n2 | | b\n3 | | c\n  | |_^\n"},
		{"blanks around the range", "\n« \n SELECT\t »\n", "3 |  SELECT\n  |  ^^^^^^\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			pos, end := strings.Index(test.source, "«"), strings.Index(test.source, "»")-len("«")
			f := &migration.File{Source: []byte(strings.NewReplacer("«", "", "»", "").Replace(test.source))}
			if got := draw(snippet(f, migration.Range{Pos: pos, End: end}, "^", migration.Range{})); got != test.want {
				t.Errorf("got\n%swant\n%s", got, test.want)
			}
		})
	}
}

func TestSnippetOfStatement(t *testing.T) {
	f := &migration.File{Source: []byte("SELECT 1;\nALTER TABLE x\n  ADD a int,\n  ADD b int,\n  DROP c;\n")}
	clause := func(text string) migration.Range {
		at := strings.Index(string(f.Source), text)
		return migration.Range{Pos: at, End: at + len(text)}
	}
	statement := clause("ALTER TABLE x\n  ADD a int,\n  ADD b int,\n  DROP c")
	for text, want := range map[string]string{
		"ALTER TABLE":              "2 | ALTER TABLE x\n  | ^^^^^^^^^^^\n",
		"ADD a int":                "2 | ALTER TABLE x\n3 |   ADD a int,\n  |   ^^^^^^^^^\n",
		"DROP c":                   "2 | ALTER TABLE x\n…   \n5 |   DROP c;\n  |   ^^^^^^\n",
		"ADD b int,\n  DROP c":     "2 |   ALTER TABLE x\n…   \n4 | /   ADD b int,\n5 | |   DROP c;\n  | |________^\n",
		"x\n  ADD a int,\n  ADD b": "2 |   ALTER TABLE x\n  |  _____________^\n3 | |   ADD a int,\n4 | |   ADD b int,\n  | |_______^\n",
	} {
		if got := draw(snippet(f, clause(text), "^", statement)); got != want {
			t.Errorf("%q: got\n%swant\n%s", text, got, want)
		}
	}
}

// TestSnippetOfLongLine cuts the line around the range, wherever it is.
func TestSnippetOfLongLine(t *testing.T) {
	for _, filler := range []string{"x", "数", "\t", "e\u0301", "\x1b", "\xff"} {
		for _, before := range []int{0, 100, 5_000, 1_000_000} {
			for _, after := range []int{0, 100, 100_000} {
				source := strings.Repeat(filler, before) + "HERE" + strings.Repeat(filler, after)
				f := &migration.File{Source: []byte(source)}
				at := len(filler) * before
				rows := snippet(f, migration.Range{Pos: at, End: at + 4}, "^", migration.Range{})
				line, marks := rows[0].text, rows[1].text
				from := strings.Index(line, "HERE")
				if from < 0 || displaywidth.String(line[:from]) != len(marks)-4 || !strings.HasSuffix(marks, "^^^^") || strings.Count(marks, "^") != 4 {
					t.Fatalf("%d %q before, %d after:\n%s\n%s", before, filler, after, line, marks)
				}
				if width := displaywidth.String(line); width > maxColumns+2 {
					t.Errorf("%d %q before, %d after: %d columns", before, filler, after, width)
				}
				if before >= 5_000 && filler != "\t" && !strings.HasPrefix(line, "…") {
					t.Errorf("%d %q before: no sign of the cut: %s", before, filler, line)
				}
			}
		}
	}
	long := &migration.File{Source: []byte("SELECT " + strings.Repeat("a, ", 1000))}
	if got := snippet(long, migration.Range{Pos: 0, End: len(long.Source)}, "^", migration.Range{})[1].text; len(got) > maxColumns+1 {
		t.Errorf("%d marks", len(got))
	}
}

// TestSnippetOfAnything looks at random ranges of random text, inside the
// file and outside.
func TestSnippetOfAnything(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	pieces := []string{"a", " ", "\t", "\n", "\r\n", "\r", "数", "📦", "\u202E", "\x00", "\xff", "\uFEFF", "e\u0301", "\u200D", strings.Repeat("long ", 100)}
	for range 5_000 {
		var b strings.Builder
		for range random.Intn(20) {
			b.WriteString(pieces[random.Intn(len(pieces))])
		}
		f := &migration.File{Source: []byte(b.String())}
		n := len(f.Source) + 4
		r := migration.Range{Pos: random.Intn(n) - 2, End: random.Intn(n) - 2}
		statement := migration.Range{Pos: random.Intn(n) - 2, End: random.Intn(n) - 2}
		for _, row := range snippet(f, r, "^", statement) {
			for i, c := range row.text {
				if invisible(c) && c != zeroWidthJoiner {
					t.Fatalf("%q %v: %U at %d of %q", b.String(), r, c, i, row.text)
				}
			}
			if !row.skip && !row.mark && row.line < 1 {
				t.Fatalf("%q %v: row without a line", b.String(), r)
			}
		}
	}
}
