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
//	column … NOT NULL NO INHERIT      column … NOT NULL
//	ALTER CONSTRAINT n [NO] INHERIT   ALTER CONSTRAINT n
//	ANALYZE ONLY t                    ANALYZE t

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
	NotNullNoInherit                  // column … NOT NULL NO INHERIT                              (18)
	InheritConstraint                 // ALTER TABLE … ALTER CONSTRAINT n [NO] INHERIT             (18)
	OnlyTable                         // ANALYZE ONLY t, VACUUM ONLY t                             (18)
)

// newerMask masks the newer forms of one statement.
type newerMask struct {
	text   []byte
	tokens []Token
	forms  []NewerForm

	// table is true for CREATE TABLE and ALTER TABLE. Their definitions, of
	// columns and constraints, stand at one depth of parentheses.
	table        bool
	depth, inner int
	definition   int    // index of the token that begins the current definition, or -1
	constraint   string // name after CONSTRAINT in the current definition
	subject      string // the keyword that the words of the definition are about
}

// maskNewer returns text with its newer forms masked, and the forms with
// offsets in text; nil forms if there are none. tokens are those of text
// without comments.
func maskNewer(text []byte, tokens []Token) ([]byte, []NewerForm) {
	m := &newerMask{text: slices.Clone(text), tokens: tokens, definition: -1}
	create := m.word(0, "CREATE")
	if create || m.word(0, "ALTER") {
		m.table = m.word(1, "TABLE") || m.word(2, "TABLE") || create && m.word(3, "TABLE")
	}
	if create {
		m.inner = 1
	}
	for i := range tokens {
		m.at(i)
	}
	if m.forms == nil {
		return text, nil
	}
	return m.text, m.forms
}

func (m *newerMask) at(i int) {
	switch {
	case m.byte(i, '('):
		m.depth++
	case m.byte(i, ')'):
		m.depth--
	case m.word(i, "RETURNING") && m.word(i+1, "WITH"):
		m.returning(i + 1)
	case m.depth == 0 && m.word(i, "ONLY") && m.name(i+1) != "" && !m.word(i+1, "ONLY") && (m.word(0, "ANALYZE") || m.word(0, "ANALYSE") || m.word(0, "VACUUM")):
		m.erase(i, i, OnlyTable, "")
	}
	switch {
	case m.table && m.depth == m.inner:
		m.inDefinition(i)
	case m.table && m.depth == m.inner+1:
		m.inColumns(i)
	}
}

// returning masks WITH (OLD AS o, NEW AS n), whose WITH is at i.
func (m *newerMask) returning(i int) {
	end := i + 1
	for end == i+1 && m.byte(end, '(') || m.byte(end, ',') {
		if !m.word(end+1, "OLD") && !m.word(end+1, "NEW") || !m.word(end+2, "AS") || m.name(end+3) == "" {
			return
		}
		end += 4
	}
	if m.byte(end, ')') {
		m.erase(i, end, ReturningOldNew, "")
	}
}

// inDefinition masks what is in a definition but in no parentheses of its own.
func (m *newerMask) inDefinition(i int) {
	begins := m.word(i, "ADD")
	if m.inner == 1 {
		begins = m.byte(i, '(') || m.byte(i, ',')
	}
	afterAlterConstraint := m.word(i-3, "ALTER") && m.word(i-2, "CONSTRAINT")
	switch {
	case begins:
		m.definition, m.constraint, m.subject = i+1, "", ""
	case m.byte(i, ','):
		m.definition, m.constraint, m.subject = -1, "", ""
	case m.word(i, "CONSTRAINT"):
		m.constraint, m.subject = m.name(i+1), ""
		if m.word(i-1, "ALTER") {
			m.subject = "ALTER"
		}
	case m.word(i, "REFERENCES") && m.subject == "FOREIGN":
	case m.word(i, "CHECK"), m.word(i, "FOREIGN"), m.word(i, "REFERENCES"), m.word(i, "PRIMARY"), m.word(i, "UNIQUE"):
		m.subject = string(bytes.ToUpper(m.text[m.tokens[i].Pos:m.tokens[i].End]))
	case (m.word(i, "NULL") || m.word(i, "DEFAULT")) && !m.word(i-1, "SET"): // but ON DELETE SET NULL
		m.subject = ""
	case m.word(i, "NOT") && m.word(i+1, "NULL"):
		m.notNull(i)
	case m.word(i, "NO") && m.word(i+1, "INHERIT") && m.word(i-1, "NULL") && m.word(i-2, "NOT") && m.column() != "":
		m.erase(i, i+1, NotNullNoInherit, m.column())
	case m.word(i, "NO") && m.word(i+1, "INHERIT") && afterAlterConstraint:
		m.erase(i, i+1, InheritConstraint, m.constraint)
	case m.word(i, "INHERIT") && afterAlterConstraint:
		m.erase(i, i, InheritConstraint, m.constraint)
	case m.word(i, "NOT") && m.word(i+1, "ENFORCED") && m.enforceable():
		m.erase(i, i+1, NotEnforced, m.constraint)
		m.subject = ""
	case m.word(i, "ENFORCED") && m.enforceable():
		m.erase(i, i, Enforced, m.constraint)
		m.subject = ""
	case m.word(i, "GENERATED") && m.word(i+1, "ALWAYS") && m.word(i+2, "AS") && m.byte(i+3, '(') && m.column() != "":
		m.generated(i)
	}
}

// inColumns masks what is in a constraint's list of columns.
func (m *newerMask) inColumns(i int) {
	switch {
	case m.word(i, "WITHOUT") && m.word(i+1, "OVERLAPS") && m.byte(i-2, ',') && m.byte(i+2, ')') && (m.subject == "PRIMARY" || m.subject == "UNIQUE"):
		m.erase(i, i+1, WithoutOverlaps, m.name(i-1))
	case m.word(i, "PERIOD") && m.byte(i-1, ',') && m.byte(i+2, ')') && m.subject == "FOREIGN":
		m.erase(i, i, Period, m.name(i+1))
	}
}

func (m *newerMask) enforceable() bool {
	return m.subject == "CHECK" || m.subject == "FOREIGN" || m.subject == "REFERENCES" || m.subject == "ALTER"
}

// column returns the column of the current definition, "" if it is that of a
// constraint.
func (m *newerMask) column() string {
	i := m.definition
	if i < 0 || m.word(i, "CONSTRAINT") {
		return ""
	}
	if m.word(i, "COLUMN") {
		i++
	}
	if m.word(i, "IF") && m.word(i+1, "NOT") {
		i += 3
	}
	return m.name(i)
}

// notNull masks NOT NULL c where it is a constraint by itself.
func (m *newerMask) notNull(i int) {
	starts := i == m.definition || i == m.definition+2 && m.word(m.definition, "CONSTRAINT")
	column := m.name(i + 2)
	if !starts || column == "" {
		return
	}
	last := m.tokens[i+2]
	r := Range{m.tokens[i].Pos, last.End}
	check := slices.Concat([]byte("CHECK("), m.text[last.Pos:last.End], []byte(")"))
	blank(m.text[r.Pos:r.End])
	copy(m.text[r.Pos:r.End], check)
	m.forms = append(m.forms, NewerForm{Range: r, Form: NotNullConstraint, Target: column, Since: 18})
}

// generated masks a virtual column.
func (m *newerMask) generated(i int) {
	end := m.closing(i + 3)
	if end < 0 || m.word(end+1, "STORED") {
		return
	}
	form := NewerForm{Range: Range{m.tokens[i].Pos, m.tokens[end].End}, Form: VirtualColumn, Target: m.column(), Since: 18}
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
