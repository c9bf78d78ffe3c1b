package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var securityDefinerWithoutSearchPath = &lint.Rule{
	Name:     "security-definer-without-search-path",
	Doc:      page("security-definer-without-search-path"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetCreateFunctionStmt()
		// A body of SQL, not a string, is bound when it is created.
		if create == nil || create.SqlBody != nil || !slices.ContainsFunc(create.Options, isSecurityDefiner) || slices.ContainsFunc(create.Options, setsSearchPath) {
			return nil
		}
		name := tree.Last(create.Funcname)
		if slices.ContainsFunc(p.Following(), func(s *migration.Statement) bool {
			alter := s.Node.GetAlterFunctionStmt()
			return alter != nil && tree.Last(alter.Func.Objname) == name && slices.ContainsFunc(alter.Actions, setsSearchPath)
		}) {
			return nil
		}
		p.Report(lint.Diagnostic{
			Range:   mention(p.Statement, name),
			Message: fmt.Sprintf("%s runs with its owner's rights and its caller's search_path, which decides what its names mean", name),
			Instead: &lint.Instead{Message: "add SET search_path = '' and qualify names in the body"},
		})
		return nil
	},
}

func isSecurityDefiner(n *pg_query.Node) bool {
	return n.GetDefElem().GetDefname() == "security" && n.GetDefElem().Arg.GetBoolean().GetBoolval()
}

func setsSearchPath(n *pg_query.Node) bool {
	return n.GetDefElem().GetDefname() == "set" && n.GetDefElem().Arg.GetVariableSetStmt().GetName() == "search_path"
}
