package migration

import (
	"bytes"
	"slices"
)

// maskPlaceholders returns text with its placeholders replaced, in equal
// length, in the ways in which they may be meant: as names, and as numbers. ok
// is false if there is none. Strings and quoted identifiers keep theirs, if their
// quotes are around it.
//
// Read are ${x}, {{ x }}, :x, :'x', :"x" and %(x)s: those of goose ENVSUB,
// Flyway, Go templates, psql, and Python.
func maskPlaceholders(text []byte, tokens []Token) (masked [][]byte, ok bool) {
	names, numbers := slices.Clone(text), slices.Clone(text)
	until := 0
	for _, t := range tokens {
		if t.Pos < until {
			continue
		}
		r, quoted, found := placeholder(text, t)
		if !found {
			continue
		}
		until = r.End
		ok = true
		if quoted { // :'x' and :"x" lose only the colon
			names[r.Pos], numbers[r.Pos] = ' ', ' '
			continue
		}
		fill(names[r.Pos:r.End], 'p')
		fill(numbers[r.Pos:r.End], '1')
		if text[r.Pos] == ':' {
			names[r.Pos], numbers[r.Pos] = ' ', ' '
		}
	}
	return [][]byte{names, numbers}, ok
}

// fill overwrites text with one word, and with blanks what is on further lines.
func fill(text []byte, b byte) {
	for i := range text {
		if text[i] == '\n' || text[i] == '\r' {
			blank(text[i:])
			return
		}
		text[i] = b
	}
}

// placeholder reads a placeholder that begins with the token.
func placeholder(text []byte, t Token) (r Range, quoted, ok bool) {
	rest := text[t.Pos:]
	upTo := func(end string) (Range, bool, bool) {
		i := bytes.Index(rest, []byte(end))
		return Range{t.Pos, t.Pos + i + len(end)}, false, i >= 0
	}
	switch {
	case bytes.HasPrefix(rest, []byte("${")):
		return upTo("}")
	case bytes.HasPrefix(rest, []byte("{{")):
		return upTo("}}")
	case t.Kind == QuotedIdentifier: // "{{ index .x "y" }}" is cut apart at the quotes inside
		open := bytes.LastIndex(text[t.Pos:t.End], []byte("{{"))
		if open < 0 || bytes.Contains(text[t.Pos+open:t.End], []byte("}}")) {
			return Range{}, false, false
		}
		r, quoted, ok = upTo("}}")
		r.Pos += open
		return r, quoted, ok
	case bytes.HasPrefix(rest, []byte("%(")) && bytes.Contains(rest, []byte(")s")):
		return upTo(")s")
	case rest[0] == ':' && t.End == t.Pos+1 && len(rest) > 1:
		switch next := rest[1]; {
		case next == '\'' || next == '"':
			return Range{t.Pos, t.Pos + 2}, true, true
		case byteClass[next]&letterByte != 0:
			s := scanner{text: text}
			return Range{t.Pos, s.skip(t.Pos+1, wordByte)}, false, true
		}
	}
	return Range{}, false, false
}
