package migration

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
)

// Supabase is the command of supabase, which applies supabase/migrations. Facts
// about 2.109 and later are from running 2.116.0, 2.118.0 and 3.1.0 against
// PostgreSQL 17; those about earlier versions, which run only over TLS, from
// their source.
var Supabase = &Runner{
	Name:      "supabase",
	Detect:    detectSupabase,
	Configure: configureSupabase,
	ParseName: parseSupabaseName,
	NameOf:    numberedName("202401010%05d_%s.sql"),
	Skips: func(base string) string {
		if path.Ext(base) == ".sql" {
			return "supabase reads only names like VERSION_name.sql"
		}
		return ""
	},
	Less:      func(a, b FileName) bool { return a.Base < b.Base },
	Duplicate: "supabase fails at the second (23505)",
	Applied:   "supabase knows an applied migration by its version and never executes it again",
	SendsRows: true, // not measured
	Late:      "supabase refuses to run where %s is applied, unless it is told --include-all",
	// It resets the settings before each file.
	FreshSession: true,
	Split:        splitSupabase,
	Draft: func(statements []string, noTransaction bool) []string {
		if noTransaction {
			return draftLoneStatements(statements, true)
		}
		return draftPsql(statements, false)
	},
	WithoutTransaction: "remove it, and leave the statement alone in its file, which every version of supabase executes without a transaction",
}

var supabaseName = regexp.MustCompile(`^([0-9]+)_(.*)\.sql$`)

func parseSupabaseName(base string) (FileName, bool) {
	m := supabaseName.FindStringSubmatch(base)
	if m == nil {
		return FileName{}, false
	}
	return FileName{Base: base, Version: m[1], Name: m[2]}, true
}

// detectSupabase knows the directory by its place.
func detectSupabase(fsys fs.FS, dir string, files []string) string {
	config := path.Join(path.Dir(dir), "config.toml")
	isCandidate := func(base string) bool { _, ok := parseSupabaseName(base); return ok }
	if path.Base(dir) != "migrations" || path.Base(path.Dir(dir)) != "supabase" || !slices.ContainsFunc(files, isCandidate) {
		return ""
	}
	if _, err := fs.Stat(fsys, config); err == nil {
		return config + " is beside it"
	}
	return "supabase/migrations is where supabase looks"
}

// configureSupabase finds out whether the project's version executes all
// statements of a file in one pipeline.
func configureSupabase(r Runner, fsys fs.FS, dir string, _ []string) (*Runner, error) {
	version, from := versionOf(fsys, dir, "supabase")
	switch {
	case from == "":
		r.How = "supabase's version is not known here, and taken for 2.109 or later, which executes by itself what must run outside of a transaction"
	case atLeast(version, 2, 109):
		r.How = fmt.Sprintf("%s has version %s, which executes by itself what must run outside of a transaction", from, version)
	default:
		r.How = fmt.Sprintf("%s has version %s, which sends a file as one pipeline", from, version)
		r.Split = func(f *File, _ FileName) ([]Section, []Problem) {
			return []Section{{Range: Range{0, len(f.Source)}, Scope: Pipeline}}, nil
		}
	}
	return &r, nil
}

// splitSupabase: statements between those that it executes by themselves are one
// pipeline, and a file with transaction control is executed one by one.
func splitSupabase(f *File, _ FileName) ([]Section, []Problem) {
	whole := Section{Range: Range{0, len(f.Source)}, Scope: Pipeline}
	var groups []Range
	grouped, alone, controls := false, false, false
	text := slices.Clone(f.Source)
	blank(text[:byteOrderMarkIn(f)])
	s := &splitter{text: text, emit: func(p piece) {
		if len(p.tokens) == 0 {
			return
		}
		at := Range{p.tokens[0].Pos, p.tokens[len(p.tokens)-1].End}
		word := func(i int, words ...string) bool {
			return i < len(p.tokens) && isAnyWord(text, p.tokens[i], words...)
		}
		unique := 0
		if word(1, "UNIQUE") {
			unique = 1
		}
		controls = controls || word(0, "BEGIN", "START", "COMMIT", "END", "ROLLBACK", "ABORT")
		own := word(0, "CREATE") && word(1+unique, "INDEX") && word(2+unique, "CONCURRENTLY") ||
			word(0, "DROP") && word(1, "INDEX") && word(2, "CONCURRENTLY") ||
			word(0, "REINDEX") && slices.ContainsFunc(p.tokens, func(t Token) bool { return isWord(text, t, "CONCURRENTLY") }) ||
			word(0, "VACUUM", "CLUSTER") || word(0, "ALTER") && word(1, "SYSTEM")
		if own || !grouped {
			groups = append(groups, at)
		} else {
			groups[len(groups)-1].End = at.End
		}
		grouped = !own
		alone = alone || own
	}}
	s.cut(Range{0, len(text)}, false)
	switch {
	case controls:
		whole.Scope = Autocommit
	case alone && len(groups) > 1:
		// A pipeline is a transaction as the statements of one message are.
		whole.Scope, whole.Messages = Autocommit, groups
	case alone:
		whole.Scope = Autocommit
	}
	return []Section{whole}, nil
}
