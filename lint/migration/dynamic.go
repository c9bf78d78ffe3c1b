package migration

import (
	"bytes"
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint/builtin"
)

// execute reads the operand of EXECUTE between two tokens: the statements that
// it runs, where literals make them up; else it is a gap.
func (r *blockReader) execute(first, end int) []Code {
	if first >= end {
		return nil
	}
	stop := min(r.until(first, "INTO", "USING"), end)
	operand := r.tokens[first:stop]
	at := Range{r.tokens[first-1].Pos, r.tokens[end-1].End}
	e := &evaluator{blockReader: r}
	text := e.expression(operand)
	text.at = r.text.place(Range{operand[0].Pos, operand[max(len(operand), 1)-1].End})
	if e.holes > 0 {
		reason := "EXECUTE of a string that is built at run time"
		if seen := visibleSQL(text.bytes); seen != "" {
			reason = "EXECUTE of a built string: " + seen
		}
		r.gap(at, reason)
		return nil
	}
	code := r.script(text)
	eachStatement(code, func(s *Statement) { s.Executed = true })
	return code
}

// visibleSQL is the beginning of a text whose unknown parts are "…", on one line.
func visibleSQL(text []byte) string {
	const most = 60
	seen := strings.Join(strings.Fields(string(text)), " ")
	if runes := []rune(seen); len(runes) > most {
		seen = strings.TrimRight(string(runes[:most]), " …") + " …"
	}
	if strings.Trim(seen, "… '\"().,;") == "" {
		return ""
	}
	return seen
}

// evaluator makes text of an expression of string constants.
type evaluator struct {
	*blockReader
	depth int
	holes int
}

// hole stands for what only a server can tell.
func (e *evaluator) hole() passage {
	e.holes++
	return passage{bytes: []byte("…")}
}

// maxExpression bounds how deep expressions are followed, through variables too.
const maxExpression = 20

// expression evaluates terms with || between them.
func (e *evaluator) expression(tokens []Token) passage {
	e.depth++
	defer func() { e.depth-- }()
	var text passage
	if e.depth > maxExpression || len(tokens) == 0 {
		return e.hole()
	}
	for _, term := range e.split(tokens, func(t Token) bool { return string(e.text.bytes[t.Pos:t.End]) == "||" }) {
		text.append(e.term(term))
		if len(text.bytes) > 1<<20 {
			return e.hole()
		}
	}
	return text
}

// split cuts tokens at separators outside of parentheses.
func (e *evaluator) split(tokens []Token, separates func(Token) bool) [][]Token {
	var parts [][]Token
	depth, start := 0, 0
	for i, t := range tokens {
		switch {
		case isByte(e.text.bytes, t, '('), isByte(e.text.bytes, t, '['):
			depth++
		case isByte(e.text.bytes, t, ')'), isByte(e.text.bytes, t, ']'):
			depth--
		case depth == 0 && separates(t):
			parts = append(parts, tokens[start:i])
			start = i + 1
		}
	}
	return append(parts, tokens[start:])
}

func (e *evaluator) arguments(tokens []Token) [][]Token {
	return e.split(tokens, func(t Token) bool { return isByte(e.text.bytes, t, ',') })
}

func (e *evaluator) term(tokens []Token) passage {
	source := e.text.bytes
	calls := func(name string) bool { return len(tokens) > 0 && isWord(source, tokens[0], name) }
	is := func(i int, b byte) bool { return i < len(tokens) && isByte(source, tokens[i], b) }
	for n := len(tokens); n > 2 && string(source[tokens[n-2].Pos:tokens[n-2].End]) == "::" &&
		isAnyWord(source, tokens[n-1], "TEXT", "VARCHAR", "NAME"); n = len(tokens) {
		tokens = tokens[:n-2]
	}
	last := len(tokens) - 1
	switch {
	case last < 0:
	case last == 0 && tokens[0].Kind == String:
		if text, ok := e.text.literal(tokens[0]); ok {
			return text
		}
	case last == 0 && tokens[0].Kind == Number:
		return passage{bytes: source[tokens[0].Pos:tokens[0].End]}
	case last == 0 && tokens[0].Kind == Identifier:
		switch v := e.variable[strings.ToLower(string(source[tokens[0].Pos:tokens[0].End]))]; {
		case v.writes != 1:
		case v.known != nil:
			return *v.known
		case len(v.value) > 0:
			return e.expression(v.value)
		}
	case is(0, '(') && is(last, ')') && last > 1:
		return e.expression(tokens[1:last])
	case calls("PG_CATALOG") && is(1, '.'):
		return e.term(tokens[2:])
	case last > 2 && is(1, '(') && is(last, ')'):
		switch inner := e.arguments(tokens[2:last]); {
		case calls("FORMAT"):
			return e.format(inner)
		case calls("QUOTE_IDENT") && len(inner) == 1:
			return e.quoted(inner[0], quoteIdentifier)
		case calls("QUOTE_LITERAL") && len(inner) == 1:
			return e.quoted(inner[0], quoteLiteral)
		}
	}
	return e.hole()
}

