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
	for sql, want := range map[string]string{
		"TRUNCATE ${schema}.t":                              "$schema.t",
		"TRUNCATE {{ .Schema }}.t":                          "{ .Schema }.t",
		`TRUNCATE {{ index .Options "Namespace" }}.t`:       "{ index .Options 'Namespace' }.t",
		`TRUNCATE "{{ index .Options "Namespace" }}_a"."t"`: "{{ index .Options 'Namespace' }}_a.t",
		"TRUNCATE %(schema)s.t":                             "(schema).t",
		"TRUNCATE :schema.t":                                "schema.t",
		"TRUNCATE :table.t":                                 "ppppp.t", // a reserved word
		"TRUNCATE a_${x}.t":                                 "a_pppp.t",
		"TRUNCATE {{\n.Schema\n}}.t":                        "pp.t",
	} {
		m := ParseFile(&File{Source: []byte(sql)})
		if len(m.Statements) != 1 {
			t.Errorf("%s: gaps %v", sql, m.Gaps)
			continue
		}
		table := m.Statements[0].Node.GetTruncateStmt().GetRelations()[0].GetRangeVar()
		if got := table.GetSchemaname() + "." + table.GetRelname(); got != want {
			t.Errorf("%s: the table is %s, want %s", sql, got, want)
		}
	}
	for _, sql := range []string{
		`CREATE TABLE "{{ a }}" (a int)`, // the name may be what is written
		`SELECT "{{ a" FROM "b"`,
		`SELECT "}} {{ a" FROM "b"`,
		"SELECT '${a}', a[1:2], a::int",
	} {
		m := ParseFile(&File{Source: []byte(sql)})
		if len(m.Statements) != 1 || m.Statements[0].Templated {
			t.Errorf("%s: statements %v, gaps %v", sql, m.Statements, m.Gaps)
		}
	}
	for _, table := range []string{
		"${schema}.t", "{{ .Schema }}.t", `{{ index .Options "Namespace" }}.t`, `"{{ index .Options "Namespace" }}_a"."t"`, `"{{ .Schema }}".t`,
		"%(schema)s.t", ":schema.t", `:"schema".t`, "a_${x}.t", "s.a_{{ x }}_b", "s.{{ x }}_b", "${schema}.${t}", "s.t", `"s"."t"`,
	} {
		m := ParseFile(&File{Source: []byte("ALTER TABLE IF EXISTS ONLY " + table + " ADD a int, DROP b")})
		if len(m.Statements) != 1 {
			t.Errorf("%s: gaps %v", table, m.Gaps)
			continue
		}
		s := m.Statements[0]
		if c := s.Commands(); len(c) != 2 || s.TextOf(c[0]) != "ADD a int" || s.TextOf(c[1]) != "DROP b" {
			t.Errorf("%s: the first command is %q", table, s.TextOf(c[0]))
		}
	}
	if m := ParseFile(&File{Source: []byte("${everything}")}); len(m.Gaps) != 1 || !strings.HasPrefix(m.Gaps[0].Reason, "templated, not analysed: ") {
		t.Errorf("statements %v, gaps %v", m.Statements, m.Gaps)
	}
}

func TestPlaceholdersOtherwise(t *testing.T) {
	for _, c := range [][4]string{
		{"#[", "]#", "DROP TABLE #[a]#.b, #[c", "DROP TABLE ${a_}.b, #[c"},
		{"@", "@", "SELECT @a@, '@\nb'", "SELECT _a_, '@\nb'"},
		{"<<", ">>", "<<ab>> <<c>>", "${ab_} ${c_}"},
		{"$(", ")", "$(ab) $(c)", "${ab} ${c}"},
	} {
		text := []byte(c[2])
		asDollarPlaceholders(text, [2]string{c[0], c[1]})
		if string(text) != c[3] {
			t.Errorf("%s becomes %s, not %s", c[2], text, c[3])
		}
	}
}

// TestAsPlaceholder: the identifier that a placeholder becomes is written as it again.
func TestAsPlaceholder(t *testing.T) {
	for _, text := range []string{"${schema}", "{{ .Schema }}", "{{x}}", `{{ index .Options "Namespace" }}`, "%(schema)s"} {
		m := ParseFile(&File{Source: []byte("TRUNCATE " + text + ".t")})
		if len(m.Statements) != 1 {
			t.Fatalf("%s: gaps %v", text, m.Gaps)
		}
		schema := m.Statements[0].Node.GetTruncateStmt().GetRelations()[0].GetRangeVar().GetSchemaname()
		if got, ok := AsPlaceholder(schema); !ok || got != text {
			t.Errorf("%s: %q, %t", text, got, ok)
		}
	}
	for _, name := range []string{"", "users", "Users", "{", "{}", "a{b}", "$", "a$b", "$x_", "()", "a(b)", "{{a}}"} {
		if got, ok := AsPlaceholder(name); ok {
			t.Errorf("%s: %q", name, got)
		}
	}
}
