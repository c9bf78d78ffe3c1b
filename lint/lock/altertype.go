package lock

import (
	"cmp"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/builtin"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

// typeChange is what ALTER COLUMN TYPE does to the values that are there,
// cheapest first.
type typeChange uint8

const (
	keeps     typeChange = iota // values and indexes stay
	reindexes                   // values stay; indexes on the column are built anew
	rewrites                    // values are written anew
)

// alterColumnType rewrites the table unless the new type reads the old
// values as they are.
func (t alteration) alterColumnType(c *pg_query.AlterTableCmd) {
	d := c.GetDef().GetColumnDef()
	name := c.GetName()
	if t.kind(t.table) == catalog.View {
		t.relation(t.table, AccessExclusive, CatalogOnly)
		return
	}
	strongest := CatalogOnly
	t.treeWork(t.table, t.only, AccessExclusive, func(n catalog.Name) (Work, string) {
		work, unknown := t.typeWork(n, name, d)
		strongest = max(strongest, work)
		return work, unknown
	})
	if i, ok := t.seen[key{relation: t.table, command: t.command, transaction: t.transaction}]; ok && t.effects[i].Work == IndexBuild {
		column := t.column(t.table, name)
		change, _ := t.changeOf(column, d)
		t.effects[i].Why = "builds " + strings.Join(t.rebuiltIndexes(t.catalog.Table(t.table), column, change, d), ", ") + " anew"
	}
	t.lockForeignKeysOf(name, strongest)
}

// lockForeignKeysOf locks the other end of the foreign keys that have the
// column, which are made anew; a rewrite checks them anew.
func (t alteration) lockForeignKeysOf(column string, work Work) {
	for _, k := range t.foreignKeys(t.table) {
		if !slices.Contains(k.Columns, column) {
			continue
		}
		t.lockReferenced(k)
		if work == TableRewrite && k.Validated && k.Enforced && k.Referenced != k.Table {
			t.lookedUp(k.Referenced, AccessExclusive, "")
		}
	}
	for _, k := range t.catalog.ForeignKeysTo(t.table) {
		if k.Table == t.table || !slices.Contains(t.referencedColumns(k), column) {
			continue
		}
		t.lockReferencing(k)
		if work == TableRewrite && k.Validated && k.Enforced {
			t.add(Effect{Relation: k.Table, Mode: AccessExclusive, Work: ValidationScan, Implied: true})
		}
	}
}

// typeWork is the work of a type change on one table, and what decides it
// that the catalog does not know.
func (t alteration) typeWork(table catalog.Name, name string, d *pg_query.ColumnDef) (work Work, unknown string) {
	column := t.column(table, name)
	if column == nil || column.Type.Name == "" {
		if t.rewritesAnyType(name, d) {
			return TableRewrite, ""
		}
		return TableRewrite, "the type of " + table.String() + "." + name
	}
	change, unknown := t.changeOf(column, d)
	if change == rewrites {
		return TableRewrite, unknown
	}
	work = CatalogOnly
	ct := t.catalog.Table(table)
	for _, k := range ct.Constraints {
		if k.Kind == catalog.Check && k.Validated && k.Enforced && tree.Mentions(k.Expr, name) {
			work = ValidationScan
		}
	}
	if len(t.rebuiltIndexes(ct, column, change, d)) > 0 {
		work = IndexBuild
	}
	return work, ""
}

// rebuiltIndexes names the indexes of a table that a type change builds anew.
func (t alteration) rebuiltIndexes(table *catalog.Table, column *catalog.Column, change typeChange, d *pg_query.ColumnDef) (names []string) {
	collation := collationOf(d)
	for _, n := range table.Indexes {
		if ix := t.catalog.Index(n); ix != nil && rebuilt(ix, column.Name, change, collation != column.Collation) {
			names = append(names, n.String())
		}
	}
	return names
}

func collationOf(d *pg_query.ColumnDef) string { return tree.Last(d.GetCollClause().GetCollname()) }

// rebuilt says whether an index is built anew although the table is not
// written anew: an index with an expression or a predicate always is.
func rebuilt(ix *catalog.Index, column string, change typeChange, collation bool) bool {
	if !slices.Contains(ix.Columns, column) && !slices.Contains(ix.Include, column) {
		return false
	}
	if ix.Predicate != nil || ix.Parent != nil { // a partition's index is made from the parent's
		return true
	}
	key := false
	for _, k := range ix.Keys {
		switch {
		case k.Expr != nil:
			return true
		case k.Column == column:
			key = key || change == reindexes && k.Opclass == "" || collation && k.Collation == ""
		}
	}
	return key
}

// changeOf compares a column's type with the one that it gets.
func (t alteration) changeOf(column *catalog.Column, d *pg_query.ColumnDef) (typeChange, string) {
	steps, ok := castsOf(d.GetRawDefault(), column.Name)
	if !ok {
		return rewrites, ""
	}
	from, result := column.Type, keeps
	for _, target := range append(steps, d.GetTypeName()) {
		to := t.catalog.TypeOf(target)
		change, unknown := t.coerce(from, to)
		if change == rewrites {
			return rewrites, unknown
		}
		result = max(result, change)
		from = to
	}
	return result, ""
}

// rewritesAnyType reports whether USING writes values anew whatever the type of
// the column: an expression that is no cast, or one that reads an enum from text.
func (t alteration) rewritesAnyType(column string, d *pg_query.ColumnDef) bool {
	steps, ok := castsOf(d.GetRawDefault(), column)
	if !ok || len(steps) == 0 {
		return !ok
	}
	from, to := t.catalog.TypeOf(steps[0]), t.catalog.TypeOf(steps[len(steps)-1])
	return from.Schema == "" && from.Name == "text" && t.catalog.Enum(catalog.Name{Schema: to.Schema, Name: to.Name}) != nil
}

// castsOf returns the types that a USING expression casts the column to,
// innermost first; ok is false for any other expression.
func castsOf(using *pg_query.Node, column string) (casts []*pg_query.TypeName, ok bool) {
	for using != nil {
		switch n := using.GetNode().(type) {
		case *pg_query.Node_TypeCast:
			casts = append(casts, n.TypeCast.GetTypeName())
			using = n.TypeCast.GetArg()
		case *pg_query.Node_ColumnRef:
			slices.Reverse(casts)
			return casts, tree.Last(n.ColumnRef.GetFields()) == column
		default:
			return nil, false
		}
	}
	return nil, true
}

// coerce is what a value of one type needs to be one of another, and what the
// catalog does not know about it.
func (a *analysis) coerce(from, to catalog.Type) (typeChange, string) {
	if from.Schema == to.Schema && from.Name == to.Name && from.Array == to.Array && slices.Equal(from.Mods, to.Mods) {
		return keeps, "" // also a constrained domain
	}
	if a.domain(from) != nil {
		from, _ = a.base(from)
		from.Mods = nil // the values of a domain do not tell their length
	}
	to, constrained := a.base(to)
	if constrained {
		return rewrites, ""
	}
	switch {
	case from.Array != to.Array || from.Schema != to.Schema:
		return rewrites, ""
	case from.Array:
		if from.Name == to.Name && (len(to.Mods) == 0 || slices.Equal(from.Mods, to.Mods)) {
			return keeps, ""
		}
		return rewrites, ""
	case from.Name == to.Name:
		if len(to.Mods) == 0 || slices.Equal(from.Mods, to.Mods) || wider(from, to) {
			return keeps, ""
		}
		return rewrites, ""
	}
	return a.cast(from, to)
}

// cast is the change between two types of different names.
func (a *analysis) cast(from, to catalog.Type) (typeChange, string) {
	change := rewrites
	switch {
	case from.Name == "timestamp" && to.Name == "timestamptz", from.Name == "timestamptz" && to.Name == "timestamp":
		if len(to.Mods) > 0 && to.Mods[0] < 6 {
			return rewrites, ""
		}
		zone := a.timeZone()
		if !zone.known {
			return rewrites, "the session's TimeZone"
		}
		if isUTC(zone.text) {
			change = reindexes
		}
		return change, ""
	case builtin.BinaryCoercible(from.Name, to.Name, a.server):
		change = reindexes
		if class := builtin.OperatorClass(from.Name, a.server); class != "" && class == builtin.OperatorClass(to.Name, a.server) {
			change = keeps
		}
	}
	if len(to.Mods) > 0 {
		return rewrites, "" // the length of the old values is not declared
	}
	return change, ""
}

func (a *analysis) timeZone() value {
	if a.session == nil {
		return value{}
	}
	return a.session.settings.get("timezone")
}

// isUTC says whether the server takes the zone for UTC where it decides about
// the rewrite (TimestampTimestampTzRequiresRewrite): an offset of zero always.
func isUTC(zone string) bool {
	switch strings.ToLower(zone) {
	case "utc", "etc/utc", "gmt", "etc/gmt", "uct", "etc/uct", "zulu", "etc/zulu", "universal", "etc/universal", "greenwich", "etc/greenwich",
		"gmt0", "etc/gmt0", "gmt+0", "gmt-0", "etc/gmt+0", "etc/gmt-0", "0", "+0", "-0", "+00", "-00", "00":
		return true
	}
	return false
}

// wider says whether the modifiers of one type let every value of the other
// pass unchanged, as the cast functions' support functions decide it.
func wider(from, to catalog.Type) bool {
	if len(to.Mods) == 0 {
		return true
	}
	switch from.Name {
	case "varchar", "varbit":
		return len(from.Mods) > 0 && to.Mods[0] >= from.Mods[0]
	case "numeric":
		return len(from.Mods) > 0 && scale(from.Mods) == scale(to.Mods) && to.Mods[0] >= from.Mods[0]
	case "timestamp", "timestamptz", "time", "timetz":
		return to.Mods[0] >= maxPrecision || len(from.Mods) > 0 && to.Mods[0] >= from.Mods[0]
	case "interval":
		fields, precision := intervalMods(from.Mods)
		newFields, newPrecision := intervalMods(to.Mods)
		return newFields <= fields && (fields > 0 || newPrecision >= maxPrecision || newPrecision >= precision)
	}
	return false
}

// maxPrecision is the precision of times that do not say one.
const maxPrecision = 6

func scale(mods []int32) int32 {
	if len(mods) < 2 {
		return 0
	}
	return mods[1]
}

// The bits of an interval's fields (datetime.h).
const (
	intervalMonth  = 1 << 1
	intervalYear   = 1 << 2
	intervalDay    = 1 << 3
	intervalHour   = 1 << 10
	intervalMinute = 1 << 11
	intervalSecond = 1 << 12
)

// intervalMods returns the rank of the smallest field that an interval
// keeps, 0 for seconds, and its precision.
func intervalMods(mods []int32) (least, precision int32) {
	precision = maxPrecision
	if len(mods) > 1 {
		precision = mods[1]
	}
	if len(mods) == 0 {
		return 0, precision
	}
	for rank, bit := range [...]int32{intervalSecond, intervalMinute, intervalHour, intervalDay, intervalMonth, intervalYear} {
		if mods[0]&bit != 0 {
			return int32(rank), precision
		}
	}
	return 0, precision
}

// domain returns the domain that a type is, or nil.
func (a *analysis) domain(t catalog.Type) *catalog.Domain {
	if t.Schema == "" || t.Array {
		return nil
	}
	return a.catalog.Domain(catalog.Name{Schema: t.Schema, Name: t.Name})
}

// base returns what a domain stands on, through all layers, and whether any
// layer has a constraint. Other types are their own base.
func (a *analysis) base(t catalog.Type) (base catalog.Type, constrained bool) {
	for depth := 0; depth < 32; depth++ {
		d := a.domain(t)
		if d == nil {
			break
		}
		constrained = constrained || len(d.Constraints) > 0
		t = d.Base
	}
	return t, constrained
}

// domainFacts is what a new column inherits from domains.
type domainFacts struct {
	constrained bool
	notNull     bool
	defaultExpr *pg_query.Node
}

func (a *analysis) domainOf(t *pg_query.TypeName) domainFacts {
	typ := a.catalog.TypeOf(t)
	var facts domainFacts
	_, facts.constrained = a.base(typ)
	for depth := 0; depth < 32; depth++ {
		d := a.domain(typ)
		if d == nil {
			break
		}
		facts.notNull = facts.notNull || slices.ContainsFunc(d.Constraints, func(k *catalog.Constraint) bool { return k.Kind == catalog.NotNull })
		facts.defaultExpr, typ = cmp.Or(facts.defaultExpr, d.Default), d.Base
	}
	return facts
}
