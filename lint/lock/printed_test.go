package lock

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

const seenFixture = `
DROP SCHEMA IF EXISTS public, witness CASCADE;
CREATE SCHEMA public;
CREATE SCHEMA witness;
CREATE TABLE witness.seen (n serial, label text, transaction text);
CREATE FUNCTION public.seen(label text) RETURNS void LANGUAGE sql AS
	'INSERT INTO witness.seen (label, transaction) VALUES (label, txid_current()::text)'`

var seenCall = regexp.MustCompile(`seen\('([^']*)'\)`)

// TestPrintedOnServers executes what tools have printed as psql does, statement by
// statement, and compares which calls of seen share a transaction, and which are
// lost, with what the sections of the text make of the session.
func TestPrintedOnServers(t *testing.T) {
	t.Parallel()
	files := func(names ...string) []string {
		var texts []string
		for _, name := range names {
			text, err := os.ReadFile("../../testdata/runners/" + name + ".sql")
			if err != nil {
				t.Fatal(err)
			}
			texts = append(texts, string(text))
		}
		return texts
	}
	upgrade := files("alembic/upgrade")[0]
	cut := strings.Index(upgrade, "-- Running upgrade c3, d4")
	one, _, _ := strings.Cut(upgrade, "-- Running upgrade a1 -> b2")
	scripts := map[string][]string{
		"per run":          files("alembic/upgrade", "alembic/downgrade"),
		"per migration":    files("alembic/upgrade-per-migration", "alembic/downgrade-per-migration"),
		"no transaction":   files("alembic/upgrade-no-transaction", "alembic/downgrade"),
		"one revision":     {one + "COMMIT;\n"},
		"two prints":       {upgrade[:cut] + "COMMIT;\n\nBEGIN;\n\n" + upgrade[cut:]},
		"CR LF and a mark": {"\xef\xbb\xbf" + strings.ReplaceAll(upgrade, "\n", "\r\n")},
		"cut off":          {upgrade[:cut]},
		"django":           files("django/forwards", "django/backwards"),
	}
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		admin := pgtest.Connect(t, server.Database(t))
		for name, texts := range scripts {
			t.Run(name, func(t *testing.T) {
				if _, err := admin.Exec(t.Context(), seenFixture); err != nil {
					t.Fatal(err)
				}
				for _, text := range texts {
					want := psqlShows(t, admin, text)
					if got := sectionsShow(t, text); !slices.Equal(got, want) || len(want) == 0 {
						t.Errorf("PostgreSQL %d: %s", server.Major, cmp.Diff(want, got))
					}
				}
			})
		}
	})
}

// psqlShows returns "transaction: label" of the calls that a text leaves behind.
func psqlShows(t *testing.T, admin *pgx.Conn, text string) []string {
	t.Helper()
	conn, err := pgx.ConnectConfig(t.Context(), admin.Config())
	if err != nil {
		t.Fatal(err)
	}
	m := migration.ParseFile(&migration.File{Name: "printed.sql", Source: []byte(text)})
	if len(m.Gaps) > 0 {
		t.Fatal(m.Gaps[0].Reason)
	}
	for _, s := range m.Statements {
		if _, err := conn.PgConn().Exec(t.Context(), s.Text()).ReadAll(); err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
	}
	_ = conn.Close(context.Background())
	rows, err := admin.Query(t.Context(), "WITH gone AS (DELETE FROM witness.seen RETURNING *) SELECT transaction || ': ' || label FROM gone ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	calls, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return numbered(calls)
}

// sectionsShow predicts the same.
func sectionsShow(t *testing.T, text string) []string {
	t.Helper()
	fsys := fstest.MapFS{"printed.sql": {Data: []byte(text)}}
	histories, err := migration.Load(fsys, migration.Options{Paths: []string{"printed.sql"}})
	if err != nil {
		t.Fatal(err)
	}
	session, transactions := NewSession(catalog.New()), &recorder{}
	session.transactions = transactions
	var calls []string
	lost := false
	for _, m := range histories[0].Migrations {
		session.Begin(m)
		for _, s := range m.Statements {
			session.Before(s)
			for _, label := range seenCall.FindAllStringSubmatch(s.Text(), -1) {
				calls = append(calls, fmt.Sprintf("%d: %s", transactions.number, label[1]))
			}
			session.Apply(s, nil)
		}
		session.End()
		lost = lost || len(m.Problems) > 0
	}
	if lost {
		last := fmt.Sprintf("%d: ", transactions.number)
		calls = slices.DeleteFunc(calls, func(call string) bool { return strings.HasPrefix(call, last) })
	}
	return numbered(calls)
}

// numbered replaces what stands before each colon by 1, 2, … in order.
func numbered(calls []string) []string {
	seen := map[string]int{}
	for i, call := range calls {
		id, label, _ := strings.Cut(call, ": ")
		if seen[id] == 0 {
			seen[id] = len(seen) + 1
		}
		calls[i] = fmt.Sprintf("%d: %s", seen[id], label)
	}
	return calls
}
