package migration

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Liquibase reads its changelogs in SQL; those in XML, YAML and JSON for the
// order of the files that they include or execute. Facts are from running 4.28, but
// for runWith:psql, which needs its Pro edition: the open one refuses the changelog.
var Liquibase = &Runner{
	Name:      "liquibase",
	Detect:    detectLiquibase,
	Tree:      true,
	Configure: configureLiquibase,
	ParseName: func(name string) (FileName, bool) { return liquibaseName(name), path.Ext(name) == ".sql" },
	NameOf:    numberedName("%05d_%s.sql"),
	Skips: func(name string) string {
		if isChangelogName(name) {
			return liquibaseNotSQL
		}
		return ""
	},
	Less:     func(a, b FileName) bool { return a.Base < b.Base },
	Applied:  "liquibase refuses to go on where it is applied, because the changeset's checksum differs",
	Late:     "liquibase executes it after %s where that is applied, and before it in a new database",
	LateRuns: true,
	Split:    splitLiquibase,
	Draft: func(statements []string, noTransaction bool) []string {
		const head = "--liquibase formatted sql\n\n"
		cut := slices.ContainsFunc(statements, func(s string) bool { return len(liquibaseDelimiters([]byte(s), "")) > 0 })
		switch {
		case !noTransaction && !cut:
			return []string{head + "--changeset AUTHOR:ID\n" + terminated(statements)}
		case !noTransaction:
			return []string{head + "--changeset AUTHOR:ID splitStatements:false\n" + terminated(statements)}
		case !cut:
			return []string{head + "--changeset AUTHOR:ID runInTransaction:false\n" + terminated(statements)}
		}
		text := head
		for i, s := range statements {
			text += fmt.Sprintf("--changeset AUTHOR:ID-%d runInTransaction:false splitStatements:false\n%s\n", i+1, terminate(s))
		}
		return []string{text}
	},
	WithoutTransaction: "write runInTransaction:false into the line of its --changeset",
	noTransaction:      onDirective("liquibase", "runInTransaction:false"),
	BeginsAgain:        true,
}

const liquibaseNotSQL = "liquibase has changes here that are not SQL and are not read; `liquibase update-sql | premortem lint -` judges what it executes"

func liquibaseName(name string) FileName {
	return FileName{Base: name, Version: strings.TrimSuffix(name, ".sql")}
}

// What liquibase reads in a line of its own, and what is meant so.
var (
	liquibaseHeader     = regexp.MustCompile(`(?i)^\s*--\s*liquibase\s*formatted`)
	liquibaseChangeset  = regexp.MustCompile(`(?i)^\s*--\s*changeset\s+("[^"]+"|[^:]+):\s*("[^"]+"|\S+)(.*)$`)
	liquibaseMeant      = regexp.MustCompile(`(?i)^\s*-?-\s*changeset\s`)
	liquibaseRollback   = regexp.MustCompile(`(?i)^\s*--\s*rollback\s(.*)$`)
	liquibaseBlock      = regexp.MustCompile(`(?i)^\s*/\*\s*liquibase\s+rollback\s*$`)
	liquibaseNoRollback = regexp.MustCompile(`(?i)^\s*(?:empty|not required)\s*$|^\s*changesetId:`)
	liquibaseIgnored    = regexp.MustCompile(`(?i)^\s*--\s*ignoreLines:(start|end|\d+)`)
	liquibaseAttribute  = regexp.MustCompile(`(?i)\b(runInTransaction|splitStatements|runOnChange|runAlways|ignore|dbms|runWith|endDelimiter|rollbackEndDelimiter|rollbackSplitStatements|stripComments):("[^"]*"|\S+)`)
	liquibaseNear       = regexp.MustCompile(`(?i)\brun_?in_?transaction\s*[:=]\s*(?:false|no|off)|\bno_?transaction\b`)
)

