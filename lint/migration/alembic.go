package migration

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Alembic is what `alembic upgrade --sql` and `alembic downgrade --sql` have
// printed, for psql to execute. Facts are from running 1.8.1.
var Alembic = &Runner{
	Name:   "alembic",
	Detect: detectMark("a revision as alembic prints it", isPsqlName, alembicRevision.Match),
	ParseName: func(base string) (FileName, bool) {
		n, ok := parsePsqlName(base)
		n.Direction = Up // the text says it
		return n, ok
	},
	NameOf: numberedName("%05d_%s.sql"),
	Skips:  func(string) string { return "" },
	Less:   func(a, b FileName) bool { return a.Base < b.Base },
	Split:  splitAlembic,
	Draft: func(statements []string, noTransaction bool) []string {
		text, indent := "def upgrade():\n", "    "
		if noTransaction {
			text += "    with op.get_context().autocommit_block():\n"
			indent += "    "
		}
		for _, s := range statements {
			if concurrentIndex.MatchString(s) {
				text += indent + "# or op.create_index and op.drop_index, with postgresql_concurrently=True\n"
			}
			text += indent + "op.execute(" + pythonString(withoutBinds(s)) + ")\n"
		}
		return []string{text}
	},
	SendsRows:          true,
	Printed:            true,
	PsqlCommands:       true,
	WithoutTransaction: "write it into a block of op.get_context().autocommit_block()",
}

// What alembic prints, and what else stands in the text where its standard error
// goes to the same place.
var (
	alembicRevision = regexp.MustCompile(`(?m)^-- Running (upgrade|downgrade|stamp_revision) (.*)->(.*)$`)
	alembicLog      = regexp.MustCompile(`(?m)^[A-Z]{4,5} +\[alembic[\w.]*\] .*$`)
	// Records are known by the column, because env.py may name the table.
	alembicRecord = regexp.MustCompile(`^(?:CREATE TABLE (\S.*?) \(\s*version_num VARCHAR\(32\) NOT NULL[^;]*` +
		`|INSERT INTO (\S.*?) \(version_num\) VALUES \('[^']*'\)(?: RETURNING .*)?` +
		`|UPDATE (\S.*?) SET version_num='[^']*' WHERE .*\.version_num = '[^']*'` +
		`|DELETE FROM (\S.*?) WHERE .*\.version_num = '[^']*')$`)
)

// alembicPart is a statement, or the comment before a revision.
type alembicPart struct {
	Range
	kind alembicKind
	// direction and version are the revision's.
	direction Direction
	version   string
}

type alembicKind uint8

const (
	alembicStatement alembicKind = iota
	alembicBegin
	alembicCommit
	alembicOwn // a record
	alembicMark
)

// splitAlembic makes a section of every revision. What alembic prints around
// revisions, BEGIN and COMMIT, becomes their scope; the COMMIT and BEGIN of an
// autocommit_block stay, for that is what psql executes.
func splitAlembic(f *File, _ FileName) ([]Section, []Problem) {
	var problems problemList
	logged := alembicLog.FindAllIndex(f.Source, -1)
	text := f.Source
	if len(logged) > 0 {
		text = slices.Clone(text)
	}
	var masked []Range
	for i, at := range logged {
		r := trimmed(f.Source, Range{at[0], at[1]})
		blank(text[r.Pos:r.End])
		masked = append(masked, r)
		if i == 0 {
			problems.sent(r, "PostgreSQL refuses the line as a syntax error: it is of alembic's log", "print without 2>&1: the log goes to standard error")
		}
	}
	parts := alembicParts(text, byteOrderMarkIn(f))
	var marks []int
	for i, p := range parts {
		if p.kind == alembicMark {
			marks = append(marks, i)
		}
	}
	if len(marks) == 0 {
		return []Section{{Range: Range{0, len(f.Source)}, Scope: Autocommit, NewRun: true, Masked: masked}}, problems
	}

	// first is the index of a revision's first part: its own BEGIN, or the mark.
	begins := func(mark int) bool { return mark > 0 && parts[mark-1].kind == alembicBegin }
	first := func(i int) int {
		switch {
		case i == len(marks):
			return len(parts)
		case i == 0:
			return 0
		case begins(marks[i]):
			return marks[i] - 1
		}
		return marks[i]
	}
	var sections []Section
	open := false
	for i, mark := range marks {
		from, to := first(i), first(i+1)
		s := Section{Range: Range{0, len(text)}, Scope: TransactionPerRun, Direction: parts[mark].direction, Version: parts[mark].version}
		if i > 0 {
			s.Pos = parts[from].Pos
		}
		if to < len(parts) {
			s.End = parts[to].Pos
		}
		begun, committed, last := false, false, -1
		for j := from; j < to; j++ {
			switch p := parts[j]; p.kind {
			case alembicBegin:
				open = true
				if j < mark {
					begun = true
					masked = append(masked, p.Range)
				}
			case alembicCommit:
				open = false
			case alembicOwn:
				masked = append(masked, p.Range)
				continue
			case alembicMark:
				masked = append(masked, p.Range)
				if !open {
					s.Scope = Autocommit
				}
				continue
			}
			last = j
		}
		if last >= 0 && parts[last].kind == alembicCommit && s.Scope != Autocommit && (i+1 == len(marks) || begins(marks[i+1])) {
			committed = true
			masked = append(masked, parts[last].Range)
		}
		if begun && committed && len(marks) > 1 {
			s.Scope = TransactionPerMigration
		}
		s.NewRun = i == 0 || begun && s.Scope == TransactionPerRun
		sections = append(sections, s)
	}
	if open {
		problems.sent(parts[marks[len(marks)-1]].Range, "nothing commits the transaction that alembic has printed BEGIN for, so PostgreSQL takes back what it has done when the text ends: the text is cut off",
			"print it again; why alembic stopped, it tells on standard error")
	}
	slices.SortFunc(masked, func(a, b Range) int { return cmp.Or(a.Pos-b.Pos, b.End-a.End) })
	for i := range sections {
		s := &sections[i]
		for _, r := range masked {
			n := len(s.Masked)
			if s.Pos <= r.Pos && r.End <= s.End && (n == 0 || s.Masked[n-1].End <= r.Pos) {
				s.Masked = append(s.Masked, r)
			}
		}
	}
	return sections, problems
}

