package migration

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// isChangelogName reports whether a file is named as changelogs are that
// include others.
func isChangelogName(name string) bool {
	base := strings.ToLower(path.Base(name))
	switch path.Ext(base) {
	case ".xml", ".yaml", ".yml", ".json":
		return slices.ContainsFunc([]string{"changelog", "liquibase", "master"}, func(word string) bool { return strings.Contains(base, word) })
	}
	return false
}

// changelog is what a changelog includes, with what is included there, in order.
type changelog struct {
	fsys  fs.FS
	seen  map[string]bool
	files []string // with changesets: SQL and other files
	// executed are the SQL files that a changeset in another file executes, undoing
	// those that its rollback does, and unread the changes that are not SQL.
	executed map[string]changelogEntry
	undoing  map[string]bool
	unread   map[string][]Range
	err      error
}

func newChangelog(fsys fs.FS) *changelog {
	return &changelog{fsys: fsys, seen: map[string]bool{}, executed: map[string]changelogEntry{}, undoing: map[string]bool{}, unread: map[string][]Range{}}
}

// read follows a changelog in XML, YAML or JSON, or takes a file in SQL.
func (c *changelog) read(name string) {
	if c.seen[name] || c.err != nil {
		return
	}
	c.seen[name] = true
	if path.Ext(name) == ".sql" {
		c.files = append(c.files, name)
		return
	}
	text, err := fs.ReadFile(c.fsys, name)
	if err != nil || !bytes.Contains(text, []byte("databaseChangeLog")) {
		return
	}
	entries, err := readChangelog(name, text)
	if err != nil {
		c.err = err
		return
	}
	for _, e := range entries {
		at := c.find(name, e.file, e.relative)
		switch {
		case e.kind == "changeSet":
			if dbms := e.attributes["dbms"]; dbms != "" && !liquibaseIsPostgres(strings.ToLower(dbms)) || e.attributes["ignore"] == "true" {
				continue // not executed
			}
			if c.unread[name] == nil {
				c.files = append(c.files, name)
			}
			c.unread[name] = append(c.unread[name], e.at)
		case at == "":
		case e.kind == "include":
			c.read(at)
		case e.kind == "sqlFile" && !c.seen[at]:
			c.seen[at] = true
			c.files = append(c.files, at)
			c.executed[at] = e
		case e.kind == "rollback":
			c.undoing[at] = true
		case e.kind == "includeAll":
			_ = fs.WalkDir(c.fsys, at, func(inside string, d fs.DirEntry, err error) error { // in the order of names
				if err == nil && !d.IsDir() && slices.Contains([]string{".sql", ".xml", ".yaml", ".yml", ".json"}, path.Ext(inside)) {
					c.read(inside)
				}
				return nil
			})
		}
	}
}

// find returns what a changelog includes: relative to it, or to where its own
// path may begin.
func (c *changelog) find(name, file string, relative bool) string {
	file = strings.TrimPrefix(strings.TrimPrefix(file, "classpath:"), "/")
	if file == "" {
		return ""
	}
	for parent := path.Dir(name); ; parent = path.Dir(parent) {
		at := path.Join(parent, file)
		if _, err := fs.Stat(c.fsys, at); fs.ValidPath(at) && err == nil {
			return at
		}
		if parent == "." || relative {
			return ""
		}
	}
}

// changelogEntry is an include or includeAll of a changelog, an sqlFile of a changeset
// or of its rollback, or a changeSet that has other changes.
type changelogEntry struct {
	kind, file string
	relative   bool
	version    string            // of the changeset
	attributes map[string]string // of it and of the sqlFile, with names in lower case
	at         Range
}

// set takes an attribute of an include or an sqlFile.
func (e *changelogEntry) set(key, value string) {
	switch key {
	case "file", "path":
		e.file = value
	case "relativeToChangelogFile":
		e.relative = value == "true"
	case "dbms":
		if !liquibaseIsPostgres(strings.ToLower(value)) {
			e.attributes["dbms"] = value
		}
	case "splitStatements", "endDelimiter":
		e.attributes[strings.ToLower(key)] = value
	}
}

// liquibaseNoChange are what a changeSet has beside changes.
var liquibaseNoChange = []string{"comment", "preConditions", "rollback", "validCheckSum", "tagDatabase", "empty", "output", "modifySql"}

func readChangelog(name string, text []byte) ([]changelogEntry, error) {
	if path.Ext(name) == ".xml" {
		return readXMLChangelog(name, text)
	}
	return readYAMLChangelog(name, text)
}