// splitLiquibase makes a section of every changeset, and one of its rollback.
// A file that is not formatted is one changeset, sent without being split.
func splitLiquibase(f *File, _ FileName) ([]Section, []Problem) {
	if isUpdateSQL(f.Source) {
		return splitUpdateSQL(f), nil
	}
	l := &liquibaseParser{file: f}
	header := false
	ignore, ignoring := 0, false
	for pos, line := range eachJavaLine(f.Source) {
		if pos == 0 {
			n := byteOrderMarkIn(f)
			pos, line = n, line[n:]
		}
		at := Range{pos, pos + len(line)}
		if !header {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if header = liquibaseHeader.Match(line); !header {
				whole := Section{Range: Range{0, len(f.Source)}, Scope: TransactionPerMigration}
				return []Section{whole}, nil
			}
			continue
		}
		switch m := liquibaseIgnored.FindSubmatch(line); {
		case m != nil && strings.EqualFold(string(m[1]), "start"):
			ignoring = true
		case m != nil && strings.EqualFold(string(m[1]), "end"):
			ignoring = false
		case m != nil:
			_, _ = fmt.Sscan(string(m[1]), &ignore)
			ignore++
		}
		if ignoring || ignore > 0 {
			ignore = max(0, ignore-1)
			l.mask(at)
			continue
		}
		l.line(at, line)
	}
	l.finish(len(f.Source))
	return l.result(header)
}

// result returns the sections; of a file without one, one that executes nothing.
func (l *liquibaseParser) result(header bool) ([]Section, []Problem) {
	if len(l.sections) == 0 && header && len(l.problems)+len(l.passed) == 0 {
		l.problems = append(l.problems, Problem{Message: "the file has no effect: liquibase executes only what follows a --changeset AUTHOR:ID", Fix: "write --changeset AUTHOR:ID above the statements"})
	}
	if len(l.sections) == 0 {
		l.sections = []Section{{Range: Range{0, len(l.file.Source)}, Scope: TransactionPerMigration, Messages: []Range{}}}
	}
	l.sections[0].Gaps = append(l.sections[0].Gaps, l.passed...)
	return l.sections, l.problems
}

type liquibaseParser struct {
	file     *File
	sections []Section
	versions map[string]bool // of the ups among them
	problems []Problem

	first    int  // offset of the first changeset
	open     bool // a changeset is
	up, down Section
	rollback []Range // its lines, without what marks them
	block    bool    // inside /* liquibase rollback
	skipped  string  // why it is not executed
	passed   []Gap   // changesets that are not
	splits   bool    // the text into statements
	// delimiter is where it does; "" at a ;, and at lines that begin with GO or /.
	delimiter string
}

func (l *liquibaseParser) mask(at Range) { l.up.Masked = append(l.up.Masked, at) }

func (l *liquibaseParser) line(at Range, line []byte) {
	words := trimmed(l.file.Source, at)
	if l.block {
		if i := bytes.Index(line, []byte("*/")); i >= 0 {
			l.block = false
			at.End = at.Pos + i
		}
		l.rollback = append(l.rollback, at)
		return
	}
	if m := liquibaseChangeset.FindSubmatch(line); m != nil {
		if l.first == 0 {
			l.first = words.Pos
		}
		l.finish(at.Pos)
		l.begin(words, string(m[1]), string(m[2]), string(m[3]))
		return
	}
	switch {
	case liquibaseMeant.Match(line):
		l.problems = append(l.problems, Problem{
			Range: words, Refused: true,
			Message: "liquibase refuses the file: it expects --changeset AUTHOR:ID in this line",
			Fix:     "write --changeset AUTHOR:ID",
		})
	case !l.open:
		if len(bytes.TrimSpace(line)) > 0 && !isCommentLine(line) && len(l.problems) == 0 {
			l.problems = append(l.problems, Problem{
				Range:   words,
				Message: "the line has no effect: liquibase executes only what follows a --changeset AUTHOR:ID",
				Fix:     "move it below one",
			})
		}
	case liquibaseBlock.Match(line):
		l.block = true
	default:
		if m := liquibaseRollback.FindSubmatchIndex(line); m != nil {
			l.rollback = append(l.rollback, Range{at.Pos + m[2], at.Pos + m[3]})
		}
	}
}