// alembicParts cuts the text, which begins at an offset, at its semicolons and marks.
func alembicParts(text []byte, begin int) []alembicPart {
	var parts []alembicPart
	var records []string // the names of their table
	statement := Range{-1, -1}
	finish := func(end int) {
		if statement.Pos < 0 {
			return
		}
		p := alembicPart{Range: Range{statement.Pos, end}}
		switch words := string(text[statement.Pos:statement.End]); words {
		case "BEGIN":
			p.kind = alembicBegin
		case "COMMIT":
			p.kind = alembicCommit
		default:
			if m := alembicRecord.FindStringSubmatch(words); m != nil {
				p.kind = alembicOwn
				records = append(records, strings.Join(m[1:], ""))
			} else if table, drops := strings.CutPrefix(words, "DROP TABLE "); drops && slices.Contains(records, table) {
				p.kind = alembicOwn
			}
		}
		parts = append(parts, p)
		statement.Pos = -1
	}
	for _, t := range Scan(text[begin:], begin) {
		switch {
		case t.Kind == LineComment && (t.Pos == begin || text[t.Pos-1] == '\n'):
			if m := alembicRevision.FindSubmatch(bytes.TrimSpace(text[t.Pos:t.End])); m != nil {
				finish(t.Pos)
				mark := alembicPart{Range: trimmed(text, t.Range), kind: alembicMark, version: string(bytes.TrimSpace(m[3]))}
				if string(m[1]) == "downgrade" {
					mark.direction, mark.version = Down, string(bytes.TrimSpace(m[2]))
				}
				parts = append(parts, mark)
			}
		case t.isComment():
		case isByte(text, t, ';'):
			finish(t.End)
		default:
			if statement.Pos < 0 {
				statement.Pos = t.Pos
			}
			statement.End = t.End
		}
	}
	finish(len(text))
	return parts
}

var alembicBind = regexp.MustCompile(`:[\w$]+:?`)

// withoutBinds escapes what op.execute would take for a parameter: a colon before
// a word, unless a word or a colon stands before it.
func withoutBinds(statement string) string {
	var b strings.Builder
	at := 0
	for _, m := range alembicBind.FindAllStringIndex(statement, -1) {
		b.WriteString(statement[at:m[0]])
		if at = m[0]; !strings.HasSuffix(statement[at:m[1]], ":") && (at == 0 || !strings.Contains(`:$\_`, statement[at-1:at]) && byteClass[statement[at-1]]&wordByte == 0) {
			b.WriteByte('\\')
		}
	}
	return b.String() + statement[at:]
}

var concurrentIndex = regexp.MustCompile(`(?i)^(?:CREATE\s+(?:UNIQUE\s+)?|DROP\s+)INDEX\s+CONCURRENTLY\b`)

// pythonString writes a statement as a string in Python. A comment on its last
// line would take away the semicolon that is printed behind it.
func pythonString(statement string) string {
	if strings.Contains(statement[strings.LastIndexByte(statement, '\n')+1:], "--") {
		statement = terminate(statement)
	}
	escaped := strings.ReplaceAll(statement, `\`, `\\`)
	if !strings.Contains(statement, "\n") {
		return `"` + strings.ReplaceAll(escaped, `"`, `\"`) + `"`
	}
	escaped = strings.ReplaceAll(escaped, `"""`, `\"\"\"`)
	if last := strings.TrimSuffix(escaped, `"`); last != escaped {
		escaped = last + `\"`
	}
	return `"""` + escaped + `"""`
}
