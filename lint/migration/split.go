package migration

import "bytes"

// piece is the text of one statement, or of a psql command, as the splitter
// finds it.
type piece struct {
	tokens   []Token // without comments, valid until emit returns; empty for a psql command
	comments []Comment
	message  int
	gap      Gap // of a psql command or COPY data; with tokens, if they are not SQL
}

// splitter cuts the text of a section into statements, as psql does: at a
// semicolon outside of parentheses and BEGIN ATOMIC bodies.
type splitter struct {
	text    []byte // the section, masked; offsets are those of the file minus base
	base    int
	psql    bool
	emit    func(piece)
	message int
	copied  int // offset behind the last rows of COPY

	current piece
	depth   int // of parentheses
	atomic  int // of BEGIN ATOMIC and the CASEs inside
}

// message cuts one message of the section.
func (s *splitter) cut(r Range, ownMessages bool) {
	sc := scanner{text: s.text[:r.End], pos: r.Pos}
	for {
		t, ok := sc.next()
		if !ok {
			break
		}
		switch {
		case t.isComment():
			s.current.comments = append(s.current.comments, s.comment(t))
			continue
		case s.psql && s.text[t.Pos] == '\\' && t.Kind == Punctuation:
			if sc.at(t.End) == ';' { // \; separates statements of one message
				sc.pos = t.End + 1
				s.finish()
			} else {
				sc.pos = s.command(t)
			}
			continue
		case isByte(s.text, t, ';') && s.depth <= 0 && s.atomic == 0:
			copies := s.copiesStdin()
			s.finish()
			if ownMessages {
				s.message++
			}
			if copies {
				s.copyData(Range{t.End, r.End})
			}
			continue
		}
		s.track(t)
		s.current.tokens = append(s.current.tokens, t)
	}
	s.finish()
	s.message++
}

// skip reads the comments of text that the runner does not send: they are for
// the statement that follows.
func (s *splitter) skip(r Range) {
	sc := scanner{text: s.text[:max(r.Pos, r.End)], pos: r.Pos}
	for {
		t, ok := sc.next()
		if !ok {
			return
		}
		if t.isComment() {
			s.current.comments = append(s.current.comments, s.comment(t))
		}
	}
}

// track follows parentheses and BEGIN ATOMIC.
func (s *splitter) track(t Token) {
	s.depth += nesting(s.text, t)
	switch {
	case s.atomic == 0:
		if isWord(s.text, t, "ATOMIC") && s.lastWord("BEGIN") && s.createsRoutine() {
			s.atomic = 1
		}
	case isWord(s.text, t, "CASE"):
		s.atomic++
	case isWord(s.text, t, "END"):
		s.atomic--
	}
}

func (s *splitter) lastWord(keyword string) bool {
	n := len(s.current.tokens)
	return n > 0 && isWord(s.text, s.current.tokens[n-1], keyword)
}

func (s *splitter) createsRoutine() bool {
	tokens := s.current.tokens
	kind := 1
	if len(tokens) > 3 && isWord(s.text, tokens[1], "OR") && isWord(s.text, tokens[2], "REPLACE") {
		kind = 3
	}
	return len(tokens) > kind && isWord(s.text, tokens[0], "CREATE") && isAnyWord(s.text, tokens[kind], "FUNCTION", "PROCEDURE")
}

// copiesStdin reports whether the current statement is COPY … FROM STDIN.
func (s *splitter) copiesStdin() bool {
	tokens := s.current.tokens
	if len(tokens) == 0 || !isWord(s.text, tokens[0], "COPY") {
		return false
	}
	for i := 1; i < len(tokens); i++ {
		if isWord(s.text, tokens[i-1], "FROM") && (isWord(s.text, tokens[i], "STDIN") || isWord(s.text, tokens[i], "PSTDIN")) {
			return true
		}
	}
	return false
}

// finish ends the current statement.
func (s *splitter) finish() {
	if len(s.current.tokens) > 0 {
		s.current.message = s.message
		s.emit(s.current)
		s.current = piece{tokens: s.current.tokens[:0]}
	}
	s.depth, s.atomic = 0, 0
}

func (s *splitter) comment(t Token) Comment {
	text := s.text[t.Pos:t.End]
	if t.Kind == LineComment {
		text = bytes.TrimPrefix(text, []byte("--"))
	} else {
		text = bytes.TrimSuffix(bytes.TrimPrefix(text, []byte("/*")), []byte("*/"))
	}
	return Comment{Range: Range{t.Pos + s.base, t.End + s.base}, Text: string(bytes.TrimSpace(text))}
}

// copyData blanks the rows behind COPY … FROM STDIN, from the next line up to the
// line \.: psql goes on with the rest of the COPY's own line only behind them.
func (s *splitter) copyData(r Range) {
	text := s.text[:r.End]
	start := len(text)
	if i := bytes.IndexByte(text[r.Pos:], '\n'); i >= 0 {
		start = max(r.Pos+i+1, s.copied)
	}
	end := start
	for end < len(text) {
		line := text[end:]
		next := len(text)
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line, next = line[:i], end+i+1
		}
		end = next
		if string(bytes.TrimRight(line, "\r")) == `\.` {
			break
		}
	}
	if end > start {
		s.emit(piece{gap: Gap{Range: Range{start + s.base, end + s.base}, Reason: "rows of COPY", Harmless: true}})
		blank(text[start:end])
		s.copied = end
	}
}
