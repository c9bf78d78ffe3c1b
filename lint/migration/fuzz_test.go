package migration

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var splitSamples = []string{
	"",
	"DO $$BEGIN ALTER TABLE t ADD a int; EXECUTE 'x'; END$$;DO 'x'; SELECT 1",
	"SELECT 1; SELECT 2",
	";;SELECT 1;; ;",
	"-- a\nSELECT /* b */ 1; -- c\n",
	"CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; SELECT 2; END; SELECT 3",
	"CREATE OR REPLACE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC END; SELECT 1",
	"CREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2); SELECT 3",
	"DO $$ BEGIN; END $$; SELECT ';'';', \"a;\"\";\", E'\\';'; SELECT 1",
	"SELECT (1; SELECT 2); SELECT 3",
	"COPY t FROM STDIN;\n1\t;\n\\.\nSELECT 1;",
	"COPY t (a) FROM stdin WITH (FORMAT csv);\r\n;'\r\n\\.\r\nSELECT 1",
	"COPY t FROM STDIN;",
	"COPY t FROM STDIN; SELECT 1;\n'\n\\.\nSELECT 2",
	"COPY t FROM STDIN; SELECT '\n1\n\\.\n'; SELECT 2",
	"COPY t FROM STDIN; COPY u FROM STDIN;\n'\n\\.\n\"\n\\.\nSELECT 2",
	"\\echo 'x\nSELECT 1 \\g\nSELECT 2 \\; SELECT 3;\n\\i x.sql\n\\",
	"SELECT 1 \\gexec\n\\c other\nSELECT 2",
	"SELECT 'open; SELECT 1",
	"SELECT 1 /* open ; ",
	"BEGIN; SELECT 1; END",
	"\xef\xbb\xbfSELECT 1;",
	"SELECT 'a' -- why\n  'b'; SELECT ${x}, :y, {{ z }}",
	"SELECT \xff; SELECT 1",
	"SELECT 1\x00; SELECT 2",
}

var scanSamples = []string{
	"",
	" \t\r\n\f\v",
	"SELECT 1",
	"select a.b.c, *, t.* from \"T\".\"a\"\"b\" where x<>1 and y!=2 and z<=3 and w>=4 and v=>5",
	"SELECT 'it''s', E'it\\'s', E'\\\\', e'\\n\\101\\x41', B'01', x'1F', X'aB', N'nat', n'x', U&'\\0441', u&\"d\\0061t\" UESCAPE '!'",
	"SELECT 'a'\n'b', 'c' -- why\n  'd', E'a'\n'\\'b', B'0'\n'1', 'a' 'b', 'a' /* no */ 'b'",
	"SELECT 'a' -- x\r 'b' -- no newline",
	"SELECT 'a'\n--c\n\n--d\n'b'",
	"SELECT 'a'\n--c 'b'",
	"SELECT B'0''1'",
	"SELECT $$a$$, $tag$ $$ $ta$ $tag$, $a$b$a$, $$$a$$, $_x9$é$_x9$, $é$x$é$",
	"SELECT $1, $23+$4, $1$2",
	"SELECT a$b, a$$b, _x, é, naïve, x1y, \"a$\"",
	"SELECT 1, 1.5, .5, 1., 1e10, 1.e5, 1.5E-3, .5e+3, 0x1F, 0X_ff, 0o17, 0b101, 0b_1, 1_000, 1_000.000_1, 1_0e1_0",
	"SELECT 1..10, a[1:2], a[:2], a[1:], x::int, y::text::varchar(3), f(a := 1, b => 2)",
	"SELECT a+-b, a-+b, a@-b, a*-b, a<-1, a=-1, a||-b, a->'x'->>'y', a#>'{x}', a #- b, a ?| b, a ?& b, a @> b, a && b, !!a, @a, |/ 2, ||/ 3, ~a, a !~~* b",
	"SELECT a+--b\n c, a/*x*/b, a*/*x*/b, a-/*x*/-b, a<--b\n c, 1--1",
	"SELECT 1 /* a /* b */ c */ + 2 /**/ /***/ /*/ */ /* // /*/ */ */ */",
	"SELECT 1 -- end without newline",
	"--",
	"/**/",
	"-- a\n-- b\r\n-- c\rSELECT 1",
	"SELECT a ? b, `x`, a^b, a%b, a&b, a|b, a#b",
	"CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $f$ SELECT ';' $f$; SELECT 1;",
	"SELECT e, n, b, x, u, u&1, E, n.a, b[1]",
	"SELECT a>=-1, a<=+1, a+++b, a---b\n",
	"SELECT ~-1, a ~~- b, a @@- b, a+@+b",
}

