package lock

import (
	"math/big"
	"slices"
	"strings"
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
)

// constant is a constant of an expression or a partition bound.
type constant struct {
	number *big.Rat // nil for a string
	text   string
}

// constantOf reads a constant, cast or not.
func constantOf(n *pg_query.Node) (c constant, ok bool) {
	for n.GetTypeCast() != nil {
		n = n.GetTypeCast().GetArg()
	}
	if e := n.GetAExpr(); e != nil && e.GetLexpr() == nil && lastName(e.GetName()) == "-" {
		if c, ok = constantOf(e.GetRexpr()); ok && c.number != nil {
			return constant{number: new(big.Rat).Neg(c.number)}, true
		}
		return c, false
	}
	switch v := n.GetAConst().GetVal().(type) {
	case *pg_query.A_Const_Ival:
		return constant{number: new(big.Rat).SetInt64(int64(v.Ival.GetIval()))}, true
	case *pg_query.A_Const_Fval:
		if f := v.Fval.GetFval(); len(f) < 64 && !strings.ContainsAny(f, "eE") {
			if r, ok := new(big.Rat).SetString(f); ok {
				return constant{number: r}, true
			}
		}
	case *pg_query.A_Const_Sval:
		return constant{text: v.Sval.GetSval()}, true
	}
	return constant{}, false
}

// timeLayouts are the ways to write a time whose order is the same on every server.
var timeLayouts = []string{"2006-01-02", "2006-01-02 15:04:05", "2006-01-02 15:04:05-07", "2006-01-02 15:04:05-07:00"}

// compare orders two constants of a column's type; ok is false where the
// order is not known, such as that of two different texts in a collation.
func (c constant) compare(d constant) (order int, ok bool) {
	if c.number != nil && d.number != nil {
		return c.number.Cmp(d.number), true
	}
	if c.number != nil || d.number != nil {
		return 0, false
	}
	if c.text == d.text {
		return 0, true
	}
	for _, layout := range timeLayouts {
		x, errX := time.Parse(layout, c.text)
		y, errY := time.Parse(layout, d.text)
		if errX == nil && errY == nil {
			return x.Compare(y), true
		}
	}
	return 0, false
}

// differs says whether two constants are known to be different values.
func (c constant) differs(d constant) bool {
	order, ok := c.compare(d)
	// Texts that are written differently are different in every
	// deterministic collation.
	return ok && order != 0 || !ok && c.number == nil && d.number == nil
}

func (c constant) equals(d constant) bool {
	order, ok := c.compare(d)
	return ok && order == 0
}

// interval has the values from lower on and below upper; nil is unbounded.
type interval struct{ lower, upper *constant }

// above says whether every value that passes the test is at or above lower.
func (i interval) above(t test) bool {
	switch t.operator {
	case "=", "in":
		return len(t.values) > 0 && !slices.ContainsFunc(t.values, func(v constant) bool { return !atLeast(v, *i.lower) })
	case ">=", ">":
		return atLeast(t.values[0], *i.lower)
	}
	return false
}

// beneath says whether every value that passes the test is below upper.
func (i interval) beneath(t test) bool {
	switch t.operator {
	case "=", "in":
		return len(t.values) > 0 && !slices.ContainsFunc(t.values, func(v constant) bool { return !less(v, *i.upper) })
	case "<":
		return atLeast(*i.upper, t.values[0])
	case "<=":
		return less(t.values[0], *i.upper)
	}
	return false
}

// excludes says whether no value that passes the test is inside.
func (i interval) excludes(t test) bool {
	outside := func(v constant) bool {
		return i.lower != nil && less(v, *i.lower) || i.upper != nil && atLeast(v, *i.upper)
	}
	switch t.operator {
	case "is null":
		return true
	case "=", "in":
		return len(t.values) > 0 && !slices.ContainsFunc(t.values, func(v constant) bool { return !outside(v) })
	case ">=", ">":
		return i.upper != nil && atLeast(t.values[0], *i.upper)
	case "<":
		return i.lower != nil && atLeast(*i.lower, t.values[0])
	case "<=":
		return i.lower != nil && less(t.values[0], *i.lower)
	}
	return false
}

func atLeast(x, y constant) bool {
	order, ok := x.compare(y)
	return ok && order >= 0
}

func less(x, y constant) bool {
	order, ok := x.compare(y)
	return ok && order < 0
}

// bound is what a partition's bound demands of its only key column.
type bound struct {
	column string
	interval
	list    []constant // of a list partition
	isList  bool
	hasNull bool // the list has NULL
}

