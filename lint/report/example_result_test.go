package report

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

const exampleDir = "../../testdata/report"

// exampleRules are the rules of the example result.
var exampleRules = []*lint.Rule{
	{
		Name: "add-foreign-key-scans-table", Category: lint.Outage, Severity: lint.Error,
		Doc: "# add-foreign-key-scans-table\n\nADD FOREIGN KEY blocks writes to both tables while it scans one.\n\n## What PostgreSQL does\n\nIt takes a SHARE ROW EXCLUSIVE lock\non both tables.\n",
	},
	{Name: "create-index-not-concurrently", Category: lint.Outage, Severity: lint.Error, Doc: "# create-index-not-concurrently\n\nCREATE INDEX without CONCURRENTLY blocks all writes to the table until the index is built.\n"},
	{Name: "drop-column", Category: lint.DataLoss, Severity: lint.Error, Doc: "# drop-column\n\nDROP COLUMN destroys the column's values.\n"},
	{Name: "lock-timeout-missing", Category: lint.Outage, Severity: lint.Warning, Doc: "# lock-timeout-missing\n\nA statement that waits for a lock makes everything wait behind it.\n"},
	{Name: "update-without-where", Category: lint.Hygiene, Severity: lint.Warning, Doc: "# update-without-where\n\nUPDATE without WHERE changes every row.\n"},
	{Name: "identifier-case", Category: lint.Style, Severity: lint.Off, Doc: "# identifier-case\n\nQuoted upper-case names must be quoted for ever.\n"},
}

var exampleOptions = Options{
	Path:      func(name string) string { return "testdata/report/" + name },
	RepoPath:  func(name string) string { return "testdata/report/" + name },
	FailOn:    lint.Error,
	Elapsed:   20 * time.Millisecond,
	ServerWhy: "the oldest supported major; set --pg-version",
	Version:   "1.2.3",
	Category:  "migrations",
	Rules:     exampleRules,
}

