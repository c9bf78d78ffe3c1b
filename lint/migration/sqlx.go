package migration

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Sqlx is github.com/launchbadge/sqlx, the Rust library and its command. Facts are
// from its source (sqlx-core 0.8: migrate/source.rs, migrate/migrator.rs;
// sqlx-postgres: migrate.rs); it was not run.
var Sqlx = &Runner{
	Name:      "sqlx",
	Detect:    detectSqlx,
	ParseName: parseSqlxName,
	NameOf:    numberedName("%05d_%s.sql"),
	Skips: func(base string) string {
		_, rest, _ := strings.Cut(base, "_")
		switch {
		case path.Ext(base) != ".sql":
			return ""
		case rest == "":
			return "sqlx passes over names without _"
		}
		return "sqlx refuses the whole directory for a name that does not begin with a number and _"
	},
	Less:               func(a, b FileName) bool { return numericVersion(a.Version) < numericVersion(b.Version) },
	Duplicate:          "sqlx fails at the second (23505)",
	Applied:            "sqlx keeps a checksum of each applied migration and refuses to go on where the file has changed",
	Late:               "sqlx executes it after %s where that is applied, and before it in a new database",
	LateRuns:           true,
	Split:              splitSqlx,
	Draft:              draftSqlx,
	WithoutTransaction: "begin the file with -- no-transaction, and leave the statement alone in it",
	noTransaction:      atTop(sqlxNoTransaction + "\n"),
}

var sqlxName = regexp.MustCompile(`^([+-]?[0-9]+)_(.*)\.sql$`)

func parseSqlxName(base string) (FileName, bool) {
	m := sqlxName.FindStringSubmatch(base)
	if m == nil {
		return FileName{}, false
	}
	version, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return FileName{}, false
	}
	n := FileName{Base: base, Version: strconv.FormatInt(version, 10), Name: m[2]}
	if name, ok := strings.CutSuffix(m[2], ".up"); ok {
		n.Name = name
	}
	if name, ok := strings.CutSuffix(m[2], ".down"); ok {
		n.Name, n.Direction = name, Down
	}
	return n, true
}

// sqlxNoTransaction must be the first bytes of the file.
const sqlxNoTransaction = "-- no-transaction"

// detectSqlx: names like its own are those of other tools too. A file that begins
// as only sqlx reads it, or the crate that depends on sqlx, tells.
func detectSqlx(fsys fs.FS, dir string, files []string) string {
	read := false
	for _, base := range files {
		if _, ok := parseSqlxName(base); !ok {
			continue
		}
		read = true
		source, err := fs.ReadFile(fsys, path.Join(dir, base))
		if err == nil && bytes.HasPrefix(source, []byte(sqlxNoTransaction)) {
			return base + " begins with " + sqlxNoTransaction
		}
	}
	if !read {
		return ""
	}
	for d := range upward(dir) {
		cargo := path.Join(d, "Cargo.toml")
		if text, err := fs.ReadFile(fsys, cargo); err == nil && dependsOnCrate(text, "sqlx") {
			return cargo + " depends on sqlx"
		}
	}
	return ""
}

// dependsOnCrate reads the tables of dependencies in a Cargo.toml. One that does
// not parse is cargo's business.
func dependsOnCrate(text []byte, crate string) bool {
	var manifest map[string]any
	if toml.Unmarshal(text, &manifest) != nil {
		return false
	}
	tables := []any{manifest, manifest["workspace"]}
	if targets, ok := manifest["target"].(map[string]any); ok {
		for _, target := range targets {
			tables = append(tables, target)
		}
	}
	for _, table := range tables {
		keys, _ := table.(map[string]any)
		for _, key := range []string{"dependencies", "dev-dependencies", "build-dependencies"} {
			if crates, ok := keys[key].(map[string]any); ok && crates[crate] != nil {
				return true
			}
		}
	}
	return false
}

// splitSqlx: the whole file is one message.
func splitSqlx(f *File, name FileName) ([]Section, []Problem) {
	whole := Range{0, len(f.Source)}
	s := Section{Range: whole, Direction: name.Direction, Scope: TransactionPerMigration, Messages: []Range{whole}}
	problems := byteOrderMarkSent(f, "sqlx")
	if bytes.HasPrefix(f.Source, []byte(sqlxNoTransaction)) {
		s.Scope, s.Messages = SimpleQuery, nil
		return []Section{s}, problems
	}
	for pos, line := range eachCommentLine(f.Source) {
		d := directiveIn(bytes.TrimPrefix(line, byteOrderMark))
		if d == nil || d.runner != "sqlx" {
			continue
		}
		at := trimmed(f.Source, Range{pos, pos + len(line)})
		problems = append(problems, Problem{
			Range:   at,
			Message: fmt.Sprintf("`%s` has no effect, the migration runs in a transaction: sqlx reads %s as the first bytes of the file only", f.Source[at.Pos:at.End], sqlxNoTransaction),
			Fix:     "move it to the beginning of the file",
		})
		break
	}
	return []Section{s}, problems
}

func draftSqlx(statements []string, noTransaction bool) []string {
	files := draftLoneStatements(statements, noTransaction)
	if noTransaction {
		for i := range files {
			files[i] = sqlxNoTransaction + "\n" + files[i]
		}
	}
	return files
}
