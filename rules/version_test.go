package rules_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// versionTruth is one thing that PostgreSQL does differently from a major on.
// The server of that major and the one before must do what is said here, and
// the rule must judge for each of them accordingly.
type versionTruth struct {
	// of is the file that depends on it: the rule's, or one that has a gate.
	of    string
	first int // the first major of the new behaviour

	setup, runs string
	// before and after are what becomes of runs: an SQLSTATE, or "" for success.
	before, after string
	// kept is a table that a successful run must not rewrite.
	kept string

	// rule finds the statement lints, which is runs where it is not given.
	rule, lints string
	// saysBefore and saysAfter match the finding with its advice; "" is no finding.
	saysBefore, saysAfter string
}

const (
	usersTable  = "CREATE TABLE users (id bigint PRIMARY KEY, email text, age int);\n"
	eventsTable = `CREATE TABLE events (id bigint, day date NOT NULL) PARTITION BY RANGE (day);
CREATE TABLE events_2025 PARTITION OF events FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX events_id_idx ON events (id);
`
	generatedColumn = "CREATE TABLE users (id int, next int GENERATED ALWAYS AS (id + 1) STORED);"
	subscription    = "BEGIN; CREATE SUBSCRIPTION s CONNECTION '' PUBLICATION p WITH (connect = false); "
)