func readXMLChangelog(name string, text []byte) (entries []changelogEntry, err error) {
	d := xml.NewDecoder(bytes.NewReader(text))
	var set *changelogEntry // the changeSet around
	depth, undoing, other := 0, 0, false
	for {
		pos := int(d.InputOffset())
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return entries, nil
		}
		if err != nil {
			line, column := d.InputPos()
			return nil, fmt.Errorf("%s:%d:%d: %w", name, line, column, err)
		}
		switch token := token.(type) {
		case xml.StartElement:
			kind := token.Name.Local
			e := changelogEntry{kind: kind, attributes: map[string]string{}}
			if set != nil {
				depth++
				e.version = set.version
				maps.Copy(e.attributes, set.attributes)
			}
			for _, a := range token.Attr {
				if kind == "changeSet" {
					e.attributes[strings.ToLower(a.Name.Local)] = a.Value
				} else {
					e.set(a.Name.Local, a.Value)
				}
			}
			switch {
			case kind == "changeSet":
				e.version, e.at.Pos = e.attributes["id"]+":"+e.attributes["author"], pos
				set, depth, other = &e, 0, false
			case set == nil:
				entries = append(entries, e)
			case kind == "rollback":
				undoing = depth
			case kind == "sqlFile":
				if undoing > 0 {
					e.kind = "rollback"
				}
				entries = append(entries, e)
			case depth == 1:
				other = other || !slices.Contains(liquibaseNoChange, kind)
			}
		case xml.EndElement:
			switch {
			case set == nil:
			case depth == 0:
				if set.at.End = int(d.InputOffset()); other {
					entries = append(entries, *set)
				}
				set = nil
			default:
				if undoing == depth {
					undoing = 0
				}
				depth--
			}
		}
	}
}

func readYAMLChangelog(name string, text []byte) (entries []changelogEntry, err error) {
	type fields = map[string]yaml.Node
	var document struct {
		Entries []fields `yaml:"databaseChangeLog"`
	}
	if err := yaml.Unmarshal(text, &document); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	take := func(e *changelogEntry, from yaml.Node) {
		var values fields
		_ = from.Decode(&values) // what has none is refused by liquibase
		for key, value := range values {
			e.set(key, value.Value)
		}
	}
	for _, entry := range document.Entries {
		for kind, node := range entry {
			e := changelogEntry{kind: kind, attributes: map[string]string{}}
			if kind != "changeSet" {
				take(&e, node)
				entries = append(entries, e)
				continue
			}
			var values fields
			_ = node.Decode(&values)
			for key, value := range values {
				e.attributes[strings.ToLower(key)] = value.Value
			}
			e.version, e.at = e.attributes["id"]+":"+e.attributes["author"], lineOf(text, node.Line)
			other := false
			for _, list := range []string{"changes", "rollback"} {
				var changes []fields
				listed := values[list]
				_ = listed.Decode(&changes)
				for _, change := range changes {
					for kind, node := range change {
						if kind != "sqlFile" {
							other = other || list == "changes" && !slices.Contains(liquibaseNoChange, kind)
							continue
						}
						executed := changelogEntry{kind: kind, version: e.version, attributes: maps.Clone(e.attributes)}
						if list == "rollback" {
							executed.kind = list
						}
						take(&executed, node)
						entries = append(entries, executed)
					}
				}
			}
			if other {
				entries = append(entries, e)
			}
		}
	}
	return entries, nil
}

// lineOf returns the place of a line, from 1.
func lineOf(text []byte, number int) Range {
	for pos, line := range eachLine(text) {
		if number--; number == 0 {
			return trimmed(text, Range{pos, pos + len(line)})
		}
	}
	return Range{}
}

// changelogOf returns the changelog whose files have dir as the directory that
// is common to them: one in dir, or above it. It returns nil if there is none.
func changelogOf(fsys fs.FS, dir string) (c *changelog, name string, err error) {
	for parent := dir; ; parent = path.Dir(parent) {
		entries, _ := fs.ReadDir(fsys, parent)
		whole := newChangelog(fsys)
		var roots []string
		for _, e := range entries {
			if root := path.Join(parent, e.Name()); !e.IsDir() && isChangelogName(root) {
				roots = append(roots, root)
			}
		}
		// Those that another one includes are not roots.
		included := map[string]bool{}
		for _, root := range roots {
			c := newChangelog(fsys)
			c.read(root)
			for file := range c.seen {
				included[file] = included[file] || file != root
			}
		}
		for _, root := range roots {
			if !included[root] {
				whole.read(root)
			}
		}
		if len(whole.files) > 0 && commonDirectory(whole.files) == dir {
			return whole, roots[0], nil
		}
		if whole.err != nil && parent == dir {
			return nil, "", whole.err
		}
		if parent == "." {
			return nil, "", nil
		}
	}
}
