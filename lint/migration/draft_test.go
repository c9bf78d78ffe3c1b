package migration_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

var draftStatements = []string{
	"SET lock_timeout = '5s'",
	"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $$\nBEGIN\n  PERFORM 1;\n  PERFORM 2;\nEND\n$$",
	"CREATE INDEX CONCURRENTLY i\n  ON t (a) -- the hot one",
	"DO $$ BEGIN PERFORM 1; END $$",
	"SELECT 'a;b' /* c; */",
}

// TestDraft reads drafts back through the same runner.
func TestDraft(t *testing.T) {
	for _, r := range migration.Runners {
		if r.Printed {
			continue // TestPrintedDrafts
		}
		for _, noTransaction := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s/noTransaction=%v", r.Name, noTransaction), func(t *testing.T) {
				fsys := fstest.MapFS{}
				statements := slices.Clone(draftStatements)
				if !noTransaction {
					statements[2] = strings.Replace(statements[2], "CONCURRENTLY ", "", 1)
				}
				drafts := r.Draft(statements, noTransaction)
				if drafts == nil && noTransaction && r.WithoutTransaction != "" {
					t.Skip("the tool cannot do it")
				}
				for i, text := range drafts {
					name := r.NameOf(i+1, "draft")
					fsys[name] = &fstest.MapFile{Data: []byte(text)}
					if noTransaction && r.Sidecar != nil {
						sidecar, text := r.Sidecar(name)
						fsys[sidecar] = &fstest.MapFile{Data: []byte(text)}
					}
				}
				var got []string
				for _, m := range readDrafts(t, r, fsys, drafts) {
					if len(m.Problems)+len(m.Gaps) > 0 {
						t.Errorf("%s\n%+v %+v", m.File.Source, m.Problems, m.Gaps)
					}
					inMessage := map[int]int{}
					for _, s := range m.Statements {
						if s.Node.GetTransactionStmt() == nil {
							got = append(got, s.Text())
						}
						inMessage[s.Message]++
					}
					for _, s := range m.Statements {
						if noTransaction && inTransaction(m.Section.Scope, inMessage[s.Message]) {
							t.Errorf("%q runs in a transaction block", s.Text())
						}
					}
				}
				want := slices.Clone(statements)
				want[2] = strings.TrimSuffix(want[2], " -- the hot one")
				want[4] = "SELECT 'a;b'"
				if d := cmp.Diff(want, got); d != "" {
					t.Errorf("statements (-want +got):\n%s", d)
				}
			})
		}
	}
}

// readDrafts reads the files; one after the other where the tool has one place for
// what is new.
func readDrafts(t *testing.T, r *migration.Runner, fsys fstest.MapFS, drafts []string) []*migration.Migration {
	t.Helper()
	projects := []fstest.MapFS{fsys}
	if name := r.NameOf(1, "draft"); name == r.NameOf(2, "draft") {
		projects = nil
		for _, text := range drafts {
			projects = append(projects, fstest.MapFS{name: {Data: []byte(text)}})
		}
	}
	var all []*migration.Migration
	for _, fsys := range projects {
		histories, err := migration.Load(fsys, migration.Options{Runner: r.Name})
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, histories[0].Migrations...)
	}
	return all
}

func inTransaction(scope migration.TxScope, statementsInMessage int) bool {
	return scope == migration.TransactionPerMigration || scope == migration.TransactionPerRun || statementsInMessage > 1
}

func TestDraftText(t *testing.T) {
	statements := []string{"SET lock_timeout = '2s'", "DROP TABLE a"}
	cases := []struct {
		runner        *migration.Runner
		noTransaction bool
		want          []string
	}{
		{migration.Goose, false, []string{"-- +goose Up\nSET lock_timeout = '2s';\nDROP TABLE a;\n"}},
		{migration.Goose, true, []string{"-- +goose NO TRANSACTION\n-- +goose Up\nSET lock_timeout = '2s';\nDROP TABLE a;\n"}},
		{migration.GolangMigrate, false, []string{"SET lock_timeout = '2s';\nDROP TABLE a;\n"}},
		{migration.GolangMigrate, true, []string{"SET lock_timeout = '2s';\n", "DROP TABLE a;\n"}},
		{migration.Dbmate, false, []string{"-- migrate:up\nSET lock_timeout = '2s';\nDROP TABLE a;\n\n-- migrate:down\n"}},
		{migration.Dbmate, true, []string{
			"-- migrate:up transaction:false\nSET lock_timeout = '2s';\n\n-- migrate:down\n",
			"-- migrate:up transaction:false\nDROP TABLE a;\n\n-- migrate:down\n",
		}},
		{migration.Psql, false, []string{"BEGIN;\nSET lock_timeout = '2s';\nDROP TABLE a;\nCOMMIT;\n"}},
		{migration.Psql, true, []string{"SET lock_timeout = '2s';\nDROP TABLE a;\n"}},
	}
	for _, c := range cases {
		if d := cmp.Diff(c.want, c.runner.Draft(statements, c.noTransaction)); d != "" {
			t.Errorf("%s, %v (-want +got):\n%s", c.runner.Name, c.noTransaction, d)
		}
	}
}
