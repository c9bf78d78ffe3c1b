package migration

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// passage is text that strings of the file make up: as the server reads it,
// with the place of its parts in the file.
type passage struct {
	bytes []byte
	parts []part // in order; between them is what stands nowhere in the file
	at    Range  // what makes it up, in the file
}

// part is bytes of a passage, of which the file has the same; in a Go file, inside
// of quotes, which are ` or ".
type part struct {
	pos, end, file int
	quote          byte
}

// place returns where a range of the passage is in the file: the range itself
// where the file has it so, else all that makes up the passage.
func (p passage) place(r Range) Range {
	for _, part := range p.parts {
		if part.pos <= r.Pos && r.End <= part.end {
			return Range{part.file + r.Pos - part.pos, part.file + r.End - part.pos}
		}
	}
	// From the start of one part to the end of another.
	pos, end := -1, -1
	for i, part := range p.parts {
		if part.pos <= r.Pos && r.Pos < part.end {
			pos = part.file + r.Pos - part.pos
		}
		if part.pos < r.End && r.End <= part.end {
			end = part.file + r.End - part.pos
			if r.End == part.end && i+1 < len(p.parts) && p.parts[i+1].file == end+1 {
				end++ // the second of two quotes
			}
		}
	}
	if pos >= 0 && pos < end {
		return Range{pos, end}
	}
	return p.at
}

// exact reports whether the file has the range as it is.
func (p passage) exact(r Range) bool {
	_, ok := p.partOf(r)
	return ok
}

// partOf returns the part that has a range as it is.
func (p passage) partOf(r Range) (part, bool) {
	i := slices.IndexFunc(p.parts, func(part part) bool { return part.pos <= r.Pos && r.End <= part.end })
	if i < 0 {
		return part{}, false
	}
	return p.parts[i], true
}

// placeOf returns where a token is that stopped the parser, zero if none did.
// The statement has the range at of the passage.
func (p passage) placeOf(stopped Range, s *Statement, at Range) Range {
	if stopped == (Range{}) {
		return stopped
	}
	return p.place(Range{stopped.Pos - s.base + at.Pos, stopped.End - s.base + at.Pos})
}

// derived is the text of a statement that the file has not as it is.
type derived struct {
	source []byte // the file up to the statement, and the statement's text
	text   passage
	shift  int // from offsets in source to those in text
}

// derive gives the range of the passage a source in which it begins where its
// place in the file does.
func (p passage) derive(r, place Range, file []byte) *derived {
	return &derived{
		source: slices.Concat(file[:place.Pos], p.bytes[r.Pos:r.End]),
		text:   p,
		shift:  r.Pos - place.Pos,
	}
}

// source is the text to which the offsets of the statement's tokens belong: the
// file's, or one that agrees with it before the statement.
func (s *Statement) source() []byte {
	if s.derived != nil {
		return s.derived.source
	}
	return s.file.Source
}

// end is the offset in source behind the statement.
func (s *Statement) end() int {
	if s.derived != nil {
		return len(s.derived.source)
	}
	return s.End
}

// Place returns where a range of the statement's text, as its tokens have it, is
// in the file. They differ only where a DO block makes the statement of strings.
func (s *Statement) Place(r Range) Range {
	if s == nil || s.derived == nil || r == s.Range {
		return r
	}
	if r.Pos < s.Pos || r.End > len(s.derived.source) {
		return r
	}
	return s.derived.text.place(Range{r.Pos + s.derived.shift, r.End + s.derived.shift})
}

// Edit returns the edit of the file that puts text in the place of a range of the
// statement's tokens. ok is false where the file has the range in another form
// only, or its quotes cannot hold the text.
func (s *Statement) Edit(r Range, text string) (at Range, quoted string, ok bool) {
	quote := s.quote
	if s.derived != nil {
		local := Range{r.Pos + s.derived.shift, r.End + s.derived.shift}
		part, exact := s.derived.text.partOf(local)
		if !exact || part.quote == 0 {
			return Range{}, "", false
		}
		quote, r = part.quote, s.derived.text.place(local)
	}
	switch quote {
	case '`':
		return r, text, !strings.ContainsAny(text, "`\r")
	case '"':
		text = strconv.Quote(text)
		return r, text[1 : len(text)-1], true
	}
	return r, text, true
}

// literal returns the text of a string constant; ok is false where only a
// server can tell it.
func (p passage) literal(t Token) (text passage, ok bool) {
	if t.Kind != String {
		return passage{}, false
	}
	text.at = p.place(t.Range)
	add := func(r Range) {
		for _, part := range p.parts {
			lo, hi := max(part.pos, r.Pos), min(part.end, r.End)
			if lo < hi {
				pos := len(text.bytes) + lo - r.Pos
				text.parts = append(text.parts, part.slice(lo, hi, pos))
			}
		}
		text.bytes = append(text.bytes, p.bytes[r.Pos:r.End]...)
	}
	if p.bytes[t.Pos] == '$' {
		quote := bytes.IndexByte(p.bytes[t.Pos+1:t.End], '$') + 2
		if len(p.parts) == 1 && p.exact(t.Range) { // without a copy
			r := Range{t.Pos + quote, t.End - quote}
			text.bytes = p.bytes[r.Pos:r.End:r.End]
			text.parts = []part{p.parts[0].slice(r.Pos, r.End, 0)}
			return text, true
		}
		add(Range{t.Pos + quote, t.End - quote})
		return text, true
	}
	s := scanner{text: p.bytes[:t.End]}
	style, i := s.opening(t.Pos)
	switch {
	case style == never, p.bytes[t.Pos]|0x20 == 'u':
		return passage{}, false
	case style == escaped && bytes.IndexByte(p.bytes[t.Pos:t.End], '\\') >= 0:
		return passage{}, false
	}
	for {
		end := s.closing(i, style)
		if end < 0 {
			return passage{}, false
		}
		for i < end-1 {
			n := bytes.IndexByte(p.bytes[i:end-1], '\'')
			if n < 0 {
				add(Range{i, end - 1})
				break
			}
			add(Range{i, i + n + 1}) // with one of the two quotes
			i += n + 2
		}
		next, more := s.continuation(end)
		if !more {
			return text, true
		}
		i = next
	}
}

// slice returns the part of the passage's range from lo to hi, at pos.
func (p part) slice(lo, hi, pos int) part {
	return part{pos, pos + hi - lo, p.file + lo - p.pos, p.quote}
}

// append adds another passage behind this one.
func (p *passage) append(more passage) {
	for _, part := range more.parts {
		part.pos += len(p.bytes)
		part.end += len(p.bytes)
		p.parts = append(p.parts, part)
	}
	p.bytes = append(slices.Clip(p.bytes), more.bytes...)
}

// passage is the text that the statement's tokens are of.
func (s *Statement) passage() passage {
	if d := s.derived; d != nil {
		p := passage{bytes: d.source, at: s.Range}
		for _, q := range d.text.parts {
			if lo, hi := max(q.pos-d.shift, s.Pos), min(q.end-d.shift, len(d.source)); lo < hi {
				p.parts = append(p.parts, part{lo, hi, q.file + lo + d.shift - q.pos, q.quote})
			}
		}
		return p
	}
	return passage{bytes: s.file.Source, parts: []part{{0, len(s.file.Source), 0, s.quote}}, at: s.Range}
}
