package rules_test

import (
	"flag"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules"
)

// TestAdviceIsLinted writes the drafts of every finding in place of its
// statement and lints them: the rule that drafted them must be content, and no
// other may see a new error. Each case is judged as a project of its own
// runner, and of every other one.
func TestAdviceIsLinted(t *testing.T) {
	var drafts, cases tally
	t.Run("cases", func(t *testing.T) {
		for name, c := range allCases(t) {
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				own, err := c.Lint(rules.All())
				if err != nil {
					t.Fatal(err)
				}
				for _, r := range draftRunners {
					c, result := c, own
					if r != own.Histories[0].Runner {
						var why string
						if c, why = convert(c, own, r); why != "" {
							cases.add(why)
							continue
						}
						cases.add("converted")
						if result, err = c.Lint(rules.All()); err != nil {
							t.Fatalf("%s: %v", r.Name, err)
						}
						if d := cmp.Diff(statementsUp(own), statementsUp(result)); d != "" {
							t.Fatalf("%s: statements (-as written +converted):\n%s", r.Name, d)
						}
					}
					for _, d := range result.Diagnostics {
						// A draft is written on the way up, where a down would destroy data.
						if d.Migration.Direction == migration.Up && d.Instead != nil && len(d.Instead.Migrations) > 0 {
							drafts.add(r.Name)
							follow(c, result, d).check(t, result, d)
						}
					}
				}
			})
		}
	})
	for _, r := range draftRunners {
		drafts.atLeast(t, r.Name, 400)
	}
	cases.atLeast(t, "converted", 350)
	for _, why := range whyNotConverted {
		cases.atLeast(t, why, 1)
	}
}

