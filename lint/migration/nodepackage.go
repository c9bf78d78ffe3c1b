package migration

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"
)

// packageJSON is what is read of a package.json.
type packageJSON struct {
	Version              string            `json:"version"`
	Scripts              map[string]string `json:"scripts"`
	Dependencies         map[string]string `json:"dependencies"`
	DevDependencies      map[string]string `json:"devDependencies"`
	OptionalDependencies map[string]string `json:"optionalDependencies"`
}

// dependsOn returns the nearest package.json, in dir or above it, that depends
// on a package, and the versions it asks for: "^7.4.0". file is "" for none.
// What is no package.json is passed over: it is npm's business.
func dependsOn(fsys fs.FS, dir, name string) (file, versions string) {
	file, versions, _ = dependent(fsys, dir, name)
	return file, versions
}

// dependent is dependsOn with what that package.json has.
func dependent(fsys fs.FS, dir, name string) (file, versions string, has packageJSON) {
	for d := range upward(dir) {
		file := path.Join(d, "package.json")
		text, err := fs.ReadFile(fsys, file)
		if err != nil {
			continue
		}
		var p packageJSON
		if json.Unmarshal(text, &p) != nil {
			continue
		}
		for _, dependencies := range []map[string]string{p.Dependencies, p.DevDependencies, p.OptionalDependencies} {
			if versions, ok := dependencies[name]; ok {
				return file, versions, p
			}
		}
	}
	return "", "", packageJSON{}
}

// parseJSON reads the file that name is, whose errors tell the place.
func parseJSON(fsys fs.FS, name string, into any) error {
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	err = json.Unmarshal(text, into)
	if err == nil {
		return nil
	}
	offset := int64(0)
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		offset = syntax.Offset - 1 // behind the byte that it cannot read
	case errors.As(err, &kind):
		offset = kind.Offset - 1
	}
	f := File{Name: name, Source: text}
	at := f.Position(max(0, int(offset)))
	return fmt.Errorf("%s:%d:%d: %w", name, at.Line, at.Column, err)
}

// collate compares as JavaScript's localeCompare does names of ASCII letters,
// digits and punctuation: punctuation, digits, letters; case only decides
// between names that are else the same.
func collate(a, b string) int {
	return cmp.Or(strings.Compare(collationKey(a), collationKey(b)), strings.Compare(b, a)) // lower case first
}

const collationOrder = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$0123456789abcdefghijklmnopqrstuvwxyz"

func collationKey(s string) string {
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune(collationOrder, r); i >= 0 {
			return rune(i + 1)
		}
		return r + rune(len(collationOrder))
	}, strings.ToLower(s))
}

var (
	notAlphanumeric = regexp.MustCompile(`[[:punct:]\s]+`)
	digits          = regexp.MustCompile(`[0-9]+`)
)

// collateNumerically is collate with numeric and ignorePunctuation.
func collateNumerically(a, b string) int {
	key := func(s string) string {
		return digits.ReplaceAllStringFunc(notAlphanumeric.ReplaceAllString(s, ""), func(n string) string {
			n = strings.TrimLeft(n, "0")
			return fmt.Sprintf("%09d", len(n)) + n
		})
	}
	return collate(key(a), key(b))
}

// versionOf returns the version of an npm package that a project has, and the
// file that says so: what is installed, a lock file, or a package.json, the
// nearest to dir. Both are "" where nothing says.
func versionOf(fsys fs.FS, dir, name string) (version, from string) {
	quoted := regexp.QuoteMeta(name)
	locks := map[string]*regexp.Regexp{
		"package-lock.json": regexp.MustCompile(`"node_modules/` + quoted + `": \{\s*"version": "([^"]+)"`),
		"pnpm-lock.yaml":    regexp.MustCompile(`(?m)^ +'?/?` + quoted + `[@/]([0-9]+\.[0-9][^(':]*)`),
		"yarn.lock":         regexp.MustCompile(`(?m)^"?` + quoted + `@[^\n]*:\n +version:? "?([^"\n]+)`),
		"bun.lock":          regexp.MustCompile(`"` + quoted + `": \["` + quoted + `@([^"]+)"`),
	}
	for d := range upward(dir) {
		installed := path.Join(d, "node_modules", name, "package.json")
		var p packageJSON
		if text, err := fs.ReadFile(fsys, installed); err == nil && json.Unmarshal(text, &p) == nil && p.Version != "" {
			return p.Version, installed
		}
		for _, base := range []string{"package-lock.json", "pnpm-lock.yaml", "yarn.lock", "bun.lock"} {
			lock := path.Join(d, base)
			text, err := fs.ReadFile(fsys, lock)
			if err != nil {
				continue
			}
			if m := locks[base].FindSubmatch(text); m != nil {
				return string(m[1]), lock
			}
		}
	}
	from, version = dependsOn(fsys, dir, name)
	if version != "" && !digits.MatchString(version) { // "latest", "catalog:"
		return "", ""
	}
	return version, from
}
