package migration

import (
	"strings"
	"testing"
)

func TestPlaceholders(t *testing.T) {
	for _, sql := range []string{
		"CREATE TABLE ${schema}.t (a int)",
		"CREATE TABLE {{ .Schema }}.t (a int)",
		"CREATE TABLE {{\n  .Schema\n}}.t (a int)",
		`CREATE TABLE "{{ index .Options "Namespace" }}".t (a int)`,
		`CREATE TABLE {{ index .Options "Namespace" }}.t (a int)`,
		"ALTER TABLE :table ADD COLUMN a int",
		`ALTER TABLE :"table" ADD COLUMN a int`,
		"SELECT * FROM t WHERE a = :'value'",
		"SELECT * FROM t LIMIT %(limit)s",
		"ALTER TABLE t ALTER a SET STATISTICS ${n}",
		"ALTER TABLE ${t} ADD NOT NULL a",
	} {
		m := ParseFile(&File{Source: []byte(sql)})
		if len(m.Statements) != 1 || !m.Statements[0].Templated {
			t.Errorf("%s: %d statements, gaps %v", sql, len(m.Statements), m.Gaps)
		}
	}
	for _, sql := range []string{
		`CREATE TABLE "{{ a }}" (a int)`, // the name may be what is written
		`SELECT "{{ a" FROM "b"`,
		"SELECT '${a}', a[1:2], a::int",
	} {
		m := ParseFile(&File{Source: []byte(sql)})
		if len(m.Statements) != 1 || m.Statements[0].Templated {
			t.Errorf("%s: statements %v, gaps %v", sql, m.Statements, m.Gaps)
		}
	}
	if m := ParseFile(&File{Source: []byte("${everything}")}); len(m.Gaps) != 1 || !strings.HasPrefix(m.Gaps[0].Reason, "templated, not analysed: ") {
		t.Errorf("statements %v, gaps %v", m.Statements, m.Gaps)
	}
}