// TestAdviceInWords reads what advice says before its drafts.
func TestAdviceInWords(t *testing.T) {
	const history = "CREATE TABLE users (id bigint, email text, city text, CONSTRAINT users_key PRIMARY KEY (id)); CREATE TABLE times (at timestamp); CREATE FUNCTION towns(a int) RETURNS text LANGUAGE sql AS 'SELECT city FROM users';"
	for _, tc := range []struct{ rule, statement, want string }{
		{"create-index-not-concurrently", "DO $$ BEGIN CREATE INDEX i ON users (id); END $$", "lift the statement out of the DO block: build the index CONCURRENTLY"},
		{"create-index-not-concurrently", "CREATE INDEX i ON users (id)", "build the index CONCURRENTLY"},
		// What stays in a transaction can stay in the block.
		{"add-check-scans-table", "DO $$ BEGIN ALTER TABLE users ADD CHECK (id > 0); END $$", "add it NOT VALID"},
		{"lock-timeout-missing", "DO $$ BEGIN ALTER TABLE users ADD COLUMN a int; END $$", "give up after a few seconds"},
		{"add-column-rewrites-table", "ALTER TABLE users ADD COLUMN n bigserial PRIMARY KEY", "… then make it the primary key as add-primary-key-builds-index says"},
		{"add-column-rewrites-table", "ALTER TABLE users ADD COLUMN u uuid UNIQUE DEFAULT gen_random_uuid()", "… then make it unique as add-unique-builds-index says"},
		{"add-column-rewrites-table", "ALTER TABLE users ADD COLUMN u uuid DEFAULT gen_random_uuid()", "add the column without"},
		{"alter-column-type-scans-table", "CREATE INDEX ON users (email); ALTER TABLE users ALTER email TYPE text COLLATE \"C\"", "drop the index or CHECK"},
		{"alter-column-type-scans-table", "CREATE UNIQUE INDEX ON users (email); ALTER TABLE users ALTER email TYPE text COLLATE \"C\"", "add a column of the new type"},
		{"add-column-not-null-without-default", "ALTER TABLE users ADD a int NOT NULL", "give it a constant default, or add it nullable, fill it"},
		{"add-column-not-null-without-default", "ALTER TABLE users ADD a int NOT NULL, ADD b int NOT NULL", "give each a constant default, or add them nullable, fill them"},
		{"add-column-not-null-without-default", "ALTER TABLE users ADD a int NOT NULL, ADD UNIQUE (id, a)", "give it a constant default"},
		{"create-unique-index-fails-on-duplicates", "CREATE UNIQUE INDEX ON users (email) WHERE id > 0 OR id IS NULL", "look for equal rows first, and decide which of them stay: SELECT email, count(*) FROM public.users WHERE (id > 0 OR id IS NULL) AND email IS NOT NULL GROUP BY email HAVING count(*) > 1"},
		{"create-unique-index-fails-on-duplicates", "CREATE UNIQUE INDEX ON users (email) WHERE email IS NOT NULL\nAND id > 0", "look for equal rows first, and decide which of them stay: SELECT email, count(*) FROM public.users WHERE email IS NOT NULL AND id > 0 GROUP BY email HAVING count(*) > 1"},
		{"create-unique-index-fails-on-duplicates", "CREATE UNIQUE INDEX ON users (lower(email)) WHERE id > 0", "look for equal rows first, and decide which of them stay"},
		{"add-primary-key-builds-index", "ALTER TABLE users DROP CONSTRAINT users_key, ADD CONSTRAINT users_key PRIMARY KEY (email)", "prove the columns NOT NULL, build the unique index CONCURRENTLY, and make the primary key of it, which takes an instant"},
		{"add-primary-key-builds-index", "ALTER TABLE users DROP CONSTRAINT users_key; ALTER TABLE users ADD CONSTRAINT users_key PRIMARY KEY (email)", "prove the columns NOT NULL, build the unique index CONCURRENTLY, and make the primary key of it, which takes an instant; leave the old one in place until then"},
		{"alter-column-type-rewrites-table", "ALTER TABLE times ALTER at TYPE timestamptz", "where the values are in UTC"},
		{"alter-column-type-rewrites-table", "ALTER TABLE times ALTER at TYPE timestamptz USING at::timestamptz", "where the values are in UTC"},
		{"alter-column-type-rewrites-table", "ALTER TABLE times ALTER at TYPE timestamptz USING at AT TIME ZONE 'UTC'", "add a column of the new type"},
		{"alter-column-type-rewrites-table", "ALTER TABLE users ALTER email TYPE text USING coalesce(email, '')", "change the values by UPDATEs in batches"},
		{"alter-column-type-rewrites-table", "ALTER TABLE users ALTER email TYPE text USING coalesce(email, ''), ALTER id TYPE int", "add a column of the new type"},
		{"function-body-stale", "ALTER TABLE users RENAME city TO town", "replace the function in the same migration"},
		{"function-body-stale", "ALTER TABLE users RENAME city TO town; DROP FUNCTION IF EXISTS towns()", "drop it with its own parameters"},
		{"function-body-stale", "ALTER TABLE users RENAME city TO town; DROP FUNCTION IF EXISTS cities()", "replace the function in the same migration"},
		{"function-body-stale", "ALTER TABLE users RENAME city TO town; CREATE OR REPLACE FUNCTION towns(a int, b int) RETURNS text LANGUAGE sql AS 'SELECT town FROM users'", "drop it in the same migration: CREATE OR REPLACE FUNCTION with other parameters makes a second function"},
		// One value is no key of every row, and none that is known to be there.
		{"add-column-not-null-without-default", "ALTER TABLE users ADD a int NOT NULL UNIQUE", "add it nullable"},
		{"add-column-not-null-without-default", "ALTER TABLE users ADD a int NOT NULL; CREATE UNIQUE INDEX ON users (a)", "add it nullable"},
		{"add-column-not-null-without-default", "ALTER TABLE users ADD a int NOT NULL, ADD FOREIGN KEY (a) REFERENCES cities (id)", "add it nullable"},
	} {
		got := "nothing"
		for _, d := range lintChange(t, history, tc.statement+";") {
			if d.Rule == tc.rule && d.Instead != nil {
				got = d.Instead.Message
			}
		}
		if end, ok := strings.CutPrefix(tc.want, "…"); ok && !strings.HasSuffix(got, end) || !ok && (!strings.HasPrefix(got, tc.want) || strings.Contains(got, "then make it")) {
			t.Errorf("%s: %s says %q, want %q", tc.statement, tc.rule, got, tc.want)
		}
	}
}

