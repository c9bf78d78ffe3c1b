package migration

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"
)

// parse fills m.Statements and m.Gaps from m.File and m.Section. Each
// statement is parsed alone, so a broken one hides no other. Input cannot end
// the process: what the parser could not survive becomes a Gap.
func parse(m *Migration) {
	section := m.Section
	m.Gaps = append(m.Gaps, section.Gaps...)
	text := section.text(m.File.Source)
	if section.Placeholder != [2]string{} {
		asDollarPlaceholders(text, section.Placeholder)
	}
	p := &parser{migration: m, text: text, base: section.Pos}
	s := &splitter{text: text, base: section.Pos, psql: m.Runner.PsqlCommands || section.Psql, emit: p.piece}
	if section.Messages == nil {
		s.cut(Range{0, len(text)}, section.Scope != SimpleQuery)
	}
	at := 0
	for _, r := range section.Messages {
		s.skip(Range{at, r.Pos - section.Pos})
		at = r.End - section.Pos
		s.cut(Range{r.Pos - section.Pos, at}, false)
	}
	if section.Messages != nil {
		s.skip(Range{at, len(text)})
	}
	m.Trailing = s.current.comments
	slices.SortStableFunc(m.Gaps, func(a, b Gap) int { return a.Pos - b.Pos })
}

type parser struct {
	migration *Migration
	text      []byte // the section, masked
	base      int
}

// piece parses one statement of the splitter.
func (p *parser) piece(piece piece) {
	m := p.migration
	if len(piece.tokens) == 0 {
		m.Gaps = append(m.Gaps, piece.gap)
		return
	}
	first, last := piece.tokens[0], piece.tokens[len(piece.tokens)-1]
	local := Range{first.Pos, last.End}
	s := &Statement{
		Range:    Range{local.Pos + p.base, local.End + p.base},
		Comments: piece.comments,
		Message:  piece.message,
		literal:  m.Section.Literal,
		file:     m.File,
		base:     local.Pos + p.base,
	}
	text := p.text[local.Pos:local.End]
	for i := range piece.tokens {
		piece.tokens[i].Pos -= local.Pos
		piece.tokens[i].End -= local.Pos
	}
	reason, err := s.read(text, piece.tokens)
	switch {
	case reason == "":
		s.commands = s.findCommands(text, piece.tokens)
		m.Statements = append(m.Statements, s)
		if c := s.Node.GetCopyStmt(); c.GetIsFrom() && c.Filename == "" && !m.Runner.SendsRows && !m.Section.Psql {
			m.Problems = append(m.Problems, Problem{
				Range: s.Range, Refused: true, byServer: true,
				Message: fmt.Sprintf("%s does not send the rows of COPY … FROM STDIN as psql does: PostgreSQL refuses them as SQL (42601), or waits for them without end", m.Runner.Name),
				Fix:     "write INSERT … VALUES, or load the rows with psql",
			})
		}
		if s.Node.GetDoStmt() != nil {
			m.Gaps = append(m.Gaps, s.readBlock(s.passage(), s.words(), 0)...)
		}
	case piece.gap.Reason != "":
		m.Gaps = append(m.Gaps, piece.gap)
	default:
		m.Gaps = append(m.Gaps, Gap{Range: s.Range, Reason: reason, At: s.stoppedAt(err, text, piece.tokens)})
	}
}

// read parses the statement's text, whose tokens are given, and returns why
// it cannot, and the parser's error if that is why.
func (s *Statement) read(text []byte, tokens []Token) (reason string, err error) {
	switch last := tokens[len(tokens)-1]; {
	case last.Kind == Unterminated:
		return "unterminated " + unterminated(text[last.Pos:]), nil
	case bytes.IndexByte(text, 0) >= 0:
		return "a NUL byte, which PostgreSQL does not accept", nil
	case !utf8.Valid(text):
		return "bytes that are not UTF-8", nil
	}
	if treeDepth(text, tokens) > maxDepth {
		return fmt.Sprintf("nested more than %d levels deep, which the parser does not survive", maxDepth), nil
	}
	for _, t := range tokens {
		if t.Kind == String && bytes.IndexByte(text[t.Pos:t.End], '\n') >= 0 {
			blankCommentsInString(text, t)
		}
	}
	if ok, err := s.readBulkInsert(text, tokens); ok {
		return reasonOf(err), err
	}
	if err = s.parse(text); err == nil {
		return "", nil
	}
	newer, forms := maskNewer(text, tokens)
	if forms != nil && s.parse(newer) == nil {
		s.keep(forms)
		return "", nil
	}
	if templated, ok := maskPlaceholders(newer, tokens); ok && !s.literal {
		s.Templated = true
		for _, candidate := range templated {
			if s.parse(candidate) == nil {
				s.keep(forms)
				return "", nil
			}
		}
		return "templated, not analysed: " + reasonOf(err), err
	}
	return reasonOf(err), err
}

