package migration

import "bytes"

// Nested is a statement inside of a DO block.
type Nested struct {
	*Statement
	// Loop is true inside of LOOP … END LOOP.
	Loop bool
}

// ChangesInBlock returns the INSERT, UPDATE, DELETE and MERGE statements, alone
// or behind WITH, that stand as such in a DO block in PL/pgSQL, in order. What
// EXECUTE makes of strings is not among them.
func (s *Statement) ChangesInBlock() []Nested {
	body, ok := s.block()
	if !ok {
		return nil
	}
	source := s.file.Source
	var all []Nested
	var before Token
	var current []Token // of the statement that is being read
	depth, loops := 0, 0
	for _, t := range Scan(source[body.Pos:body.End], body.Pos) {
		end := isByte(source, t, ';') && depth == 0
		switch {
		case t.isComment():
			continue
		case isByte(source, t, '('):
			depth++
		case isByte(source, t, ')'):
			depth--
		}
		switch {
		case len(current) > 0 && end:
			if n, ok := s.nested(current); ok {
				all = append(all, Nested{n, loops > 0})
			}
			current = nil
		case len(current) > 0:
			current = append(current, t)
		case begins(source, before) && isAnyWord(source, t, "INSERT", "UPDATE", "DELETE", "MERGE", "WITH"):
			current = []Token{t}
		case isWord(source, t, "LOOP") && isWord(source, before, "END"):
			loops--
		case isWord(source, t, "LOOP"):
			loops++
		}
		before = t
	}
	return all
}

// block returns the body of a DO block in PL/pgSQL between dollar quotes.
func (s *Statement) block() (Range, bool) {
	do := s.Node.GetDoStmt()
	if do == nil {
		return Range{}, false
	}
	for _, n := range do.Args {
		option := n.GetDefElem()
		if option.GetDefname() == "language" && option.GetArg().GetString_().GetSval() != "plpgsql" {
			return Range{}, false
		}
	}
	for _, t := range s.Tokens() {
		if t.Kind != String || s.file.Source[t.Pos] != '$' {
			continue
		}
		quote := bytes.IndexByte(s.file.Source[t.Pos+1:t.End], '$') + 2
		return Range{t.Pos + quote, t.End - quote}, true
	}
	return Range{}, false
}

// begins reports whether a statement of PL/pgSQL can begin behind the token.
func begins(source []byte, t Token) bool {
	return isByte(source, t, ';') || isAnyWord(source, t, "BEGIN", "LOOP", "THEN", "ELSE") ||
		t.Kind == Operator && string(source[t.Pos:t.End]) == ">>"
}

func isAnyWord(source []byte, t Token, keywords ...string) bool {
	for _, k := range keywords {
		if isWord(source, t, k) {
			return true
		}
	}
	return false
}

// nested parses a statement of PL/pgSQL. INTO and the variables behind it, which
// SQL has not, are masked.
func (s *Statement) nested(tokens []Token) (*Statement, bool) {
	n := &Statement{
		Range:   Range{tokens[0].Pos, tokens[len(tokens)-1].End},
		Message: s.Message,
		file:    s.file,
		base:    tokens[0].Pos,
	}
	text := bytes.Clone(s.file.Source[n.Pos:n.End])
	local := make([]Token, len(tokens))
	for i, t := range tokens {
		t.Pos -= n.Pos
		t.End -= n.Pos
		local[i] = t
	}
	kept := local[:0]
	for i := 0; i < len(local); {
		if i > 0 && isWord(text, local[i], "INTO") && !isAnyWord(text, local[i-1], "INSERT", "MERGE") {
			targets := intoTargets(text, local[i:])
			blank(text[local[i].Pos:local[i+targets-1].End])
			i += targets
			continue
		}
		kept = append(kept, local[i])
		i++
	}
	reason, _ := n.read(text, kept)
	return n, reason == ""
}

// intoTargets counts the tokens of INTO a, b.c at the start.
func intoTargets(text []byte, tokens []Token) int {
	n := 1
	if n < len(tokens) && isWord(text, tokens[n], "STRICT") {
		n++
	}
	for n < len(tokens) && (tokens[n].Kind == Identifier || tokens[n].Kind == QuotedIdentifier) {
		n++
		if n >= len(tokens) || !isByte(text, tokens[n], ',') && !isByte(text, tokens[n], '.') {
			break
		}
		n++
	}
	return n
}
