// Package lint is premortem's vocabulary and engine: rules look at statements
// in their replayed context and report diagnostics.
package lint

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Severity says what a diagnostic does to a run.
type Severity uint8

const (
	Off Severity = iota
	Warning
	Error
)

var severityNames = []string{"off", "warning", "error"}

// String returns "off", "warning" or "error".
func (s Severity) String() string { return severityNames[s] }

// ParseSeverity is the inverse of String.
func ParseSeverity(s string) (Severity, error) {
	for i, name := range severityNames {
		if s == name {
			return Severity(i), nil
		}
	}
	return 0, fmt.Errorf("unknown severity %q: use off, warning or error", s)
}

// Category groups rules by what goes wrong, in order of weight.
type Category string

const (
	FailsAtDeploy Category = "fails-at-deploy"
	DataLoss      Category = "data-loss"
	Outage        Category = "outage"
	Compatibility Category = "compatibility"
	Hygiene       Category = "hygiene"
	Style         Category = "style"
)

// Categories lists all categories, heaviest first.
var Categories = []Category{FailsAtDeploy, DataLoss, Outage, Compatibility, Hygiene, Style}

// Rule is one check. See CONTRIBUTING.md for how to add one.
type Rule struct {
	Name     string // kebab-case; the same string in files, comments and reports
	Doc      string // the rule's page, Markdown; see rules/NAME.md
	Category Category
	Severity Severity // by default
	// Fixable: some of the rule's findings have a suggested fix.
	Fixable bool
	// Since and Until bound the PostgreSQL majors the rule is about, both
	// inclusive; 0 is open.
	Since, Until int
	// Run is called for every statement under review, before the catalog and
	// the session have applied it. An error ends the whole run.
	Run func(*Pass) error
	// RunMigration, if not nil, is called for every migration under review before its first
	// statement; Pass.Statement is nil.
	RunMigration func(*Pass) error
	// RunEnd, if not nil, is called once for every history, behind its last up
	// migration, under review or not: for what only the whole history shows, such as that nothing
	// validates a constraint. Pass.Catalog is as the history leaves it; Pass.At
	// gives the Pass to report with.
	RunEnd func(*Pass) error
	// Last rules run after all others have seen the statement, and may ask Pass.Unreported.
	Last bool
}

// Pass is what a rule sees of one statement.
type Pass struct {
	Rule      *Rule
	Server    int                  // PostgreSQL major, 12 to 18
	Migration *migration.Migration // nil in RunEnd
	Statement *migration.Statement // nil in RunMigration and RunEnd
	// Index is the place in Migration.Statements of the statement, or of the DO
	// block around it.
	Index   int
	Effects []lock.Effect
	Catalog *catalog.Catalog // before the statement
	Session *lock.Session    // before the statement; nil in RunEnd
	Config  *Config          // with the overrides for the migration's file
	// NotRestored is how the schema differs from that before the up of this down
	// migration, once both were applied; nil too if the down changes no schema, or
	// what they do is not known.
	NotRestored []catalog.Difference

	history *migration.History
	run     *run
	memo    map[any]any
}

// Later returns the up migrations that the history has behind this one: all of
// them, for a down migration.
func (p *Pass) Later() []*migration.Migration {
	ups := slices.DeleteFunc(slices.Concat(p.history.Migrations, p.history.Later), func(m *migration.Migration) bool {
		return m.Direction == migration.Down
	})
	return ups[slices.Index(ups, p.Migration)+1:]
}

// Applied returns the up migrations of earlier releases, in order: the database
// has executed them when it meets this one.
func (p *Pass) Applied() []*migration.Migration {
	at := slices.Index(p.history.Migrations, p.Migration)
	return slices.DeleteFunc(slices.Clone(p.history.Migrations[:max(at, 0)]), func(m *migration.Migration) bool {
		return m.Direction == migration.Down || m.UnderReview && m.Release == p.Migration.Release
	})
}

// Preceding returns the statements of the migration before the current one, in the
// order in which they run. The statements in a DO block stand for the block.
func (p *Pass) Preceding() []*migration.Statement {
	before, _ := p.around()
	return before
}

// Following returns those behind the current one.
func (p *Pass) Following() []*migration.Statement {
	_, after := p.around()
	return after
}

// Remaining returns the current one and those behind it.
func (p *Pass) Remaining() []*migration.Statement {
	return append([]*migration.Statement{p.Statement}, p.Following()...)
}

