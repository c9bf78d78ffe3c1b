package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Prisma is the migrate command of the npm package prisma, on PostgreSQL. Its
// engine is a binary that the package loads from elsewhere: nothing was run here.
// Facts are from the engine's source (schema-engine, before and after 7.4.0) and
// from its documentation.
var Prisma = &Runner{
	Name:      "prisma",
	Detect:    detectPrisma,
	Tree:      true,
	Configure: configurePrisma,
	ParseName: parsePrismaName,
	NameOf: func(number int, words string) string {
		return fmt.Sprintf("20240101%06d_%s/migration.sql", number, words)
	},
	Skips: func(name string) string {
		if path.Ext(name) == ".sql" {
			return "prisma executes only the migration.sql of each directory"
		}
		return ""
	},
	Less:     func(a, b FileName) bool { return a.Version < b.Version },
	Applied:  "prisma knows an applied migration by its name and never executes it again",
	Late:     "prisma executes it after %s where that is applied, and before it in a new database",
	LateRuns: true,
	Split: func(f *File, _ FileName) ([]Section, []Problem) {
		return []Section{{Range: Range{0, len(f.Source)}, Scope: SimpleQuery}}, byteOrderMarkSent(f, "prisma")
	},
	Draft:              draftLoneStatements,
	WithoutTransaction: "remove it, and leave the statement alone in its file: prisma opens no transaction",
}

const prismaLock = "migration_lock.toml"

func parsePrismaName(name string) (FileName, bool) {
	dir, ok := strings.CutSuffix(name, "/migration.sql")
	if !ok || strings.Contains(dir, "/") {
		return FileName{}, false
	}
	_, words, _ := strings.Cut(dir, "_")
	return FileName{Base: name, Version: dir, Name: words}, true
}

// detectPrisma knows the lock file with the provider, and directories that begin
// with a number and have a migration.sql.
func detectPrisma(fsys fs.FS, dir string, _ []string) string {
	var lock struct{ Provider string }
	lockText, lockErr := fs.ReadFile(fsys, path.Join(dir, prismaLock))
	if lockErr == nil && toml.Unmarshal(lockText, &lock) == nil && lock.Provider != "postgresql" && lock.Provider != "cockroachdb" {
		return ""
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return ""
	}
	first, with := "", 0
	for _, e := range entries {
		name := path.Join(e.Name(), "migration.sql")
		if !e.IsDir() || lockErr != nil && !('0' <= name[0] && name[0] <= '9') {
			continue
		}
		if info, err := fs.Stat(fsys, path.Join(dir, name)); err == nil && !info.IsDir() {
			if with++; first == "" {
				first = name
			}
		}
	}
	switch {
	case with == 0:
		return ""
	case lockErr == nil:
		return "it has " + prismaLock
	case with == 1:
		return first + " has the form NAME/migration.sql"
	}
	return fmt.Sprintf("%s has the form NAME/migration.sql, as %d directories do", first, with)
}

// configurePrisma finds out how the project's version sends a file: since 7.4.0
// statement by statement.
func configurePrisma(r Runner, fsys fs.FS, dir string, _ []string) (*Runner, error) {
	name := path.Join(dir, prismaLock)
	text, err := fs.ReadFile(fsys, name)
	switch {
	case err == nil:
		var lock struct{ Provider string }
		if err := toml.Unmarshal(text, &lock); err != nil {
			return nil, fmt.Errorf("%w; prisma writes the file itself: take it from the last commit", tomlError(name, err))
		}
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	}
	version, from := versionOf(fsys, dir, "prisma")
	if from == "" {
		r.How = "prisma's version is not known here, and taken for one before 7.4.0, which sends a file as one message"
		return &r, nil
	}
	if !atLeast(version, 7, 4) {
		r.How = fmt.Sprintf("%s has version %s, which sends a file as one message", from, version)
		return &r, nil
	}
	r.How = fmt.Sprintf("%s has version %s, which sends each statement by itself", from, version)
	r.Split = splitPrisma
	r.Draft = draftPrisma
	return &r, nil
}

// splitPrisma is for prisma since 7.4.0. A file with a statement that its parser
// does not know is sent as one message; of those, one is known.
func splitPrisma(f *File, _ FileName) ([]Section, []Problem) {
	whole := Section{Range: Range{0, len(f.Source)}, Scope: Autocommit}
	tokens := slices.DeleteFunc(Scan(f.Source, 0), Token.isComment)
	for i := range tokens {
		if i+2 < len(tokens) && isWord(f.Source, tokens[i], "DROP") && isWord(f.Source, tokens[i+1], "INDEX") && isWord(f.Source, tokens[i+2], "CONCURRENTLY") {
			whole.Scope = SimpleQuery
		}
	}
	return []Section{whole}, byteOrderMarkSent(f, "prisma")
}

// draftPrisma opens the transaction that prisma does not, and leaves alone what
// must run outside of one, as all versions can execute it.
func draftPrisma(statements []string, noTransaction bool) []string {
	if noTransaction {
		return draftLoneStatements(statements, true)
	}
	return draftPsql(statements, false)
}

// atLeast compares the first two numbers of a version, or of the first version of
// a range such as ^7.4.0.
func atLeast(version string, major, minor int) bool {
	parts := digits.FindAllString(version, 2)
	if len(parts) == 0 {
		return false
	}
	parts = append(parts, "0")
	var has [2]int
	for i := range has {
		_, _ = fmt.Sscan(parts[i], &has[i])
	}
	return has[0] > major || has[0] == major && has[1] >= minor
}
