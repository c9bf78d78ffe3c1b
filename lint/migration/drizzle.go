package migration

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Drizzle is the migrate function of the npm package drizzle-orm, which
// drizzle-kit's command calls too, with drivers that send several statements in one
// message (pg, postgres). Facts are from its source and from running 0.45.4,
// which reads the journal of flat directories, and 1.0.0-rc.5, which reads a
// directory for each migration.
var Drizzle = &Runner{
	Name:               "drizzle",
	Detect:             detectDrizzle,
	Tree:               true,
	Configure:          configureDrizzle,
	ParseName:          parseFlatDrizzleName,
	NameOf:             numberedName("%04d_%s.sql"),
	Skips:              skipsDrizzle,
	Less:               func(a, b FileName) bool { return collate(a.Version, b.Version) < 0 },
	Applied:            "drizzle never executes an applied migration again, and does not compare it",
	Late:               "drizzle never executes it where %s is applied, and says nothing",
	QualifiesRecords:   true,
	RecordsInside:      true,
	Split:              splitDrizzle,
	Draft:              draftDrizzle,
	WithoutTransaction: "execute it by other means, because drizzle runs all pending migrations in one transaction",
}

const (
	drizzleJournal    = "meta/_journal.json"
	drizzleBreakpoint = "--> statement-breakpoint"
)

// drizzleDirectory is the name of a migration of drizzle 1.0: the directory has a
// snapshot.json beside migration.sql.
var drizzleDirectory = regexp.MustCompile(`^([0-9]{14})_([^/]*)/migration\.sql$`)

// parseFlatDrizzleName is for where no journal lists the names.
func parseFlatDrizzleName(name string) (FileName, bool) {
	tag, ok := strings.CutSuffix(name, ".sql")
	if !ok || strings.Contains(name, "/") {
		return FileName{}, false
	}
	_, words, _ := strings.Cut(tag, "_")
	return FileName{Base: name, Version: tag, Name: words}, true
}

func skipsDrizzle(name string) string {
	if path.Ext(name) == ".sql" {
		return "drizzle executes only what " + drizzleJournal + " lists"
	}
	return ""
}

// parseDrizzleDirectory reads every directory with a migration.sql, as drizzle does.
func parseDrizzleDirectory(name string) (FileName, bool) {
	dir, ok := strings.CutSuffix(name, "/migration.sql")
	if !ok || strings.Contains(dir, "/") {
		return FileName{}, false
	}
	n := FileName{Base: name, Version: dir}
	if m := drizzleDirectory.FindStringSubmatch(name); m != nil {
		n.Name = m[2]
	}
	return n, true
}

type drizzleEntries struct {
	Dialect string `json:"dialect"`
	Entries []struct {
		When int64  `json:"when"`
		Tag  string `json:"tag"`
	} `json:"entries"`
}

// detectDrizzle knows the journal, also one that cannot be read: configureDrizzle
// says why. Journals of other databases are not meant.
func detectDrizzle(fsys fs.FS, dir string, _ []string) string {
	var journal drizzleEntries
	switch err := parseJSON(fsys, path.Join(dir, drizzleJournal), &journal); {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil, journal.Dialect == "postgresql", journal.Dialect == "pg":
		return "it has " + drizzleJournal
	default:
		return ""
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return ""
	}
	for _, e := range entries {
		if !e.IsDir() || !drizzleDirectory.MatchString(e.Name()+"/migration.sql") {
			continue
		}
		var snapshot drizzleEntries
		err := parseJSON(fsys, path.Join(dir, e.Name(), "snapshot.json"), &snapshot)
		if err == nil && snapshot.Dialect == "postgres" || err == nil && snapshot.Dialect == "postgresql" {
			return e.Name() + " has migration.sql and snapshot.json"
		}
	}
	return ""
}

func configureDrizzle(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	var journal drizzleEntries
	name := path.Join(dir, drizzleJournal)
	switch err := parseJSON(fsys, name, &journal); {
	case err == nil:
		r.readJournal(journal, files)
		return &r, nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%w; drizzle refuses a directory whose journal it cannot read", err)
	}
	if slices.ContainsFunc(files, func(name string) bool { _, ok := parseDrizzleDirectory(name); return ok }) {
		r.ParseName = parseDrizzleDirectory
		r.Skips = func(name string) string {
			if path.Ext(name) == ".sql" {
				return "drizzle executes only the migration.sql of each directory"
			}
			return ""
		}
		r.NameOf = func(number int, words string) string {
			return fmt.Sprintf("20240101%06d_%s/migration.sql", number, words)
		}
		r.Late = "drizzle executes it after %s where that is applied, and before it in a new database"
		r.LateRuns = true
	}
	return &r, nil
}

