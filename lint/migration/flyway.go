package migration

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Flyway is Redgate's migration tool for the JVM. It does not run in the tests
// of this repository: facts are from its source (10 and 11: ResourceNameParser,
// MigrationVersion, CompositeMigrationResolver, ParserSqlScript,
// PostgreSQLParser, DbMigrate, EnvironmentModel) and its manual.
var Flyway = &Runner{
	Name:      "flyway",
	Detect:    detectFlyway,
	Tree:      true,
	Within:    flywayWithin,
	Configure: configureFlyway,
	ParseName: flywayDefaults.parseName,
	NameOf:    numberedName("V%d__%s.sql"),
	Skips:     flywayDefaults.skips,
	Less:      lessFlyway,
	Duplicate: "flyway refuses the whole directory",
	Applied:   "flyway refuses to go on where it is applied, because its checksum differs",
	Late:      "flyway refuses to go on where %s is applied, unless outOfOrder is true",
	Split: func(f *File, n FileName) ([]Section, []Problem) {
		return flywayDefaults.split(f, n, flywayScript{})
	},
	Draft: func(statements []string, _ bool) []string { return []string{terminated(statements)} },
	Sidecar: func(name string) (string, string) {
		return name + ".conf", "executeInTransaction=false\n"
	},
	WithoutTransaction: "write executeInTransaction=false into a file beside it that has its name and .conf behind",
	BeginsAgain:        true,
	SendsRows:          true,
	FreshSession:       true, // it sets role and search_path before each one
}

// flywayName is what ResourceNameParser reads from a name.
type flywayName struct{ prefix, version, words string }

func (s *flywaySettings) read(base string) (n flywayName, ok bool) {
	stem, ok := base, false
	for _, suffix := range s.suffixes {
		if stem, ok = strings.CutSuffix(base, suffix); ok {
			break
		}
	}
	prefixes := []string{s.versioned, s.repeatable, s.undo, s.baseline}
	slices.SortStableFunc(prefixes, func(a, b string) int { return len(b) - len(a) })
	for _, prefix := range prefixes {
		if rest, found := strings.CutPrefix(stem, prefix); ok && found && prefix != "" {
			version, words, _ := strings.Cut(rest, s.separator)
			return flywayName{prefix, version, words}, true
		}
	}
	return flywayName{}, false
}

// flywayVersion is what MigrationVersion accepts, with _ for a dot.
var flywayVersion = regexp.MustCompile(`^[0-9]+([._][0-9]+)*$`)

func (s *flywaySettings) parseName(name string) (FileName, bool) {
	read, ok := s.read(path.Base(name))
	n := FileName{Base: name, Name: read.words}
	switch {
	case !ok || read.prefix == s.baseline:
		return FileName{}, false
	case read.prefix == s.repeatable:
		n.Version, n.Repeats = "R__"+read.words, true
		return n, read.version == ""
	case read.prefix == s.undo:
		n.Direction = Down
	}
	n.Version = strings.ReplaceAll(read.version, "_", ".")
	return n, flywayVersion.MatchString(read.version)
}

var (
	flywayCallback = regexp.MustCompile(`^(?:(?:before|after)[A-Z][A-Za-z]*|createSchema)$`)
	flywayJava     = regexp.MustCompile(`^[VRUB][0-9_.]*__.*\.(?:java|kt|groovy|scala)$`)
)

func (s *flywaySettings) skips(name string) string {
	base := path.Base(name)
	read, ok := s.read(base)
	switch {
	case s.isCallback(base):
		return "a callback, which flyway executes around its migrations: it is not replayed"
	case flywayJava.MatchString(base):
		return "a migration in a programming language: its SQL is not read"
	case ok && read.prefix == s.baseline && flywayVersion.MatchString(read.version):
		return "flyway executes a baseline migration in new databases only, in place of the versions up to its own"
	case path.Ext(base) == ".sql":
		suffix := s.suffixes[0]
		return fmt.Sprintf("flyway reads only names such as %[1]s1%[4]swords%[5]s, %[2]s%[4]swords%[5]s and %[3]s1%[4]swords%[5]s, and passes over others without a word",
			s.versioned, s.repeatable, s.undo, s.separator, suffix)
	}
	return ""
}

