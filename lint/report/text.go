package report

import (
	"bufio"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/aymanbagabas/go-udiff"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

const (
	maxLocks   = 8 // relations listed for one diagnostic
	maxDrift   = 8 // differences listed for one history
	maxRelated = 4 // related places of one diagnostic that are shown with their text
	// Of more histories than this, only the runners are counted.
	maxHistories = 20
	// From manyFindings on, a table of rules comes before the closing line.
	manyFindings = 10
)

// writeText writes for people, in the manner of rustc: what, where, the
// clause underlined, which locks, what to write instead.
func writeText(w io.Writer, r *lint.Result, o Options) error {
	t := &textWriter{out: bufio.NewWriter(w), o: o, palette: newPalette(o.Color), first: map[string]string{}}
	shown := 0
	for i := range r.Diagnostics {
		if d := &r.Diagnostics[i]; d.Suppressed == nil || o.ShowSuppressed {
			t.diagnostic(d)
			shown++
		}
	}
	if shown > 0 || len(r.Gaps) > 0 || len(r.Drift) > 0 {
		t.gaps(r.Gaps)
		t.drift(r.Drift)
		t.rules(r)
		t.histories(r.Histories)
		if shown > 0 {
			t.line(t.dim.Sprint("premortem explain RULE says what PostgreSQL does and when to ignore a rule"))
		}
	} else { // what was not read is told with good news too
		t.histories(slices.DeleteFunc(slices.Clone(r.Histories), func(h *migration.History) bool { return len(h.Skipped) == 0 }))
	}
	t.line(closing(r, o, t.palette))
	return t.out.Flush()
}

// textWriter writes one report. Errors of the writer stay in out until Flush.
type textWriter struct {
	out *bufio.Writer
	o   Options
	palette
	// first has the place of the diagnostic that printed a block of several
	// lines first; it is not printed again.
	first map[string]string
}

func (t *textWriter) line(parts ...string) {
	for _, p := range parts {
		t.out.WriteString(p)
	}
	t.out.WriteByte('\n')
}

func (t *textWriter) diagnostic(d *lint.Diagnostic) {
	color := t.severity(d.Severity)
	label := d.Severity.String()
	if d.Suppressed != nil {
		color, label = t.dim, "suppressed "+label
	}
	t.line(color.Sprintf("%s[%s]", label, d.Rule), t.bold.Sprint(": "+visible(d.Message)))

	var context migration.Range
	if d.Statement != nil {
		context = d.Statement.Range
	}
	here := t.place(d.File, d.Range)
	main := snippet(d.File, d.Range, "^", context)
	margin := strings.Repeat(" ", t.numberWidth(main, d.Related))
	t.line(margin, t.gutter.Sprint("--> "), here)
	t.snippet(margin, main, color.Sprint)
	more := 0
	for i, related := range d.Related {
		switch {
		case i < maxRelated:
			t.related(margin, related)
		case related.Finding:
			more++
		default:
			t.line(margin, t.gutter.Sprint("::: "), t.place(related.File, related.Range), " ", t.note.Sprint(visible(related.Message)))
		}
	}
	if more > 0 {
		t.line(margin, t.gutter.Sprint("::: "), "and ", plural(more, "other place"))
	}

	notes := notes{t, margin, here, false}
	notes.locks(d.Effects)
	notes.suppressed(d.Suppressed)
	if !slices.ContainsFunc(d.SuggestedFixes, func(f lint.SuggestedFix) bool { return d.Instead != nil && f.Message == d.Instead.Message }) {
		notes.instead(d.Instead) // else the fix shows it in the file itself
	}
	for i := range d.SuggestedFixes {
		notes.fix(d.File, &d.SuggestedFixes[i])
	}
	t.line()
}

// place is file:line:column, as editors and terminals link it.
func (t *textWriter) place(f *migration.File, r migration.Range) string {
	at := f.Position(tight(f, r).Pos)
	return fmt.Sprintf("%s:%d:%d", visible(t.o.path(f.Name)), at.Line, at.Column)
}

func (t *textWriter) numberWidth(rows []row, related []lint.Related) int {
	most := 1
	for _, r := range rows {
		most = max(most, r.line)
	}
	for _, r := range related[:min(len(related), maxRelated)] {
		most = max(most, lineOf(r.File, tight(r.File, r.Range).End).number)
	}
	return len(strconv.Itoa(most)) + 1
}

func (t *textWriter) snippet(margin string, rows []row, paint func(...any) string) {
	bar := t.gutter.Sprint(margin + " |")
	t.line(bar)
	for _, r := range rows {
		switch {
		case r.skip:
			t.line(t.gutter.Sprintf("%*s", len(margin), "…"), prefixed("   ", r.text))
		case r.mark:
			t.line(bar, " ", paint(r.text))
		default:
			t.line(t.gutter.Sprintf("%*d |", len(margin), r.line), prefixed(" ", r.text))
		}
	}
}

// prefixed puts blanks before a text, so that no line ends in blanks.
func prefixed(blanks, text string) string {
	if text == "" {
		return ""
	}
	return blanks + text
}

func (t *textWriter) related(margin string, r lint.Related) {
	t.line(margin, t.gutter.Sprint("::: "), t.place(r.File, r.Range))
	rows := snippet(r.File, r.Range, "-", migration.Range{})
	rows[len(rows)-1].text += " " + visible(r.Message)
	t.snippet(margin, rows, t.note.Sprint)
}

// notes are the lines below a snippet.
type notes struct {
	*textWriter
	margin, here string
	begun        bool
}

func (n *notes) note(label, text string) {
	if !n.begun {
		n.line(n.gutter.Sprint(n.margin + " |"))
		n.begun = true
	}
	n.line(n.gutter.Sprint(n.margin+" = "), n.bold.Sprint(label+": "), text)
}

// repeats returns the place where a block was printed before, or "".
func (n *notes) repeats(block string) string {
	where, ok := n.first[block]
	if !ok {
		n.first[block] = n.here
	}
	return where
}

func (n *notes) locks(effects []lock.Effect) {
	locks := relationLocks(effects)
	if len(locks) == 0 {
		return
	}
	lines := make([]string, 0, min(len(locks), maxLocks+1))
	for i := range locks {
		if i == maxLocks && len(locks) > maxLocks+1 {
			lines = append(lines, fmt.Sprintf("and %d other relations", len(locks)-i))
			break
		}
		lines = append(lines, locks[i].describe())
	}
	if len(lines) > 1 {
		if where := n.repeats("locks\n" + strings.Join(lines, "\n")); where != "" {
			n.note("locks", fmt.Sprintf("the same %d as for %s", len(locks), where))
			return
		}
	}
	n.note("locks", lines[0])
	for _, l := range lines[1:] {
		n.line(n.margin, "          ", l)
	}
}

func (n *notes) suppressed(s *lint.Suppression) {
	if s == nil {
		return
	}
	text := visible(s.Reason)
	if !s.Until.IsZero() {
		text += " (until " + s.Until.Format("2006-01-02") + ")"
	}
	n.note("suppressed", text)
}

func (n *notes) instead(in *lint.Instead) {
	if in == nil {
		return
	}
	text := visible(in.Message)
	if len(in.Migrations) == 0 {
		n.note("instead", text)
		return
	}
	if where := n.repeats("instead\n" + in.Message + "\n" + strings.Join(in.Migrations, "\n")); where != "" {
		n.note("instead", text+"; drafted at "+where)
		return
	}
	n.note("instead", text)
	indent := n.margin + "     "
	for i, m := range in.Migrations {
		n.line()
		if len(in.Migrations) > 1 {
			n.line(indent, n.dim.Sprintf("migration %d of %d", i+1, len(in.Migrations)))
		}
		for _, l := range visibleLines(m) {
			n.line(prefixed(indent, l))
		}
	}
}

// fix shows the lines that a suggested fix changes, as a diff.
func (n *notes) fix(f *migration.File, fix *lint.SuggestedFix) {
	n.note("fix", visible(fix.Message))
	before, after, ok := editedLines(f, fix.TextEdits)
	if !ok {
		return
	}
	diff, err := udiff.ToUnifiedDiff("", "", before, udiff.Lines(before, after), udiff.DefaultContextLines)
	if err != nil {
		return // the edits are those of Lines
	}
	n.line()
	for i, hunk := range diff.Hunks {
		if i > 0 {
			n.line(n.margin, "     …")
		}
		for _, l := range hunk.Lines {
			switch text := strings.TrimSuffix(l.Content, "\n"); l.Kind {
			case udiff.Delete:
				n.line(n.margin, n.err.Sprint("   - "), text)
			case udiff.Insert:
				n.line(n.margin, n.good.Sprint("   + "), text)
			default:
				n.line(prefixed(n.margin+"     ", text))
			}
		}
	}
}

// editedLines returns the lines that the edits touch, as they are and as they
// become, safe to print. ok is false when that is too much to show, or the edits
// overlap.
func editedLines(f *migration.File, edits []lint.TextEdit) (before, after string, ok bool) {
	if len(edits) == 0 {
		return "", "", false
	}
	start, end := len(f.Source), 0
	for _, e := range edits {
		start, end = min(start, lineOf(f, e.Pos).start), max(end, lineOf(f, e.End).end)
	}
	if end-start > maxBytes {
		return "", "", false
	}
	edits = slices.Clone(edits)
	for i := range edits {
		edits[i].Pos -= start
		edits[i].End -= start
	}
	edited, ok := lint.Apply(f.Source[start:end], edits)
	text := func(source []byte) string { return strings.Join(visibleLines(string(source)), "\n") + "\n" }
	return text(f.Source[start:end]), text(edited), ok
}

// gaps lists what was not analysed, equal reasons of a file once.
func (t *textWriter) gaps(gaps []lint.FileGap) {
	for _, g := range groupGaps(gaps) {
		t.line(t.place(g.first.File, g.first.Place()), ": ", t.warning.Sprint("not analysed"), ": ", visible(g.describe()))
	}
	if len(gaps) > 0 {
		t.line()
	}
}

// drift says where the migrations and the database differ.
func (t *textWriter) drift(drift []lint.Drift) {
	listed := map[string]int{} // by directory
	for i, d := range drift {
		if listed[d.Dir] == 0 {
			t.line(fmt.Sprintf("%s: the migrations and the database of the statistics differ", visible(t.o.path(d.Dir))))
		}
		listed[d.Dir]++
		last := i+1 == len(drift) || drift[i+1].Dir != d.Dir
		switch n := listed[d.Dir]; {
		case n <= maxDrift:
			t.line("  ", visible(d.Message))
		case last:
			t.line(t.dim.Sprintf("  and %d more (--format json lists all)", n-maxDrift))
		}
	}
	if len(drift) > 0 {
		t.line()
	}
}

// rules counts the findings of each rule, when there are too many to see at
// a glance.
func (t *textWriter) rules(r *lint.Result) {
	if count(r).findings() < manyFindings {
		return
	}
	for _, c := range countRules(r) {
		t.line(fmt.Sprintf("%6d ", c.n), t.severity(c.severity).Sprintf("%-7s", c.severity), " ", c.rule)
	}
	t.line()
}

// histories says which runner was assumed, and why, for every directory with
// something under review.
func (t *textWriter) histories(histories []*migration.History) {
	var shown []*migration.History
	byRunner := map[string]int{}
	for _, h := range histories {
		if h.Runner != nil && underReview(h) {
			shown = append(shown, h)
			byRunner[h.Runner.Name]++
		}
	}
	if len(shown) > maxHistories {
		var counts []string
		for _, runner := range slices.Sorted(maps.Keys(byRunner)) {
			counts = append(counts, runner+" in "+plural(byRunner[runner], "folder"))
		}
		t.line(t.dim.Sprint(strings.Join(counts, ", ") + " (--format json says why)"))
		return
	}
	for _, h := range shown {
		text := visible(t.o.path(h.Dir)) + ": " + h.Runner.Name
		if h.Why != "" {
			text += " (" + visible(h.Why) + ")"
		}
		if n := len(h.Skipped); n > 0 {
			text += ", skips " + plural(n, "file")
		}
		t.line(t.dim.Sprint(text))
	}
}

func underReview(h *migration.History) bool {
	for _, m := range h.Migrations {
		if m.UnderReview {
			return true
		}
	}
	return false
}
