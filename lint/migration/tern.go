package migration

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	template "text/template/parse"
	"unicode"
	"unicode/utf8"
)

// Tern is github.com/jackc/tern, v2. Facts are from its source (v2.3.4:
// migrate/migrate.go, migrate/internal/sqlsplit) and from running it. Templates are
// not executed: what stands in {{ }} is a placeholder.
var Tern = &Runner{
	Name:      "tern",
	Detect:    detectTern,
	Tree:      true,
	Configure: configureTern,
	ParseName: parseTernName,
	NameOf:    numberedName("%03d_%s.sql"),
	Skips: func(name string) string {
		switch {
		case path.Ext(name) != ".sql":
			return ""
		case path.Dir(name) != ".":
			return "tern reads files in directories inside only where a migration names them as a template"
		}
		return "tern reads only names that begin with a number and _"
	},
	Less:           func(a, b FileName) bool { return numericVersion(a.Version) < numericVersion(b.Version) },
	Duplicate:      "tern refuses the whole directory",
	Applied:        "tern records the newest version alone and never executes an older file again",
	Late:           "tern never executes it where %s is applied, and says nothing",
	ResetsSettings: true,
	RecordsInside:  true,
	LeftOpen:       "tern reports success, and what follows is rolled back with the record of the migration, unless the next one commits",
	Split:          splitTern,
	Draft: func(statements []string, noTransaction bool) []string {
		if noTransaction {
			return []string{TernDisableTx + "\n" + terminated(statements)}
		}
		return []string{terminated(statements)}
	},
	WithoutTransaction: "write " + TernDisableTx + " on a line of its own",
	noTransaction: func(f *File, s Section) (int, string) {
		return trimmed(f.Source, s.Range).Pos, TernDisableTx + "\n"
	},
}

// What tern looks for in a file: the text between the way up and the way down, and the
// line of a section that it executes outside a transaction.
const (
	TernMarker    = "---- create above / drop below ----"
	TernDisableTx = "---- tern: disable-tx ----"
)

const ternConf = "tern.conf"

var ternName = regexp.MustCompile(`^([0-9]+)_(.+)\.sql$`)

func parseTernName(name string) (FileName, bool) {
	m := ternName.FindStringSubmatch(name)
	if m == nil || strings.Contains(name, "/") {
		return FileName{}, false
	}
	version := strings.TrimLeft(m[1], "0")
	if version == "" {
		version = "0"
	}
	return FileName{Base: name, Version: version, Name: m[2]}, true
}

// detectTern: a migration that cannot be taken back has no mark, but tern's own
// directories have its configuration.
func detectTern(fsys fs.FS, dir string, files []string) string {
	isTern := func(name string) bool {
		_, ok := parseTernName(name)
		return ok && !golangMigrateName.MatchString(name)
	}
	if i := slices.IndexFunc(files, isTern); i >= 0 && slices.Contains(files, ternConf) {
		return ternConf + " is there"
	}
	return detectDirective("tern", TernMarker, isTern)(fsys, dir, files)
}

// configureTern finds what FindMigrations refuses in the numbers of the files.
func configureTern(r Runner, _ fs.FS, _ string, files []string) (*Runner, error) {
	versions := map[int64]bool{}
	for _, name := range files {
		if n, ok := parseTernName(name); ok {
			versions[numericVersion(n.Version)] = true
		}
	}
	gap := int64(1) // the first number that is missing
	for versions[gap] {
		gap++
	}
	behindGap := func(version int64) bool { // it is the first one behind it
		for v := range versions {
			if gap < v && v < version {
				return false
			}
		}
		return gap < version
	}
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		sections, problems := splitTern(f, n)
		refuse := func(message, fix string) {
			problems = append(problems, Problem{Refused: true, Message: message, Fix: fix})
		}
		version := numericVersion(n.Version)
		switch _, err := strconv.ParseInt(n.Version, 10, 32); {
		case errors.Is(err, strconv.ErrRange):
			refuse("tern refuses the whole directory: "+n.Version+" is more than its versions can be", "number the migrations from 1, without a gap")
		case version == 0:
			refuse("tern refuses the whole directory, with a panic: its versions begin with 1", "number the migrations from 1, without a gap")
		case behindGap(version):
			refuse(fmt.Sprintf("tern refuses the whole directory: there is no migration %d", gap), "number the migrations from 1, without a gap")
		}
		return sections, problems
	}
	return &r, nil
}