// isCallback reports whether a file is named as an event of flyway, such as
// afterMigrate__grants.sql.
func (s *flywaySettings) isCallback(base string) bool {
	for _, suffix := range s.suffixes {
		if stem, ok := strings.CutSuffix(base, suffix); ok {
			event, _, _ := strings.Cut(stem, s.separator)
			return flywayCallback.MatchString(event)
		}
	}
	return false
}

// how tells what of the configuration is not judged.
func (s *flywaySettings) how(files []string) string {
	var clauses []string
	callbacks := slices.DeleteFunc(slices.Clone(files), func(name string) bool { return !s.isCallback(path.Base(name)) })
	if len(callbacks) > 0 {
		slices.Sort(callbacks)
		clauses = append(clauses, "flyway executes callbacks too, which are not read: "+strings.Join(callbacks, ", "))
	}
	if len(s.others) > 0 {
		clauses = append(clauses, fmt.Sprintf("the environment %s counts; flyway.toml sets flyway up otherwise for %s", s.environment, strings.Join(s.others, ", ")))
	}
	return strings.Join(clauses, "; ")
}

// lessFlyway: versions part by part, then repeatable migrations by description.
func lessFlyway(a, b FileName) bool {
	aRepeats, bRepeats := isFlywayRepeatable(a.Version), isFlywayRepeatable(b.Version)
	switch {
	case aRepeats != bRepeats:
		return bRepeats
	case aRepeats:
		return strings.ReplaceAll(a.Version, "_", " ") < strings.ReplaceAll(b.Version, "_", " ")
	}
	return compareDotted(a.Version, b.Version) < 0
}

func isFlywayRepeatable(version string) bool { return strings.HasPrefix(version, "R__") }

// compareDotted compares versions such as 1.10 and 1.9 as numbers of any
// length; 1 and 1.0 are equal.
func compareDotted(a, b string) int {
	as, bs := strings.Split(a, "."), strings.Split(b, ".")
	for i := range max(len(as), len(bs)) {
		var x, y string
		if i < len(as) {
			x = strings.TrimLeft(as[i], "0")
		}
		if i < len(bs) {
			y = strings.TrimLeft(bs[i], "0")
		}
		if c := cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(x, y)); c != 0 {
			return c
		}
	}
	return 0
}

// detectFlyway: no other tool has names such as V1__x.sql. Where only the
// directories below have them, dir must be a place where flyway looks.
func detectFlyway(fsys fs.FS, dir string, files []string) string {
	settings, err := readFlywaySettings(fsys, dir)
	if err != nil {
		settings = flywayDefaults
	}
	first, n := settings.firstOf(files)
	switch {
	case len(settings.directories) > 1:
		return fmt.Sprintf("flyway's configuration names %d locations here", len(settings.directories))
	case n == 1:
		return first + " has the form VERSION__words.sql"
	case n > 1:
		return fmt.Sprintf("%s has the form VERSION__words.sql, as %d files do", first, n)
	case dir != "db/migration" && !strings.HasSuffix(dir, "/db/migration") && !slices.ContainsFunc(settings.locations, func(l string) bool { return isFlywayLocation(dir, l) }):
		return ""
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if !e.IsDir() || flywayVendors[e.Name()] { // one for each database: dir/{vendor}
			continue
		}
		var names []string
		inside, err := fs.ReadDir(fsys, path.Join(dir, e.Name()))
		for _, f := range inside {
			names = append(names, f.Name())
		}
		if first, _ := settings.firstOf(names); err == nil && first != "" {
			return path.Join(e.Name(), first) + " has the form VERSION__words.sql"
		}
	}
	return ""
}

func flywayWithin(fsys fs.FS, dir string) []string {
	settings, err := readFlywaySettings(fsys, dir)
	if err != nil {
		return nil
	}
	return settings.directories
}

// flywayVendors are what stands for {vendor} in a location, and its like.
var flywayVendors = map[string]bool{
	"postgresql": true, "postgres": true, "mysql": true, "mariadb": true, "h2": true, "oracle": true,
	"sqlserver": true, "mssql": true, "sqlite": true, "hsqldb": true, "db2": true, "common": true,
}

