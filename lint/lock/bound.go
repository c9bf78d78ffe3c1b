package lock

import (
	"math/big"
	"slices"
	"strings"
	"time"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
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
	if e := n.GetAExpr(); e != nil && e.GetLexpr() == nil && tree.Last(e.GetName()) == "-" {
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

// Tests that prove something about the column's value.

func isNullTest(t test) bool { return t.operator == "is null" }

func (c constant) equalTo(t test) bool {
	return (t.operator == "=" || t.operator == "in") && all(t.values, c.equals)
}

// notEqualTo: no value that passes the test is the constant.
func (c constant) notEqualTo(t test) bool {
	switch t.operator {
	case "=", "in":
		return all(t.values, c.differs)
	case "<>", "not in":
		return slices.ContainsFunc(t.values, c.equals)
	}
	return c.above(t) || c.strictlyBelow(t)
}

// atOrAbove: every value that passes the test is at or above the constant.
func (c constant) atOrAbove(t test) bool {
	switch t.operator {
	case "=", "in":
		return all(t.values, func(v constant) bool { return atLeast(v, c) })
	case ">=", ">":
		return atLeast(t.values[0], c)
	}
	return false
}

// strictlyBelow: every value that passes the test is below the constant.
func (c constant) strictlyBelow(t test) bool {
	switch t.operator {
	case "=", "in":
		return all(t.values, func(v constant) bool { return less(v, c) })
	case "<":
		return atLeast(c, t.values[0])
	case "<=":
		return less(t.values[0], c)
	}
	return false
}

// above: every value that passes the test is above the constant.
func (c constant) above(t test) bool {
	switch t.operator {
	case ">":
		return atLeast(t.values[0], c)
	case ">=":
		return less(c, t.values[0])
	}
	return false
}

// all says whether there are values and each is so.
func all(values []constant, so func(constant) bool) bool {
	return len(values) > 0 && !slices.ContainsFunc(values, func(v constant) bool { return !so(v) })
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
	column       string
	lower, upper *constant  // of a range, from lower on and below upper; nil is unbounded
	list         []constant // of a list
	isList       bool
	hasNull      bool // the list has NULL
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
		name := tree.Last(ref.GetFields())
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
		var goals []goal
		for _, v := range b.list {
			goals = append(goals, goal{v.equalTo})
		}
		if b.hasNull {
			goals = append(goals, goal{isNullTest})
		}
		return a.checksProve(table, b.column, goals...)
	}
	return (b.lower == nil || a.checksProve(table, b.column, goal{b.lower.atOrAbove})) &&
		(b.upper == nil || a.checksProve(table, b.column, goal{b.upper.strictlyBelow}))
}

// checksProve says whether some CHECK of the table proves one of the goals.
func (a *analysis) checksProve(table catalog.Name, column string, goals ...goal) bool {
	t := a.catalog.Table(table)
	return t != nil && slices.ContainsFunc(t.Constraints, func(k *catalog.Constraint) bool {
		return holds(k) && provesAny(k.Expr, false, column, goals)
	})
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
	goals := []goal{{isNullTest}}
	if b.isList {
		var others goal
		for _, v := range b.list {
			others = append(others, v.notEqualTo)
		}
		return len(b.list) == 0 || a.checksProve(table, b.column, append(goals, others)...)
	}
	if b.lower != nil {
		goals = append(goals, goal{b.lower.strictlyBelow})
	}
	if b.upper != nil {
		goals = append(goals, goal{b.upper.atOrAbove})
	}
	return a.checksProve(table, b.column, goals...)
}