// begin reads the line of a changeset.
func (l *liquibaseParser) begin(at Range, author, id, attributes string) {
	unquoted := func(s string) string { return strings.Trim(strings.TrimSpace(s), `"`) }
	value := map[string]string{}
	for _, m := range liquibaseAttribute.FindAllStringSubmatch(attributes, -1) {
		key := strings.ToLower(m[1])
		if value[key] = unquoted(m[2]); key == "enddelimiter" {
			value[key] = m[2] // its quotes are a part of it
		}
	}
	l.changeset(at, unquoted(id)+":"+unquoted(author), value)
	if _, known := value["runintransaction"]; !known && liquibaseNear.MatchString(attributes) {
		l.problems = append(l.problems, Problem{
			Range:   at,
			Message: "the attribute has no effect, the changeset runs in a transaction: liquibase knows runInTransaction:false, without blanks",
			Fix:     "write runInTransaction:false",
		})
	}
}

// changeset begins one with these attributes, whose names are in lower case.
func (l *liquibaseParser) changeset(at Range, version string, value map[string]string) {
	is := func(key string, without bool) bool {
		v, ok := value[key]
		if !ok {
			return without
		}
		switch strings.ToLower(v) {
		case "true", "yes", "t", "y", "1":
			return true
		}
		return false
	}
	masked := l.up.Masked
	l.open, l.rollback, l.block = true, nil, false
	l.up = Section{Range: Range{Pos: at.Pos}, Version: version, Scope: TransactionPerMigration, Masked: append(masked, at)}
	switch {
	case is("runalways", false):
		l.up.Repeats = EachDeploy
	case is("runonchange", false):
		l.up.Repeats = whenChanged
	}
	l.skipped = ""
	if is("ignore", false) {
		l.skipped = "liquibase never executes the changeset: ignore is true"
	}
	if dbms := value["dbms"]; dbms != "" && !liquibaseIsPostgres(strings.ToLower(dbms)) {
		l.skipped = "liquibase does not execute the changeset in PostgreSQL: dbms is " + dbms
	}
	l.splits, l.delimiter = is("splitstatements", true), value["enddelimiter"]
	psql := strings.EqualFold(value["runwith"], "psql")
	l.up.Psql, l.splits = psql, l.splits && !psql
	if !is("runintransaction", true) || psql {
		l.up.Scope = Autocommit
		if !psql && !l.splits {
			l.up.Scope = Pipeline
		}
	}
	l.down = Section{Direction: Down, Version: l.up.Version, Scope: l.up.Scope, Psql: psql}
	if l.down.Scope == Pipeline && is("rollbacksplitstatements", true) {
		l.down.Scope = Autocommit
	}
}

// liquibaseIsPostgres reports whether a list of databases has PostgreSQL.
func liquibaseIsPostgres(list string) bool {
	others := true
	for name := range strings.SplitSeq(list, ",") {
		switch name = strings.TrimSpace(name); {
		case name == "postgresql" || name == "all":
			return true
		case name == "!postgresql" || name == "none":
			return false
		case !strings.HasPrefix(name, "!"):
			others = false
		}
	}
	return others
}

// finish ends the changeset.
func (l *liquibaseParser) finish(end int) {
	if !l.open {
		return
	}
	l.open = false
	l.up.End = end
	for _, r := range l.rollback {
		if r.Pos < end {
			l.up.Masked = append(l.up.Masked, r)
		}
	}
	up, down, rollback := l.up, l.down, l.rollback
	l.up.Masked = nil
	source := l.file.Source
	up.elsewhere = []Range{{l.first, up.Pos}, {lineEnd(source, end), len(source)}}
	down.elsewhere = up.elsewhere
	if l.skipped != "" {
		l.passed = append(l.passed, Gap{Range: trimmed(source, up.Range), Reason: l.skipped, Harmless: true})
		return
	}
	if l.versions[up.Version] {
		l.problems = append(l.problems, Problem{
			Range: trimmed(source, Range{up.Pos, up.Pos + bytes.IndexByte(append(source[up.Pos:up.End:up.End], '\n'), '\n')}), Refused: true,
			Message: "liquibase refuses the changelog, because the file has a changeset of this AUTHOR:ID already",
			Fix:     "give it another id",
		})
	}
	if l.versions == nil {
		l.versions = map[string]bool{}
	}
	l.versions[up.Version] = true
	l.sections = append(l.sections, up)
	if l.splits {
		l.split(&l.sections[len(l.sections)-1])
	}
	if len(rollback) == 0 || liquibaseNoRollback.Match(source[rollback[0].Pos:rollback[0].End]) {
		return
	}
	down.Range = Range{rollback[0].Pos, rollback[len(rollback)-1].End}
	down.Parts = rollback
	l.sections = append(l.sections, down)
}

