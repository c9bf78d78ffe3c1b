package migration

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// SQLMigrate is github.com/rubenv/sql-migrate. Facts are from its source
// (v1.8.1: sqlparse/sqlparse.go, migrate.go) and from running it with lib/pq, the
// driver of its command.
var SQLMigrate = &Runner{
	Name:           "sql-migrate",
	Detect:         detectDirective("sql-migrate", "-- +migrate Up", func(base string) bool { return path.Ext(base) == ".sql" }),
	ParseName:      parseSQLMigrateName,
	NameOf:         numberedName("%05d_%s.sql"),
	Skips:          func(string) string { return "" },
	Less:           lessSQLMigrate,
	Applied:        "sql-migrate knows an applied migration by the name of its file and never executes it again",
	Late:           "sql-migrate executes it after %s where that is applied, and before it in a new database",
	LateRuns:       true,
	MayRefuseEnded: true,
	RecordsInside:  true,
	RecordsOnPath:  "gorp_migrations",
	Split:          splitSQLMigrate,
	Draft: func(statements []string, noTransaction bool) []string {
		up := "-- +migrate Up"
		if noTransaction {
			up += " notransaction"
		}
		return []string{up + "\n" + inBlocks(statements, "-- +migrate ")}
	},
	WithoutTransaction: "write -- +migrate Up notransaction",
	noTransaction:      onDirective("sql-migrate", "notransaction"),
}

// sqlMigrateMaxLine is the scanner's buffer: a line that fills it is an error.
const sqlMigrateMaxLine = 1 << 20

func parseSQLMigrateName(base string) (FileName, bool) {
	if !strings.HasSuffix(base, ".sql") {
		return FileName{}, false
	}
	name := strings.TrimLeft(strings.TrimLeft(base, "0123456789"), "_-")
	return FileName{Base: base, Version: base, Name: strings.TrimSuffix(name, ".sql")}, true
}

// lessSQLMigrate is Migration.Less. A number that stands alone is equal to each
// name that begins with it.
func lessSQLMigrate(a, b FileName) bool {
	na, aNumbered := leadingNumber(a.Base)
	nb, bNumbered := leadingNumber(b.Base)
	switch {
	case aNumbered != bNumbered:
		return aNumbered
	case aNumbered && na != nb:
		return na < nb
	case isNumber(a.Base) || isNumber(b.Base):
		return false
	}
	return a.Base < b.Base
}

func leadingNumber(base string) (int64, bool) {
	digits := leadingDigits(base)
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n, digits != ""
}

func leadingDigits(base string) string {
	return base[:len(base)-len(strings.TrimLeft(base, "0123456789"))]
}

// splitSQLMigrate cuts a file as sqlparse.ParseMigration does, line by line.
// Where that stops with an error it goes on, and reads the line as it was meant.
// It gathers the parts of a direction: they are one section.
func splitSQLMigrate(f *File, name FileName) ([]Section, []Problem) {
	p := &sqlMigrateParser{file: f, sections: []Section{{Messages: []Range{}}}}
	if _, err := strconv.ParseInt(leadingDigits(name.Base), 10, 64); errors.Is(err, strconv.ErrRange) {
		p.refuse(Range{}, fmt.Sprintf("sql-migrate panics at a number beyond %d where it compares it with that of another file", math.MaxInt64), "begin the name with a smaller number")
	}
	for pos, line := range eachLine(f.Source) {
		p.line(Range{pos, pos + len(line)}, line)
	}
	p.end()
	var sections []Section
	for _, part := range p.sections {
		i := slices.IndexFunc(sections, func(s Section) bool { return s.Direction == part.Direction })
		if i < 0 {
			part.Scope = TransactionPerMigration
			if p.noTransaction[part.Direction] {
				part.Scope = Autocommit
			}
			part.Parts = []Range{part.Range}
			sections = append(sections, part)
			continue
		}
		s := &sections[i]
		s.End = part.End
		s.Parts = append(s.Parts, part.Range)
		s.Messages = append(s.Messages, part.Messages...)
		s.Masked = append(s.Masked, part.Masked...)
	}
	return sections, p.problemList
}

