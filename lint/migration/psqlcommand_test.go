package migration

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPsqlCommands(t *testing.T) {
	for _, c := range []struct {
		source string
		want   []string // statements with their messages, then gaps with their reasons
	}{
		{"\\set x 1\nSELECT 1;", []string{"0 SELECT 1", `\set x 1: psql's \set`}},
		{"SELECT 1 \\; SELECT 2; SELECT 3", []string{"0 SELECT 1", "0 SELECT 2", "1 SELECT 3"}},
		{"SELECT 1 \\g\nSELECT 2", []string{"0 SELECT 1", "1 SELECT 2", `\g: psql's \g`}},
		{"SELECT 1\n\\echo x\n+ 2;", []string{"0 SELECT 1\n\\echo x\n+ 2", `\echo x: psql's \echo`}},
		{"SELECT 1;\n\\", []string{"0 SELECT 1", `\: psql's \`}},
		{"\\i x.sql\r\nSELECT 1;", []string{"0 SELECT 1", `\i x.sql: the file that \i runs is not analysed`}},
		{"SELECT 1;\n\\copy t (a) from 'x.csv' with (format csv);\nSELECT 2;", []string{"0 SELECT 1", "1 copy t (a) from 'x.csv' with (format csv)", "2 SELECT 2"}},
		{"\\copy t from x.csv csv\nSELECT 2;", []string{"1 SELECT 2", `\copy t from x.csv csv: \copy is not analysed`}},
		{"\\copy t from stdin\n1;'\n\\.\nSELECT 2;", []string{"0 copy t from stdin", "1 SELECT 2", "1;'\n\\.\n: rows of COPY"}},
		{"COPY t FROM STDIN; SELECT 1;\n1;'\n\\.\nSELECT 2;", []string{"0 COPY t FROM STDIN", "1 SELECT 1", "2 SELECT 2", "1;'\n\\.\n: rows of COPY"}},
	} {
		m := ParseFile(&File{Source: []byte(c.source)})
		var got []string
		for _, s := range m.Statements {
			got = append(got, fmt.Sprintf("%d %s", s.Message, s.Text()))
		}
		for _, g := range m.Gaps {
			got = append(got, fmt.Sprintf("%s: %s", c.source[g.Pos:g.End], g.Reason))
		}
		if d := cmp.Diff(c.want, got); d != "" {
			t.Errorf("%q (-want +got):\n%s", c.source, d)
		}
	}
}
