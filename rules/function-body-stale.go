package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var functionBodyStale = &lint.Rule{
	Name:     "function-body-stale",
	Doc:      page("function-body-stale"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		clause := takesAway(p.Statement.Node)
		if clause == "" || p.Migration.Direction == migration.Down {
			return nil
		}
		if clause == "ADD COLUMN" {
			clause = "DROP COLUMN" // by another command of the same ALTER TABLE
		}
		for _, s := range staleBodies(p) {
			s.report(p, clause+kindIn(p.Statement))
		}
		return nil
	},
}

// bodyUse is a use in the body of a function.
type bodyUse struct {
	catalog.Use
	function *catalog.Function
	trigger  catalog.Name // the table of its trigger, for a trigger's function
	// overloaded: the migration creates a function of the name with other parameters.
	overloaded bool
}

// staleBodies finds what the statement takes away that bodies of functions use:
// what is not there after it, nor at the end of the migration, when the function
// still is.
func staleBodies(p *lint.Pass) []bodyUse {
	c := p.Catalog
	names := namesTaken(p)
	var candidates []bodyUse
	for _, f := range c.AllFunctions() {
		body := strings.ToLower(f.Body)
		if body == "" || f.Doubted || f.Name.Schema == "pg_temp" || names != nil && !slices.ContainsFunc(names, func(name string) bool { return strings.Contains(body, strings.ToLower(name)) }) {
			continue
		}
		for _, u := range c.BodyUses(f) {
			if u.Sure && !u.Star && (known(c, u) || namedBy(p, u)) {
				candidates = append(candidates, bodyUse{Use: u, function: f})
			}
		}
	}
	stale := func() (list []bodyUse) {
		for _, u := range candidates {
			// A column goes with its table, which is what is reported then, and a
			// field of NEW with the table's trigger.
			if !known(c, u.Use) && (u.Column == "" || c.Table(u.Name) != nil) && (!u.Row || slices.Contains(c.TriggeredTables(u.function.Name), u.Name)) {
				list = append(list, u)
			}
		}
		return list
	}
	if len(candidates) == 0 {
		return nil
	}
	c.After(p.Statement, func() { candidates = stale() })
	if len(candidates) == 0 {
		return nil
	}
	c.AfterAll(p.Remaining(), func() {
		candidates = slices.DeleteFunc(stale(), func(u bodyUse) bool { return !current(p, u.function) })
		for i, u := range candidates {
			candidates[i].overloaded = slices.ContainsFunc(c.AllFunctions(), func(f *catalog.Function) bool {
				return f.Name == u.function.Name && f.Definition != u.function.Definition && slices.Contains(p.Remaining(), f.Definition)
			})
			switch tables := c.TriggeredTables(u.function.Name); {
			case u.Row:
				candidates[i].trigger = u.Name
			case u.function.IsTrigger() && len(tables) > 0:
				candidates[i].trigger = tables[0]
			}
		}
	})
	return candidates
}

// current reports whether the catalog has the function with the same definition,
// and something may call it: a trigger, if it is a trigger's function. Text that
// nobody analysed may have replaced it.
func current(p *lint.Pass, f *catalog.Function) bool {
	if f.IsTrigger() && len(p.Catalog.TriggeredTables(f.Name)) == 0 {
		return false
	}
	for _, g := range p.Migration.Gaps {
		if !g.Harmless && strings.Contains(string(p.Migration.FileOf(g).Source[g.Pos:g.End]), f.Name.Name) {
			return false
		}
	}
	return slices.ContainsFunc(p.Catalog.AllFunctions(), func(now *catalog.Function) bool { return now.Definition == f.Definition })
}

// namesTaken are the names of which a function's body must have one to go stale by
// the statement; nil for any.
func namesTaken(p *lint.Pass) []string {
	var names []string
	n := p.Statement.Node
	for _, c := range commands(p) {
		if c.Subtype == pg_query.AlterTableType_AT_DropColumn {
			names = append(names, c.Name)
		}
	}
	if r := n.GetRenameStmt(); r != nil {
		names = append(names, r.Subname, r.Relation.GetRelname(), tree.Last(r.Object.GetObjectWithArgs().GetObjname()))
	}
	if s := n.GetAlterObjectSchemaStmt(); s != nil {
		names = append(names, s.Relation.GetRelname(), tree.Last(s.Object.GetObjectWithArgs().GetObjname()))
	}
	for _, o := range n.GetDropStmt().GetObjects() {
		name := tree.Last(o.GetList().GetItems()) + tree.Last(o.GetObjectWithArgs().GetObjname())
		if name == "" || n.GetDropStmt().Behavior == pg_query.DropBehavior_DROP_CASCADE {
			return nil
		}
		names = append(names, name)
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

// report reports a stale body, each once for each object.
func (u bodyUse) report(p *lint.Pass, clause string) {
	b := broken{name: u.Name, column: u.Column, command: commandOf(p, u.Name, u.Column)}
	state := "42P01"
	switch {
	case u.Function:
		state = "42883"
	case u.Column != "":
		state = "42703"
	}
	when := "when it uses it next"
	if u.trigger.Name != "" {
		when = "when its trigger on " + u.trigger.String() + " fires next"
	}
	d := lint.Diagnostic{
		Range:   b.where(p),
		Message: fmt.Sprintf("%s of %s leaves the body of the function %s as it is, which fails with %s %s", clause, b.object(), u.function.Name, state, when),
		Instead: &lint.Instead{Message: "replace the function in the same migration"},
	}
	switch {
	case u.overloaded:
		d.Instead.Message = "drop it in the same migration: CREATE OR REPLACE FUNCTION with other parameters makes a second function"
	case slices.ContainsFunc(p.Remaining(), u.missedBy):
		d.Instead.Message = "drop it with its own parameters: the DROP FUNCTION of the migration names others"
	}
	if o := u.function.Origin; o.Statement != nil {
		s := u.function.Definition
		last := u.Name.Name
		if u.Column != "" {
			last = u.Column
		}
		from := p.Catalog.PlaceInBody(u.function, u.Use)
		if from < 0 {
			from = strings.Index(s.Text(), u.function.Body)
		}
		d.Related = []lint.Related{{Range: mentionInBody(s, from, last), File: s.File(), Message: "uses " + b.object()}}
	}
	p.Report(d)
}

// missedBy reports whether a statement drops a function of the name: another one, or none.
func (u bodyUse) missedBy(s *migration.Statement) bool {
	drop := s.Node.GetDropStmt()
	return objectKinds[drop.GetRemoveType()].class == functions && slices.ContainsFunc(drop.GetObjects(), func(o *pg_query.Node) bool {
		return tree.Last(o.GetObjectWithArgs().GetObjname()) == u.function.Name.Name
	})
}

// mentionInBody is the first identifier of the name from an offset in a function's
// definition on, or the first line of the definition.
func mentionInBody(s *migration.Statement, from int, name string) migration.Range {
	if from < 0 {
		return firstLine(s)
	}
	for _, t := range migration.Scan([]byte(s.Text()[from:]), s.Pos+from) {
		text := strings.Trim(s.TextOf(t.Range), `"`)
		if (t.Kind == migration.Identifier && strings.EqualFold(text, name)) || t.Kind == migration.QuotedIdentifier && text == name {
			return t.Range
		}
	}
	return firstLine(s)
}
