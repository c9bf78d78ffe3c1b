//go:build cgo

package migration

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v6"
)

// compareScan compares Scan with PostgreSQL's scanner. It returns what differs,
// and whether PostgreSQL's scanner accepts the text.
//
// Comments between the lines of one string are blanked for it: the library's
// variant of the scanner ends the string there, the server does not.
func compareScan(text []byte) (difference string, accepted bool) {
	text = bytes.Clone(text)
	for _, t := range Scan(text, 0) {
		blankCommentsInString(text, t)
	}
	result, err := pg_query.Scan(string(text))
	if err != nil {
		return "", false
	}
	var want []string
	for i, t := range result.Tokens {
		start := t.Start
		if i > 0 && result.Tokens[i-1].Token == pg_query.Token_NCHAR && text[t.Start] == '\'' && result.Tokens[i-1].End == t.Start {
			// N'x' is one token for us, two for PostgreSQL.
			want = want[:len(want)-1]
			start--
		}
		want = append(want, fmt.Sprintf("%d-%d %s", start, t.End, kindsOf(t.Token)))
	}
	for i, t := range Scan(text, 0) {
		if i == len(want) {
			return fmt.Sprintf("token %d (%v %q) too many", i, t, text[t.Pos:t.End]), true
		}
		at, kinds, _ := strings.Cut(want[i], " ")
		if got := fmt.Sprintf("%d-%d", t.Pos, t.End); got != at || !strings.Contains(kinds, kindNames[t.Kind]) {
			return fmt.Sprintf("token %d is %s %s %q, PostgreSQL has %s", i, got, kindNames[t.Kind], text[t.Pos:t.End], want[i]), true
		}
	}
	if n := len(Scan(text, 0)); n < len(want) {
		return fmt.Sprintf("token %s is missing", want[n]), true
	}
	return "", true
}

var kindNames = map[TokenKind]string{
	Identifier: "identifier", QuotedIdentifier: "quoted", String: "string", Number: "number", Parameter: "parameter",
	Operator: "operator", Punctuation: "punctuation", LineComment: "line", BlockComment: "block", Unterminated: "unterminated",
}

// kindsOf names the kinds that a token of PostgreSQL's may have for us.
func kindsOf(t pg_query.Token) string {
	switch t {
	case pg_query.Token_IDENT:
		return "identifier or quoted"
	case pg_query.Token_UIDENT:
		return "quoted"
	case pg_query.Token_SCONST, pg_query.Token_USCONST, pg_query.Token_BCONST, pg_query.Token_XCONST:
		return "string"
	case pg_query.Token_ICONST, pg_query.Token_FCONST:
		return "number"
	case pg_query.Token_PARAM:
		return "parameter"
	case pg_query.Token_SQL_COMMENT:
		return "line"
	case pg_query.Token_C_COMMENT:
		return "block"
	case pg_query.Token_TYPECAST, pg_query.Token_DOT_DOT, pg_query.Token_COLON_EQUALS:
		return "punctuation"
	case pg_query.Token_Op, pg_query.Token_EQUALS_GREATER, pg_query.Token_LESS_EQUALS, pg_query.Token_GREATER_EQUALS, pg_query.Token_NOT_EQUALS:
		return "operator"
	}
	switch {
	case t < 128 && strings.ContainsRune("+-*/%^<>=?", rune(t)):
		return "operator"
	case t < 128:
		return "punctuation"
	}
	return "identifier" // a keyword
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

func TestScanAsPostgreSQL(t *testing.T) {
	for _, text := range scanSamples {
		difference, accepted := compareScan([]byte(text))
		if !accepted {
			t.Errorf("PostgreSQL's scanner refuses %q", text)
		}
		if difference != "" {
			t.Errorf("%q: %s", text, difference)
		}
	}
}

func TestScanCorpusAsPostgreSQL(t *testing.T) {
	files, refused := 0, 0
	eachCorpusFile(t, func(name string, source []byte) {
		files++
		difference, accepted := compareScan(bytes.TrimPrefix(source, byteOrderMark))
		if !accepted {
			refused++
		}
		if difference != "" {
			t.Errorf("%s: %s", name, difference)
		}
	})
	t.Logf("%d files, of which PostgreSQL's scanner refuses %d", files, refused)
}

// eachCorpusFile visits real migrations, where the working copy has them.
func eachCorpusFile(t testing.TB, visit func(name string, source []byte)) {
	const corpus = "../../../shared/corpus"
	if _, err := os.Stat(corpus); err != nil {
		t.Skip("no corpus of real migrations")
	}
	err := filepath.WalkDir(corpus, func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || filepath.Ext(name) != ".sql" {
			return err
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		visit(strings.TrimPrefix(filepath.ToSlash(name), corpus+"/"), source)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// FuzzScanAsPostgreSQL compares Scan with PostgreSQL's scanner on any text that
// the latter accepts.
func FuzzScanAsPostgreSQL(f *testing.F) {
	for _, text := range scanSamples {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if strings.ContainsRune(text, 0) {
			return // the library's text ends there
		}
		if difference, _ := compareScan([]byte(text)); difference != "" {
			t.Errorf("%q: %s", text, difference)
		}
	})
}