type sqlMigrateParser struct {
	file *File

	begun   bool  // an Up or Down was seen
	block   Range // the open StatementBegin line; empty outside
	buffer  Range // the lines of the next message
	solid   bool  // one of them is not blank
	cut     bool  // between two pieces of a statement that is cut apart
	refused bool

	noTransaction [2]bool   // by Direction
	sections      []Section // in parts
	problemList
}

func (p *sqlMigrateParser) line(at Range, line []byte) {
	words := trimmed(p.file.Source, at)
	if len(line) >= sqlMigrateMaxLine {
		p.refuse(words, "sql-migrate refuses a file with a line of 1 MB or more", "break the line")
	}
	directive := bytes.HasPrefix(line, []byte("-- +"))
	switch {
	case bytes.HasPrefix(line, []byte("-- +migrate ")):
		p.directive(words, strings.Fields(string(line[len("-- +migrate "):])))
	case bytes.Contains(line, []byte("igrate")) || bytes.Contains(line, []byte("IGRATE")):
		p.overlooked(words)
	}
	switch {
	case directive:
		s := &p.sections[len(p.sections)-1]
		s.Masked = append(s.Masked, words)
		return
	case bytes.HasPrefix(line, []byte("-- ")): // sql-migrate drops it, wherever it stands
		return
	case !p.begun:
		return
	case !p.solid:
		p.buffer.Pos = words.Pos
	}
	p.solid = p.solid || words.Pos < words.End
	p.buffer.End = words.End
	if p.block.End == 0 && gooseEndsStatement(line) {
		p.checkCut()
		p.send()
	}
}

// directive executes a line that begins with -- +migrate.
func (p *sqlMigrateParser) directive(at Range, words []string) {
	if len(words) == 0 {
		p.refuse(at, "sql-migrate refuses -- +migrate without a directive", "write Up, Down, StatementBegin or StatementEnd behind it, or remove the line")
		return
	}
	switch words[0] {
	case "Up":
		p.begin(Up, at, words[1:])
	case "Down":
		p.begin(Down, at, words[1:])
	case "StatementBegin":
		switch {
		case !p.begun:
			p.problem(at, "the directive has no effect: sql-migrate knows no StatementBegin above -- +migrate Up", "move it below")
		case p.block.End > 0:
			p.problem(at, "the directive has no effect: another StatementBegin is open", "end each block with -- +migrate StatementEnd")
		default:
			p.block = at
		}
	case "StatementEnd":
		if p.block.End == 0 {
			p.problem(at, "the directive has no effect: no StatementBegin is open", "remove it")
			return
		}
		p.block = Range{}
		p.send()
	default:
		p.problem(at, fmt.Sprintf("the line has no effect: sql-migrate passes over the unknown directive %q", words[0]), "write one of Up, Down, StatementBegin, StatementEnd after +migrate, in this case, or remove the line")
	}
}

// sqlMigrateNoTransaction matches what was meant to be notransaction.
var sqlMigrateNoTransaction = regexp.MustCompile(`(?i)^no[-_:]?(transaction|tx)\W*$|^transaction\W*(false|off|no)`)

func (p *sqlMigrateParser) begin(direction Direction, at Range, options []string) {
	p.flush()
	if above, ok := sqlIn(p.file.Source, Range{byteOrderMarkIn(p.file), at.Pos}); ok && !p.begun {
		p.problem(above, fmt.Sprintf("sql-migrate drops what stands above -- +migrate %s", [...]string{"Up", "Down"}[direction]), "move it below")
	}
	switch last := &p.sections[len(p.sections)-1]; {
	case !p.begun:
		last.Direction = direction
	case last.Direction != direction:
		if slices.ContainsFunc(p.sections, func(s Section) bool { return s.Direction == direction }) {
			way := [...]string{"Up", "Down"}[direction]
			p.problem(at, fmt.Sprintf("the directive divides nothing: sql-migrate executes what is below it right behind the first part under -- +migrate %s", way), "move it there")
		}
		last.End = at.Pos
		p.sections = append(p.sections, Section{Range: Range{Pos: at.Pos}, Direction: direction, Messages: []Range{}})
	}
	p.begun = true
	if strings.EqualFold(strings.Join(options, " "), "no transaction") {
		p.problem(at, "the words no transaction have no effect, the section runs in a transaction: sql-migrate knows notransaction, in one word", "write notransaction")
		return
	}
	for _, o := range options {
		switch {
		case o == "notransaction":
			p.noTransaction[direction] = true
		case sqlMigrateNoTransaction.MatchString(o):
			p.problem(at, fmt.Sprintf("the option %s has no effect, the section runs in a transaction: sql-migrate knows notransaction, in lower case", o), "write notransaction")
		default:
			p.problem(at, fmt.Sprintf("the option %s has no effect: sql-migrate knows notransaction only", o), "remove it")
		}
	}
}

