package migration

import "bytes"

// scanner cuts SQL into tokens, one at a time. It follows scan.l of
// PostgreSQL 17.
//
// PostgreSQL's own scanner is at hand in the parser's library, but it does not
// serve: its tokens cost more than the parse itself, it gives up at the first
// error (so that one open quote would hide the file), and it cannot go on
// behind text that is no SQL, such as the rows of COPY. A test compares the
// two on every input that PostgreSQL's scanner accepts.
type scanner struct {
	text []byte
	pos  int // of the next unread byte
}

// Classes of bytes.
const (
	spaceByte  = 1 << iota // white space
	letterByte             // begins an identifier
	wordByte               // goes on in an identifier
	digitByte
	operatorByte // part of an operator
)

var byteClass = func() (class [256]uint8) {
	for _, b := range " \t\n\r\f\v" {
		class[b] |= spaceByte
	}
	for b := range class {
		lower := b | 0x20
		switch {
		case b >= 0x80, b == '_', b < 0x80 && 'a' <= lower && lower <= 'z':
			class[b] |= letterByte | wordByte
		case '0' <= b && b <= '9':
			class[b] |= digitByte | wordByte
		case b == '$':
			class[b] |= wordByte
		}
	}
	for _, b := range "~!@#^&|`?+-*/%<>=" {
		class[b] |= operatorByte
	}
	return class
}()

// at returns the byte at offset i, or 0 beyond the end.
func (s *scanner) at(i int) byte {
	if i < len(s.text) {
		return s.text[i]
	}
	return 0
}

// skip returns the offset of the first byte from i on that is not of the class.
func (s *scanner) skip(i int, class uint8) int {
	for i < len(s.text) && byteClass[s.text[i]]&class != 0 {
		i++
	}
	return i
}

// next returns the next token, or false at the end.
func (s *scanner) next() (Token, bool) {
	pos := s.skip(s.pos, spaceByte)
	if pos == len(s.text) {
		s.pos = pos
		return Token{}, false
	}
	kind, end := s.token(pos)
	s.pos = end
	return Token{Range{pos, end}, kind}, true
}

func (s *scanner) token(pos int) (TokenKind, int) {
	b := s.text[pos]
	class := byteClass[b]
	switch {
	case class&letterByte != 0:
		if style, i := s.opening(pos); i > 0 {
			return s.quoted(i, style)
		}
		return Identifier, s.skip(pos+1, wordByte)
	case class&digitByte != 0:
		return Number, s.number(pos)
	case class&operatorByte != 0:
		switch {
		case b == '-' && s.at(pos+1) == '-':
			return LineComment, s.line(pos)
		case b == '/' && s.at(pos+1) == '*':
			return s.blockComment(pos)
		}
		return Operator, s.operator(pos)
	}
	switch b {
	case '\'', '"':
		return s.quoted(pos+1, doubled)
	case '$':
		return s.dollar(pos)
	case '.':
		switch next := s.at(pos + 1); {
		case next == '.':
			return Punctuation, pos + 2
		case byteClass[next]&digitByte != 0:
			return Number, s.number(pos)
		}
	case ':':
		if next := s.at(pos + 1); next == ':' || next == '=' {
			return Punctuation, pos + 2
		}
	}
	return Punctuation, pos + 1
}

// quoteStyle says what hides a quote inside quotes.
type quoteStyle uint8

const (
	doubled quoteStyle = iota // 'it''s'
	escaped                   // E'it\'s', and doubled
	never                     // B'01', X'1F'
)

// opening returns the style of the quotes at pos and the offset behind the
// opening quote, which letters may precede. The offset is 0 where no quotes are.
func (s *scanner) opening(pos int) (quoteStyle, int) {
	next := s.at(pos + 1)
	switch s.text[pos] {
	case '\'', '"':
		return doubled, pos + 1
	case 'E', 'e':
		if next == '\'' {
			return escaped, pos + 2
		}
	case 'N', 'n':
		if next == '\'' {
			return doubled, pos + 2
		}
	case 'B', 'b', 'X', 'x':
		if next == '\'' {
			return never, pos + 2
		}
	case 'U', 'u':
		if quote := s.at(pos + 2); next == '&' && (quote == '\'' || quote == '"') {
			return doubled, pos + 3
		}
	}
	return 0, 0
}

// quoted scans a string or quoted identifier from the byte behind its opening
// quote.
func (s *scanner) quoted(i int, style quoteStyle) (TokenKind, int) {
	quote := s.text[i-1]
	for {
		end := s.closing(i, style)
		if end < 0 {
			return Unterminated, len(s.text)
		}
		if quote == '"' {
			return QuotedIdentifier, end
		}
		next, ok := s.continuation(end)
		if !ok {
			return String, end
		}
		i = next
	}
}