var directiveSamples = []string{
	"-- +goose Up\nSELECT 1;\n-- +goose Down\nSELECT 2;\n",
	"\xef\xbb\xbf-- +goose NO TRANSACTION\r\n-- +goose Up\r\n-- +goose StatementBegin\r\nSELECT 1;\r\n-- +goose StatementEnd\r\n",
	"-- +goose Up\n-- +goose ENVSUB ON\nSELECT '$$', ${A}, $B, \\$;\n-- +goose ENVSUB OFF\n-- +goose StatementBegin\n-- +goose StatementEnd\nx\n",
	"-- +goose Down\n-- +goose Up\n-- +goose Down\n-- +goose Sideways\n+goose up",
	"-- +goose Up\nDO $$\nx;\ny;\n$$;\n -- +goose StatementEnd\n-- +goose StatementBegin\n-- +goose Down",
	"-- migrate:up transaction:false\nSELECT 1;\n-- migrate:down\nSELECT 2;\n",
	"-- head\n-- migrate:up a:b transaction: false\n-- migrate:up\n-- migrate:down\nDO $$\n-- migrate:down\n$$",
	"\xef\xbb\xbfSELECT 1;\n-- migrate:up\r\n--migrate:down\r\n-- Migrate:up",
	"+goose Up \n-- +goose",
	"SELECT 1;\n-- Up Migration\nSELECT 2;\n--\n--Down  migration of it\nSELECT '3\n-- up migration\n'",
	"\xef\xbb\xbf-- DOWN migration\r\nSELECT 1;--> statement-breakpoint\n-- statement-breakpoint\n'--> statement-breakpoint",
	"n\n---- tern: disable-tx \nnn",
	"-- +migrate Up notransaction\n-- +migrate StatementBegin\nSELECT 1;\n-- +migrate StatementEnd\n-- +migrate Down\n--x\n-- +migrate Up\nDO $$;\n",
	"\xef\xbb\xbf-- +migrate Up\nSELECT 1;\n-- +migrate \n-- +migrate StatementBegin\n-- +migrate Down x no transaction\n",
	"SELECT '{{1,2}}';\n---- tern: disable-tx ----\nSELECT E'\\';' || $a$ $b$ $a$; -- \\\nSELECT 2;\ufffd/* /* */ */\n---- create above / drop below ----\n---- tern: disable-tx ----\nSELECT \"a;\";\xff SELECT 2",
	"---- create above / drop below ----\n-- create above / drop below\n--tern disable_tx",
	"\xef\xbb\xbf-- Running upgrade  -> a\nBEGIN;\n\n-- Running downgrade a -> \r\nINFO  [alembic.x] it's\nUPDATE v SET version_num='\nINFO  [alembic] \n' WHERE v.version_num = '';\nCOMMIT;BEGIN;\n-- Running upgrade a, b -> c\nDROP TABLE v;COMMIT",
	"BEGIN;\n--\n-- Raw Python operation\n--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\n'\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL'; COMMIT;",
	"'\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL';R",
	"'\n--! include x';R.sql",
	"-- no-transaction\n---- tern: disable-tx\n--! no-transaction\n-- Up Migration",
	"-- atlas:txmode none\n-- atlas:nolint DS102\n\nSELECT 1;\n-- atlas:txmode none\n-- atlas:checkpoint\n--atlas:nolint\nSELECT 2;",
	"-- atlas:delimiter \\n\\n\nSELECT '\n\n', (\n\n1), $$\n\n$$; SELECT 2 -- a\n\n/*\n\n*/\n\nSELECT 3",
	"-- atlas:delimiter -- end\r\nSELECT 1 -- end\n)(-- end",
	"-- atlas:delimiter\n-- atlas:sum ignore",
	"-- atlas:sum ignore",
}

// FuzzSplit: of what a runner sends, each token is in exactly one statement or gap,
// or separates them; all are in order, and no text ends the process.
func FuzzSplit(f *testing.F) {
	for i, text := range slices.Concat(splitSamples, scanSamples, directiveSamples) {
		f.Add(text, byte(i))
	}
	f.Fuzz(func(t *testing.T, text string, runner byte) {
		checkSplit(t, text, Runners[int(runner)%len(Runners)])
	})
}