func (p *Pass) around() (before, after []*migration.Statement) {
	here := func(s *migration.Statement) bool {
		for s != p.Statement && s.Do != nil {
			s = s.Do
		}
		return s == p.Statement
	}
	all := p.Migration.Run()
	first := p.Index // those of DO blocks are more
	for first < len(all) && !here(all[first]) {
		first++
	}
	last := first
	for last < len(all) && here(all[last]) {
		last++
	}
	return all[:first:first], all[last:]
}

// Memo returns what compute returns, which is called once for each key and
// statement: for what several rules need. They share it and must not change it.
func (p *Pass) Memo(key any, compute func() any) any {
	value, ok := p.memo[key]
	if !ok {
		if p.memo == nil {
			p.memo = map[any]any{}
		}
		value = compute()
		p.memo[key] = value
	}
	return value
}

// OfHistory returns what compute returns, which is called once for each key and
// history: a place for a rule to remember what earlier migrations did. key is of a
// type of the rule's own.
func (p *Pass) OfHistory(key any, compute func() any) any {
	value, ok := p.run.memo[key]
	if !ok {
		value = compute()
		p.run.memo[key] = value
	}
	return value
}

// At returns the Pass of the statement that an object of the catalog comes
// from, or nil if there is nothing to report: its migration is not under review,
// or the rule is not about its server. It is for rules with a RunEnd, so Catalog
// stays as the history leaves it, seen from that migration's release; Effects
// are empty and Session is nil.
func (p *Pass) At(o catalog.Origin) *Pass { return p.run.at(p, o) }

// Report adds a diagnostic. The engine fills in file, rule, category,
// severity, migration and statement; a zero Range becomes the statement's.
func (p *Pass) Report(d Diagnostic) { p.run.report(p, d) }

// Reported says whether the rule has reported something in this migration
// that no comment silences.
func (p *Pass) Reported() bool { return len(p.Earlier()) > 0 }

// Earlier returns what the rule has reported in this migration so far and no
// comment silences.
func (p *Pass) Earlier() []Diagnostic { return p.run.earlier[told{p.Rule, p.Migration}] }

// Unreported returns the effects of the statement that no diagnostic has
// explained (Diagnostic.Effects) so far; for rules that are Last.
func (p *Pass) Unreported() []lock.Effect { return p.run.unreported(p) }

// Existing returns the effects on relations that existed before the release;
// those whose traffic a lock can block.
func (p *Pass) Existing() []lock.Effect {
	if len(p.Effects) == 0 {
		return nil
	}
	type key struct{}
	existing := p.Memo(key{}, func() any {
		return slices.DeleteFunc(slices.Clone(p.Effects), func(e lock.Effect) bool { return !p.Exists(e.Relation, e.Index) })
	})
	return slices.Clone(existing.([]lock.Effect))
}

// Exists reports whether a table (or index) existed before the release under
// review. A table that the history has not seen is new also where it is created
// with IF NOT EXISTS, which makes a migration repeatable.
func (p *Pass) Exists(n catalog.Name, index bool) bool {
	return p.birth(n, index) == catalog.BornBefore
}

// MayExist reports whether a table existed before the release under review, or
// may have: it is for what cannot be taken back.
func (p *Pass) MayExist(n catalog.Name) bool {
	b := p.birth(n, false)
	return b == catalog.BornBefore || b == catalog.BornUnknown
}

func (p *Pass) birth(n catalog.Name, index bool) catalog.Birth {
	if index {
		if ix := p.Catalog.Index(n); ix != nil {
			n = ix.Table
		}
	}
	return p.Catalog.Birth(n)
}

// Held returns the locks that the open transaction holds on relations with
// traffic: not on those that it created, or dropped for good. The caller must not
// change them.
func (p *Pass) Held() []lock.Held {
	type key struct{}
	return p.Memo(key{}, func() any {
		var held []lock.Held
		for i, h := range p.Session.Held {
			// Who reads a dropped one waits only if there is another of that name.
			if h.New || p.Exists(h.Relation, h.Index && !h.Dropped) == h.Dropped {
				continue
			}
			if held == nil {
				held = make([]lock.Held, 0, len(p.Session.Held)-i)
			}
			held = append(held, h)
		}
		return held
	}).([]lock.Held)
}

