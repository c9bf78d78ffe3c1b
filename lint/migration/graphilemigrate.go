package migration

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// GraphileMigrate is the npm package graphile-migrate. Facts are from its source
// and from running 1.4.1; --! include is from 2.0.0-rc.3. The files of current/
// become one migration: each is judged as one that shares their transaction.
var GraphileMigrate = &Runner{
	Name:      "graphile-migrate",
	Detect:    detectGraphileMigrate,
	Tree:      true,
	Configure: configureGraphileMigrate,
	ParseName: parseGraphileMigrateName,
	// What is new goes into current.sql, and gets its number with the commit.
	NameOf: func(int, string) string { return "current.sql" },
	Skips: func(name string) string {
		switch {
		case path.Ext(name) != ".sql":
			return ""
		case strings.HasPrefix(name, "fixtures/"):
			return "graphile-migrate executes a fixture only where a migration includes it"
		case strings.HasPrefix(name, "current/"):
			return "graphile-migrate refuses a file in current/ whose name does not begin with a number"
		}
		return "graphile-migrate executes only committed/NUMBER.sql, committed/NUMBER-words.sql, current.sql and what is in current/"
	},
	Less:             lessGraphileMigrate,
	Duplicate:        "graphile-migrate never executes the second where the first is applied",
	Applied:          "graphile-migrate never executes an applied migration again, and refuses it in a new database when its Hash is no longer that of the text",
	Late:             "graphile-migrate never executes it where %s is applied, and says nothing",
	QualifiesRecords: true,
	RecordsInside:    true,
	Split:            splitGraphileMigrate,
	Draft: func(statements []string, noTransaction bool) []string {
		files := draftLoneStatements(statements, noTransaction)
		for i := range files {
			if noTransaction {
				files[i] = "--! no-transaction\n" + files[i]
			}
		}
		return files
	},
	WithoutTransaction: "write --! no-transaction on the first line of current.sql, and leave the statement alone in it",
	noTransaction:      atTop("--! no-transaction\n"),
}

var (
	// graphileMigrateName is VALID_FILE_REGEX.
	graphileMigrateName    = regexp.MustCompile(`^(committed|current)/([0-9]+)(-[-_a-zA-Z0-9]*)?\.sql$`)
	graphileMigrateHeader  = regexp.MustCompile(`^--! ([A-Z][a-zA-Z0-9_]*)(?::([^\r\x{2028}\x{2029}]*))?$`)
	graphileMigrateNoTx    = regexp.MustCompile(`^--!\s*no-transaction\b`)
	graphileMigrateAlmost  = regexp.MustCompile(`(?i)^--\s*!\s*no[-_ ]?transaction\b`)
	graphileMigrateInclude = regexp.MustCompile(`(?m)^--![ \t]*include[ \t]+(.*\.sql)[ \t]*\r?$`)
)

func parseGraphileMigrateName(name string) (FileName, bool) {
	if name == "current.sql" {
		return FileName{Base: name, Version: "current", Repeats: true}, true
	}
	m := graphileMigrateName.FindStringSubmatch(name)
	if m == nil {
		return FileName{}, false
	}
	n := FileName{Base: name, Version: m[2], Name: strings.TrimPrefix(m[3], "-")}
	if m[1] == "current" {
		n.Version, n.Repeats = "current/"+m[2], true
	}
	return n, true
}

// lessGraphileMigrate: committed migrations in the order of their numbers' texts,
// and then what is current.
func lessGraphileMigrate(a, b FileName) bool {
	aNumber, aCurrent := strings.CutPrefix(a.Version, "current")
	bNumber, bCurrent := strings.CutPrefix(b.Version, "current")
	if aCurrent != bCurrent {
		return bCurrent
	}
	if !aCurrent {
		return a.Version < b.Version
	}
	m, _ := strconv.Atoi(strings.TrimPrefix(aNumber, "/"))
	n, _ := strconv.Atoi(strings.TrimPrefix(bNumber, "/"))
	return m < n
}

