package main

import (
	"errors"
	"runtime"
	"strings"

	"github.com/spf13/cobra"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/report"
	"github.com/premortem-lint/premortem/lint/timeline"
)

func locksCommand(s *shell) *cobra.Command {
	var f projectFlags
	cmd := &cobra.Command{
		Use:   "locks path…",
		Short: "Draw which locks each migration holds, statement by statement",
		Long: `Draw the lock timeline of each migration: which tables are locked while each
statement runs, how strong the locks are, until when they are held, and what
work is done meanwhile. It judges nothing.`,
		Example: `  premortem locks db/migrations/00042_add_email.sql`,
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name the migrations to draw, such as `premortem locks db/migrations`")
			}
			return f.locks(s, args)
		},
	}
	cmd.Flags().SortFlags = false
	f.register(cmd)
	return cmd
}

func (f *projectFlags) locks(s *shell, args []string) error {
	p, err := f.open(s, target{paths: args})
	if err != nil {
		return err
	}
	for _, why := range p.passedBy {
		s.say("%s", why)
	}
	if len(p.paths) == 0 {
		return errors.New("nothing to draw: every path is passed by")
	}
	judge := p.rules(f)
	o := p.options(f)
	o.RunnerFor = p.runnerFor(&judge)
	if err := p.readSchemas(f, &judge); err != nil {
		return err
	}
	for _, schema := range judge.Schemas() {
		o.Schemas = append(o.Schemas, schema.Name)
	}
	histories, err := migration.Load(p.FS(), o)
	if err != nil {
		return err
	}
	timelines, err := timeline.Of(histories, judge)
	if err != nil {
		return err
	}
	return report.WriteTimelines(s.out, timelines, report.TimelineOptions{
		Path:  p.Path,
		Color: s.useColor(f.color),
		ASCII: !s.unicode(),
		Width: s.width,
	})
}

// unicode says whether the locale's characters are UTF-8.
func (s *shell) unicode() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if locale := s.env(name); locale != "" {
			locale = strings.ToLower(locale)
			return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
		}
	}
	return runtime.GOOS == "windows" || runtime.GOOS == "darwin"
}