var versionTruths = []versionTruth{
	{
		of: "rules/detach-partition-not-concurrently.go", first: 14, setup: eventsTable,
		runs: "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY", before: "42601",
		rule: "detach-partition-not-concurrently", lints: "ALTER TABLE events DETACH PARTITION events_2025",
		saysAfter: "DETACH PARTITION events_2025 CONCURRENTLY",
	},
	{
		of: "rules/drop-partition-locks-parent.go", first: 14, setup: eventsTable,
		runs: "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY", before: "42601",
		rule: "drop-partition-locks-parent", lints: "DROP TABLE events_2025",
		saysBefore: "\ngive up after a few seconds", saysAfter: "DETACH PARTITION public.events_2025 CONCURRENTLY",
	},
	{
		of: "rules/create-partition-locks-parent.go", first: 14, setup: eventsTable,
		runs: "CREATE TABLE events_2026 (LIKE events INCLUDING COMPRESSION)", before: "42601",
		rule: "create-partition-locks-parent", lints: "CREATE TABLE events_2026 PARTITION OF events FOR VALUES FROM ('2026-01-01') TO ('2027-01-01')",
		saysBefore: `INCLUDING STORAGE\)`, saysAfter: `INCLUDING STORAGE INCLUDING COMPRESSION\)`,
	},
	{
		of: "rules/add-column-rewrites-table.go", first: 18, setup: usersTable,
		runs: "ALTER TABLE users ADD COLUMN next int GENERATED ALWAYS AS (age + 1) VIRTUAL", before: "42601", kept: "users",
		rule: "add-column-rewrites-table", lints: "ALTER TABLE users ADD COLUMN next int GENERATED ALWAYS AS (age + 1) STORED",
		saysBefore: "\nadd a plain column", saysAfter: "\nmake it VIRTUAL, or add a plain column",
	},
	{
		of: "rules/add-foreign-key-scans-table.go", first: 18, setup: usersTable + eventsTable,
		runs: "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES users NOT VALID", before: "42809",
		rule: "add-foreign-key-scans-table", lints: "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES users",
		saysBefore: "\nadd the foreign key NOT VALID to each partition", saysAfter: "\nadd it NOT VALID",
	},
	{
		of: "rules/add-foreign-key-not-valid-on-partitioned-table.go", first: 18, setup: usersTable + eventsTable,
		runs: "ALTER TABLE events ADD FOREIGN KEY (id) REFERENCES users NOT VALID", before: "42809",
		rule: "add-foreign-key-not-valid-on-partitioned-table", saysBefore: "fails with 42809: public.events is partitioned, and PostgreSQL 17 refuses",
	},
	{
		of: "rules/concurrently-refused.go", first: 14, setup: eventsTable + "CREATE TABLE events_rest PARTITION OF events DEFAULT;",
		runs: "ALTER TABLE events DETACH PARTITION events_2025 CONCURRENTLY", before: "42601", after: "55000",
		rule: "concurrently-refused", saysAfter: "fails with 55000",
	},
	{
		of: "rules/unique-key-refused-on-partitioned-table.go", first: 17, setup: "CREATE TABLE stays (id int4range, during tsrange) PARTITION BY RANGE (id);\n",
		runs: "ALTER TABLE stays ADD EXCLUDE USING gist (id WITH =, during WITH &&)", before: "0A000",
		rule: "unique-key-refused-on-partitioned-table", saysBefore: "PostgreSQL 16 has no exclusion constraints of partitioned tables",
	},
	{
		of: "rules/alter-column-type-refused-by-dependents.go", first: 15, setup: generatedColumn,
		runs: "ALTER TABLE users ALTER COLUMN id TYPE bigint", before: "42601", after: "0A000",
		rule: "alter-column-type-refused-by-dependents", saysBefore: "42601", saysAfter: "0A000",
	},
	{
		of: "rules/drop-refused-by-dependents.go", first: 15, setup: generatedColumn,
		runs: "ALTER TABLE users DROP COLUMN id", after: "2BP01",
		rule: "drop-refused-by-dependents", saysAfter: "2BP01",
	},
	{
		of: "rules/set-not-null-scans-table.go", first: 18, setup: usersTable,
		runs: "ALTER TABLE users ADD CONSTRAINT users_email_not_null NOT NULL email NOT VALID", before: "42601", kept: "users",
		rule: "set-not-null-scans-table", lints: "ALTER TABLE users ALTER COLUMN email SET NOT NULL",
		saysBefore: `CHECK \(email IS NOT NULL\) NOT VALID`, saysAfter: "NOT NULL email NOT VALID",
	},
	{
		// Another constraint of the column is refused: the one that is there must do.
		of: "rules/set-not-null-scans-table.go", first: 18, setup: usersTable,
		runs:   "ALTER TABLE users ADD CONSTRAINT a NOT NULL email NOT VALID; ALTER TABLE users ADD CONSTRAINT b NOT NULL email NOT VALID",
		before: "42601", after: "55000",
		rule: "set-not-null-scans-table", lints: "ALTER TABLE users ADD CONSTRAINT a NOT NULL email NOT VALID; ALTER TABLE users ALTER COLUMN email SET NOT NULL",
		saysBefore: "prove it with a CHECK", saysAfter: "VALIDATE CONSTRAINT a",
	},
	{
		of: "rules/enum-value-used-in-its-transaction.go", first: 17,
		runs:   "BEGIN; CREATE TYPE mood AS ENUM ('sad'); ALTER TYPE mood ADD VALUE 'bored'; SELECT 'bored'::mood; COMMIT",
		before: "55P04", rule: "enum-value-used-in-its-transaction", saysBefore: "fails with 55P04",
	},
	{
		// 16 and older do not read it: what the rule says of it does not matter there.
		of: "rules/blocks-for-long.go", first: 17, setup: generatedColumn,
		runs: "ALTER TABLE users ALTER COLUMN next SET EXPRESSION AS (id + 2)", before: "42601",
		rule: "blocks-for-long", saysBefore: "table rewrite|rewritten", saysAfter: "table rewrite|rewritten",
	},
	{
		of: "lint/lock/owntransaction.go", first: 14, setup: eventsTable,
		runs:  "BEGIN; REINDEX TABLE events; COMMIT", // 13 passes over it with a warning
		after: "25001", rule: "statement-cannot-run-in-transaction", saysAfter: "REINDEX TABLE fails with 25001",
	},
	{
		of: "lint/lock/owntransaction.go", first: 14, setup: eventsTable,
		runs:   "BEGIN; REINDEX INDEX events_id_idx; COMMIT",
		before: "0A000", after: "25001", rule: "statement-cannot-run-in-transaction", saysAfter: "REINDEX INDEX fails with 25001",
	},
	{
		of: "lint/lock/owntransaction.go", first: 15, setup: eventsTable,
		runs:   "BEGIN; CLUSTER events USING events_id_idx; COMMIT",
		before: "0A000", after: "25001", rule: "statement-cannot-run-in-transaction", saysAfter: "CLUSTER fails with 25001",
	},
	{
		of: "lint/lock/owntransaction.go", first: 17,
		runs:   subscription + "ALTER SUBSCRIPTION s SET (failover = true); COMMIT",
		before: "42601", after: "25001", rule: "statement-cannot-run-in-transaction", saysAfter: `SET \(failover\) fails with 25001`,
	},
	{
		of: "lint/lock/owntransaction.go", first: 18,
		runs:   subscription + "ALTER SUBSCRIPTION s SET (two_phase = false); COMMIT",
		before: "42601", after: "25001", rule: "statement-cannot-run-in-transaction", saysAfter: `SET \(two_phase\) fails with 25001`,
	},
	{
		of: "rules/cast-fails-on-stored-text.go", first: 16, setup: usersTable,
		runs: "SELECT email FROM users WHERE NOT pg_input_is_valid(email, 'integer')", before: "42883",
		rule: "cast-fails-on-stored-text", lints: "ALTER TABLE users ALTER COLUMN email TYPE integer USING email::integer",
		saysBefore: "look for such text first", saysAfter: `NOT pg_input_is_valid\(email, 'integer'\)`,
	},
}

