package migration

import (
	"bytes"
	"fmt"
	"path"
	"regexp"
	"strings"
)

// Dbmate is github.com/amacneil/dbmate, v2. Measured by running dbmate 2.36.0
// against PostgreSQL with log_statement=all.
var Dbmate = &Runner{
	Name:      "dbmate",
	Detect:    detectDirective("dbmate", "-- migrate:up", func(base string) bool { return dbmateName.MatchString(base) }),
	ParseName: parseDbmateName,
	NameOf:    numberedName("%05d_%s.sql"),
	Skips: func(base string) string {
		if path.Ext(base) == ".sql" {
			return "dbmate reads only names that begin with a digit"
		}
		return ""
	},
	Less:               func(a, b FileName) bool { return a.Base < b.Base },
	Duplicate:          "dbmate fails at the second (23505), or passes over it when the first is already applied",
	Applied:            "dbmate knows an applied migration by its version and never executes it again",
	Late:               "dbmate executes it after %s where that is applied, and before it in a new database",
	LateRuns:           true,
	RefusesEnded:       true,
	RecordsInside:      true,
	EmptyPathIsPublic:  true,
	Split:              splitDbmate,
	Draft:              draftDbmate,
	WithoutTransaction: "write -- migrate:up transaction:false",
	noTransaction:      onDirective("dbmate", "transaction:false"),
}

var (
	dbmateName      = regexp.MustCompile(`^(\d+)(.*)\.sql$`)
	dbmateDirective = regexp.MustCompile(`(?m)^--\s*migrate:(up|down)(\s*$|\s+\S+)`)
	dbmateStripped  = regexp.MustCompile(`^--\s*migrate:(up|down)`)
	// dbmateNoTransaction matches what was meant to be transaction:false.
	dbmateNoTransaction = regexp.MustCompile(`(?i)\btransaction\W+(false|off|no|0)\b|\bno-?transaction\b`)
	// dbmateAlmost matches comment lines that look like directives.
	dbmateAlmost = regexp.MustCompile(`(?i)^--\s*(migrate\s*:\s*(up|down)\b|transaction\s*:\s*false)`)
)

func parseDbmateName(base string) (FileName, bool) {
	m := dbmateName.FindStringSubmatch(base)
	if m == nil {
		return FileName{}, false
	}
	return FileName{Base: base, Version: m[1], Name: strings.TrimLeft(m[2], "_-")}, true
}

func splitDbmate(f *File, _ FileName) ([]Section, []Problem) {
	d := &dbmateParser{file: f}
	bom := byteOrderMarkIn(f)
	if bom > 0 {
		d.refuse(Range{0, bom}, "dbmate does not know a byte order mark: it takes the first line for SQL before -- migrate:up", "save the file without it")
	}
	found := dbmateDirective.FindAllSubmatchIndex(f.Source[bom:], -1)
	starts := make(map[int]bool, len(found))
	for i, m := range found {
		end := len(f.Source)
		if i+1 < len(found) {
			end = bom + found[i+1][0]
		}
		direction := Up
		if string(f.Source[bom+m[2]:bom+m[3]]) == "down" {
			direction = Down
		}
		start := bom + m[0]
		starts[start] = true
		d.section(direction, Range{start, end})
	}
	d.overlooked(starts)
	d.order()
	d.cutApart()
	d.header(starts)
	if len(d.sections) == 0 {
		whole := Range{0, len(f.Source)}
		d.sections = []Section{{Range: whole, Scope: TransactionPerMigration, Messages: []Range{whole}}}
	}
	// Comments above the first directive belong to its section.
	d.sections[0].Pos = 0
	return d.sections, d.problemList
}

type dbmateParser struct {
	file     *File
	sections []Section
	problemList
}

// section adds one block. dbmate sends it as one message, directive included.
func (d *dbmateParser) section(direction Direction, at Range) {
	line := at
	if i := bytes.IndexByte(d.file.Source[at.Pos:at.End], '\n'); i >= 0 {
		line.End = at.Pos + i
	}
	line = trimmed(d.file.Source, line)
	s := Section{
		Range:     at,
		Direction: direction,
		Scope:     TransactionPerMigration,
		Messages:  []Range{at},
		Masked:    []Range{line},
	}
	if d.options(line)["transaction"] == "false" {
		s.Scope = SimpleQuery
	}
	d.sections = append(d.sections, s)
}

