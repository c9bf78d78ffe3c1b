package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func TestAtlas(t *testing.T) {
	const in, out = "one transaction for the migration", "no transaction"
	const inHead = "Atlas reads it in the comments at the top of the file only, with an empty line (of LF, not CR LF) between them and the first statement; move it to the top, and leave an empty line below it"
	const noEffect = "has no effect: " + inHead
	const delimiter = " has no effect: Atlas reads it only on the first line of the file, begun with -- and one blank; write it so, or remove it"
	const refused = "  refused true: Atlas refuses "
	const sum = "h1:OpLjYtO9ReYw6FCogX3GYOmrPQ/MgO6Aq5ISJn+VNLI=\n" +
		"10_a.sql h1:Wik0/eBRGkGp6vXjs2XZn9patIHENP6pHSNjSH6BTNs=\n" +
		"1_c.sql h1:SJt2ftkhtOayGoO/DPDiojVN15E85ABj/X7jHZBxy5E=\n" +
		"2_b.sql h1:/xtt+d1LNBAcYxuSZGLUimzAq8J4ml42irgIiY25/2M=\n"
	history := func(sum string, changes map[string]string) map[string]string {
		project := map[string]string{"m/atlas.sum": sum, "m/2_b.sql": "SELECT 1;", "m/10_a.sql": "-- atlas:txmode none\n\nSELECT 1;", "m/1_c.sql": "-- atlas:checkpoint\n\nSELECT 1;"}
		for name, text := range changes {
			project[name] = text
			if text == "" {
				delete(project, name)
			}
		}
		return project
	}
	const skips = "skips 1_c.sql: a checkpoint: Atlas begins with it in an empty database only"
	for _, c := range []struct {
		name    string
		project map[string]string
		runner  string
		want    []string
	}{
		{
			"its directory, in the order of names",
			history(sum, nil), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, "2_b.sql up 2: " + in, skips},
		},
		{
			"the directory of another tool",
			map[string]string{"m/atlas.sum": "h1:x", "m/1_a.up.sql": "SELECT 1;"}, "",
			[]string{"m: golang-migrate", "1_a.up.sql up 1: one simple query for the whole migration"},
		},
		{
			"an edited file",
			history(sum, map[string]string{"m/2_b.sql": "SELECT 2;"}), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, "2_b.sql up 2: " + in, refused + "the whole directory: 2_b.sql was edited after atlas.sum was written; run atlas migrate hash if the change is meant, else restore the file", skips},
		},
		{
			"an edited checkpoint",
			history(sum, map[string]string{"m/1_c.sql": "-- atlas:checkpoint\n\nSELECT 2;"}), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, refused + "the whole directory: 1_c.sql was edited after atlas.sum was written; run atlas migrate hash if the change is meant, else restore the file", "2_b.sql up 2: " + in, skips},
		},
		{
			"a file without a hash",
			history(sum, map[string]string{"m/15_a.sql": "SELECT 2;"}), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, "15_a.sql up 15: " + in, refused + "the whole directory: atlas.sum does not have 15_a.sql; run atlas migrate hash", "2_b.sql up 2: " + in, skips},
		},
		{
			"a last file without a hash",
			history(sum, map[string]string{"m/3.sql": "SELECT 2;"}), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, "2_b.sql up 2: " + in, "3.sql up 3: " + in, refused + "the whole directory: atlas.sum does not have 3.sql; run atlas migrate hash", skips},
		},
		{
			"a file that is missing",
			history(sum, map[string]string{"m/1_c.sql": ""}), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, refused + "the whole directory: atlas.sum has 1_c.sql, which is not there; restore it, or run atlas migrate hash", "2_b.sql up 2: " + in},
		},
		{
			"a merge of two sums",
			history(strings.Replace(sum, "h1:", "h1:A", 1), nil), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, refused + "the whole directory: the first line of atlas.sum is not the sum of the others; run atlas migrate hash", "2_b.sql up 2: " + in, skips},
		},
		{
			"a conflict",
			history("<<<<<<< HEAD\n"+sum+"=======\n", nil), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, refused + "the whole directory: a line of atlas.sum has no hash; run atlas migrate hash", "2_b.sql up 2: " + in, skips},
		},
		{
			"an empty atlas.sum",
			history("", map[string]string{"m/atlas.sum": "\n"}), "",
			[]string{"m: atlas", "10_a.sql up 10: " + out, refused + "the whole directory: the first line of atlas.sum is not the sum of the others; run atlas migrate hash", "2_b.sql up 2: " + in, skips},
		},
		{
			"directives with and without effect",
			map[string]string{
				"m/1.sql": "-- atlas:txmode none\nSELECT 1;",
				"m/2.sql": "-- atlas:txmode none\r\n\r\nSELECT 1;\r\n",
				"m/3.sql": "-- why\n-- atlas:txmode none\n \t\nSELECT 1;",
				"m/4.sql": "SELECT 1;\n-- atlas:txmode none\n\nSELECT 2;",
				"m/5.sql": "-- atlas:txmode all\n\nSELECT 1;",
				"m/6.sql": "-- atlas:txmode none\n-- atlas:txmode file\n\nSELECT 1;",
				"m/7.sql": "-- atlas:txmode none\n",
				"m/8.sql": "-- atlas:txmode file\n\nSELECT 1;",
				"m/9.sql": "\ufeff-- atlas:txmode none\n\nSELECT 1;",
			}, "atlas",
			[]string{
				"m: atlas",
				"1.sql up 1: " + in, "  refused false: `-- atlas:txmode none` " + noEffect,
				"2.sql up 2: " + in, "  refused false: `-- atlas:txmode none` " + noEffect,
				"3.sql up 3: " + out,
				"4.sql up 4: " + in, "  refused false: `-- atlas:txmode none` " + noEffect,
				"5.sql up 5: " + in, refused + "`-- atlas:txmode all`: a file may ask for none or file; write none or file",
				"6.sql up 6: " + out, refused + "a second atlas:txmode; remove one of them",
				"7.sql up 7: " + out,
				"8.sql up 8: " + in,
				"9.sql up 9: " + in, "  refused true: Atlas sends the byte order mark to PostgreSQL, which refuses it as a syntax error; save the file without it",
			},
		},
		{
			"other directives",
			map[string]string{
				"m/01.sql": "-- atlas:delimiter -- end\nSELECT 1; SELECT 2;\n-- end\nSELECT 3;",
				"m/02.sql": "-- why\n-- atlas:delimiter -- end\nSELECT 1;\n-- end\nSELECT 3;",
				"m/03.sql": "--atlas:delimiter //\nSELECT 1;",
				"m/04.sql": "-- atlas:delimiter\n\nSELECT 1;",
				"m/05.sql": "-- atlas:delimiter //",
				"m/06.sql": "-- atlas:delimiter //\r\nSELECT 1; SELECT 2;\r\n//\r\nSELECT 3//\r\n",
				"m/07.sql": "-- atlas:delimiter //\n-- atlas:delimiter ;\nSELECT 1;\n//\n",
				"m/08.sql": "-- atlas:checkpoint\nSELECT 1;",
				"m/09.sql": "-- atlas:sum ignore\nSELECT 1;",
				"m/10.sql": "-- why\n-- atlas:sum ignore\n\nSELECT 1;\n-- atlas:nolint\n-- atlas:import x",
				"m/11.sql": "-- atlas:sum ignored\n\nSELECT 1;",
			}, "atlas",
			[]string{
				"m: atlas",
				"01.sql up 01: " + in,
				"02.sql up 02: " + in, "  refused false: `-- atlas:delimiter -- end`" + delimiter,
				"03.sql up 03: " + in, "  refused false: `--atlas:delimiter //`" + delimiter,
				"04.sql up 04: " + in, refused + "atlas:delimiter without a delimiter; write one behind it, or remove the line",
				"05.sql up 05: " + in, refused + "a file with nothing below atlas:delimiter; write the statements below it, or remove the file",
				"06.sql up 06: " + in,
				"07.sql up 07: " + in, "  refused false: `-- atlas:delimiter ;`" + delimiter,
				"08.sql up 08: " + in, "  refused false: `-- atlas:checkpoint` has no effect, and Atlas executes the file in databases that have a version already: " + inHead,
				"09.sql up 09: " + in, refused + "to execute a file that atlas:sum ignore leaves out of atlas.sum; remove the line, and run atlas migrate hash",
				"10.sql up 10: " + in,
				"11.sql up 11: " + in,
			},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, told(t, c.project, migration.Options{Runner: c.runner})); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestAtlasSumUnderReview: a directory that Atlas refuses is told once, at what is
