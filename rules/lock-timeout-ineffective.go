package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var lockTimeoutIneffective = &lint.Rule{
	Name:     "lock-timeout-ineffective",
	Doc:      page("lock-timeout-ineffective"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		for _, setting := range lock.TimeoutSettings(p.Statement) {
			if _, err := lock.ParseTimeout(setting.Text); err != nil && setting.Known {
				p.Report(lint.Diagnostic{
					Message:  fmt.Sprintf("PostgreSQL refuses the value of %s: %s", setting.Name, err),
					Severity: lint.Error,
				})
				continue
			}
			problem, _ := p.Session.Misplaced(p.Statement, p.Server)
			if !setting.Local || problem == "" {
				continue
			}
			d := lint.Diagnostic{Message: fmt.Sprintf("set_config of %s until the end of the transaction %s", setting.Name, problem)}
			set := "SET " + setting.Name + " = '5s'"
			if local, ok := p.Statement.Find(p.Statement.Pos, "LOCAL"); ok && p.Statement.Node.GetVariableSetStmt() != nil {
				d.Message = fmt.Sprintf("SET LOCAL %s %s", setting.Name, problem)
				set = edited(p.Statement, without(p.Statement, local))
			}
			d.Instead = p.Instead("set it for the session", lint.Step{Statements: []string{set}, NoTransaction: true})
			p.Report(d)
		}
		return nil
	},
}
