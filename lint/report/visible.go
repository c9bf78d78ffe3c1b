package report

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"
)

// invisible tells the characters that would change what a person sees, and
// leave no mark themselves: controls, formatting such as bidi overrides,
// separators of lines, private use, and letters that are drawn as nothing.
func invisible(r rune) bool {
	return r > '~' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co, unicode.Other_Default_Ignorable_Code_Point) ||
		r < ' '
}

// cell is what the terminal draws for one grapheme cluster.
type cell struct {
	at    int // byte offset in the text
	text  string
	width int // in columns
}

// cells returns the text as a terminal draws it. Tabs stay as they are, one
// column wide.
func cells(text string) []cell {
	list := make([]cell, 0, len(text))
	at := 0
	for g := displaywidth.StringGraphemes(text); g.Next(); {
		cluster := g.Value()
		c := cell{at: at, text: cluster, width: g.Width()}
		switch {
		case cluster == "\t":
			c.width = 1
		case isLogCommand(text[at:]):
			c.text = escaped(cluster[0])
			c.width = len(c.text)
		default:
			if shown := visibleCluster(cluster); shown != cluster {
				c.text, c.width = shown, displaywidth.String(shown)
			}
		}
		list = append(list, c)
		at += len(cluster)
	}
	return list
}

// isLogCommand reports whether a text begins with what GitHub's and Azure's
// runners obey anywhere in a line of a log.
func isLogCommand(text string) bool {
	return strings.HasPrefix(text, "##[") || strings.HasPrefix(text, "##vso[")
}

func escaped[T byte | rune](char T) string { return fmt.Sprintf("<U+%04X>", char) }

func visibleCluster(cluster string) string {
	if len(cluster) == 1 && ' ' <= cluster[0] && cluster[0] <= '~' {
		return cluster
	}
	var b strings.Builder
	for i, r := range cluster {
		size := utf8.RuneLen(r)
		switch {
		case r == utf8.RuneError && !strings.HasPrefix(cluster[i:], "\uFFFD"):
			fmt.Fprintf(&b, "<0x%02X>", cluster[i])
		case r == zeroWidthJoiner && i > 0 && i+size < len(cluster):
			b.WriteRune(r) // inside an emoji or a conjunct
		case invisible(r):
			b.WriteString(escaped(r))
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

const zeroWidthJoiner = '\u200D'

// visible returns a text of one line with its invisible characters, and line
// ends, written out as <U+000A>. Tabs stay.
func visible(text string) string {
	if isPlain(text) {
		return text
	}
	var b strings.Builder
	for _, c := range cells(text) {
		b.WriteString(c.text)
	}
	return b.String()
}

func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '\t' && (c < ' ' || c > '~') {
			return false
		}
	}
	return !strings.Contains(text, "##")
}

// visibleLines splits a text into lines that are safe to print at the start
// of a line, tabs kept.
func visibleLines(text string) []string {
	lines := strings.Split(strings.TrimRight(text, "\r\n"), "\n")
	for i, line := range lines {
		line = visible(strings.TrimSuffix(line, "\r"))
		// GitHub's runner obeys "::name …::" after any blanks.
		blank := len(line) - len(strings.TrimLeft(line, " \t"))
		if rest := line[blank:]; strings.HasPrefix(rest, "::") && strings.Contains(rest[2:], "::") {
			line = line[:blank] + escaped(rest[0]) + rest[1:]
		}
		lines[i] = line
	}
	return lines
}

// escapeInvisible writes the invisible characters of a JSON text as \u
// escapes. They can stand inside its strings only.
func escapeInvisible(text []byte) []byte {
	var out []byte
	kept := 0 // text before it is in out
	for at := 0; at < len(text); {
		r, size := rune(text[at]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRune(text[at:])
		}
		if r > '~' && invisible(r) {
			out = append(out, text[kept:at]...)
			for _, unit := range utf16.Encode([]rune{r}) {
				out = fmt.Appendf(out, `\u%04x`, unit)
			}
			kept = at + size
		}
		at += size
	}
	if kept == 0 {
		return text
	}
	return append(out, text[kept:]...)
}
