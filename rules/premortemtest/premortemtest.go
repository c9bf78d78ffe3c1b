// Package premortemtest fails a project's own tests when its migrations would
// block production, fail on rows, destroy data or break the release that runs.
//
//	func TestMigrations(t *testing.T) {
//		premortemtest.Check(t, migrations.FS)
//	}
package premortemtest

import (
	"cmp"
	"io/fs"
	"os"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/report"
	"github.com/premortem-lint/premortem/rules"
)

// Option changes what Check does.
type Option func(*options)

type options struct {
	migrations migration.Options
	config     string
}

// After judges only the migrations behind a version, such as the newest one that
// production has; those up to it are what the database has already. Without it,
// each migration is judged by itself, as if those before it were applied.
func After(version string) Option {
	return func(o *options) { o.migrations.After = version }
}

// Runner names the migration tool, as migration.Runners have it, instead of
// detecting it.
func Runner(name string) Option {
	return func(o *options) { o.migrations.Runner = name }
}

// Config names the configuration file on disk, instead of the nearest
// .premortem.yml from the test's folder up to the root of its repository.
func Config(file string) Option {
	return func(o *options) { o.config = file }
}

// Check judges the migrations in fsys, such as an embed.FS or os.DirFS, with all
// folders below its root, and fails the test with the report that the command
// would print: for findings from the configuration's fail_on on, for text that
// could not be analysed, and where there are no migrations. Other findings are
// logged. The configuration's paths are globs on the names in fsys; its schema,
// queries and paths are left to the command.
func Check(tb testing.TB, fsys fs.FS, opts ...Option) {
	tb.Helper()
	o := options{migrations: migration.Options{Paths: []string{"."}}}
	for _, option := range opts {
		option(&o)
	}
	c, err := o.read()
	if err != nil {
		tb.Fatal(err)
	}
	failOn, err := config.ParseFailOn(cmp.Or(string(c.FailOn), "error"))
	if err != nil {
		tb.Fatal(err)
	}
	o.migrations.Runner = cmp.Or(o.migrations.Runner, string(c.Runner.Name))
	result, err := rules.Lint(fsys, rules.Config{Migrations: o.migrations, Lint: c.Lint(".")})
	if err != nil {
		tb.Fatal(err)
	}
	var text strings.Builder
	if err := report.Formats[0].Write(&text, result, report.Options{FailOn: failOn}); err != nil {
		tb.Fatal(err)
	}
	if result.Fails(failOn) || len(result.Gaps) > 0 {
		tb.Errorf("the migrations are not safe to deploy\n\n%s", &text)
		return
	}
	tb.Logf("\n%s", &text)
}

// read reads the configuration file, if there is one.
func (o *options) read() (*config.Config, error) {
	file := o.config
	if file == "" {
		dir, err := os.Getwd()
		if err != nil {
			return nil, err
		}
		if file, err = config.Find(dir); err != nil || file == "" {
			return &config.Config{}, err
		}
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	return config.Read(file, text, config.Known{Rules: rules.All(), Hint: rules.Hint})
}
