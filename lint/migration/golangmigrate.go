package migration

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
)

// GolangMigrate is github.com/golang-migrate/migrate, v4. Facts are from its
// source (v4.20.1: source/parse.go, source/iofs, database/pgx/v5) and from
// running it. It reads one directory: directories side by side, such as one for each
// release, are histories of their own, and whose program joins them is not known.
// The drivers' option x-multi-statement is not read, with which the file would be cut
// at every semicolon byte and each piece executed by itself: it is a part of the
// database's URL, and that of production is not in the files of a project.
var GolangMigrate = &Runner{
	Name:      "golang-migrate",
	Detect:    detectGolangMigrate,
	ParseName: parseGolangMigrateName,
	NameOf:    numberedName("%05d_%s.up.sql"),
	Skips: func(base string) string {
		if path.Ext(base) == ".sql" {
			return "golang-migrate reads only names like VERSION_name.up.sql and VERSION_name.down.sql"
		}
		return ""
	},
	Less: func(a, b FileName) bool {
		return golangMigrateVersion(a.Version) < golangMigrateVersion(b.Version)
	},
	Duplicate:          "golang-migrate refuses the whole directory",
	Applied:            "golang-migrate records the newest version alone and never executes an older file again",
	Late:               "golang-migrate never executes it where %s is applied, and says nothing",
	QualifiesRecords:   true,
	LeftOpen:           "whether golang-migrate commits what follows with its own record, or stops with an error, depends on its driver",
	Split:              splitGolangMigrate,
	Draft:              draftLoneStatements,
	WithoutTransaction: "remove it, and leave the statement alone in its file: golang-migrate opens no transaction",
}

// golangMigrateName is source.Regex. Any extension counts.
var golangMigrateName = regexp.MustCompile(`^([0-9]+)_(.*)\.(down|up)\.(.*)$`)

func parseGolangMigrateName(base string) (FileName, bool) {
	m := golangMigrateName.FindStringSubmatch(base)
	if m == nil {
		return FileName{}, false
	}
	version, err := strconv.ParseUint(m[1], 10, 64)
	if err != nil {
		return FileName{}, false
	}
	n := FileName{Base: base, Version: strconv.FormatUint(version, 10), Name: m[2]}
	if m[3] == "down" {
		n.Direction = Down
	}
	return n, true
}

func golangMigrateVersion(version string) uint64 {
	n, _ := strconv.ParseUint(version, 10, 64)
	return n
}

func detectGolangMigrate(_ fs.FS, _ string, files []string) string {
	first, with, of := "", 0, 0
	for _, base := range files {
		if path.Ext(base) != ".sql" {
			continue
		}
		of++
		if _, ok := parseGolangMigrateName(base); ok {
			with++
			if first == "" {
				first = base
			}
		}
	}
	if with == 0 || with*2 < of {
		return ""
	}
	return fmt.Sprintf("%s has the form VERSION_name.up.sql or .down.sql, as %d of %d files do", first, with, of)
}

// splitGolangMigrate: the whole file is one Exec without arguments, which both
// PostgreSQL drivers send as one simple query.
func splitGolangMigrate(f *File, name FileName) ([]Section, []Problem) {
	whole := Section{Range: Range{0, len(f.Source)}, Direction: name.Direction, Scope: SimpleQuery}
	return []Section{whole}, byteOrderMarkSent(f, "golang-migrate")
}
