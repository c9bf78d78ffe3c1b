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
		for _, s := range lock.Settings(p.Statement) {
			if d, ok := mayNotRecord(p, s); ok {
				p.Report(d)
				continue
			}
			if p.Migration.Runner.FreshSession {
				continue
			}
			if p.Migration.Runner.ResetsSettings && s.Name == "search_path" {
				continue
			}
			if d, ok := hidesRecords(p, s); ok {
				p.Report(d)
				continue
			}
			usual, outlives := outliving[s.Name]
			if !outlives || s.Local || s.Reset || s.Known && slices.Contains(usual, strings.ToLower(s.Text)) || setAgain(p, s.Name) {
				continue
			}
			by := p.Migration.Runner.Name + "'s own records and for the migrations that follow in its session"
			runner := p.Migration.Runner
			if s.Name == "search_path" && (runner.QualifiesRecords || runner.EmptyPathIsPublic && s.Known && s.Text == "") {
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

// hidesRecords returns the finding about a search_path, perhaps of the transaction
// only, on which the tool does not find the table of its records when the migration
// ends.
func hidesRecords(p *lint.Pass, s lock.Setting) (d lint.Diagnostic, ok bool) {
	runner := p.Migration.Runner
	if runner.RecordsOnPath == "" || s.Name != "search_path" || s.Reset || !s.Known {
		return d, false
	}
	if s.Local && p.Session.Block() != lock.RunnerBlock || setsLater(p, func(later lock.Setting) bool { return later.Name == s.Name || later.Name == "" }) {
		return d, false
	}
	for _, schema := range strings.Split(s.Text, ",") {
		if name := strings.Trim(schema, ` "'`); name == "public" || name == "$user" {
			return d, false
		}
	}
	d = lint.Diagnostic{
		Message: fmt.Sprintf("search_path is %s when %s records the migration, which fails with 42P01 unless the table %s is there", s.Text, runner.Name, runner.RecordsOnPath),
		Instead: &lint.Instead{Message: "qualify names, or put SET search_path = public at the end of the migration"},
	}
	if strings.Trim(s.Text, ` "'`) == "" {
		d.Severity = lint.Error
		d.Message = fmt.Sprintf("search_path is empty when %s records the migration, which fails with 42P01 unless the table %s is set up with a schema", runner.Name, runner.RecordsOnPath)
	}
	return d, true
}

// mayNotRecord returns the finding about a role of the transaction, as which the
// tool records the migration.
func mayNotRecord(p *lint.Pass, s lock.Setting) (d lint.Diagnostic, ok bool) {
	runner := p.Migration.Runner
	if !runner.RecordsInside || s.Name != "role" || !s.Local || s.Reset || s.Known && slices.Contains(outliving[s.Name], strings.ToLower(s.Text)) || p.Session.Block() != lock.RunnerBlock ||
		setsLater(p, func(later lock.Setting) bool { return later.Name == s.Name || later.Name == "session_authorization" }) {
		return d, false
	}
	return lint.Diagnostic{
		Message: fmt.Sprintf("the role is still set when %s records the migration in its transaction, which fails with 42501 unless that role may write the table of its records", runner.Name),
		Instead: &lint.Instead{Message: "put RESET ROLE at the end of the migration"},
	}, true
}

// setAgain reports whether a later statement of the migration sets a parameter
// for the session.
func setAgain(p *lint.Pass, name string) bool {
	return setsLater(p, func(s lock.Setting) bool { return !s.Local && (s.Name == name || s.Name == "") })
}

func setsLater(p *lint.Pass, matches func(lock.Setting) bool) bool {
	return slices.ContainsFunc(p.Following(), func(st *migration.Statement) bool {
		return slices.ContainsFunc(lock.Settings(st), matches)
	})
}