// stoppedAt returns the token that the parser's error is about, in the file.
func (s *Statement) stoppedAt(err error, text []byte, tokens []Token) Range {
	var stopped *parserError
	if !errors.As(err, &stopped) || stopped.Cursorpos == 0 {
		return Range{}
	}
	at, characters := 0, stopped.Cursorpos-1
	for at < len(text) && characters > 0 {
		_, size := utf8.DecodeRune(text[at:])
		at += size
		characters--
	}
	for _, t := range tokens {
		if t.Pos <= at && at < t.End {
			return Range{t.Pos + s.base, t.End + s.base}
		}
	}
	return Range{at + s.base, at + s.base}
}

func reasonOf(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func (s *Statement) keep(forms []NewerForm) {
	for i := range forms {
		forms[i].Pos += s.base
		forms[i].End += s.base
	}
	s.Newer = forms
}

func (s *Statement) parse(text []byte) error {
	tree, err := parseSQL(string(text))
	if err != nil {
		return err
	}
	if len(tree.Stmts) != 1 || tree.Stmts[0].Stmt == nil {
		return fmt.Errorf("%d statements where one was expected", len(tree.Stmts))
	}
	s.Node = tree.Stmts[0].Stmt
	return nil
}

// unterminated names what has no end.
func unterminated(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte("/*")):
		return "comment"
	case text[0] == '"':
		return "quoted identifier"
	case text[0] == '$':
		return "dollar-quoted string"
	}
	return "quoted string"
}

// bulkInsert is the size from which the rows of an INSERT … VALUES are left
// out of the tree: such a statement is data.
const bulkInsert = 4 << 10

// readBulkInsert parses a long INSERT … VALUES without a tree for its rows.
// ok is false for other statements.
func (s *Statement) readBulkInsert(text []byte, tokens []Token) (ok bool, err error) {
	if len(text) < bulkInsert || !isWord(text, tokens[0], "INSERT") {
		return false, nil
	}
	values := -1
	for i, t := range tokens {
		if t.Kind != Identifier {
			continue
		}
		switch {
		case values < 0 && isWord(text, t, "VALUES"):
			values = i
		case isWord(text, t, "SELECT"), isWord(text, t, "RETURNING"), isWord(text, t, "CONFLICT"), isWord(text, t, "DEFAULT") && values < 0:
			return false, nil
		}
	}
	if values < 0 {
		return false, nil
	}
	if err := checkSyntax(string(text)); err != nil {
		// Placeholders and newer forms have their own way.
		return false, nil
	}
	head := append(slices.Clone(text[:tokens[values].End]), " (NULL)"...)
	if err := s.parse(head); err != nil {
		return true, err
	}
	s.Abridged = true
	return true, nil
}

// Tokens returns the statement's tokens, in order, with offsets in the file.
// It scans the text at each call.
func (s *Statement) Tokens() []Token {
	return Scan(s.source()[s.Pos:s.end()], s.Pos)
}

// words returns the tokens without comments.
func (s *Statement) words() []Token {
	return slices.DeleteFunc(s.Tokens(), Token.isComment)
}

// Find returns the range of the first place where the given keywords follow
// each other (comments and blanks between them do not matter, nor does case),
// starting the search at file offset from. Words inside quotes do not match.
func (s *Statement) Find(from int, words ...string) (Range, bool) {
	tokens := s.words()
	source := s.source()
	for i := 0; i+len(words) <= len(tokens); i++ {
		if tokens[i].Pos < from {
			continue
		}
		found := true
		for j, w := range words {
			if !isWord(source, tokens[i+j], w) {
				found = false
				break
			}
		}
		if found {
			return Range{tokens[i].Pos, tokens[i+len(words)-1].End}, true
		}
	}
	return Range{s.Pos, s.Pos}, false
}

