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

// FuzzScan compares Scan with PostgreSQL's scanner on any text that
// the latter accepts.
func FuzzScan(f *testing.F) {
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
