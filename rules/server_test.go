package rules_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

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

// pageOf returns a rule's page, with a history if it shows none.
func pageOf(t *testing.T, rule *lint.Rule) *linttest.Page {
	t.Helper()
	page, err := linttest.ParsePage(rule.Doc)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.History) == 0 {
		page.History = []linttest.Fence{{Text: exampleTables}}
	}
	return page
}

// TestExamplesRun executes the examples of every page on a server. An Unsafe
// one may fail only where the rule is about that.
func TestExamplesRun(t *testing.T) {
	dbs := pgtest.NewPool(t)
	for _, rule := range rules.All() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			page := pageOf(t, rule)
			for _, section := range page.Sections[1:3] {
				failed := runFences(t, dbs, page.History, section.Fences)
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
		c := pageCase(t, []linttest.Fence{fence}, 0)
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

func major(option string) int {
	if n, err := strconv.Atoi(option); err == nil {
		return n
	}
	return lint.NewestSupported
}

// execute executes a migration as its runner does.
func execute(ctx context.Context, conn *pgx.Conn, m *migration.Migration) error {
	var messages []string
	for _, statements := range messagesOf(m) {
		var texts []string
		for _, s := range statements {
			texts = append(texts, s.Text())
		}
		messages = append(messages, strings.Join(texts, ";\n"))
	}
	if m.Section.Scope == migration.TransactionPerMigration {
		messages = slices.Concat([]string{"BEGIN"}, messages, []string{"COMMIT"})
	}
	defer func() {
		if conn.PgConn().TxStatus() != 'I' {
			_ = send(ctx, conn, "ROLLBACK")
		}
	}()
	for _, text := range messages {
		if err := send(ctx, conn, text); err != nil {
			return fmt.Errorf("%s: %w\n%s", m.File.Name, err, text)
		}
	}
	return nil
}

// messagesOf groups a migration's statements by the message that the runner
// sends them in.
func messagesOf(m *migration.Migration) [][]*migration.Statement {
	var messages [][]*migration.Statement
	for i, s := range m.Statements {
		if i == 0 || m.Statements[i-1].Message != s.Message {
			messages = append(messages, nil)
		}
		last := len(messages) - 1
		messages[last] = append(messages[last], s)
	}
	return messages
}

// send executes text as one simple query.
func send(ctx context.Context, conn *pgx.Conn, text string) error {
	_, err := conn.PgConn().Exec(ctx, text).ReadAll()
	return err
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
