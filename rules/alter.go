package rules

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// command is one command of an ALTER TABLE.
type command struct {
	*pg_query.AlterTableCmd
	migration.Range
	Number  int
	Table   catalog.Name
	Effects []lock.Effect // of this command, on tables with traffic

	pass *lint.Pass
	sure bool // there is such a table, whatever IF EXISTS says
}

// commands returns the commands of the pass's ALTER TABLE, nil for other statements.
func commands(p *lint.Pass) []command {
	alter := p.Statement.Node.GetAlterTableStmt()
	if alter == nil || alter.Objtype != pg_query.ObjectType_OBJECT_TABLE {
		return nil
	}
	type key struct{}
	return p.Memo(key{}, func() any { return readCommands(p, alter) }).([]command)
}

func readCommands(p *lint.Pass, alter *pg_query.AlterTableStmt) []command {
	ranges := p.Statement.Commands()
	if len(ranges) != len(alter.Cmds) {
		return nil
	}
	existing := p.Existing()
	table := p.Catalog.Resolve(alter.Relation)
	list := make([]command, len(alter.Cmds))
	for i, c := range alter.Cmds {
		list[i] = command{AlterTableCmd: c.GetAlterTableCmd(), Range: ranges[i], Number: i, Table: table, pass: p}
	}
	for _, e := range existing {
		if e.Command < len(list) {
			list[e.Command].Effects = append(list[e.Command].Effects, e)
		}
	}
	return list
}

// Text returns the command as written.
func (c command) Text() string {
	s := c.pass.Statement
	return s.TextOf(c.Range)
}

// Alone returns an ALTER TABLE of the same table with another command, "" for
// this one as written.
func (c command) Alone(text string) string {
	if text == "" {
		text = c.Text()
	}
	s := c.pass.Statement
	first := s.Commands()[0].Pos
	above := s.Text()[:first-s.Pos]
	if exists, ok := s.Find(s.Pos, "IF", "EXISTS"); ok && c.sure && exists.End <= first {
		above = s.Text()[:exists.Pos-s.Pos] + strings.TrimLeft(s.Text()[exists.End-s.Pos:first-s.Pos], " \t\r\n")
	}
	return strings.TrimRight(above, " \t\r\n") + " " + text
}

// Surely returns the command for drafts in which a step relies on what one
// before has added: of a table that IF EXISTS does not find nothing is added.
func (c command) Surely() command {
	c.sure = c.pass.Catalog.Table(c.Table) == nil
	return c
}

// Works returns the command's effects that block writes while they do work. A
// scan that fails at the first row is none.
func (c command) Works(work lock.Work) []lock.Effect {
	var effects []lock.Effect
	for _, e := range c.Effects {
		if e.Work == work && e.Mode.BlocksWrites() && e.GrowsWithTable() {
			effects = append(effects, e)
		}
	}
	return effects
}

// Constraint returns the constraint that the command adds to the table, or
// with its column, of a kind; nil if it adds none.
func (c command) Constraint(kind pg_query.ConstrType) *pg_query.Constraint {
	switch c.Subtype {
	case pg_query.AlterTableType_AT_AddConstraint:
		if constraint := c.Def.GetConstraint(); constraint.GetContype() == kind {
			return constraint
		}
	case pg_query.AlterTableType_AT_AddColumn:
		for _, n := range c.Def.GetColumnDef().GetConstraints() {
			if constraint := n.GetConstraint(); constraint.GetContype() == kind {
				return constraint
			}
		}
	}
	return nil
}

// Newer returns the form of the kind, newer than the parser's grammar, that the
// command has.
func (c command) Newer(kind migration.Form) (migration.NewerForm, bool) {
	for _, form := range c.pass.Statement.Newer {
		if form.Form == kind && form.Pos >= c.Pos && form.End <= c.End {
			return form, true
		}
	}
	return migration.NewerForm{}, false
}

// AddsColumn reports whether the command adds a column: ADD COLUMN, unless IF
// NOT EXISTS finds it.
func (c command) AddsColumn() bool {
	if c.Subtype != pg_query.AlterTableType_AT_AddColumn {
		return false
	}
	t := c.pass.Catalog.Table(c.Table)
	return !c.MissingOk || t == nil || t.Column(c.Def.GetColumnDef().GetColname()) == nil
}

// Takes says which lock the works are done under and what that blocks until
// they are done, as the middle of a message. The works of a partitioned table
// are those of its partitions.
func (c command) Takes(works []lock.Effect) string {
	e := works[0]
	tables := andBelow{catalog: c.pass.Catalog}
	for _, own := range c.Effects {
		if own.Implied && own.Mode.BlocksWrites() {
			tables.add(own)
		}
	}
	below := tables.under(c.Table)
	switch {
	case e.Relation == c.Table && below == "":
		return takesUntil(e, e.Relation.String())
	case below != "":
	case c.Partitioned():
		below = "its partitions"
	default:
		below = "the tables below it"
	}
	on := c.Table.String() + " and "
	for _, own := range c.Effects {
		if own.Relation == c.Table && own.Mode > e.Mode {
			on += aLock(e.Mode) + " on "
			e.Mode = own.Mode
		}
	}
	return takesUntil(e, on+below)
}

// Partitioned reports whether the command's table is known to be partitioned.
func (c command) Partitioned() bool {
	t := c.pass.Catalog.Table(c.Table)
	return t != nil && t.Kind == catalog.PartitionedTable
}

// Report reports a finding about works: a warning where nobody knows whether
// they are done, or the table is small.
func (c command) Report(works []lock.Effect, d lint.Diagnostic) {
	d.Range = c.Range
	if works[0].Unknown != "" || !c.pass.Large(c.Table) {
		d.Severity = lint.Warning
	}
	if d.Effects == nil {
		d.Effects = works
	}
	c.pass.Report(d)
}

// earlierCommand reports whether an earlier statement of the migration has a command,
// on the table of this one, that is one of those that are meant.
func earlierCommand(c command, is func(*pg_query.AlterTableCmd) bool) bool {
	return slices.ContainsFunc(c.pass.Preceding(), func(s *migration.Statement) bool {
		alter := s.Node.GetAlterTableStmt()
		return alter != nil && c.pass.Catalog.Resolve(alter.Relation) == c.Table && slices.ContainsFunc(alter.Cmds, func(n *pg_query.Node) bool {
			return is(n.GetAlterTableCmd())
		})
	})
}

// laterCommand reports whether another command of the statement or the rest of
// the migration, on the column of this one, is one of those that are meant, or
// drops its table.
func laterCommand(p *lint.Pass, c command, is func(*pg_query.AlterTableCmd) bool) bool {
	for i, s := range p.Remaining() {
		if alter := s.Node.GetAlterTableStmt(); alter != nil && p.Catalog.Resolve(alter.Relation) == c.Table {
			for j, n := range alter.Cmds {
				cmd := n.GetAlterTableCmd()
				if (i > 0 || j != c.Number) && cmd.Name == c.Name && is(cmd) {
					return true
				}
			}
		}
		if drops(p.Catalog, s.Node, pg_query.ObjectType_OBJECT_TABLE, c.Table) {
			return true
		}
	}
	return false
}
