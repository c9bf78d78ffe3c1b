package main

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/git"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/report"
	"github.com/premortem-lint/premortem/lint/workspace"
	"github.com/premortem-lint/premortem/rules"
)

type lintFlags struct {
	projectFlags
	since, after   string
	stdinName      string
	onlyMigrations bool
	selected       []string
	ignored        []string
	severities     map[string]string
	failOn         string
	allowGaps      bool
	format         string
	showSuppressed bool
	fix, diff      bool
}

func lintCommand(s *shell) *cobra.Command {
	var f lintFlags
	cmd := &cobra.Command{
		Use:   "lint [path…]",
		Short: "Judge migrations (the default command)",
		Long: `Find migrations, replay them in the order and with the transactions of the
project's migration tool, and report what they will block, break or destroy.

A path is a file or a folder. Files that are named form one release: they are
deployed together, and a table that one of them creates has no traffic yet.
Older files of their folder are history: replayed, not judged. The same holds
for what --since or --after selects. In a folder, every migration is judged as
a release of its own. Without a path, the paths of the configuration file are
linted, or all folders here and below that have the marks of a known tool.
"-" reads one migration from standard input.

Exit status:
  0  no finding at or above --fail-on
  1  findings at or above --fail-on
  2  wrong usage or configuration, or nothing to lint
  3  no such finding, but text that could not be analysed (see --allow-gaps)
--since exits with 0 when the branch changes none of the migrations it finds.

--fix writes what needs no decision, and only into migrations that no database
has: those that --since finds new, that --after selects, or whose files are named.
With standard input it prints the fixed text, and the report goes to standard error.`,
		Example: `  premortem lint db/migrations
  premortem lint --since origin/main
  premortem lint --after 20260102030405 db/migrations
  premortem lint --format text,sarif:premortem.sarif
  premortem lint --since origin/main --fix
  premortem lint - --stdin-filename db/migrations/00042_next.sql < draft.sql`,
		RunE: func(cmd *cobra.Command, args []string) error { return f.run(s, cmd, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.since, "since", "", "judge what differs from the merge base with this git `ref`, uncommitted files included")
	flags.StringVar(&f.after, "after", "", "judge what comes after this `version`, such as the one in production")
	flags.StringVar(&f.stdinName, "stdin-filename", "", "the `file` that standard input stands for")
	flags.BoolVar(&f.onlyMigrations, "only-migrations", false, "pass by named files that are no migrations; exit 0 if none is left (for hooks)")
	f.register(cmd)
	flags.StringVar(&f.stats, "stats", "", "a `file` that premortem stats wrote: which tables are large and hot")
	flags.StringSliceVar(&f.selected, "select", nil, "run only these `rules` and categories, whatever the configuration selects")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not run these `rules` and categories, nor those that the configuration ignores")
	flags.StringToStringVar(&f.severities, "severity", nil, "change `rule=severity` or category=severity; off, warning or error")
	flags.Lookup("severity").DefValue = "" // not []
	flags.StringVar(&f.failOn, "fail-on", "", "exit 1 from this `severity` on: error, warning or never (default error)")
	flags.BoolVar(&f.allowGaps, "allow-gaps", false, "do not exit 3 for text that could not be analysed")
	flags.StringVar(&f.format, "format", "", "report `formats`, comma-separated, each with :FILE if not for standard output: "+formatNames()+" (default text)")
	flags.BoolVar(&f.fix, "fix", false, "make the suggested fixes in the files under review, and report what remains")
	flags.BoolVar(&f.diff, "diff", false, "print the fixes as a diff, and write nothing; exit 1 if there are any")
	flags.BoolVar(&f.showSuppressed, "show-suppressed", false, "report suppressed findings too")
	complete(cmd, "format", func() []string { return strings.Split(formatNames(), ", ") })
	complete(cmd, "fail-on", func() []string { return []string{"error", "warning", "never"} })
	complete(cmd, "select", ruleNames)
	complete(cmd, "ignore", ruleNames)
	return cmd
}

func formatNames() string {
	var names []string
	for _, f := range report.Formats {
		names = append(names, f.Name)
	}
	return strings.Join(names, ", ")
}

func ruleNames() []string {
	var names []string
	for _, r := range rules.All() {
		names = append(names, r.Name)
	}
	return names
}

func (f *lintFlags) run(s *shell, cmd *cobra.Command, args []string) error {
	began := time.Now()
	target, err := f.target(cmd, args)
	if err != nil {
		return err
	}
	p, err := f.open(s, target)
	if err != nil {
		return err
	}
	outputs, failOn, err := f.outcome(p)
	if err != nil {
		return err
	}
	judge, err := f.judge(p)
	if err != nil {
		return err
	}
	if err := f.checkFix(p, target); err != nil {
		return err
	}
	for _, why := range p.passedBy {
		s.say("%s", why)
	}
	if err := target.read(p); err != nil {
		return err
	}
	var result *lint.Result
	var repairs []*repair
	if f.fixes() {
		result, repairs, err = f.repair(p, judge, &target)
	} else {
		result, err = f.lint(p, judge, target)
	}
	switch {
	case err != nil:
		return err
	case f.diff:
		return f.showRepairs(p, result, repairs)
	case f.fix && target.stdin:
		if _, err := s.out.Write(target.file.Source); err != nil {
			return err
		}
		here := *s
		s = &here
		s.out = s.err
	case f.fix:
		if err := p.writeRepairs(repairs); err != nil {
			return err
		}
	}
	f.warnOfWholeHistories(s, p, result)
	err = write(s, result, outputs, report.Options{
		Path:           p.Path,
		RepoPath:       p.RepoPath,
		Color:          s.useColor(f.color),
		FailOn:         failOn,
		Elapsed:        time.Since(began),
		ServerWhy:      p.serverWhy(&f.projectFlags),
		Version:        version().Version,
		Rules:          judge.Rules,
		ShowSuppressed: f.showSuppressed,
	})
	if err != nil {
		return err
	}
	return f.status(s, result, failOn)
}

// warnOfWholeHistories says where a release leaves no history: "premortem
// db/*.sql" looks like all, but judges the deployment to an empty database.
func (f *lintFlags) warnOfWholeHistories(s *shell, p *project, result *lint.Result) {
	if f.since != "" || f.after != "" {
		return
	}
	for _, h := range result.Histories {
		files := map[*migration.File]bool{}
		whole := true
		for _, m := range h.Migrations {
			whole = whole && m.UnderReview && m.Release == h.Migrations[0].Release
			files[m.File] = true
		}
		if whole && len(files) > 1 {
			s.say("%s: all %d files are named and make one release, in which no table has traffic yet; name the folder to judge each migration by itself", p.Path(h.Dir), len(files))
		}
	}
}

// target reads the arguments.
func (f *lintFlags) target(cmd *cobra.Command, args []string) (target, error) {
	dash := slices.Contains(args, "-")
	since, after := cmd.Flags().Changed("since"), cmd.Flags().Changed("after")
	switch {
	case since && after:
		return target{}, errors.New("--since and --after both say what is judged: give one of them")
	case since && f.since == "":
		return target{}, errors.New("--since: the git ref is empty")
	case after && f.after == "":
		return target{}, errors.New("--after: the version is empty")
	case !dash && f.stdinName == "":
		return target{paths: args}, nil
	case dash && len(args) > 1 || !dash && len(args) > 0:
		return target{}, errors.New("standard input is one migration: no other path can be linted with it")
	case since || after:
		return target{}, errors.New("standard input is what is judged: --since and --after do not go with it")
	}
	return target{stdin: true, name: f.stdinName}, nil
}

// read reads standard input, if that is what is judged.
func (t *target) read(p *project) error {
	if !t.stdin {
		return nil
	}
	source, err := io.ReadAll(p.shell.in)
	if err != nil {
		return fmt.Errorf("standard input: %w", err)
	}
	t.file = &migration.File{Name: migration.StdinName, Source: source}
	switch {
	case t.name != "":
		t.file.Name = p.Name(t.name)
	case len(bytes.TrimSpace(source)) == 0:
		return errors.New("standard input is empty: nothing to lint")
	}
	return nil
}

// outcome reads where the report goes and what fails the run.
func (f *lintFlags) outcome(p *project) ([]report.Output, lint.Severity, error) {
	format := cmp.Or(f.format, string(p.config.Format), report.Formats[0].Name)
	outputs, err := report.ParseOutputs(format)
	if err != nil {
		return nil, 0, fmt.Errorf("--format: %w", err)
	}
	failOn, err := config.ParseFailOn(cmp.Or(f.failOn, string(p.config.FailOn), "error"))
	if err != nil {
		return nil, 0, fmt.Errorf("--fail-on: %w", err)
	}
	return outputs, failOn, nil
}

// judge adds the flags about rules to the configuration.
func (f *lintFlags) judge(p *project) (lint.Config, error) {
	c := p.rules(&f.projectFlags)
	c.Today = time.Now()
	if len(f.selected) > 0 {
		c.Select = f.selected
	}
	c.Ignore = append(c.Ignore, f.ignored...)
	for _, name := range slices.Sorted(maps.Keys(f.severities)) {
		severity, err := lint.ParseSeverity(f.severities[name])
		if err != nil {
			return c, fmt.Errorf("--severity %s: %w", name, err)
		}
		f.unsetSeverity(c.Severities, name)
		for _, o := range c.Overrides {
			f.unsetSeverity(o.Severities, name)
		}
		c.Severities[name] = severity
	}
	return c, nil
}

// unsetSeverity takes from the configuration what would go before the flag: an
// entry of the same name, and for a category those of its rules.
func (f *lintFlags) unsetSeverity(configured map[string]lint.Severity, name string) {
	delete(configured, name)
	for _, rule := range rules.All() {
		if _, own := f.severities[rule.Name]; string(rule.Category) == name && !own {
			delete(configured, rule.Name)
		}
	}
}

// lint runs the rules. When nothing is under review although that is no
// mistake, it says so and returns an empty result.
func (f *lintFlags) lint(p *project, judge lint.Config, t target) (*lint.Result, error) {
	if len(p.passedBy) > 0 && len(p.paths) == 0 {
		if !f.onlyMigrations {
			return nil, errors.New("nothing to lint: every path is passed by")
		}
		return lint.Run(nil, judge)
	}
	o := p.options(&f.projectFlags)
	o.After = f.after
	o.OnlyMigrations = f.onlyMigrations
	o.RunnerFor = p.runnerFor(&judge)
	var err error
	if err := p.readSchemas(&f.projectFlags, &judge); err != nil {
		return nil, err
	}
	if err := p.readStats(f.stats, &judge); err != nil {
		return nil, err
	}
	if err := p.readQueries(&judge, f.since); err != nil {
		return nil, err
	}
	if t.stdin {
		o.Stdin = &migration.File{Name: t.file.Name, Source: t.file.Source}
	}
	if f.since != "" {
		if err := f.changed(p, &o); err != nil {
			return nil, fmt.Errorf("--since: %w", err)
		}
	}
	result, err := rules.Lint(p.FS(), rules.Config{Migrations: o, Lint: judge})
	nothing := errors.Is(err, migration.ErrNothingUnderReview)
	switch {
	case nothing && f.since != "":
		p.shell.say("no migration changed since %s", f.since)
	case f.onlyMigrations && p.allFiles && (nothing || errors.Is(err, migration.ErrNoMigrations)):
		p.shell.say("%v", err)
	case errors.Is(err, fs.ErrPermission) && len(p.paths) == 0:
		return nil, fmt.Errorf("%w: name the folders to lint, or exclude this one in %s", err, config.FileName)
	default:
		return result, err
	}
	return lint.Run(nil, judge)
}

// changed puts what git selects among the paths under review, as a list that is
// never nil, and what was there before beside it.
func (f *lintFlags) changed(p *project, o *migration.Options) error {
	within := p.paths
	if len(within) == 0 {
		within = []string{p.Dir()}
	}
	selected := func(file string) (name string, ok bool) {
		name = p.FromRepo(file)
		below := func(dir string) bool { return workspace.Below(dir, name) }
		return name, slices.ContainsFunc(within, below) && !p.excluded(name) && !p.isQuery(name)
	}
	changes, err := git.Since(p.shell.dir, f.since, func(file string) bool {
		_, ok := selected(file)
		return ok && (path.Ext(file) == ".sql" || migration.IsGoMigration(path.Base(file)))
	})
	if err != nil {
		return err
	}
	o.Release = []string{}
	for _, file := range changes.Names {
		if name, ok := selected(file); ok {
			o.Release = append(o.Release, name)
		}
	}
	o.Base = &migration.Base{Files: map[string][]byte{}}
	for file, content := range changes.Before {
		o.Base.Files[p.FromRepo(file)] = content
	}
	p.base = o.Base
	return nil
}

// write writes every report: those for files first, so that a closed
// standard output cannot lose them. One that fails does not stop the others.
func write(s *shell, r *lint.Result, outputs []report.Output, o report.Options) error {
	slices.SortStableFunc(outputs, func(a, b report.Output) int { return strings.Compare(b.Path, a.Path) })
	var failed []error
	for _, output := range outputs {
		var text, summary bytes.Buffer
		o := o
		o.Color = o.Color && output.Path == ""
		summaryFile := s.env("GITHUB_STEP_SUMMARY")
		if summaryFile != "" && output.Format.Name == "github" {
			o.Summary = &summary
		}
		err := output.Format.Write(&text, r, o)
		switch {
		case err != nil:
		case output.Path == "":
			_, err = text.WriteTo(s.out)
		default:
			err = s.writeFile(output.Path, os.O_TRUNC, text.Bytes())
		}
		if err != nil {
			failed = append(failed, fmt.Errorf("the %s report is not written: %w", output.Format.Name, err))
		}
		if summary.Len() > 0 {
			if err := s.writeFile(summaryFile, os.O_APPEND, summary.Bytes()); err != nil {
				failed = append(failed, fmt.Errorf("the job summary is not written: %w", err))
			}
		}
	}
	return errors.Join(failed...)
}

// writeFile writes a file that a person named. Its errors do too.
func (s *shell) writeFile(name string, flag int, text []byte) error {
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	file, err := os.OpenFile(path, flag|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = file.Write(text)
		err = cmp.Or(err, file.Close())
	}
	var of *fs.PathError
	if errors.As(err, &of) {
		return fmt.Errorf("%s: %w", name, of.Err)
	}
	return err
}

// status is what a result means for the exit status.
func (f *lintFlags) status(s *shell, r *lint.Result, failOn lint.Severity) error {
	if r.Fails(failOn) {
		return findings
	}
	if len(r.Gaps) > 0 && !f.allowGaps {
		s.say("some text could not be analysed, so its effects are unknown; --allow-gaps accepts that")
		return unanswered
	}
	return nil
}
