package real

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// TestDeletedFile applies two migrations, deletes the file of one and adds a third:
// which tools go on.
func TestDeletedFile(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		tool, suffix, head string
		older, current     bool // whether the third is applied without the file of the first, of the second
	}{
		{"goose", "_x.sql", "-- +goose Up\n", true, true},
		{"golang-migrate", "_x.up.sql", "", true, false},
		{"sql-migrate", "_x.sql", "-- +migrate Up\n", false, false},
	} {
		for version, want := range map[string]bool{"1": test.older, "2": test.current} {
			t.Run(test.tool+" "+version, func(t *testing.T) {
				t.Parallel()
				dsn, done := pgtest.NewPool(t).Database(t, lint.NewestSupported)
				t.Cleanup(done)
				conn, err := pgx.Connect(t.Context(), dsn)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close(t.Context())
				dir := t.TempDir()
				write := func(version, table string) {
					writeFile(t, filepath.Join(dir, version+test.suffix), test.head+"CREATE TABLE "+table+" (id int);\n")
				}
				up := func() error {
					tool, err := tools[test.tool](t, dir, dsn)
					if err != nil {
						return err
					}
					for range 4 {
						if _, done, err := tool.up(t.Context()); done || err != nil {
							return err
						}
					}
					return nil
				}
				write("1", "one")
				write("2", "two")
				if err := up(); err != nil {
					t.Fatal(err)
				}
				if err := os.Remove(filepath.Join(dir, version+test.suffix)); err != nil {
					t.Fatal(err)
				}
				write("3", "three")
				upErr := up() // golang-migrate's is that of having no more files
				var applied bool
				if err := conn.QueryRow(t.Context(), "SELECT to_regclass('three') IS NOT NULL").Scan(&applied); err != nil {
					t.Fatal(err)
				}
				if applied != want {
					t.Errorf("the third migration is applied: %t, want %t; error %v", applied, want, upErr)
				}
			})
		}
	}
}