// firstOf returns the first versioned file, and how many there are.
func (s *flywaySettings) firstOf(files []string) (first string, n int) {
	for _, base := range files {
		read, ok := s.read(base)
		if !ok || read.prefix != s.versioned || !flywayVersion.MatchString(read.version) || read.words == "" {
			continue
		}
		if n++; first == "" {
			first = base
		}
	}
	return first, n
}

// configureFlyway reads the configuration above the directory, and the script
// configuration beside each migration.
func configureFlyway(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	settings, err := readFlywaySettings(fsys, dir)
	if err != nil {
		return nil, err
	}
	s := &settings
	scripts := map[string]flywayScript{}
	twins := map[string]string{} // by name: a file of the same version, written otherwise
	var ups []FileName
	newest := ""
	for _, name := range files {
		if migration, ok := strings.CutSuffix(name, ".conf"); ok {
			if _, ok := s.parseName(migration); !ok {
				continue
			}
			text, err := fs.ReadFile(fsys, path.Join(dir, name))
			if err != nil {
				return nil, err
			}
			scripts[migration] = readFlywayScript(name, text)
		}
		if n, ok := s.parseName(name); ok && n.Direction == Up && !isFlywayRepeatable(n.Version) {
			i := slices.IndexFunc(ups, func(o FileName) bool { return compareDotted(o.Version, n.Version) == 0 && o.Version != n.Version })
			if i >= 0 {
				twins[name], twins[ups[i].Base] = ups[i].Base, name
			}
			ups = append(ups, n)
		}
		if read, ok := s.read(path.Base(name)); ok && read.prefix == s.baseline && flywayVersion.MatchString(read.version) {
			if v := strings.ReplaceAll(read.version, "_", "."); newest == "" || compareDotted(newest, v) < 0 {
				newest = v
			}
		}
	}
	r.How = s.how(files)
	// A baseline is the beginning where the versions that it stands for are gone.
	begins := newest != "" && !slices.ContainsFunc(ups, func(n FileName) bool { return compareDotted(n.Version, newest) <= 0 })
	r.ParseName = func(name string) (FileName, bool) {
		if scripts[name].skipped {
			return FileName{}, false
		}
		if read, ok := s.read(path.Base(name)); ok && begins && read.prefix == s.baseline && strings.ReplaceAll(read.version, "_", ".") == newest {
			return FileName{Base: name, Version: newest, Name: read.words}, true
		}
		return s.parseName(name)
	}
	r.Skips = func(name string) string {
		if scripts[name].skipped {
			return "shouldExecute is false in " + name + ".conf"
		}
		return s.skips(name)
	}
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		script := scripts[n.Base]
		sections, problems := s.split(f, n, script)
		if other := twins[n.Base]; other != "" {
			problems = append(problems, Problem{
				Refused: true,
				Message: other + " has the same version: flyway refuses the whole directory",
				Fix:     "give one of them another version",
			})
		}
		return sections, append(problems, script.problems...)
	}
	if s.outOfOrder {
		r.Late, r.LateRuns = "flyway, with outOfOrder, executes it after %s where that is applied, and before it in a new database", true
	}
	return &r, nil
}

// flywayNonTransactional are the statements for which flyway opens no
// transaction, as PostgreSQLParser has them for PostgreSQL 12 and newer. Each is
// held against every beginning of the statement's words.
var flywayNonTransactional = regexp.MustCompile(`^(?:` +
	`(?:CREATE|DROP) (?:DATABASE|TABLESPACE|SUBSCRIPTION)|ALTER SYSTEM|(?:CREATE|DROP)(?: UNIQUE)? INDEX CONCURRENTLY|` +
	`REINDEX(?: VERBOSE)? (?:SCHEMA|DATABASE|SYSTEM)|VACUUM|DISCARD ALL)$`)

// flywayCutoff is how many words of a statement flyway looks at.
const flywayCutoff = 10

