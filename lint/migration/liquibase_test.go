package migration_test

import (
	"os"
	"slices"
	"strings"
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
		"src/db/changelog/x/inline-changelog.json": `{"databaseChangeLog": [{"changeSet": {"id": 1, "changes": [{"createTable": {}}]}}]}`,
		"src/db/changelog/all/2.sql":               formatted,
		"src/db/changelog/all/1.sql":               formatted,
		"src/db/changelog/all/3.txt":               "",
	}
	want := []string{
		"src/db/changelog: liquibase",
		"b.sql up 1:a" + flywayTransaction,
		"x/c.sql up x/c" + flywayTransaction,
		"x/inline-changelog.json up x/inline-changelog.json" + flywayTransaction,
		"  gap: liquibase has changes here that are not SQL and are not read; `liquibase update-sql | premortem lint -` judges what it executes",
		"all/1.sql up 1:a" + flywayTransaction,
		"all/2.sql up 1:a" + flywayTransaction,
		"skips a.sql: src/db/changelog-master.yaml does not include it",
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
		"  refused true: liquibase cuts the statement apart at this ;, and PostgreSQL or its driver refuses the pieces: it knows neither dollar quotes nor parentheses, only BEGIN and END, and the END of IF, LOOP and CASE counts too; write splitStatements:false into the line of the --changeset",
	}
	for text, want := range map[string][]string{
		"--changeset a:1 runInTransaction:false\nSELECT 1;":                       {"1.sql up 1:a: no transaction"},
		"--changeset a:1\rSELECT 1;\r--changeset a:2\rSELECT 2;\r":                {"1.sql up 1:a" + flywayTransaction, "1.sql up 2:a" + flywayTransaction},
		"--changeset a:1 runInTransaction:false splitStatements:false\nSELECT 1;": {"1.sql up 1:a: one pipeline"},
		"--changeset a:1 runWith:psql\nSELECT 1;":                                 {"1.sql up 1:a: no transaction"},
		"--changeset a:1 dbms:mysql\nSELECT 1;\n--changeset a:2 dbms:!h2\nSELECT 1;\n--changeset a:3 ignore:true\nSELECT 1;": {
			"1.sql up 2:a" + flywayTransaction,
			"  gap: liquibase does not execute the changeset in PostgreSQL: dbms is mysql",
			"  gap: liquibase never executes the changeset: ignore is true",
		},
		"--changeset a:1 dbms:h2,mysql\nSELECT 1;": {
			"1.sql up 1" + flywayTransaction,
			"  gap: liquibase does not execute the changeset in PostgreSQL: dbms is h2,mysql",
		},
		"--changeset a:1 context:test labels:x\n--preconditions onFail:MARK_RAN\n--precondition-sql-check expectedResult:0 SELECT 1\nSELECT 1;": {
			"1.sql up 1:a" + flywayTransaction,
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
		"--changeset a:1\nDO $x$ BEGIN PERFORM 1; END $x$;":                                                    {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1\nDO $$\nBEGIN\n BEGIN PERFORM 1; END; PERFORM ';';\nEND $$;":                          {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1\nDO $$ BEGIN IF true THEN PERFORM 1; END IF; END $$;":                                 cutApart,
		"--changeset a:1\nDO $$ DECLARE x int; BEGIN END $$;":                                                  cutApart,
		"--changeset a:1\nDO $$BEGIN PERFORM 1; END $$;":                                                       cutApart,
		"--changeset a:1\nDO $$ BEGIN PERFORM 1; END; $$;":                                                     cutApart,
		"--changeset a:1\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;": cutApart,
		"--changeset a:1\nCREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END;":               {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1\nCREATE RULE r AS ON INSERT TO t DO (SELECT 1; SELECT 2);":                            cutApart,
		"--changeset a:1\nBEGIN;\nSELECT $$;$$;\nCOMMIT;":                                                      {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1 endDelimiter:/\nSELECT $$\na\n/\nb\n$$\n/\nSELECT 1\n/": {
			cutApart[0],
			strings.NewReplacer("this ;", "this /", "write splitStatements:false into the line of the --changeset", "choose an endDelimiter that the statement does not have").Replace(cutApart[1]),
		},
		"--changeset a:1 endDelimiter:/\nDO $$ BEGIN\n/* */ PERFORM 4\n/\n2; END $$\n/": {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1 splitStatements:false\nDO $x$ BEGIN PERFORM 1; END $x$;":       {"1.sql up 1:a" + flywayTransaction},
		"--changeset a:1 endDelimiter:\\n/\\s*\\n\nSELECT 1\n/\nSELECT 2\n/\n":          {"1.sql up 1:a" + flywayTransaction, `  gap: syntax error at or near "SELECT"`},
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

// TestLiquibaseDelimiters: where liquibase 4.28 ends a statement, besides at a ;.
func TestLiquibaseDelimiters(t *testing.T) {
	for text, want := range map[string]string{
		"--changeset a:1\nSELECT 1\nGO\nSELECT 2\n/\nSELECT 3;SELECT 4\ngo SELECT 5":                    "SELECT 1|SELECT 2|SELECT 3|SELECT 4|SELECT 5",
		"--changeset a:1\nGO\nSELECT 1 -- GO\n-- x\ngo\r\nSELECT '\nGO\n/\n' /* \ngo\n*/ AS go, 4/2\n/": "SELECT 1|SELECT '\nGO\n/\n' /* \ngo\n*/ AS go, 4/2",
		"--changeset a:1\nSELECT 4\n/2":                                                                   "SELECT 4|not SQL",
		"--changeset a:1\nSELECT 1\n GO\n":                                                                "SELECT 1\n GO", // GO is a name for the column
		"--changeset a:1 endDelimiter:GO\nSELECT 1; SELECT 2\ngo\nSELECT 3":                               "SELECT 1+SELECT 2|SELECT 3",
		"--changeset a:1 endDelimiter:/\nSELECT 4/2\n/\nSELECT '\n/\n'\n/":                                "SELECT 4/2|SELECT '\n/\n'",
		"--changeset a:1 endDelimiter:@@\nSELECT 1 @@ SELECT '2@@';\n@@\nSELECT 3@@":                      "SELECT 1|SELECT '2@@'|SELECT 3",
		"--changeset a:1 endDelimiter:;;\nSELECT 1;\nSELECT 2;;\nSELECT 3;;":                              "SELECT 1+SELECT 2|SELECT 3",
		"--changeset a:1 endDelimiter:\\n/\nSELECT 1\n/\nSELECT 2;\nSELECT 3\n/":                          "SELECT 1|SELECT 2+SELECT 3",
		"--changeset a:1 endDelimiter:@@\nSELECT 1 -- a @@ b\n /* @@ */ @@ SELECT a@@b @@SELECT 2":        "SELECT 1|SELECT a@@b|SELECT 2",
		"--changeset a:1 endDelimiter:GO\nSELECT ago, goal GO SELECT 2":                                   "SELECT ago, goal|SELECT 2",
		"--changeset a:1 endDelimiter:;\nSELECT 1;\nSELECT 2\nGO\n;":                                      "SELECT 1|SELECT 2\nGO",
		"--changeset a:1 endDelimiter:\\n\\s*/|GO$\nSELECT 1\n /\nSELECT 4/2\ngo":                         "SELECT 1|SELECT 4/2",
		"--changeset a:1 endDelimiter:/\nSELECT 1; SELECT 2":                                              "SELECT 1+SELECT 2",
		"--changeset a:1 splitStatements:false\nSELECT 1;\nSELECT 2":                                      "SELECT 1|SELECT 2",
		"--changeset a:1 endDelimiter:/\nDO $$ BEGIN IF true THEN PERFORM 1; END IF; END $$\n/\nSELECT 1": "DO $$ BEGIN IF true THEN PERFORM 1; END IF; END $$|SELECT 1",
	} {
		histories, err := migration.Load(files(map[string]string{"1.sql": "--liquibase formatted sql\n" + text}), migration.Options{})
		if err != nil {
			t.Fatal(err)
		}
		var got strings.Builder
		for i, m := range histories[0].Migrations {
			for j, s := range m.Statements {
				switch {
				case i+j == 0:
				case m.Statements[j-1].Message == s.Message:
					got.WriteString("+")
				default:
					got.WriteString("|")
				}
				got.WriteString(s.Text())
			}
			for range m.Gaps {
				got.WriteString("|not SQL")
			}
		}
		if got.String() != want {
			t.Errorf("%s\ngives  %s\nwanted %s", text, got.String(), want)
		}
	}
}

// TestLiquibaseNotSQL: changelogs in XML, YAML and JSON say which SQL files their
// changesets execute, and how. Their own changes are counted as not analysed.
func TestLiquibaseNotSQL(t *testing.T) {
	const (
		outside = ": no transaction"
		notRead = "  gap: liquibase has changes here that are not SQL and are not read; `liquibase update-sql | premortem lint -` judges what it executes"
		xml     = `<?xml version="1.0"?>
<databaseChangeLog>
<include file="a.sql"/>
<changeSet id="2" author="b" runInTransaction="false">
  <comment>x</comment>
  <sqlFile path="b.sql"/>
  <rollback><sqlFile path="undo.sql"/></rollback>
</changeSet>
<changeSet id="3" author="b" runOnChange="true"><sqlFile path="sub/c.sql" splitStatements="false" relativeToChangelogFile="true"/></changeSet>
<changeSet id="4" author="b"><createTable tableName="t"><column name="sql"/></createTable><sqlFile path="d.ddl" endDelimiter="/"/></changeSet>
<changeSet id="5" author="b" dbms="mysql"><sqlFile path="e.sql"/></changeSet>
<changeSet id="6" author="b" dbms="mysql"><createTable tableName="t"/></changeSet>
<changeSet id="7" author="b"><preConditions onFail="MARK_RAN"><sqlCheck expectedResult="0">SELECT 1</sqlCheck></preConditions><sql>SELECT 1</sql></changeSet>
</databaseChangeLog>`
		yaml = `databaseChangeLog:
- include: {file: a.sql}
- changeSet:
    id: 2
    author: b
    runInTransaction: false
    comment: x
    changes: [{sqlFile: {path: b.sql}}]
    rollback: [{sqlFile: {path: undo.sql}}]
- changeSet:
    id: 3
    author: b
    runOnChange: true
    changes:
    - sqlFile: {path: sub/c.sql, splitStatements: false, relativeToChangelogFile: true}
- changeSet:
    id: 4
    author: b
    changes:
    - createTable: {tableName: t}
    - sqlFile: {path: d.ddl, endDelimiter: /}
- changeSet: {id: 5, author: b, dbms: mysql, changes: [{sqlFile: {path: e.sql}}]}
- changeSet: {id: 6, author: b, dbms: mysql, changes: [{createTable: {tableName: t}}]}
- changeSet: {id: 7, author: b, changes: [{sql: {sql: SELECT 1}}], preConditions: [{onFail: MARK_RAN}]}
`
	)
	for changelog, text := range map[string]string{"changelog.xml": xml, "changelog.yaml": yaml} {
		project := map[string]string{
			changelog: text, "a.sql": formatted, "b.sql": "SELECT 1;", "sub/c.sql": "SELECT 1; SELECT 2;", "d.ddl": "SELECT 1\n/\nSELECT 2",
			"e.sql": "SELECT 1;", "undo.sql": "SELECT 1;", "f.sql": formatted,
		}
		want := []string{
			".: liquibase",
			"a.sql up 1:a" + flywayTransaction,
			"b.sql up 2:b" + outside,
			"sub/c.sql up 3:b" + flywayTransaction,
			"d.ddl up 4:b" + flywayTransaction,
			changelog + " up " + changelog + flywayTransaction, notRead, notRead,
			"e.sql up e" + flywayTransaction, "  gap: liquibase does not execute the changeset in PostgreSQL: dbms is mysql",
			"skips f.sql: " + changelog + " does not include it",
			"skips undo.sql: the rollback of a changeset that is not in SQL: it is not judged",
		}
		got := told(t, project, migration.Options{})
		slices.Sort(want[5:10]) // the place of the changelog is that of its first change
		slices.Sort(got[5:10])
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", changelog, d)
		}
		histories, _ := migration.Load(files(project), migration.Options{})
		for _, m := range histories[0].Migrations {
			if len(m.Statements) == 0 && strings.HasPrefix(m.File.Name, "changelog") {
				at := m.File.Position(m.Gaps[1].Pos)
				if at.Line != map[string]int{"changelog.xml": 13, "changelog.yaml": 24}[changelog] {
					t.Errorf("%s: the second gap is in line %d", changelog, at.Line)
				}
			}
		}
	}

	// Nothing but changes that are not read is no history.
	alone := map[string]string{"db/changelog.xml": `<databaseChangeLog><changeSet id="1" author="a"><createTable/></changeSet></databaseChangeLog>`}
	got := told(t, alone, migration.Options{})
	want := []string{"no migrations found: db/changelog.xml: liquibase has changes here that are not SQL and are not read; `liquibase update-sql | premortem lint -` judges what it executes"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// Beside others it is counted.
	alone["m/1_x.sql"] = "-- +goose Up\nSELECT 1;"
	got = told(t, alone, migration.Options{})
	want = []string{"db: liquibase", "changelog.xml up changelog.xml" + flywayTransaction, notRead, "m: goose", "1_x.sql up 1" + flywayTransaction}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
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
