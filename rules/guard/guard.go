// Package guard refuses migrations just before a migration tool runs them. The
// packages below it do so in the idiom of one tool each; for other tooling, Check
// is all there is to call.
package guard

import (
	"cmp"
	"fmt"
	"io/fs"
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/report"
	"github.com/premortem-lint/premortem/rules"
)

// Options say how to judge. The zero value is that of the command without a
// configuration file: all rules, and errors refuse.
type Options struct {
	// Lint is the engine's configuration; see rules.Config for its defaults.
	Lint lint.Config
	// FailOn is the least severity that refuses: "error", which is the default,
	// "warning" or "never".
	FailOn config.FailOn
	// AllowGaps lets migrations pass of which some text could not be analysed.
	AllowGaps bool
	// Report, if not nil, is called with every result, also where nothing is
	// refused: for the warnings.
	Report func(*lint.Result)
}

// Configured reads a configuration file (.premortem.yml), such as one that the
// program embeds. name is what errors call it. Its paths are globs on the names in
// the file system that is judged; schema, queries and paths are left to the command.
// Errors give each mistake's line and column.
func Configured(name string, text []byte) (Options, error) {
	c, err := config.Read(name, text, config.Known{Rules: rules.All(), Hint: rules.Hint})
	if err != nil {
		return Options{}, err
	}
	return Options{Lint: c.Lint("."), FailOn: c.FailOn}, nil
}

// Check judges the pending migrations of a directory in fsys as one release. The
// migrations before them are what the database has already. runner is a name of
// migration.Runners, "" to detect it. pending are names of files in fsys,
// slash-separated; with none, nothing is judged and Check returns nil.
//
// The error is a *Refusal where the migrations are refused, and another one where
// they cannot be read.
func Check(fsys fs.FS, runner string, pending []string, o Options) error {
	if len(pending) == 0 {
		return nil
	}
	failOn, err := config.ParseFailOn(cmp.Or(string(o.FailOn), "error"))
	if err != nil {
		return err
	}
	result, err := rules.Lint(fsys, rules.Config{
		Migrations: migration.Options{Paths: pending, Runner: runner},
		Lint:       o.Lint,
	})
	if err != nil {
		return fmt.Errorf("premortem cannot judge the pending migrations: %w", err)
	}
	if o.Report != nil {
		o.Report(result)
	}
	if result.Fails(failOn) || len(result.Gaps) > 0 && !o.AllowGaps {
		return &Refusal{Pending: slices.Clone(pending), Result: result, FailOn: failOn}
	}
	return nil
}

// Refusal is the error for migrations that must not run. None of their statements
// has been executed.
type Refusal struct {
	Pending []string // the names of the files
	Result  *lint.Result
	FailOn  lint.Severity
}

// Error is a line that says what is refused, with the report below it.
func (r *Refusal) Error() string {
	what := fmt.Sprintf("%d pending migrations, from %s on", len(r.Pending), r.Pending[0])
	if len(r.Pending) == 1 {
		what = "the pending migration " + r.Pending[0]
	}
	var text strings.Builder
	fmt.Fprintf(&text, "premortem refuses %s: nothing of it has run\n\n", what)
	_ = report.Formats[0].Write(&text, r.Result, report.Options{FailOn: r.FailOn}) // a strings.Builder does not fail
	return strings.TrimRight(text.String(), "\n")
}