// quoted evaluates an expression and quotes it.
func (e *evaluator) quoted(tokens []Token, quote func([]byte) []byte) passage {
	holes := e.holes
	text := e.expression(tokens)
	if e.holes > holes {
		return passage{bytes: []byte("…")}
	}
	if quoted := quote(text.bytes); !bytes.Equal(quoted, text.bytes) {
		return passage{bytes: quoted}
	}
	return text
}

// quoteIdentifier writes quotes around all but the plainest names. A reserved
// word needs them too: quotes change nothing for the others.
func quoteIdentifier(name []byte) []byte {
	plain := len(name) > 0
	for i, b := range name {
		plain = plain && (b == '_' || 'a' <= b && b <= 'z' || i > 0 && '0' <= b && b <= '9')
	}
	if plain && !builtin.ReservedWord(string(name)) {
		return name
	}
	return slices.Concat([]byte{'"'}, bytes.ReplaceAll(name, []byte{'"'}, []byte(`""`)), []byte{'"'})
}

func quoteLiteral(text []byte) []byte {
	return slices.Concat([]byte{'\''}, bytes.ReplaceAll(text, []byte{'\''}, []byte(`''`)), []byte{'\''})
}

// format evaluates format(text, …).
func (e *evaluator) format(arguments [][]Token) passage {
	holes := e.holes
	format := e.expression(arguments[0])
	if e.holes > holes {
		return format
	}
	var text passage
	next := 1
	for i := 0; i < len(format.bytes); {
		n := bytes.IndexByte(format.bytes[i:], '%')
		if n < 0 {
			n = len(format.bytes) - i
		}
		text.append(format.cut(i, i+n))
		i += n
		if i >= len(format.bytes) {
			break
		}
		i++ // %
		number := 0
		digits := i
		for digits < len(format.bytes) && isDecimal(format.bytes[digits]) && digits < i+3 {
			number = number*10 + int(format.bytes[digits]-'0')
			digits++
		}
		if digits > i && digits < len(format.bytes) && format.bytes[digits] == '$' {
			i, next = digits+1, number
		}
		if i >= len(format.bytes) {
			return e.hole()
		}
		verb := format.bytes[i]
		i++
		if verb == '%' {
			text.append(passage{bytes: []byte{'%'}})
			continue
		}
		if next < 1 || next >= len(arguments) {
			text.append(e.hole())
			continue
		}
		argument := arguments[next]
		next++
		switch verb {
		case 's':
			text.append(e.expression(argument))
		case 'I':
			text.append(e.quoted(argument, quoteIdentifier))
		case 'L':
			text.append(e.quoted(argument, quoteLiteral))
		default: // with a width
			text.append(e.hole())
		}
	}
	return text
}

// cut returns a range of the passage.
func (p passage) cut(lo, hi int) passage {
	q := passage{bytes: p.bytes[lo:hi:hi]}
	for _, part := range p.parts {
		if l, h := max(lo, part.pos), min(hi, part.end); l < h {
			q.parts = append(q.parts, part.slice(l, h, l-lo))
		}
	}
	return q
}

