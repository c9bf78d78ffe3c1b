package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

// GitHub keeps this many annotations of each level for a step, and silently
// drops the others.
const maxAnnotations = 10

// writeGitHub writes workflow commands that become annotations of the step,
// most severe first, as many as GitHub keeps; everything goes to the job
// summary. No line begins with text of the migrations: a runner obeys "::".
func writeGitHub(w io.Writer, r *lint.Result, o Options) error {
	out := bufio.NewWriter(w)
	left := map[string]int{}
	annotate := func(a annotation) {
		if left[a.level]++; left[a.level] <= maxAnnotations {
			a.writeTo(out)
		}
	}
	for _, d := range mostSevere(r) {
		annotate(newAnnotation(d.Severity.String(), d.File, d.Range, d.Rule, explanation(d)+relatedPlaces(d, &o), &o))
	}
	for _, g := range groupGaps(r.Gaps) {
		annotate(newAnnotation("error", g.first.File, g.first.Place(), "not analysed", visible(g.describe()), &o))
	}
	more := 0
	for _, n := range left {
		more += max(0, n-maxAnnotations)
	}
	if more > 0 {
		where := "`premortem lint` shows them"
		if o.Summary != nil {
			where = "the job summary has them"
		}
		fmt.Fprintf(out, "::notice title=premortem::%s not shown here: %s\n", plural(more, "other annotation"), where)
	}
	fmt.Fprintln(out, closing(r, o, newPalette(false)))
	if err := out.Flush(); err != nil {
		return err
	}
	if o.Summary == nil {
		return nil
	}
	return writeJobSummary(o.Summary, r, o)
}

// relatedPlaces lists the places that explain a diagnostic, a line for each, as
// far as an annotation has room.
func relatedPlaces(d *lint.Diagnostic, o *Options) string {
	text, room := "", maxExplanation-len(explanation(d))
	for i, r := range d.Related {
		at := r.File.Position(tight(r.File, r.Range).Pos)
		line := fmt.Sprintf("\n%s:%d:%d: %s", visible(o.repoPath(r.File.Name)), at.Line, at.Column, visible(r.Message))
		if len(text)+len(line) > room {
			return text + "\nand " + plural(len(d.Related)-i, "other place")
		}
		text += line
	}
	return text
}

// annotation is one workflow command.
type annotation struct {
	level, title, message string
	file                  string
	start, end            migration.Position
}

func newAnnotation(level string, f *migration.File, r migration.Range, title, message string, o *Options) annotation {
	r = tight(f, r)
	return annotation{level, title, message, o.repoPath(f.Name), f.Position(r.Pos), f.Position(r.End)}
}

func (a annotation) writeTo(w io.Writer) {
	fmt.Fprintf(w, "::%s file=%s,line=%d,endLine=%d", a.level, commandProperty(visible(a.file)), a.start.Line, a.end.Line)
	if a.start.Line == a.end.Line { // GitHub takes columns within one line only
		fmt.Fprintf(w, ",col=%d,endColumn=%d", a.start.Column, a.end.Column)
	}
	fmt.Fprintf(w, ",title=%s::%s\n", commandProperty(a.title), commandData(a.message))
}

// commandData and commandProperty escape as the actions toolkit does
// (packages/core/src/command.ts).
func commandData(s string) string { return dataEscapes.Replace(s) }

func commandProperty(s string) string { return propertyEscapes.Replace(s) }

var (
	dataEscapes     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
