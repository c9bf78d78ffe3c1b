package migration_test

import (
	"crypto/sha1"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

// TestExcerpt looks at what is left of a file around a statement.
func TestExcerpt(t *testing.T) {
	statements := func(from, to int) string {
		text := ""
		for i := from; i <= to; i++ {
			text += fmt.Sprintf("SELECT %d;\n", i)
		}
		return text
	}
	committed := func(body string) string {
		return fmt.Sprintf("--! Previous: -\n--! Hash: sha1:%x\n\n%s", sha1.Sum([]byte(body)), body)
	}
	changesets := func(lines ...string) string { return strings.Join(lines, "\n") + "\n" }
	for _, c := range []struct {
		what, name, text, statement string
		nearby                      bool
		want                        string
	}{
		{
			"far statements and the section behind", "00001_a.sql",
			"-- +goose Up\n" + statements(1, 9) + "-- +goose Down\n" + statements(1, 3), "SELECT 5", true,
			"-- +goose Up\n" + statements(4, 6) + statements(9, 9) + "-- +goose Down\n",
		},
		{
			"the section changes", "00001_a.sql",
			"-- +goose Up\n" + statements(1, 9) + "-- +goose Down\n" + statements(1, 3), "SELECT 5", false,
			"-- +goose Up\n" + statements(1, 9) + "-- +goose Down\n" + statements(1, 3),
		},
		{
			"far changesets", "a.sql",
			changesets("--liquibase formatted sql", "--changeset a:1", "SELECT 1;", "--changeset a:2", "SELECT 2;", "--rollback SELECT 0;", "--changeset a:3", "SELECT 3;"), "SELECT 2", false,
			changesets("--liquibase formatted sql", "--changeset a:2", "SELECT 2;", "--rollback SELECT 0;", "--changeset a:3"),
		},
		{
			"the text has a checksum", "committed/000001.sql",
			committed(statements(1, 9)), "SELECT 5", true,
			committed(statements(1, 9)),
		},
		{
			"the runner reads something else from the rest", "00001_a.sql",
			"-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n" + statements(2, 9), "SELECT 5", true,
			"-- +goose Up\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n" + statements(2, 9),
		},
	} {
		t.Run(c.what, func(t *testing.T) {
			histories, err := migration.Load(fstest.MapFS{"migrations/" + c.name: {Data: []byte(c.text)}}, migration.Options{})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range histories[0].Migrations {
				for i, s := range m.Statements {
					if s.Text() != c.statement {
						continue
					}
					x := m.Excerpt(i, c.nearby)
					if d := cmp.Diff(c.want, string(x.Source)); d != "" {
						t.Error(d)
					}
					if at := x.Place(s.Range); string(x.Source[at.Pos:at.End]) != c.statement || x.Before[x.Own].Statements[x.Index].Pos != at.Pos {
						t.Errorf("the statement is at %v", at)
					}
					return
				}
			}
			t.Error("no such statement")
		})
	}
}