// draftRunners stand for all: one for each way in which drafts are executed.
// lint/migration tests that each runner reads its own drafts.
var draftRunners = []*migration.Runner{migration.Goose, migration.Dbmate, migration.GolangMigrate, migration.Psql}

// tally counts things of several kinds.
type tally struct {
	mutex  sync.Mutex
	counts map[string]int
}

func (n *tally) add(kind string) {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	if n.counts == nil {
		n.counts = map[string]int{}
	}
	n.counts[kind]++
}

// atLeast prints a count, which may not be smaller unless the test has failed
// anyway, or only a part of it has run.
func (n *tally) atLeast(t *testing.T, kind string, least int) {
	t.Helper()
	t.Logf("%5d %s", n.counts[kind], kind)
	if run := flag.Lookup("test.run").Value.String(); n.counts[kind] < least && !t.Failed() && !strings.Contains(run, "/") {
		t.Errorf("%s: only %d, not %d", kind, n.counts[kind], least)
	}
}

// statementsUp are the statements on the way up, without what opens and ends
// transactions.
func statementsUp(result *lint.Result) []string {
	var texts []string
	for _, h := range result.Histories {
		for _, m := range h.Migrations {
			if m.Direction == migration.Down {
				continue
			}
			for _, s := range m.Statements {
				if _, ends := blockAfter(s); !ends {
					texts = append(texts, s.Text())
				}
			}
		}
	}
	return texts
}

// blockAfter reports whether the statement opens or ends a transaction block,
// and whether one is open after it.
func blockAfter(s *migration.Statement) (open, changes bool) {
	switch s.Node.GetTransactionStmt().GetKind() {
	case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START:
		return true, true
	case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT, pg_query.TransactionStmtKind_TRANS_STMT_ROLLBACK:
		return false, true
	}
	return false, false
}

// allCases returns the cases of the rules and the histories, by name.
func allCases(t *testing.T) map[string]*linttest.Case {
	t.Helper()
	cases := map[string]*linttest.Case{}
	files, err := filepath.Glob("../testdata/rules/*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if ext := filepath.Ext(file); ext != ".sql" && ext != ".txtar" {
			continue
		}
		c, err := linttest.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		cases[strings.TrimPrefix(file, "../testdata/rules/")] = c
	}
	for _, dir := range historyDirs(t) {
		c, _, err := readHistory(dir)
		if err != nil {
			t.Fatal(err)
		}
		cases[filepath.Base(dir)] = c
	}
	return cases
}

// followed is a history in which a finding's drafts stand in place of its
// statement.
type followed struct {
	linttest.Case
	drafts map[string]string // by file name
}

func follow(c *linttest.Case, result *lint.Result, d lint.Diagnostic) followed {
	fsys := fstest.MapFS{}
	f := followed{Case: linttest.Case{FS: fsys, Options: c.Options, Config: c.Config}, drafts: map[string]string{}}
	keep := func(name string) {
		data, err := fs.ReadFile(c.FS, name)
		if err != nil {
			panic(err)
		}
		fsys[name] = &fstest.MapFile{Data: data}
	}
	for _, name := range c.Options.Schemas {
		keep(name)
	}
	var release []string
	m := d.Migration
	for _, h := range result.Histories {
		for _, earlier := range h.Migrations {
			if earlier.Direction == migration.Down || h.Runner != m.Runner || earlier == m {
				break
			}
			keep(earlier.File.Name)
			if earlier.UnderReview && earlier.Release == m.Release {
				release = append(release, earlier.File.Name)
			}
		}
	}
	write := func(text string) string {
		name := path.Join(path.Dir(m.File.Name), draftName(m, len(fsys)))
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
		release = append(release, name)
		return name
	}
	if before := statementsBefore(d); len(before) > 0 {
		for _, text := range m.Runner.Draft(before, m.Section.Scope == migration.Autocommit) {
			write(text)
		}
	}
	for _, text := range withRest(d) {
		f.drafts[write(text)] = text
	}
	f.Options.Runner, f.Options.Down = m.Runner.Name, false
	f.Options.Release, f.Options.Paths = release, release
	return f
}