// split finds the messages of a changeset that has other delimiters than ;. Where one
// cuts a statement apart it goes on behind it. Behind a BEGIN, liquibase sends the text
// up to END as one, and PostgreSQL's driver cuts that itself.
func (l *liquibaseParser) split(s *Section) {
	text := s.text(l.file.Source)
	found := liquibaseDelimiters(text, l.delimiter)
	told, usual := false, l.delimiter == "" || l.delimiter == ";"
	at, next := 0, 0
	var messages, delimiters []Range
	end := func(d Range) {
		messages = append(messages, Range{s.Pos + at, s.Pos + d.Pos})
		delimiters = append(delimiters, Range{s.Pos + d.Pos, s.Pos + d.End})
		usual = usual && d.End == d.Pos+1 && text[d.Pos] == ';'
		at = d.End
		next++
	}
	(&splitter{text: slices.Clone(text), emit: func(p piece) {
		if len(p.tokens) == 0 {
			return
		}
		statement := Range{p.tokens[0].Pos, p.tokens[len(p.tokens)-1].End}
		for next < len(found) && found[next].Pos <= statement.Pos {
			end(found[next])
		}
		for next < len(found) && found[next].Pos < statement.End {
			d := found[next]
			if text[d.Pos] != ';' && !slices.ContainsFunc(p.tokens, func(t Token) bool { return t.Kind == String && t.Pos < d.Pos && d.Pos < t.End }) {
				end(d)
				continue
			}
			if !told {
				told = true
				l.cutApart(Range{s.Pos + d.Pos, s.Pos + d.End})
			}
			found = slices.Delete(found, next, next+1)
		}
	}}).cut(Range{0, len(text)}, true)
	for next < len(found) {
		end(found[next])
	}
	if !usual {
		s.Messages = append(messages, Range{s.Pos + at, s.End})
		s.Masked = append(s.Masked, delimiters...)
	}
}

func (l *liquibaseParser) cutApart(at Range) {
	p := Problem{
		Range: at, Refused: true, byServer: true,
		Message: fmt.Sprintf("liquibase cuts the statement apart at this %s, and PostgreSQL or its driver refuses the pieces: it knows neither dollar quotes nor parentheses, only BEGIN and END, and the END of IF, LOOP and CASE counts too", bytes.TrimSpace(l.file.Source[at.Pos:at.End])),
		Fix:     "write splitStatements:false into the line of the --changeset",
	}
	if l.delimiter != "" {
		p.Fix = "choose an endDelimiter that the statement does not have"
	}
	l.problems = append(l.problems, p)
}

// liquibaseDelimiters are the places where liquibase ends a statement: at a ;, and at
// GO or / where it begins a line, or else at a delimiter, which is a regular
// expression. They are no part of a word, a quoted text or a comment, and not between
// BEGIN and END, unless that is BEGIN TRANSACTION; dollar quotes mean nothing.
func liquibaseDelimiters(text []byte, delimiter string) (found []Range) {
	is := liquibaseUsualDelimiter
	if delimiter != "" {
		is = liquibaseDelimiter(delimiter)
	}
	depth := 0
	for at := 0; at < len(text); {
		end, kind := liquibasePiece(text, at)
		if depth == 0 && kind != liquibasePassed {
			if d := is(text, Range{at, end}, kind); d.End > d.Pos {
				found = append(found, d)
				at = d.End
				continue
			}
		}
		if kind == liquibaseWord {
			switch word := text[at:end]; {
			case bytes.EqualFold(word, []byte("END")):
				depth = max(0, depth-1)
			case bytes.EqualFold(word, []byte("BEGIN")) && !liquibaseFollows(text, end, "TRANSACTION"):
				depth++
			}
		}
		at = end
	}
	return found
}