// under review; and not while a draft is on standard input.
func TestAtlasSumUnderReview(t *testing.T) {
	project := map[string]string{"atlas.sum": "h1:x", "1.sql": "SELECT 1;", "2.sql": "SELECT 1;", "3.sql": "SELECT 1;"}
	const refused = "  refused true: Atlas refuses the whole directory: the first line of atlas.sum is not the sum of the others; run atlas migrate hash"
	const in = ": one transaction for the migration"
	for _, c := range []struct {
		options migration.Options
		want    []string
	}{
		{migration.Options{}, []string{".: atlas", "1.sql up 1" + in, refused, "2.sql up 2" + in, "3.sql up 3" + in}},
		{migration.Options{Paths: []string{"2.sql", "3.sql"}}, []string{".: atlas", "1.sql up 1" + in, "2.sql up 2" + in, refused, "3.sql up 3" + in}},
		{migration.Options{Stdin: &migration.File{Name: "4.sql", Source: []byte("SELECT 1;")}}, []string{".: atlas", "1.sql up 1" + in, "2.sql up 2" + in, "3.sql up 3" + in, "4.sql up 4" + in}},
		{migration.Options{Runner: "goose"}, nil},
	} {
		got := told(t, project, c.options)
		if c.want == nil {
			if strings.Contains(strings.Join(got, "\n"), "Atlas") {
				t.Errorf("%+v: %v", c.options, got)
			}
			continue
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%+v: %s", c.options, d)
		}
	}
	delete(project, "atlas.sum")
	histories, err := migration.Load(files(project), migration.Options{Runner: "atlas"})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := histories[0].Why, "--runner atlas; Atlas executes nothing before atlas migrate hash has written atlas.sum"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestAtlasDelimiter: with a delimiter of its own, a file may have semicolons inside
// of what is sent at once, and delimiters inside of quotes, comments and parentheses.
func TestAtlasDelimiter(t *testing.T) {
	for text, want := range map[string][]string{
		"-- atlas:delimiter \\n\\n\nSELECT 1; SELECT 2;\n\nSELECT 3\n\n\nCREATE FUNCTION f() RETURNS int LANGUAGE sql\nAS 'SELECT 1;'": {
			"0 SELECT 1", "0 SELECT 2", "1 SELECT 3", "2 CREATE FUNCTION f() RETURNS int LANGUAGE sql\nAS 'SELECT 1;'",
		},
		"-- atlas:delimiter \\n\\n\nDO $$\n\nBEGIN\n\nEND $$\n\nSELECT '\n\n', \"\n\n\", (\n\n1\n\n) -- a\n\n+ 1\n\nSELECT /*\n\n*/ 3": {
			"0 DO $$\n\nBEGIN\n\nEND $$", "1 SELECT '\n\n', \"\n\n\", (\n\n1\n\n) -- a\n\n+ 1", "2 SELECT /*\n\n*/ 3",
		},
		"-- atlas:delimiter -- end\nSELECT 1; -- no end\nSELECT 2 -- end of it\n": {"0 SELECT 1", "0 SELECT 2"},
		"-- atlas:delimiter //\nSELECT 1; SELECT 2 //SELECT '//'; SELECT 4//":     {"0 SELECT 1", "0 SELECT 2", "1 SELECT '//'", "1 SELECT 4"},
	} {
		histories, err := migration.Load(files(map[string]string{"1.sql": text}), migration.Options{Runner: "atlas"})
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range histories[0].Migrations[0].Statements {
			got = append(got, fmt.Sprintf("%d %s", s.Message, s.Text()))
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%q: %s", text, d)
		}
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