// withRest are the drafts. lock-timeout-missing leaves the statement where it
// is, so that others follow it in its transaction.
func withRest(d lint.Diagnostic) []string {
	drafts, m := d.Instead.Migrations, d.Migration
	if d.Rule != "lock-timeout-missing" {
		return drafts
	}
	at := slices.Index(m.Statements, d.Statement.Outermost())
	inBlock := m.Section.Scope != migration.Autocommit
	for _, s := range m.Statements[:at] {
		if open, changes := blockAfter(s); changes {
			inBlock = open
		}
	}
	if !inBlock {
		return drafts
	}
	var statements []string
	for _, s := range migration.ParseFile(&migration.File{Name: "draft.sql", Source: []byte(drafts[0])}).Statements {
		if _, changes := blockAfter(s); !changes {
			statements = append(statements, s.Text())
		}
	}
	for _, s := range m.Statements[at+1:] {
		if _, changes := blockAfter(s); changes {
			break
		}
		statements = append(statements, s.Text())
	}
	return m.Runner.Draft(statements, false)
}

// statementsBefore are the statements that the migration executes before the
// finding's, without what opens and ends transactions.
func statementsBefore(d lint.Diagnostic) []string {
	var texts []string
	for _, s := range d.Migration.Statements {
		if s == d.Statement.Outermost() {
			break
		}
		if s.Node.GetTransactionStmt() == nil {
			texts = append(texts, s.Text())
		}
	}
	return texts
}

// draftName is a name that the runner orders behind those of the migration and
// of the drafts before.
func draftName(m *migration.Migration, n int) string {
	switch m.Runner {
	case migration.Psql:
		return fmt.Sprintf("%s_%02d.sql", strings.TrimSuffix(path.Base(m.File.Name), ".sql"), n)
	case migration.GolangMigrate:
		return fmt.Sprintf("%s%02d_draft.up.sql", m.Version, n)
	}
	return fmt.Sprintf("%s%02d_draft.sql", m.Version, n)
}

// check compares what the drafts raise with what the statement raised.
func (f followed) check(t *testing.T, before *lint.Result, d lint.Diagnostic) {
	t.Helper()
	where := where(d.Migration.Runner, d)
	after, err := f.Lint(rules.All())
	if err != nil {
		t.Errorf("%s: %v", where, err)
		return
	}
	for _, g := range after.Gaps {
		if text, ok := f.drafts[g.File.Name]; ok && !g.Inside {
			t.Errorf("%s: draft is not analysed: %s\n%s", where, g.Reason, text)
		}
	}
	var errors []string
	for _, b := range before.Diagnostics {
		if b.Statement == d.Statement && b.Severity == lint.Error {
			errors = append(errors, b.Rule)
		}
	}
	for _, a := range after.Diagnostics {
		text, ok := f.drafts[a.File.Name]
		if !ok || a.Suppressed != nil || a.Statement != nil && !slices.ContainsFunc(d.Instead.Migrations, func(draft string) bool { return strings.Contains(draft, a.Statement.Text()) }) {
			continue
		}
		if a.Rule == d.Rule || a.Severity == lint.Error && !slices.Contains(errors, a.Rule) {
			t.Errorf("%s: draft raises %s: %s\n%s", where, a.Rule, a.Message, text)
		}
	}
}
