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

// Atlas is atlasgo.io, for directories in its own format; it applies those of
// other tools in their format too. Facts are from its library
// (ariga.io/atlas/sql/migrate: dir.go, migrate.go, lex.go), which testdata/runners
// has run; that a file is executed in one transaction is the default of its command.
var Atlas = &Runner{
	Name:      "atlas",
	Detect:    detectAtlas,
	Configure: configureAtlas,
	ParseName: parseAtlasName,
	NameOf:    numberedName("%014d_%s.sql"),
	Skips:     func(string) string { return "" },
	Less:      func(a, b FileName) bool { return a.Base < b.Base },
	Duplicate: "Atlas executes the first of them only",
	Applied:   "Atlas knows an applied migration by its version and never executes it again",
	Late:      "Atlas refuses to go on where %s is applied, unless it is called with --exec-order non-linear",
	Silences:  atlasSilences,
	Split:     splitAtlas,
	Draft: func(statements []string, noTransaction bool) []string {
		if noTransaction {
			return []string{"-- atlas:txmode none\n\n" + terminated(statements)}
		}
		return []string{terminated(statements)}
	},
	WithoutTransaction: "write -- atlas:txmode none at the top of the file, with an empty line below",
	noTransaction:      atTop("-- atlas:txmode none\n\n"),
}

func parseAtlasName(base string) (FileName, bool) {
	if path.Ext(base) != ".sql" {
		return FileName{}, false
	}
	version, name, _ := strings.Cut(strings.TrimSuffix(base, ".sql"), "_")
	return FileName{Base: base, Version: version, Name: name}, true
}

// detectAtlas: atlas.sum stands also in directories that other tools apply, which
// are asked first.
func detectAtlas(fsys fs.FS, dir string, files []string) string {
	for _, base := range files {
		if base == atlasSum {
			return atlasSum + " is there"
		}
	}
	return detectDirective("atlas", "-- atlas:txmode", func(base string) bool { return path.Ext(base) == ".sql" })(fsys, dir, files)
}

// configureAtlas checks atlas.sum, and leaves out checkpoints: a database that has a
// version already never executes them.
func configureAtlas(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	if slices.Contains(files, atlasSum) {
		r.Refuses = checkAtlasSum(fsys, dir)
	} else {
		r.How = "Atlas executes nothing before atlas migrate hash has written " + atlasSum
	}
	checkpoints := map[string]bool{}
	for _, base := range files {
		if path.Ext(base) != ".sql" {
			continue
		}
		source, err := fs.ReadFile(fsys, path.Join(dir, base))
		if err != nil {
			continue // said when it is read as a migration
		}
		for _, d := range atlasDirectives(source) {
			checkpoints[base] = checkpoints[base] || d.effective && d.name == "checkpoint"
		}
	}
	r.ParseName = func(base string) (FileName, bool) {
		n, ok := parseAtlasName(base)
		return n, ok && !checkpoints[base]
	}
	r.Skips = func(base string) string {
		if checkpoints[base] {
			return "a checkpoint: Atlas begins with it in an empty database only"
		}
		return ""
	}
	return &r, nil
}

// atlasDirective is one line of the form reDirective.
type atlasDirective struct {
	Range
	name, value string
	// effective: it stands in the block of comments at the top that an empty line
	// separates from the statements.
	effective bool
}

var atlasPattern = regexp.MustCompile(`^([ -~]*)atlas:(\w+)(?: +([ -~]*))*`)

// atlasDirectives reads the directives of a file, those without effect too.
func atlasDirectives(source []byte) []atlasDirective {
	all, pos := atlasHead(source)
	for at, line := range eachCommentLine(source) {
		if at < pos {
			continue
		}
		if m := atlasPattern.FindSubmatch(bytes.TrimSpace(line)); m != nil {
			all = append(all, atlasDirective{trimmed(source, Range{at, at + len(line)}), string(m[2]), string(m[3]), false})
		}
	}
	return all
}

// atlasHead reads those in the comments at the top, as LocalFile.comments and
// directive do, and returns where the comments end. An empty line that ends in CR LF
// does not separate them from the statements.
func atlasHead(source []byte) (directives []atlasDirective, end int) {
	lines := source
	for bytes.HasPrefix(lines, []byte("#")) || bytes.HasPrefix(lines, []byte("--")) {
		line, rest, found := bytes.Cut(lines, []byte("\n"))
		if m := atlasPattern.FindSubmatch(bytes.TrimSpace(line)); m != nil {
			directives = append(directives, atlasDirective{trimmed(source, Range{end, end + len(line)}), string(m[2]), string(m[3]), true})
		}
		end += len(line) + 1
		lines = rest
		if !found {
			break
		}
	}
	separated := len(lines) == 0 || bytes.HasPrefix(bytes.TrimLeft(lines, " \t"), []byte("\n"))
	for i := range directives {
		directives[i].effective = separated
	}
	return directives, end
}

// atlasSilences reads atlas:nolint as nolintRules of its command does (cmd/atlas
// v0.13.1: internal/lint/run.go). One without checks counts only where it is alone.
func atlasSilences(f *File, s *Statement) []Silence {
	if s.Do != nil {
		return nil
	}
	var all []Silence
	head, _ := atlasHead(f.Source)
	for _, d := range head {
		if d.name == "nolint" && d.effective {
			all = append(all, Silence{d.Range, strings.Fields(d.value)})
		}
	}
	if len(all) == 1 && len(all[0].Checks) == 0 {
		return all
	}
	for _, c := range atlasComments(f, s) {
		text := string(f.Source[c.Pos:c.End])
		m := atlasPattern.FindStringSubmatch(strings.TrimSuffix(text, "*/"))
		if m != nil && m[2] == "nolint" && (m[1] == "--" || m[1] == "-- " || m[1] == "/*" && !strings.Contains(text, "\n")) {
			all = append(all, Silence{c.Range, strings.Fields(m[3])})
		}
	}
	if len(all) > 1 {
		all = slices.DeleteFunc(all, func(s Silence) bool { return len(s.Checks) == 0 })
	}
	return all
}

