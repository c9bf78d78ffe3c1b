// Package page shows a rule's page, which is Markdown, at a terminal.
package page

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Summary returns the page's first paragraph, its one-sentence summary, as
// one line; "" if there is none.
func Summary(doc string) string {
	for _, block := range blocks(doc) {
		if block.kind == paragraph {
			return inline(strings.Join(strings.Fields(strings.Join(block.lines, " ")), " "), false)
		}
	}
	return ""
}

// Plain renders a page as text whose lines have at most width characters,
// where words allow it. Examples are indented and never wrapped.
func Plain(doc string, width int) string {
	var out strings.Builder
	for i, b := range blocks(doc) {
		if i > 0 {
			out.WriteByte('\n')
		}
		switch b.kind {
		case heading:
			out.WriteString(strings.ToUpper(b.lines[0]) + "\n")
		case title:
			out.WriteString(b.lines[0] + "\n" + strings.Repeat("=", utf8.RuneCountInString(b.lines[0])) + "\n")
		case code:
			for _, line := range b.lines {
				out.WriteString(strings.TrimRight("    "+line, " ") + "\n")
			}
		case list:
			for _, item := range items(b.lines) {
				wrap(&out, "- ", "  ", item, width)
			}
		default:
			wrap(&out, "", "", strings.Join(b.lines, " "), width)
		}
	}
	return out.String()
}

type kind uint8

const (
	paragraph kind = iota
	title
	heading
	list
	code
)

type block struct {
	kind  kind
	lines []string
}

// blocks cuts a page into its parts: what rules' pages use of Markdown.
func blocks(doc string) []block {
	var all []block
	inCode := false
	open := false // the last block goes on
	for line := range strings.Lines(doc) {
		line = strings.TrimRight(line, "\r\n")
		fence := strings.HasPrefix(line, "```")
		begin := func(k kind, text ...string) {
			all = append(all, block{k, text})
			open = true
		}
		switch {
		case fence && !inCode:
			inCode = true
			begin(code)
		case fence:
			inCode, open = false, false
		case inCode:
			last := &all[len(all)-1]
			last.lines = append(last.lines, line)
		case strings.TrimSpace(line) == "":
			open = false
		case strings.HasPrefix(line, "# "):
			begin(title, line[2:])
			open = false
		case strings.HasPrefix(line, "#"):
			begin(heading, strings.TrimSpace(strings.TrimLeft(line, "#")))
			open = false
		case open:
			last := &all[len(all)-1]
			last.lines = append(last.lines, line)
		case strings.HasPrefix(line, "- "), strings.HasPrefix(line, "* "):
			begin(list, line)
		default:
			begin(paragraph, line)
		}
	}
	return all
}

// items joins the lines of each item of a list.
func items(lines []string) []string {
	var all []string
	for _, line := range lines {
		text, begins := strings.CutPrefix(line, "- ")
		if !begins {
			text, begins = strings.CutPrefix(line, "* ")
		}
		if begins || len(all) == 0 {
			all = append(all, text)
		} else {
			all[len(all)-1] += " " + text
		}
	}
	return all
}

var link = regexp.MustCompile(`\[([^\]]*)\]\(([^)\s]*)\)`)

// inline takes the marks of Markdown out of a line. Links keep their target
// when urls is true.
func inline(text string, urls bool) string {
	return link.ReplaceAllStringFunc(text, func(s string) string {
		m := link.FindStringSubmatch(s)
		if !urls || m[1] == m[2] {
			return m[1]
		}
		return m[1] + ": " + m[2]
	})
}

// wrap writes words in lines of at most width characters.
func wrap(out *strings.Builder, first, rest, text string, width int) {
	line, used := first, false
	for _, word := range strings.Fields(inline(text, true)) {
		switch {
		case used && utf8.RuneCountInString(line)+1+utf8.RuneCountInString(word) > width:
			out.WriteString(line + "\n")
			line = rest + word
		case used:
			line += " " + word
		default:
			line += word
		}
		used = true
	}
	out.WriteString(line + "\n")
}
