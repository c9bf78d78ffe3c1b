package migration_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func TestAtlas(t *testing.T) {
	const in, out = "one transaction for the migration", "no transaction"
	const noEffect = "has no effect: Atlas reads it in the comments at the top of the file only, with an empty line (of LF, not CR LF) between them and the first statement; move it to the top, and leave an empty line below it"
	for _, c := range []struct {
		name    string
		project map[string]string
		want    []string
	}{
		{
			"its directory, in the order of names",
			map[string]string{"m/atlas.sum": "h1:x", "m/2_b.sql": "SELECT 1;", "m/10_a.sql": "-- atlas:txmode none\n\nSELECT 1;", "m/1_c.sql": "-- atlas:checkpoint\n\nSELECT 1;"},
			[]string{"m: atlas", "10_a.sql up 10: " + out, "2_b.sql up 2: " + in, "skips 1_c.sql: a checkpoint: Atlas begins with it in an empty database only"},
		},
		{
			"the directory of another tool",
			map[string]string{"m/atlas.sum": "h1:x", "m/1_a.up.sql": "SELECT 1;"},
			[]string{"m: golang-migrate", "1_a.up.sql up 1: one simple query for the whole migration"},
		},
		{
			"directives with and without effect",
			map[string]string{
				"m/atlas.sum": "",
				"m/1.sql":     "-- atlas:txmode none\nSELECT 1;",
				"m/2.sql":     "-- atlas:txmode none\r\n\r\nSELECT 1;\r\n",
				"m/3.sql":     "-- why\n-- atlas:txmode none\n \t\nSELECT 1;",
				"m/4.sql":     "SELECT 1;\n-- atlas:txmode none\n\nSELECT 2;",
				"m/5.sql":     "-- atlas:txmode all\n\nSELECT 1;",
				"m/6.sql":     "-- atlas:txmode none\n-- atlas:txmode file\n\nSELECT 1;",
				"m/7.sql":     "-- atlas:txmode none\n",
				"m/8.sql":     "-- atlas:txmode file\n\nSELECT 1;",
				"m/9.sql":     "\ufeff-- atlas:txmode none\n\nSELECT 1;",
			},
			[]string{
				"m: atlas",
				"1.sql up 1: " + in, "  refused false: `-- atlas:txmode none` " + noEffect,
				"2.sql up 2: " + in, "  refused false: `-- atlas:txmode none` " + noEffect,
				"3.sql up 3: " + out,
				"4.sql up 4: " + in, "  refused false: `-- atlas:txmode none` " + noEffect,
				"5.sql up 5: " + in, "  refused true: Atlas refuses `-- atlas:txmode all`: a file may ask for none or file; write none or file",
				"6.sql up 6: " + out, "  refused true: Atlas refuses a second atlas:txmode; remove one of them",
				"7.sql up 7: " + out,
				"8.sql up 8: " + in,
				"9.sql up 9: " + in, "  refused true: Atlas sends the byte order mark to PostgreSQL, which refuses it as a syntax error; save the file without it",
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, told(t, c.project, migration.Options{})); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestAtlasDelimiter: with a delimiter of its own, a file may have semicolons inside
// of what is sent at once.
func TestAtlasDelimiter(t *testing.T) {
	text := "-- atlas:delimiter \\n\\n\nSELECT 1; SELECT 2;\n\nSELECT 3\n\n\nCREATE FUNCTION f() RETURNS int LANGUAGE sql\nAS 'SELECT 1;'"
	histories, err := migration.Load(files(map[string]string{"atlas.sum": "", "1.sql": text}), migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	messages := map[int]int{}
	for _, s := range histories[0].Migrations[0].Statements {
		messages[s.Message]++
		got = append(got, s.Text())
	}
	want := []string{"SELECT 1", "SELECT 2", "SELECT 3", "CREATE FUNCTION f() RETURNS int LANGUAGE sql\nAS 'SELECT 1;'"}
	if d := cmp.Diff(want, got); d != "" || len(messages) != 3 {
		t.Errorf("%s%v", d, messages)
	}
}

// TestAtlasSilences: what Atlas's linter passes over at each statement.
func TestAtlasSilences(t *testing.T) {
	for text, want := range map[string]string{
		"-- atlas:nolint\nSELECT 1;\nSELECT 2;":                                                 "all|-",
		"-- atlas:nolint DS103 MF101 \nSELECT 1;":                                               "DS103 MF101",
		"SELECT 1;\n--atlas:nolint destructive\n/*atlas:nolint PG101*/ SELECT 2;":               "-|destructive,PG101",
		"-- atlas:nolint DS103\n-- why\nSELECT 1;":                                              "DS103",
		"-- atlas:nolint DS103\r\nSELECT 1;":                                                    "DS103",
		"SELECT 1; -- atlas:nolint DS103\nSELECT 2;":                                            "-|DS103",
		"SELECT 1;\n-- atlas:nolint DS103\n\nSELECT 2;":                                         "-|-",
		"SELECT 1;\n-- atlas:nolint DS103\n\n-- atlas:nolint DS102\nSELECT 2;":                  "-|DS102",
		"SELECT 1;\n/*atlas:nolint DS103*/\n\nSELECT 2;":                                        "-|-",
		"SELECT 1;\r\n-- atlas:nolint DS103\r\n\r\nSELECT 2;":                                   "-|DS103",
		"SELECT 1;\n-- atlas:nolint\n-- atlas:nolint DS103\nSELECT 2;":                          "-|DS103",
		"SELECT 1;\n-- atlas:nolint DS103\n-- atlas:nolint\nSELECT 2;":                          "-|DS103",
		"-- atlas:nolint\n\nSELECT 1;\n-- atlas:nolint DS103\nSELECT 2;":                        "all|all",
		"-- atlas:txmode none\n-- atlas:nolint DS102\n\nSELECT 1;\n-- atlas:nolint\n;":          "DS102",
		"-- atlas:nolint DS102\n\nSELECT 1;\n-- atlas:nolint DS103\nSELECT 2;":                  "DS102|DS102,DS103",
		"-- atlas:nolint DS102\n\n-- atlas:nolint\nSELECT 1;":                                   "DS102",
		"--  atlas:nolint\nSELECT 1;":                                                           "-",
		"/* atlas:nolint */ SELECT 1;":                                                          "-",
		"/*atlas:nolint\n*/ SELECT 1;":                                                          "-",
		"SELECT /*atlas:nolint*/ 1;\nSELECT -- atlas:nolint\n2;":                                "-|-",
		"-- atlas:nolints\nSELECT 1;\n-- ATLAS:nolint\nSELECT 2;\n-- premortem:x\nSELECT":       "-|-|-",
		"SELECT 1;\n-- atlas:nolint\nDO $$ BEGIN\n-- atlas:nolint DS102\nDROP TABLE t; END $$;": "-|all",
	} {
		histories, err := migration.Load(files(map[string]string{"atlas.sum": "", "1.sql": text}), migration.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := histories[0].Migrations[0]
		var got []string
		for _, s := range m.Statements {
			var silences []string
			for _, x := range m.Runner.Silences(m.File, s) {
				if !strings.Contains(text[x.Pos:x.End], "atlas:nolint") {
					t.Errorf("%q: %v is %q", text, x.Range, text[x.Pos:x.End])
				}
				silences = append(silences, strings.Join(x.Checks, " "))
			}
			switch of := strings.Join(silences, ","); {
			case of != "":
				got = append(got, of)
			case len(silences) > 0:
				got = append(got, "all")
			default:
				got = append(got, "-")
			}
		}
		if of := strings.Join(got, "|"); of != want {
			t.Errorf("%q: %s, want %s", text, of, want)
		}
	}
}