// options reads the key:value pairs of a directive as dbmate does, and reports
// those without effect.
func (d *dbmateParser) options(line Range) map[string]string {
	options := map[string]string{}
	text := string(dbmateStripped.ReplaceAll(d.file.Source[line.Pos:line.End], nil))
	for word := range strings.FieldsSeq(text) {
		key, value, ok := strings.Cut(word, ":")
		if !ok || strings.Contains(value, ":") {
			continue
		}
		options[key] = value
		if value != "" && key != "" && !strings.EqualFold(key, "transaction") && !strings.HasPrefix(value, "//") {
			d.problem(line, fmt.Sprintf("the option %s has no effect: dbmate knows transaction:false only", word), "remove it")
		}
	}
	if options["transaction"] != "false" && dbmateNoTransaction.MatchString(text) {
		d.problem(line, "the option has no effect, the section runs in a transaction: dbmate knows transaction:false, in lower case and without blanks", "write transaction:false")
	}
	return options
}

// order checks that ups and downs alternate, and that there is one of each:
// dbmate reads several pairs, but records the version after each up.
func (d *dbmateParser) order() {
	ups := 0
	for i, s := range d.sections {
		at := s.Masked[0]
		follows := Up // what must stand before
		if s.Direction == Up {
			ups++
			follows = Down
		}
		switch {
		case s.Direction == Up && (i+1 == len(d.sections) || d.sections[i+1].Direction == Up):
			if d.meantDown(s.Range) {
				continue
			}
			d.refuse(at, "dbmate refuses a -- migrate:up without a -- migrate:down after it", "add -- migrate:down, which may be empty")
		case s.Direction == Down && (i == 0 || d.sections[i-1].Direction != follows):
			d.refuse(at, "dbmate refuses a -- migrate:down without a -- migrate:up before it", "write -- migrate:up before it")
		case s.Direction == Up && ups == 2:
			d.refuse(at, "dbmate fails here with a unique violation (23505): it records the version after each -- migrate:up", "move the pair into a migration of its own")
		}
	}
	if ups == 0 {
		d.refuse(Range{}, "dbmate refuses a file without -- migrate:up at the beginning of a line", "write -- migrate:up above the statements")
	}
}

// cutApart reports directives inside a quote or block comment: dbmate ends the
// section there.
func (d *dbmateParser) cutApart() {
	open := false
	for _, s := range d.sections {
		if open {
			d.refuse(s.Masked[0], "dbmate reads the directive although it stands inside a quoted text or comment, and PostgreSQL refuses the pieces", "indent the line, or remove it")
		}
		// The piece behind the directive ends inside a quote too: its own.
		open = !open && endsInsideQuote(d.file.Source[s.Pos:s.End])
	}
}

// header reports SQL above the first directive. Only lines that are blank or
// begin with -- may stand there.
func (d *dbmateParser) header(starts map[int]bool) {
	if len(d.sections) == 0 {
		return
	}
	for pos, line := range eachLine(bytes.TrimPrefix(d.file.Source, byteOrderMark)) {
		pos += byteOrderMarkIn(d.file)
		if starts[pos] {
			return
		}
		if len(bytes.TrimSpace(line)) > 0 && !isCommentLine(line) {
			d.refuse(trimmed(d.file.Source, Range{pos, pos + len(line)}), "dbmate refuses a file with anything but -- comments above -- migrate:up", "move the line below -- migrate:up")
			return
		}
	}
}

// meantDown makes a refusal of what overlooked has reported where a section has one
// that looks like -- migrate:down: another one behind it would let dbmate execute what
// stands between with the up.
func (d *dbmateParser) meantDown(section Range) bool {
	for i, p := range d.problemList {
		m := dbmateAlmost.FindSubmatch(d.file.Source[p.Pos:p.End])
		if section.Pos <= p.Pos && p.Pos < section.End && m != nil && bytes.EqualFold(m[2], []byte("down")) {
			d.problemList[i].Refused = true
			d.problemList[i].Message = "dbmate refuses a -- migrate:up without a -- migrate:down after it, and reads this one only in lower case and at the beginning of a line"
			d.problemList[i].Fix = "write it so"
			return true
		}
	}
	return false
}

// overlooked reports comment lines that look like directives and are none.
func (d *dbmateParser) overlooked(starts map[int]bool) {
	for pos, line := range eachCommentLine(d.file.Source) {
		text := bytes.TrimSpace(bytes.TrimPrefix(line, byteOrderMark))
		if starts[pos] || starts[pos+len(byteOrderMark)] || !bytes.ContainsAny(line, ":") || !dbmateAlmost.Match(text) {
			continue
		}
		at := trimmed(d.file.Source, Range{pos, pos + len(line)})
		d.problem(at, fmt.Sprintf("`%s` has no effect: dbmate reads -- migrate:up and -- migrate:down, with their options, only in lower case and at the beginning of a line", text), "write it so, or remove it")
	}
}

func draftDbmate(statements []string, noTransaction bool) []string {
	if !noTransaction {
		return []string{"-- migrate:up\n" + terminated(statements) + "\n-- migrate:down\n"}
	}
	var files []string
	for _, s := range statements {
		files = append(files, "-- migrate:up transaction:false\n"+terminate(s)+"\n\n-- migrate:down\n")
	}
	return files
}