// closing returns the offset behind the closing quote, or -1. i is the offset
// behind the opening one.
func (s *scanner) closing(i int, style quoteStyle) int {
	quote := s.text[i-1]
	for i < len(s.text) {
		switch {
		case s.text[i] == '\\' && style == escaped:
			i += 2
		case s.text[i] != quote:
			i++
		case s.at(i+1) == quote && style != never:
			i += 2
		default:
			return i + 1
		}
	}
	return -1
}

// continuation finds the quote that goes on with a string after a line end:
// only white space and -- comments may stand between. It returns the offset
// behind that quote.
func (s *scanner) continuation(i int) (int, bool) {
	newline := false
	for i < len(s.text) {
		switch b := s.text[i]; {
		case b == '\n' || b == '\r':
			newline = true
			i++
		case byteClass[b]&spaceByte != 0:
			i++
		case b == '-' && s.at(i+1) == '-':
			i = s.line(i)
			if i == len(s.text) {
				return 0, false
			}
		case b == '\'' && newline:
			return i + 1, true
		default:
			return 0, false
		}
	}
	return 0, false
}

// dollar scans what begins with $: a parameter, a dollar-quoted string, or the
// byte alone.
func (s *scanner) dollar(pos int) (TokenKind, int) {
	i := pos + 1
	if byteClass[s.at(i)]&digitByte != 0 {
		return Parameter, s.skip(i, digitByte)
	}
	if byteClass[s.at(i)]&letterByte != 0 {
		i = s.skip(i, letterByte|digitByte)
	}
	if s.at(i) != '$' {
		return Punctuation, pos + 1
	}
	i++
	tag := s.text[pos:i]
	end := bytes.Index(s.text[i:], tag)
	if end < 0 {
		return Unterminated, len(s.text)
	}
	return String, i + end + len(tag)
}

// line returns the offset of the end of the line.
func (s *scanner) line(i int) int {
	for i < len(s.text) && s.text[i] != '\n' && s.text[i] != '\r' {
		i++
	}
	return i
}

func (s *scanner) blockComment(pos int) (TokenKind, int) {
	depth := 1
	for i := pos + 2; i+1 < len(s.text); i++ {
		switch {
		case s.text[i] == '*' && s.text[i+1] == '/':
			i++
			depth--
			if depth == 0 {
				return BlockComment, i + 1
			}
		case s.text[i] == '/' && s.text[i+1] == '*':
			i++
			depth++
		}
	}
	return Unterminated, len(s.text)
}

// operator scans the longest run of operator characters that is one operator:
// it ends before a comment, and it ends in + or - only if it holds a character
// that the SQL standard's operators do not have.
func (s *scanner) operator(pos int) int {
	end := pos
	qualified := false
	for end < len(s.text) && byteClass[s.text[end]]&operatorByte != 0 {
		b, next := s.text[end], s.at(end+1)
		if b == '-' && next == '-' || b == '/' && next == '*' {
			break
		}
		end++
	}
	for _, b := range s.text[pos : end-1] {
		switch b {
		case '~', '!', '@', '#', '^', '&', '|', '`', '?', '%':
			qualified = true
		}
	}
	for !qualified && end > pos+1 && (s.text[end-1] == '+' || s.text[end-1] == '-') {
		end--
	}
	return end
}

// number scans an integer in any base or a decimal number.
func (s *scanner) number(pos int) int {
	if s.text[pos] == '0' {
		end := pos
		switch s.at(pos+1) | 0x20 {
		case 'x':
			end = s.digits(pos+2, true, isHexadecimal)
		case 'o':
			end = s.digits(pos+2, true, func(b byte) bool { return '0' <= b && b <= '7' })
		case 'b':
			end = s.digits(pos+2, true, func(b byte) bool { return b == '0' || b == '1' })
		}
		if end > pos+2 {
			return end
		}
	}
	i := s.digits(pos, false, isDecimal)
	if s.at(i) == '.' && s.at(i+1) != '.' {
		i = s.digits(i+1, false, isDecimal)
	}
	if s.at(i)|0x20 == 'e' {
		j := i + 1
		if s.at(j) == '+' || s.at(j) == '-' {
			j++
		}
		if isDecimal(s.at(j)) {
			i = s.digits(j, false, isDecimal)
		}
	}
	return i
}

// digits scans digits with single underscores between them; with underscore,
// also before them.
func (s *scanner) digits(i int, underscore bool, digit func(byte) bool) int {
	for {
		switch {
		case digit(s.at(i)):
			i++
		case underscore && s.at(i) == '_' && digit(s.at(i+1)):
			i += 2
		default:
			return i
		}
		underscore = true
	}
}

func isDecimal(b byte) bool { return '0' <= b && b <= '9' }

func isHexadecimal(b byte) bool {
	lower := b | 0x20
	return isDecimal(b) || 'a' <= lower && lower <= 'f'
}