// readJournal sets the runner up for a journal's order. What is applied, drizzle
// tells by the times in it.
func (r *Runner) readJournal(journal drizzleEntries, files []string) {
	place, when := map[string]int{}, map[string]int64{}
	missing := ""
	last := ""
	for i, e := range journal.Entries {
		if _, twice := place[e.Tag]; !twice {
			place[e.Tag], when[e.Tag] = i, e.When
		}
		switch {
		case slices.Contains(files, e.Tag+".sql"):
			last = e.Tag
		case missing == "":
			missing = e.Tag
		}
	}
	r.ParseName = func(name string) (FileName, bool) {
		n, ok := parseFlatDrizzleName(name)
		if _, listed := place[n.Version]; !ok || !listed {
			return FileName{}, false
		}
		return n, true
	}
	r.Skips = func(name string) string {
		if path.Ext(name) != ".sql" || strings.Contains(name, "/") {
			return ""
		}
		return drizzleJournal + " does not list it: drizzle never executes it"
	}
	r.Less = func(a, b FileName) bool {
		i, isListed := place[a.Version]
		j, isOther := place[b.Version]
		if isListed && isOther {
			return i < j
		}
		return collate(a.Version, b.Version) < 0
	}
	r.IsLate = func(n, newest FileName) bool { return when[n.Version] <= when[newest.Version] }
	split := r.Split
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		sections, problems := split(f, n)
		if missing != "" && n.Version == last {
			problems = append(problems, Problem{
				Refused: true,
				Message: fmt.Sprintf("drizzle refuses the whole directory: %s lists %s, which has no file", drizzleJournal, missing),
				Fix:     "add the file, or take the entry out of the journal",
			})
		}
		return sections, problems
	}
}

// drizzleAlmost matches comment lines that were meant as a breakpoint.
var drizzleAlmost = regexp.MustCompile(`(?i)^--\s*>?\s*statement[\s_-]*breakpoint`)

// splitDrizzle cuts at the breakpoint wherever it stands, as String.split does.
func splitDrizzle(f *File, _ FileName) ([]Section, []Problem) {
	whole := Section{Range: Range{0, len(f.Source)}, Scope: TransactionPerRun}
	problems := byteOrderMarkSent(f, "drizzle")
	at, open := 0, false
	for {
		i := bytes.Index(f.Source[at:], []byte(drizzleBreakpoint))
		end := len(f.Source)
		if i >= 0 {
			end = at + i
		}
		whole.Messages = append(whole.Messages, Range{at, end})
		if i < 0 {
			break
		}
		breakpoint := Range{end, end + len(drizzleBreakpoint)}
		whole.Masked = append(whole.Masked, breakpoint)
		cut := endsInsideQuote(f.Source[at:end])
		if cut && !open {
			problems = append(problems, Problem{
				Range: breakpoint, Refused: true, byServer: true,
				Message: "drizzle cuts the file here although this stands inside a quoted text or comment, and PostgreSQL refuses the pieces",
				Fix:     "remove it",
			})
		}
		open = cut && !open
		at = breakpoint.End
	}
	for pos, line := range eachCommentLine(f.Source) {
		if bytes.Contains(line, []byte(drizzleBreakpoint)) || !drizzleAlmost.Match(bytes.TrimSpace(line)) {
			continue
		}
		at := trimmed(f.Source, Range{pos, pos + len(line)})
		problems = append(problems, Problem{
			Range:   at,
			Message: fmt.Sprintf("`%s` has no effect: drizzle cuts a file only at %s", f.Source[at.Pos:at.End], drizzleBreakpoint),
			Fix:     "write " + drizzleBreakpoint,
		})
	}
	return []Section{whole}, problems
}

// draftDrizzle knows no file that runs outside of the transaction.
func draftDrizzle(statements []string, noTransaction bool) []string {
	if noTransaction {
		return nil
	}
	var b strings.Builder
	for i, s := range statements {
		b.WriteString(terminate(s))
		if i+1 < len(statements) {
			b.WriteString(drizzleBreakpoint)
		}
		b.WriteByte('\n')
	}
	return []string{b.String()}
}
