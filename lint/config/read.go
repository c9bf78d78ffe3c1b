package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/spelling"
)

// Problem is one mistake in a configuration file.
type Problem struct {
	Line, Column int // 1-based; Column is 0 where the YAML parser tells none
	Message      string
}

// Error is everything that is wrong with a configuration file.
type Error struct {
	Name     string
	Problems []Problem // in order of place
}

// Error returns one line "FILE:LINE:COLUMN: MESSAGE" for each problem.
func (e *Error) Error() string {
	var lines []string
	for _, p := range e.Problems {
		place := fmt.Sprintf("%s:%d", e.Name, p.Line)
		if p.Column > 0 {
			place += fmt.Sprintf(":%d", p.Column)
		}
		lines = append(lines, place+": "+p.Message)
	}
	return strings.Join(lines, "\n")
}

// Known is what the names in a file are checked against.
type Known struct {
	Rules []*lint.Rule
	// Format checks a value of the key format; nil: nothing does.
	Format func(string) error
	// Hint is what the error about a rule that is unknown adds, or ""; may be nil.
	Hint func(name string) string
}

// Read reads a configuration file. name is what messages call it. A key that
// is unknown or occurs twice, a value of the wrong type, and a name or
// pattern that cannot be meant are mistakes; all of them are reported at
// once, as an *Error.
func Read(name string, text []byte, known Known) (*Config, error) {
	c := &Config{name: name, lines: map[string]int{}}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	var document yaml.Node
	switch err := decoder.Decode(&document); {
	case errors.Is(err, io.EOF):
		return c, nil // nothing but comments
	case err != nil:
		return nil, &Error{name, []Problem{syntaxProblem(err)}}
	}
	r := reader{known: known, lines: c.lines}
	r.value("", document.Content[0], reflect.ValueOf(c).Elem())
	var second yaml.Node
	if err := decoder.Decode(&second); err == nil {
		r.problem(second.Content[0], "a second YAML document: one file holds one configuration")
	} else if !errors.Is(err, io.EOF) {
		r.problems = append(r.problems, syntaxProblem(err))
	}
	if len(r.problems) > 0 {
		slices.SortStableFunc(r.problems, func(a, b Problem) int {
			return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
		})
		return nil, &Error{name, r.problems}
	}
	return c, nil
}

var yamlLine = regexp.MustCompile(`(?s)^yaml: (?:line (\d+): )?(.*)$`)

func syntaxProblem(err error) Problem {
	m := yamlLine.FindStringSubmatch(err.Error())
	if m == nil {
		return Problem{Line: 1, Message: err.Error()}
	}
	line, _ := strconv.Atoi(m[1])
	return Problem{Line: max(line, 1), Message: "not valid YAML: " + m[2]}
}

// reader fills Go values from YAML nodes.
type reader struct {
	known    Known
	lines    map[string]int
	problems []Problem
}

func (r *reader) problem(n *yaml.Node, format string, args ...any) {
	r.problems = append(r.problems, Problem{n.Line, n.Column, fmt.Sprintf(format, args...)})
}

// value reads one node into v; key is its dotted place, "" for the document.
func (r *reader) value(key string, n *yaml.Node, v reflect.Value) {
	if n.Kind == yaml.AliasNode {
		n = n.Alias
	}
	if key != "" {
		r.lines[key] = n.Line
	}
	switch v.Kind() {
	case reflect.Struct:
		r.structure(key, n, v)
	case reflect.Map:
		r.mapping(key, n, v)
	case reflect.Slice:
		r.list(key, n, v)
	case reflect.Int:
		r.version(key, n, v)
	default:
		r.text(key, n, v)
	}
}

