package lock

import (
	"strings"

	"github.com/premortem-lint/premortem/lint/catalog"
)

// inputFails are the types that do not read every text, with the SQLSTATE that
// a cast of another text fails with.
var inputFails = func() map[string]string {
	states := map[string]string{}
	for state, names := range map[string]string{
		"22P02": `bool int2 int4 int8 numeric float4 float8 money oid uuid json jsonb bytea bit varbit inet cidr macaddr macaddr8 pg_lsn
			point line lseg box path polygon circle int4range int8range numrange tsrange tstzrange daterange
			int4multirange int8multirange nummultirange tsmultirange tstzmultirange datemultirange`,
		"22007": "date time timetz timestamp timestamptz interval",
	} {
		for _, name := range strings.Fields(names) {
			states[name] = state
		}
	}
	return states
}()

// TextCastFails returns the SQLSTATE that a cast fails with for a text which the
// new type does not read: "" where the old type is none of text, the new one
// reads all, or nobody knows.
func TextCastFails(from, to catalog.Type, c *catalog.Catalog) string {
	a := &analysis{catalog: c}
	from, constrained := a.base(from)
	to, _ = a.base(to)
	switch {
	case from.Schema != "" || !isText(from) || constrained || from.Array && !to.Array:
		return ""
	case to.Array && !from.Array, // it wants braces
		c.Enum(catalog.Name{Schema: to.Schema, Name: to.Name}) != nil:
		return "22P02"
	case to.Schema != "":
		return ""
	}
	return inputFails[to.Name]
}
