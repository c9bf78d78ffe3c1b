package main

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/spf13/cobra"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/git"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/query"
	"github.com/premortem-lint/premortem/lint/report"
	"github.com/premortem-lint/premortem/lint/stats"
	"github.com/premortem-lint/premortem/lint/workspace"
	"github.com/premortem-lint/premortem/rules"
)

// projectFlags say how to read a project's migrations.
type projectFlags struct {
	config   string
	noConfig bool
	runner   string
	server   major
	schema   string
	stats    string // lint alone has the flag
	down     bool
	color    string
}

func (f *projectFlags) register(cmd *cobra.Command) {
	flags := cmd.Flags()
	flags.StringVar(&f.runner, "runner", "", "the migration `tool`: "+migration.RunnerNames()+"; default: detected")
	flags.Var(&f.server, "pg-version", fmt.Sprintf("the PostgreSQL `major` to judge for; default: %d, the oldest supported", lint.OldestSupported))
	flags.StringVar(&f.schema, "schema", "", "replay the schema dump `file` before the first migration")
	flags.BoolVar(&f.down, "down", false, "include down migrations")
	registerConfigFlags(cmd, &f.config, &f.noConfig)
	registerColor(cmd, &f.color)
	complete(cmd, "runner", func() []string {
		var names []string
		for _, r := range migration.Runners {
			names = append(names, r.Name)
		}
		return names
	})
}

func registerConfigFlags(cmd *cobra.Command, file *string, none *bool) {
	cmd.Flags().StringVar(file, "config", "", "the configuration `file`; default: the nearest "+config.FileName+" up to the root of the repository")
	cmd.Flags().BoolVar(none, "no-config", false, "read no configuration file")
}

func registerColor(cmd *cobra.Command, color *string) {
	cmd.Flags().StringVar(color, "color", "auto", "`when` to colour: auto, always or never")
	complete(cmd, "color", func() []string { return []string{"auto", "always", "never"} })
}

// complete offers the values of a flag to the shell.
func complete(cmd *cobra.Command, flag string, values func() []string) {
	err := cmd.RegisterFlagCompletionFunc(flag, func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return values(), cobra.ShellCompDirectiveNoFileComp
	})
	if err != nil {
		panic(err) // the flag does not exist
	}
}

// project is what the command line and the configuration file say together.
type project struct {
	*workspace.Workspace
	config *config.Config
	// configDir is the folder of the configuration file in the workspace.
	configDir string
	paths     []string // the files and folders that were named and remain; names in the workspace
	passedBy  []string // why others do not, a sentence each
	allFiles  bool     // what was named is files, not folders
	base      *migration.Base
	edited    map[string][]byte // files that are fixed, by name
	shell     *shell
}

// target is what a command line names.
type target struct {
	paths []string        // files and folders
	stdin bool            // standard input instead
	name  string          // the file that standard input stands for, or ""
	file  *migration.File // standard input, once it is read
}