// splitTern cuts a file where LoadMigrations does: at the first marker, wherever it
// stands.
func splitTern(f *File, _ FileName) ([]Section, []Problem) {
	t := &ternParser{file: f, problemList: byteOrderMarkSent(f, "tern")}
	up, down := Range{0, len(f.Source)}, Range{}
	i := bytes.Index(f.Source, []byte(TernMarker))
	if i >= 0 {
		up.End, down = i, Range{i + len(TernMarker), len(f.Source)}
		if endsInsideQuote(f.Source[:i]) {
			t.sent(Range{i, down.Pos}, "tern ends the up migration at the marker although it stands inside a quoted text or comment, and PostgreSQL refuses the pieces", "remove it")
		}
	}
	t.section(Up, up)
	if !ternHasSQL(f.Source[up.Pos:up.End]) {
		t.refuse(trimmed(f.Source, up), "tern refuses the whole directory: the file has nothing but comments above "+TernMarker, "write a statement, such as SELECT 1")
	}
	if at := trimmed(f.Source, down); at.Pos < at.End { // else it cannot be taken back
		t.section(Down, down)
	}
	t.overlooked(i)
	return t.sections, t.problemList
}

type ternParser struct {
	file     *File
	sections []Section
	problemList
}

var ternDisableTxLine = regexp.MustCompile(`(?m)^` + TernDisableTx + `$`)

// section adds the text of one direction, which tern sends as one message unless
// the text has the directive.
func (t *ternParser) section(direction Direction, at Range) {
	text := trimmed(t.file.Source, at)
	source := t.file.Source[text.Pos:text.End]
	s := Section{Range: at, Direction: direction, Scope: TransactionPerMigration, Messages: []Range{text}}
	if lines := ternDisableTxLine.FindAllIndex(source, -1); lines != nil {
		s.Scope, s.Messages = Autocommit, nil
		for _, m := range lines {
			s.Masked = append(s.Masked, Range{text.Pos + m[0], text.Pos + m[1]})
		}
		messages, read := ternStatements(string(source))
		for _, m := range messages {
			s.Messages = append(s.Messages, Range{text.Pos + m.Pos, text.Pos + m.End})
		}
		t.cutApart(s, text)
		if rest, ok := sqlIn(t.file.Source, Range{text.Pos + read, text.End}); ok {
			t.problem(rest, "tern executes nothing from here on: it takes the character before for the end of the file", "remove the character, which is no UTF-8 or U+FFFD")
		}
	}
	t.sections = append(t.sections, s)
	t.template(text)
}

// cutApart reports statements that tern's own splitter ends too early.
func (t *ternParser) cutApart(s Section, text Range) {
	ends := map[int]bool{}
	for _, m := range s.Messages {
		ends[m.End] = true
	}
	split := splitter{text: bytes.Clone(t.file.Source[:text.End])}
	split.emit = func(p piece) {
		if len(p.tokens) == 0 {
			return
		}
		first, last := p.tokens[0], p.tokens[len(p.tokens)-1]
		for _, token := range p.tokens[:len(p.tokens)-1] {
			if isByte(split.text, token, ';') && ends[token.End] {
				t.sent(Range{first.Pos, last.End}, "tern cuts the statement apart at each semicolon outside of quotes, and PostgreSQL refuses the pieces", "write the body as a quoted text, or the statement into a migration without "+TernDisableTx)
				return
			}
		}
	}
	split.cut(text, false)
}

var ternTemplateError = regexp.MustCompile(`^template: [^:]*:(\d+)(?::\d+)?: (?s:(.*))$`)

// template reports {{ that Go's templates do not accept.
func (t *ternParser) template(at Range) {
	source := string(t.file.Source[at.Pos:at.End])
	if !strings.Contains(source, "{{") {
		return
	}
	tree := template.New("tern")
	tree.Mode = template.SkipFuncCheck
	_, err := tree.Parse(source, "", "", map[string]*template.Tree{})
	if err == nil {
		return
	}
	place, reason := Range{at.Pos + strings.Index(source, "{{"), at.End}, err.Error()
	if m := ternTemplateError.FindStringSubmatch(reason); m != nil {
		reason = m[2]
		number, _ := strconv.Atoi(m[1])
		line := t.file.LineRange(t.file.Position(at.Pos).Line + number - 1)
		place = trimmed(t.file.Source, Range{max(line.Pos, at.Pos), min(max(line.End, at.Pos), at.End)})
	}
	t.refuse(place, fmt.Sprintf("tern refuses the whole directory: it reads {{ as a template of Go (%s)", reason), "put a blank between the braces")
}

var (
	ternAlmostMarker    = regexp.MustCompile(`(?i)^--[\s-]*create above\s*/?\s*drop below\b`)
	ternAlmostDisableTx = regexp.MustCompile(`(?i)^--[\s-]*tern:?\s*disable[-_ ]?tx\b`)
)

