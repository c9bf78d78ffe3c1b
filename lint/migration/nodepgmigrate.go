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
	"time"
)

// NodePgMigrate is the npm package node-pg-migrate, with SQL files. Facts are
// from its source (9.0.0: bin/node-pg-migrate.ts, migration.ts, migrationLoader.ts,
// sqlMigration.ts, runner.ts) and from running it. Its option --no-single-transaction
// is read in the scripts of package.json, for it has no place in a configuration file;
// patterns of files to pass over are not read.
var NodePgMigrate = &Runner{
	Name:      "node-pg-migrate",
	Detect:    detectNodePgMigrate,
	Configure: configureNodePgMigrate,
	ParseName: parseNodePgMigrateName,
	NameOf:    numberedName("%05d_%s.sql"),
	Skips: func(base string) string {
		switch path.Ext(base) {
		case ".sql":
			if !strings.HasPrefix(base, ".") {
				return "node-pg-migrate refuses a directory with a file whose name begins with no number"
			}
		case ".js", ".ts", ".cjs", ".mjs", ".cts", ".mts":
			if '0' <= base[0] && base[0] <= '9' {
				return "a JavaScript migration, which is not read"
			}
		}
		return ""
	},
	Less: func(a, b FileName) bool {
		if m, n := nodePgMigrateNumber(a.Version), nodePgMigrateNumber(b.Version); m != n {
			return m < n
		}
		return a.Base != a.Version && b.Base != b.Version && collateNumerically(a.Base, b.Base) < 0
	},
	Applied:            "node-pg-migrate knows an applied migration by its name and never executes it again",
	Late:               "node-pg-migrate refuses to run where %s is applied",
	QualifiesRecords:   true,
	RecordsInside:      true,
	Split:              splitNodePgMigrate,
	Draft:              draftNodePgMigrate,
	WithoutTransaction: "write it as a JavaScript migration that calls pgm.noTransaction(), because node-pg-migrate runs its SQL files in a transaction",
}

var (
	// \s of JavaScript.
	nodePgMigrateUp   = regexp.MustCompile(`(?im)(?:^|\r)[\s\v\x{a0}\x{feff}]*--[\s\v\x{a0}\x{feff}-]*up[\s\v\x{a0}\x{feff}]+migration`)
	nodePgMigrateDown = regexp.MustCompile(`(?im)(?:^|\r)[\s\v\x{a0}\x{feff}]*--[\s\v\x{a0}\x{feff}-]*down[\s\v\x{a0}\x{feff}]+migration`)
	nodePgMigrateName = regexp.MustCompile(`^([0-9]+)(.*)\.sql$`)
)

// parseNodePgMigrateName reads also the names of the loader "sql", which is for
// pairs of files. Without it, node-pg-migrate would execute x.down.sql on the
// way up: nobody has such pairs then.
func parseNodePgMigrateName(base string) (FileName, bool) {
	m := nodePgMigrateName.FindStringSubmatch(base)
	if m == nil {
		return FileName{}, false
	}
	n := FileName{Base: base, Version: m[1]}
	words, down := strings.CutSuffix(m[2], ".down")
	if down {
		n.Direction = Down
	}
	n.Name = strings.TrimLeft(strings.TrimSuffix(words, ".up"), "_-")
	return n, true
}

// nodePgMigrateNumber is getNumericPrefix: 17 digits are a date, of which it
// takes the milliseconds since 1970.
func nodePgMigrateNumber(version string) float64 {
	if len(version) == 17 {
		if t, err := time.Parse("20060102150405.000", version[:14]+"."+version[14:]); err == nil {
			return float64(t.UnixMilli())
		}
	}
	n, _ := strconv.ParseFloat(version, 64)
	return n
}

// detectNodePgMigrate knows the directives, and a directory that is called
// migrations in a project that depends on the package.
func detectNodePgMigrate(fsys fs.FS, dir string, files []string) string {
	isCandidate := func(base string) bool { _, ok := parseNodePgMigrateName(base); return ok }
	if why := detectDirective("node-pg-migrate", "-- Up Migration", isCandidate)(fsys, dir, files); why != "" {
		return why
	}
	if !strings.Contains(path.Base(dir), "migration") || !slices.ContainsFunc(files, isCandidate) {
		return ""
	}
	if file, _ := dependsOn(fsys, dir, "node-pg-migrate"); file != "" {
		return file + " depends on node-pg-migrate"
	}
	return ""
}

// configureNodePgMigrate finds files that the loader "sql" cannot pair, and whether
// there is a transaction for all or for each.
func configureNodePgMigrate(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	separate := false
	if file, _, of := dependent(fsys, dir, "node-pg-migrate"); nodePgMigrateSeparates(of.Scripts) {
		separate = true
		r.How = "a script of " + file + " has --no-single-transaction"
	}
	has := map[string]bool{}
	for _, base := range files {
		has[base] = true
	}
	split := r.Split
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		sections, problems := split(f, n)
		for i := range sections {
			if separate {
				sections[i].Scope = TransactionPerMigration
			}
		}
		id, isUp := strings.CutSuffix(n.Base, ".up.sql")
		id, isDown := strings.CutSuffix(id, ".down.sql")
		switch {
		case (isUp || isDown) && has[id+".sql"]:
			problems = append(problems, Problem{
				Refused: true,
				Message: fmt.Sprintf("node-pg-migrate refuses the whole directory: it has %s.sql and %s", id, n.Base),
				Fix:     "keep one of the two forms",
			})
		case isDown && !has[id+".up.sql"]:
			problems = append(problems, Problem{
				Refused: true,
				Message: fmt.Sprintf("node-pg-migrate refuses the whole directory: %s has no %s.up.sql", n.Base, id),
				Fix:     "add the file, or remove this one",
			})
		}
		return sections, problems
	}
	return &r, nil
}