// detectGraphileMigrate knows committed migrations by their headers, and a
// directory beside the configuration of graphile-migrate by its current.sql.
func detectGraphileMigrate(fsys fs.FS, dir string, files []string) string {
	entries, _ := fs.ReadDir(fsys, path.Join(dir, "committed"))
	for _, e := range entries {
		name := "committed/" + e.Name()
		if _, ok := parseGraphileMigrateName(name); !ok {
			continue
		}
		text, err := fs.ReadFile(fsys, path.Join(dir, name))
		if err == nil && bytes.HasPrefix(bytes.TrimPrefix(text, byteOrderMark), []byte("--! ")) {
			return name + " has the headers of a committed migration"
		}
	}
	for _, config := range []string{".gmrc", ".gmrc.js", ".gmrc.cjs"} {
		config = path.Join(path.Dir(dir), config)
		if _, err := fs.Stat(fsys, config); err != nil || path.Base(dir) != "migrations" {
			continue
		}
		if slices.Contains(files, "current.sql") {
			return config + " is beside it, and it has current.sql"
		}
		if info, err := fs.Stat(fsys, path.Join(dir, "current")); err == nil && info.IsDir() {
			return config + " is beside it, and it has current"
		}
	}
	return ""
}

// graphileMigration is the text of a migration.
type graphileMigration struct {
	headers map[string]string
	twice   string // a header that stands twice
	below   int    // offset of the line below the headers
	body    Range  // without the blanks around it
}

func readGraphileMigration(source []byte) graphileMigration {
	g := graphileMigration{headers: map[string]string{}}
	for g.below < len(source) {
		line, _, found := bytes.Cut(source[g.below:], []byte("\n"))
		m := graphileMigrateHeader.FindSubmatch(line)
		if m == nil {
			break
		}
		key := string(m[1])
		if _, ok := g.headers[key]; ok {
			g.twice = key
		}
		g.headers[key] = strings.TrimSpace(string(m[2]))
		g.below += len(line)
		if found {
			g.below++
		}
	}
	g.body = trimmed(source, Range{g.below, len(source)})
	return g
}

// hash is calculateHash.
func (g graphileMigration) hash(source []byte) string {
	previous := g.headers["Previous"]
	if previous == "-" {
		previous = ""
	}
	sum := sha1.Sum([]byte(strings.TrimSpace(previous+"\n"+string(source[g.body.Pos:g.body.End])) + "\n"))
	return "sha1:" + hex.EncodeToString(sum[:])
}

// configureGraphileMigrate checks that each committed migration names the hash of
// the one before.
func configureGraphileMigrate(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	var committed []FileName
	for _, name := range files {
		if n, ok := parseGraphileMigrateName(name); ok && !n.Repeats {
			committed = append(committed, n)
		}
	}
	slices.SortStableFunc(committed, r.order)
	broken := map[string]Problem{}
	hash, before := "-", ""
	for _, n := range committed {
		text, err := fs.ReadFile(fsys, path.Join(dir, n.Base))
		if err != nil {
			return nil, err
		}
		g := readGraphileMigration(text)
		if previous := g.headers["Previous"]; previous != "" && previous != hash {
			of := "is not -, and no committed migration comes before"
			if before != "" {
				of = "is not the Hash of " + before
			}
			broken[n.Base] = Problem{
				Refused: true,
				Message: "graphile-migrate refuses the whole directory: Previous of " + n.Base + " " + of,
				Fix:     "commit it again behind the others: graphile-migrate uncommit, and commit",
			}
		}
		hash, before = g.headers["Hash"], n.Base
	}
	both := slices.Contains(files, "current.sql") && slices.ContainsFunc(files, func(name string) bool { return strings.HasPrefix(name, "current/") })
	split := r.Split
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		sections, problems := split(f, n)
		if p, ok := broken[n.Base]; ok {
			problems = append(problems, p)
		}
		if both && n.Base == "current.sql" {
			problems = append(problems, Problem{
				Refused: true,
				Message: "graphile-migrate refuses to read both current.sql and current/",
				Fix:     "keep one of them",
			})
		}
		return sections, problems
	}
	return &r, nil
}

