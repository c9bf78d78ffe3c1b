package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
)

var lockTimeoutIneffective = &lint.Rule{
	Name:     "lock-timeout-ineffective",
	Doc:      page("lock-timeout-ineffective"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		set := p.Statement.Node.GetVariableSetStmt()
		if set == nil || !set.IsLocal || set.Name != "lock_timeout" && set.Name != "statement_timeout" {
			return nil
		}
		problem, _ := p.Session.Misplaced(p.Statement, p.Server)
		if problem == "" {
			return nil
		}
		local, _ := p.Statement.Find(p.Statement.Pos, "LOCAL")
		p.Report(lint.Diagnostic{
			Message: fmt.Sprintf("SET LOCAL %s %s", set.Name, problem),
			Instead: p.Instead("set it for the session", lint.Step{Statements: []string{edited(p.Statement, without(p.Statement, local))}, NoTransaction: true}),
		})
		return nil
	},
}
