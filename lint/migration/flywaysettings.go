package migration

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"
	"go.yaml.in/yaml/v3"
)

// flywaySettings are those of the configuration that change what flyway
// executes, and in which transaction.
type flywaySettings struct {
	versioned, repeatable, undo, baseline string // prefixes
	separator                             string
	suffixes                              []string
	placeholder                           [2]string // if not ${ and }
	literal                               bool      // placeholderReplacement=false
	mixed, group, outOfOrder              bool
	outside                               bool // executeInTransaction=false
	locations                             []string
	// directories are those that the locations name, where there are several.
	directories []string
	// sessionLock is postgresql.transactional.lock=false, and holdsLock the file that
	// does not say so; "" where no file tells what is set.
	sessionLock bool
	holdsLock   string
	// others are the environments that the file sets up otherwise, and environment is
	// the one that counts.
	others      []string
	environment string
}

var flywayDefaults = flywaySettings{
	versioned: "V", repeatable: "R", undo: "U", baseline: "B",
	separator: "__", suffixes: []string{".sql"},
}

// flywayScript is a script configuration file.
type flywayScript struct {
	inTransaction *bool
	skipped       bool
	literal       bool
	problems      []Problem
}

// flywayScriptKeys are what SqlScriptMetadata knows.
var flywayScriptKeys = []string{"executeInTransaction", "encoding", "placeholderReplacement", "shouldExecute"}

func readFlywayScript(name string, text []byte) (script flywayScript) {
	for _, p := range properties(text) {
		key := strings.TrimPrefix(p.key, "flyway.")
		value := strings.ToLower(p.value)
		switch {
		case !slices.Contains(flywayScriptKeys, key):
			script.problems = append(script.problems, Problem{
				Refused: true,
				Message: fmt.Sprintf("flyway refuses %s: it does not know %s", name, p.key),
				Fix:     "write one of " + strings.Join(flywayScriptKeys, ", ") + ", in this spelling, or remove the line",
			})
		case key == "executeInTransaction" && (value == "true" || value == "false"):
			in := value == "true"
			script.inTransaction = &in
		case key == "executeInTransaction":
			script.problems = append(script.problems, Problem{
				Refused: true,
				Message: fmt.Sprintf("flyway refuses %s: executeInTransaction is %q", name, p.value),
				Fix:     "write true or false",
			})
		case key == "shouldExecute":
			script.skipped = value == "false"
		case key == "placeholderReplacement":
			script.literal = value == "false"
		}
	}
	return script
}

// readFlywaySettings reads the nearest configuration that is about the
// directory: in it, above it, or in a folder for configuration beside those.
func readFlywaySettings(fsys fs.FS, dir string) (flywaySettings, error) {
	for parent := dir; ; parent = path.Dir(parent) {
		for _, name := range flywayFiles {
			name = path.Join(parent, name)
			text, err := fs.ReadFile(fsys, name)
			if err != nil {
				continue
			}
			values, err := flywayValues(name, text)
			if err != nil {
				return flywaySettings{}, err
			}
			if len(values) == 0 {
				continue
			}
			s := newFlywaySettings(values)
			if !s.sessionLock {
				s.holdsLock = name
			}
			if several := s.several(fsys, parent); len(several) > 1 && commonDirectory(several) == dir {
				for _, file := range several {
					s.directories = append(s.directories, path.Dir(file))
				}
				return s, nil
			}
			if s.isFor(dir) {
				return s, nil
			}
		}
		if parent == "." {
			return flywayDefaults, nil
		}
	}
}

var flywayFiles = []string{
	"flyway.toml", "flyway.conf", "conf/flyway.toml", "conf/flyway.conf", "config/flyway.toml", "config/flyway.conf",
	"application.properties", "application.yml", "application.yaml",
}

// flywayValues returns the settings of a file by their names, in lower case and
// without hyphens, as Spring and Quarkus allow.
func flywayValues(name string, text []byte) (map[string][]string, error) {
	values := map[string][]string{}
	set := func(key string, value ...string) {
		key = strings.ToLower(strings.ReplaceAll(key, "-", ""))
		for _, prefix := range []string{"spring.flyway.", "quarkus.flyway.", "flyway.datasources.default.", "flyway."} {
			if rest, ok := strings.CutPrefix(key, prefix); ok {
				values[rest] = value
				return
			}
		}
	}
	switch path.Ext(name) {
	case ".toml":
		var document map[string]any
		if err := toml.Unmarshal(text, &document); err != nil {
			return nil, tomlError(name, err)
		}
		all := map[string][]string{}
		flatten("", document, func(key string, value ...string) { all[key] = value })
		setFlywayEnvironment(all, set)
	case ".yml", ".yaml":
		var document map[string]any
		// Build tools fill in such files, which are no YAML before that.
		if yaml.Unmarshal(text, &document) == nil {
			flatten("", document, set)
		}
	default:
		for _, p := range properties(text) {
			set(p.key, p.value)
		}
	}
	return values, nil
}

// setFlywayEnvironment calls set for the settings of a TOML file: those of its
// environment, which are below environments.NAME.flyway, go before the others.
func setFlywayEnvironment(all map[string][]string, set func(string, ...string)) {
	environment := "default"
	if named := all["flyway.environment"]; len(named) == 1 {
		environment = named[0]
	}
	var others []string
	for _, key := range slices.Sorted(maps.Keys(all)) {
		set(key, all[key]...)
		name, _, ok := strings.Cut(strings.TrimPrefix(key, "environments."), ".flyway.")
		if ok && name != environment && !slices.Contains(others, name) {
			others = append(others, name)
		}
	}
	for key, value := range all {
		if setting, ok := strings.CutPrefix(key, "environments."+environment+"."); ok {
			set(setting, value...)
		}
	}
	set("flyway.environment", environment)
	set("flyway.environments", others...)
}