// open finds the configuration and sorts out the named files and folders.
func (f *projectFlags) open(s *shell, t target) (*project, error) {
	if !slices.Contains([]string{"auto", "always", "never"}, f.color) {
		return nil, fmt.Errorf("--color: unknown value %q: use auto, always or never", f.color)
	}
	if f.runner != "" {
		if err := config.CheckRunner(f.runner); err != nil {
			return nil, fmt.Errorf("--runner: %w", err)
		}
	}
	file, c, err := readConfig(s, f.config, f.noConfig)
	if err != nil {
		return nil, err
	}
	places := slices.Clone(t.paths)
	if t.name != "" {
		places = append(places, t.name)
	}
	if file != "" {
		places = append(places, s.relative(filepath.Dir(file)))
	}
	for _, file := range []string{f.schema, f.stats} {
		if file != "" {
			places = append(places, file)
		}
	}
	w, err := workspace.New(s.dir, places...)
	if err != nil {
		return nil, err
	}
	p := &project{Workspace: w, config: c, configDir: w.Dir(), shell: s}
	if file != "" {
		p.configDir = w.Name(filepath.Dir(file))
	}
	switch {
	case t.stdin:
		if t.name != "" && p.excluded(w.Name(t.name)) {
			p.passBy(t.name, "excluded by "+c.Where("exclude"))
		}
	case len(t.paths) > 0:
		err = p.take(t.paths)
	case len(c.Paths) > 0:
		err = p.takeConfigured()
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// stat looks at a file or folder. Its errors name the path as people know it.
func (p *project) stat(name string) (fs.FileInfo, error) {
	info, err := fs.Stat(p.FS(), name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("%s: no such file or folder", p.Path(name))
	case err != nil:
		return nil, fmt.Errorf("%s: %w", p.Path(name), errors.Unwrap(err))
	}
	return info, nil
}

// readConfig reads the configuration file: the one that is named, or the one
// that is found; "" when there is none.
func readConfig(s *shell, file string, none bool) (string, *config.Config, error) {
	if none && file != "" {
		return "", nil, errors.New("--config and --no-config contradict each other")
	}
	if none {
		return "", &config.Config{}, nil
	}
	if file == "" {
		found, err := config.Find(s.dir)
		if err != nil || found == "" {
			return "", &config.Config{}, err
		}
		file = found
	} else if !filepath.IsAbs(file) {
		file = filepath.Join(s.dir, file)
	}
	name := file
	if rel := s.relative(file); len(rel) < len(file) {
		name = rel
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return "", nil, fmt.Errorf("%s: %w", name, errors.Unwrap(err))
	}
	c, err := config.Read(name, text, config.Known{
		Rules:  rules.All(),
		Hint:   rules.Hint,
		Format: func(s string) error { _, err := report.ParseOutputs(s); return err },
	})
	return file, c, err
}

// takeConfigured takes the folders that the configuration names.
func (p *project) takeConfigured() error {
	for i, pattern := range p.config.Paths {
		where := p.config.Where(fmt.Sprintf("paths[%d]", i))
		matches, err := doublestar.Glob(p.FS(), pattern.Globs(p.configDir)[0], doublestar.WithNoFollow())
		if err != nil {
			return fmt.Errorf("%s: %s: %w", where, pattern, err)
		}
		if len(matches) == 0 {
			return fmt.Errorf("%s: no folder matches %q", where, pattern)
		}
		for _, name := range matches {
			info, err := p.stat(name)
			switch {
			case err != nil:
				return fmt.Errorf("%s: %w", where, err)
			case !info.IsDir():
				return fmt.Errorf("%s: %s is a file: name its folder", where, p.Path(name))
			case !p.excluded(name):
				p.paths = append(p.paths, name)
			}
		}
	}
	if len(p.paths) == 0 {
		return fmt.Errorf("nothing to lint: %s excludes all paths", p.config.Where("exclude"))
	}
	return nil
}

// take takes the files and folders that a person or a hook names.
func (p *project) take(named []string) error {
	p.allFiles = true
	for _, typed := range named {
		name := p.Name(typed)
		info, err := p.stat(name)
		switch {
		case err != nil:
			return err
		case p.excluded(name):
			p.passBy(typed, "excluded by "+p.config.Where("exclude"))
		case !info.IsDir() && path.Ext(name) != ".sql" && !migration.IsGoMigration(path.Base(name)):
			p.passBy(typed, "not an .sql file")
		default:
			p.paths = append(p.paths, name)
		}
		p.allFiles = p.allFiles && !info.IsDir()
	}
	return nil
}

func (p *project) passBy(path, why string) {
	p.passedBy = append(p.passedBy, path+": passed by: "+why)
}

func (p *project) excluded(name string) bool {
	return matches(config.Globs(p.configDir, p.config.Exclude), name)
}

func matches(globs []string, name string) bool {
	return slices.ContainsFunc(globs, func(glob string) bool {
		ok, _ := doublestar.Match(glob, name)
		return ok
	})
}

// options says what to load. Without named paths, only what is below the
// current folder is searched.
func (p *project) options(f *projectFlags) migration.Options {
	o := migration.Options{
		Paths:  p.paths,
		Path:   p.Path,
		Runner: f.runner,
		Down:   f.down,
		Skip:   func(name string) bool { return p.excluded(name) || p.isQuery(name) },
	}
	if dir := p.Dir(); len(p.paths) == 0 {
		o.Skip = func(name string) bool {
			return p.excluded(name) || p.isQuery(name) || !workspace.Below(dir, name) && !workspace.Below(name, dir)
		}
	}
	return o
}

// isQuery reports whether the configuration says that the application sends a
// file, which is then no migration.
func (p *project) isQuery(name string) bool {
	patterns := p.config.Queries
	for _, o := range p.config.Overrides {
		patterns = slices.Concat(patterns, o.Queries)
	}
	return path.Ext(name) == ".sql" && matches(config.Globs(p.configDir, patterns), name)
}

// readQueries reads what the application sends into the configuration. With a
// git ref, what the merge base has is that of the release that still runs.
func (p *project) readQueries(c *lint.Config, since string) error {
	var err error
	if c.Queries, err = p.querySet("queries", p.config.Queries, since); err != nil {
		return err
	}
	for i, o := range p.config.Overrides {
		if c.Overrides[i].Queries, err = p.querySet(fmt.Sprintf("overrides[%d].queries", i), o.Queries, since); err != nil {
			return err
		}
	}
	return nil
}

func (p *project) querySet(key string, patterns []config.Pattern, since string) (*query.Set, error) {
	if len(patterns) == 0 {
		return nil, nil
	}
	for i, pattern := range patterns {
		if _, err := query.Load(p.FS(), pattern.Globs(p.configDir)[0]); err != nil {
			return nil, fmt.Errorf("%s: queries: %w", p.config.Where(fmt.Sprintf("%s[%d]", key, i)), err)
		}
	}
	var globs []string
	for _, pattern := range patterns {
		globs = append(globs, pattern.Globs(p.configDir)[0])
	}
	set, err := query.Load(p.FS(), globs...)
	if err != nil || since == "" {
		return set, err
	}
	all := config.Globs(p.configDir, patterns)
	changes, err := git.Since(p.shell.dir, since, func(name string) bool {
		return path.Ext(name) == ".sql" && matches(all, p.FromRepo(name))
	})
	if err != nil {
		return nil, fmt.Errorf("--since: %w", err)
	}
	var files []*migration.File
	for _, name := range slices.Sorted(maps.Keys(changes.Before)) {
		f := &migration.File{Name: p.FromRepo(name), Source: changes.Before[name]}
		if f.Source == nil { // not changed
			if f.Source, err = fs.ReadFile(p.FS(), f.Name); err != nil {
				return nil, err
			}
		}
		files = append(files, f)
	}
	return query.Releases(query.Read(files...), set), nil
}

// readSchemas reads the schema dumps into the configuration. The flag's goes
// before all others.
func (p *project) readSchemas(f *projectFlags, c *lint.Config) error {
	read := func(why, name string) (*migration.File, error) {
		source, err := p.readFile(why, name)
		if err != nil {
			return nil, err
		}
		return &migration.File{Name: name, Source: source}, nil
	}
	return readEach(p, "schema", f.schema, func(o *config.Override) string { return o.Schema }, p.config.Schema, read, func(i int, file *migration.File) {
		if i < 0 {
			c.Schema = file
		} else {
			c.Overrides[i].Schema = file
		}
	})
}

// readStats reads the statistics of databases, likewise.
func (p *project) readStats(flag string, c *lint.Config) error {
	read := func(why, name string) (*stats.Stats, error) {
		text, err := p.readFile(why, name)
		if err != nil {
			return nil, err
		}
		return stats.Read(p.Path(name), text)
	}
	return readEach(p, "stats", flag, func(o *config.Override) string { return o.Stats }, p.config.Stats, read, func(i int, s *stats.Stats) {
		if i < 0 {
			c.Stats = s
		} else {
			c.Overrides[i].Stats = s
		}
	})
}

// readEach reads the file of a key for the whole project, for which set is called
// with -1, and for each override, every file once. The flag goes before them all.
func readEach[T any](p *project, key, flag string, of func(*config.Override) string, whole string, read func(why, name string) (*T, error), set func(int, *T)) error {
	if flag != "" {
		file, err := read(key, p.Name(flag))
		if err == nil {
			set(-1, file)
		}
		return err
	}
	files := map[string]*T{}
	one := func(i int, where, text string) error {
		if text == "" {
			return nil
		}
		name := path.Join(p.configDir, text)
		if files[name] == nil {
			file, err := read(p.config.Where(where)+": "+key, name)
			if err != nil {
				return err
			}
			files[name] = file
		}
		set(i, files[name])
		return nil
	}
	if err := one(-1, key, whole); err != nil {
		return err
	}
	for i := range p.config.Overrides {
		if err := one(i, fmt.Sprintf("overrides[%d].%s", i, key), of(&p.config.Overrides[i])); err != nil {
			return err
		}
	}
	return nil
}

// readFile reads a file that the flag or key why names.
func (p *project) readFile(why, name string) ([]byte, error) {
	source, err := fs.ReadFile(p.FS(), name)
	if err != nil {
		return nil, fmt.Errorf("%s: %s: %w", why, p.Path(name), errors.Unwrap(err))
	}
	return source, nil
}

// rules says how to judge.
func (p *project) rules(f *projectFlags) lint.Config {
	c := p.config.Lint(p.configDir)
	c.Rules = rules.All()
	if f.server != 0 {
		c.Server = int(f.server)
		for i := range c.Overrides {
			c.Overrides[i].Server = 0
		}
	}
	return c
}

// runnerFor is the tool that the configuration names for a folder, or "".
func (p *project) runnerFor(c *lint.Config) func(dir string) string {
	return func(dir string) string {
		if name := c.RunnerFor(dir); name != "" {
			return name
		}
		return string(p.config.Runner.Name)
	}
}

// serverWhy says where the PostgreSQL version comes from.
func (p *project) serverWhy(f *projectFlags) string {
	if f.server != 0 {
		return "--pg-version"
	}
	why := p.config.Where("pg_version")
	if why == "" {
		why = "the oldest supported major; set --pg-version"
	}
	for i, o := range p.config.Overrides {
		if o.PGVersion != 0 {
			why += fmt.Sprintf("; %d for the files of %s", o.PGVersion, p.config.Where(fmt.Sprintf("overrides[%d].pg_version", i)))
		}
	}
	return why
}

// useColor decides for standard output.
func (s *shell) useColor(flag string) bool { return report.UseColor(s.env, s.terminal, flag) }
