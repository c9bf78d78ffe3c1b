package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

// told is a history as text: migrations with scope, problems and gaps, then
// what is skipped.
func told(t *testing.T, project map[string]string, o migration.Options) []string {
	t.Helper()
	histories, err := migration.Load(files(project), o)
	if err != nil {
		return []string{err.Error()}
	}
	var got []string
	for _, h := range histories {
		got = append(got, h.Dir+": "+h.Runner.Name)
		for _, m := range h.Migrations {
			got = append(got, fmt.Sprintf("%s %s %s: %s", strings.TrimPrefix(m.File.Name, h.Dir+"/"), m.Direction, m.Version, m.Section.Scope))
			for _, p := range m.Problems {
				got = append(got, fmt.Sprintf("  refused %v: %s; %s", p.Refused, p.Message, p.Fix))
			}
			for _, g := range m.Gaps {
				got = append(got, "  gap: "+g.Reason)
			}
		}
		for _, s := range h.Skipped {
			got = append(got, "skips "+strings.TrimPrefix(s.Name, h.Dir+"/")+": "+s.Reason)
		}
	}
	return got
}

const (
	flywayTransaction = ": one transaction for the migration"
	flywayNames       = "flyway reads only names such as V1__words.sql, R__words.sql and U1__words.sql, and passes over others without a word"
)

