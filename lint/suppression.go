package lint

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/spelling"
)

// The engine's own rules: they judge the comments that silence the others,
// and so cannot be silenced by one.
const (
	SuppressionInvalid = "suppression-invalid"
	SuppressionUnused  = "suppression-unused"
	SuppressionExpired = "suppression-expired"
)

// Suppression is a comment `-- premortem:ignore rule[, rule]: reason`, with
// an optional `until=2026-12-31` before the colon. It covers the statement
// that it stands before or in. Or it is a comment for the linter of the
// migration's own tool, which is its own reason, and covers what it does there.
type Suppression struct {
	migration.Range // the comment
	File            *migration.File
	Rules           []string
	Reason          string
	Until           time.Time // the last day on which it holds; zero: for ever
}

const suppressionPrefix = "premortem:"

var suppressionForm = regexp.MustCompile(`(?s)^premortem:ignore\s+([\w-]+(?:\s*,\s*[\w-]+)*)(?:\s+until=(\S+?))?\s*(?::\s*(.*))?$`)

// parseSuppression reads a comment's text. problem is what is wrong with it,
// as a sentence fragment; ok is false for comments of another kind.
func parseSuppression(text string) (s Suppression, problem string, ok bool) {
	if !strings.HasPrefix(text, suppressionPrefix) {
		return s, "", false
	}
	m := suppressionForm.FindStringSubmatch(text)
	if m == nil {
		return s, "it does not have the form `premortem:ignore rule[, rule][ until=2026-12-31]: reason`", true
	}
	for _, name := range strings.Split(m[1], ",") {
		s.Rules = append(s.Rules, strings.TrimSpace(name))
	}
	if m[2] != "" {
		until, err := time.Parse(time.DateOnly, m[2])
		if err != nil {
			return s, fmt.Sprintf("until=%s is not a date such as until=2026-12-31", m[2]), true
		}
		s.Until = until
	}
	s.Reason = strings.TrimSpace(m[3])
	if s.Reason == "" {
		return s, "it gives no reason: write one after a colon", true
	}
	return s, "", true
}

// suppressions is what the comments under review ask for.
type suppressions struct {
	valid []*activeSuppression
	of    map[*migration.Statement][]*activeSuppression
}

type activeSuppression struct {
	Suppression
	pass    Pass // where it stands
	expired bool
	used    map[string]bool
}

// collect reads the suppressions of a statement under review.
func (r *run) collect(pass Pass) {
	r.collectElsewhere(pass)
	if len(pass.Statement.Comments) == 0 {
		return
	}
	preceding := pass.Migration.Statements[:pass.Index]
	if pass.Statement.Do != nil {
		preceding = pass.Preceding()
	}
	for _, c := range pass.Statement.Comments {
		var before *migration.Statement
		for i := len(preceding) - 1; i >= 0 && before == nil; i-- {
			if preceding[i].File() == pass.Statement.File() && preceding[i].End <= c.Pos { // a DO block ends behind what stands in it
				before = preceding[i]
			}
		}
		if s := r.read(pass, c, before); s != nil {
			r.suppressions.of[pass.Statement] = append(r.suppressions.of[pass.Statement], s)
		}
	}
}

// collectElsewhere reads those for the linter of the migration's own tool, which
// may silence nothing of ours.
func (r *run) collectElsewhere(pass Pass) {
	m := pass.Migration
	if r.config.Elsewhere == nil || m.Runner.Silences == nil {
		return
	}
	for _, silence := range m.Runner.Silences(m.File, pass.Statement) {
		s := &activeSuppression{used: map[string]bool{}}
		s.Range, s.File = silence.Range, m.File
		s.Rules = r.config.Elsewhere(m.Runner.Name, silence.Checks)
		s.Reason = string(m.File.Source[silence.Pos:silence.End])
		r.suppressions.of[pass.Statement] = append(r.suppressions.of[pass.Statement], s)
	}
}

// trailing reads those behind the last statement, which cover none.
func (r *run) trailing(pass Pass) {
	var before *migration.Statement
	if n := len(pass.Migration.Statements); n > 0 {
		before = pass.Migration.Statements[n-1]
	}
	for _, c := range pass.Migration.Trailing {
		r.read(pass, c, before)
	}
}

