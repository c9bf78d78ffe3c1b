package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
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
--since exits with 0 when the branch changes none of the migrations it finds.`,
		Example: `  premortem lint db/migrations
  premortem lint --since origin/main
  premortem lint --after 20260102030405 db/migrations
  premortem lint --format text,sarif:premortem.sarif
  premortem lint - --stdin-filename db/migrations/00042_next.sql < draft.sql`,
		RunE: func(_ *cobra.Command, args []string) error { return f.run(s, args) },
	}
	flags := cmd.Flags()
	flags.SortFlags = false
	flags.StringVar(&f.since, "since", "", "judge what differs from the merge base with this git `ref`, uncommitted files included")
	flags.StringVar(&f.after, "after", "", "judge what comes after this `version`, such as the one in production")
	flags.StringVar(&f.stdinName, "stdin-filename", "", "the `file` that standard input stands for")
	flags.BoolVar(&f.onlyMigrations, "only-migrations", false, "pass by named files that are no migrations; exit 0 if none is left (for hooks)")
	f.register(cmd)
	flags.StringSliceVar(&f.selected, "select", nil, "run only these `rules` and categories; goes before the configuration's")
	flags.StringSliceVar(&f.ignored, "ignore", nil, "do not run these `rules` and categories either")
	flags.StringToStringVar(&f.severities, "severity", nil, "change severities, such as `rename-column=warning`; off, warning or error")
	flags.StringVar(&f.failOn, "fail-on", "", "exit 1 from this `severity` on: error, warning or never (default error)")
	flags.BoolVar(&f.allowGaps, "allow-gaps", false, "do not exit 3 for text that could not be analysed")
	flags.StringVar(&f.format, "format", "", "report `formats`, comma-separated, each with :FILE if not for standard output: "+formatNames()+" (default text)")
	flags.BoolVar(&f.showSuppressed, "show-suppressed", false, "report suppressed findings too")
	cmd.MarkFlagsMutuallyExclusive("since", "after")
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

func (f *lintFlags) run(s *shell, args []string) error {
	began := time.Now()
	target, err := f.target(args)
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
	for _, why := range p.passedBy {
		s.say("%s", why)
	}
	result, err := f.lint(p, judge, target)
	if err != nil {
		return err
	}
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

// target reads the arguments.
func (f *lintFlags) target(args []string) (target, error) {
	dash := slices.Contains(args, "-")
	switch {
	case !dash && f.stdinName == "":
		return target{paths: args}, nil
	case dash && len(args) > 1 || !dash && len(args) > 0:
		return target{}, errors.New("standard input is one migration: no other path can be linted with it")
	case f.since != "" || f.after != "":
		return target{}, errors.New("standard input is what is judged: --since and --after do not go with it")
	}
	return target{stdin: true, name: f.stdinName}, nil
}

// outcome reads where the report goes and what fails the run.
func (f *lintFlags) outcome(p *project) ([]report.Output, lint.Severity, error) {
	format := first(f.format, string(p.config.Format), report.Formats[0].Name)
	outputs, err := report.ParseOutputs(format)
	if err != nil {
		return nil, 0, fmt.Errorf("--format: %w", err)
	}
	failOn, err := config.ParseFailOn(first(f.failOn, string(p.config.FailOn), "error"))
	if err != nil {
		return nil, 0, fmt.Errorf("--fail-on: %w", err)
	}
	return outputs, failOn, nil
}

func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
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
		c.Severities[name] = severity
	}
	return c, nil
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
	if judge.Schema, err = p.readSchema(&f.projectFlags); err != nil {
		return nil, err
	}
	if t.stdin {
		source, err := io.ReadAll(p.shell.in)
		if err != nil {
			return nil, fmt.Errorf("standard input: %w", err)
		}
		o.Stdin = &migration.File{Name: migration.StdinName, Source: source}
		if t.name != "" {
			o.Stdin.Name = p.Name(t.name)
		}
	}
	if f.since != "" {
		changed, err := f.changed(p)
		if err != nil {
			return nil, fmt.Errorf("--since: %w", err)
		}
		o.Release = changed
	}
	result, err := rules.Lint(p.FS(), rules.Config{Migrations: o, Lint: judge})
	nothing := errors.Is(err, migration.ErrNothingUnderReview)
	switch {
	case nothing && f.since != "":
		p.shell.say("no migration changed since %s", f.since)
	case f.onlyMigrations && p.allFiles && (nothing || errors.Is(err, migration.ErrNoMigrations)):
		p.shell.say("%v", err)
	default:
		return result, err
	}
	return lint.Run(nil, judge)
}

// changed returns the files that git selects, among the paths, as a list
// that is never nil.
func (f *lintFlags) changed(p *project) ([]string, error) {
	files, err := git.ChangedSince(p.shell.dir, f.since)
	if err != nil {
		return nil, err
	}
	within := p.paths
	if len(within) == 0 {
		within = []string{p.Dir()}
	}
	changed := []string{}
	for _, file := range files {
		name := p.FromRepo(file)
		below := func(dir string) bool { return workspace.Below(dir, name) }
		if slices.ContainsFunc(within, below) && !p.excluded(name) {
			changed = append(changed, name)
		}
	}
	return changed, nil
}

// write writes every report: those for files first, so that a closed
// standard output cannot lose them.
func write(s *shell, r *lint.Result, outputs []report.Output, o report.Options) error {
	slices.SortStableFunc(outputs, func(a, b report.Output) int { return strings.Compare(b.Path, a.Path) })
	for _, output := range outputs {
		var text bytes.Buffer
		o := o
		o.Color = o.Color && output.Path == ""
		if file := s.env("GITHUB_STEP_SUMMARY"); file != "" && output.Format.Name == "github" {
			summary, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
			if err != nil {
				return fmt.Errorf("job summary: %w", err)
			}
			defer summary.Close()
			o.Summary = summary
		}
		if err := output.Format.Write(&text, r, o); err != nil {
			return fmt.Errorf("writing the %s report: %w", output.Format.Name, err)
		}
		if output.Path == "" {
			if _, err := text.WriteTo(s.out); err != nil {
				return fmt.Errorf("writing the report: %w", err)
			}
			continue
		}
		path := output.Path
		if !filepath.IsAbs(path) {
			path = filepath.Join(s.dir, path)
		}
		if err := os.WriteFile(path, text.Bytes(), 0o644); err != nil {
			return fmt.Errorf("writing the %s report: %w", output.Format.Name, err)
		}
	}
	return nil
}

// status is what a result means for the exit status.
func (f *lintFlags) status(s *shell, r *lint.Result, failOn lint.Severity) error {
	for _, d := range r.Diagnostics {
		if d.Suppressed == nil && failOn != lint.Off && d.Severity >= failOn {
			return findings
		}
	}
	if len(r.Gaps) > 0 && !f.allowGaps {
		s.say("some text could not be analysed, so its effects are unknown; --allow-gaps accepts that")
		return unanswered
	}
	return nil
}
