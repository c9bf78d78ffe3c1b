// Package builtin knows what PostgreSQL servers come with: words that an
// identifier is quoted for, system relations and types, the volatility of
// functions, casts that keep a value's bytes, and the operator classes of
// indexes. Servers wrote its data, one file for each major.
package builtin

import (
	_ "embed"
	"strings"
	"sync"
)

//go:generate go test -count=1 -run TestCurrent -update .

// The majors that there is data for. An older or newer server is taken for the
// nearest of them.
const (
	Oldest = 12
	Newest = 18
)

// data has a line for each fact: kind, name and, for some kinds, a value. The
// kinds that wordKinds has come first.
//
//	word NAME            pg_get_keywords: reserved, also where a function or type may have the name
//	relation NAME        pg_class: tables and views of pg_catalog
//	type NAME            pg_type: types of pg_catalog, without arrays and row types
//	cast FROM TO         pg_cast: without a function
//	extension NAME i|s|v pg_proc: functions of contrib extensions; of overloads the most volatile, and the least if it is another
//	function NAME i|s|v  pg_proc: built-in functions, likewise
//	opclass TYPE NAME    pg_opclass: what a B-tree index on the type gets
//
// They are strings: an embed.FS would copy a whole file for its first lines.
var data = [Newest + 1]string{12: data12, 13: data13, 14: data14, 15: data15, 16: data16, 17: data17, 18: data18}

var (
	//go:embed 12.txt
	data12 string
	//go:embed 13.txt
	data13 string
	//go:embed 14.txt
	data14 string
	//go:embed 15.txt
	data15 string
	//go:embed 16.txt
	data16 string
	//go:embed 17.txt
	data17 string
	//go:embed 18.txt
	data18 string
)

// wordKinds are the kinds whose names every major adds to one set.
var wordKinds = []string{"word", "relation", "type"}

// words are the names that any major has, by kind.
var words = sync.OnceValue(func() map[string]map[string]bool {
	sets := map[string]map[string]bool{}
	for _, kind := range wordKinds {
		sets[kind] = map[string]bool{}
	}
	for major := Oldest; major <= Newest; major++ {
		for line := range strings.Lines(data[major]) {
			kind, name, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			set, ok := sets[kind]
			if !ok {
				break // the kinds that follow have values
			}
			set[name] = true
		}
	}
	return sets
})

// ReservedWord reports whether the grammar of any major reads the word, in
// lower case, as something else than the name of a column or table. An
// identifier that is such a word must be quoted.
func ReservedWord(word string) bool { return words()["word"][word] }

// SystemRelation reports whether any major has a table or view of this name in
// pg_catalog, where a name without schema is looked up first.
func SystemRelation(name string) bool { return words()["relation"][name] }

// SystemType reports whether any major has a type of this name, such as int4,
// in pg_catalog. Arrays and row types are left out.
func SystemType(name string) bool { return words()["type"][name] }

// key is the kind and the name of a fact with a value.
type key struct{ kind, name string }

var (
	values [Newest + 1]map[key][]string // by major
	once   [Newest + 1]sync.Once
)

// valuesOf returns what a server has for a fact; only casts have several.
func valuesOf(kind, name string, major int) []string {
	major = min(max(major, Oldest), Newest)
	once[major].Do(func() {
		facts := map[key][]string{}
		for line := range strings.Lines(data[major]) {
			kind, rest, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
			if name, value, ok := strings.Cut(rest, " "); ok {
				facts[key{kind, name}] = append(facts[key{kind, name}], value)
			}
		}
		values[major] = facts
	})
	return values[major][key{kind, name}]
}

// Volatility returns 'i' for immutable, 's' for stable or 'v' for volatile, as
// pg_proc.provolatile has it, of a built-in function, or 0 when there is none
// of the name. The name is without schema, in the case in which the server has
// it. Of overloads the most volatile counts.
func Volatility(function string, major int) byte { return volatility("function", function, major) }

// LeastVolatility does the same, but of overloads the least volatile counts, and
// contrib extensions are asked for names that PostgreSQL itself does not have.
func LeastVolatility(function string, major int) byte {
	for _, kind := range []string{"function", "extension"} {
		if values := valuesOf(kind, function, major); len(values) > 0 {
			return values[0][len(values[0])-1]
		}
	}
	return 0
}

// ExtensionVolatility does the same as Volatility for the functions of contrib
// extensions.
func ExtensionVolatility(function string, major int) byte {
	return volatility("extension", function, major)
}

func volatility(kind, function string, major int) byte {
	if values := valuesOf(kind, function, major); len(values) > 0 {
		return values[0][0]
	}
	return 0
}

// BinaryCoercible reports whether a value of the type from is one of the type
// to without a change of its bytes (pg_cast.castmethod 'b'). The names are
// those of pg_type.typname.
func BinaryCoercible(from, to string, major int) bool {
	for _, value := range valuesOf("cast", from, major) {
		if value == to {
			return true
		}
	}
	return false
}

// OperatorClass returns the name of the operator class that a B-tree index on
// the type gets (pg_opclass.opcname), also of a type that passes for another,
// such as text_ops for varchar; "" when there is none.
func OperatorClass(typ string, major int) string {
	if values := valuesOf("opclass", typ, major); len(values) > 0 {
		return values[0]
	}
	return ""
}