// atlasComments returns the comments of a statement that Scanner.comment attaches to
// it: those before it, without an empty line (of LF) in between.
func atlasComments(f *File, s *Statement) []Comment {
	first := 0
	for i, c := range s.Comments {
		switch {
		case c.Pos >= s.Pos:
			return s.Comments[first:i]
		case bytes.HasPrefix(f.Source[c.End:], []byte("\n\n")):
			first = i + 1
		}
	}
	return s.Comments[first:]
}

func splitAtlas(f *File, _ FileName) ([]Section, []Problem) {
	whole := Section{Range: Range{0, len(f.Source)}, Scope: TransactionPerMigration}
	p := problemList(byteOrderMarkSent(f, "Atlas"))
	delimiter := atlasDelimiter(f.Source)
	if d := delimiter; d != nil {
		from := min(d.Range.End+1, len(f.Source))
		switch {
		case d.value == "":
			p.refuse(d.Range, "Atlas refuses atlas:delimiter without a delimiter", "write one behind it, or remove the line")
		case bytes.IndexByte(f.Source, '\n') < 0:
			p.refuse(d.Range, "Atlas refuses a file with nothing below atlas:delimiter", "write the statements below it, or remove the file")
		default:
			whole.Messages, whole.Masked = atlasMessages(f.Source, from, d.value)
		}
	}
	if line := atlasUnhashed(f.Source); line > 0 {
		p.refuse(trimmed(f.Source, Range{0, line}), "Atlas refuses to execute a file that atlas:sum ignore leaves out of atlas.sum", "remove the line, and run atlas migrate hash")
	}
	var mode *atlasDirective
	for _, d := range atlasDirectives(f.Source) {
		text := f.Source[d.Pos:d.End]
		switch {
		case d.name == "delimiter" && (delimiter == nil || d.Pos > 0):
			p.problem(d.Range, fmt.Sprintf("`%s` has no effect: Atlas reads it only on the first line of the file, begun with -- and one blank", text), "write it so, or remove it")
		case d.name == "checkpoint" && !d.effective:
			p.problem(d.Range, fmt.Sprintf("`%s` has no effect, and Atlas executes the file in databases that have a version already: %s", text, atlasInHead), "move it to the top, and leave an empty line below it")
		case d.name != "txmode":
		case !d.effective:
			p.problem(d.Range, fmt.Sprintf("`%s` has no effect: %s", text, atlasInHead), "move it to the top, and leave an empty line below it")
		case mode != nil:
			p.refuse(d.Range, "Atlas refuses a second atlas:txmode", "remove one of them")
		case d.value != "none" && d.value != "file":
			mode = &d
			p.refuse(d.Range, fmt.Sprintf("Atlas refuses `%s`: a file may ask for none or file", text), "write none or file")
		default:
			mode = &d
		}
	}
	if mode != nil && mode.value == "none" {
		whole.Scope = Autocommit
	}
	return []Section{whole}, p
}

const atlasInHead = "Atlas reads it in the comments at the top of the file only, with an empty line (of LF, not CR LF) between them and the first statement"

// atlasDelimiter returns the directive of the first line that asks for a delimiter of
// the file's own, or nil.
func atlasDelimiter(source []byte) *atlasDirective {
	line, _, _ := bytes.Cut(source, []byte("\n"))
	m := atlasPattern.FindSubmatch(line)
	if m == nil || string(m[1]) != "-- " || string(m[2]) != "delimiter" {
		return nil
	}
	value := strings.NewReplacer(`\n`, "\n", `\r`, "\r", `\t`, "\t").Replace(string(m[3]))
	return &atlasDirective{Range{0, len(line)}, "delimiter", value, true}
}

// atlasMessages cuts the text as Scanner.stmt does: at the delimiters outside of
// parentheses, quotes and comments, with the newline behind a comment as a part of it.
func atlasMessages(source []byte, from int, delimiter string) (messages, delimiters []Range) {
	inside := make([]bool, len(source))
	hide := func(r Range) {
		for i := r.Pos; i < min(r.End, len(source)); i++ {
			inside[i] = true
		}
	}
	depth, last := 0, from
	for _, t := range Scan(source[from:], from) {
		if depth > 0 {
			hide(Range{last, t.End})
		}
		switch {
		case t.Kind == String || t.Kind == QuotedIdentifier:
			hide(t.Range)
		case t.isComment() && !bytes.HasPrefix(source[t.Pos:], []byte(delimiter)):
			hide(t.Range)
			if t.Kind == LineComment {
				hide(Range{t.End, t.End + 1 + bytes.IndexByte(source[t.End:], '\n')})
			}
		}
		depth += nesting(source, t)
		last = t.Pos
	}
	messages = []Range{}
	start := from
	send := func(end int) {
		if r := trimmed(source, Range{start, end}); r.Pos < r.End {
			messages = append(messages, r)
		}
	}
	for i := from; i < len(source); i++ {
		if inside[i] || !bytes.HasPrefix(source[i:], []byte(delimiter)) {
			continue
		}
		send(i)
		start = i + len(delimiter)
		delimiters = append(delimiters, Range{i, start})
		i = start - 1
	}
	send(len(source))
	return messages, delimiters
}
