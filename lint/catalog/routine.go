package catalog

import (
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint/migration"
)

// AllFunctions returns every user-defined function, sorted by name.
func (c *Catalog) AllFunctions() []*Function {
	var list []*Function
	for _, name := range c.functionNames() {
		list = append(list, c.functions[name]...)
	}
	return list
}

// IsTrigger reports whether the function can be called by triggers only.
func (f *Function) IsTrigger() bool { return f.Returns.Name == "trigger" && f.Returns.Schema == "" }

// TriggeredTables returns the tables with a trigger that calls the function, sorted.
func (c *Catalog) TriggeredTables(f Name) []Name { return c.triggerUses.of(f) }

// BodyUses returns what the body of a function, a string in SQL or PL/pgSQL, would
// use if it were called now. PostgreSQL keeps the string as it is, whatever
// becomes of the names in it.
func (c *Catalog) BodyUses(f *Function) []Use {
	if f.Definition == nil {
		return nil
	}
	return c.routineUses(f.Definition, f.Parameters, f.Path, c.triggerUses.of(f.Name))
}

// DefinitionUses does the same for a CREATE FUNCTION that is not executed.
func (c *Catalog) DefinitionUses(s *migration.Statement) []Use {
	return c.routineUses(s, parameterNames(s.Node.GetCreateFunctionStmt()), nil, nil)
}

// PlaceInBody returns the offset, in the text of a function's definition, of the
// first place where its body has a use of BodyUses; -1 where that is not known.
func (c *Catalog) PlaceInBody(f *Function, use Use) int {
	text, routine, at := f.Definition.Text(), f.Definition.Routine(), -1
	start := max(0, strings.Index(text, f.Body))
	c.inRoutine(routine, f.Parameters, f.Path, func(i int, u Use) {
		location := u.Location
		u.Location = use.Location
		if at < 0 && u == use {
			if at = routine.Sources[i].In(text[start:], location); at >= 0 {
				at += start
			}
		}
	})
	return at
}

// inRoutine calls found with each use in a body, and the number of its statement.
func (c *Catalog) inRoutine(routine *migration.Routine, parameters, path []string, found func(statement int, u Use)) {
	variables := slices.Concat(parameters, routine.Variables)
	c.WithPath(path, func() {
		for i, n := range routine.Statements {
			for _, u := range c.Uses(n, variables...) {
				found(i, u)
			}
		}
	})
}

func (c *Catalog) routineUses(s *migration.Statement, parameters, path []string, triggered []Name) (uses []Use) {
	routine := s.Routine()
	if routine == nil {
		return nil
	}
	c.inRoutine(routine, parameters, path, func(_ int, u Use) {
		u.Location = -1 // of a text that is not the file's
		uses = append(uses, u)
	})
	body := strings.ToLower(s.Text())
	// A function of several tables may tell them apart.
	sure := len(triggered) == 1 || !strings.Contains(body, "tg_table_name") && !strings.Contains(body, "tg_relid") && !strings.Contains(body, "tg_argv")
	for _, table := range triggered {
		for _, field := range routine.RowFields {
			uses = append(uses, Use{Name: table, Column: field, Row: true, Sure: sure, Location: -1})
		}
	}
	return uses
}
