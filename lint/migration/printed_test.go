package migration_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func printed(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(runnersDir, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPrintedDrafts: what the tool prints of its drafts are the statements.
func TestPrintedDrafts(t *testing.T) {
	statements := slices.Concat(draftStatements, []string{
		`COMMENT ON TABLE t IS 'at 12:30 :a, :b: and ::c, and \d "x"'`,
		`SELECT '{1,2}'::int[], (ARRAY[1, 2])[:1] AS "x"`,
		"SELECT 1\n  AS \"x\"",
		"SELECT '\"\"\"\n\\'",
	})
	for _, c := range []struct {
		runner  *migration.Runner
		printed string
		sources [2]string // in a transaction, and not
	}{
		{migration.Alembic, "alembic/drafts.sql", [2]string{"alembic/project/drafts/b2.py", "alembic/project/drafts/c3.py"}},
		{migration.Django, "django/drafts.sql", [2]string{"django/project/drafts/migrations/0001_transaction.py", "django/project/drafts/migrations/0002_none.py"}},
	} {
		var want []string
		for i, noTransaction := range []bool{false, true} {
			own := slices.Clone(statements)
			if !noTransaction {
				own[2] = strings.Replace(own[2], "CONCURRENTLY ", "", 1)
				own[1] = strings.Replace(own[1], "CREATE", "CREATE OR REPLACE", 1)
			}
			drafts := c.runner.Draft(own, noTransaction)
			if len(drafts) != 1 {
				t.Fatal(drafts)
			}
			if !strings.HasSuffix(printed(t, c.sources[i]), "\n"+drafts[0]) {
				t.Errorf("%s does not end with\n%s", c.sources[i], drafts[0])
			}
			own[2] = strings.TrimSuffix(own[2], " -- the hot one")
			own[4] = "SELECT 'a;b'"
			want = append(want, own...)
		}
		text := printed(t, c.printed)
		histories, err := migration.Load(files(map[string]string{"drafts.sql": text}), migration.Options{Paths: []string{"drafts.sql"}})
		if err != nil || histories[0].Runner.Name != c.runner.Name {
			t.Fatal(histories, err)
		}
		var got []string
		for _, m := range histories[0].Migrations {
			for _, s := range m.Statements {
				if s.Node.GetTransactionStmt() == nil && !strings.HasPrefix(s.Text(), "CREATE TABLE") {
					got = append(got, s.Text())
				}
			}
			for _, g := range m.Gaps {
				t.Error(g.Reason)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", c.printed, d)
		}
	}
}

const (
	printedPerRun       = ": one transaction for all pending migrations"
	printedPerMigration = ": one transaction for the migration"
	printedAlone        = ": no transaction"
)

// toldOf is what told says of one named file.
func toldOf(t *testing.T, name, text string) []string {
	t.Helper()
	return told(t, map[string]string{name: text}, migration.Options{Paths: []string{name}})
}

func TestAlembic(t *testing.T) {
	revisions := func(direction, scope string, versions ...string) []string {
		list := []string{".: alembic"}
		for _, v := range versions {
			list = append(list, "x.sql "+direction+" "+v+scope)
		}
		return list
	}
	ups, downs := []string{"a1", "b2", "d4", "c3", "e5", "f6", "g7"}, []string{"g7", "f6", "e5", "c3", "d4", "b2", "a1"}
	perMigration := revisions("up", printedPerMigration, ups...)
	const (
		mark = "-- Running upgrade a -> b\n"
		own  = "UPDATE alembic_version SET version_num='b' WHERE alembic_version.version_num = 'a';\n"
		log  = "  refused true: PostgreSQL refuses the line as a syntax error: it is of alembic's log; print without 2>&1: the log goes to standard error"
		cut  = "  refused true: nothing commits the transaction that alembic has printed BEGIN for, so PostgreSQL takes back what it has done when the text ends: the text is cut off; print it again; why alembic stopped, it tells on standard error"
	)
	upgrade := printed(t, "alembic/upgrade.sql")
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"per run", upgrade, revisions("up", printedPerRun, ups...)},
		{"per migration", printed(t, "alembic/upgrade-per-migration.sql"), perMigration},
		{"no transaction", printed(t, "alembic/upgrade-no-transaction.sql"), revisions("up", printedAlone, ups...)},
		{"down", printed(t, "alembic/downgrade.sql"), revisions("down", printedPerRun, downs...)},
		{"down per migration", printed(t, "alembic/downgrade-per-migration.sql"), revisions("down", printedPerMigration, downs...)},
		{"one", printed(t, "alembic/upgrade-one.sql"), revisions("up", printedPerRun, "c3")},
		{"stamp", printed(t, "alembic/stamp.sql"), revisions("up", printedPerRun, "e5")},
		{"log", printed(t, "alembic/upgrade-with-log.sql"), append(revisions("up", printedPerRun, "d4"), log)},
		{"log before", "INFO  [alembic.runtime.migration] Running upgrade a -> b, it's\n" + mark + "SELECT 1;\n", append(revisions("up", printedAlone, "b"), log)},
		{"CR LF", strings.ReplaceAll(upgrade, "\n", "\r\n"), revisions("up", printedPerRun, ups...)},
		{"byte order mark", "\xef\xbb\xbf" + upgrade, revisions("up", printedPerRun, ups...)},
		{"byte order mark and no BEGIN", "\xef\xbb\xbf" + mark + "SELECT 1;\n", revisions("up", printedAlone, "b")},
		{"Windows-1252", "BEGIN;\n" + mark + "COMMENT ON TABLE t IS 'caf\xe9';\nSELECT 1;\n" + own + "COMMIT;\n", append(revisions("up", printedPerRun, "b"), "  gap: bytes that are not UTF-8")},
		{"cut off", upgrade[:strings.Index(upgrade, "COMMIT;")], append(revisions("up", printedPerRun, "a1", "b2"), cut)},
		{"cut off in a statement", upgrade[:strings.Index(upgrade, "name TEXT")], append(revisions("up", printedPerRun, "a1", "b2", "d4", "c3"), cut, "  gap: syntax error at end of input")},
		{"warning before", "BEGIN;\n/usr/lib/x.py:1: UserWarning: what\n" + mark + "SELECT 1;\n" + own + "COMMIT;\n", append(revisions("up", printedPerRun, "b"), "  gap: syntax error at or near \"/\"")},
		{"no revision", "BEGIN;\n\nCOMMIT;\n", []string{".: psql", "x.sql up x" + printedAlone}},
		{"a comment alone", "SELECT '\n-- Running upgrade a -> b\n';\n", []string{".: alembic", "x.sql up x" + printedAlone}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, toldOf(t, "x.sql", c.text)); d != "" {
				t.Error(d)
			}
		})
	}

	// Of what alembic prints itself, nothing is a statement of the migration.
	for _, name := range []string{"upgrade", "upgrade-per-migration", "upgrade-no-transaction", "upgrade-one", "downgrade", "downgrade-per-migration", "stamp"} {
		for _, c := range statementsOf(t, printed(t, "alembic/"+name+".sql")) {
			if strings.Contains(c, "version") {
				t.Errorf("%s: %s", name, c)
			}
		}
	}
	want := []string{"b2: SELECT public.seen('b2')", "b2: COMMIT", "b2: CREATE INDEX CONCURRENTLY users_email ON users (email)", "b2: SELECT public.seen('b2 alone')", "b2: SELECT public.seen('b2 alone again')", "b2: BEGIN", "b2: SELECT public.seen('b2 behind')"}
	got := slices.DeleteFunc(statementsOf(t, printed(t, "alembic/upgrade-per-migration.sql")), func(s string) bool { return !strings.HasPrefix(s, "b2") })
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// statementsOf lists the statements of printed text with their versions.
func statementsOf(t *testing.T, text string) []string {
	t.Helper()
	histories, err := migration.Load(files(nil), migration.Options{Stdin: &migration.File{Name: migration.StdinName, Source: []byte(text)}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range histories[0].Migrations {
		for _, s := range m.Statements {
			got = append(got, m.Version+": "+s.Text())
		}
	}
	return got
}

// TestAlembicDirectory: what is printed to take migrations back is executed where
// it was asked for, and is no part of a history.
func TestAlembicDirectory(t *testing.T) {
	project := map[string]string{
		"sql/1.sql": printed(t, "alembic/upgrade-one.sql"), "sql/2.sql": printed(t, "alembic/downgrade.sql"),
		"sql/3.sql": printed(t, "alembic/stamp.sql"), "other/V1__a.sql": printed(t, "alembic/upgrade-one.sql"),
	}
	histories, err := migration.Load(files(project), migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range histories {
		for _, m := range h.Migrations {
			got = append(got, h.Runner.Name+" "+m.File.Name+" "+m.Direction.String()+" "+m.Version)
		}
	}
	want := []string{"flyway other/V1__a.sql up 1", "alembic sql/1.sql up c3", "alembic sql/3.sql up e5"}
	for _, v := range []string{"g7", "f6", "e5", "c3", "d4", "b2", "a1"} {
		want = append(want, "alembic sql/2.sql down "+v)
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	histories, err = migration.Load(files(project), migration.Options{Paths: []string{"sql/3.sql"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range histories[0].Migrations {
		if m.Direction == migration.Down || m.UnderReview != (m.File.Name == "sql/3.sql") {
			t.Errorf("%s %s %s", m.File.Name, m.Direction, m.Version)
		}
	}
}

func TestDjango(t *testing.T) {
	const python = "  gap: an operation in Python, which Django executes itself"
	forwards := printed(t, "django/forwards.sql")
	for _, c := range []struct {
		name, text string
		want       []string
	}{
		{"forwards", forwards, []string{".: django", "x.sql up x" + printedAlone, python, python}},
		{"backwards", printed(t, "django/backwards.sql"), []string{".: django", "x.sql up x" + printedAlone}},
		{"CR LF", "\xef\xbb\xbf" + strings.ReplaceAll(forwards, "\n", "\r\n"), []string{".: django", "x.sql up x" + printedAlone, python, python}},
		{"since 4.1", "BEGIN;\n--\n-- Raw Python operation\n--\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL\n--\n-- Alter field a on b\n--\n-- (no-op)\nCOMMIT;\n", []string{".: django", "x.sql up x" + printedAlone, python}},
		{"in a string", "--\n-- Raw SQL operation\n--\nSELECT '\n-- THIS OPERATION CANNOT BE WRITTEN AS SQL';\n", []string{".: django", "x.sql up x" + printedAlone}},
		{"warnings", "System check identified some issues:\n" + forwards[:strings.Index(forwards, "COMMIT")], []string{".: django", "x.sql up x" + printedAlone, "  gap: syntax error at or near \"System\""}},
		{"Windows-1252", "--\n-- Raw SQL operation\n--\nSELECT '\xe9';\n", []string{".: django", "x.sql up x" + printedAlone, "  gap: bytes that are not UTF-8"}},
		{"UTF-16", "\xff\xfe-\x00-\x00\n\x00S\x00", []string{".: psql", "x.sql up x" + printedAlone, "  gap: a NUL byte, which PostgreSQL does not accept"}},
		{"by hand", "--\n-- Create users table\n--\nSELECT 1;\n", []string{".: psql", "x.sql up x" + printedAlone}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, toldOf(t, "x.sql", c.text)); d != "" {
				t.Error(d)
			}
		})
	}
}