func liquibaseUsualDelimiter(text []byte, piece Range, _ liquibaseKind) Range {
	line := piece.Pos == 0 || text[piece.Pos-1] == '\n'
	switch word := text[piece.Pos:piece.End]; {
	case word[0] == ';', line && (word[0] == '/' || bytes.EqualFold(word, []byte("GO"))):
		return piece
	}
	return Range{}
}

// liquibaseLongest is more than a delimiter has bytes.
const liquibaseLongest = 16

// liquibaseDelimiter returns a function for the delimiter that begins with a piece, or
// inside of blanks; empty for none.
func liquibaseDelimiter(delimiter string) func([]byte, Range, liquibaseKind) Range {
	pattern := strings.NewReplacer(`\r`, "\r", `\n`, "\n").Replace(delimiter)
	re, err := regexp.Compile("^(?i:" + pattern + ")$")
	if err != nil || re.MatchString("") {
		re = regexp.MustCompile("^(?i:" + regexp.QuoteMeta(pattern) + ")$")
	}
	return func(text []byte, piece Range, kind liquibaseKind) Range {
		if delimiter == "/" && piece.Pos > 0 && text[piece.Pos-1] != '\n' {
			return Range{}
		}
		for pos := piece.Pos; pos == piece.Pos || kind == liquibaseBlank && pos < piece.End; pos++ {
			for d := (Range{pos, pos}); d.End < len(text) && d.End-d.Pos < liquibaseLongest; {
				end, last := liquibasePiece(text, d.End)
				d.End = end
				if (last != liquibaseBlank || kind != liquibaseBlank) && re.Match(text[d.Pos:d.End]) {
					return d
				}
			}
		}
		return Range{}
	}
}

// liquibaseKind says what a piece of text is for liquibase.
type liquibaseKind uint8

const (
	liquibaseOther liquibaseKind = iota // one character
	liquibaseBlank
	liquibaseWord
	liquibasePassed // a comment or a quoted text
)

// liquibasePiece returns the end of the piece of text that begins at an offset, as
// liquibase cuts it: a backslash hides a quote, and comments do not nest.
func liquibasePiece(text []byte, at int) (end int, kind liquibaseKind) {
	rest := text[at:]
	count := func(is func(byte) bool) int {
		for i, c := range rest {
			if !is(c) {
				return i
			}
		}
		return len(rest)
	}
	upTo := func(from int, end string) (int, liquibaseKind) {
		if i := bytes.Index(rest[min(from, len(rest)):], []byte(end)); i >= 0 {
			return at + from + i + len(end), liquibasePassed
		}
		return at + 1, liquibaseOther
	}
	switch c := rest[0]; {
	case byteClass[c]&spaceByte != 0:
		return at + count(func(c byte) bool { return byteClass[c]&spaceByte != 0 }), liquibaseBlank
	case bytes.HasPrefix(rest, []byte("--")):
		return at + count(func(c byte) bool { return c != '\n' && c != '\r' }), liquibasePassed
	case bytes.HasPrefix(rest, []byte("/*")):
		return upTo(2, "*/")
	case c == '"':
		return upTo(1, `"`)
	case c == '\'':
		for i := 1; i < len(rest); i++ {
			switch rest[i] {
			case '\\':
				i++
			case '\'':
				return at + i + 1, liquibasePassed
			}
		}
	case byteClass[c]&letterByte != 0 || c == '$':
		return at + count(func(c byte) bool { return inWord(c) || c == '#' || c == '@' || c == '.' }), liquibaseWord
	}
	return at + 1, liquibaseOther
}

// liquibaseFollows reports whether the next word is this one.
func liquibaseFollows(text []byte, at int, word string) bool {
	for at < len(text) {
		end, kind := liquibasePiece(text, at)
		if kind != liquibaseBlank && kind != liquibasePassed {
			return bytes.EqualFold(text[at:end], []byte(word))
		}
		at = end
	}
	return false
}

