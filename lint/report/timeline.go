package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/fatih/color"

	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/timeline"
)

// TimelineOptions says how to draw timelines.
type TimelineOptions struct {
	// Path turns a File.Name into the path that a person at the shell can
	// open. Nil: unchanged.
	Path  func(name string) string
	Color bool
	// ASCII draws without other characters than ASCII.
	ASCII bool
	// Width of the terminal in columns.
	Width int
}

// drawing is what a timeline is drawn with.
type drawing struct {
	reads, writes, neither, unseen string // held locks, by what they block
	begin, within, end             string // a transaction block
	detail, dash, more             string
}

var (
	unicodeDrawing = drawing{"█", "▒", "░", "·", "┌", "│", "└", "╰ ", "–", "…"}
	asciiDrawing   = drawing{"#", "=", "-", ".", ",", "|", "'", "` ", "-", "..."}
)

// WriteTimelines draws the locks of migrations: first the relations with their
// strongest lock, each with a letter; then the statements, one a line, with a
// bar for each relation whose lock is held while the statement runs.
func WriteTimelines(w io.Writer, timelines []*timeline.Timeline, o TimelineOptions) error {
	t := &timelineWriter{out: bufio.NewWriter(w), o: o, drawing: unicodeDrawing, palette: newPalette(o.Color)}
	if o.ASCII {
		t.drawing = asciiDrawing
	}
	if t.o.Width < 40 {
		t.o.Width = 80
	}
	locks := false
	for i, line := range timelines {
		if i > 0 {
			t.line()
		}
		t.timeline(line)
		locks = locks || len(line.Relations) > 0
	}
	if locks {
		t.line()
		t.legend()
	}
	return t.out.Flush()
}

// timelineWriter writes timelines. Errors of the writer stay in out until Flush.
type timelineWriter struct {
	out *bufio.Writer
	o   TimelineOptions
	drawing
	palette

	*timeline.Timeline
	shown []*timeline.Relation // that have a column
}

func (t *timelineWriter) line(parts ...string) {
	line := strings.TrimRight(strings.Join(parts, ""), " ")
	t.out.WriteString(line + "\n")
}

func (t *timelineWriter) timeline(line *timeline.Timeline) {
	t.Timeline = line
	m := line.Migration
	name := m.File.Name
	if t.o.Path != nil {
		name = t.o.Path(name)
	}
	direction := ""
	if m.Direction == migration.Down {
		direction = ", down"
	}
	t.line(t.bold.Sprint(visible(name)), fmt.Sprintf(" (%s%s: %s; PostgreSQL %d)", m.Runner.Name, direction, m.Section.Scope, line.Server))
	t.shown = line.Relations[:min(len(line.Relations), t.columns())]
	t.line()
	if len(line.Relations) == 0 {
		t.line("  no lock on a relation that exists before its statement")
	}
	t.relations()
	if n := len(line.Relations) - len(t.shown); n > 0 {
		t.line(fmt.Sprintf("     and %s more, with weaker locks or new", plural(n, "relation")))
	}
	t.line()
	letters := ""
	for i := range t.shown {
		letters += letter(i) + " "
	}
	t.line(t.dim.Sprintf(" line   %s", letters))
	for i := range line.Moments {
		t.moment(i)
	}
	gaps := 0
	for _, g := range m.Gaps {
		if !g.Harmless {
			gaps++
		}
	}
	if gaps > 0 {
		t.line(t.warning.Sprintf("  %s could not be analysed: its locks are unknown", plural(gaps, "piece")+" of text"))
	}
}

// columns is how many relations fit beside the statements.
func (t *timelineWriter) columns() int { return min(26, (t.o.Width-40)/2) }

func letter(i int) string { return string(rune('A' + i)) }

// relations writes a line for each relation that has a column.
func (t *timelineWriter) relations() {
	names, modes := 0, 0
	for _, r := range t.shown {
		names = max(names, len([]rune(t.relationName(r))))
		modes = max(modes, len(r.Strongest.String()))
	}
	for i, r := range t.shown {
		name, paint := t.relationName(r), t.paint(r, r.Strongest)
		t.line("  ", paint.Sprint(letter(i)), "  ", name, strings.Repeat(" ", names-len([]rune(name))),
			"  ", paint.Sprintf("%-*s", modes, r.Strongest), "  ", t.consequence(r), ", ", t.held(r))
	}
}

func (t *timelineWriter) relationName(r *timeline.Relation) string {
	return t.cut(visible(r.Name.String()), t.o.Width/3)
}

// consequence says in few words who waits for the relation's strongest lock.
func (t *timelineWriter) consequence(r *timeline.Relation) string {
	switch {
	case r.New:
		return "new"
	case r.Strongest.BlocksReads():
		return "blocks reads and writes"
	case r.Strongest.BlocksWrites():
		return "blocks writes"
	}
	return "blocks neither"
}

// held says in which lines the relation is locked.
func (t *timelineWriter) held(r *timeline.Relation) string {
	type stretch struct{ from, to int }
	var stretches []stretch
	for _, s := range r.Spans {
		if last := len(stretches) - 1; last >= 0 && stretches[last].to == s.From-1 && t.together(s.From-1, s.From) {
			stretches[last].to = s.To
			continue
		}
		stretches = append(stretches, stretch{s.From, s.To})
	}
	var texts []string
	label := "line"
	for i, s := range stretches {
		if i == 3 && len(stretches) > 4 {
			texts = append(texts, t.more)
			break
		}
		from, to := t.lineNumber(s.from), t.lineNumber(s.to)
		text := fmt.Sprint(from)
		if to != from {
			text += t.dash + fmt.Sprint(to)
		}
		if from != to || i > 0 {
			label = "lines"
		}
		texts = append(texts, text)
	}
	return label + " " + strings.Join(texts, ", ")
}

