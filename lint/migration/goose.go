package migration

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Goose is github.com/pressly/goose, v3. Facts are from its source (v3.29.0:
// internal/sqlparser/parser.go, provider_collect.go, migrate.go) and from
// running it.
var Goose = &Runner{
	Name:               "goose",
	Detect:             detectGoose,
	ParseName:          parseGooseName,
	NameOf:             numberedName("%05d_%s.sql"),
	Skips:              gooseSkips,
	Less:               func(a, b FileName) bool { return numericVersion(a.Version) < numericVersion(b.Version) },
	Duplicate:          "goose refuses the whole directory",
	Applied:            "goose knows an applied migration by its version and never executes it again",
	Late:               "goose refuses to go on where %s is applied, unless it is called with -allow-missing",
	RecordsOnPath:      "goose_db_version",
	RecordsInside:      true,
	LeftOpen:           "goose reports success, and what follows is rolled back with the record of the migration",
	Split:              splitGoose,
	Draft:              draftGoose,
	ReadsGo:            true,
	WithoutTransaction: "write -- +goose NO TRANSACTION on a line of its own",
	noTransaction:      aboveDirectives("goose", "-- +goose NO TRANSACTION"),
}

// gooseMaxLine is the scanner's buffer: a longer line is an error.
const gooseMaxLine = 4 << 20

func parseGooseName(base string) (FileName, bool) {
	version, ok := gooseNumber(base)
	if !ok || path.Ext(base) != ".sql" {
		return FileName{}, false
	}
	_, name, _ := strings.Cut(base, "_")
	return FileName{
		Base:    base,
		Version: strconv.FormatInt(version, 10),
		Name:    strings.TrimSuffix(name, ".sql"),
	}, true
}

// gooseNumber is goose.NumericComponent.
func gooseNumber(base string) (int64, bool) {
	before, _, ok := strings.Cut(base, "_")
	n, err := strconv.ParseInt(before, 10, 64)
	return n, ok && err == nil && n >= 1
}

// numericVersion is for tools whose versions are numbers of 64 bits with a sign.
func numericVersion(version string) int64 {
	n, _ := strconv.ParseInt(version, 10, 64)
	return n
}

func gooseSkips(base string) string {
	if path.Ext(base) == ".sql" {
		return "goose reads only names that begin with a number and _; its command refuses the whole directory, its Provider passes over the file"
	}
	return ""
}

var detectGooseSQL = detectDirective("goose", "-- +goose Up", isGooseCandidate)

// detectGoose looks for the directive, and for Go code that registers migrations.
func detectGoose(fsys fs.FS, dir string, files []string) string {
	if why := detectGooseSQL(fsys, dir, files); why != "" {
		return why
	}
	for _, base := range files {
		if !IsGoMigration(base) {
			continue
		}
		source, err := fs.ReadFile(fsys, path.Join(dir, base))
		if err == nil && bytes.Contains(source, []byte(`"github.com/pressly/goose`)) {
			return base + " imports goose"
		}
	}
	return ""
}

// isGooseCandidate leaves out names that only golang-migrate's tools pair up:
// goose would refuse a directory with x.up.sql and x.down.sql.
func isGooseCandidate(base string) bool {
	_, ok := parseGooseName(base)
	return ok && !golangMigrateName.MatchString(base)
}

// splitGoose cuts a file as goose's parser does, line by line. Where goose
// stops with an error it goes on, and reads the line as it was meant.
func splitGoose(f *File, _ FileName) ([]Section, []Problem) {
	g := &gooseParser{file: f}
	g.sections[Up] = Section{Range: Range{0, len(f.Source)}, Messages: []Range{}}
	g.sections[Down] = Section{Direction: Down, Messages: []Range{}}
	for pos, line := range eachLine(f.Source) {
		g.line(Range{pos, pos + len(line)}, line)
	}
	g.end()

	scope := TransactionPerMigration
	if g.noTransaction {
		scope = Autocommit
	}
	g.sections[Up].Scope, g.sections[Down].Scope = scope, scope
	if g.direction == Up {
		return g.sections[:1], g.problemList
	}
	return g.sections[:], g.problemList
}

// gooseParser follows goose's state machine. Goose passes over a file once for
// each direction; the passes differ only in the lines that they keep, so one
// pass does both here.
type gooseParser struct {
	file *File

	direction     Direction // of the section that the line belongs to
	begun         bool      // an Up or Down was seen
	block         Range     // the open StatementBegin line; empty outside
	swallows      bool      // goose drops the next line, see statementEnd
	noTransaction bool
	envsub        bool

	// Lines of the next message: their range, whether there are any, and
	// whether one of them is not blank.
	buffer    Range
	buffering bool
	solid     bool
	// cut is true between two pieces of a statement that goose cuts apart.
	cut bool

	sections [2]Section // by Direction
	problemList
}

func (g *gooseParser) line(at Range, line []byte) {
	if at.Pos == 0 && bytes.HasPrefix(line, byteOrderMark) {
		g.refuse(Range{0, len(byteOrderMark)}, "goose does not know a byte order mark: it takes the first line for SQL before -- +goose Up", "save the file without it")
		at.Pos, line = len(byteOrderMark), line[len(byteOrderMark):]
	}
	words := trimmed(g.file.Source, at)
	if len(line) >= gooseMaxLine {
		g.refuse(words, "goose refuses a file with a line of 4 MB or more", "break the line")
	}
	if isCommentLine(line) && bytes.Contains(line, []byte("+goose")) {
		g.annotation(words, string(line))
		g.masked(words)
		return
	}
	g.overlooked(words, line)
	if !g.buffering && (len(line) == 0 || isCommentLine(line)) {
		return
	}
	if !g.begun {
		if words.Pos == words.End {
			return
		}
		if !g.buffering && len(g.sections[Up].Messages) == 0 {
			g.refuse(words, "goose refuses SQL before -- +goose Up", "begin the file with -- +goose Up")
		}
	}
	if g.swallows {
		g.swallows = false
		g.masked(words)
		if words.Pos < words.End {
			g.problem(words, "goose drops this line, because the StatementBegin block above it is empty", "remove the empty block")
		}
		return
	}
	if g.envsub {
		g.substitution(at, line)
	}
	if !g.buffering {
		g.buffering, g.buffer.Pos = true, at.Pos
	}
	g.buffer.End = at.End
	g.solid = g.solid || words.Pos < words.End
	if g.block.End == 0 && gooseEndsStatement(line) {
		g.checkCut()
		g.send()
	}
}

// annotation executes a line with +goose that begins with --, as
// extractAnnotation and ParseSQLMigration do.
func (g *gooseParser) annotation(at Range, line string) {
	if strings.HasPrefix(line, " ") || strings.HasPrefix(line, "\t") {
		g.refuse(at, "goose refuses a directive with blanks before it", "begin the line with --")
	}
	command := strings.ReplaceAll(line, "--", "")
	command = strings.Replace(command, "+goose", "", 1)
	switch command = strings.TrimSpace(command); strings.ToLower(command) {
	case "up":
		if g.begun {
			g.refuse(at, "goose refuses a second -- +goose Up", "remove it")
			return
		}
		g.send()
		g.begun = true
	case "down":
		g.down(at)
	case "statementbegin":
		if !g.begun || g.block.End > 0 {
			g.refuse(at, "goose refuses StatementBegin outside a section and inside another block", "put it after -- +goose Up, and end each block with -- +goose StatementEnd")
		}
		g.block, g.swallows = at, false
	case "statementend":
		g.statementEnd(at)
	case "no transaction":
		if g.direction == Down && !g.noTransaction {
			g.problem(at, "NO TRANSACTION counts for the whole file: Up runs without a transaction too", "write it above -- +goose Up if that is meant, else remove it")
		}
		g.noTransaction = true
	case "envsub on":
		g.envsub = true
	case "envsub off":
		g.envsub = false
	default:
		g.refuse(at, fmt.Sprintf("goose refuses the unknown directive %q", command), "write one of Up, Down, StatementBegin, StatementEnd, NO TRANSACTION, ENVSUB ON, ENVSUB OFF after +goose, or remove the line")
	}
}

func (g *gooseParser) down(at Range) {
	switch {
	case !g.begun:
		g.refuse(at, "goose refuses -- +goose Down without an Up before it", "begin the file with -- +goose Up")
	case g.direction == Down:
		g.refuse(at, "goose refuses a second -- +goose Down", "remove it")
		return
	case g.block.End > 0:
		g.refuse(g.block, "goose refuses a StatementBegin without StatementEnd before -- +goose Down", "write -- +goose StatementEnd after the statement")
	}
	g.flush()
	g.begun, g.direction, g.block, g.swallows = true, Down, Range{}, false
	g.sections[Up].End = at.Pos
	g.sections[Down].Range = Range{at.Pos, len(g.file.Source)}
}

// statementEnd sends the block. After an empty block goose stays in the state
// "statement ended", in which it drops the next line, until it has stored a
// statement.
func (g *gooseParser) statementEnd(at Range) {
	if g.block.End == 0 {
		g.refuse(at, "goose refuses StatementEnd without StatementBegin", "remove it")
		return
	}
	g.block = Range{}
	if !g.buffering {
		g.swallows = true
		return
	}
	g.send()
}

// flush ends the last message of a section or the file, which must be empty.
func (g *gooseParser) flush() {
	at := trimmed(g.file.Source, g.buffer)
	switch {
	case !g.solid || g.block.End > 0:
	case onlyComments(g.file.Source[at.Pos:at.End]):
		g.refuse(at, "goose takes this comment for a statement without its ;, because a line of blanks stands above it", "empty that line")
	default:
		g.refuse(at, "goose refuses the statement, because none of its lines ends in ;", "put the ; last on its line; only a -- comment may follow")
	}
	g.send()
	g.cut = false
}

func (g *gooseParser) end() {
	if !g.begun && !slices.ContainsFunc(g.problemList, func(p Problem) bool { return p.Refused }) {
		g.refuse(Range{}, "goose refuses a file without -- +goose Up", "begin the file with -- +goose Up")
	}
	if g.block.End > 0 {
		g.refuse(g.block, "goose refuses a StatementBegin without StatementEnd", "write -- +goose StatementEnd after the statement")
	}
	g.flush()
}

func onlyComments(text []byte) bool {
	for _, line := range eachLine(text) {
		if len(bytes.TrimSpace(line)) > 0 && !isCommentLine(line) {
			return false
		}
	}
	return true
}

// send ends the current message.
func (g *gooseParser) send() {
	if g.solid {
		s := &g.sections[g.direction]
		s.Messages = append(s.Messages, trimmed(g.file.Source, g.buffer))
	}
	g.buffering, g.solid = false, false
}

// checkCut reports a statement that goose cuts apart, because a line inside a
// quoted text ends in ;. The second piece ends inside a quote too.
func (g *gooseParser) checkCut() {
	if !endsInsideQuote(g.file.Source[g.buffer.Pos:g.buffer.End]) {
		return
	}
	g.cut = !g.cut
	if g.cut {
		g.sent(trimmed(g.file.Source, g.buffer), "goose cuts the statement apart at the first line that ends in ;, and PostgreSQL refuses the pieces", "put it between -- +goose StatementBegin and -- +goose StatementEnd")
	}
}

// endsInsideQuote reports whether the text ends inside a quote or a block
// comment.
func endsInsideQuote(text []byte) bool {
	if bytes.IndexByte(text, '$') < 0 && !bytes.Contains(text, []byte("/*")) &&
		bytes.Count(text, []byte("'"))%2 == 0 && bytes.Count(text, []byte(`"`))%2 == 0 {
		return false
	}
	tokens := Scan(text, 0)
	return len(tokens) > 0 && tokens[len(tokens)-1].Kind == Unterminated
}

// gooseEndsStatement is goose's endsWithSemicolon: the last word before one
// that begins with -- ends in a semicolon, quoted or not.
func gooseEndsStatement(line []byte) bool {
	last := ""
	for word := range strings.FieldsSeq(string(line)) {
		if strings.HasPrefix(word, "--") {
			break
		}
		last = word
	}
	return strings.HasSuffix(last, ";")
}

var (
	gooseInsideLine = regexp.MustCompile(`(?i)\+goose\s+(up|down|statementbegin|statementend|no transaction|envsub)\b`)
	gooseAlmost     = regexp.MustCompile(`(?i)^--[\s-]*\+?\s*goose:?\s+(up|down|statement\s*begin|statement\s*end|no[\s_]*transaction)[\s;]*$`)
)

// overlooked reports lines that look like directives and are none.
func (g *gooseParser) overlooked(at Range, line []byte) {
	if !bytes.Contains(line, []byte("oose")) && !bytes.Contains(line, []byte("OOSE")) {
		return
	}
	if isCommentLine(line) {
		if gooseAlmost.Match(bytes.TrimSpace(line)) {
			g.problem(at, "the line has no effect: goose reads only directives written +goose, in lower case", "write -- +goose before the directive")
		}
		return
	}
	if m := gooseInsideLine.FindIndex(g.file.Source[at.Pos:at.End]); m != nil {
		g.problem(Range{at.Pos + m[0], at.End}, "the directive has no effect: goose reads directives only at the beginning of a line, after --", "write it on a line of its own, beginning with --")
	}
}

// substitution reports what github.com/mfridman/interpolate makes of a line
// that the server does not expect: only ${NAME} and $NAME are variables.
func (g *gooseParser) substitution(at Range, line []byte) {
	for i := 0; i+1 < len(line); i++ {
		pair := string(line[i : i+2])
		here := Range{at.Pos + i, at.Pos + i + 2}
		switch {
		case pair == `\\` || pair == `\$` || pair == "$(":
			i++
		case pair == "$$":
			g.sent(here, "ENVSUB turns $$ into $, which PostgreSQL refuses", "write -- +goose ENVSUB OFF before the dollar-quoted text")
			return
		case pair == "${":
			// A placeholder, which parsing masks.
			i++
		case line[i] == '$' && line[i+1] < 0x80 && !isLetter(line[i+1]):
			g.refuse(here, "ENVSUB takes $ for a variable, and goose refuses a name that does not begin with a letter", "write -- +goose ENVSUB OFF before the line")
			return
		}
	}
}

func isLetter(b byte) bool { return 'a' <= b|0x20 && b|0x20 <= 'z' }

func (g *gooseParser) masked(at Range) {
	s := &g.sections[g.direction]
	s.Masked = append(s.Masked, at)
}

func draftGoose(statements []string, noTransaction bool) []string {
	head := "-- +goose Up\n"
	if noTransaction {
		head = "-- +goose NO TRANSACTION\n" + head
	}
	return []string{head + inBlocks(statements, "-- +goose ")}
}

// inBlocks writes statements for a tool that ends each at the first line that ends
// in a semicolon, unless StatementBegin and StatementEnd are around it.
func inBlocks(statements []string, directive string) string {
	var b strings.Builder
	for _, s := range statements {
		text := terminate(s) + "\n"
		if gooseKeepsWhole(text) {
			b.WriteString(text)
		} else {
			b.WriteString(directive + "StatementBegin\n" + text + directive + "StatementEnd\n")
		}
	}
	return b.String()
}

// gooseKeepsWhole reports whether goose sends the text as one message without
// a StatementBegin block.
func gooseKeepsWhole(text string) bool {
	source := []byte(text)
	for pos, line := range eachLine(source) {
		if gooseEndsStatement(line) {
			return len(bytes.TrimSpace(source[pos+len(line):])) == 0
		}
	}
	return false
}
