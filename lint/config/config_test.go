package config_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/bmatcuk/doublestar/v4"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules"
)

var known = config.Known{
	Hint: func(name string) string {
		if name == "E5" {
			return "; ask for five"
		}
		return ""
	},
	Rules: []*lint.Rule{{Name: "drop-column"}, {Name: "rename-column"}},
	Format: func(s string) error {
		if s == "text" || s == "text,sarif:out.sarif" {
			return nil
		}
		return errors.New("unknown format " + s)
	},
}

const full = `pg_version: 16
paths: [db/migrations]
exclude: [legacy, "*_seed.sql"]
schema: db/structure.sql
runner:
  name: goose
  lock_timeout: 5s
  statement_timeout: 60000
rules:
  select: [fails-at-deploy, drop-column]
  ignore: [hygiene]
  severity:
    drop-column: "off"
    outage: warning
large_tables: [events, audit.*]
hot_tables: [users]
fail_on: warning
format: text,sarif:out.sarif
overrides:
  - paths: [services/billing]
    pg_version: 15
    runner:
      name: dbmate
      lock_timeout: "0"
    rules:
      ignore: [rename-column]
      severity:
        hygiene: error
    queries: [services/billing/*.sql]
queries: [db/queries]
`

func TestRead(t *testing.T) {
	got, err := config.Read(".premortem.yml", []byte(full), known)
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		PGVersion: 16,
		Paths:     []config.Pattern{"db/migrations"},
		Exclude:   []config.Pattern{"legacy", "*_seed.sql"},
		Schema:    "db/structure.sql",
		Queries:   []config.Pattern{"db/queries"},
		Runner:    config.Runner{Name: "goose", LockTimeout: "5s", StatementTimeout: "60000"},
		Rules: config.Rules{
			Select:   []config.RuleOrCategory{"fails-at-deploy", "drop-column"},
			Ignore:   []config.RuleOrCategory{"hygiene"},
			Severity: map[config.RuleOrCategory]config.Severity{"drop-column": "off", "outage": "warning"},
		},
		LargeTables: []config.TablePattern{"events", "audit.*"},
		HotTables:   []config.TablePattern{"users"},
		FailOn:      "warning",
		Format:      "text,sarif:out.sarif",
		Overrides: []config.Override{{
			Paths:     []config.Pattern{"services/billing"},
			Queries:   []config.Pattern{"services/billing/*.sql"},
			PGVersion: 15,
			Runner:    config.Runner{Name: "dbmate", LockTimeout: "0"},
			Rules: config.OverrideRules{
				Ignore:   []config.RuleOrCategory{"rename-column"},
				Severity: map[config.RuleOrCategory]config.Severity{"hygiene": "error"},
			},
		}},
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Error(diff)
	}
	for key, want := range map[string]string{
		"pg_version":                   ".premortem.yml:1",
		"runner.lock_timeout":          ".premortem.yml:7",
		"rules.severity.outage":        ".premortem.yml:14",
		"exclude[1]":                   ".premortem.yml:3",
		"overrides[0].pg_version":      ".premortem.yml:21",
		"overrides[0].runner.name":     ".premortem.yml:23",
		"overrides[1].pg_version":      "",
		"overrides[0].rules.select":    "",
		"runner.lock_timeout.anything": "",
	} {
		if got := got.Where(key); got != want {
			t.Errorf("Where(%s) = %q, want %q", key, got, want)
		}
	}
	if c, err := config.Read("x", []byte(strings.ReplaceAll("\ufeff"+full, "\n", "\r\n")), known); err != nil {
		t.Errorf("CRLF and BOM: %v", err)
	} else if diff := cmp.Diff(want, c, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Error(diff)
	}
}

func TestLint(t *testing.T) {
	c, err := config.Read(".premortem.yml", []byte(full), known)
	if err != nil {
		t.Fatal(err)
	}
	want := lint.Config{
		Server:      16,
		Select:      []string{"fails-at-deploy", "drop-column"},
		Ignore:      []string{"hygiene"},
		Severities:  map[string]lint.Severity{"drop-column": lint.Off, "outage": lint.Warning},
		LockTimeout: "5s", StatementTimeout: "60000",
		LargeTables: []string{"events", "audit.*"},
		HotTables:   []string{"users"},
		Overrides: []lint.Override{{
			Paths:       []string{"services/billing", "services/billing/**"},
			Server:      15,
			Runner:      "dbmate",
			Ignore:      []string{"rename-column"},
			Severities:  map[string]lint.Severity{"hygiene": lint.Error},
			LockTimeout: "0",
		}},
	}
	if diff := cmp.Diff(want, c.Lint(".")); diff != "" {
		t.Error(diff)
	}
}

