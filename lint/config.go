package lint

import (
	"path"
	"slices"
	"sort"
	"time"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/query"
	"github.com/premortem-lint/premortem/lint/stats"
)

// OldestSupported and NewestSupported are the PostgreSQL majors that get fixes
// from the PostgreSQL project (postgresql.org/support/versioning). OldestKnown
// is the oldest one that may be asked for.
const (
	OldestKnown     = 12
	OldestSupported = 14
	NewestSupported = 18
)

// Config says how to judge.
type Config struct {
	// Rules are all known rules; rules.All in the command.
	Rules []*Rule
	// Server is the PostgreSQL major to judge for; 0 means OldestSupported.
	Server int
	// Select, if not empty, names the only rules and categories that run.
	// Ignore names those that do not. Severities change a rule's or a
	// category's severity; a rule's own entry goes before its category's.
	Select, Ignore []string
	Severities     map[string]Severity
	// LockTimeout and StatementTimeout are what the runner, the role or the
	// database sets before the first statement, "" for unknown.
	LockTimeout, StatementTimeout string
	// LargeTables and HotTables are names or globs, schema-qualified or not.
	// Large: scans and rewrites matter. Hot: any strong lock matters.
	LargeTables, HotTables []string
	// Overrides are applied in order to migrations whose file matches.
	Overrides []Override
	// Schema, if not nil, is replayed before the first migration of every history
	// for which no override has another.
	Schema *migration.File
	// Stats is what "premortem stats" has measured of the database, nil if nobody
	// says. Tables that are large or hot by it need not be listed, messages say how
	// large a table is, and Result.Drift what the migrations do not tell.
	Stats *stats.Stats
	// Hint, if not nil, is asked about a name that no rule has: what the error
	// about it adds, such as another tool's rule; "" for nothing.
	Hint func(name string) string
	// Elsewhere, if not nil, returns the rules that stand for checks of another
	// tool's linter, or for all of them if none is named: what is silenced by comments
	// for that linter.
	Elsewhere func(tool string, checks []string) []string
	// Queries is what the application sends, nil if nobody says.
	Queries *query.Set
	// Fixing, if not nil, asks for nothing but suggested fixes: only rules that are
	// Fixable run, in migrations with statements in the files for which it is true.
	Fixing func(file string) bool
	// Today decides whether a suppression has expired; zero: none has.
	Today time.Time
}

// Override changes the configuration for some files.
type Override struct {
	Paths            []string // doublestar globs on File.Name
	Server           int      // 0: unchanged
	Runner           string   // "": unchanged; applied through migration.Options.RunnerFor
	Ignore           []string // added
	Severities       map[string]Severity
	LockTimeout      string          // "": unchanged
	StatementTimeout string          // "": unchanged
	Queries          *query.Set      // nil: unchanged
	Schema           *migration.File // nil: unchanged; for the histories in these directories
	Stats            *stats.Stats    // nil: unchanged
	// LargeTables and HotTables take the place of those of Config, unless nil.
	LargeTables, HotTables []string
}

// forFile returns the configuration with the overrides for one file applied.
func (c *Config) forFile(name string) *Config {
	return c.merged(func(o *Override) bool { return matchesPath(o.Paths, name) })
}

// forHistory returns the configuration of the history in a directory.
func (c *Config) forHistory(dir string) *Config {
	return c.merged(func(o *Override) bool { return o.isFor(dir) })
}

func (c *Config) merged(applies func(*Override) bool) *Config {
	merged := c
	for i := range c.Overrides {
		o := &c.Overrides[i]
		if !applies(o) {
			continue
		}
		if merged == c {
			clone := *c
			clone.Ignore = append([]string(nil), c.Ignore...)
			clone.Severities = map[string]Severity{}
			for k, v := range c.Severities {
				clone.Severities[k] = v
			}
			merged = &clone
		}
		if o.Server != 0 {
			merged.Server = o.Server
		}
		if o.LockTimeout != "" {
			merged.LockTimeout = o.LockTimeout
		}
		if o.StatementTimeout != "" {
			merged.StatementTimeout = o.StatementTimeout
		}
		if o.Queries != nil {
			merged.Queries = o.Queries
		}
		if o.Schema != nil {
			merged.Schema = o.Schema
		}
		if o.Stats != nil {
			merged.Stats = o.Stats
		}
		if o.LargeTables != nil {
			merged.LargeTables = o.LargeTables
		}
		if o.HotTables != nil {
			merged.HotTables = o.HotTables
		}
		merged.Ignore = append(merged.Ignore, o.Ignore...)
		for k, v := range o.Severities {
			merged.Severities[k] = v
		}
	}
	return merged
}

// RunnerFor returns the runner that an override names for the directory, or "".
func (c *Config) RunnerFor(dir string) string {
	runner := ""
	for _, o := range c.Overrides {
		if o.Runner != "" && o.isFor(dir) {
			runner = o.Runner
		}
	}
	return runner
}

// Schemas lists the schemas that the configuration names, each once.
func (c *Config) Schemas() []*migration.File {
	var files []*migration.File
	add := func(f *migration.File) {
		if f != nil && !slices.Contains(files, f) {
			files = append(files, f)
		}
	}
	add(c.Schema)
	for _, o := range c.Overrides {
		add(o.Schema)
	}
	return files
}

// isFor reports whether the override is for the files of a directory.
func (o *Override) isFor(dir string) bool {
	return matchesPath(o.Paths, dir) || matchesPath(o.Paths, path.Join(dir, "x.sql"))
}

func matchesPath(patterns []string, name string) bool {
	for _, p := range patterns {
		if ok, _ := doublestar.Match(p, name); ok {
			return true
		}
	}
	return false
}

// matchesTable reports whether a pattern names the table. A pattern without a
// dot is about the last part of the name.
func matchesTable(patterns []string, n catalog.Name) bool {
	for _, p := range patterns {
		for _, text := range []string{n.Name, n.Schema + "." + n.Name} {
			if ok, _ := doublestar.Match(p, text); ok {
				return true
			}
		}
	}
	return false
}

func (c *Config) server() int {
	if c.Server == 0 {
		return OldestSupported
	}
	return c.Server
}

// severity is what the configuration makes of a rule that reports with the
// given severity; Off when the rule is not wanted.
func (c *Config) severity(rule *Rule, reported Severity) Severity {
	names := []string{rule.Name, string(rule.Category)}
	if len(c.Select) > 0 && !containsAny(c.Select, names) || containsAny(c.Ignore, names) {
		return Off
	}
	for _, n := range names {
		if s, ok := c.Severities[n]; ok {
			return s
		}
	}
	switch {
	case reported != Off:
		return reported
	case containsAny(c.Select, names):
		return Warning
	}
	return Off
}

func containsAny(list, names []string) bool {
	for _, x := range list {
		for _, n := range names {
			if x == n {
				return true
			}
		}
	}
	return false
}

func sortedKeys(m map[string]Severity) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
