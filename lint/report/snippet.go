package report

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/premortem-lint/premortem/lint/migration"
)

const (
	maxColumns = 120 // of source shown in one line
	leadIn     = 40  // columns shown before the range where a line is cut
	tabStop    = 4
	maxHead    = 3 // lines shown of a range before its last one
	// maxBytes bounds the text that is looked at on either side of a place in
	// a line, whatever the line's length.
	maxBytes = 2048
)

// row is one line of a snippet.
type row struct {
	line int    // number of the source line; 0 for a line of marks or an ellipsis
	text string // visible, tabs expanded
	mark bool   // the text underlines the row before
	skip bool   // stands for source lines left out
}

// snippet shows a range in its lines, with marks under it. The first line of
// the statement around it, if that is an earlier one, comes first; an empty
// range is no statement.
func snippet(f *migration.File, r migration.Range, mark string, statement migration.Range) []row {
	r = tight(f, r)
	first, last := lineOf(f, r.Pos), lineOf(f, max(r.Pos, r.End-1))
	indent := ""
	if first.number != last.number {
		indent = "  " // the bracket's width
	}
	var rows []row
	if statement.End > statement.Pos {
		if above := lineOf(f, tight(f, statement).Pos); above.number < first.number {
			rows = append(rows, row{line: above.number, text: indent + above.show(above.start, above.start).text})
			if above.number+1 < first.number {
				rows = append(rows, row{skip: true})
			}
		}
	}
	if first.number == last.number {
		v := first.show(r.Pos, r.End)
		return append(rows,
			row{line: first.number, text: v.text},
			row{mark: true, text: strings.Repeat(" ", v.from) + strings.Repeat(mark, max(1, v.to-v.from))})
	}
	return append(rows, bracket(f, r, first, last, mark)...)
}

// bracket shows a range of several lines with a line drawn at its left from
// its first character to its last.
func bracket(f *migration.File, r migration.Range, first, last sourceLine, mark string) []row {
	var rows []row
	v := first.show(r.Pos, first.end)
	if len(bytes.TrimSpace(f.Source[first.start:r.Pos])) == 0 {
		rows = append(rows, row{line: first.number, text: "/ " + v.text})
	} else {
		rows = append(rows,
			row{line: first.number, text: "  " + v.text},
			row{mark: true, text: " _" + strings.Repeat("_", v.from) + mark})
	}
	for number := first.number + 1; number < last.number; number++ {
		if number == first.number+maxHead && number+1 < last.number {
			rows = append(rows, row{skip: true, text: "|"})
			break
		}
		line := lineNumbered(f, number)
		rows = append(rows, row{line: number, text: strings.TrimRight("| "+line.show(line.start, line.start).text, " ")})
	}
	v = last.show(r.End, r.End)
	return append(rows,
		row{line: last.number, text: "| " + v.text},
		row{mark: true, text: "|_" + strings.Repeat("_", max(0, v.from-1)) + mark})
}

// tight returns the range without the blanks at its ends, inside the file.
func tight(f *migration.File, r migration.Range) migration.Range {
	start := 0
	if bytes.HasPrefix(f.Source, byteOrderMark) {
		start = len(byteOrderMark)
	}
	r.Pos = max(start, min(r.Pos, len(f.Source)))
	r.End = max(r.Pos, min(r.End, len(f.Source)))
	const blanks = " \t\r\n\f\v"
	text := bytes.TrimLeft(f.Source[r.Pos:r.End], blanks)
	if len(text) == 0 {
		return migration.Range{Pos: r.Pos, End: r.Pos}
	}
	r.Pos = r.End - len(text)
	return migration.Range{Pos: r.Pos, End: r.Pos + len(bytes.TrimRight(text, blanks))}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

// sourceLine is a line of a file, without its line ending and without a byte
// order mark; start and end are offsets in the file.
type sourceLine struct {
	file               *migration.File
	number, start, end int
}

// lineOf returns the line that holds an offset.
func lineOf(f *migration.File, offset int) sourceLine {
	return lineNumbered(f, f.Position(offset).Line)
}

func lineNumbered(f *migration.File, number int) sourceLine {
	r := f.LineRange(number)
	return sourceLine{f, number, r.Pos, r.End}
}

// view is a line as it is shown. from and to are the columns (0-based, to
// exclusive) of the range that was asked for.
type view struct {
	text     string
	from, to int
}

// show draws the line around the range [pos, end), offsets in the file. A
// line that is too wide is cut, with an ellipsis at each cut.
func (l sourceLine) show(pos, end int) view {
	pos = max(l.start, min(pos, l.end))
	end = max(pos, min(end, l.end))
	source := l.file.Source
	lo, hi := max(l.start, pos-maxBytes), min(l.end, pos+maxBytes)
	for lo > l.start && !utf8.RuneStart(source[lo]) && pos-lo < maxBytes+utf8.UTFMax {
		lo--
	}
	for hi < l.end && !utf8.RuneStart(source[hi]) && hi-pos < maxBytes+utf8.UTFMax {
		hi++
	}
	list := expandTabs(cells(string(source[lo:hi])))
	first, after := window(list, pos-lo)

	var text strings.Builder
	v := view{from: -1, to: -1}
	column := 0
	write := func(s string, width int) { text.WriteString(s); column += width }
	if first > 0 || lo > l.start {
		write("…", 1)
	}
	for i := first; i < after; i++ {
		c := list[i]
		next := hi - lo
		if i+1 < len(list) {
			next = list[i+1].at
		}
		if v.from < 0 && pos-lo < next {
			v.from = column
		}
		if v.to < 0 && end-lo <= c.at {
			v.to = column
		}
		write(c.text, c.width)
	}
	if v.from < 0 {
		v.from = column
	}
	if after < len(list) || hi < l.end {
		write("…", 1)
	}
	if v.to < 0 {
		v.to = column
	}
	v.text = strings.TrimRight(text.String(), " ")
	return v
}

func expandTabs(list []cell) []cell {
	column := 0
	for i := range list {
		if c := &list[i]; c.text == "\t" {
			c.width = tabStop - column%tabStop
			c.text = strings.Repeat(" ", c.width)
		}
		column += list[i].width
	}
	return list
}

// window chooses the cells to show of a line: all if they fit, else those
// around the one that holds the byte offset at.
func window(list []cell, at int) (first, after int) {
	width := 0
	for _, c := range list {
		width += c.width
	}
	if width <= maxColumns {
		return 0, len(list)
	}
	for first < len(list) && list[first].at < at {
		first++
	}
	for lead := 0; first > 0 && lead+list[first-1].width <= leadIn; {
		first--
		lead += list[first].width
	}
	width = 0
	for after = first; after < len(list) && width+list[after].width <= maxColumns; after++ {
		width += list[after].width
	}
	for first > 0 && width+list[first-1].width <= maxColumns {
		first--
		width += list[first].width
	}
	return first, after
}