func TestPattern(t *testing.T) {
	for _, c := range []struct {
		dir     string
		pattern config.Pattern
		yes, no string
	}{
		{".", "db/old", "db/old db/old/1.sql db/old/a/b.sql", "db/older/1.sql x/db/old/1.sql"},
		{".", "./db/old/", "db/old/1.sql", "db/1.sql"},
		{".", "*_seed.sql", "a_seed.sql db/x/b_seed.sql", "seed.sql a_seed.sqlx"},
		{".", "legacy", "legacy/1.sql db/legacy/1.sql", "legacy2/1.sql"},
		{".", "db/**/old", "db/old/1.sql db/a/b/old/1.sql", "old/1.sql"},
		{".", ".", "1.sql db/1.sql", ""},
		{"app", "db", "app/db/1.sql app/x/db/1.sql", "db/1.sql"},
		{"app", ".", "app/1.sql", "db/1.sql"},
		{"a[1]*", "db/x", "a[1]*/db/x/1.sql", "a1/db/x/1.sql a1b/db/x/1.sql"},
	} {
		for want, names := range map[bool]string{true: c.yes, false: c.no} {
			for _, name := range strings.Fields(names) {
				got := slices.ContainsFunc(c.pattern.Globs(c.dir), func(glob string) bool {
					ok, err := doublestar.Match(glob, name)
					if err != nil {
						t.Error(err)
					}
					return ok
				})
				if got != want {
					t.Errorf("%q in %q matches %q: %v", c.pattern, c.dir, name, got)
				}
			}
		}
	}
}

// Each document has the mistakes that Read must find, all of them.
var mistakes = []struct {
	text string
	want []string
	// schemaToo: an editor sees the mistake as well.
	schemaToo bool
}{
	{"pg-version: 16\n", []string{`c.yml:1:1: unknown key "pg-version", did you mean "pg_version"?`}, true},
	{"runner:\n  nam: goose\n", []string{`c.yml:2:3: unknown key "nam" in runner, did you mean "name"?`}, true},
	{"pg_version: '16'\n", []string{`c.yml:1:13: pg_version: want the major version of PostgreSQL as a number, such as 16, not text`}, true},
	{"pg_version: 15.4\n", []string{`c.yml:1:13: pg_version: want the major version of PostgreSQL as a number, such as 16, not a number with a fraction`}, true},
	{"pg_version: 9\n", []string{`c.yml:1:13: pg_version: PostgreSQL 9 is not known: use 12 to 18`}, true},
	{"pg_version:\n", []string{`c.yml:1:12: pg_version: want the major version of PostgreSQL as a number, such as 16, not nothing`}, true},
	{"paths: db\n", []string{`c.yml:1:8: paths: want a list, not text`}, true},
	{"paths: [/abs, ../up, a/../b, '', 'a[']\n", []string{
		`c.yml:1:9: paths[0]: "/abs" is absolute: write it relative to this file's folder`,
		`c.yml:1:15: paths[1]: "../up" leads out of this file's folder`,
		`c.yml:1:22: paths[2]: "a/../b" leads out of this file's folder`,
		`c.yml:1:30: paths[3]: empty`,
		`c.yml:1:34: paths[4]: "a[" is not a valid glob`,
	}, true},
	{"exclude: [yes, 1]\n", []string{
		`c.yml:1:16: exclude[1]: want text, not a number`,
	}, true},
	{"schema: [a]\n", []string{`c.yml:1:9: schema: want text, not a list`}, true},
	{"runner: goose\n", []string{`c.yml:1:9: runner: want keys with values, not text`}, true},
	{"runner: {name: gose}\n", []string{`c.yml:1:16: runner.name: unknown runner "gose", did you mean "goose"?`}, true},
	{"runner: {lock_timeout: soon}\n", []string{`c.yml:1:24: runner.lock_timeout: "soon" is not a timeout`}, true},
	{"runner: {lock_timeout: 5 sec}\n", []string{`c.yml:1:24: runner.lock_timeout: "5 sec" has the unit "sec"`}, false},
	{"rules: {ignore: [E5]}\n", []string{`c.yml:1:18: rules.ignore[0]: unknown rule or category "E5"; ask for five`}, false},
	{"rules: {ignore: [drop-colum]}\n", []string{`c.yml:1:18: rules.ignore[0]: unknown rule or category "drop-colum", did you mean "drop-column"?`}, false},
	{"rules: {severity: {drop-colum: fatal}}\n", []string{
		`c.yml:1:20: rules.severity: unknown rule or category "drop-colum", did you mean "drop-column"?`,
		`c.yml:1:32: rules.severity.drop-colum: unknown severity "fatal": use off, warning or error`,
	}, true},
	{"fail_on: off\n", []string{`c.yml:1:10: fail_on: unknown severity "off": use error, warning or never`}, true},
	{"format: txt\n", []string{`c.yml:1:9: format: unknown format txt`}, false},
	{"large_tables: ['']\n", []string{`c.yml:1:16: large_tables[0]: "" is not a table's name`}, true},
	{"overrides: [{pg_version: 15}]\n", []string{`c.yml:1:13: overrides[0] has no paths: say which files it is for`}, true},
	{"overrides: [{paths: [a], rules: {select: [outage]}}]\n", []string{`c.yml:1:34: unknown key "select" in overrides[0].rules`}, true},
	{"schema: a\nschema: b\n", []string{`c.yml:2:1: key "schema" occurs twice: first on line 1`}, false},
	{"schema: a\n---\nschema: b\n", []string{`c.yml:3:1: a second YAML document`}, false},
	{"- a\n", []string{`c.yml:1:1: the file: want keys with values, not a list`}, true},
	{"runner: {<<: {name: goose}}\n", []string{`c.yml:1:10: unknown key "<<" in runner`}, false},
	{"schema: a\nx: 1\nfail_on: [\n", []string{`c.yml:`}, false},
	{"schema: a: b\n", []string{`c.yml:1: not valid YAML: mapping values are not allowed in this context`}, false},
	{"a: &a [*a]\n", []string{`c.yml:1:1: unknown key "a"`}, true},
	{"x: 1\nfail_on: maybe\ny: 2\n", []string{
		`c.yml:1:1: unknown key "x"`,
		`c.yml:2:10: fail_on: unknown severity "maybe"`,
		`c.yml:3:1: unknown key "y"`,
	}, true},
}

