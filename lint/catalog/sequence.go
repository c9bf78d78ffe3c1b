package catalog

import (
	"strconv"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/tree"
)

func (c *Catalog) createSequence(s *pg_query.CreateSeqStmt) {
	n := c.newName(s.GetSequence())
	if n.Name == "" || s.GetIfNotExists() && c.HasRelation(n) {
		return
	}
	c.forget(n)
	sequence := &Sequence{Name: n, Type: "int8", Origin: c.origin()}
	sequence.Origin.Maybe = s.GetIfNotExists()
	c.setSequence(sequence)
	c.sequenceOptions(n, s.GetOptions())
}

func (c *Catalog) alterSequence(s *pg_query.AlterSeqStmt) {
	n := c.Resolve(s.GetSequence())
	if n.Name == "" || c.sequences[n] == nil && s.GetMissingOk() {
		return
	}
	c.sequenceOptions(n, s.GetOptions())
}

// sequenceOptions executes AS, START, RESTART and OWNED BY among a sequence's options.
func (c *Catalog) sequenceOptions(n Name, options []*pg_query.Node) {
	for _, o := range options {
		sequence := Sequence{Name: n}
		if old := c.sequences[n]; old != nil {
			sequence = *old
		}
		switch o.GetDefElem().GetDefname() {
		case "start", "restart":
			sequence.Start = number(o.GetDefElem().GetArg())
		case "as":
			sequence.Type = c.TypeOf(o.GetDefElem().GetArg().GetTypeName()).Name
		case "owned_by":
			sequence.OwnedBy, sequence.Column = Name{}, "" // OWNED BY NONE
			if names := o.GetDefElem().GetArg().GetList().GetItems(); len(names) > 1 {
				sequence.OwnedBy, sequence.Column = c.ResolveList(names[:len(names)-1]), tree.Last(names)
			}
		default:
			continue
		}
		c.setSequence(&sequence)
	}
}

// number reads an integer of an option; those of more than 32 bits are written
// as floats.
func number(n *pg_query.Node) int64 {
	if text := n.GetFloat().GetFval(); text != "" {
		value, _ := strconv.ParseInt(text, 10, 64)
		return value
	}
	return int64(n.GetInteger().GetIval())
}
