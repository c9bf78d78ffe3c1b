package migration

import "bytes"

// blank overwrites text with blanks. It keeps line ends, so that the text stays
// one that a person can read.
func blank(text []byte) {
	for i, b := range text {
		if b != '\n' && b != '\r' {
			text[i] = ' '
		}
	}
}

// blankCommentsInString blanks the comments between the lines of one string
// ('a' -- why, newline, 'b'). PostgreSQL reads them as white space; the
// parser's library, which turns comments into tokens, does not.
func blankCommentsInString(text []byte, t Token) {
	if t.Kind != String || text[t.Pos] == '$' {
		return
	}
	s := scanner{text: text[:t.End]}
	style, i := s.opening(t.Pos)
	for {
		i = s.closing(i, style)
		next, ok := s.continuation(i)
		if !ok {
			return
		}
		if c := bytes.Index(text[i:next], []byte("--")); c >= 0 {
			blank(text[i+c : next-1])
		}
		i = next
	}
}