// sqlIn returns the part of the range that is neither blank nor a comment.
func sqlIn(source []byte, r Range) (Range, bool) {
	tokens := slices.DeleteFunc(Scan(source[r.Pos:max(r.Pos, r.End)], r.Pos), Token.isComment)
	if len(tokens) == 0 {
		return Range{}, false
	}
	return Range{tokens[0].Pos, tokens[len(tokens)-1].End}, true
}

// flush ends the last message of a section, which must be empty.
func (p *sqlMigrateParser) flush() {
	if p.solid {
		switch {
		case p.block.End > 0 && p.begun:
			p.refuse(p.block, "sql-migrate refuses a StatementBegin without StatementEnd", "write -- +migrate StatementEnd after the statement")
		case onlyComments(p.file.Source[p.buffer.Pos:p.buffer.End]):
			p.refuse(p.buffer, "sql-migrate takes this comment for a statement without its ;: it knows only comments that begin a line with -- and a blank", "begin the line with -- and a blank")
		default:
			p.refuse(p.buffer, "sql-migrate refuses the statement, because none of its lines ends in ;", "put the ; last on its line; only a -- comment may follow")
		}
	}
	p.send()
	p.cut = false
}

func (p *sqlMigrateParser) end() {
	block := p.block
	p.flush()
	if block.End > 0 && !p.refused {
		p.refuse(block, "sql-migrate refuses a StatementBegin without StatementEnd", "write -- +migrate StatementEnd after the statement")
	}
	if !p.begun {
		p.refuse(Range{}, "sql-migrate refuses a file without -- +migrate Up or -- +migrate Down at the beginning of a line", "begin the file with -- +migrate Up")
	}
	p.sections[len(p.sections)-1].End = len(p.file.Source)
}

// send ends the current message.
func (p *sqlMigrateParser) send() {
	if p.solid {
		s := &p.sections[len(p.sections)-1]
		s.Messages = append(s.Messages, p.buffer)
	}
	p.solid = false
}

// checkCut reports a statement that sql-migrate cuts apart, as goose does.
func (p *sqlMigrateParser) checkCut() {
	if !endsInsideQuote(p.file.Source[p.buffer.Pos:p.buffer.End]) {
		return
	}
	p.cut = !p.cut
	if p.cut {
		p.problemList = append(p.problemList, Problem{
			Range:    p.buffer,
			Refused:  true,
			Message:  "sql-migrate cuts the statement apart at the first line that ends in ;, and PostgreSQL refuses the pieces",
			Fix:      "put it between -- +migrate StatementBegin and -- +migrate StatementEnd",
			byServer: true,
		})
	}
}

var sqlMigrateAlmost = regexp.MustCompile(`(?i)^--[\s-]*\+?\s*migrate:?\s+(up|down|statement\s*begin|statement\s*end)\b`)

// overlooked reports comments that look like directives and are none.
func (p *sqlMigrateParser) overlooked(at Range) {
	text := p.file.Source[at.Pos:at.End]
	bom := bytes.HasPrefix(text, byteOrderMark)
	switch text = bytes.TrimSpace(bytes.TrimPrefix(text, byteOrderMark)); {
	case !sqlMigrateAlmost.Match(text):
	case bom && bytes.HasPrefix(text, []byte("-- +migrate ")):
		p.problem(at, "the directive has no effect: a byte order mark stands before it", "save the file without it")
	default:
		p.problem(at, "the line has no effect: sql-migrate reads only directives that begin a line with -- +migrate and a blank, in lower case", "write it so, or remove it")
	}
}

func (p *sqlMigrateParser) refuse(at Range, message, fix string) {
	p.refused = true
	p.problemList = append(p.problemList, Problem{Range: at, Refused: true, Message: message, Fix: fix})
}
