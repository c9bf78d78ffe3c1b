package migration

// parse fills m.Statements and m.Gaps from m.File and m.Section. Each
// statement is parsed alone, so a broken one hides no other. Input cannot end
// the process: what the parser could not survive becomes a Gap.
func parse(m *Migration) {
	panic("TODO")
}

// Tokens returns the statement's tokens, in order, with offsets in the file.
// It scans the text at each call.
func (s *Statement) Tokens() []Token { panic("TODO") }

// Find returns the range of the first place where the given keywords follow
// each other (comments and blanks between them do not matter, nor does case),
// starting the search at file offset from. Words inside quotes do not match.
func (s *Statement) Find(from int, words ...string) (Range, bool) { panic("TODO") }

// Commands returns, for ALTER TABLE and its like, one range for each
// comma-separated command, in order: as many as the parse tree has. For other
// statements it returns nil.
func (s *Statement) Commands() []Range { panic("TODO") }
