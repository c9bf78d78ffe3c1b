package rules_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// exampleTables is what there is for pages that show no history.
const exampleTables = `
CREATE TABLE users (id bigint PRIMARY KEY, email text, city text);
CREATE TABLE orders (id bigint PRIMARY KEY);
CREATE TABLE sessions (id bigint PRIMARY KEY, expires_at date);
CREATE MATERIALIZED VIEW daily_sales AS SELECT 1 AS day;
CREATE UNIQUE INDEX ON daily_sales (day)`

// TestExamplesRun executes the examples of every page on a server. An Unsafe
// one may fail only where the rule is about that.
func TestExamplesRun(t *testing.T) {
	dbs := pgtest.NewPool(t)
	for _, rule := range rules.All() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			page, err := linttest.ParsePage(rule.Doc)
			if err != nil {
				t.Fatal(err)
			}
			history := page.History
			if len(history) == 0 {
				history = []linttest.Fence{{Text: exampleTables}}
			}
			for _, section := range page.Sections[1:3] {
				failed := runFences(t, dbs, history, section.Fences)
				if failed != nil && !(section.Heading == "Unsafe" && rule.Category == lint.FailsAtDeploy) {
					t.Errorf("%s: %v", section.Heading, failed)
				}
			}
		})
	}
}

// runFences executes history, which must succeed, and then the examples, on the
// server that the last one is about.
func runFences(t *testing.T, dbs *pgtest.Pool, history, examples []linttest.Fence) error {
	t.Helper()
	conn, done := dbs.Connect(t, major(examples[len(examples)-1].Options["pg"]))
	defer done()
	for i, fence := range slices.Concat(history, examples) {
		c := fenceCase(t, fence, i)
		histories, err := migration.Load(c.FS, c.Options)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range histories[0].Migrations {
			if err := execute(t.Context(), conn, m); err != nil {
				if i < len(history) {
					t.Fatal(err)
				}
				return err
			}
		}
	}
	return nil
}

// fenceCase is an example as the only migration of its runner.
func fenceCase(t *testing.T, fence linttest.Fence, n int) *linttest.Case {
	t.Helper()
	name := fmt.Sprintf("%05d_example.sql", n+1)
	var options []string
	for option, value := range fence.Options {
		options = append(options, option+": "+value)
	}
	if fence.Options["runner"] == "golang-migrate" {
		name = fmt.Sprintf("%05d_example.up.sql", n+1)
	}
	c, err := linttest.New(options, txtar.File{Name: name, Data: []byte(fence.Text)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func major(option string) int {
	if n, err := strconv.Atoi(option); err == nil {
		return n
	}
	return lint.NewestSupported
}

// execute executes a migration as its runner does.
func execute(ctx context.Context, conn *pgx.Conn, m *migration.Migration) error {
	var messages []string
	for i, s := range m.Statements {
		text := s.Text()
		if i > 0 && m.Statements[i-1].Message == s.Message {
			messages[len(messages)-1] += ";\n" + text
		} else {
			messages = append(messages, text)
		}
	}
	if m.Section.Scope == migration.TransactionPerMigration {
		messages = slices.Concat([]string{"BEGIN"}, messages, []string{"COMMIT"})
	}
	defer func() {
		if conn.PgConn().TxStatus() != 'I' {
			_, _ = conn.PgConn().Exec(ctx, "ROLLBACK").ReadAll()
		}
	}()
	for _, text := range messages {
		if _, err := conn.PgConn().Exec(ctx, text).ReadAll(); err != nil {
			return fmt.Errorf("%s: %w\n%s", m.File.Name, err, text)
		}
	}
	return nil
}

// TestHistoriesRun executes the histories of testdata/histories: what they hold
// is not only readable but runs.
func TestHistoriesRun(t *testing.T) {
	dbs := pgtest.NewPool(t)
	for _, dir := range historyDirs(t) {
		t.Run(dir[strings.LastIndexByte(dir, '/')+1:], func(t *testing.T) {
			t.Parallel()
			c, _, err := readHistory(dir)
			if err != nil {
				t.Fatal(err)
			}
			conn, done := dbs.Connect(t, c.Config.Server)
			defer done()
			histories, err := migration.Load(c.FS, c.Options)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range histories[0].Migrations {
				if err := execute(t.Context(), conn, m); err != nil {
					t.Error(err)
				}
			}
		})
	}
}