// readBound reads the bound of a partition with one key column. ok is false
// for what no CHECK proves here: hash bounds, several columns, expressions.
func readBound(parent *catalog.Table, b *pg_query.PartitionBoundSpec) (r bound, ok bool) {
	if parent == nil || len(parent.PartitionKey) != 1 || parent.PartitionKey[0] == "" {
		return r, false
	}
	r.column = parent.PartitionKey[0]
	switch b.GetStrategy() {
	case "r":
		if len(b.GetLowerdatums()) != 1 || len(b.GetUpperdatums()) != 1 {
			return r, false
		}
		var lowerOK, upperOK bool
		r.lower, lowerOK = rangeEnd(b.GetLowerdatums()[0])
		r.upper, upperOK = rangeEnd(b.GetUpperdatums()[0])
		return r, lowerOK && upperOK
	case "l":
		r.isList = true
		for _, d := range b.GetListdatums() {
			if isNull(d) {
				r.hasNull = true
				continue
			}
			v, ok := constantOf(d)
			if !ok {
				return r, false
			}
			r.list = append(r.list, v)
		}
		return r, true
	}
	return r, false
}

// rangeEnd reads one end of a range: nil for MINVALUE and MAXVALUE, which the
// parser leaves as column references.
func rangeEnd(n *pg_query.Node) (*constant, bool) {
	if ref := n.GetColumnRef(); ref != nil {
		name := lastName(ref.GetFields())
		return nil, name == "minvalue" || name == "maxvalue"
	}
	if d := n.GetPartitionRangeDatum(); d != nil {
		if d.GetKind() != pg_query.PartitionRangeDatumKind_PARTITION_RANGE_DATUM_VALUE {
			return nil, true
		}
		n = d.GetValue()
	}
	v, ok := constantOf(n)
	return &v, ok
}

// provesBound says whether a table's constraints prove the bound that it gets
// as a partition of the parent, and those of the parent's own parents.
func (a *analysis) provesBound(table catalog.Name, parent *catalog.Table, spec *pg_query.PartitionBoundSpec) bool {
	for depth := 0; depth < 32 && parent != nil; depth++ {
		if !a.provesOneBound(table, parent, spec) {
			return false
		}
		if parent.PartitionOf == nil {
			return true
		}
		spec, parent = parent.PartitionBound, a.catalog.Table(*parent.PartitionOf)
	}
	return false
}

func (a *analysis) provesOneBound(table catalog.Name, parent *catalog.Table, spec *pg_query.PartitionBoundSpec) bool {
	if spec.GetIsDefault() {
		return len(parent.Children) == 0 // else it excludes what the others take
	}
	b, ok := readBound(parent, spec)
	if !ok {
		return false
	}
	if !b.hasNull && !a.provesNotNull(table, b.column, nil) {
		return false
	}
	if b.isList {
		return a.checksProve(table, b.column, func(t test) bool {
			return t.operator == "is null" && b.hasNull || (t.operator == "=" || t.operator == "in") && !slices.ContainsFunc(t.values, func(v constant) bool {
				return !slices.ContainsFunc(b.list, v.equals)
			})
		})
	}
	return (b.lower == nil || a.checksProve(table, b.column, b.above)) &&
		(b.upper == nil || a.checksProve(table, b.column, b.beneath))
}

// checksProve says whether some CHECK of the table proves what the function
// looks for among the tests of a column.
func (a *analysis) checksProve(table catalog.Name, column string, proves func(test) bool) bool {
	t := a.catalog.Table(table)
	if t == nil {
		return false
	}
	for _, k := range t.Constraints {
		if holds(k) && implies(k.Expr, false, func(n *pg_query.Node, negated bool) bool {
			if e := n.GetAExpr(); e.GetKind() == pg_query.A_Expr_Kind_AEXPR_BETWEEN && !negated && isColumn(e.GetLexpr(), column) {
				ends := e.GetRexpr().GetList().GetItems()
				low, lowOK := constantOf(ends[0])
				high, highOK := constantOf(ends[1])
				return lowOK && proves(test{">=", []constant{low}}) || highOK && proves(test{"<=", []constant{high}})
			}
			t, ok := readTest(n, column, negated)
			return ok && proves(t)
		}) {
			return true
		}
	}
	return false
}

// excludesBound says whether the default partition's constraints say that no
// row belongs into the new partition.
func (a *analysis) excludesBound(table catalog.Name, parent *catalog.Table, spec *pg_query.PartitionBoundSpec) bool {
	b, ok := readBound(parent, spec)
	if !ok {
		return false
	}
	if b.hasNull && !a.provesNotNull(table, b.column, nil) {
		return false
	}
	if !b.isList {
		return a.checksProve(table, b.column, b.excludes)
	}
	for _, v := range b.list {
		excluded := a.checksProve(table, b.column, func(t test) bool {
			switch t.operator {
			case "is null":
				return true
			case "=", "in":
				return len(t.values) > 0 && !slices.ContainsFunc(t.values, func(w constant) bool { return !v.differs(w) })
			case "<>", "not in":
				return slices.ContainsFunc(t.values, v.equals)
			}
			return false
		})
		if !excluded {
			return false
		}
	}
	return true
}
