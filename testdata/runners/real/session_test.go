package real

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// TestSession shows what tools make of migrations that change the session
// they are executed in: the archives of session, each with its record.
func TestSession(t *testing.T) {
	t.Parallel()
	pool := pgtest.NewPool(t)
	files, err := filepath.Glob("session/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no archives", err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			for _, f := range archive.Files {
				writeFile(t, filepath.Join(dir, f.Name), string(f.Data))
			}
			name, _, _ := strings.Cut(filepath.Base(file), ".")
			for i, major := range majors {
				dsn, done := pool.Database(t, major)
				t.Cleanup(done)
				got := record(t, dir, dsn, tools[name])
				if *update && i == 0 {
					archive.Comment = []byte(got)
					if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if got != string(archive.Comment) {
					t.Errorf("%s says\n%s\nbut the tool did, on PostgreSQL %d,\n%s", file, archive.Comment, major, got)
				}
			}
		})
	}
	for _, r := range migration.Runners {
		text, _ := os.ReadFile("session/" + r.Name + ".role-local.txtar")
		if denied := strings.Contains(string(text), " fails with 42501\n"); denied != r.RecordsInside {
			t.Errorf("%s: RecordsInside is %t, but a role of the transaction keeps it from writing its record: %t", r.Name, r.RecordsInside, denied)
		}
	}
}
