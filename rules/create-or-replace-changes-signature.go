package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var createOrReplaceChangesSignature = &lint.Rule{
	Name:     "create-or-replace-changes-signature",
	Doc:      page("create-or-replace-changes-signature"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		switch n := p.Statement.Node.GetNode().(type) {
		case *pg_query.Node_ViewStmt:
			if n.ViewStmt.Replace {
				replacesView(p, p.Catalog.Resolve(n.ViewStmt.View))
			}
		case *pg_query.Node_CreateFunctionStmt:
			now, old := p.Catalog.Replaces(n.CreateFunctionStmt)
			if !n.CreateFunctionStmt.Replace || old == nil || old.Doubted {
				return nil
			}
			kind := "FUNCTION"
			if now.Procedure {
				kind = "PROCEDURE"
			}
			if state, why := functionChange(p.Catalog, old, now); why != "" {
				p.Report(lint.Diagnostic{
					Range:   mention(p.Statement, now.Name.Name),
					Fails:   state,
					Message: fmt.Sprintf("CREATE OR REPLACE %s %s fails with %s: %s", kind, now.Name, state, why),
					Instead: &lint.Instead{Message: "give the new one another name, or DROP the old one and CREATE the new one in one transaction"},
				})
			}
		}
		return nil
	},
}

func replacesView(p *lint.Pass, name catalog.Name) {
	old := p.Catalog.Table(name)
	if old == nil || old.Doubted || old.Origin.Maybe && old.Kind != catalog.View {
		return
	}
	state, why := "42809", fmt.Sprintf("%s is no view", name)
	if old.Kind == catalog.View {
		p.Catalog.After(p.Statement, func() { state, why = "42P16", viewChange(p.Catalog, old, p.Catalog.Table(name)) })
	} else if !old.Complete {
		return
	}
	if why != "" {
		p.Report(lint.Diagnostic{
			Range:   mention(p.Statement, name.Name),
			Fails:   state,
			Message: fmt.Sprintf("CREATE OR REPLACE VIEW %s fails with %s: %s", name, state, why),
			Instead: &lint.Instead{Message: "keep the columns as they are and append new ones, or DROP the view and CREATE it in one transaction"},
		})
	}
}

// viewChange says what PostgreSQL refuses about a view's new columns; "" if
// nothing is known.
func viewChange(c *catalog.Catalog, old, now *catalog.Table) string {
	for i, was := range old.Columns {
		if i >= len(now.Columns) {
			if !now.Complete {
				return ""
			}
			return fmt.Sprintf("it drops the column %s", quoted(was.Name))
		}
		is := now.Columns[i]
		switch {
		case !old.Complete || !now.Complete:
			return ""
		case was.Name != is.Name:
			return fmt.Sprintf("its column %d is %s now, not %s", i+1, quoted(is.Name), quoted(was.Name))
		case c.SameType(was.Type, is.Type) == catalog.No || c.SameType(was.Type, is.Type) == catalog.Yes && was.Type.String() != is.Type.String():
			return fmt.Sprintf("its column %s is %s now, not %s", quoted(is.Name), is.Type, was.Type)
		}
	}
	return ""
}

// functionChange says what PostgreSQL refuses about a function that takes
// another one's place, and with which SQLSTATE; "" if nothing is known.
func functionChange(c *catalog.Catalog, old, now *catalog.Function) (state, why string) {
	if old.Procedure != now.Procedure {
		is := "a function"
		if old.Procedure {
			is = "a procedure"
		}
		return "42809", fmt.Sprintf("the old one is %s", is)
	}
	if why = resultChange(c, old, now); why == "" {
		why = inputChange(old, now)
	}
	return "42P13", why
}

func resultChange(c *catalog.Catalog, old, now *catalog.Function) string {
	switch {
	case now.Procedure && (len(old.Outputs) > 0) != (len(now.Outputs) > 0):
		return "one of the two has output parameters, and the other has none"
	case old.SetOf != now.SetOf || c.SameType(old.Returns, now.Returns) == catalog.No:
		return fmt.Sprintf("it returns %s, and the old one %s", resultOf(now), resultOf(old))
	case c.SameType(old.Returns, catalog.Type{Name: "record"}) != catalog.Yes:
		return ""
	case len(old.Outputs) != len(now.Outputs):
		return fmt.Sprintf("its result has %d columns, and that of the old one %d", len(now.Outputs), len(old.Outputs))
	}
	for i, was := range old.Outputs {
		is := now.Outputs[i]
		if was.Name != is.Name {
			return fmt.Sprintf("its result has the column %s, and that of the old one %s", quoted(is.Name), quoted(was.Name))
		}
		if c.SameType(was.Type, is.Type) == catalog.No {
			return fmt.Sprintf("the column %s of its result is %s, and that of the old one %s", quoted(is.Name), is.Type, was.Type)
		}
	}
	return ""
}

func resultOf(f *catalog.Function) string {
	if f.SetOf {
		return "SETOF " + f.Returns.String()
	}
	return f.Returns.String()
}

// inputChange says which parameter lost its name or its default. One that had
// no name may get one.
func inputChange(old, now *catalog.Function) string {
	for i, was := range old.Inputs {
		switch is := now.Inputs[i]; {
		case was.Name != "" && is.Name == "":
			return fmt.Sprintf("it takes the name of the parameter %s away", quoted(was.Name))
		case was.Name != "" && is.Name != was.Name:
			return fmt.Sprintf("it renames the parameter %s to %s", quoted(was.Name), quoted(is.Name))
		}
	}
	for i, was := range old.Inputs {
		if was.Default && !now.Inputs[i].Default {
			if was.Name == "" {
				return fmt.Sprintf("it takes the DEFAULT of parameter %d away", i+1)
			}
			return fmt.Sprintf("it takes the DEFAULT of the parameter %s away", quoted(was.Name))
		}
	}
	return ""
}