func detectLiquibase(fsys fs.FS, dir string, files []string) string {
	if c, root, err := changelogOf(fsys, dir); err == nil && c != nil {
		return relative(dir, root) + " includes the files"
	}
	first, with, of := "", 0, 0
	for _, base := range files {
		if path.Ext(base) != ".sql" {
			continue
		}
		of++
		source, err := fs.ReadFile(fsys, path.Join(dir, base))
		if err != nil || !liquibaseHeader.Match(bytes.TrimLeft(bytes.TrimPrefix(source, byteOrderMark), " \t\r\n")) && !isUpdateSQL(source) {
			continue
		}
		if with++; first == "" {
			first = base
		}
	}
	switch {
	case with == 0 || with*2 < of:
		return ""
	case of == 1:
		return first + " is formatted for liquibase"
	}
	return fmt.Sprintf("%s is formatted for liquibase, as %d of %d files are", first, with, of)
}

// configureLiquibase takes the order from the changelogs that include the files.
func configureLiquibase(r Runner, fsys fs.FS, dir string, _ []string) (*Runner, error) {
	c, root, err := changelogOf(fsys, dir)
	if err != nil || c == nil {
		return &r, err
	}
	order := map[string]int{}
	for i, file := range c.files {
		order[relative(dir, file)] = i
	}
	r.ParseName = func(name string) (FileName, bool) {
		_, included := order[name]
		n := liquibaseName(name)
		if c.unread[path.Join(dir, name)] != nil {
			n.Unread = liquibaseNotSQL
		}
		return n, included
	}
	r.Skips = func(name string) string {
		switch {
		case c.undoing[path.Join(dir, name)]:
			return "the rollback of a changeset that is not in SQL: it is not judged"
		case path.Ext(name) == ".sql":
			return relative(dir, root) + " does not include it"
		}
		return ""
	}
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		name := path.Join(dir, n.Base)
		if unread := c.unread[name]; unread != nil {
			s := Section{Range: Range{0, len(f.Source)}, Scope: TransactionPerMigration, Messages: []Range{}, Repeats: whenChanged}
			for _, at := range unread {
				s.Gaps = append(s.Gaps, Gap{Range: at, Reason: liquibaseNotSQL})
			}
			return []Section{s}, nil
		}
		if e, ok := c.executed[name]; ok {
			l := &liquibaseParser{file: f}
			l.changeset(Range{}, e.version, e.attributes)
			l.finish(len(f.Source))
			return l.result(false)
		}
		return splitLiquibase(f, n)
	}
	r.Less = func(a, b FileName) bool { return order[a.Base] < order[b.Base] }
	return &r, nil
}

// What `liquibase update-sql` prints: the changesets' SQL, with its own records
// between them.
var (
	updateSQLHeader    = []byte("-- Update Database Script")
	updateSQLChangeset = regexp.MustCompile(`(?m)^-- Changeset (.+)::(.+)::(.+?)\r?$`)
	updateSQLRecord    = regexp.MustCompile(`(?im)^SET SEARCH_PATH TO [^;]*;$|^(?:INSERT INTO|UPDATE) (?:\S+\.)?databasechangelog(?:lock)? [^;]*;|^-- (?:Release|Lock|Create) Database .*$`)
)

func isUpdateSQL(source []byte) bool {
	return bytes.Contains(source[:min(len(source), 8<<10)], updateSQLHeader)
}

// splitUpdateSQL makes a section of every changeset. The text shows no
// transactions, and a client that executes it opens none.
func splitUpdateSQL(f *File) (sections []Section) {
	found := updateSQLChangeset.FindAllSubmatchIndex(f.Source, -1)
	for i, m := range found {
		end := len(f.Source)
		if i+1 < len(found) {
			end = found[i+1][0]
		}
		s := Section{Range: Range{m[0], end}, Scope: Autocommit}
		s.Version = string(f.Source[m[2]:m[3]]) + ":" + string(f.Source[m[4]:m[5]]) + ":" + string(f.Source[m[6]:m[7]])
		s.Masked = []Range{{m[0], m[1]}}
		s.elsewhere = []Range{{found[0][0], m[0]}, {lineEnd(f.Source, end), len(f.Source)}}
		for _, record := range updateSQLRecord.FindAllIndex(f.Source[s.Pos:s.End], -1) {
			s.Masked = append(s.Masked, Range{s.Pos + record[0], s.Pos + record[1]})
		}
		sections = append(sections, s)
	}
	return sections
}