// TestVersionTruths asks the servers on both sides of every change.
func TestVersionTruths(t *testing.T) {
	dbs := pgtest.NewPool(t)
	for _, v := range versionTruths {
		for _, side := range []struct {
			major       int
			state, says string
		}{{v.first - 1, v.before, v.saysBefore}, {v.first, v.after, v.saysAfter}} {
			t.Run(fmt.Sprintf("%s/%s/%d", filepath.Base(v.of), v.runs, side.major), func(t *testing.T) {
				t.Parallel()
				conn, done := dbs.Connect(t, side.major)
				defer done()
				if err := run(t, conn, v.setup); err != nil {
					t.Fatal(err)
				}
				pgtest.Fill(t, conn, 10)
				file := relfilenode(t, conn, v.kept)
				err := run(t, conn, v.runs)
				if got := sqlState(err); got != side.state {
					t.Errorf("PostgreSQL %d says %q (%v), want %q", side.major, got, err, side.state)
				}
				if after := relfilenode(t, conn, v.kept); after != file {
					t.Errorf("PostgreSQL %d rewrites %s", side.major, v.kept)
				}
				v.lint(t, side.major, side.says)
			})
		}
	}
	t.Logf("%d changes, each on the servers on both sides", len(versionTruths))
}

// lint compares what the rule says for a major.
func (v *versionTruth) lint(t *testing.T, major int, want string) {
	t.Helper()
	text := v.lints
	if text == "" {
		text = v.runs
	}
	c, err := linttest.New([]string{"runner: psql", fmt.Sprintf("pg: %d", major)},
		txtar.File{Name: "1.sql", Data: []byte(v.setup)}, txtar.File{Name: "2.sql", Data: []byte(text)})
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Lint(rules.All())
	if err != nil {
		t.Fatal(err)
	}
	var says []string
	for _, d := range result.Diagnostics {
		if d.Rule != v.rule {
			continue
		}
		all := d.Message
		if d.Instead != nil {
			all += "\n" + d.Instead.Message + "\n" + strings.Join(d.Instead.Migrations, "\n")
		}
		says = append(says, all)
	}
	switch all := strings.Join(says, "\n"); {
	case want == "" && all != "":
		t.Errorf("for PostgreSQL %d the rule must be silent, but says\n%s", major, all)
	case want != "" && !regexp.MustCompile(want).MatchString(all):
		t.Errorf("for PostgreSQL %d the rule says\n%s\nwhich does not match %q", major, all, want)
	}
}

// run executes SQL as psql does: statement by statement, up to the first error.
func run(t *testing.T, conn *pgx.Conn, text string) error {
	t.Helper()
	for _, statement := range statementsOf(text) {
		if err := send(t.Context(), conn, statement); err != nil {
			_ = send(t.Context(), conn, "ROLLBACK")
			return err
		}
	}
	return nil
}

// statementsOf cuts at semicolons: the texts above have no others.
func statementsOf(text string) []string {
	return slices.DeleteFunc(strings.Split(text, ";"), func(s string) bool { return strings.TrimSpace(s) == "" })
}

func sqlState(err error) string {
	if refused := (*pgconn.PgError)(nil); errors.As(err, &refused) {
		return refused.Code
	} else if err != nil {
		return err.Error()
	}
	return ""
}