func splitGraphileMigrate(f *File, name FileName) ([]Section, []Problem) {
	g := readGraphileMigration(f.Source)
	whole := Section{Range: Range{0, len(f.Source)}, Scope: TransactionPerMigration, Messages: []Range{g.body}}
	inDirectory := strings.HasPrefix(name.Base, "current/")
	if inDirectory {
		whole.Scope = TransactionPerRun
	}
	var problems []Problem
	refuse := func(at Range, message, fix string) {
		problems = append(problems, Problem{Range: at, Refused: true, Message: message, Fix: fix})
	}
	firstLine := g.body
	if i := bytes.IndexByte(f.Source[g.body.Pos:g.body.End], '\n'); i >= 0 {
		firstLine.End = g.body.Pos + i
	}
	firstLine = trimmed(f.Source, firstLine)
	if graphileMigrateNoTx.Match(f.Source[firstLine.Pos:firstLine.End]) {
		if inDirectory {
			refuse(firstLine, "graphile-migrate refuses --! no-transaction in current/", "write the migration into current.sql")
		} else {
			whole.Scope = SimpleQuery
		}
	}
	for pos, line := range eachCommentLine(f.Source) {
		at := trimmed(f.Source, Range{pos, pos + len(line)})
		if at == firstLine && graphileMigrateNoTx.Match(f.Source[at.Pos:at.End]) || !graphileMigrateAlmost.Match(bytes.TrimSpace(line)) {
			continue
		}
		problems = append(problems, Problem{
			Range:   at,
			Message: fmt.Sprintf("`%s` has no effect: graphile-migrate reads --! no-transaction only on the first line of the migration, in lower case", f.Source[at.Pos:at.End]),
			Fix:     "write it there: the migration must be in current.sql, alone",
		})
	}
	for _, m := range graphileMigrateInclude.FindAllSubmatchIndex(f.Source, -1) {
		if !name.Repeats {
			break // committed files have the text of what they include
		}
		whole.Gaps = append(whole.Gaps, Gap{
			Range:  trimmed(f.Source, Range{m[0], m[1]}),
			Reason: fmt.Sprintf("fixtures/%s, which graphile-migrate executes in its place, is not read", f.Source[m[2]:m[3]]),
			Inside: true,
		})
	}
	if name.Repeats || name.Version == "" {
		return []Section{whole}, append(problems, byteOrderMarkSent(f, "graphile-migrate")...)
	}

	headers := Range{0, g.below}
	below, _, _ := bytes.Cut(f.Source[g.below:], []byte("\n"))
	const again = "take the file from graphile-migrate commit as it is"
	switch {
	case g.twice != "":
		refuse(headers, "graphile-migrate refuses the whole directory: the header "+g.twice+" stands twice", again)
	case string(below) == "\r" || bytes.HasPrefix(below, []byte("--! ")) && bytes.HasSuffix(below, []byte("\r")):
		refuse(headers, "graphile-migrate refuses the whole directory: the lines end in CR LF", "write LF, and put committed/*.sql -text into .gitattributes")
	case len(below) > 0:
		refuse(headers, "graphile-migrate refuses the whole directory: no empty line follows the headers of "+name.Base, again)
	case g.headers["Previous"] == "":
		refuse(headers, "graphile-migrate refuses the whole directory: the header Previous is missing", again)
	case g.headers["Hash"] == "":
		refuse(headers, "graphile-migrate refuses the whole directory: the header Hash is missing", again)
	default:
		_, allowed := g.headers["AllowInvalidHash"]
		valid := g.hash(f.Source) == g.headers["Hash"]
		switch {
		case !valid && !allowed:
			refuse(headers, "graphile-migrate refuses the migration where it is not applied: Hash is not that of the text, which was edited", "leave a committed migration as it is; while it is the last, and nobody has it: graphile-migrate uncommit")
		case valid && allowed:
			refuse(headers, "graphile-migrate refuses AllowInvalidHash where Hash is that of the text", "remove AllowInvalidHash")
		}
	}
	return []Section{whole}, problems
}
