package migration_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func dieselProject() fstest.MapFS {
	return files(map[string]string{
		"diesel.toml": "",
		"src/migrations/00000000000000_setup/up.sql":       "SELECT 1;",
		"src/migrations/00000000000000_setup/down.sql":     "SELECT 2;",
		"src/migrations/2024-02-01-000000_b/up.sql":        "SELECT 1; SELECT 3;",
		"src/migrations/2024-02-01-000000_b/down.sql":      "SELECT 2;",
		"src/migrations/2024-02-01-000000_b/metadata.toml": "run_in_transaction = false\n",
		"src/migrations/2024-01-01-000000_a/up.sql":        "SELECT 1;",
		"src/migrations/2024-01-01-000000_a/metadata.toml": "",
		"src/migrations/2024-01-01-000000_a/more.sql":      "SELECT 1;",
		"src/migrations/2024-03-01-000000_c/up.sql":        "SELECT 1;",
		"src/migrations/2024-03-01-000000_c/metadata.toml": "run_in_transaction = true\n",
		"other/1_a.up.sql": "SELECT 1;",
	})
}

func TestDiesel(t *testing.T) {
	const root = "src/migrations: diesel"
	cases := []struct {
		name    string
		options migration.Options
		want    []string
	}{
		{
			name: "the whole file system",
			want: []string{
				"other: golang-migrate", "+ 1_a.up.sql up 1",
				root, "+ 00000000000000_setup/up.sql up 2", "+ 2024-01-01-000000_a/up.sql up 3", "+ 2024-02-01-000000_b/up.sql up 4", "+ 2024-03-01-000000_c/up.sql up 5",
			},
		},
		{
			name:    "a directory above, and one inside, of a named runner",
			options: migration.Options{Paths: []string{"src"}, Runner: "diesel", Down: true},
			want: []string{
				root, "+ 00000000000000_setup/up.sql up 1", "+ 2024-01-01-000000_a/up.sql up 2", "+ 2024-02-01-000000_b/up.sql up 3", "+ 2024-03-01-000000_c/up.sql up 4",
				"+ 2024-02-01-000000_b/down.sql down 5", "+ 00000000000000_setup/down.sql down 6",
			},
		},
		{
			name:    "a migration's directory",
			options: migration.Options{Paths: []string{"src/migrations/2024-02-01-000000_b"}},
			want: []string{
				root, "  00000000000000_setup/up.sql up 1", "  2024-01-01-000000_a/up.sql up 2", "+ 2024-02-01-000000_b/up.sql up 3",
			},
		},
		{
			name:    "a file",
			options: migration.Options{Paths: []string{"src/migrations/2024-02-01-000000_b/up.sql"}},
			want: []string{
				root, "  00000000000000_setup/up.sql up 1", "  2024-01-01-000000_a/up.sql up 2", "+ 2024-02-01-000000_b/up.sql up 3",
			},
		},
		{
			name:    "after a version",
			options: migration.Options{After: "20240201000000"},
			want: []string{
				root, "  00000000000000_setup/up.sql up 1", "  2024-01-01-000000_a/up.sql up 2", "  2024-02-01-000000_b/up.sql up 3", "+ 2024-03-01-000000_c/up.sql up 4",
			},
		},
		{
			name:    "another runner for a directory inside",
			options: migration.Options{Paths: []string{"src/migrations/2024-02-01-000000_b"}, Runner: "psql"},
			want:    []string{"src/migrations/2024-02-01-000000_b: psql", "+ up.sql up 1"},
		},
		{
			name:    "standard input for a new migration",
			options: migration.Options{Stdin: &migration.File{Name: "src/migrations/2024-03-01-000000_c/up.sql", Source: []byte("SELECT 9;")}},
			want: []string{
				root, "  00000000000000_setup/up.sql up 1", "  2024-01-01-000000_a/up.sql up 2", "  2024-02-01-000000_b/up.sql up 3", "+ 2024-03-01-000000_c/up.sql up 4",
			},
		},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			histories, err := migration.Load(dieselProject(), c.options)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, summary(histories)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestDieselScopes(t *testing.T) {
	histories, err := migration.Load(dieselProject(), migration.Options{Paths: []string{"src"}, Down: true})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range histories[0].Migrations {
		got = append(got, fmt.Sprint(m.Version, " ", m.Direction, ": ", m.Section.Scope))
		for _, p := range m.Problems {
			got = append(got, p.Message)
		}
	}
	for _, s := range histories[0].Skipped {
		got = append(got, s.Name+": "+s.Reason)
	}
	want := []string{
		"00000000000000 up: one transaction for the migration",
		"20240101000000 up: one simple query for the whole migration",
		"the migration runs without a transaction: diesel reads a metadata.toml without run_in_transaction so",
		"20240201000000 up: one simple query for the whole migration",
		"20240301000000 up: one transaction for the migration",
		"20240201000000 down: one simple query for the whole migration",
		"00000000000000 down: one transaction for the migration",
		"src/migrations/2024-01-01-000000_a/more.sql: diesel reads only VERSION_name/up.sql and VERSION_name/down.sql",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDieselMetadataThatIsNone(t *testing.T) {
	fsys := dieselProject()
	fsys["src/migrations/2024-03-01-000000_c/metadata.toml"].Data = []byte("# why\nrun_in_transaction = maybe\n")
	_, err := migration.Load(fsys, migration.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "src/migrations/2024-03-01-000000_c/metadata.toml:2:") {
		t.Error(err)
	}
}

// TestBaseOfTree: what is inside of a tree is compared with its base.
func TestBaseOfTree(t *testing.T) {
	fsys := dieselProject()
	base := migration.Base{Files: map[string][]byte{}}
	_ = fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, _ error) error {
		if !e.IsDir() && !strings.Contains(name, "01-01") {
			base.Files[name] = nil
		}
		return nil
	})
	base.Files["src/migrations/2024-02-01-000000_b/up.sql"] = []byte("SELECT 0;")
	histories, err := migration.Load(fsys, migration.Options{Paths: []string{"src"}, Base: &base})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range histories[0].Migrations {
		got = append(got, fmt.Sprint(m.Version, " changed ", m.Before != nil, " late ", m.Late))
	}
	want := []string{
		"00000000000000 changed false late ",
		"20240101000000 changed false late 20240301000000",
		"20240201000000 changed true late ",
		"20240301000000 changed false late ",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