// overlooked reports comment lines that look like directives and are none. marker
// is where the file has its marker.
func (t *ternParser) overlooked(marker int) {
	effective := map[int]bool{}
	for _, s := range t.sections {
		for _, m := range s.Masked {
			effective[m.Pos] = true
		}
	}
	for pos, line := range eachCommentLine(t.file.Source) {
		at := trimmed(t.file.Source, Range{pos, pos + len(line)})
		text := t.file.Source[at.Pos:at.End]
		switch {
		case marker >= at.Pos && marker < at.End || effective[at.Pos]:
		case ternAlmostMarker.Match(text) && marker >= 0:
			t.problem(at, "the line has no effect: tern cuts a file at the first "+TernMarker, "remove it")
		case ternAlmostMarker.Match(text):
			t.problem(at, "the line has no effect, and what stands below it is executed on the way up: tern cuts a file at "+TernMarker, "write "+TernMarker)
		case string(text) == TernDisableTx && bytes.HasSuffix(t.file.Source[pos:min(len(t.file.Source), pos+len(line)+1)], []byte("\r")):
			t.problem(at, "the line has no effect, the section runs in a transaction: it ends in CR LF, and tern wants LF", "save the file with LF")
		case ternAlmostDisableTx.Match(text):
			t.problem(at, "the line has no effect, the section runs in a transaction: tern reads only "+TernDisableTx+", without blanks around it", "write "+TernDisableTx)
		}
	}
}

// ternHasSQL reports whether a line is neither blank nor a -- comment.
func ternHasSQL(text []byte) bool {
	for _, line := range eachLine(text) {
		if len(bytes.TrimSpace(line)) > 0 && !isCommentLine(line) {
			return true
		}
	}
	return false
}

// ternStatements is sqlsplit.Split, which ends a statement at each semicolon
// outside of quotes and comments. It takes an invalid character for the end of the
// text; read is where it stopped.
func ternStatements(text string) (messages []Range, read int) {
	s := ternSplitter{text: text}
	for s.step() {
	}
	s.end()
	if len(s.messages) == 0 {
		s.messages = []Range{{0, len(text)}}
	}
	return s.messages, min(s.pos, len(text))
}

type ternSplitter struct {
	text       string
	start, pos int
	messages   []Range
}

func (s *ternSplitter) end() {
	if r := trimmed([]byte(s.text), Range{s.start, s.pos}); r.Pos < r.End {
		s.messages = append(s.messages, r)
	}
	s.start = s.pos
}

func (s *ternSplitter) next() rune {
	r, width := utf8.DecodeRuneInString(s.text[s.pos:])
	s.pos += width
	return r
}

func (s *ternSplitter) accept(b byte) bool {
	if s.pos < len(s.text) && s.text[s.pos] == b {
		s.pos++
		return true
	}
	return false
}

// step reads a character, or what it opens. It returns false at the end.
func (s *ternSplitter) step() bool {
	switch r := s.next(); r {
	case 'e', 'E':
		return !s.accept('\'') || s.quoted('\'', '\\')
	case '\'', '"':
		return s.quoted(r, -1)
	case '$':
		if tag, ok := ternDollarTag(s.text[s.pos:]); ok {
			s.pos += len(tag) + 1
			return s.dollarQuoted(tag)
		}
	case ';':
		s.end()
	case '-':
		return !s.accept('-') || s.lineComment()
	case '/':
		return !s.accept('*') || s.blockComment()
	case utf8.RuneError:
		return false
	}
	return true
}

func (s *ternSplitter) quoted(quote, escape rune) bool {
	for {
		switch r := s.next(); {
		case r == utf8.RuneError:
			return false
		case r == escape:
			s.next()
		case r == quote && !s.accept(byte(quote)):
			return true
		}
	}
}

// dollarQuoted passes over the character behind a $ that does not end the text, as
// sqlsplit does.
func (s *ternSplitter) dollarQuoted(opening string) bool {
	for {
		switch s.next() {
		case utf8.RuneError:
			return false
		case '$':
			if tag, ok := ternDollarTag(s.text[s.pos:]); ok && tag == opening {
				s.pos += len(tag) + 1
				return true
			}
			s.pos = min(s.pos+1, len(s.text))
		}
	}
}

func ternDollarTag(text string) (tag string, ok bool) {
	for i, r := range text {
		switch {
		case r == '$':
			return text[:i], true
		case !unicode.IsLetter(r) && r != '_' && (i == 0 || r < '0' || r > '9'):
			return "", false
		}
	}
	return "", false
}

// lineComment: a backslash hides the character behind it, the end of the line too.
func (s *ternSplitter) lineComment() bool {
	for {
		switch s.next() {
		case utf8.RuneError:
			return false
		case '\\':
			s.next()
		case '\n', '\r':
			return true
		}
	}
}

func (s *ternSplitter) blockComment() bool {
	for nested := 0; ; {
		switch s.next() {
		case utf8.RuneError:
			return false
		case '/':
			if s.accept('*') {
				nested++
			}
		case '*':
			if !s.accept('/') {
				continue
			}
			if nested == 0 {
				return true
			}
			nested--
		}
	}
}