func TestMistakes(t *testing.T) {
	schema := compileSchema(t)
	for _, m := range mistakes {
		_, err := config.Read("c.yml", []byte(m.text), known)
		var e *config.Error
		if !errors.As(err, &e) {
			t.Errorf("%q: %v", m.text, err)
			continue
		}
		lines := strings.Split(e.Error(), "\n")
		if len(lines) != len(m.want) {
			t.Errorf("%q: %d problems, want %d:\n%s", m.text, len(lines), len(m.want), e)
			continue
		}
		for i, want := range m.want {
			if !strings.HasPrefix(lines[i], want) {
				t.Errorf("%q:\n got %s\nwant %s", m.text, lines[i], want)
			}
		}
		if m.schemaToo && schema.Validate(asJSON(t, m.text)) == nil {
			t.Errorf("%q: schema.json accepts it", m.text)
		}
	}
}

func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(config.Schema))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("schema.json", document); err != nil {
		t.Fatal(err)
	}
	schema, err := c.Compile("schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// asJSON is a YAML document as an editor's validator sees it; nil where that
// is no JSON.
func asJSON(t *testing.T, text string) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal([]byte(text), &v); err != nil {
		return nil
	}
	j, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	document, err := jsonschema.UnmarshalJSON(bytes.NewReader(j))
	if err != nil {
		t.Fatal(err)
	}
	return document
}