// flywayRunsOutside reports whether flyway runs the statement outside of a
// transaction, and which words tell it so.
func flywayRunsOutside(text []byte, tokens []Token) (words string, outside bool) {
	depth, n := 0, 0
	for _, t := range tokens {
		depth += nesting(text, t)
		if t.Kind != Identifier || depth > 0 {
			continue
		}
		if n++; n > flywayCutoff {
			break
		}
		words = strings.TrimSpace(words + " " + strings.ToUpper(string(text[t.Pos:t.End])))
		if flywayNonTransactional.MatchString(words) {
			return words, true
		}
	}
	return "", false
}

// split: flyway sends the statements of a file one by one, in a transaction
// unless it, or the script configuration, finds that they need none.
func (s *flywaySettings) split(f *File, name FileName, script flywayScript) ([]Section, []Problem) {
	inTransaction := script.inTransaction
	whole := Section{Range: Range{0, len(f.Source)}, Direction: name.Direction, Scope: TransactionPerMigration, Placeholder: s.placeholder}
	if name.Repeats {
		whole.Repeats = whenChanged
	}
	if whole.Literal = s.literal || script.literal; whole.Literal {
		whole.Placeholder = [2]string{}
	}
	if s.group {
		whole.Scope = TransactionPerRun
	}
	var problems, locked []Problem
	inside, outside := false, ""
	text := slices.Clone(f.Source)
	blank(text[:byteOrderMarkIn(f)])
	sp := &splitter{text: text, emit: func(p piece) {
		if len(p.tokens) == 0 {
			return
		}
		words, out := flywayRunsOutside(text, p.tokens)
		if out && outside == "" {
			outside = words
		}
		inside = inside || !out
		if waits := flywayWaits(text, p.tokens); waits != "" && s.holdsLock != "" {
			locked = append(locked, Problem{
				Range:   Range{p.tokens[0].Pos, p.tokens[len(p.tokens)-1].End},
				Refused: true,
				Message: fmt.Sprintf("%s waits without end, or until lock_timeout, for the transaction in which flyway holds its own lock: %s leaves postgresql.transactional.lock true", waits, s.holdsLock),
				Fix:     "set postgresql.transactional.lock to false there",
			})
		}
		if outside == "" || !inside || s.mixed || s.outside || inTransaction != nil || len(problems) > 0 {
			return
		}
		problems = append(problems, Problem{
			Range:   Range{p.tokens[0].Pos, p.tokens[len(p.tokens)-1].End},
			Refused: true,
			Message: fmt.Sprintf("flyway, unless mixed is true, refuses to execute %s, which it takes for non-transactional, in one migration with other statements", outside),
			Fix:     fmt.Sprintf("give each a migration of its own, or write executeInTransaction=false into %s.conf", path.Base(name.Base)),
		})
	}}
	sp.cut(Range{0, len(text)}, true)
	switch {
	case inTransaction != nil && *inTransaction:
		return []Section{whole}, nil
	case inTransaction == nil && outside == "" && !s.outside:
		return []Section{whole}, nil
	}
	whole.Scope = Autocommit
	if s.group && !s.mixed && len(problems) == 0 {
		problems = append(problems, Problem{
			Refused: true,
			Message: "flyway, with group and unless mixed is true, refuses to execute the migration in one run with others that need a transaction, as in a new database",
			Fix:     "set mixed to true, or group to false",
		})
	}
	return []Section{whole}, append(problems, locked...)
}

// flywayWaits returns the words of a statement that waits for every transaction with a
// snapshot. Flyway's own has one, because PostgreSQL's JDBC driver leaves the portal of
// its last SELECT open: measured with pgjdbc 42.7, on CREATE INDEX and REINDEX, which
// wait, and DROP INDEX, DETACH PARTITION and VACUUM, which do not.
func flywayWaits(text []byte, tokens []Token) string {
	var words []string
	for _, t := range tokens[:min(len(tokens), flywayCutoff)] {
		words = append(words, strings.ToUpper(string(text[t.Pos:t.End])))
	}
	switch {
	case !slices.Contains(words, "CONCURRENTLY"):
		return ""
	case words[0] == "REINDEX":
		return "REINDEX CONCURRENTLY"
	case words[0] == "CREATE" && (words[1] == "INDEX" || words[1] == "UNIQUE"):
		return "CREATE INDEX CONCURRENTLY"
	}
	return ""
}