// exampleResult is a result with something of everything that a format shows,
// on the files of testdata/report.
func exampleResult(t testing.TB) *lint.Result {
	t.Helper()
	users := catalog.Name{Schema: "public", Name: "users"}
	orders := catalog.Name{Schema: "public", Name: "orders"}
	first, second, third, fourth := readFile(t, "00001_users.sql"), readFile(t, "00002_users_email.sql"), readFile(t, "00003_orders.sql"), readFile(t, "00004_report.sql")

	goose := &migration.Runner{Name: "goose"}
	history := &migration.History{
		Dir: "migrations", Runner: goose, Why: "00001_users.sql has -- +goose Up",
		Skipped: []migration.Skipped{{Name: "migrations/notes.sql", Reason: "goose reads only names that begin with a number and _"}},
	}
	for i, f := range []*migration.File{first, second, third, fourth} {
		number := string(rune('1' + i))
		history.Migrations = append(history.Migrations, &migration.Migration{
			File: f, Runner: goose, Version: number, Name: strings.TrimSuffix(filepath.Base(f.Name)[len("00001_"):], ".sql"),
			Section:     migration.Section{Scope: migration.TransactionPerMigration},
			UnderReview: i > 0, Release: 1,
		})
	}
	suppression := &lint.Suppression{
		Range: find(t, third, "-- premortem:ignore drop-column: nobody has read it since 2.3"), File: third,
		Rules: []string{"drop-column"}, Reason: "nobody has read it since 2.3",
	}
	build := lock.Effect{Relation: users, Mode: lock.Share, Work: lock.IndexBuild}
	instead := &lint.Instead{
		Message:    "build the index CONCURRENTLY, outside a transaction block",
		Migrations: []string{"-- +goose NO TRANSACTION\n-- +goose Up\nCREATE INDEX CONCURRENTLY users_email_idx ON users (email);\n"},
	}
	const createIndex = "CREATE INDEX takes a SHARE lock on public.users, which blocks writes until the index is built; reads go on"
	alter := find(t, third, "ALTER TABLE orders\r\n", "REFERENCES users (id)")

	return &lint.Result{
		Histories:  []*migration.History{history},
		Server:     14,
		Migrations: 3,
		Statements: 5,
		Diagnostics: []lint.Diagnostic{
			{
				Range: find(t, second, "CREATE INDEX"), File: second, Statement: statement(t, second, "CREATE INDEX users_email_idx ON users (email)"),
				Rule: "create-index-not-concurrently", Category: lint.Outage, Severity: lint.Error, Message: createIndex,
				Effects: []lock.Effect{build}, Instead: instead,
				Related: []lint.Related{{Range: find(t, first, "CREATE TABLE users"), File: first, Message: "the table is created here"}},
			},
			{
				Range: alter, File: third, Statement: &migration.Statement{Range: alter},
				Rule: "lock-timeout-missing", Category: lint.Outage, Severity: lint.Warning,
				Message: "ALTER TABLE waits for a SHARE ROW EXCLUSIVE lock without a lock_timeout, and every later query on public.orders waits behind it",
				SuggestedFixes: []lint.SuggestedFix{{
					Message:   "set a lock_timeout before it",
					TextEdits: []lint.TextEdit{{Range: migration.Range{Pos: alter.Pos, End: alter.Pos}, NewText: "SET LOCAL lock_timeout = '5s';\n"}},
				}},
			},
			{
				Range: find(t, third, "ADD CONSTRAINT", "REFERENCES users (id)"), File: third, Statement: &migration.Statement{Range: alter},
				Rule: "add-foreign-key-scans-table", Category: lint.Outage, Severity: lint.Error,
				Message: "ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on public.orders, which blocks writes until all rows are checked",
				Effects: []lock.Effect{
					{Relation: orders, Mode: lock.ShareRowExclusive, Work: lock.ValidationScan},
					{Relation: users, Mode: lock.ShareRowExclusive, Implied: true, Why: "referenced by orders_user_id_fkey"},
				},
				Instead: &lint.Instead{
					Message: "add the constraint NOT VALID, and validate it in the next migration",
					Migrations: []string{
						"-- +goose Up\nALTER TABLE orders\n    ADD CONSTRAINT orders_user_id_fkey\n    FOREIGN KEY (user_id) REFERENCES users (id) NOT VALID;\n",
						"-- +goose Up\nALTER TABLE orders VALIDATE CONSTRAINT orders_user_id_fkey;\n",
					},
				},
			},
			{
				Range: find(t, third, `DROP COLUMN "数量"`), File: third, Statement: statement(t, third, `ALTER TABLE orders DROP COLUMN "数量"`),
				Rule: "drop-column", Category: lint.DataLoss, Severity: lint.Error, Message: `DROP COLUMN destroys the values of public.orders."数量"`,
				Effects: []lock.Effect{{Relation: orders, Mode: lock.AccessExclusive}}, Suppressed: suppression,
			},
			{
				Range: find(t, third, "UPDATE orders"), File: third, Statement: statement(t, third, "UPDATE orders SET note = ''"),
				Rule: "update-without-where", Category: lint.Hygiene, Severity: lint.Warning, Message: "UPDATE changes every row of public.orders",
				Effects: []lock.Effect{{Relation: orders, Mode: lock.RowExclusive, Work: lock.RowChanges}},
			},
			{
				Range: find(t, fourth, "CREATE INDEX"), File: fourth, Statement: statement(t, fourth, "CREATE INDEX users_email_idx ON users (email)"),
				Rule: "create-index-not-concurrently", Category: lint.Outage, Severity: lint.Error, Message: createIndex,
				Effects: []lock.Effect{build}, Instead: instead,
			},
		},
		Gaps: []lint.FileGap{{Gap: migration.Gap{Range: find(t, fourth, "CREATE VIEW", "FROM orders;"), Reason: `syntax error at or near "SELCT"`}, File: fourth}},
	}
}

func readFile(t testing.TB, name string) *migration.File {
	t.Helper()
	source, err := os.ReadFile(filepath.Join(exampleDir, "migrations", name))
	if err != nil {
		t.Fatal(err)
	}
	return &migration.File{Name: "migrations/" + name, Source: source}
}

func statement(t testing.TB, f *migration.File, text string) *migration.Statement {
	t.Helper()
	return &migration.Statement{Range: find(t, f, text)}
}

// find returns the range from the start of the first text to the end of the
// last, each the first after the one before.
func find(t testing.TB, f *migration.File, texts ...string) migration.Range {
	t.Helper()
	r := migration.Range{Pos: -1}
	for _, text := range texts {
		at := bytes.Index(f.Source[r.End:], []byte(text))
		if at < 0 {
			t.Fatalf("%s has no %q", f.Name, text)
		}
		if r.Pos < 0 {
			r.Pos = at
		}
		r.End += at + len(text)
	}
	return r
}
