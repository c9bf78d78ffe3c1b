package migration_test

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

const formatted = "--liquibase formatted sql\n--changeset a:1\nSELECT 1;\n"

func TestLiquibaseOrder(t *testing.T) {
	project := map[string]string{
		"src/db/changelog-master.yaml": "databaseChangeLog:\n- include: {file: changelog/b.sql, relativeToChangelogFile: true}\n- include:\n    file: /db/changelog/x/changelog.xml\n- includeAll: {path: classpath:db/changelog/all}\n- include: {file: db/changelog/gone.sql}\n",
		"src/db/changelog/b.sql":       formatted,
		"src/db/changelog/a.sql":       formatted,
		"src/db/changelog/x/changelog.xml": "<?xml version=\"1.0\"?><databaseChangeLog><include file=\"c.sql\" relativeToChangelogFile=\"true\"/>" +
			"<include file=\"db/changelog/x/inline-changelog.json\"/></databaseChangeLog>",
		"src/db/changelog/x/c.sql":                 "SELECT 1; SELECT 2;",
		"src/db/changelog/x/inline-changelog.json": `{"databaseChangeLog": [{"changeSet": {"id": 1}}]}`,
		"src/db/changelog/all/2.sql":               formatted,
		"src/db/changelog/all/1.sql":               formatted,
		"src/db/changelog/all/3.txt":               "",
	}
	want := []string{
		"src/db/changelog: liquibase",
		"b.sql up 1:a" + flywayTransaction,
		"x/c.sql up x/c" + flywayTransaction,
		"all/1.sql up 1:a" + flywayTransaction,
		"all/2.sql up 1:a" + flywayTransaction,
		"skips a.sql: src/db/changelog-master.yaml does not include it",
		"skips x/inline-changelog.json: a changelog that is not SQL: its changes are not read; `liquibase update-sql` prints them",
	}
	if d := cmp.Diff(want, told(t, project, migration.Options{})); d != "" {
		t.Error(d)
	}
	project = map[string]string{"m/2.sql": "\xef\xbb\xbf\r\n-- Liquibase  Formatted SQL\r\n-- changeset a:1\r\nSELECT 1;\r\n", "m/1.sql": formatted}
	want = []string{"m: liquibase", "1.sql up 1:a" + flywayTransaction, "2.sql up 1:a" + flywayTransaction}
	if d := cmp.Diff(want, told(t, project, migration.Options{})); d != "" {
		t.Error(d)
	}
	got := told(t, map[string]string{"m/changelog.yaml": "databaseChangeLog: [\n", "m/1.sql": formatted}, migration.Options{})
	if len(got) != 1 {
		t.Error(got)
	}
}

