package migration

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// Psql is a directory of plain SQL files that psql -f, or something like it,
// executes in the order of their names.
var Psql = &Runner{
	Name:      "psql",
	Detect:    detectPsql,
	ParseName: parsePsqlName,
	NameOf:    numberedName("%05d_%s.sql"),
	Skips:     func(string) string { return "" },
	Less:      func(a, b FileName) bool { return a.Base < b.Base },
	Split: func(f *File, n FileName) ([]Section, []Problem) {
		return []Section{{Range: Range{0, len(f.Source)}, Scope: Autocommit, Direction: n.Direction}}, nil
	},
	Draft:              draftPsql,
	FreshSession:       true,
	SendsRows:          true,
	PsqlCommands:       true,
	WithoutTransaction: "remove it: psql opens no transaction",
}

func parsePsqlName(base string) (FileName, bool) {
	if path.Ext(base) != ".sql" || strings.HasPrefix(base, ".") {
		return FileName{}, false
	}
	return psqlName(base), true
}

func isPsqlName(base string) bool {
	_, ok := parsePsqlName(base)
	return ok
}

// psqlName reads any name: psql executes every file that it is given. Nobody
// gives it down.sql or x.down.sql on the way up.
func psqlName(base string) FileName {
	n := FileName{Base: base, Version: strings.TrimSuffix(base, ".sql")}
	if base == "down.sql" || strings.HasSuffix(base, ".down.sql") {
		n.Direction = Down
	}
	return n
}

func detectPsql(_ fs.FS, _ string, files []string) string {
	n, name := 0, ""
	for _, base := range files {
		if isPsqlName(base) {
			n, name = n+1, base
		}
	}
	switch n {
	case 0:
		return ""
	case 1:
		return "plain SQL: " + name + " has the marks of no other known tool"
	}
	return fmt.Sprintf("plain SQL in the order of file names: no file (of %d) has the marks of another known tool", n)
}

// draftPsql opens the transaction that psql does not.
func draftPsql(statements []string, noTransaction bool) []string {
	if !noTransaction && len(statements) > 1 {
		statements = slices.Concat([]string{"BEGIN"}, statements, []string{"COMMIT"})
	}
	return []string{terminated(statements)}
}
