package migration

import (
	"bytes"
	"slices"
	"strings"
)

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
	var all []Nested
	body, _ := s.block()
	for _, piece := range s.pieces(body) {
		if !isAnyWord(s.file.Source, piece.tokens[0], changes...) {
			continue
		}
		if n, ok := s.nested(piece.tokens); ok {
			all = append(all, Nested{n, piece.loop})
		}
	}
	return all
}

// gapsInBlock returns what a DO block does that nobody reads: definitions, and
// SQL that EXECUTE makes of strings.
func (s *Statement) gapsInBlock() []Gap {
	body, reason := s.block()
	if reason != "" {
		return []Gap{{Range: s.Range, Reason: reason, Inside: true}}
	}
	var gaps []Gap
	source := s.file.Source
	for _, piece := range s.pieces(body) {
		tokens := piece.tokens
		var what string
		switch {
		case isWord(source, tokens[0], "EXECUTE"):
			what = "EXECUTE in a DO block: the SQL that it runs is not analysed"
		case isAnyWord(source, tokens[0], definitions...):
			what = strings.ToUpper(string(source[tokens[0].Pos:tokens[0].End])) + " in a DO block is not analysed"
		default:
			continue
		}
		gaps = append(gaps, Gap{Range: Range{tokens[0].Pos, tokens[len(tokens)-1].End}, Reason: what, Inside: true})
	}
	return gaps
}

// nestedPiece is a statement of PL/pgSQL.
type nestedPiece struct {
	tokens []Token
	loop   bool // inside of LOOP … END LOOP
}

// pieces cuts the body of a DO block at its semicolons. A piece begins where an
// SQL statement can, behind IF … THEN for example. In FOR … IN EXECUTE … LOOP it is the EXECUTE.
func (s *Statement) pieces(body Range) []nestedPiece {
	source := s.file.Source
	var all []nestedPiece
	var before Token
	var current []Token // of the statement that is being read
	depth, loops := 0, 0
	for _, t := range Scan(source[body.Pos:body.End], body.Pos) {
		if t.isComment() {
			continue
		}
		depth += nesting(source, t)
		end := isByte(source, t, ';') && depth == 0
		query := len(current) > 0 && isWord(source, current[0], "EXECUTE") && isWord(source, t, "LOOP")
		switch {
		case len(current) > 0 && (end || query):
			all = append(all, nestedPiece{current, loops > 0})
			current = nil
		case len(current) > 0:
			current = append(current, t)
		case begins(source, before) && isAnyWord(source, t, firstWords...),
			isAnyWord(source, before, "IN", "FOR", "QUERY") && isWord(source, t, "EXECUTE"):
			current = []Token{t}
		}
		if len(current) == 0 && isWord(source, t, "LOOP") {
			if isWord(source, before, "END") {
				loops--
			} else {
				loops++
			}
		}
		before = t
	}
	return all
}

// The first words of the statements that matter here.
var (
	changes     = []string{"INSERT", "UPDATE", "DELETE", "MERGE", "WITH"}
	definitions = []string{"CREATE", "ALTER", "DROP", "TRUNCATE", "LOCK", "REINDEX", "CLUSTER", "REFRESH"}
	firstWords  = slices.Concat(changes, definitions, []string{"EXECUTE"})
)

// block returns the body of a DO block in PL/pgSQL between dollar quotes, or
// why there is none to read: "" where the statement is no DO.
func (s *Statement) block() (body Range, reason string) {
	do := s.Node.GetDoStmt()
	if do == nil {
		return Range{}, ""
	}
	for _, n := range do.Args {
		option := n.GetDefElem()
		if language := option.GetArg().GetString_().GetSval(); option.GetDefname() == "language" && language != "plpgsql" {
			return Range{}, "a DO block in " + language + " is not analysed"
		}
	}
	for _, t := range s.Tokens() {
		if t.Kind != String || s.file.Source[t.Pos] != '$' {
			continue
		}
		quote := bytes.IndexByte(s.file.Source[t.Pos+1:t.End], '$') + 2
		return Range{t.Pos + quote, t.End - quote}, ""
	}
	return Range{}, "a DO block in simple quotes is not analysed"
}

// begins reports whether a statement of PL/pgSQL can begin behind the token.
func begins(source []byte, t Token) bool {
	return isByte(source, t, ';') || isAnyWord(source, t, "BEGIN", "LOOP", "THEN", "ELSE") ||
		t.Kind == Operator && string(source[t.Pos:t.End]) == ">>"
}

func isAnyWord(source []byte, t Token, keywords ...string) bool {
	return slices.ContainsFunc(keywords, func(k string) bool { return isWord(source, t, k) })
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
