package lint

import (
	"cmp"
	"fmt"
	"runtime"
	"slices"
	"sort"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/sync/errgroup"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/query"
)

// Run replays the histories and judges what is under review. It fails on a
// configuration that cannot be meant (unknown rule, category or timeout) and
// when a rule fails; findings are no failure. Histories are judged in
// parallel, the migrations of one in their order.
func Run(histories []*migration.History, config Config) (*Result, error) {
	if err := config.validate(); err != nil {
		return nil, err
	}
	result := &Result{Histories: histories, Server: config.server()}
	seeds := config.seeds()
	rules := config.Rules
	if config.Fixing != nil {
		rules = slices.DeleteFunc(slices.Clone(rules), func(rule *Rule) bool { return !rule.Fixable })
	}
	first, last := splitLast(rules)
	runs := make([]*run, len(histories))
	errs := make([]error, len(histories))
	var group errgroup.Group
	group.SetLimit(runtime.GOMAXPROCS(0))
	for i := range histories {
		group.Go(func() error {
			r := &run{
				config:       &config,
				compare:      config.forHistory(histories[i].Dir).Stats != nil,
				dir:          histories[i].Dir,
				rules:        rules,
				first:        first,
				last:         last,
				suppressions: suppressions{of: map[*migration.Statement][]*activeSuppression{}},
				earlier:      map[told][]Diagnostic{},
				hazards:      map[hazard]int{},
				memo:         map[any]any{},
			}
			errs[i] = replayHistory(histories[i], &config, seeds[config.forHistory(histories[i].Dir).Schema], Visitor{Migration: r.migration, Statement: r.statement, End: r.end})
			r.suppress()
			runs[i] = r
			return nil
		})
	}
	_ = group.Wait() // errs has what failed, in an order that does not vary
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	for _, r := range runs {
		result.Migrations += r.migrations
		result.Statements += r.statements
		result.Partial += r.partial
		result.Gaps = append(result.Gaps, r.gaps...)
		result.Diagnostics = append(result.Diagnostics, r.found...)
		result.Drift = append(result.Drift, r.drift...)
	}
	result.Gaps = append(result.Gaps, config.queryGaps()...)
	for _, f := range config.Schemas() {
		for _, g := range seeds[f].Gaps {
			if !g.Harmless {
				result.Gaps = append(result.Gaps, FileGap{g, f})
			}
		}
	}
	result.order()
	return result, nil
}

// run is the state of Run in one history.
type run struct {
	config                 *Config
	dir                    string
	rules, first, last     []*Rule // that run: all, and those parted by Rule.Last
	judges                 bool    // the current migration
	migrations, statements int     // under review
	partial                int     // of the statements
	gaps                   []FileGap
	found                  []Diagnostic // before order; severity Off included
	compare                bool         // with the statistics, still
	drift                  []Drift
	suppressions
	explained []lock.Effect         // of the current statement, by diagnostics
	earlier   map[told][]Diagnostic // without silenced ones
	hazards   map[hazard]int        // index into found of the diagnostic that stands for all
	memo      map[any]any           // of Pass.OfHistory
}

// hazard is what the findings of a rule in a migration share that are told as one.
type hazard struct {
	told
	shared any // Diagnostic.Hazard
}

// told is what a rule tells of a migration.
type told struct {
	rule      *Rule
	migration *migration.Migration
}

func splitLast(rules []*Rule) (first, last []*Rule) {
	for _, rule := range rules {
		if rule.Last {
			last = append(last, rule)
		} else {
			first = append(first, rule)
		}
	}
	return first, last
}

// migration judges a migration as a whole.
func (r *run) migration(pass Pass) error {
	m := pass.Migration
	fixing := r.config.Fixing
	r.judges = m.UnderReview && (fixing == nil || slices.ContainsFunc(m.Statements, func(s *migration.Statement) bool { return fixing(s.File().Name) }))
	if !r.judges {
		return nil
	}
	// What a release has before it is what the database has. Where everything is
	// under review, nobody says what is applied: the whole history is.
	if pass.history.Migrations[0] != m {
		r.compareWith(pass.Catalog)
	}
	pass.run = r
	r.migrations++
	r.statements += len(m.Statements)
	holder := -1 // of the last gap inside of a statement
	for _, g := range m.Gaps {
		if g.Harmless {
			continue
		}
		file := m.FileOf(g)
		r.gaps = append(r.gaps, FileGap{g, file})
		if !g.Inside {
			continue
		}
		holds := func(s *migration.Statement) bool { return s.File() == file && s.Pos <= g.Pos && g.Pos < s.End }
		if at := slices.IndexFunc(m.Statements, holds); at >= 0 && at != holder {
			holder = at
			r.partial++
		}
	}
	r.trailing(pass)
	for _, rule := range r.rules {
		if rule.RunMigration == nil || !rule.appliesTo(pass.Server) {
			continue
		}
		pass.Rule = rule
		if err := rule.RunMigration(&pass); err != nil {
			return fmt.Errorf("%s: rule %s: %w", m.File.Name, rule.Name, err)
		}
	}
	return nil
}

