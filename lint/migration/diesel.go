package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/pelletier/go-toml/v2"
)

// Diesel is the migration tool of diesel.rs. Facts are from its source
// (diesel_migrations 2.2: file_based_migrations.rs, migration_harness.rs).
var Diesel = &Runner{
	Name:      "diesel",
	Detect:    detectDiesel,
	Tree:      true,
	Configure: configureDiesel,
	ParseName: parseDieselName,
	NameOf: func(number int, words string) string {
		return fmt.Sprintf("2024-01-01-%06d_%s/up.sql", number, words)
	},
	Skips: func(name string) string {
		if path.Ext(name) == ".sql" {
			return "diesel reads only VERSION_name/up.sql and VERSION_name/down.sql"
		}
		return ""
	},
	Less:               func(a, b FileName) bool { return a.Version < b.Version },
	Duplicate:          "diesel records the version of one of them only",
	Applied:            "diesel knows an applied migration by its version and never executes it again",
	Late:               "diesel executes it after %s where that is applied, and before it in a new database",
	LateRuns:           true,
	Split:              func(f *File, n FileName) ([]Section, []Problem) { return splitDiesel(f, n, true) },
	Draft:              draftLoneStatements,
	Sidecar:            func(name string) (string, string) { return dieselMetadata(name), "run_in_transaction = false\n" },
	WithoutTransaction: "write run_in_transaction = false into the migration's metadata.toml, and leave the statement alone in its file",
}

// dieselName is what valid_sql_migration_directory and version_from_string
// accept, for names that begin with a digit, as those of diesel's command do.
var dieselName = regexp.MustCompile(`^([0-9][^_/]*)_?([^/]*)/(up|down)\.sql$`)

func parseDieselName(name string) (FileName, bool) {
	m := dieselName.FindStringSubmatch(name)
	if m == nil {
		return FileName{}, false
	}
	n := FileName{Base: name, Version: strings.ReplaceAll(m[1], "-", ""), Name: m[2]}
	if m[3] == "down" {
		n.Direction = Down
	}
	return n, true
}

// detectDiesel: no other tool has directories with up.sql.
func detectDiesel(fsys fs.FS, dir string, _ []string) string {
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return ""
	}
	first, with := "", 0
	for _, e := range entries {
		name := path.Join(e.Name(), "up.sql")
		if _, ok := parseDieselName(name); !ok || !e.IsDir() {
			continue
		}
		if info, err := fs.Stat(fsys, path.Join(dir, name)); err == nil && !info.IsDir() {
			if with++; first == "" {
				first = name
			}
		}
	}
	switch with {
	case 0:
		return ""
	case 1:
		return first + " has the form VERSION_name/up.sql"
	}
	return fmt.Sprintf("%s has the form VERSION_name/up.sql, as %d directories do", first, with)
}

func dieselMetadata(name string) string { return path.Join(path.Dir(name), "metadata.toml") }

// configureDiesel reads each migration's metadata.toml. Where the file exists
// without the key, diesel takes false: its field has serde's default.
func configureDiesel(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	outside := map[string]Problem{} // by metadata.toml
	for _, name := range files {
		if path.Base(name) != "metadata.toml" {
			continue
		}
		text, err := fs.ReadFile(fsys, path.Join(dir, name))
		if err != nil {
			return nil, err
		}
		var metadata struct {
			RunInTransaction *bool `toml:"run_in_transaction"`
		}
		if err := toml.Unmarshal(text, &metadata); err != nil {
			return nil, tomlError(path.Join(dir, name), err)
		}
		switch in := metadata.RunInTransaction; {
		case in == nil:
			outside[name] = Problem{
				Message: "the migration runs without a transaction: diesel reads a metadata.toml without run_in_transaction so",
				Fix:     "write run_in_transaction = true or false into " + name,
			}
		case !*in:
			outside[name] = Problem{}
		}
	}
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		p, isOutside := outside[dieselMetadata(n.Base)]
		sections, problems := splitDiesel(f, n, !isOutside)
		if p.Message != "" {
			problems = append(problems, p)
		}
		return sections, problems
	}
	return &r, nil
}

// splitDiesel: the whole file is one batch_execute, that of libpq's PQexec.
func splitDiesel(f *File, name FileName, inTransaction bool) ([]Section, []Problem) {
	whole := Section{Range: Range{0, len(f.Source)}, Direction: name.Direction, Scope: SimpleQuery}
	if inTransaction {
		whole.Scope, whole.Messages = TransactionPerMigration, []Range{whole.Range}
	}
	return []Section{whole}, byteOrderMarkSent(f, "diesel")
}

// tomlError adds the place to an error of the TOML reader.
func tomlError(name string, err error) error {
	var at *toml.DecodeError
	if errors.As(err, &at) {
		line, column := at.Position()
		return fmt.Errorf("%s:%d:%d: %w", name, line, column, err)
	}
	return fmt.Errorf("%s: %w", name, err)
}
