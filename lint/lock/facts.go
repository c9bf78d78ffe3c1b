package lock

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"

	"github.com/premortem-lint/premortem/lint/catalog"
)

// What servers 14 to 18 say of their built-in functions, of those of contrib
// extensions, of casts that keep a value's bytes, and of the operator class
// that an index on a type gets. Written by TestFacts with -update, one fact a
// line, each with the first and last major that has it:
//
//	function NAME i|s|v 14 18
//	extension NAME i|s|v 14 18
//	cast FROM TO 14 18
//	opclass TYPE NAME 14 18
//
// Of overloads the most volatile counts. Servers 12 and 13 are taken for 14.
//
//go:embed facts.txt
var factsText string

// oldestFacts and newestFacts are the majors that facts.txt is about.
const (
	oldestFacts = 14
	newestFacts = 18
)

// majorRange has the first and the last major of a fact.
type majorRange struct{ since, until int }

// serverFacts are the facts by kind and name; few have more than one value.
var serverFacts = sync.OnceValue(func() map[[2]string][]valueOfFact {
	facts := map[[2]string][]valueOfFact{}
	for line := range strings.Lines(factsText) {
		f := strings.Fields(line)
		if len(f) != 5 {
			continue
		}
		since, _ := strconv.Atoi(f[3])
		until, _ := strconv.Atoi(f[4])
		k := [2]string{f[0], f[1]}
		facts[k] = append(facts[k], valueOfFact{f[2], majorRange{since, until}})
	}
	return facts
})

type valueOfFact struct {
	value string
	majorRange
}

// known returns the values that a server has for a fact.
func known(kind, name string, server int) []string {
	server = min(max(server, oldestFacts), newestFacts)
	var values []string
	for _, f := range serverFacts()[[2]string{kind, name}] {
		if f.since <= server && server <= f.until {
			values = append(values, f.value)
		}
	}
	return values
}

var volatilities = map[string]catalog.Volatility{"i": catalog.Immutable, "s": catalog.Stable, "v": catalog.Volatile}

// functionVolatility returns the volatility of a built-in function (kind
// "function") or of a contrib extension's ("extension").
func functionVolatility(kind, name string, server int) catalog.Volatility {
	if values := known(kind, name, server); len(values) > 0 {
		return volatilities[values[0]]
	}
	return catalog.VolatilityUnknown
}

// binaryCoercible says whether a cast keeps the bytes of a value.
func binaryCoercible(from, to string, server int) bool {
	for _, t := range known("cast", from, server) {
		if t == to {
			return true
		}
	}
	return false
}

// operatorClass returns the operator class of a B-tree index on a type, or
// the type when there is none.
func operatorClass(name string, server int) string {
	if values := known("opclass", name, server); len(values) > 0 {
		return values[0]
	}
	return name
}