// read reads a comment behind a statement (or the first). It reports a
// suppression that cannot be meant, and returns one that can, else nil.
func (r *run) read(pass Pass, c migration.Comment, before *migration.Statement) *activeSuppression {
	s, problem, ok := parseSuppression(c.Text)
	if !ok {
		return nil
	}
	s.Range, s.File = c.Range, pass.Migration.File
	if pass.Statement != nil {
		s.File = pass.Statement.File()
	}
	if problem == "" {
		problem = r.wrongName(s.Rules)
	}
	// Who writes it there means the statement that has ended, not the next.
	if problem == "" && before != nil && !bytes.Contains(s.File.Source[before.End:c.Pos], []byte("\n")) {
		problem = "it stands behind a statement, and covers only one that it stands before or in"
	}
	if problem != "" {
		r.reportAs(SuppressionInvalid, pass, Diagnostic{Range: c.Range, Message: "the suppression has no effect: " + problem})
		return nil
	}
	active := &activeSuppression{Suppression: s, pass: pass, used: map[string]bool{}}
	if today := r.config.Today; !s.Until.IsZero() && !today.Before(s.Until.AddDate(0, 0, 1)) {
		active.expired = true
		r.reportAs(SuppressionExpired, pass, Diagnostic{
			Range:   c.Range,
			Message: fmt.Sprintf("the suppression has no effect since it expired on %s", s.Until.Format(time.DateOnly)),
		})
	}
	r.suppressions.valid = append(r.suppressions.valid, active)
	return active
}

// wrongName says which of the names cannot be silenced, or "".
func (r *run) wrongName(names []string) string {
	for _, name := range names {
		switch {
		case r.rule(name) == nil:
			return fmt.Sprintf("it names the unknown rule %q%s", name, r.config.suggest(name))
		case name == SuppressionInvalid || name == SuppressionUnused || name == SuppressionExpired:
			return fmt.Sprintf("it names %s, which no comment silences", name)
		}
	}
	return ""
}

// silences reports whether a comment silences the rule at the statement.
func (r *run) silences(p *Pass) bool {
	return slices.ContainsFunc(r.suppressions.at(p.Statement), func(s *activeSuppression) bool {
		return !s.expired && slices.Contains(s.Rules, p.Rule.Name)
	})
}

// at returns the suppressions of a statement and of the DO block around it.
func (s *suppressions) at(st *migration.Statement) []*activeSuppression {
	all := s.of[st]
	for st != nil && st.Do != nil {
		st = st.Do
		all = slices.Concat(all, s.of[st])
	}
	return all
}

// suppress marks the diagnostics that a comment silences, and then reports
// the comments that silenced nothing.
func (r *run) suppress() {
	for i := range r.found {
		d := &r.found[i]
		at := d.Statement
		if at == nil && len(d.Migration.Statements) > 0 {
			at = d.Migration.Statements[0]
		}
		for _, s := range r.suppressions.at(at) {
			for _, name := range s.Rules {
				if name != d.Rule {
					continue
				}
				s.used[name] = true
				if !s.expired {
					d.Suppressed = &s.Suppression
				}
			}
		}
	}
	for _, s := range r.suppressions.valid {
		for _, name := range s.Rules {
			rule := r.rule(name)
			enabled := s.pass.Config.severity(rule, rule.Severity) != Off && rule.appliesTo(s.pass.Server)
			if !enabled || s.used[name] || s.expired {
				continue
			}
			why := "the statement does not raise it"
			if s.pass.Statement == nil {
				why = "no statement follows it"
			}
			r.reportAs(SuppressionUnused, s.pass, Diagnostic{
				Range:   s.Range,
				Message: fmt.Sprintf("the suppression of %s silences nothing: %s", name, why),
			})
		}
	}
}

// reportAs reports in the name of one of the engine's own rules.
func (r *run) reportAs(name string, pass Pass, d Diagnostic) {
	pass.Rule = r.rule(name)
	if pass.Rule == nil {
		return
	}
	r.report(&pass, d)
}

func (r *run) rule(name string) *Rule {
	for _, rule := range r.config.Rules {
		if rule.Name == name {
			return rule
		}
	}
	return nil
}

// suggest returns what Hint says of a wrong name, else `, did you mean "x"?`
// for the known name closest to it, or "".
func (c *Config) suggest(name string) string {
	if c.Hint != nil {
		if hint := c.Hint(name); hint != "" {
			return hint
		}
	}
	var names []string
	for _, rule := range c.Rules {
		names = append(names, rule.Name)
	}
	return spelling.DidYouMean(name, names)
}