func TestSchemaAcceptsWhatReadAccepts(t *testing.T) {
	schema := compileSchema(t)
	for _, text := range []string{full, "{}\n", "paths: []\n", "runner: {}\n", "runner: {lock_timeout: 0}\n", "rules: {severity: {outage: off}}\n"} {
		if _, err := config.Read("c.yml", []byte(text), known); err != nil {
			t.Errorf("%q: %v", text, err)
		}
		if err := schema.Validate(asJSON(t, text)); err != nil {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// The schema and the reader know the same keys in the same places.
func TestSchemaHasTheReadersKeys(t *testing.T) {
	var root map[string]any
	if err := json.Unmarshal(config.Schema, &root); err != nil {
		t.Fatal(err)
	}
	resolve := func(node map[string]any) map[string]any {
		if ref, ok := node["$ref"].(string); ok {
			return root["definitions"].(map[string]any)[strings.TrimPrefix(ref, "#/definitions/")].(map[string]any)
		}
		return node
	}
	var compare func(place string, typ reflect.Type, node map[string]any)
	compare = func(place string, typ reflect.Type, node map[string]any) {
		node = resolve(node)
		if typ.Kind() == reflect.Slice {
			compare(place+"[]", typ.Elem(), node["items"].(map[string]any))
			return
		}
		if typ.Kind() != reflect.Struct {
			return
		}
		properties := node["properties"].(map[string]any)
		seen := map[string]bool{}
		for i := range typ.NumField() {
			key, _, _ := strings.Cut(typ.Field(i).Tag.Get("yaml"), ",")
			if key == "" {
				continue
			}
			seen[key] = true
			property, ok := properties[key].(map[string]any)
			if !ok {
				t.Errorf("schema.json lacks %s.%s", place, key)
				continue
			}
			compare(place+"."+key, typ.Field(i).Type, property)
		}
		for key := range properties {
			if !seen[key] {
				t.Errorf("schema.json has %s.%s, which nothing reads", place, key)
			}
		}
		if node["additionalProperties"] != false {
			t.Errorf("schema.json accepts unknown keys in %s", place)
		}
	}
	compare("", reflect.TypeFor[config.Config](), root)

	var runners []any
	for _, r := range migration.Runners {
		runners = append(runners, r.Name)
	}
	name := root["definitions"].(map[string]any)["runner"].(map[string]any)["properties"].(map[string]any)["name"].(map[string]any)
	if diff := cmp.Diff(runners, name["enum"]); diff != "" {
		t.Errorf("runner names in schema.json: %s", diff)
	}
	major := root["definitions"].(map[string]any)["major"].(map[string]any)
	if major["minimum"] != float64(lint.OldestKnown) || major["maximum"] != float64(lint.NewestSupported) {
		t.Errorf("majors in schema.json: %v to %v", major["minimum"], major["maximum"])
	}
}

// The start file changes nothing, and every line of it that is an example is
// a valid one.
func TestStart(t *testing.T) {
	c, err := config.Read("start.yml", config.Start, config.Known{Rules: rules.All()})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&config.Config{}, c, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Error(diff)
	}
	var examples []string
	for line := range strings.Lines(string(config.Start)) {
		text, ok := strings.CutPrefix(line, "# ")
		if word, _, colon := strings.Cut(text, ":"); ok && colon && !strings.Contains(strings.TrimLeft(word, " -"), " ") && !strings.Contains(word, "server") {
			examples = append(examples, text)
		}
	}
	c, err = config.Read("start.yml", []byte(strings.Join(examples, "")), config.Known{Rules: rules.All()})
	if err != nil {
		t.Fatalf("%v\n%s", err, strings.Join(examples, ""))
	}
	for i, v := 0, reflect.ValueOf(*c); i < v.NumField(); i++ {
		field := v.Type().Field(i)
		if field.IsExported() && v.Field(i).IsZero() && field.Name != "Format" {
			t.Errorf("start.yml shows no example of %s", field.Tag.Get("yaml"))
		}
	}
}

func TestYAML(t *testing.T) {
	c, err := config.Read(".premortem.yml", []byte(full), known)
	if err != nil {
		t.Fatal(err)
	}
	printed, err := c.YAML()
	if err != nil {
		t.Fatal(err)
	}
	again, err := config.Read("printed", printed, known)
	if err != nil {
		t.Fatalf("%v\n%s", err, printed)
	}
	if diff := cmp.Diff(c, again, cmpopts.IgnoreUnexported(config.Config{})); diff != "" {
		t.Error(diff)
	}

	c, err = config.Read(".premortem.yml", []byte("schema: s.sql\n"), known)
	if err != nil {
		t.Fatal(err)
	}
	printed, err = c.WithDefaults(config.Config{PGVersion: 14, Schema: "no.sql"}).YAML()
	if err != nil {
		t.Fatal(err)
	}
	want := "# default\npg_version: 14\n# .premortem.yml:1\nschema: s.sql\n"
	if got := string(printed); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestFind(t *testing.T) {
	top := t.TempDir()
	write := func(name string) {
		t.Helper()
		path := filepath.Join(top, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	find := func(dir, want, wantError string) {
		t.Helper()
		got, err := config.Find(filepath.Join(top, dir))
		if wantError != "" {
			if err == nil || !strings.Contains(err.Error(), wantError) {
				t.Errorf("Find(%s): %v, want %q", dir, err, wantError)
			}
			return
		}
		if err != nil {
			t.Errorf("Find(%s): %v", dir, err)
		}
		if want != "" {
			want = filepath.Join(top, want)
		}
		if got != want {
			t.Errorf("Find(%s) = %q, want %q", dir, got, want)
		}
	}
	write(".premortem.yml")
	write("repo/a/b/x.sql")
	find(".", ".premortem.yml", "")
	find("repo/a", "", "") // without a repository only the folder itself counts
	write("repo/.git/HEAD")
	find("repo/a/b", "", "") // never above the repository
	write("repo/.premortem.yml")
	find("repo/a/b", "repo/.premortem.yml", "")
	write("repo/a/.premortem.yml")
	find("repo/a/b", "repo/a/.premortem.yml", "")
	write("repo/a/b/.premortem.yaml")
	find("repo/a/b", "", "rename it to .premortem.yml")
}

func FuzzRead(f *testing.F) {
	f.Add(full)
	for _, m := range mistakes {
		f.Add(m.text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := config.Read("c.yml", []byte(text), known)
		var e *config.Error
		switch {
		case err == nil && c != nil:
		case errors.As(err, &e) && len(e.Problems) > 0:
		default:
			t.Errorf("config %v, error %v", c, err)
		}
	})
}
