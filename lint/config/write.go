package config

import (
	"bytes"
	_ "embed"
	"reflect"

	"go.yaml.in/yaml/v3"
)

// Schema is the JSON schema of the file, for editors.
//
//go:embed schema.json
var Schema []byte

// Start is a commented file to begin with; it changes nothing.
//
//go:embed start.yml
var Start []byte

// YAML writes the configuration as a file that Read understands, with the
// place of each value of the top level as a comment.
func (c *Config) YAML() ([]byte, error) {
	var document yaml.Node
	if err := document.Encode(c); err != nil {
		return nil, err
	}
	for i := 0; i+1 < len(document.Content); i += 2 {
		k := document.Content[i]
		where := c.Where(k.Value)
		if where == "" {
			where = "default"
		}
		k.HeadComment = where
	}
	var out bytes.Buffer
	encoder := yaml.NewEncoder(&out)
	encoder.SetIndent(2)
	if err := encoder.Encode(&document); err != nil {
		return nil, err
	}
	return out.Bytes(), encoder.Close()
}

// WithDefaults returns the configuration with the values that hold where the
// file sets none.
func (c *Config) WithDefaults(defaults Config) *Config {
	merged := *c
	to, from := reflect.ValueOf(&merged).Elem(), reflect.ValueOf(defaults)
	for i := range to.NumField() {
		if f := to.Field(i); f.CanSet() && f.IsZero() {
			f.Set(from.Field(i))
		}
	}
	return &merged
}
