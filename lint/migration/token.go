package migration

// Token is one lexical unit of SQL, with its byte range in the scanned text.
type Token struct {
	Range
	Kind TokenKind
}

// TokenKind classifies tokens as PostgreSQL's scanner (scan.l) does.
type TokenKind uint8

const (
	Identifier       TokenKind = iota + 1 // unquoted word, keywords included
	QuotedIdentifier                      // "x", U&"x"
	String                                // 'x', E'x', B'x', X'x', U&'x', N'x', $tag$x$tag$
	Number                                // 1, 1.5, 0x1F
	Parameter                             // $1
	Operator                              // + - * <= || -> …
	Punctuation                           // ( ) [ ] , ; : . :: := ..
	LineComment                           // -- … up to the line's end
	BlockComment                          // /* … */, nested
	Unterminated                          // a quote, dollar quote or comment without its end
)

// Scan cuts SQL text into tokens as PostgreSQL's scanner does
// (standard_conforming_strings on). Offsets are bytes from the start of text,
// plus base. White space is left out; comments are tokens. Text that the
// scanner would refuse still gives tokens, so that positions go on.
func Scan(text []byte, base int) []Token { panic("TODO") }