// Element returns the text from file offset from on that belongs to the same
// element of a list in parentheses, and begins before an offset.
func (s *Statement) Element(from, before int) Range {
	source := s.source()
	end, depth := from, 0
	for _, t := range Scan(source[from:s.end()], from) {
		if t.isComment() {
			continue
		}
		depth += nesting(source, t)
		if t.Pos >= before || depth < 0 || depth == 0 && isByte(source, t, ',') {
			return Range{from, end}
		}
		end = t.End
	}
	return Range{from, end}
}

// Commands returns, for ALTER TABLE and its like, one range for each
// comma-separated command, in order: as many as the parse tree has. For other
// statements it returns nil.
func (s *Statement) Commands() []Range { return s.commands }

// findCommands finds them in the statement's text, whose tokens are given.
func (s *Statement) findCommands(source []byte, tokens []Token) []Range {
	alter := s.Node.GetAlterTableStmt()
	if alter == nil {
		return nil
	}
	i := commandsStart(source, tokens)
	var ranges []Range
	depth, start := 0, i
	for ; i <= len(tokens); i++ {
		if i == len(tokens) || depth == 0 && isByte(source, tokens[i], ',') {
			if start < i {
				ranges = append(ranges, Range{tokens[start].Pos + s.base, tokens[i-1].End + s.base})
			}
			start = i + 1
			continue
		}
		switch {
		case isByte(source, tokens[i], '('), isByte(source, tokens[i], '['):
			depth++
		case isByte(source, tokens[i], ')'), isByte(source, tokens[i], ']'):
			depth--
		}
	}
	if len(ranges) != len(alter.Cmds) {
		// A form that the tokens do not show: each command is the statement.
		return slices.Repeat([]Range{s.Range}, len(alter.Cmds))
	}
	return ranges
}

// commandsStart returns the index of the token behind the name in ALTER TABLE
// [IF EXISTS] [ONLY] name [*] and its like.
func commandsStart(source []byte, tokens []Token) int {
	i := 1
	skip := func(words ...string) {
		for _, w := range words {
			if i < len(tokens) && isWord(source, tokens[i], w) {
				i++
			}
		}
	}
	skip("FOREIGN", "MATERIALIZED")
	i++ // TABLE, INDEX, VIEW, SEQUENCE, TYPE
	skip("IF", "EXISTS", "ONLY")
	i = behindWord(source, tokens, i)
	for i+1 < len(tokens) && isByte(source, tokens[i], '.') {
		i = behindWord(source, tokens, i+1)
	}
	if i < len(tokens) && isByte(source, tokens[i], '*') {
		i++
	}
	return min(i, len(tokens))
}

// behindWord returns the index of the token behind a word, of which placeholders may
// be parts.
func behindWord(source []byte, tokens []Token, first int) int {
	i := first
	for i < len(tokens) && (i == first || tokens[i].Pos == tokens[i-1].End) {
		if r, _, ok := placeholder(source, tokens[i]); ok {
			for i < len(tokens) && tokens[i].Pos < r.End {
				i++
			}
			continue
		}
		if i > first && tokens[i].Kind != Identifier {
			break
		}
		i++
	}
	return i
}

// Text returns the statement as it is written in the file, or as a DO block
// makes it of strings.
func (s *Statement) Text() string { return string(s.source()[s.Pos:s.end()]) }

// TextOf returns a part of it: that of a token, or of a command. The range is one
// of the statement's tokens, or of bytes between them.
func (s *Statement) TextOf(r Range) string { return string(s.source()[r.Pos:r.End]) }

// At turns a location of the parse tree (bytes from the start of the parsed
// text) into a byte offset in the file. A negative location, which the parser
// uses for "unknown", gives the statement's own start.
func (s *Statement) At(location int32) int {
	if location < 0 {
		return s.Pos
	}
	return s.base + int(location)
}

// File returns the file that holds the statement.
func (s *Statement) File() *File { return s.file }
