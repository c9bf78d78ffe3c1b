package real

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// TestChangedDirectory applies a directory, edits the migration that was applied
// and adds one that comes before it, and applies the directory again: what the
// rules migration-edited and migration-out-of-order say that the tools do.
func TestChangedDirectory(t *testing.T) {
	t.Parallel()
	forms := map[string]struct{ suffix, head, tail string }{
		"goose":          {".sql", "-- +goose Up\n", ""},
		"golang-migrate": {".up.sql", "", ""},
		"dbmate":         {".sql", "-- migrate:up\n", "\n-- migrate:down\n"},

		"node-pg-migrate": {".sql", "-- Up Migration\n", ""},
	}
	for _, test := range []struct {
		tool, refused string
		tables        []string
	}{
		{"goose", "missing", []string{"three"}},
		{"golang-migrate", "", []string{"three"}},
		{"dbmate", "", []string{"three", "two"}},
		{"node-pg-migrate", "preceding already run migration", []string{"three"}},
	} {
		t.Run(test.tool, func(t *testing.T) {
			t.Parallel()
			pool := pgtest.NewPool(t)
			dsn, done := pool.Database(t, lint.NewestSupported)
			t.Cleanup(done)
			conn, err := pgx.Connect(t.Context(), dsn)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close(t.Context())
			dir, form := t.TempDir(), forms[test.tool]
			write := func(version, table string) {
				t.Helper()
				text := form.head + "CREATE TABLE " + table + " (id int);\n" + form.tail
				if err := os.WriteFile(filepath.Join(dir, version+"_x"+form.suffix), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			up := func() error {
				t.Helper()
				tool, err := tools[test.tool](t, dir, dsn)
				if err != nil {
					return err
				}
				for range 3 {
					if _, done, err := tool.up(t.Context()); done || err != nil {
						return err
					}
				}
				return nil
			}
			write("3", "three")
			if err := up(); err != nil {
				t.Fatal(err)
			}
			write("3", "edited")
			if err := up(); err != nil {
				t.Errorf("the edited migration: %v", err)
			}
			write("2", "two")
			if err := up(); (err != nil) != (test.refused != "") || err != nil && !strings.Contains(err.Error(), test.refused) {
				t.Errorf("the earlier migration: error %v, want %q", err, test.refused)
			}
			rows, err := conn.Query(t.Context(), "SELECT relname FROM pg_class WHERE relname IN ('three', 'edited', 'two') ORDER BY 1")
			if err != nil {
				t.Fatal(err)
			}
			tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
			if err != nil || !slices.Equal(tables, test.tables) {
				t.Errorf("tables %q, want %q; error %v", tables, test.tables, err)
			}
		})
	}
}