// compareWith compares the schema with that of the database, once.
func (r *run) compareWith(c *catalog.Catalog) {
	if !r.compare {
		return
	}
	r.compare = false
	for _, message := range driftOf(c, r.config.forHistory(r.dir).Stats) {
		r.drift = append(r.drift, Drift{r.dir, message})
	}
}

// statement judges a statement.
func (r *run) statement(pass Pass) error {
	if !r.judges {
		return nil
	}
	pass.run = r
	r.explained = nil
	r.collect(pass)
	for _, rules := range [2][]*Rule{r.first, r.last} {
		for _, rule := range rules {
			if rule.Run == nil || !rule.appliesTo(pass.Server) {
				continue
			}
			pass.Rule = rule
			if err := rule.Run(&pass); err != nil {
				file := pass.Statement.File()
				at := file.Position(pass.Statement.Pos)
				return fmt.Errorf("%s:%d:%d: rule %s: %w", file.Name, at.Line, at.Column, rule.Name, err)
			}
		}
	}
	return nil
}

// end judges the history as a whole.
func (r *run) end(pass Pass) error {
	r.compareWith(pass.Catalog)
	pass.run = r
	for _, rule := range r.rules {
		if rule.RunEnd == nil {
			continue
		}
		pass.Rule = rule
		if err := rule.RunEnd(&pass); err != nil {
			return fmt.Errorf("%s: rule %s: %w", r.dir, rule.Name, err)
		}
	}
	return nil
}

// at returns the Pass of the statement where an object comes from, or nil.
func (r *run) at(p *Pass, o catalog.Origin) *Pass {
	m := o.Migration
	if m == nil || !m.UnderReview {
		return nil
	}
	config := r.config.forFile(m.File.Name)
	if !p.Rule.appliesTo(config.server()) {
		return nil
	}
	return &Pass{
		Rule:      p.Rule,
		Server:    config.server(),
		Migration: m,
		Statement: o.Statement,
		Index:     slices.Index(m.Statements, o.Statement.Outermost()),
		Catalog:   p.Catalog.SeenFrom(m),
		Config:    config,
		history:   p.history,
		run:       r,
	}
}

// appliesTo reports whether the rule is about the server.
func (rule *Rule) appliesTo(server int) bool {
	return (rule.Since == 0 || server >= rule.Since) && (rule.Until == 0 || server <= rule.Until)
}

func (r *run) report(p *Pass, d Diagnostic) {
	if d.Fails != "" && p.Statement.Caught(d.Fails) {
		if !d.FailsAlways {
			return
		}
		d.Severity = Warning
		d.Message += ", and a handler catches that, so that it never takes effect"
	}
	d.File, d.Migration, d.Statement = p.Migration.File, p.Migration, p.Statement
	d.Rule, d.Category = p.Rule.Name, p.Rule.Category
	if d.Severity == Off {
		d.Severity = p.Rule.Severity
	}
	if p.Statement != nil {
		d.File = p.Statement.File()
		d.Range = p.Statement.Place(d.Range)
		if p.Migration.Runner.Printed {
			d.SuggestedFixes = nil // of what is printed anew
		}
		d.SuggestedFixes = placeFixes(p.Statement, d.SuggestedFixes)
	}
	if d.Range == (migration.Range{}) {
		if p.Statement != nil {
			d.Range = p.Statement.Range
		} else {
			d.Range = p.Migration.Section.Range
		}
	}
	d.Severity = p.Config.severity(p.Rule, d.Severity)
	d.Message = p.sized(d.Message, &d)
	r.explained = append(r.explained, d.Effects...)
	if !r.silences(p) {
		by := told{p.Rule, p.Migration}
		r.earlier[by] = append(r.earlier[by], d)
		if d.Hazard != nil {
			if first, ok := r.hazards[hazard{by, d.Hazard}]; ok {
				r.found[first].tellToo(d)
				return
			}
			r.hazards[hazard{by, d.Hazard}] = len(r.found)
		}
	}
	r.found = append(r.found, d)
}

