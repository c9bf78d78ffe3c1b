// Package query reads the files of SQL that an application sends, as sqlc and
// its like keep them.
package query

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/premortem-lint/premortem/lint/migration"
)

// Query is one statement of an application.
type Query struct {
	// Name is the one that a comment "-- name: X" gives it, or "".
	Name string
	// File is as it is on disk, or was at the merge base; Statement's offsets
	// are good for it.
	File      *migration.File
	Statement *migration.Statement
	// Running and Deployed say whether the release that still runs, or the one
	// that is deployed, has the query. Neither is set where nobody can tell them apart.
	Running, Deployed bool
	// Expanded is true where a generator has written the columns for *, as sqlc does.
	Expanded bool
}

// Set is the queries of an application.
type Set struct {
	Queries []*Query // in order of file and place
	Gaps    []Gap
}

// Gap is text of a file that was not analysed.
type Gap struct {
	migration.Gap
	File *migration.File
}

// Load reads the .sql files that match a glob (doublestar) or are below what does.
// It fails for a glob that matches no such file.
func Load(fsys fs.FS, globs ...string) (*Set, error) {
	var files []*migration.File
	seen := map[string]bool{}
	for _, glob := range globs {
		found := false
		for _, pattern := range []string{glob, path.Join(glob, "**")} {
			names, err := doublestar.Glob(fsys, pattern, doublestar.WithFilesOnly(), doublestar.WithNoFollow())
			if err != nil {
				return nil, err
			}
			for _, name := range names {
				if path.Ext(name) != ".sql" {
					continue
				}
				found = true
				if seen[name] {
					continue
				}
				seen[name] = true
				source, err := fs.ReadFile(fsys, name)
				if err != nil {
					return nil, err
				}
				files = append(files, &migration.File{Name: name, Source: source})
			}
		}
		if !found {
			return nil, fmt.Errorf("no .sql file matches %q", glob)
		}
	}
	slices.SortFunc(files, func(a, b *migration.File) int { return strings.Compare(a.Name, b.Name) })
	return Read(files...), nil
}

// Read reads files of queries.
func Read(files ...*migration.File) *Set {
	set := &Set{}
	for _, f := range files {
		set.read(f)
	}
	return set
}

var (
	nameComment = regexp.MustCompile(`^name:\s*([^\s:]+)`)
	sqlcComment = regexp.MustCompile(`^name:\s*\S+\s+:(one|many|exec|execresult|execrows|execlastid|batchexec|batchone|batchmany|copyfrom)\b`)
)

func (set *Set) read(f *migration.File) {
	source := masked(f.Source)
	m := migration.ParseFile(&migration.File{Name: f.Name, Source: source})
	if slices.ContainsFunc(m.Gaps, func(g migration.Gap) bool { return !g.Harmless && bytes.IndexByte(source[g.Pos:g.End], '?') >= 0 }) {
		for _, g := range m.Gaps {
			maskQuestions(source[g.Pos:g.End])
		}
		m = migration.ParseFile(&migration.File{Name: f.Name, Source: source})
	}
	for _, g := range m.Gaps {
		if !g.Harmless {
			g.Inside = true // of the file; it is no statement of a migration
			set.Gaps = append(set.Gaps, Gap{g, f})
		}
	}
	for _, s := range m.Statements {
		q := &Query{File: f, Statement: s}
		for _, c := range s.Comments {
			if found := nameComment.FindStringSubmatch(c.Text); found != nil {
				q.Name, q.Expanded = found[1], sqlcComment.MatchString(c.Text)
			}
		}
		set.Queries = append(set.Queries, q)
	}
}

// Releases joins the queries of the release that still runs with those of the
// one that is deployed. Those that both have are there once, as they are now.
func Releases(running, deployed *Set) *Set {
	set := &Set{Gaps: deployed.Gaps}
	now := map[string]*Query{}
	for _, q := range deployed.Queries {
		q.Deployed = true
		now[q.Statement.Text()] = q
		set.Queries = append(set.Queries, q)
	}
	for _, q := range running.Queries {
		if same := now[q.Statement.Text()]; same != nil {
			same.Running = true
			continue
		}
		q.Running = true
		set.Queries = append(set.Queries, q)
	}
	slices.SortStableFunc(set.Queries, func(a, b *Query) int { return strings.Compare(a.File.Name, b.File.Name) })
	return set
}

// String says where the query is: its name, or its place.
func (q *Query) String() string {
	if q.Name != "" {
		return q.Name
	}
	at := q.File.Position(q.Statement.Pos)
	return fmt.Sprintf("%s:%d", q.File.Name, at.Line)
}

// sqlcMacro is a call of sqlc's own functions.
var sqlcMacro = regexp.MustCompile(`(?i)\bsqlc\s*\.\s*(arg|narg|slice|embed)\s*\(\s*['"]?([^()'"\s]+)['"]?\s*\)`)

// masked replaces what stands for parameters by $1 in equal length: sqlc's
// @name and sqlc.arg(name), and :name. sqlc.embed(t) becomes t.*.
func masked(source []byte) []byte {
	text := slices.Clone(source)
	for _, m := range sqlcMacro.FindAllSubmatchIndex(text, -1) {
		word := strings.ToLower(string(text[m[2]:m[3]]))
		with := "$1"
		if word == "embed" {
			with = string(text[m[4]:m[5]]) + ".*"
		}
		replace(text[m[0]:m[1]], with)
	}
	tokens := migration.Scan(text, 0)
	depth := 0 // of brackets: a[1:n] is a slice
	for i, t := range tokens {
		switch word := text[t.Pos:t.End]; {
		case t.Kind == migration.Punctuation && word[0] == '[':
			depth++
		case t.Kind == migration.Punctuation && word[0] == ']':
			depth--
		}
		if i+1 == len(tokens) || tokens[i+1].Pos != t.End || tokens[i+1].Kind != migration.Identifier {
			continue
		}
		colon := t.Kind == migration.Punctuation && text[t.Pos] == ':' && t.End == t.Pos+1 && depth == 0
		// The scanner joins it with an operator before it: id=@id.
		at := t.Kind == migration.Operator && text[t.End-1] == '@' && !strings.Contains("<@ @@ !@", string(text[t.Pos:t.End])) ||
			t.Kind == migration.Operator && t.End == t.Pos+1 && text[t.Pos] == '@'
		if colon || at {
			replace(text[t.End-1:tokens[i+1].End], "$1")
		}
	}
	return text
}

// replace overwrites text, and fills the rest of it with blanks.
func replace(text []byte, with string) {
	n := copy(text, with)
	for i := n; i < len(text); i++ {
		if text[i] != '\n' && text[i] != '\r' {
			text[i] = ' '
		}
	}
}

// maskQuestions replaces the placeholders ? of text that is not SQL otherwise.
func maskQuestions(text []byte) {
	for _, t := range migration.Scan(text, 0) {
		if t.Kind == migration.Operator && t.End == t.Pos+1 && text[t.Pos] == '?' {
			text[t.Pos] = '0'
		}
	}
}