// TestSplitByAll is what FuzzSplit begins with, for each runner.
func TestSplitByAll(t *testing.T) {
	for _, text := range slices.Concat(splitSamples, scanSamples, directiveSamples) {
		for _, r := range Runners {
			checkSplit(t, text, r)
		}
	}
}

func checkSplit(t *testing.T, text string, r *Runner) {
	t.Helper()
	file := &File{Name: "x.sql", Source: []byte(text)}
	sections, _ := r.Split(file, FileName{Base: "1_x.up.sql"})
	for _, s := range sections {
		m := &Migration{File: file, Runner: r, Section: s}
		parse(m)
		checkParsed(t, m)
		checkNothingLost(t, m)
	}
	if r != Psql {
		return
	}
	if difference := compareSplit(file); difference != "" {
		t.Error(difference)
	}
}

// checkParsed: statements and gaps are inside the section, in order, and apart,
// except that one of psql's commands may stand inside, or the rows of a COPY on
// whose line the next statement began.
func checkParsed(t *testing.T, m *Migration) {
	t.Helper()
	inside := m.Section.Range
	at, message := inside.Pos, 0
	for _, s := range m.Statements {
		if s.Pos < at || s.End <= s.Pos || s.End > inside.End || s.Message < message {
			t.Errorf("statement %v of message %d, behind %d and message %d, in %v", s.Range, s.Message, at, message, inside)
		}
		at, message = s.End, s.Message
		for _, c := range s.Comments {
			checkComment(t, m.File, c)
		}
	}
	for _, c := range m.Trailing {
		checkComment(t, m.File, c)
	}
	var whole []Range
	for _, s := range m.Statements {
		whole = append(whole, s.Range)
	}
	at = inside.Pos
	for i, g := range m.Gaps {
		if g.Pos < at || g.End <= g.Pos || g.End > inside.End || g.Reason == "" {
			t.Errorf("gap %v (%s), behind %d, in %v", g.Range, g.Reason, at, inside)
		}
		at = g.Pos
		for _, w := range whole {
			nested := w.Pos < g.Pos && g.End <= w.End && (m.File.Source[g.Pos] == '\\' || g.Reason == "rows of COPY")
			if g.Inside { // of a statement, or a line that another tool reads
				nested = w.Pos <= g.Pos && g.End <= w.End || bytes.HasPrefix(m.File.Source[g.Pos:], []byte("--"))
			}
			if w.Pos < g.End && g.Pos < w.End && !nested {
				t.Errorf("gap %d %v (%s) overlaps %v", i, g.Range, g.Reason, w)
			}
		}
		if !g.Inside {
			whole = append(whole, g.Range)
		}
	}
}

func checkComment(t *testing.T, f *File, c Comment) {
	t.Helper()
	text := string(f.Source[c.Pos:c.End])
	if !strings.HasPrefix(text, "--") && !strings.HasPrefix(text, "/*") || !strings.Contains(text, c.Text) {
		t.Errorf("comment %q is at %q", c.Text, text)
	}
}