// flatten calls set for each value of a document, with a dotted key.
func flatten(prefix string, value any, set func(string, ...string)) {
	switch v := value.(type) {
	case map[string]any:
		for key, inside := range v {
			flatten(strings.TrimPrefix(prefix+"."+key, "."), inside, set)
		}
	case []any:
		var all []string
		for _, e := range v {
			all = append(all, fmt.Sprint(e))
		}
		set(prefix, all...)
	default:
		set(prefix, fmt.Sprint(v))
	}
}

func newFlywaySettings(values map[string][]string) flywaySettings {
	s := flywayDefaults
	text := func(key string, to *string) {
		if v := values[key]; len(v) == 1 {
			*to = v[0]
		}
	}
	list := func(key string) (all []string) {
		for _, v := range values[key] {
			for part := range strings.SplitSeq(v, ",") {
				if part = strings.TrimSpace(part); part != "" {
					all = append(all, part)
				}
			}
		}
		return all
	}
	is := func(key string, value bool) bool {
		v := values[key]
		return len(v) == 1 && strings.EqualFold(v[0], fmt.Sprint(value))
	}
	text("sqlmigrationprefix", &s.versioned)
	text("repeatablesqlmigrationprefix", &s.repeatable)
	text("undosqlmigrationprefix", &s.undo)
	text("baselinemigrationprefix", &s.baseline)
	text("sqlmigrationseparator", &s.separator)
	placeholder := [2]string{"${", "}"}
	text("placeholderprefix", &placeholder[0])
	text("placeholdersuffix", &placeholder[1])
	s.literal = is("placeholderreplacement", false)
	if placeholder != [2]string{"${", "}"} && placeholder[0] != "" && placeholder[1] != "" && !s.literal {
		s.placeholder = placeholder
	}
	if suffixes := list("sqlmigrationsuffixes"); len(suffixes) > 0 {
		s.suffixes = suffixes
	}
	text("environment", &s.environment)
	s.others = values["environments"]
	s.locations = list("locations")
	s.mixed, s.group, s.outOfOrder = is("mixed", true), is("group", true), is("outoforder", true)
	s.outside = is("executeintransaction", false)
	s.sessionLock = is("postgresql.transactional.lock", false) || is("postgresql.transactionallock", false) // Spring's
	return s
}

// several returns the first migrations in the directories that locations name, for a
// configuration in home, where more than one has any: flyway executes them as one history.
func (s *flywaySettings) several(fsys fs.FS, home string) (files []string) {
	for _, location := range s.locations {
		at, ok := flywayLocation(location)
		if !ok || at == "" {
			continue
		}
		for _, dir := range []string{path.Join(home, at), path.Join(home, "src/main/resources", at)} {
			var names []string
			inside, _ := fs.ReadDir(fsys, dir)
			for _, f := range inside {
				names = append(names, f.Name())
			}
			first, _ := s.firstOf(names)
			if file := path.Join(dir, first); first != "" && !slices.Contains(files, file) {
				files = append(files, file)
				break
			}
		}
	}
	return files
}

// isFor reports whether the directory is, or is inside of, one of the locations,
// or there are none.
func (s *flywaySettings) isFor(dir string) bool {
	if len(s.locations) == 0 {
		return true
	}
	for parent := dir; ; parent = path.Dir(parent) {
		if slices.ContainsFunc(s.locations, func(l string) bool { return isFlywayLocation(parent, l) }) {
			return true
		}
		if parent == "." {
			return false
		}
	}
}

// isFlywayLocation compares a directory with a location, whose beginning depends on
// where flyway is called, or what is packed together.
func isFlywayLocation(dir, location string) bool {
	at, ok := flywayLocation(location)
	return ok && (at == dir || at != "" && strings.HasSuffix(dir, "/"+at))
}

// flywayLocation returns a location's path, without its beginning where that leads up or
// is a variable.
func flywayLocation(location string) (at string, ok bool) {
	kind, at, ok := strings.Cut(location, ":")
	if !ok {
		kind, at = "classpath", location
	}
	if kind != "classpath" && kind != "filesystem" {
		return "", false
	}
	at = strings.NewReplacer("{vendor}", "postgresql", `\`, "/").Replace(at)
	at, _, _ = strings.Cut(at, "*")
	at = strings.Trim(path.Clean("/"+at), "/")
	for { // what leads up, or to a variable of the build tool
		first, rest, more := strings.Cut(at, "/")
		if first != ".." && !strings.Contains(first, "$") {
			break
		}
		if at = rest; !more {
			return "", false
		}
	}
	return at, true
}

// property is one of a Java properties file.
type property struct {
	key, value string
}

// properties reads a Java properties file, without its escapes.
func properties(text []byte) (all []property) {
	for _, raw := range eachLine(text) {
		line := strings.TrimSpace(string(raw))
		if line == "" || line[0] == '#' || line[0] == '!' {
			continue
		}
		i := strings.IndexAny(line, "=: \t")
		if i < 0 {
			i = len(line)
		}
		all = append(all, property{line[:i], strings.TrimSpace(strings.TrimLeft(line[i:], "=: \t"))})
	}
	return all
}