// tellToo makes another finding of the same hazard a related place.
func (d *Diagnostic) tellToo(other Diagnostic) {
	d.Severity = max(d.Severity, other.Severity)
	d.Related = append(d.Related, Related{other.Range, other.File, other.Also, true})
}

// placeFixes turns edits of the statement into edits of its file, and leaves out the
// fixes of which that cannot be done.
func placeFixes(s *migration.Statement, fixes []SuggestedFix) []SuggestedFix {
	var placed []SuggestedFix
	for _, fix := range fixes {
		edits := make([]TextEdit, len(fix.TextEdits))
		ok := true
		for i, e := range fix.TextEdits {
			at, text, possible := s.Edit(e.Range, e.NewText)
			edits[i], ok = TextEdit{at, text}, ok && possible
		}
		if ok {
			placed = append(placed, SuggestedFix{fix.Message, edits})
		}
	}
	return placed
}

// unreported returns the effects no diagnostic of this statement names. Rules
// that the configuration turns off count too: who ignores a rule does not
// want to hear of the same lock from the net below it.
func (r *run) unreported(p *Pass) []lock.Effect {
	type key struct {
		migration.Range
		relation catalog.Name
	}
	seen := map[key]bool{}
	for _, e := range r.explained {
		seen[key{e.Range, e.Relation}] = true
	}
	var rest []lock.Effect
	for _, e := range p.Effects {
		if !seen[key{e.Range, e.Relation}] {
			rest = append(rest, e)
		}
	}
	return rest
}

// order leaves out diagnostics that are off or duplicates, and sorts the others.
func (r *Result) order() {
	kept := slices.DeleteFunc(r.Diagnostics, func(d Diagnostic) bool { return d.Severity == Off })
	sort.SliceStable(kept, func(i, j int) bool { return less(&kept[i], &kept[j]) })
	r.Diagnostics = slices.CompactFunc(kept, same)
}

func less(a, b *Diagnostic) bool {
	switch {
	case a.File.Name != b.File.Name:
		return a.File.Name < b.File.Name
	case a.Pos != b.Pos:
		return a.Pos < b.Pos
	case a.End != b.End:
		return a.End < b.End
	case a.Rule != b.Rule:
		return a.Rule < b.Rule
	}
	return a.Message < b.Message
}

func same(a, b Diagnostic) bool {
	return a.File.Name == b.File.Name && a.Range == b.Range && a.Rule == b.Rule && a.Message == b.Message
}

// validate checks every name and pattern that a person wrote.
func (c *Config) validate() error {
	known := map[string]bool{}
	for _, category := range Categories {
		known[string(category)] = true
	}
	for _, rule := range c.Rules {
		known[rule.Name] = true
	}
	check := func(where string, names []string) error {
		for _, n := range names {
			if !known[n] {
				return fmt.Errorf("%s: unknown rule or category %q%s", where, n, cmp.Or(c.suggest(n), "; `premortem rules` lists them"))
			}
		}
		return nil
	}
	if err := check("select", c.Select); err != nil {
		return err
	}
	if err := check("ignore", c.Ignore); err != nil {
		return err
	}
	if err := check("severity", sortedKeys(c.Severities)); err != nil {
		return err
	}
	for _, o := range c.Overrides {
		if err := check("overrides: ignore", o.Ignore); err != nil {
			return err
		}
		if err := check("overrides: severity", sortedKeys(o.Severities)); err != nil {
			return err
		}
		for _, p := range o.Paths {
			if !doublestar.ValidatePattern(p) {
				return fmt.Errorf("overrides: paths: %q is not a valid pattern", p)
			}
		}
		if o.Server != 0 {
			if err := CheckServer(o.Server); err != nil {
				return err
			}
		}
	}
	if c.Server != 0 {
		return CheckServer(c.Server)
	}
	return nil
}

// CheckServer says why a PostgreSQL major cannot be judged for, or nil.
func CheckServer(server int) error {
	if server < OldestKnown || server > NewestSupported {
		return fmt.Errorf("PostgreSQL %d is not known: use %d to %d", server, OldestKnown, NewestSupported)
	}
	return nil
}

// queryGaps are what could not be analysed of the files of queries.
func (c *Config) queryGaps() []FileGap {
	var gaps []FileGap
	sets := []*query.Set{c.Queries}
	for _, o := range c.Overrides {
		sets = append(sets, o.Queries)
	}
	seen := map[query.Gap]bool{}
	for _, set := range sets {
		if set == nil {
			continue
		}
		for _, g := range set.Gaps {
			if !seen[g] {
				seen[g] = true
				gaps = append(gaps, FileGap{g.Gap, g.File})
			}
		}
	}
	return gaps
}