func relfilenode(t *testing.T, conn *pgx.Conn, table string) (node string) {
	t.Helper()
	if table != "" {
		if err := conn.QueryRow(t.Context(), "SELECT pg_relation_filenode($1::text::regclass)::text", table).Scan(&node); err != nil {
			t.Fatal(err)
		}
	}
	return node
}

// elsewhere are the files whose comparisons with a major other tests prove on
// every server.
var elsewhere = map[string]string{
	"lint/lock/effects_*.go": "TestAgreement of lint/lock",
	"lint/lock/block.go":     "TestRandomScripts of lint/lock",
}

// TestVersionsAreProven finds everything that depends on the server's major
// and fails where no truth proves it: bounds of rules, comparisons in code, and
// claims on pages.
func TestVersionsAreProven(t *testing.T) {
	n := 0
	check := func(of, where string, first int) {
		n++
		if !slices.ContainsFunc(versionTruths, func(v versionTruth) bool { return v.of == of && v.first == first }) {
			t.Errorf("%s: nothing in versionTruths proves that PostgreSQL %d differs from %d", where, first, first-1)
		}
	}
	for _, rule := range rules.All() {
		of := "rules/" + rule.Name + ".go"
		if rule.Since != 0 {
			check(of, rule.Name+": Since", rule.Since)
		}
		if rule.Until != 0 {
			check(of, rule.Name+": Until", rule.Until+1)
		}
		for _, first := range claimsOf(rule.Doc) {
			check(of, rule.Name+".md", first)
		}
	}
	for _, gate := range gates(t) {
		check(gate.file, gate.where, gate.first)
	}
	t.Logf("%d bounds, comparisons and claims", n)
	if n < 16 {
		t.Errorf("only %d bounds, comparisons and claims were found", n)
	}
}

// claim finds a major in prose and in comments: "PostgreSQL 18", "12 to 16".
var claim = regexp.MustCompile(`PostgreSQL\s+(\d+)(\s+to\s+(\d+))?|(\d+)\s+to\s+(\d+)\s+refuse`)

// claimsOf returns the first majors of the new behaviours that a text claims.
func claimsOf(text string) []int {
	var firsts []int
	for _, m := range claim.FindAllStringSubmatch(text, -1) {
		first := m[1]
		if last := m[3] + m[5]; last != "" { // the old behaviour's range
			n, _ := strconv.Atoi(last)
			first = strconv.Itoa(n + 1)
		}
		n, _ := strconv.Atoi(first)
		firsts = append(firsts, n)
	}
	return firsts
}

// gate is a comparison of a server's major with a number.
type gate struct {
	file, where string
	first       int
}

// gates finds the comparisons "….Server >= 18", "server < 17" and their like.
func gates(t *testing.T) []gate {
	t.Helper()
	var found []gate
	root := os.DirFS("..")
	excused := map[string]bool{}
	err := fs.WalkDir(root, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name != "." && strings.HasPrefix(name, ".") || name == "testdata" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		source, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, name, source, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			first, ok := comparison(n)
			if !ok {
				return true
			}
			for pattern := range elsewhere {
				if match, _ := filepath.Match(pattern, name); match {
					excused[pattern] = true
					return true
				}
			}
			found = append(found, gate{name, set.Position(n.Pos()).String(), first})
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for pattern := range elsewhere {
		if !excused[pattern] {
			t.Errorf("%s compares with no major", pattern)
		}
	}
	return found
}

// comparison reads "server OP number" and returns the first major of the side
// that is newer.
func comparison(n ast.Node) (first int, ok bool) {
	b, ok := n.(*ast.BinaryExpr)
	if !ok {
		return 0, false
	}
	operand := b.X
	if s, ok := operand.(*ast.SelectorExpr); ok {
		operand = s.Sel
	}
	id, isName := operand.(*ast.Ident)
	number, isNumber := b.Y.(*ast.BasicLit)
	if !isName || !isNumber || !strings.EqualFold(id.Name, "server") || number.Value == "0" {
		return 0, false
	}
	major, err := strconv.Atoi(number.Value)
	switch b.Op {
	case token.GEQ, token.LSS:
		return major, err == nil
	case token.GTR, token.LEQ:
		return major + 1, err == nil
	}
	return -1, true // == and != would need both neighbours: write a range
}
