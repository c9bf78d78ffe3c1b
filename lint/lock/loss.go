package lock

import (
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
)

// Loss is what becomes of the values that a column's new type cannot hold. The
// zero value: it holds all, or nobody knows.
type Loss struct {
	// State is the SQLSTATE with which the first such value ends the statement.
	State string
	// Does is what happens to such values without a word, as a clause: "rounds".
	Does string
}

// TypeLoss returns what ALTER COLUMN TYPE does to values of a column that the
// new type cannot hold. Casts of USING cut off and round where the assignment
// alone fails; of any other expression in USING nothing is known.
func TypeLoss(column *catalog.Column, d *pg_query.ColumnDef, c *catalog.Catalog) Loss {
	casts, ok := castsOf(d.GetRawDefault(), column.Name)
	if !ok {
		return Loss{}
	}
	var fails Loss
	from := column.Type
	for i, target := range append(slices.Clip(casts), d.GetTypeName()) {
		to := c.TypeOf(target)
		loss := lossOf(from, to, i < len(casts))
		if loss.Does != "" {
			return loss
		}
		if fails.State == "" {
			fails = loss
		}
		from = to
	}
	return fails
}

// The SQLSTATEs of values that do not fit.
const (
	outOfRange     = "22003"
	stringTooLong  = "22001"
	lengthMismatch = "22026"
)

// lossOf compares two types. Where some values fail and others change without
// a word, the latter counts.
func lossOf(from, to catalog.Type, cast bool) Loss {
	if from.Schema != "" || to.Schema != "" || from.Array != to.Array {
		return Loss{}
	}
	switch {
	case isNumber(from) && isNumber(to):
		return numberLoss(from, to)
	case isText(from) && isText(to), isBits(from) && isBits(to):
		fits := len(to.Mods) == 0 || len(from.Mods) > 0 && from.Mods[0] <= to.Mods[0]
		switch {
		case to.Name == "bit" && !cast:
			if from.Name == "varbit" || !slices.Equal(from.Mods, to.Mods) {
				return Loss{State: lengthMismatch}
			}
		case from.Name == "varbit" && to.Name == "bit":
			return Loss{Does: "pads or cuts off"}
		case fits:
		case cast:
			return Loss{Does: "cuts off"}
		default:
			return Loss{State: stringTooLong}
		}
		return Loss{}
	}
	return timeLoss(from, to)
}

func isText(t catalog.Type) bool {
	return t.Name == "text" || t.Name == "varchar" || t.Name == "bpchar"
}

func isBits(t catalog.Type) bool { return t.Name == "bit" || t.Name == "varbit" }

func isNumber(t catalog.Type) bool {
	return wholeDigits[t.Name] > 0 || t.Name == "numeric" || floatDigits[t.Name] > 0
}

var (
	// wholeDigits are how many digits the largest integer has; those with one
	// digit less all fit.
	wholeDigits = map[string]int32{"int2": 5, "int4": 10, "int8": 19}
	// floatDigits are how many digits every number keeps.
	floatDigits = map[string]int32{"float4": 6, "float8": 15}
)

func numberLoss(from, to catalog.Type) Loss {
	rounds, fails := Loss{Does: "rounds"}, Loss{State: outOfRange}
	unbounded := from.Name == "numeric" && len(from.Mods) == 0
	digits, fraction := wholeDigits[from.Name], int32(0)
	if from.Name == "numeric" && !unbounded {
		fraction = scale(from.Mods)
		digits = from.Mods[0] - fraction
	}
	isFloat := floatDigits[from.Name] > 0
	switch {
	case floatDigits[to.Name] > 0:
		if isFloat && floatDigits[from.Name] > floatDigits[to.Name] || !isFloat && (unbounded || digits+fraction > floatDigits[to.Name]) {
			return rounds
		}
	case to.Name == "numeric" && len(to.Mods) == 0: // of a float it keeps what all floats of its kind keep
	case isFloat || unbounded:
		return rounds
	case to.Name == "numeric":
		if scale(to.Mods) < fraction {
			return rounds
		}
		if to.Mods[0]-scale(to.Mods) < digits {
			return fails
		}
	case fraction > 0:
		return rounds
	case from.Name == "numeric" && digits >= wholeDigits[to.Name] || from.Name != "numeric" && digits > wholeDigits[to.Name]:
		return fails
	}
	return Loss{}
}

// timeParts are the types of dates and times, and what they have.
var timeParts = map[string]struct{ date, time, zone bool }{
	"date": {date: true}, "time": {time: true}, "timetz": {time: true, zone: true},
	"timestamp": {date: true, time: true}, "timestamptz": {date: true, time: true},
}

func timeLoss(from, to catalog.Type) Loss {
	has, ok := timeParts[from.Name]
	keeps, known := timeParts[to.Name]
	switch {
	case from.Name == "interval" && to.Name == "interval":
		if !wider(from, to) {
			return Loss{Does: "drops smaller parts of"}
		}
	case from.Name == "time" && to.Name == "interval":
		if _, digits := intervalMods(to.Mods); digits < precision(from) {
			return Loss{Does: "rounds"}
		}
	case from.Name == "interval" && to.Name == "time":
		return Loss{Does: "drops the days of"}
	case !ok || !known:
	case has.date && !keeps.date:
		return Loss{Does: "drops the date of"}
	case has.time && !keeps.time:
		return Loss{Does: "drops the time of day of"}
	case has.zone && !keeps.zone:
		return Loss{Does: "drops the time zone of"}
	case has.time && precision(to) < precision(from):
		return Loss{Does: "rounds"}
	}
	return Loss{}
}

// precision is how many digits of a second a time keeps.
func precision(t catalog.Type) int32 {
	if len(t.Mods) == 0 {
		return maxPrecision
	}
	return t.Mods[0]
}