func (r *reader) structure(key string, n *yaml.Node, v reflect.Value) {
	fields, names := fieldsOf(v.Type())
	r.pairs(key, n, func(k, value *yaml.Node) {
		i, ok := fields[k.Value]
		if !ok {
			where := ""
			if key != "" {
				where = " in " + key
			}
			r.problem(k, "unknown key %q%s%s", k.Value, where, spelling.DidYouMean(k.Value, names))
			return
		}
		r.value(join(key, k.Value), value, v.Field(i))
	})
	if o, ok := v.Addr().Interface().(*Override); ok && len(o.Paths) == 0 && n.Kind == yaml.MappingNode && !has(n, "paths") {
		r.problem(n, "%s has no paths: say which files it is for", key)
	}
}

func (r *reader) mapping(key string, n *yaml.Node, v reflect.Value) {
	v.Set(reflect.MakeMap(v.Type()))
	r.pairs(key, n, func(k, value *yaml.Node) {
		name := reflect.New(v.Type().Key()).Elem()
		r.text(key, k, name)
		element := reflect.New(v.Type().Elem()).Elem()
		r.value(join(key, k.Value), value, element)
		v.SetMapIndex(name, element)
	})
}

// pairs calls do for each key of a mapping that is a word and new.
func (r *reader) pairs(key string, n *yaml.Node, do func(k, value *yaml.Node)) {
	if n.Kind != yaml.MappingNode {
		r.wrongType(key, n, "keys with values")
		return
	}
	first := map[string]int{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		k, value := n.Content[i], n.Content[i+1]
		switch line, twice := first[k.Value]; {
		case k.Kind != yaml.ScalarNode:
			r.problem(k, "a key must be a word")
		case twice:
			r.problem(k, "key %q occurs twice: first on line %d", k.Value, line)
		default:
			first[k.Value] = k.Line
			do(k, value)
		}
	}
}

func (r *reader) list(key string, n *yaml.Node, v reflect.Value) {
	if n.Kind != yaml.SequenceNode {
		r.wrongType(key, n, "a list")
		return
	}
	v.Set(reflect.MakeSlice(v.Type(), len(n.Content), len(n.Content)))
	for i, element := range n.Content {
		r.value(fmt.Sprintf("%s[%d]", key, i), element, v.Index(i))
	}
}

// version reads a PostgreSQL major: the only kind of number in the file.
func (r *reader) version(key string, n *yaml.Node, v reflect.Value) {
	major, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
		r.wrongType(key, n, "the major version of PostgreSQL as a number, such as 16")
		return
	}
	if err := lint.CheckServer(major); err != nil {
		r.problem(n, "%s: %v", key, err)
		return
	}
	v.SetInt(int64(major))
}

func (r *reader) text(key string, n *yaml.Node, v reflect.Value) {
	_, number := v.Interface().(Timeout) // 5000 is a timeout too
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!str" && (!number || n.ShortTag() != "!!int") {
		r.wrongType(key, n, "text")
		return
	}
	v.SetString(n.Value)
	if err := r.check(v.Interface()); err != nil {
		r.problem(n, "%s: %v", key, err)
	}
}

func (r *reader) wrongType(key string, n *yaml.Node, want string) {
	if key == "" {
		key = "the file"
	}
	got := map[string]string{
		"!!map": "keys with values", "!!seq": "a list", "!!str": "text", "!!int": "a number", "!!float": "a number with a fraction",
		"!!bool": "true or false", "!!null": "nothing", "!!timestamp": "a date",
	}[n.ShortTag()]
	if got == "" {
		got = n.ShortTag()
	}
	r.problem(n, "%s: want %s, not %s", key, want, got)
}

// fieldsOf returns the index of each field of a struct by its key in the
// file, and those keys in order.
func fieldsOf(t reflect.Type) (map[string]int, []string) {
	fields := map[string]int{}
	var names []string
	for i := range t.NumField() {
		if name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ","); name != "" {
			fields[name] = i
			names = append(names, name)
		}
	}
	return fields, names
}

func has(n *yaml.Node, key string) bool {
	for i := 0; i < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return true
		}
	}
	return false
}

func join(key, name string) string {
	if key == "" {
		return name
	}
	return key + "." + name
}