// findVariables finds what the block's variables are set to, and how often.
func (r *blockReader) findVariables() {
	r.variable = map[string]variable{}
	write := func(i int, value []Token) {
		if i < len(r.tokens) && r.tokens[i].Kind == Identifier {
			name := strings.ToLower(string(r.text.bytes[r.tokens[i].Pos:r.tokens[i].End]))
			v := r.variable[name]
			r.variable[name] = variable{writes: v.writes + 1, value: value}
		}
	}
	declares := false
	for i := range r.tokens {
		begins := i == 0 || r.byte(i-1, ';') || r.word(i-1, "DECLARE", "BEGIN", "THEN", "ELSE", "LOOP") || r.is(i-1, ">>")
		switch {
		case r.word(i, "DECLARE"):
			declares = true
		case r.word(i, "BEGIN"):
			declares = false
		case begins && declares:
			end := r.until(i)
			for j := i + 1; j < end; j++ {
				if r.is(j, ":=") || r.byte(j, '=') || r.word(j, "DEFAULT") {
					write(i, r.tokens[j+1:end])
					break
				}
			}
		case begins && (r.is(i+1, ":=") || r.byte(i+1, '=')):
			write(i, r.tokens[i+2:max(r.until(i), i+2)])
		case r.word(i, "INTO") && !r.word(i-1, "INSERT", "MERGE"):
			j := i + 1
			if r.word(j, "STRICT") {
				j++
			}
			for write(j, nil); r.byte(j+1, ','); write(j, nil) {
				j += 2
			}
		case r.word(i, "FOR", "FOREACH"):
			write(i+1, nil)
		}
	}
}

// list returns the variable of FOREACH … IN ARRAY ARRAY['a', …] LOOP or FOR … IN
// SELECT unnest(ARRAY['a', …]) LOOP and the values that it has, or none. The head
// of the loop stands between two tokens.
func (r *blockReader) list(head, loop int) (name string, values []passage) {
	var array []Token
	in := r.until(head, "IN")
	switch {
	case in >= loop || in != head+2:
	case r.word(in+1, "ARRAY") && r.word(head, "FOREACH"):
		array = r.tokens[in+2 : loop]
	case r.word(in+1, "SELECT") && r.word(in+2, "UNNEST") && r.byte(in+3, '('):
		end := r.until(in, "LOOP")
		for end > in && !r.byte(end-1, ')') {
			return "", nil
		}
		array = r.tokens[in+4 : max(end-1, in+4)]
	}
	e := &evaluator{blockReader: r}
	if len(array) == 1 && array[0].Kind == Identifier {
		name := strings.ToLower(string(r.text.bytes[array[0].Pos:array[0].End]))
		if v := r.variable[name]; v.writes == 1 {
			array = v.value
		}
	}
	for len(array) > 2 && !isByte(r.text.bytes, array[len(array)-1], ']') { // a cast
		n := len(array)
		for n--; n > 0 && string(r.text.bytes[array[n].Pos:array[n].End]) != "::"; n-- {
			continue
		}
		if n == 0 {
			return "", nil
		}
		array = array[:n]
	}
	// text[] ends in ] as well.
	for i, t := range array {
		if string(r.text.bytes[t.Pos:t.End]) == "::" && i > 1 && isByte(r.text.bytes, array[i-1], ']') {
			array = array[:i]
			break
		}
	}
	n := len(array)
	if n < 4 || !isWord(r.text.bytes, array[0], "ARRAY") || !isByte(r.text.bytes, array[1], '[') || !isByte(r.text.bytes, array[n-1], ']') {
		return "", nil
	}
	const most = 64
	for _, element := range e.arguments(array[2 : n-1]) {
		value := e.expression(element)
		if e.holes > 0 || len(values) == most {
			return "", nil
		}
		values = append(values, value)
	}
	return strings.ToLower(string(r.text.bytes[r.tokens[head+1].Pos:r.tokens[head+1].End])), values
}

// script reads statements with semicolons between them.
func (r *blockReader) script(text passage) []Code {
	var code []Code
	cut := &splitter{text: text.bytes, emit: func(p piece) {
		if len(p.tokens) == 0 {
			return
		}
		if s := r.parse(text, slices.Clone(p.tokens)); s != nil {
			code = append(code, Code{Statement: s})
		}
	}}
	cut.cut(Range{0, len(text.bytes)}, false)
	return code
}