// checkNothingLost: what is sent outside of statements and gaps is no SQL.
func checkNothingLost(t *testing.T, m *Migration) {
	t.Helper()
	rest := bytes.Repeat([]byte(" "), len(m.File.Source))
	sent := m.Section.Messages
	if sent == nil {
		sent = []Range{m.Section.Range}
	}
	for _, r := range sent {
		copy(rest[r.Pos:r.End], m.File.Source[r.Pos:r.End])
	}
	hide := func(r Range) {
		for i := r.Pos; i < r.End; i++ {
			rest[i] = ' '
		}
	}
	hide(Range{0, byteOrderMarkIn(m.File)})
	for _, r := range m.Section.Masked {
		hide(r)
	}
	for _, s := range m.Statements {
		hide(s.Range)
		for _, c := range s.Comments {
			hide(c.Range)
		}
	}
	for _, g := range m.Gaps {
		hide(g.Range)
	}
	for _, token := range Scan(rest, 0) {
		if !token.isComment() && !isByte(rest, token, ';') && !bytes.Equal(rest[token.Pos:token.End], []byte(`\`)) {
			t.Errorf("%q is in no statement and no gap", rest[token.Pos:token.End])
		}
	}
}

// compareSplit compares the statements of a file that psql executes with those
// of PostgreSQL's parser, if it accepts the text as a whole.
func compareSplit(f *File) string {
	text := bytes.TrimPrefix(f.Source, byteOrderMark)
	if bytes.IndexByte(text, 0) >= 0 || !utf8.Valid(text) || treeDepth(text, Scan(text, 0)) > maxDepth {
		return ""
	}
	tree, err := parseSQL(string(text))
	if err != nil {
		return ""
	}
	m := ParseFile(f)
	rows := slices.ContainsFunc(m.Gaps, func(g Gap) bool { return g.Harmless }) // which the parser takes for SQL
	lost := slices.ContainsFunc(m.Gaps, func(g Gap) bool { return !g.Inside })
	if rows || !lost && len(m.Statements) == len(tree.Stmts) {
		return ""
	}
	return fmt.Sprintf("%q: %d statements and the gaps %v, PostgreSQL has %d statements", text, len(m.Statements), m.Gaps, len(tree.Stmts))
}

var newerSamples = []string{
	"ALTER TABLE t ADD CONSTRAINT n NOT NULL a NOT VALID",
	"ALTER TABLE t ADD NOT\nNULL \"a\nb\", ADD NOT NULL c NO INHERIT",
	"CREATE TABLE t (a int, NOT NULL a, b int GENERATED ALWAYS AS (a + 1) VIRTUAL, c int GENERATED\n ALWAYS AS (f((a))) NOT NULL)",
	"CREATE TABLE t (a int CHECK (a > 0) NOT -- x\n ENFORCED, CONSTRAINT k CHECK (true) ENFORCED)",
	"CREATE TABLE t (a int4range, b int, PRIMARY KEY (b, a WITHOUT OVERLAPS), FOREIGN KEY (b, PERIOD a) REFERENCES u (b, PERIOD a))",
	"UPDATE t SET a = 1 RETURNING WITH (OLD AS o, NEW AS n) o.a, n.a",
	"SELECT ${a}, {{ b }}, {{\nc\n}}, :d, :'e', :\"f\", %(g)s, ${h",
	"CREATE INDEX ON \"{{ index .a \"b\" }}\".c (d)",
	"SELECT \"}} {{ a\", \"}}{{{{ b\" }}",
}

// FuzzMask: masking changes nothing but what it masks, and no length.
func FuzzMask(f *testing.F) {
	for _, text := range slices.Concat(splitSamples, scanSamples, newerSamples) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		tokens := slices.DeleteFunc(Scan([]byte(text), 0), Token.isComment)
		for _, token := range tokens {
			source := []byte(text)
			blankCommentsInString(source, token)
			checkMasked(t, text, source, token.Range)
		}
		source := []byte(text)
		newer, forms := maskNewer(source, tokens)
		if string(source) != text {
			t.Errorf("the source became %q", source)
		}
		outside := bytes.Clone(newer)
		for _, form := range forms {
			copy(outside[form.Pos:form.End], text[form.Pos:form.End])
			if form.Form != NotNullConstraint {
				checkMasked(t, text[form.Pos:form.End], newer[form.Pos:form.End], Range{0, form.End - form.Pos})
			}
		}
		checkMasked(t, text, outside, Range{})
		masked, _ := maskPlaceholders(source, tokens)
		for _, m := range masked {
			checkMasked(t, text, m, Range{0, len(text)})
		}
	})
}

// checkMasked: the text differs from the source inside the range only, and has
// the same line ends.
func checkMasked(t *testing.T, source string, masked []byte, r Range) {
	t.Helper()
	if len(masked) != len(source) {
		t.Fatalf("%d bytes became %d", len(source), len(masked))
	}
	for i := range masked {
		if masked[i] != source[i] && (i < r.Pos || i >= r.End || source[i] == '\n' || source[i] == '\r') {
			t.Fatalf("byte %d of %q became %q", i, source, masked[i])
		}
	}
}

// FuzzDirectives: sections, their messages and what is masked are inside the
// file, in order and apart, whatever stands in the file.
func FuzzDirectives(f *testing.F) {
	for _, text := range slices.Concat(splitSamples, directiveSamples) {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, r := range Runners {
			for _, down := range []bool{false, true} {
				file := &File{Name: "1_x.sql", Source: []byte(text)}
				name := FileName{Base: "1_x.sql", Version: "1"}
				checkSections(t, file, r, name)
				planned := plannedFile{FileName: name, path: file.Name, reviewed: true}
				planned.parse(file, r, Options{Down: down})
				problems := map[Problem]bool{}
				for _, m := range slices.Concat(planned.ups, planned.downs) {
					checkParsed(t, m)
					for _, p := range m.Problems {
						problems[p] = true
					}
				}
				if _, all := r.Split(file, name); down {
					for _, p := range all {
						if !problems[p] {
							t.Errorf("%s: the problem %v is lost", r.Name, p)
						}
					}
				}
				if string(file.Source) != text {
					t.Errorf("%s: the source became %q", r.Name, file.Source)
				}
			}
		}
	})
}

func checkSections(t *testing.T, f *File, r *Runner, name FileName) {
	t.Helper()
	sections, problems := r.Split(f, name)
	if len(sections) == 0 {
		t.Errorf("%s: no section", r.Name)
	}
	var parts []Range
	for _, s := range sections {
		checkInOrder(t, r.Name+": part", s.Parts, s.Range)
		if s.Parts == nil {
			s.Parts = []Range{s.Range}
		}
		parts = append(parts, s.Parts...)
		checkInOrder(t, r.Name+": message", s.Messages, s.Range)
		checkInOrder(t, r.Name+": masked", s.Masked, s.Range)
		if s.Scope == 0 {
			t.Errorf("%s: section %v has no scope", r.Name, s.Range)
		}
	}
	slices.SortStableFunc(parts, func(a, b Range) int { return a.Pos - b.Pos })
	checkInOrder(t, r.Name+": section", parts, Range{0, len(f.Source)})
	for _, p := range problems {
		if p.Pos < 0 || p.Pos > p.End || p.End > len(f.Source) || p.Message == "" {
			t.Errorf("%s: problem %q is at %v", r.Name, p.Message, p.Range)
		}
	}
}

func checkInOrder(t *testing.T, what string, ranges []Range, inside Range) {
	t.Helper()
	at := inside.Pos
	for _, r := range ranges {
		if r.Pos < at || r.End < r.Pos || r.End > inside.End {
			t.Errorf("%s %v is not behind %d and inside %v", what, r, at, inside)
		}
		at = r.End
	}
}

// FuzzPosition compares with counting from the start, and goes from each
// position back to its offset.
func FuzzPosition(f *testing.F) {
	for _, text := range []string{"", "a\nb", "a\r\nb\r\n", "\xef\xbb\xbfa\r\n数量", "é📦\n\xff\x80\xe6\n\n", "a\rb", "a\n\xef\xbb\xbfb", "\xef\xbb\xbf", "\xef\xbb\xbf\n"} {
		f.Add(text, uint16(0))
		f.Add(text, uint16(countEvery))
	}
	f.Fuzz(func(t *testing.T, text string, repeat uint16) {
		source := []byte(text + strings.Repeat(text, min(int(repeat), 4*countEvery/(len(text)+1))))
		file := &File{Source: source}
		line, start := 1, 0
		step := 1 + len(source)/50
		for offset := 0; offset <= len(source); offset++ {
			if offset > 0 && source[offset-1] == '\n' {
				line, start = line+1, offset
			}
			if offset%step > 0 && offset != start && offset != len(source) {
				continue
			}
			before := source[start:offset]
			if start == 0 {
				before = bytes.TrimPrefix(before, byteOrderMark)
			}
			inMark := start == 0 && offset < byteOrderMarkIn(file)
			got := file.Position(offset)
			if got.Line != line || got.ByteColumn != offset-start+1 || !inMark && got.Column != utf8.RuneCount(before)+1 {
				t.Fatalf("%q: offset %d has position %v; it is byte %d of line %d, behind %q", source, offset, got, offset-start+1, line, before)
			}
			if !utf8.Valid(source) || inMark || offset < len(source) && !utf8.RuneStart(source[offset]) {
				continue
			}
			r := file.LineRange(got.Line)
			back := r.Pos
			for range got.Column - 1 {
				_, size := utf8.DecodeRune(source[back:])
				back += size
			}
			if back != offset || file.Line(line) != string(source[r.Pos:r.End]) {
				t.Fatalf("%q: offset %d has position %v, which is offset %d", source, offset, got, back)
			}
		}
	})
}
