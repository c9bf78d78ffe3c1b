package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// outliving are the parameters that change what later statements mean, with
// the values that change nothing.
var outliving = map[string][]string{
	"role":                  {"none"},
	"search_path":           {"public", "$user, public"},
	"session_authorization": {},
}

var setOutlivesMigration = &lint.Rule{
	Name:     "set-outlives-migration",
	Doc:      page("set-outlives-migration"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		if p.Migration.Runner.FreshSession {
			return nil
		}
		for _, s := range lock.Settings(p.Statement) {
			usual, outlives := outliving[s.Name]
			if !outlives || s.Local || s.Reset || s.Known && slices.Contains(usual, strings.ToLower(s.Text)) || setAgain(p, s.Name) {
				continue
			}
			by := p.Migration.Runner.Name + "'s own records and for the migrations that follow in its session"
			if p.Migration.Runner.QualifiesRecords && s.Name == "search_path" {
				by = "the migrations that follow in its session"
			}
			p.Report(lint.Diagnostic{
				Message: fmt.Sprintf("%s stays set when the migration ends, for %s", s.Name, by),
				Instead: &lint.Instead{Message: fmt.Sprintf("qualify names, or put RESET %s at the end of the migration", s.Name)},
			})
		}
		return nil
	},
}

// setAgain reports whether a later statement of the migration sets a parameter
// for the session.
func setAgain(p *lint.Pass, name string) bool {
	return slices.ContainsFunc(p.Following(), func(st *migration.Statement) bool {
		return slices.ContainsFunc(lock.Settings(st), func(s lock.Setting) bool {
			return !s.Local && (s.Name == name || s.Name == "")
		})
	})
}
