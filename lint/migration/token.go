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
	String                                // 'x', E'x', B'x', X'x', U&'x', N'x', $tag$x$tag$; with its continuation lines
	Number                                // 1, 1.5, 0x1F
	Parameter                             // $1
	Operator                              // + - * <= || -> =>
	Punctuation                           // ( ) [ ] , ; : . :: := .. and every byte that begins no other token
	LineComment                           // -- … up to the line's end
	BlockComment                          // /* … */, nested
	Unterminated                          // a quote, dollar quote or comment without its end
)

// Scan cuts SQL text into tokens as PostgreSQL's scanner does
// (standard_conforming_strings on). Offsets are bytes from the start of text,
// plus base. White space is left out; comments are tokens. Text that the
// scanner would refuse still gives tokens, so that positions go on.
func Scan(text []byte, base int) []Token {
	tokens := make([]Token, 0, len(text)/6)
	s := scanner{text: text}
	for {
		t, ok := s.next()
		if !ok {
			return tokens
		}
		t.Pos += base
		t.End += base
		tokens = append(tokens, t)
	}
}

// isComment reports whether the token is a comment with its end.
func (t Token) isComment() bool { return t.Kind == LineComment || t.Kind == BlockComment }

// nesting is what the token adds to the depth of parentheses.
func nesting(text []byte, t Token) int {
	switch {
	case isByte(text, t, '('):
		return 1
	case isByte(text, t, ')'):
		return -1
	}
	return 0
}

// isWord reports whether an unquoted word of text is the given keyword, which
// is written in upper case.
func isWord(text []byte, t Token, keyword string) bool {
	return t.Kind == Identifier && equalFold(text[t.Pos:t.End], keyword)
}

// isByte reports whether the token is this one byte of punctuation or operator.
func isByte(text []byte, t Token, b byte) bool {
	return t.End-t.Pos == 1 && text[t.Pos] == b && (t.Kind == Punctuation || t.Kind == Operator)
}

// equalFold compares with an upper-case ASCII word. bytes.EqualFold would fold
// letters that PostgreSQL does not, such as the Kelvin sign.
func equalFold(text []byte, upper string) bool {
	if len(text) != len(upper) {
		return false
	}
	for i, b := range text {
		if 'a' <= b && b <= 'z' {
			b -= 'a' - 'A'
		}
		if b != upper[i] {
			return false
		}
	}
	return true
}
