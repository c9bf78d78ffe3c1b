package migration_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func prismaProject(more map[string]string) fstest.MapFS {
	all := map[string]string{
		"db/prisma/migrations/migration_lock.toml":            "provider = \"postgresql\"\n",
		"db/prisma/migrations/20240101000000_a/migration.sql": "CREATE TABLE a ();\nCREATE TABLE b ();\n",
		"db/prisma/migrations/20240101000000_a/README.md":     "",
		"db/prisma/migrations/20240102000000_b/migration.sql": "-- why\nDROP INDEX\nCONCURRENTLY i;\nSELECT 1;",
		"db/prisma/migrations/20240102000000_b/down.sql":      "SELECT 1;",
		"db/prisma/migrations/01_first/migration.sql":         "CREATE INDEX CONCURRENTLY i ON a (b);",
		"mysql/migrations/migration_lock.toml":                "provider = \"mysql\"\n",
		"mysql/migrations/1_x/migration.sql":                  "SELECT 1;",
		"noLock/1_x/migration.sql":                            "SELECT 1;",
		"words/x/migration.sql":                               "SELECT 1;",
	}
	maps.Copy(all, more)
	return files(all)
}

func TestPrisma(t *testing.T) {
	const simple, each = "one simple query for the whole migration", "no transaction"
	for name, c := range map[string]struct {
		more  map[string]string
		how   string
		scope string
	}{
		"no version":        {nil, "prisma's version is not known here, and taken for one before 7.4.0, which sends a file as one message", simple},
		"package.json":      {map[string]string{"package.json": `{"devDependencies": {"prisma": "^7.4.0"}}`}, "package.json has version ^7.4.0, which sends each statement by itself", each},
		"nearest":           {map[string]string{"package.json": `{"devDependencies": {"prisma": "^7.4.0"}}`, "db/package.json": `{"dependencies": {"prisma": "6.19.0"}}`}, "db/package.json has version 6.19.0, which sends a file as one message", simple},
		"any version":       {map[string]string{"package.json": `{"devDependencies": {"prisma": "latest"}}`}, "prisma's version is not known here, and taken for one before 7.4.0, which sends a file as one message", simple},
		"no package.json":   {map[string]string{"package.json": `{"devDependencies":`}, "prisma's version is not known here, and taken for one before 7.4.0, which sends a file as one message", simple},
		"installed":         {map[string]string{"db/package.json": `{"dependencies": {"prisma": "^7.0.0"}}`, "node_modules/prisma/package.json": `{"version": "7.10.1"}`}, "node_modules/prisma/package.json has version 7.10.1, which sends each statement by itself", each},
		"package-lock.json": {map[string]string{"package-lock.json": "{\"packages\": {\n    \"node_modules/prisma\": {\n      \"version\": \"7.3.0\",\n"}, "package-lock.json has version 7.3.0, which sends a file as one message", simple},
		"pnpm-lock.yaml":    {map[string]string{"pnpm-lock.yaml": "packages:\n\n  '@prisma/x@1.0.0':\n\n  prisma@8.0.1(typescript@5.0.0):\n    resolution: {}\n"}, "pnpm-lock.yaml has version 8.0.1, which sends each statement by itself", each},
		"yarn.lock":         {map[string]string{"yarn.lock": "prisma@^6.0.0:\n  version \"6.1.0\"\n"}, "yarn.lock has version 6.1.0, which sends a file as one message", simple},
		"yarn.lock, berry":  {map[string]string{"yarn.lock": "\"prisma@npm:^7.4.0\":\n  version: 7.5.0\n"}, "yarn.lock has version 7.5.0, which sends each statement by itself", each},
		"bun.lock":          {map[string]string{"bun.lock": "    \"prisma\": [\"prisma@7.4.2\", \"\", {}]"}, "bun.lock has version 7.4.2, which sends each statement by itself", each},
	} {
		t.Run(name, func(t *testing.T) {
			histories, err := migration.Load(prismaProject(c.more), migration.Options{Paths: []string{"db"}})
			if err != nil {
				t.Fatal(err)
			}
			h := histories[0]
			got := []string{h.Dir, h.Runner.Name, h.Why, fmt.Sprint(h.Skipped)}
			for _, m := range h.Migrations {
				got = append(got, fmt.Sprint(m.Version, " ", m.Name, ": ", m.Section.Scope))
			}
			want := []string{
				"db/prisma/migrations", "prisma", "it has migration_lock.toml; " + c.how,
				"[{db/prisma/migrations/20240102000000_b/down.sql prisma executes only the migration.sql of each directory}]",
				"01_first first: " + c.scope, "20240101000000_a a: " + c.scope, "20240102000000_b b: " + simple,
			}
			if d := cmp.Diff(want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestPrismaDetection(t *testing.T) {
	histories, err := migration.Load(prismaProject(nil), migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range histories {
		why, _, _ := strings.Cut(h.Why, ";")
		got = append(got, h.Dir+" "+h.Runner.Name+": "+why)
	}
	want := []string{"db/prisma/migrations prisma: it has migration_lock.toml", "noLock prisma: 1_x/migration.sql has the form NAME/migration.sql"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	fsys := prismaProject(map[string]string{"db/prisma/migrations/migration_lock.toml": "# why\nprovider = postgresql\n"})
	_, err = migration.Load(fsys, migration.Options{})
	if err == nil || !strings.HasPrefix(err.Error(), "db/prisma/migrations/migration_lock.toml:2:12: ") {
		t.Error(err)
	}
}

// TestPrismaDraft: what opens a transaction says so where prisma does not.
func TestPrismaDraft(t *testing.T) {
	fsys := prismaProject(map[string]string{"package.json": `{"devDependencies": {"prisma": "^7.4.0"}}`})
	histories, err := migration.Load(fsys, migration.Options{Paths: []string{"db"}})
	if err != nil {
		t.Fatal(err)
	}
	statements := []string{"SET LOCAL lock_timeout = '5s'", "DROP TABLE a"}
	r := histories[0].Runner
	if got := r.Draft(statements, false); len(got) != 1 || !strings.HasPrefix(got[0], "BEGIN;\n") {
		t.Error(got)
	}
	if got := r.Draft(statements, true); len(got) != 2 {
		t.Error(got)
	}
}
