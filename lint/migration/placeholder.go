package migration

import (
	"bytes"
	"slices"
	"strings"
)

// maskPlaceholders returns text with its placeholders replaced, in equal
// length, in the ways in which they may be meant: as names of their own, which
// still tell the placeholder, as parts of names, and as numbers. ok is false if
// there is none. Strings and quoted identifiers keep theirs, if their quotes are
// around it.
//
// Read are ${x}, {{ x }}, :x, :'x', :"x" and %(x)s: those of goose ENVSUB,
// Flyway, Go templates, psql, and Python.
func maskPlaceholders(text []byte, tokens []Token) (masked [][]byte, ok bool) {
	names, parts, numbers := slices.Clone(text), slices.Clone(text), slices.Clone(text)
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
			names[r.Pos], parts[r.Pos], numbers[r.Pos] = ' ', ' ', ' '
			continue
		}
		if t.Kind == QuotedIdentifier && text[r.Pos-1] == '"' && r.End < len(text) && text[r.End] == '"' {
			// "{{ x }}" is the name that {{ x }} is.
			names[r.Pos-1], names[r.End] = ' ', ' '
			asName(names[r.Pos:r.End], false)
		} else {
			asName(names[r.Pos:r.End], t.Kind == QuotedIdentifier)
		}
		fill(parts[r.Pos:r.End], 'p')
		fill(numbers[r.Pos:r.End], '1')
		if text[r.Pos] == ':' {
			parts[r.Pos], numbers[r.Pos] = ' ', ' '
		}
	}
	return [][]byte{names, parts, numbers}, ok
}

// asDollarPlaceholders writes placeholders that begin and end otherwise as ${x}, in equal
// length.
func asDollarPlaceholders(text []byte, marks [2]string) {
	begins, ends := []byte(marks[0]), []byte(marks[1])
	for at := 0; ; {
		i := bytes.Index(text[at:], begins)
		if i < 0 {
			return
		}
		begin := at + i
		at = begin + len(begins)
		line, _, _ := bytes.Cut(text[at:], []byte("\n"))
		n := bytes.Index(line, ends)
		if n <= 0 {
			continue
		}
		end := at + n + len(ends)
		if spare := end - begin - n - len("${}"); spare >= 0 {
			copy(text[begin:], "${"+string(text[at:at+n])+strings.Repeat("_", spare)+"}")
		} else { // too short: one that is a name
			text[begin], text[end-1] = '_', '_'
		}
		at = end
	}
}

// asName turns a placeholder into an identifier that tells it: ${x} into "$x",
// {{ x }} into "{ x }", %(x)s into "(x)", :x into x. What already stands
// between quotes only loses its own.
func asName(text []byte, quoted bool) {
	if bytes.ContainsAny(text, "\r\n") {
		fill(text, 'p')
		return
	}
	if text[0] == ':' {
		text[0] = ' '
		return
	}
	last := len(text) - 1
	for i, c := range text {
		if c == '"' {
			text[i] = '\''
		}
	}
	if quoted {
		return
	}
	if text[0] == '$' {
		text[1] = '$'
	}
	text[0], text[last] = '"', '"'
}

// AsPlaceholder returns the placeholder that an identifier of the parse tree stands for,
// as the file writes it; ok is false for any other.
func AsPlaceholder(identifier string) (text string, ok bool) {
	inner := func(begins, ends string) (string, bool) {
		middle, begun := strings.CutPrefix(identifier, begins)
		middle, ended := strings.CutSuffix(middle, ends)
		return middle, begun && ended && middle != ""
	}
	if middle, ok := inner("{", "}"); ok && !strings.ContainsAny(middle, "{}") {
		return "{{" + strings.ReplaceAll(middle, "'", `"`) + "}}", true
	}
	// One that only stands for ${x} has blanks filled with underscores.
	if name, ok := inner("$", ""); ok && !strings.HasSuffix(name, "_") {
		return "${" + name + "}", true
	}
	if name, ok := inner("(", ")"); ok {
		return "%(" + name + ")s", true
	}
	return "", false
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
	pos := t.Pos
	if end := t.End; text[end-1] == '$' && end < len(text) && text[end] == '{' {
		pos = end - 1 // behind a word, whose last character it seems
	}
	rest := text[pos:]
	upTo := func(end string) (Range, bool, bool) {
		i := bytes.Index(rest, []byte(end))
		return Range{pos, pos + i + len(end)}, false, i >= 0
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
		pos += open
		rest = text[pos:]
		return upTo("}}")
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
