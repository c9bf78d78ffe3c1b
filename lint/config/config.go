// Package config reads .premortem.yml, a project's configuration file.
package config

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint"
)

// FileName is the name of the configuration file.
const FileName = ".premortem.yml"

// Config is what a configuration file says. The zero value is that of a
// project without one.
type Config struct {
	// PGVersion is the PostgreSQL major to judge for, 0 if not set.
	PGVersion int `yaml:"pg_version,omitempty"`
	// Paths are the files and folders to lint when the command names none.
	Paths []Pattern `yaml:"paths,omitempty"`
	// Exclude are the files and folders never to lint.
	Exclude []Pattern `yaml:"exclude,omitempty"`
	// Schema is a dump that is replayed before the first migration.
	Schema string `yaml:"schema,omitempty"`
	// Stats is a file that "premortem stats" wrote.
	Stats string `yaml:"stats,omitempty"`
	// Queries are the files and folders of the SQL that the application sends.
	Queries     []Pattern      `yaml:"queries,omitempty"`
	Runner      Runner         `yaml:"runner,omitempty"`
	Rules       Rules          `yaml:"rules,omitempty"`
	LargeTables []TablePattern `yaml:"large_tables,omitempty"`
	HotTables   []TablePattern `yaml:"hot_tables,omitempty"`
	// FailOn is the lowest severity that fails a run.
	FailOn FailOn `yaml:"fail_on,omitempty"`
	// Format names the report formats as --format does.
	Format    Format     `yaml:"format,omitempty"`
	Overrides []Override `yaml:"overrides,omitempty"`

	name  string         // of the file, as messages show it
	lines map[string]int // of each value, by its dotted key
}

// Runner says which tool applies the migrations, and what it sets first.
type Runner struct {
	Name             RunnerName `yaml:"name,omitempty"`
	LockTimeout      Timeout    `yaml:"lock_timeout,omitempty"`
	StatementTimeout Timeout    `yaml:"statement_timeout,omitempty"`
}

// Rules says which rules run, and how severe they are.
type Rules struct {
	Select   []RuleOrCategory            `yaml:"select,omitempty"`
	Ignore   []RuleOrCategory            `yaml:"ignore,omitempty"`
	Severity map[RuleOrCategory]Severity `yaml:"severity,omitempty"`
}

// Override changes the configuration for the files that match Paths. Later
// overrides go before earlier ones.
type Override struct {
	Paths     []Pattern     `yaml:"paths"`
	Schema    string        `yaml:"schema,omitempty"`
	Stats     string        `yaml:"stats,omitempty"`
	Queries   []Pattern     `yaml:"queries,omitempty"`
	PGVersion int           `yaml:"pg_version,omitempty"`
	Runner    Runner        `yaml:"runner,omitempty"`
	Rules     OverrideRules `yaml:"rules,omitempty"`
	// LargeTables and HotTables take the place of those of the whole project.
	LargeTables []TablePattern `yaml:"large_tables,omitempty"`
	HotTables   []TablePattern `yaml:"hot_tables,omitempty"`
}

// OverrideRules changes the rules for some files.
type OverrideRules struct {
	Ignore   []RuleOrCategory            `yaml:"ignore,omitempty"`
	Severity map[RuleOrCategory]Severity `yaml:"severity,omitempty"`
}

// The kinds of text that a file holds; each has its own check in the reader.
type (
	// Pattern is a glob (doublestar) on slash-separated names relative to
	// the configuration file's folder. It stands for what it matches and
	// everything below; without a slash it matches at any depth.
	Pattern string
	// TablePattern is a table's name or a glob on it, schema-qualified or not.
	TablePattern string
	// RunnerName is the name of one of migration.Runners.
	RunnerName string
	// RuleOrCategory is the name of a rule or of a lint.Category.
	RuleOrCategory string
	// Severity is "off", "warning" or "error".
	Severity string
	// FailOn is "error", "warning" or "never".
	FailOn string
	// Timeout is a value of lock_timeout, as PostgreSQL reads it.
	Timeout string
	// Format is a value of --format.
	Format string
)

// Where returns the place "FILE:LINE" where the file sets a key such as
// "runner.lock_timeout" or "overrides[0].pg_version", or "" if it does not.
func (c *Config) Where(key string) string {
	if line, ok := c.lines[key]; ok {
		return fmt.Sprintf("%s:%d", c.name, line)
	}
	return ""
}

// Globs returns the globs that a pattern stands for, in the names of a file
// system in which dir is the configuration file's folder.
func (p Pattern) Globs(dir string) []string {
	glob := strings.TrimSuffix(strings.TrimPrefix(string(p), "./"), "/")
	if !strings.Contains(glob, "/") && glob != "." {
		glob = "**/" + glob
	}
	glob = path.Join(escaped(dir), glob)
	return []string{glob, path.Join(glob, "**")}
}

// Globs returns the globs of several patterns.
func Globs(dir string, patterns []Pattern) []string {
	var globs []string
	for _, p := range patterns {
		globs = append(globs, p.Globs(dir)...)
	}
	return globs
}

// escaped quotes what doublestar would take for a pattern.
func escaped(name string) string {
	return strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `{`, `\{`).Replace(name)
}

// Lint returns the part of the configuration that the engine needs. dir is
// the configuration file's folder in the file system that is linted. The
// runner of the whole project is in no override: see Runner. Schemas and queries
// are files, which the caller reads.
func (c *Config) Lint(dir string) lint.Config {
	l := lint.Config{
		Server:           c.PGVersion,
		Select:           texts(c.Rules.Select),
		Ignore:           texts(c.Rules.Ignore),
		Severities:       severities(c.Rules.Severity),
		LockTimeout:      string(c.Runner.LockTimeout),
		StatementTimeout: string(c.Runner.StatementTimeout),
		LargeTables:      texts(c.LargeTables),
		HotTables:        texts(c.HotTables),
	}
	for _, o := range c.Overrides {
		l.Overrides = append(l.Overrides, lint.Override{
			Paths:            Globs(dir, o.Paths),
			Server:           o.PGVersion,
			Runner:           string(o.Runner.Name),
			Ignore:           texts(o.Rules.Ignore),
			Severities:       severities(o.Rules.Severity),
			LockTimeout:      string(o.Runner.LockTimeout),
			StatementTimeout: string(o.Runner.StatementTimeout),
			LargeTables:      texts(o.LargeTables),
			HotTables:        texts(o.HotTables),
		})
	}
	return l
}

func texts[T ~string](list []T) []string {
	var out []string
	for _, x := range list {
		out = append(out, string(x))
	}
	return out
}

// severities converts names that the reader has checked.
func severities(m map[RuleOrCategory]Severity) map[string]lint.Severity {
	out := map[string]lint.Severity{}
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out[string(name)], _ = lint.ParseSeverity(string(m[name]))
	}
	return out
}
