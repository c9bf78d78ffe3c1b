package catalog

import (
	"fmt"
	"strconv"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/tree"
)

// serials are the types that stand for an integer with a sequence of its own.
var serials = map[string]string{
	"serial": "int4", "serial4": "int4",
	"bigserial": "int8", "serial8": "int8",
	"smallserial": "int2", "serial2": "int2",
}

// IsSerial reports whether a column of the type, as written, gets a sequence of
// its own. There are no arrays of such types.
func IsSerial(t *pg_query.TypeName) bool {
	return len(t.GetNames()) == 1 && len(t.GetArrayBounds()) == 0 && serials[tree.Last(t.GetNames())] != ""
}

// TypeOf reads a type as written. A domain, an enum or another type of the
// catalog gets its schema. serial is read as the integer type it stands for,
// and t.c%TYPE as the column's type, if that is known.
func (c *Catalog) TypeOf(t *pg_query.TypeName) Type {
	if t == nil || len(t.GetNames()) == 0 {
		return Type{}
	}
	if t.GetPctType() {
		return c.columnType(t.GetNames())
	}
	written := c.listName(t.GetNames())
	typ := Type{Schema: written.Schema, Name: written.Name, Array: len(t.GetArrayBounds()) > 0}
	for _, m := range t.GetTypmods() {
		// "interval day" and "bit" have theirs from the grammar.
		if constant := m.GetAConst(); constant.GetIval() != nil {
			typ.Mods = append(typ.Mods, constant.GetIval().GetIval())
		}
	}
	if IsSerial(t) {
		typ.Name = serials[typ.Name]
		return typ
	}
	switch n := c.resolveType(written); {
	case n.Schema == systemSchema:
		typ.Schema = ""
		if base, ok := strings.CutPrefix(typ.Name, "_"); ok && builtin.SystemType(base) {
			typ.Name, typ.Array = base, true // pg_catalog._int4
		}
	case c.hasType(n):
		typ.Schema = n.Schema
	}
	return typ
}

// columnType reads t.c%TYPE.
func (c *Catalog) columnType(names []*pg_query.Node) Type {
	if len(names) < 2 {
		return Type{}
	}
	if column := c.Table(c.ResolveList(names[:len(names)-1])).Column(tree.Last(names)); column != nil {
		return column.Type
	}
	return Type{}
}

// userType is the name under which the catalog may know the type.
func (t Type) userType() Name { return Name{t.Schema, t.Name} }

// SameType says whether two types are one, whatever their modifiers are. A type
// that the catalog does not know may be another one's new or old name.
func (c *Catalog) SameType(a, b Type) Truth {
	switch {
	case a.Name == "" || b.Name == "":
		return Unknown
	case a.userType() == b.userType() && a.Array == b.Array:
		return Yes
	case c.knowsElement(a) && c.knowsElement(b):
		return No
	}
	return Unknown
}

// sqlNames are the types that format_type writes in another way than
// pg_type.typname; %s stands for the modifiers.
var sqlNames = map[string]string{
	"bit":         "bit%s",
	"bool":        "boolean",
	"bpchar":      "character%s",
	"char":        `"char"`,
	"float4":      "real",
	"float8":      "double precision",
	"int2":        "smallint",
	"int4":        "integer",
	"int8":        "bigint",
	"interval":    "interval%s",
	"numeric":     "numeric%s",
	"time":        "time%s without time zone",
	"timetz":      "time%s with time zone",
	"timestamp":   "timestamp%s without time zone",
	"timestamptz": "timestamp%s with time zone",
	"varbit":      "bit varying%s",
	"varchar":     "character varying%s",
}

// String returns the type as format_type does: "integer", "character
// varying(10)", "timestamp with time zone", "text[]"; with its schema if it
// has one. It returns "" for an unknown type.
func (t Type) String() string {
	if t.Name == "" {
		return ""
	}
	var text string
	format, ok := sqlNames[t.Name]
	switch {
	case t.Schema != "" || !ok:
		text = Name{t.Schema, t.Name}.String() + t.mods()
	case t.Name == "bpchar" && len(t.Mods) == 0:
		text = "bpchar"
	case strings.Contains(format, "%s"):
		text = fmt.Sprintf(format, t.mods())
	default:
		text = format
	}
	if t.Array {
		text += "[]"
	}
	return text
}

// mods writes the type modifiers.
func (t Type) mods() string {
	if len(t.Mods) == 0 {
		return ""
	}
	mods := t.Mods
	if t.Schema == "" && t.Name == "interval" {
		return intervalMods(mods)
	}
	if t.Schema == "" && t.Name == "numeric" && len(mods) == 1 {
		mods = []int32{mods[0], 0}
	}
	var list []string
	for _, m := range mods {
		list = append(list, strconv.Itoa(int(m)))
	}
	return "(" + strings.Join(list, ",") + ")"
}

// intervalFields are the masks of datetime.h, as gram.y computes them.
var intervalFields = map[int32]string{
	1 << 2:                       " year",
	1 << 1:                       " month",
	1 << 3:                       " day",
	1 << 10:                      " hour",
	1 << 11:                      " minute",
	1 << 12:                      " second",
	1<<2 | 1<<1:                  " year to month",
	1<<3 | 1<<10:                 " day to hour",
	1<<3 | 1<<10 | 1<<11:         " day to minute",
	1<<3 | 1<<10 | 1<<11 | 1<<12: " day to second",
	1<<10 | 1<<11:                " hour to minute",
	1<<10 | 1<<11 | 1<<12:        " hour to second",
	1<<11 | 1<<12:                " minute to second",
}

// intervalMods writes interval's modifiers: the fields, then the precision.
func intervalMods(mods []int32) string {
	text := intervalFields[mods[0]]
	if len(mods) > 1 {
		text += "(" + strconv.Itoa(int(mods[1])) + ")"
	}
	return text
}
