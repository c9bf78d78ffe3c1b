package lock

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/premortem-lint/premortem/lint/migration"
)

// Timeout is the value of lock_timeout or statement_timeout in force.
type Timeout struct {
	// Known is false while nothing set it: the role's or database's default
	// is in force, which the files do not tell. It is also false when a
	// statement set it to something that only a server can work out.
	Known bool
	// Value is 0 for "no timeout".
	Value time.Duration
	// Statement set it; nil: the runner did (configuration), or nothing did.
	Statement *migration.Statement
}

// Setting is what SET, RESET, DISCARD ALL or set_config does to a run-time
// parameter.
type Setting struct {
	Name  string // in lower case; "" for all of them
	Text  string // the value as written
	Known bool   // Text is what the server will see
	Local bool   // until the end of the transaction
	Reset bool   // back to what the session began with
}

// Settings returns what a statement does to parameters, in order.
func Settings(st *migration.Statement) []Setting {
	var settings []Setting
	for _, a := range assignments(st.Node) {
		if !a.current {
			settings = append(settings, Setting{a.name, a.text, a.known, a.local, a.reset || a.all})
		}
	}
	return settings
}

// TimeoutSettings returns the timeouts that a statement gives a value, in order.
func TimeoutSettings(st *migration.Statement) []Setting {
	return slices.DeleteFunc(Settings(st), func(s Setting) bool { return !isTimeout(s.Name) || s.Reset })
}

// ParseTimeout reads a value of lock_timeout or statement_timeout as
// PostgreSQL does (guc.c, parse_int): a number, rounded to milliseconds, with
// an optional unit out of us, ms, s, min, h and d, in lower case. 0 means no
// timeout. It fails where PostgreSQL does. The result is a whole number of
// milliseconds. Measured on servers.
func ParseTimeout(text string) (time.Duration, error) {
	value, rest, ok := leadingNumber(text)
	if !ok {
		return 0, fmt.Errorf("%q is not a timeout: write a number with a unit, such as 5s", text)
	}
	unit := strings.Trim(rest, blanks)
	if unit != "" {
		if value, ok = milliseconds(value, unit); !ok {
			return 0, fmt.Errorf("%q has the unit %q: the units of a timeout are us, ms, s, min, h and d", text, unit)
		}
	}
	value = math.RoundToEven(value)
	if value < 0 || value > math.MaxInt32 {
		return 0, fmt.Errorf("%q is out of range: a timeout is 0 to %d ms", text, math.MaxInt32)
	}
	return time.Duration(value) * time.Millisecond, nil
}

// blanks are what isspace accepts in the C locale.
const blanks = " \t\n\v\f\r"

// timeUnits are in milliseconds, longest first (guc.c).
var timeUnits = []struct {
	name  string
	value float64
}{
	{"d", 24 * 60 * 60 * 1000},
	{"h", 60 * 60 * 1000},
	{"min", 60 * 1000},
	{"s", 1000},
	{"ms", 1},
	{"us", 1.0 / 1000},
}

// milliseconds converts a number with a unit. As PostgreSQL does, it rounds to
// a multiple of the next smaller unit: 1.01min is 61 s.
func milliseconds(value float64, unit string) (float64, bool) {
	for i, u := range timeUnits {
		if u.name != unit {
			continue
		}
		value *= u.value
		if i+1 < len(timeUnits) {
			smaller := timeUnits[i+1].value
			value = math.RoundToEven(value/smaller) * smaller
		}
		return value, true
	}
	return 0, false
}

var (
	// What strtol with base 0 reads: decimal, octal or hexadecimal.
	integer = regexp.MustCompile(`^[+-]?(0[xX][0-9a-fA-F]+|0[0-7]*|[1-9][0-9]*)`)
	// What strtod reads, infinity and NaN left out.
	decimal     = regexp.MustCompile(`^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?`)
	hexadecimal = regexp.MustCompile(`^[+-]?0[xX]([0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)([pP][+-]?[0-9]+)?`)
)

// leadingNumber reads the number that the text begins with. Like parse_int it
// takes an integer first, and starts again with a fraction when the integer
// ends at ".", "e" or "E" or is too long.
func leadingNumber(text string) (value float64, rest string, ok bool) {
	startsWithPoint := strings.HasPrefix(text, ".")
	text = strings.TrimLeft(text, blanks)
	digits := integer.FindString(text)
	rest = text[len(digits):]
	n, err := strconv.ParseInt(digits, 0, 64)
	if digits != "" && err == nil && !strings.HasPrefix(rest, ".") && !strings.HasPrefix(rest, "e") && !strings.HasPrefix(rest, "E") {
		return float64(n), rest, true
	}
	if digits == "" && !startsWithPoint {
		return 0, "", false // where strtol reads nothing it does not move: neither " .5" nor "+.5" is a number
	}
	digits = hexadecimal.FindString(text)
	number := digits
	if digits == "" {
		digits = decimal.FindString(text)
		number = digits
	} else if !strings.ContainsAny(digits, "pP") {
		number += "p0" // Go wants the exponent
	}
	if digits == "" {
		return 0, "", false
	}
	value, err = strconv.ParseFloat(number, 64)
	if errors.Is(err, strconv.ErrRange) || (value == 0 && strings.ContainsAny(mantissa(digits), "123456789")) {
		return 0, "", false
	}
	return value, text[len(digits):], err == nil
}

// mantissa returns a number without its exponent.
func mantissa(number string) string {
	if i := strings.IndexAny(number, "eEpP"); i >= 0 {
		return number[:i]
	}
	return number
}
