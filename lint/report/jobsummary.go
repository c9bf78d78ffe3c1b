package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/premortem-lint/premortem/lint"
)

// GitHub refuses a step's summary of more than 1 MiB. The step may write
// other things too.
const maxSummary = 1000 * 1000

// writeJobSummary writes Markdown: all findings in a table, then what to
// write instead, as far as there is room.
func writeJobSummary(w io.Writer, r *lint.Result, o Options) error {
	s := summary{room: maxSummary - 1000} // for the lines that say what is missing
	s.add("## premortem\n\n" + markdown(closing(r, o, newPalette(false))) + "\n\n")
	findings := mostSevere(r)
	s.table(findings, r.Gaps, &o)
	s.advice(findings, &o)
	_, err := io.WriteString(w, s.text.String())
	return err
}

type summary struct {
	text strings.Builder
	room int
}

// add appends a text if there is room for it.
func (s *summary) add(text string) bool {
	if len(text) > s.room {
		return false
	}
	s.room -= len(text)
	s.text.WriteString(text)
	return true
}

func (s *summary) table(findings []*lint.Diagnostic, gaps []lint.FileGap, o *Options) {
	groups := groupGaps(gaps)
	if len(findings)+len(groups) == 0 {
		return
	}
	s.add("| | place | rule | |\n|---|---|---|---|\n")
	left := 0
	row := func(severity, place, rule, message string) {
		if left > 0 || !s.add(fmt.Sprintf("| %s | %s | %s | %s |\n", severity, markdown(place), markdown(rule), markdown(message))) {
			left++
		}
	}
	for _, d := range findings {
		row(d.Severity.String(), summaryPlace(d, o), d.Rule, visible(d.Message))
	}
	for _, g := range groups {
		at := g.first.File.Position(tight(g.first.File, g.first.Place()).Pos)
		row("not analysed", fmt.Sprintf("%s:%d:%d", visible(o.repoPath(g.first.File.Name)), at.Line, at.Column), "", visible(g.describe()))
	}
	if left > 0 {
		s.text.WriteString("\n" + plural(left, "other line") + " left out: a summary holds 1 MiB.\n")
	}
}

// advice has one section for each finding with something to write instead.
func (s *summary) advice(findings []*lint.Diagnostic, o *Options) {
	left := 0
	for _, d := range findings {
		if d.Instead == nil {
			continue
		}
		var b strings.Builder
		if len(d.Instead.Migrations) == 0 {
			fmt.Fprintf(&b, "\n%s\n", markdown(summaryPlace(d, o)+": "+visible(d.Instead.Message)))
		} else {
			fmt.Fprintf(&b, "\n<details><summary>%s: %s</summary>\n\n", html(summaryPlace(d, o)), html(visible(d.Instead.Message)))
			for _, m := range d.Instead.Migrations {
				b.WriteString(fenced(strings.Join(visibleLines(m), "\n"), "sql") + "\n")
			}
			b.WriteString("</details>\n")
		}
		if left > 0 || !s.add(b.String()) {
			left++
		}
	}
	if left > 0 {
		s.text.WriteString("\nAdvice for " + plural(left, "finding") + " left out: a summary holds 1 MiB.\n")
	}
}

func summaryPlace(d *lint.Diagnostic, o *Options) string {
	at := d.File.Position(tight(d.File, d.Range).Pos)
	return fmt.Sprintf("%s:%d:%d", visible(o.repoPath(d.File.Name)), at.Line, at.Column)
}

// markdown escapes a text of one line so that Markdown shows it as it is,
// inside a table too. Any ASCII punctuation may follow a backslash
// (CommonMark 2.4).
func markdown(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if strings.IndexByte("\\`*_[]<>|~#&!@$:", c) >= 0 {
			b.WriteByte('\\')
		}
		b.WriteByte(c)
	}
	return b.String()
}

// html escapes a text of one line inside an HTML block of Markdown.
func html(text string) string {
	return htmlEscapes.Replace(text)
}

var htmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "@", "&#64;", "`", "&#96;", "*", "&#42;", "_", "&#95;", "[", "&#91;")

// fenced is a code block whose fence no line of the text can close.
func fenced(text, language string) string {
	fence := "```"
	for strings.Contains(text, fence) {
		fence += "`"
	}
	return fence + language + "\n" + text + "\n" + fence + "\n"
}