var (
	nodePgMigrateUps      = regexp.MustCompile(`\bnode-pg-migrate\b.*\s(up|redo)\b`)
	nodePgMigrateSeparate = regexp.MustCompile(`\s--(no-single-?[tT]ransaction|single-?[tT]ransaction[ =]false)\b`)
)

// nodePgMigrateSeparates reports whether the scripts of a project ask for a
// transaction for each migration. Where only some do, nobody knows which one runs.
func nodePgMigrateSeparates(scripts map[string]string) bool {
	separate := false
	for _, script := range scripts {
		switch {
		case nodePgMigrateSeparate.MatchString(script):
			separate = true
		case nodePgMigrateUps.MatchString(script):
			return false
		}
	}
	return separate
}

func splitNodePgMigrate(f *File, name FileName) ([]Section, []Problem) {
	text := f.Source
	if strings.HasSuffix(name.Base, ".up.sql") || name.Direction == Down {
		whole := Range{0, len(text)}
		return []Section{{Range: whole, Direction: name.Direction, Scope: TransactionPerRun, Messages: []Range{whole}}}, byteOrderMarkSent(f, "node-pg-migrate")
	}
	up, down := nodePgMigrateUp.FindIndex(text), nodePgMigrateDown.FindIndex(text)
	section := func(d Direction, marker []int, end int) Section {
		at := Range{marker[0], end}
		return Section{Range: at, Direction: d, Scope: TransactionPerRun, Messages: []Range{at}, Masked: []Range{nodePgMigrateLine(text, marker)}}
	}
	var sections []Section
	var problems []Problem
	switch {
	case up != nil && down != nil && up[0] < down[0]:
		sections = []Section{section(Up, up, down[0]), section(Down, down, len(text))}
	case up != nil && down != nil:
		sections = []Section{section(Down, down, up[0]), section(Up, up, len(text))}
	case up != nil:
		sections = []Section{section(Up, up, len(text))}
	default:
		whole := Range{0, len(text)}
		sections = []Section{{Range: whole, Scope: TransactionPerRun, Messages: []Range{whole}}}
		if down != nil {
			problems = append(problems, Problem{
				Range:   nodePgMigrateLine(text, down),
				Message: "node-pg-migrate executes the whole file on the way up, and what is below this line too: it finds no -- Up Migration",
				Fix:     "write -- Up Migration above the statements",
			})
		}
	}
	first := &sections[0]
	above := Range{byteOrderMarkIn(f), first.Pos}
	if first.Pos > 0 && slices.ContainsFunc(Scan(text[:above.End], above.Pos), func(t Token) bool { return !t.isComment() && !isByte(text, t, ';') }) {
		problems = append(problems, Problem{
			Range:   trimmed(text, above),
			Message: "node-pg-migrate never executes what stands above the first -- Up Migration or -- Down Migration",
			Fix:     "move it below -- Up Migration",
		})
	}
	if first.Pos == 0 {
		problems = append(problems, byteOrderMarkSent(f, "node-pg-migrate")...)
	}
	// Comments above the first directive belong to its section.
	first.Pos = 0
	open := false
	for i, s := range sections {
		if i > 0 && open {
			problems = append(problems, Problem{
				Range: s.Masked[0], Refused: true,
				Message: "node-pg-migrate reads the line as its directive although it stands inside a quoted text or comment, and PostgreSQL refuses the pieces",
				Fix:     "write the line otherwise",
			})
		}
		open = endsInsideQuote(text[s.Messages[0].Pos:s.Messages[0].End])
	}
	return sections, append(problems, laterDirectives(f, sections)...)
}

// nodePgMigrateLine is the line of a directive.
func nodePgMigrateLine(text []byte, found []int) Range {
	r := Range{found[0], found[1]}
	if i := bytes.IndexAny(text[r.End:], "\r\n"); i >= 0 {
		r.End += i
	} else {
		r.End = len(text)
	}
	return trimmed(text, r)
}

// laterDirectives reports all but the first of each direction.
func laterDirectives(f *File, sections []Section) []Problem {
	var problems []Problem
	for pos, line := range eachCommentLine(f.Source) {
		d := directiveIn(line)
		at := trimmed(f.Source, Range{pos, pos + len(line)})
		if d == nil || d.runner != "node-pg-migrate" || slices.ContainsFunc(sections, func(s Section) bool {
			return len(s.Masked) > 0 && s.Masked[0].Pos <= at.Pos && at.Pos < s.Masked[0].End
		}) || sections[0].Masked == nil {
			continue
		}
		problems = append(problems, Problem{
			Range:   at,
			Message: fmt.Sprintf("`%s` has no effect: node-pg-migrate reads the first line of each direction only", f.Source[at.Pos:at.End]),
			Fix:     "remove it, or move what is below it",
		})
	}
	return problems
}

// draftNodePgMigrate knows no SQL file that runs outside of the transaction.
func draftNodePgMigrate(statements []string, noTransaction bool) []string {
	if noTransaction {
		return nil
	}
	return []string{"-- Up Migration\n" + terminated(statements)}
}