// together says whether two moments are in one transaction block.
func (t *timelineWriter) together(a, b int) bool {
	return t.Moments[a].Transaction != 0 && t.Moments[a].Transaction == t.Moments[b].Transaction
}

func (t *timelineWriter) lineNumber(moment int) int {
	m := t.Moments[moment].Statement
	return m.File().Position(m.Pos).Line
}

// moment writes a statement with the bars of the locks that are held while it
// runs, and below it what it does and who waits meanwhile.
func (t *timelineWriter) moment(i int) {
	m := t.Moments[i]
	bars := t.bars(i)
	room := t.o.Width - 8 - 2*len(t.shown)
	first := m.Statement.Text()
	first = visible(strings.Join(strings.Fields(strings.ToValidUTF8(first[:min(len(first), 400)], "")), " "))
	work := t.workOf(m)
	t.line(fmt.Sprintf("%5d ", t.lineNumber(i)), t.bracket(i, false, work != ""), " ", bars, t.cut(first, room))
	if work == "" {
		return
	}
	paint, waiting := t.waiting(i)
	if waiting != "" {
		work += ": " + waiting
	}
	indent := t.detail
	parts := wrapped(work, room-2)
	for n, part := range parts {
		t.line("      ", t.bracket(i, true, n+1 < len(parts)), " ", bars, paint.Sprint(indent+part))
		indent = "  "
	}
}

// bracket is the mark of the transaction block at a statement's first line, or
// below it; more says that the statement has more lines.
func (t *timelineWriter) bracket(i int, below, more bool) string {
	if t.Moments[i].Transaction == 0 {
		return " "
	}
	before := i > 0 && t.together(i-1, i)
	after := i+1 < len(t.Moments) && t.together(i, i+1)
	switch {
	case !before && !below && (after || more):
		return t.dim.Sprint(t.begin)
	case after || more:
		return t.dim.Sprint(t.within)
	case before || below:
		return t.dim.Sprint(t.end)
	}
	return " "
}

func (t *timelineWriter) bars(i int) string {
	var b strings.Builder
	for _, r := range t.shown {
		mode := r.At(i)
		if mode == lock.None {
			b.WriteString("  ")
			continue
		}
		b.WriteString(t.paint(r, mode).Sprint(t.bar(r, mode)) + " ")
	}
	return b.String()
}

func (t *timelineWriter) bar(r *timeline.Relation, mode lock.Mode) string {
	switch {
	case r.New:
		return t.unseen
	case mode.BlocksReads():
		return t.reads
	case mode.BlocksWrites():
		return t.writes
	}
	return t.neither
}

func (t *timelineWriter) paint(r *timeline.Relation, mode lock.Mode) *color.Color {
	switch {
	case r.New || !mode.BlocksWrites():
		return t.dim
	case mode.BlocksReads():
		return t.err
	}
	return t.warning
}

// workOf says what a statement does: "index build on public.users".
func (t *timelineWriter) workOf(m timeline.Moment) string {
	var parts []string
	for i, w := range m.Work {
		if i == 3 && len(m.Work) > 4 {
			parts = append(parts, fmt.Sprintf("and on %d more", len(m.Work)-i))
			break
		}
		text := w.Work.String() + " on " + visible(w.Relation.Name.String())
		if w.Waits {
			text += ", which waits for older transactions"
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

// waiting says who waits while a statement works.
func (t *timelineWriter) waiting(i int) (*color.Color, string) {
	var reads, writes []string
	for _, r := range t.Relations {
		mode := r.At(i)
		switch name := visible(r.Name.String()); {
		case r.New:
		case mode.BlocksReads():
			reads = append(reads, name)
		case mode.BlocksWrites():
			writes = append(writes, name)
		}
	}
	var parts []string
	if len(reads) > 0 {
		parts = append(parts, "reads and writes of "+few(reads))
	}
	if len(writes) > 0 {
		parts = append(parts, "writes to "+few(writes))
	}
	paint := t.dim
	switch {
	case len(reads) > 0:
		paint = t.err
	case len(writes) > 0:
		paint = t.warning
	default:
		return paint, ""
	}
	return paint, strings.Join(parts, " and ") + " wait"
}

// few lists three names and counts the others.
func few(names []string) string {
	if len(names) > 4 {
		return strings.Join(names[:3], ", ") + fmt.Sprintf(" and %d more", len(names)-3)
	}
	if last := len(names) - 1; last > 0 {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return names[0]
}

func (t *timelineWriter) legend() {
	t.line(t.err.Sprint(t.reads), " blocks reads and writes   ", t.warning.Sprint(t.writes), " blocks writes   ",
		t.dim.Sprint(t.neither), " blocks neither   ", t.dim.Sprint(t.unseen), " new: nobody waits")
}

// cut shortens a text to a number of columns.
func (t *timelineWriter) cut(text string, columns int) string {
	width := 0
	for _, c := range cells(text) {
		width += c.width
	}
	if width <= columns {
		return text
	}
	var b strings.Builder
	room := columns - len([]rune(t.more))
	for _, c := range cells(text) {
		if room -= c.width; room < 0 {
			break
		}
		b.WriteString(c.text)
	}
	return b.String() + t.more
}

// wrapped breaks a text at blanks into lines of at most a number of characters.
func wrapped(text string, columns int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		switch {
		case line == "":
			line = word
		case len([]rune(line))+1+len([]rune(word)) > columns:
			lines = append(lines, line)
			line = word
		default:
			line += " " + word
		}
	}
	return append(lines, line)
}
