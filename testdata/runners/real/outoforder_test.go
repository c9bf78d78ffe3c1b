package real

import (
	"fmt"
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
	forms := map[string]struct{ suffix, head, tail string }{ // suffix is what follows the version
		"goose":          {"_x.sql", "-- +goose Up\n", ""},
		"golang-migrate": {"_x.up.sql", "", ""},
		"dbmate":         {"_x.sql", "-- migrate:up\n", "\n-- migrate:down\n"},

		"node-pg-migrate":     {"_x.sql", "-- Up Migration\n", ""},
		"drizzle":             {"_x.sql", "", ""},
		"drizzle directories": {"0240101000000_x/migration.sql", "", ""},
		"sql-migrate":         {"_x.sql", "-- +migrate Up\n", ""},
	}
	for _, test := range []struct {
		tool, refused string
		tables        []string
	}{
		{"goose", "missing", []string{"three"}},
		{"golang-migrate", "", []string{"three"}},
		{"dbmate", "", []string{"three", "two"}},
		{"sql-migrate", "", []string{"three", "two"}},
		{"node-pg-migrate", "preceding already run migration", []string{"three"}},
		{"drizzle", "", []string{"three"}},
		{"drizzle directories", "", []string{"three", "two"}},
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
				writeFile(t, filepath.Join(dir, version+form.suffix), text)
				if test.tool == "drizzle" {
					writeFile(t, filepath.Join(dir, "meta", "_journal.json"), journalOf(t, dir))
				}
			}
			up := func() error {
				t.Helper()
				tool, err := tools[strings.Fields(test.tool)[0]](t, dir, dsn)
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

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// journalOf is drizzle's journal of the migrations in a directory, with their
// first digit for the time.
func journalOf(t *testing.T, dir string) string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.sql"))
	if err != nil {
		t.Fatal(err)
	}
	var entries []string
	for _, file := range files {
		tag := strings.TrimSuffix(filepath.Base(file), ".sql")
		entries = append(entries, fmt.Sprintf(`{"tag": %q, "when": %c, "breakpoints": true}`, tag, tag[0]))
	}
	return fmt.Sprintf(`{"dialect": "postgresql", "entries": [%s]}`, strings.Join(entries, ", "))
}
