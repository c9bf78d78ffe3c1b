package report

import (
	"fmt"
	"sort"
	"strings"
	"time"

	"github.com/premortem-lint/premortem/lint"
)

// tally counts a result's diagnostics.
type tally struct{ errors, warnings, suppressed int }

func count(r *lint.Result) tally {
	var t tally
	for i := range r.Diagnostics {
		switch d := &r.Diagnostics[i]; {
		case d.Suppressed != nil:
			t.suppressed++
		case d.Severity == lint.Error:
			t.errors++
		default:
			t.warnings++
		}
	}
	return t
}

func (t tally) findings() int { return t.errors + t.warnings }

// closing is the report's last line: what was judged, what came of it.
func closing(r *lint.Result, o Options, p palette) string {
	t := count(r)
	parts := []string{plural(r.Migrations, "migration")}
	total := r.Statements
	for _, g := range r.Gaps {
		if !g.Inside {
			total++
		}
	}
	if whole := r.Statements - r.Partial; whole < total {
		parts = append(parts, p.warning.Sprintf("%d of %s analysed", whole, plural(total, "statement")))
	} else {
		parts = append(parts, plural(total, "statement")+" analysed")
	}
	if t.errors > 0 {
		parts = append(parts, p.err.Sprint(plural(t.errors, "error")))
	}
	if t.warnings > 0 {
		parts = append(parts, p.warning.Sprint(plural(t.warnings, "warning")))
	}
	if t.findings() == 0 {
		parts = append(parts, p.good.Sprint("no findings"))
	}
	if t.suppressed > 0 {
		parts = append(parts, fmt.Sprintf("%d suppressed", t.suppressed))
	}
	server := fmt.Sprintf("PostgreSQL %d", r.Server)
	if o.ServerWhy != "" {
		server += ": " + visible(o.ServerWhy)
	}
	line := strings.Join(parts, ", ") + " (" + server + ")"
	if o.Elapsed > 0 {
		line += " in " + seconds(o.Elapsed)
	}
	return line
}

// seconds prints a duration with as many digits as matter: "0.02 s", "12 s".
func seconds(d time.Duration) string {
	switch s := d.Seconds(); {
	case s < 0.01:
		return "less than 0.01 s"
	case s < 10:
		return fmt.Sprintf("%.2f s", s)
	default:
		return fmt.Sprintf("%.0f s", s)
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// ruleCount is how often a rule spoke with a severity.
type ruleCount struct {
	rule     string
	severity lint.Severity
	n        int
}

// countRules counts the findings of each rule and severity, errors first, most
// first.
func countRules(r *lint.Result) []ruleCount {
	place := map[ruleCount]int{}
	var counts []ruleCount
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		if d.Suppressed != nil {
			continue
		}
		key := ruleCount{rule: d.Rule, severity: d.Severity}
		at, ok := place[key]
		if !ok {
			at = len(counts)
			place[key] = at
			counts = append(counts, key)
		}
		counts[at].n++
	}
	sort.SliceStable(counts, func(i, j int) bool {
		a, b := counts[i], counts[j]
		switch {
		case a.severity != b.severity:
			return a.severity > b.severity
		case a.n != b.n:
			return a.n > b.n
		}
		return a.rule < b.rule
	})
	return counts
}

// mostSevere returns the unsuppressed diagnostics, errors first, otherwise in
// their order.
func mostSevere(r *lint.Result) []*lint.Diagnostic {
	var list []*lint.Diagnostic
	for i := range r.Diagnostics {
		if d := &r.Diagnostics[i]; d.Suppressed == nil {
			list = append(list, d)
		}
	}
	sort.SliceStable(list, func(i, j int) bool { return list[i].Severity > list[j].Severity })
	return list
}

// gapGroup is the gaps of one file with one reason.
type gapGroup struct {
	first lint.FileGap
	more  int
}

// describe gives the reason, and says how often it occurs.
func (g *gapGroup) describe() string {
	if g.more == 0 {
		return g.first.Reason
	}
	return fmt.Sprintf("%s (and %s of this file)", g.first.Reason, plural(g.more, "other place"))
}

// groupGaps lists equal reasons of a file once, at their first place.
func groupGaps(gaps []lint.FileGap) []gapGroup {
	type key struct{ file, reason string }
	place := map[key]int{}
	var groups []gapGroup
	for _, g := range gaps {
		k := key{g.File.Name, g.Reason}
		if at, ok := place[k]; ok {
			groups[at].more++
			continue
		}
		place[k] = len(groups)
		groups = append(groups, gapGroup{first: g})
	}
	return groups
}
