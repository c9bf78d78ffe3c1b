package report

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// compile reads a JSON Schema. strict also refuses fields that the schema
// does not name.
func compile(t *testing.T, file string, strict bool) *jsonschema.Schema {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		refuseUnknown(schema)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource(file, schema); err != nil {
		t.Fatal(err)
	}
	compiled, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return compiled
}

func refuseUnknown(schema any) {
	switch s := schema.(type) {
	case map[string]any:
		if _, isObject := s["properties"].(map[string]any); isObject && s["type"] == "object" {
			s["additionalProperties"] = false
		}
		for _, child := range s {
			refuseUnknown(child)
		}
	case []any:
		for _, child := range s {
			refuseUnknown(child)
		}
	}
}

func validate(schema *jsonschema.Schema, text string) error {
	value, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(value)
}

func TestJSONSchema(t *testing.T) {
	schema := compile(t, "schema/result.v1.json", true)
	example := write(t, "json", exampleResult(t), exampleOptions)
	for _, text := range []string{
		example,
		write(t, "json", cleanResult(), Options{}),
		write(t, "json", manyResult(300), Options{}),
	} {
		if err := validate(schema, text); err != nil {
			t.Error(err)
		}
	}
	// The schema can say no.
	for old, new := range map[string]string{
		`"version": 1,`:         `"version": 2,`,
		`"severity": "warning"`: `"severity": "off"`,
		`"byteColumn": 1,`:      `"byteColumn": 0,`,
		`"offset": 13`:          `"offset": "13"`,
		`"mode": "SHARE",`:      ``,
		`"fixes": []`:           `"fixes": [], "more": 1`,
		`"suppression": {`:      `"other": {`,
	} {
		broken := strings.Replace(example, old, new, 1)
		if broken == example {
			t.Errorf("the example has no %s", old)
		} else if validate(schema, broken) == nil {
			t.Errorf("the schema takes %s for %s", new, old)
		}
	}
	var id struct {
		ID string `json:"$id"`
	}
	data, err := os.ReadFile("schema/result.v1.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, &id); err != nil || id.ID != SchemaID {
		t.Errorf("$id is %q: %v", id.ID, err)
	}
}

// TestJSONPositions: bytes, characters and offsets, on a file with a byte
// order mark and wide letters.
func TestJSONPositions(t *testing.T) {
	r := manyResult(1)
	d := &r.Diagnostics[0]
	d.File.Source = []byte("\uFEFF-- 数量 📦\r\nALTER TABLE \"数量\" DROP x;")
	d.Pos = strings.Index(string(d.File.Source), "DROP")
	d.End = d.Pos + len("DROP x")
	d.Statement = nil
	var report jsonReport
	if err := json.Unmarshal([]byte(write(t, "json", r, Options{})), &report); err != nil {
		t.Fatal(err)
	}
	got := report.Diagnostics[0].Location
	want := jsonRange{jsonPosition{2, 18, 22, 40}, jsonPosition{2, 24, 28, 46}}
	if got.jsonRange != want {
		t.Errorf("got %+v, want %+v", got.jsonRange, want)
	}
	if string(d.File.Source[got.Start.Offset:got.End.Offset]) != "DROP x" {
		t.Error("offsets are not those of the clause")
	}
}

// TestDeterministic: the same result gives the same bytes.
func TestDeterministic(t *testing.T) {
	for _, format := range Formats {
		first := write(t, format.Name, exampleResult(t), exampleOptions)
		if again := write(t, format.Name, exampleResult(t), exampleOptions); again != first {
			t.Errorf("%s differs from run to run", format.Name)
		}
	}
	o := exampleOptions
	o.Elapsed = 0
	for _, name := range []string{"json", "sarif"} {
		if write(t, name, exampleResult(t), o) != write(t, name, exampleResult(t), exampleOptions) {
			t.Errorf("%s tells the time", name)
		}
	}
}