func TestLiquibaseChangesets(t *testing.T) {
	cutApart := []string{
		"1.sql up 1:a" + flywayTransaction,
		"  refused true: liquibase cuts the statement apart at this ;, and PostgreSQL's driver refuses the pieces: it knows no dollar quotes, only BEGIN and END, and END IF is an END too; write splitStatements:false into the line of the --changeset",
	}
	for text, want := range map[string][]string{
		"--changeset a:1 runInTransaction:false\nSELECT 1;":                       {"1.sql up 1:a: no transaction"},
		"--changeset a:1 runInTransaction:false splitStatements:false\nSELECT 1;": {"1.sql up 1:a: one pipeline"},
		"--changeset a:1 runWith:psql\nSELECT 1;":                                 {"1.sql up 1:a: no transaction"},
		"--changeset a:1 dbms:mysql\nSELECT 1;\n--changeset a:2 dbms:!h2\nSELECT 1;\n--changeset a:3 ignore:true\nSELECT 1;": {
			"1.sql up 2:a" + flywayTransaction,
		},
		"--changeset a:1 runInTransaction=false\nSELECT 1;": {
			"1.sql up 1:a" + flywayTransaction,
			"  refused false: the attribute has no effect, the changeset runs in a transaction: liquibase knows runInTransaction:false, without blanks; write runInTransaction:false",
		},
		"--changeset a\nSELECT 1;": {
			"1.sql up 1" + flywayTransaction,
			"  refused true: liquibase refuses the file: it expects --changeset AUTHOR:ID in this line; write --changeset AUTHOR:ID",
		},
		"SELECT 1;\n--changeset a:1\nSELECT 1;": {
			"1.sql up 1:a" + flywayTransaction,
			"  refused false: the line has no effect: liquibase executes only what follows a --changeset AUTHOR:ID; move it below one",
		},
		"--changeset a:1\nDO $x$ BEGIN PERFORM 1; END $x$;":                           {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1\nDO $$\nBEGIN\n BEGIN PERFORM 1; END; PERFORM ';';\nEND $$;": {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1\nDO $$ BEGIN IF true THEN PERFORM 1; END IF; END $$;":        cutApart,
		"--changeset a:1\nDO $$ DECLARE x int; BEGIN END $$;":                         cutApart,
		"--changeset a:1\nDO $$BEGIN PERFORM 1; END $$;":                              cutApart,
		"--changeset a:1\nDO $$ BEGIN PERFORM 1; END; $$;":                            cutApart,
		"--changeset a:1 splitStatements:false\nDO $x$ BEGIN PERFORM 1; END $x$;":     {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1 endDelimiter:\\n/\\s*\\n\nSELECT 1\n/\nSELECT 2\n/\n":        {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1\nSELECT 1;\n--rollback SELECT 2;\n--rollback SELECT 3;\n--changeset a:2\nSELECT 1;\n/* liquibase rollback\nSELECT 4;\n*/\n--changeset a:3\n--rollback empty\n": {
			"1.sql up 1:a" + flywayTransaction, "1.sql up 2:a" + flywayTransaction, "1.sql up 3:a" + flywayTransaction,
			"1.sql down 2:a" + flywayTransaction, "1.sql down 1:a" + flywayTransaction,
		},
		"--changeset a:1\nSELECT 1;\n--ignoreLines:1\nno sql\n--ignoreLines:start\nno sql\n--ignoreLines:end\nSELECT 2;": {"1.sql up 1:a" + flywayTransaction},
	} {
		got := told(t, map[string]string{"1.sql": "--liquibase formatted sql\n" + text}, migration.Options{Down: true})
		if d := cmp.Diff(append([]string{".: liquibase"}, want...), got); d != "" {
			t.Errorf("%s\n%s", text, d)
		}
	}
}

// TestLiquibaseBase: a changeset may be added to a file that is applied.
func TestLiquibaseBase(t *testing.T) {
	const head = "--liquibase formatted sql\n"
	base := migration.Base{Files: map[string][]byte{"1.sql": []byte(head + "--changeset a:1\nSELECT 1;\n--changeset a:2\nSELECT 2;\n--changeset a:3 runOnChange:true\nSELECT 3;\n")}}
	project := map[string]string{"1.sql": head + "--changeset a:0\nSELECT 0;\n--changeset a:1\nSELECT 1 ;\n--changeset a:2\nSELECT 9;\n--changeset a:3 runOnChange:true\nSELECT 9;\n"}
	histories, err := migration.Load(files(project), migration.Options{Base: &base})
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range histories[0].Migrations {
		if (m.Before != nil) != (m.Version == "2:a") {
			t.Errorf("%s: %v", m.Version, m.Before)
		}
	}
}

// TestUpdateSQL reads what liquibase 4.28 has printed.
func TestUpdateSQL(t *testing.T) {
	printed, err := os.ReadFile("../../testdata/runners/liquibase/update-sql.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range []migration.Options{
		{Stdin: &migration.File{Name: migration.StdinName, Source: printed}},
		{},
	} {
		histories, err := migration.Load(files(map[string]string{"x.sql": string(printed)}), o)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, m := range histories[0].Migrations {
			got = append(got, m.Version)
			for _, s := range m.Statements {
				got = append(got, "  "+s.Text())
			}
			for _, g := range m.Gaps {
				t.Error(g.Reason)
			}
		}
		want := []string{"c.sql:1:a", "  create table u (a int)", "c.sql:2:a", "  create index concurrently i on u (a)", "  select 1"}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
}