func TestFlywayNames(t *testing.T) {
	got := told(t, map[string]string{
		"db/migration/V10__ten.sql":             "SELECT 1;",
		"db/migration/V2__two.sql":              "SELECT 1;",
		"db/migration/V1_10__c.sql":             "SELECT 1;",
		"db/migration/V1.9__b.sql":              "SELECT 1;",
		"db/migration/V1.sql":                   "SELECT 1;",
		"db/migration/2024/V3__inside.sql":      "\xef\xbb\xbfSELECT 1;\r\n",
		"db/migration/R__b_views.sql":           "SELECT 1;",
		"db/migration/R__a.sql":                 "SELECT 1;",
		"db/migration/R1__a.sql":                "SELECT 1;",
		"db/migration/U10__ten.sql":             "SELECT 1;",
		"db/migration/B2__base.sql":             "SELECT 1;",
		"db/migration/v11__lower.sql":           "SELECT 1;",
		"db/migration/V12_one_underline.sql":    "SELECT 1;",
		"db/migration/V1x__letter.sql":          "SELECT 1;",
		"db/migration/afterMigrate.sql":         "SELECT 1;",
		"db/migration/beforeEachMigrate__x.sql": "SELECT 1;",
		"db/migration/V13__code.java":           "",
		"db/migration/readme.md":                "",
	}, migration.Options{Down: true})
	want := []string{
		"db/migration: flyway",
		"V1.sql up 1" + flywayTransaction,
		"V1.9__b.sql up 1.9" + flywayTransaction,
		"V1_10__c.sql up 1.10" + flywayTransaction,
		"V2__two.sql up 2" + flywayTransaction,
		"2024/V3__inside.sql up 3" + flywayTransaction,
		"V10__ten.sql up 10" + flywayTransaction,
		"R__a.sql up R__a" + flywayTransaction,
		"R__b_views.sql up R__b_views" + flywayTransaction,
		"U10__ten.sql down 10" + flywayTransaction,
		"skips B2__base.sql: flyway executes a baseline migration in new databases only, in place of the versions up to its own",
		"skips R1__a.sql: " + flywayNames,
		"skips V12_one_underline.sql: " + flywayNames,
		"skips V13__code.java: a migration in a programming language: its SQL is not read",
		"skips V1x__letter.sql: " + flywayNames,
		"skips afterMigrate.sql: a callback, which flyway executes around its migrations: it is not replayed",
		"skips beforeEachMigrate__x.sql: a callback, which flyway executes around its migrations: it is not replayed",
		"skips v11__lower.sql: " + flywayNames,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFlywayVersions(t *testing.T) {
	got := told(t, map[string]string{
		"sql/V1__a.sql":   "SELECT 1;",
		"sql/V1.0__b.sql": "SELECT 1;",
		"sql/V2__a.sql":   "SELECT 1;",
		"sql/x/V2__b.sql": "SELECT 1;",
		"sql/B2__a.sql":   "SELECT 1;",
	}, migration.Options{})
	const fix = ": flyway refuses the whole directory; give one of them another version"
	want := []string{
		"sql: flyway",
		"V1.0__b.sql up 1.0" + flywayTransaction, "  refused true: V1__a.sql has the same version" + fix,
		"V1__a.sql up 1" + flywayTransaction, "  refused true: V1.0__b.sql has the same version" + fix,
		"V2__a.sql up 2" + flywayTransaction, "  refused true: x/V2__b.sql has version 2 too" + fix,
		"x/V2__b.sql up 2" + flywayTransaction, "  refused true: V2__a.sql has version 2 too" + fix,
		"skips B2__a.sql: flyway executes a baseline migration in new databases only, in place of the versions up to its own",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	got = told(t, map[string]string{"sql/V3__a.sql": "SELECT 1;", "sql/B2__a.sql": "SELECT 1;"}, migration.Options{})
	want = []string{"sql: flyway", "B2__a.sql up 2" + flywayTransaction, "V3__a.sql up 3" + flywayTransaction}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestFlywayScopes(t *testing.T) {
	const mixed = "  refused true: flyway, unless mixed is true, refuses to execute %s, which it takes for non-transactional, in one migration with other statements; give each a migration of its own, or write executeInTransaction=false into V1__a.sql.conf"
	const group = "  refused true: flyway, with group and unless mixed is true, refuses to execute the migration in one run with others that need a transaction, as in a new database; set mixed to true, or group to false"
	const waits = "  refused true: %s waits without end, or until lock_timeout, for the transaction in which flyway holds its own lock: p/conf/flyway.conf leaves postgresql.transactional.lock true; set postgresql.transactional.lock to false there"
	cases := []struct {
		sql, conf, configuration string
		want                     []string
	}{
		{sql: "SELECT 1;", want: []string{"one transaction for the migration"}},
		{sql: "-- why\nCREATE UNIQUE INDEX /* x */ CONCURRENTLY i ON t (a); DROP INDEX CONCURRENTLY j;", want: []string{"no transaction"}},
		{sql: "vacuum (analyze) t;", want: []string{"no transaction"}},
		{sql: "REINDEX SCHEMA CONCURRENTLY s;", want: []string{"no transaction"}},
		{sql: "ALTER SYSTEM SET work_mem = 1;", want: []string{"no transaction"}},
		{sql: "REINDEX INDEX CONCURRENTLY i;", want: []string{"one transaction for the migration"}},
		{sql: "ALTER TABLE t DETACH PARTITION p CONCURRENTLY;", want: []string{"one transaction for the migration"}},
		{sql: "DO $$ BEGIN PERFORM 1; END $$; COMMENT ON TABLE t IS 'a; VACUUM;'", want: []string{"one transaction for the migration"}},
		{sql: "SET lock_timeout = 0; CREATE INDEX CONCURRENTLY i ON t (a);", want: []string{"no transaction", fmt.Sprintf(mixed, "CREATE INDEX CONCURRENTLY")}},
		{sql: "VACUUM; SELECT 1; SELECT 2", want: []string{"no transaction", fmt.Sprintf(mixed, "VACUUM")}},
		{sql: "SELECT 1; VACUUM;", configuration: "flyway.mixed=true", want: []string{"no transaction"}},
		{sql: "SELECT 1; VACUUM;", conf: "executeInTransaction=false", want: []string{"no transaction"}},
		{sql: "SELECT 1; VACUUM;", conf: "# why\nexecuteInTransaction = true\r\n", want: []string{"one transaction for the migration"}},
		{sql: "SELECT 1;", conf: "executeinTransaction=false", want: []string{
			"one transaction for the migration",
			"  refused true: flyway refuses V1__a.sql.conf: it does not know executeinTransaction; write one of executeInTransaction, encoding, placeholderReplacement, shouldExecute, in this spelling, or remove the line",
		}},
		{sql: "SELECT 1;", conf: "executeInTransaction: no", want: []string{
			"one transaction for the migration",
			"  refused true: flyway refuses V1__a.sql.conf: executeInTransaction is \"no\"; write true or false",
		}},
		{sql: "SELECT 1;", configuration: "flyway.executeInTransaction=false", want: []string{"no transaction"}},
		{sql: "ALTER TABLE #[schema]#.t ADD COLUMN #[column]# int DEFAULT #[n]#; SELECT '#[x]#', a #> '{b}' FROM #[t]#;", configuration: "flyway.placeholderPrefix=#[\nflyway.placeholderSuffix=]#", want: []string{"one transaction for the migration"}},
		{sql: "DROP TABLE !x!.t, !long_name!;", configuration: "flyway.placeholderPrefix=!\nflyway.placeholderSuffix=!", want: []string{"one transaction for the migration"}},
		{sql: "DROP TABLE !x!.t;", want: []string{"one transaction for the migration", "  gap: syntax error at or near \"!\""}},
		{sql: "SELECT '${x}' FROM ${t};", configuration: "flyway.placeholderReplacement=false", want: []string{"one transaction for the migration", "  gap: syntax error at or near \"$\""}},
		{sql: "SELECT '${x}';", configuration: "flyway.placeholderReplacement=false", want: []string{"one transaction for the migration"}},
		{sql: "DO $$ BEGIN PERFORM ${t}; END $$;", configuration: "spring.flyway.placeholder-replacement=false", want: []string{"one transaction for the migration", "  gap: in a DO block: syntax error at or near \"$\""}},
		{sql: "SELECT 1 FROM ${t};", conf: "placeholderReplacement=false", want: []string{"one transaction for the migration", "  gap: syntax error at or near \"$\""}},
		{sql: "SELECT 1 FROM ${t};", conf: "placeholderReplacement=true", want: []string{"one transaction for the migration"}},
		{sql: "DROP TABLE !x!.t;", configuration: "flyway.placeholderPrefix=!\nflyway.placeholderSuffix=!\nflyway.placeholderReplacement=false", want: []string{"one transaction for the migration", "  gap: syntax error at or near \"!\""}},
		{sql: "VACUUM;", configuration: "flyway.group=true", want: []string{"no transaction", group}},
		{sql: "VACUUM;", configuration: "flyway.group=true\nflyway.mixed=true", want: []string{"no transaction"}},
		{sql: "CREATE INDEX CONCURRENTLY i ON t (a);", want: []string{"no transaction"}}, // nobody knows what is set
		{sql: "create unique index concurrently i ON t (a);", configuration: "flyway.mixed=true", want: []string{"no transaction", fmt.Sprintf(waits, "CREATE INDEX CONCURRENTLY")}},
		{sql: "REINDEX INDEX CONCURRENTLY i;", conf: "executeInTransaction=false", configuration: "flyway.url=x", want: []string{"no transaction", fmt.Sprintf(waits, "REINDEX CONCURRENTLY")}},
		{sql: "REINDEX INDEX CONCURRENTLY i;", configuration: "flyway.url=x", want: []string{"one transaction for the migration"}},
		{sql: "CREATE INDEX CONCURRENTLY i ON t (a);", configuration: "flyway.postgresql.transactional.lock=false", want: []string{"no transaction"}},
		{sql: "CREATE INDEX CONCURRENTLY i ON t (a);", configuration: "spring.flyway.postgresql.transactional-lock=False", want: []string{"no transaction"}},
		{sql: "DROP INDEX CONCURRENTLY i; ", configuration: "flyway.url=x", want: []string{"no transaction"}},
		{sql: "VACUUM t;", configuration: "flyway.url=x", want: []string{"no transaction"}},
		{sql: "CREATE INDEX i ON t (a);", configuration: "flyway.url=x", want: []string{"one transaction for the migration"}},
		{sql: "SELECT 1;", configuration: "flyway.group=true", want: []string{"one transaction for all pending migrations"}},
		{sql: "SELECT 1;", configuration: "flyway.group=true\nflyway.locations=filesystem:other", want: []string{"one transaction for the migration"}},
		{sql: "SELECT 1;", configuration: "flyway.group=true\nflyway.locations=filesystem:./a, filesystem:../p/sql", want: []string{"one transaction for all pending migrations"}},
		{sql: "SELECT ${schema}.f(), '${flyway:timestamp}';", want: []string{"one transaction for the migration"}},
	}
	for _, c := range cases {
		project := map[string]string{"p/sql/V1__a.sql": c.sql}
		if c.conf != "" {
			project["p/sql/V1__a.sql.conf"] = c.conf
		}
		if c.configuration != "" {
			project["p/conf/flyway.conf"] = c.configuration
		}
		got := told(t, project, migration.Options{})
		want := append([]string{"p/sql: flyway", "V1__a.sql up 1: " + c.want[0]}, c.want[1:]...)
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s\n%s", c.sql, d)
		}
	}
}

func TestFlywayConfiguration(t *testing.T) {
	sql := map[string]string{
		"src/main/resources/db/migration/postgresql/M1-a.psql": "SELECT 1;",
		"src/main/resources/db/migration/postgresql/M2-b.psql": "SELECT 1;",
		"src/main/resources/db/migration/mysql/M1-a.psql":      "SELECT 1;",
	}
	for name, text := range map[string]string{
		"flyway.toml": "[flyway]\nsqlMigrationPrefix = 'M'\nsqlMigrationSeparator = '-'\nsqlMigrationSuffixes = ['.psql']\noutOfOrder = true\nlocations = ['filesystem:src/main/resources/db/migration/{vendor}']\n",
		"src/main/resources/application.properties": "spring.flyway.sql-migration-prefix=M\nspring.flyway.sql-migration-separator=-\nspring.flyway.sql-migration-suffixes=.psql,.x\nspring.flyway.out-of-order=true\nspring.flyway.locations=classpath:/db/migration/{vendor}\n",
		"src/main/resources/application.yml":        "spring:\n  flyway:\n    sqlMigrationPrefix: M\n    sqlMigrationSeparator: '-'\n    sql-migration-suffixes: .psql\n    out-of-order: true\n    locations: [\"classpath:db/migration/{vendor}\"]\n",
	} {
		project := map[string]string{name: text}
		for n, s := range sql {
			project[n] = s
		}
		histories, err := migration.Load(files(project), migration.Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(histories) != 1 || len(histories[0].Migrations) != 2 || histories[0].Migrations[1].Version != "2" || !histories[0].Runner.LateRuns {
			t.Errorf("%s: %v", name, summary(histories))
		}
	}
	got := told(t, map[string]string{"V1__a.sql": "SELECT 1;", "flyway.toml": "# why\n[flyway\n"}, migration.Options{})
	if len(got) != 1 || !strings.HasPrefix(got[0], "flyway.toml:2:") {
		t.Error(got)
	}
	// What build tools have not filled in yet is no YAML.
	got = told(t, map[string]string{"V1__a.sql": "SELECT 1;", "application.yml": "a: @b@\n"}, migration.Options{})
	if len(got) != 2 {
		t.Error(got)
	}
	got = told(t, map[string]string{"db/migration/2023/V1__a.sql": "SELECT 1;", "db/migration/2024/V2__a.sql": "SELECT 1;"}, migration.Options{})
	if d := cmp.Diff([]string{"db/migration: flyway", "2023/V1__a.sql up 1" + flywayTransaction, "2024/V2__a.sql up 2" + flywayTransaction}, got); d != "" {
		t.Error(d)
	}
}

// TestFlywayLocations: what several locations hold is one history, and what lies beside
// them is not of it.
func TestFlywayLocations(t *testing.T) {
	project := map[string]string{
		"db/core/V1__a.sql":     "SELECT 1;",
		"db/core/sub/V3__a.sql": "SELECT 1;",
		"db/extra/V2__a.sql":    "SELECT 1;",
		"db/other/V9__a.sql":    "SELECT 1;",
		"db/goose/1_x.sql":      "-- +goose Up\nSELECT 1;",
	}
	want := []string{
		"db: flyway",
		"core/V1__a.sql up 1" + flywayTransaction,
		"extra/V2__a.sql up 2" + flywayTransaction,
		"core/sub/V3__a.sql up 3" + flywayTransaction,
		"db/goose: goose", "1_x.sql up 1" + flywayTransaction,
		"db/other: flyway", "V9__a.sql up 9" + flywayTransaction,
	}
	for name, text := range map[string]string{
		"flyway.conf":     "flyway.locations=filesystem:db/core,filesystem:db/extra,filesystem:db/gone\n",
		"flyway.toml":     "[flyway]\nlocations = ['filesystem:./db/core', 'filesystem:db/extra']\n",
		"application.yml": "spring: {flyway: {locations: [\"filesystem:db/core\", \"filesystem:db/extra\"]}}\n",
	} {
		project[name] = text
		if d := cmp.Diff(want, told(t, project, migration.Options{})); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		if d := cmp.Diff(want[:4], told(t, project, migration.Options{Paths: []string{"db/extra", "db/core"}})); d != "" {
			t.Errorf("%s: %s", name, d)
		}
		delete(project, name)
	}
	got := told(t, map[string]string{
		"app/src/main/resources/application.properties":            "spring.flyway.locations=classpath:db/migration/common,classpath:db/migration/{vendor}\n",
		"app/src/main/resources/db/migration/common/V1__a.sql":     "SELECT 1;",
		"app/src/main/resources/db/migration/postgresql/V2__a.sql": "SELECT 1;",
		"app/src/main/resources/db/migration/mysql/V2__a.sql":      "SELECT `1`;",
	}, migration.Options{})
	if len(got) < 3 || got[0] != "app/src/main/resources/db/migration: flyway" || got[2] != "postgresql/V2__a.sql up 2"+flywayTransaction {
		t.Error(got)
	}
}

// TestFlywayEnvironments: the settings of the environment that flyway.toml names go
// before the others.
func TestFlywayEnvironments(t *testing.T) {
	const group, each = ": one transaction for all pending migrations", flywayTransaction
	for text, want := range map[string][2]string{
		"[environments.default.flyway]\ngroup = true\n[flyway]\ngroup = false":                                                    {group},
		"[flyway]\ngroup = false\nenvironment = 'Prod'\n[environments.Prod]\nurl = 'x'\n[environments.Prod.flyway]\ngroup = true": {group},
		"[flyway]\ngroup = true\n[environments.prod]\nurl = 'x'":                                                                  {group},
		"[environments.prod.flyway]\ngroup = true\n[environments.ci.flyway]\ngroup = true\nmixed = true": {
			each, "; the environment default counts; flyway.toml sets flyway up otherwise for ci, prod",
		},
	} {
		project := map[string]string{"V1__a.sql": "SELECT 1;", "flyway.toml": text}
		if d := cmp.Diff([]string{".: flyway", "V1__a.sql up 1" + want[0]}, told(t, project, migration.Options{})); d != "" {
			t.Errorf("%s: %s", text, d)
		}
		histories, err := migration.Load(files(project), migration.Options{})
		if err != nil || histories[0].Why != "V1__a.sql has the form VERSION__words.sql"+want[1] {
			t.Errorf("%s: %v %s", text, err, histories[0].Why)
		}
	}
}

// TestFlywayCallbacks: they are no migrations, and told.
func TestFlywayCallbacks(t *testing.T) {
	project := map[string]string{
		"V1__a.psql": "SELECT 1;", "beforeMigrate.psql": "SELECT 1;", "x/afterEachMigrate__b.psql": "SELECT 1;",
		"beforehand.psql": "SELECT 1;", "afterMigrate.sql": "SELECT 1;", "flyway.conf": "flyway.sqlMigrationSuffixes=.psql",
	}
	histories, err := migration.Load(files(project), migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff("V1__a.psql has the form VERSION__words.sql; flyway executes callbacks too, which are not read: beforeMigrate.psql, x/afterEachMigrate__b.psql", histories[0].Why); d != "" {
		t.Error(d)
	}
	if len(histories[0].Migrations) != 1 {
		t.Error(summary(histories))
	}
}

// TestFlywayBase: repeatable migrations are made to be edited.
func TestFlywayBase(t *testing.T) {
	project := map[string]string{"V1__a.sql": "SELECT 1;", "V2__a.sql": "SELECT 2;", "R__a.sql": "SELECT 3;", "R__b.sql": "SELECT 3;"}
	base := migration.Base{Files: map[string][]byte{"V1__a.sql": []byte("SELECT 0;"), "R__a.sql": []byte("SELECT 0;")}}
	histories, err := migration.Load(files(project), migration.Options{Base: &base})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range histories[0].Migrations {
		if m.Late != "" || (m.Before != nil) != (m.Version == "1") {
			t.Errorf("%s: %v, late %q", m.Version, m.Before, m.Late)
		}
	}
}