// Instead drafts the migrations that do the same without the harm, for the
// migration's own runner. Each step is one migration with its statements,
// written without terminators.
func (p *Pass) Instead(message string, steps ...Step) *Instead {
	in := &Instead{Message: message, steps: steps}
	if p.Statement != nil && p.Statement.Do != nil && leavesBlock(steps, p.Statement.Outermost()) {
		in.Message = "lift the statement out of the DO block: " + message
	}
	runner := p.Migration.Runner
	for _, s := range steps {
		drafted := runner.Draft(s.Statements, s.NoTransaction)
		if drafted == nil && len(s.Statements) > 0 {
			// The tool cannot do it, and half of the steps are of no use.
			in.Message += "; " + runner.WithoutTransaction
			in.Migrations = nil
			break
		}
		in.Migrations = append(in.Migrations, drafted...)
	}
	if len(in.Migrations) > 1 && p.Migration.Section.Scope == migration.TransactionPerRun {
		in.Message += "; apply one, and then add the next, because " + runner.Name + " runs all pending migrations in one transaction"
	}
	return in
}

// leavesBlock reports whether a step cannot run in the DO block, and none has the
// block as it is.
func leavesBlock(steps []Step, do *migration.Statement) bool {
	return slices.ContainsFunc(steps, func(s Step) bool { return s.NoTransaction }) &&
		!slices.ContainsFunc(steps, func(s Step) bool { return slices.Contains(s.Statements, do.Text()) })
}

// Step is one migration of a safe way.
type Step struct {
	Statements []string
	// NoTransaction: the statements must not run in a transaction block.
	NoTransaction bool
}

// Diagnostic is one finding.
type Diagnostic struct {
	migration.Range // the clause, tight: 0-based byte offsets in File
	File            *migration.File
	Migration       *migration.Migration
	Statement       *migration.Statement // nil for a finding about the whole migration
	Rule            string
	Category        Category
	Severity        Severity
	// Message is one sentence, present tense, without a final period:
	// statement takes lock on table, which blocks … until ….
	Message string
	// Fails is the SQLSTATE with which the statement fails, for the finding that it
	// does: there is none where a DO block catches the error.
	Fails string
	// FailsAlways: it does so whatever the database holds. Where a DO block catches
	// the error, the finding is a warning that nothing is ever done.
	FailsAlways bool
	// Effects are the locks that the finding is about.
	Effects []lock.Effect
	// Hazard, if not nil, is what the finding shares with others of the rule in the
	// migration, such as the statement or the lock that is held: they are told as
	// one, where the first stands, and each of the others is a related place of it.
	// Also is what such a place says.
	Hazard  any
	Also    string
	Related []Related
	// Instead says what to write instead; nil if nothing is better.
	Instead        *Instead
	SuggestedFixes []SuggestedFix
	// Suppressed is set when a comment silences the finding.
	Suppressed *Suppression
}

// Related is another place that explains a diagnostic.
type Related struct {
	migration.Range
	File    *migration.File
	Message string
	// Finding: the rule reports this place too (Diagnostic.Hazard).
	Finding bool
}

// Instead is what to write instead: a verb phrase and whole migrations in the
// form of the project's runner.
type Instead struct {
	Message    string
	Migrations []string

	steps []Step
}

// SuggestedFix is a set of edits that make the finding go away.
type SuggestedFix struct {
	Message   string // a verb phrase
	TextEdits []TextEdit
}

// TextEdit replaces a range of the diagnostic's file.
type TextEdit struct {
	migration.Range
	NewText string
}

// Result is the outcome of a run.
type Result struct {
	Histories []*migration.History
	// Diagnostics are in order of file name, position, rule; suppressed ones
	// included.
	Diagnostics []Diagnostic
	Server      int
	// Migrations and Statements count what was judged; Gaps are the texts
	// under review that could not be analysed, harmless ones left out.
	// Partial counts the statements of which a part is a gap, such as a DO block.
	Migrations int
	Statements int
	Partial    int
	Gaps       []FileGap
	// Drift is what differs between the histories and Config.Stats.
	Drift []Drift
}

// Fails reports whether there is a finding of at least that severity which no
// comment silences. Nothing fails from Off on.
func (r *Result) Fails(from Severity) bool {
	return from != Off && slices.ContainsFunc(r.Diagnostics, func(d Diagnostic) bool {
		return d.Suppressed == nil && d.Severity >= from
	})
}

// FileGap is a gap with its file.
type FileGap struct {
	migration.Gap
	File *migration.File
}
