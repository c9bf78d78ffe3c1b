package migration

import (
	"bytes"
	"slices"
	"strings"
)

// The grammar is PostgreSQL 17's. Forms of 18 are masked to a form of equal
// length that it reads, and kept on the statement:
//
//	NOT NULL c (a table constraint)   CHECK(c)         the expression is the column
//	GENERATED ALWAYS AS (e) VIRTUAL   … STORED
//	GENERATED ALWAYS AS (e)           DEFAULT (e)
//	NOT ENFORCED, ENFORCED            blanks
//	c WITHOUT OVERLAPS                c
//	PERIOD c                          c
//	RETURNING WITH (OLD AS o) …       RETURNING …

// NewerForm is syntax newer than the parser's grammar, recognised from tokens.
type NewerForm struct {
	Range         // the words of the form, in the file
	Form   Form   // which one
	Target string // the column it is about, else the constraint's name, folded as PostgreSQL folds names; may be empty
	Since  int    // first PostgreSQL major that accepts it
}

// Form names a syntactic form newer than the parser's grammar.
type Form uint8

const (
	NotNullConstraint Form = iota + 1 // ADD [CONSTRAINT n] NOT NULL c [NOT VALID] [NO INHERIT]   (18)
	VirtualColumn                     // GENERATED ALWAYS AS (…) VIRTUAL, or with neither word      (18)
	NotEnforced                       // constraint … NOT ENFORCED                                 (18)
	Enforced                          // constraint … ENFORCED                                     (18)
	WithoutOverlaps                   // PRIMARY KEY / UNIQUE (… WITHOUT OVERLAPS)                 (18)
	Period                            // FOREIGN KEY (… PERIOD c) REFERENCES t (… PERIOD c)        (18)
	ReturningOldNew                   // RETURNING WITH (OLD AS o, NEW AS n) …                     (18)
)

// newerMask masks the newer forms of one statement.
type newerMask struct {
	text   []byte
	tokens []Token
	forms  []NewerForm

	definition int    // index of the token that begins the current column or constraint
	constraint string // name after CONSTRAINT in the current definition
}

// maskNewer returns text with its newer forms masked, and the forms with
// offsets in text; nil forms if there are none. tokens are those of text
// without comments.
func maskNewer(text []byte, tokens []Token) ([]byte, []NewerForm) {
	m := &newerMask{text: slices.Clone(text), tokens: tokens}
	for i := 0; i < len(tokens); i++ {
		m.at(i)
	}
	if m.forms == nil {
		return text, nil
	}
	return m.text, m.forms
}

func (m *newerMask) at(i int) {
	switch {
	case i == 0 || m.byte(i, ',') || m.byte(i, '('):
		m.definition, m.constraint = i+1, ""
	case m.word(i, "ADD"):
		m.definition, m.constraint = i+1, ""
	case m.word(i, "CONSTRAINT"):
		m.constraint = m.name(i + 1)
	case m.word(i, "NOT") && m.word(i+1, "NULL"):
		m.notNull(i)
	case m.word(i, "NOT") && m.word(i+1, "ENFORCED"):
		m.erase(i, i+1, NotEnforced, m.constraint)
	case m.word(i, "ENFORCED") && !m.word(i-1, "NOT"):
		m.erase(i, i, Enforced, m.constraint)
	case m.word(i, "WITHOUT") && m.word(i+1, "OVERLAPS"):
		m.erase(i, i+1, WithoutOverlaps, m.name(i-1))
	case m.word(i, "PERIOD") && (m.byte(i-1, ',') || m.byte(i-1, '(')) && m.name(i+1) != "":
		m.erase(i, i, Period, m.name(i+1))
	case m.word(i, "RETURNING") && m.word(i+1, "WITH") && m.byte(i+2, '('):
		if end := m.closing(i + 2); end > 0 {
			m.erase(i+1, end, ReturningOldNew, "")
		}
	case m.word(i, "GENERATED") && m.word(i+1, "ALWAYS") && m.word(i+2, "AS") && m.byte(i+3, '('):
		m.generated(i)
	}
}

// notNull masks [CONSTRAINT n] NOT NULL c where a constraint stands by itself.
func (m *newerMask) notNull(i int) {
	starts := i == m.definition || i == m.definition+2 && m.word(m.definition, "CONSTRAINT")
	column := m.name(i + 2)
	if !starts || column == "" {
		return
	}
	last := m.tokens[i+2]
	r := Range{m.tokens[i].Pos, last.End}
	written := m.text[last.Pos:last.End]
	masked := append(append([]byte("CHECK("), written...), ')')
	for len(masked) < r.End-r.Pos {
		masked = append(masked, ' ')
	}
	copy(m.text[r.Pos:r.End], masked)
	m.forms = append(m.forms, NewerForm{Range: r, Form: NotNullConstraint, Target: column, Since: 18})
}

// generated masks a virtual column.
func (m *newerMask) generated(i int) {
	end := m.closing(i + 3)
	if end < 0 || m.word(end+1, "STORED") {
		return
	}
	column := m.name(m.definition)
	if m.word(m.definition, "COLUMN") {
		column = m.name(m.definition + 1)
	}
	form := NewerForm{Range: Range{m.tokens[i].Pos, m.tokens[end].End}, Form: VirtualColumn, Target: column, Since: 18}
	if m.word(end+1, "VIRTUAL") {
		t := m.tokens[end+1]
		copy(m.text[t.Pos:t.End], "STORED ")
		form.End = t.End
	} else {
		head := m.text[m.tokens[i].Pos:m.tokens[i+3].Pos]
		blank(head)
		copy(head, "DEFAULT")
	}
	m.forms = append(m.forms, form)
}

// erase blanks the tokens from first to last.
func (m *newerMask) erase(first, last int, form Form, target string) {
	r := Range{m.tokens[first].Pos, m.tokens[last].End}
	blank(m.text[r.Pos:r.End])
	m.forms = append(m.forms, NewerForm{Range: r, Form: form, Target: target, Since: 18})
}

// closing returns the index of the token that closes the parenthesis at i, or -1.
func (m *newerMask) closing(i int) int {
	depth := 0
	for ; i < len(m.tokens); i++ {
		switch {
		case m.byte(i, '('):
			depth++
		case m.byte(i, ')'):
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

func (m *newerMask) word(i int, keyword string) bool {
	return i >= 0 && i < len(m.tokens) && isWord(m.text, m.tokens[i], keyword)
}

func (m *newerMask) byte(i int, b byte) bool {
	return i >= 0 && i < len(m.tokens) && isByte(m.text, m.tokens[i], b)
}

// name returns the identifier at i as PostgreSQL folds it, "" if there is none.
func (m *newerMask) name(i int) string {
	if i < 0 || i >= len(m.tokens) {
		return ""
	}
	t := m.tokens[i]
	switch word := m.text[t.Pos:t.End]; t.Kind {
	case Identifier:
		return string(bytes.ToLower(word))
	case QuotedIdentifier:
		return strings.ReplaceAll(strings.Trim(string(word), `"`), `""`, `"`)
	}
	return ""
}
