package migration

import (
	"bytes"
	"sort"
	"sync"
	"unicode/utf8"
)

// File is one source file. Source is never rewritten; every position in this
// module is a byte offset into it.
type File struct {
	Name   string // slash-separated, relative to the root that was searched
	Source []byte

	once  sync.Once
	lines []int // offset of each line's first byte

	countOnce sync.Once
	counts    []characterCount
}

// characterCount is the number of characters before an offset. Entry n of
// File.counts is for the last start of a character at or before n*countEvery.
type characterCount struct{ offset, characters int }

const countEvery = 4096

// Position is a place in a file for people: 1-based line and 1-based column.
type Position struct {
	Line       int
	Column     int // in characters (Unicode code points)
	ByteColumn int // in bytes
}

// Position converts a 0-based byte offset into a line and column. Offsets
// outside the file give its nearest end. A leading byte order mark has no width.
func (f *File) Position(offset int) Position {
	f.once.Do(f.index)
	offset = max(0, min(offset, len(f.Source)))
	line := sort.SearchInts(f.lines, offset+1) - 1
	start := f.lines[line]
	return Position{
		Line:       line + 1,
		Column:     f.characters(start, offset) + 1,
		ByteColumn: offset - start + 1,
	}
}

// Line returns the text of the 1-based line, without its line ending.
func (f *File) Line(line int) string {
	r := f.LineRange(line)
	return string(f.Source[r.Pos:r.End])
}

// LineRange returns where the 1-based line is, without its line ending and
// without the file's byte order mark. A line that the file does not have is empty and
// at the file's end.
func (f *File) LineRange(line int) Range {
	f.once.Do(f.index)
	if line < 1 || line > len(f.lines) {
		return Range{len(f.Source), len(f.Source)}
	}
	r := Range{f.lines[line-1], len(f.Source)}
	if line < len(f.lines) {
		r.End = f.lines[line]
	}
	if line == 1 && bytes.HasPrefix(f.Source, byteOrderMark) {
		r.Pos += len(byteOrderMark)
	}
	for r.End > r.Pos && (f.Source[r.End-1] == '\n' || f.Source[r.End-1] == '\r') {
		r.End--
	}
	return r
}

// characters counts those from the start of a line to an offset in it, without
// the file's byte order mark. Its cost does not grow with the line's length.
func (f *File) characters(start, offset int) int {
	if offset-start <= countEvery {
		text := f.Source[start:offset]
		if start == 0 {
			text = bytes.TrimPrefix(text, byteOrderMark)
		}
		return utf8.RuneCount(text)
	}
	f.countOnce.Do(f.count)
	n := f.charactersBefore(offset) - f.charactersBefore(start)
	if start == 0 && bytes.HasPrefix(f.Source, byteOrderMark) {
		n--
	}
	return n
}

func (f *File) charactersBefore(offset int) int {
	c := f.counts[offset/countEvery]
	return c.characters + utf8.RuneCount(f.Source[c.offset:offset])
}

func (f *File) count() {
	last := characterCount{}
	for at := 0; at <= len(f.Source); at += countEvery {
		boundary := at
		for boundary > max(last.offset, at-utf8.UTFMax+1) && boundary < len(f.Source) && !utf8.RuneStart(f.Source[boundary]) {
			boundary--
		}
		if boundary < len(f.Source) && !utf8.RuneStart(f.Source[boundary]) {
			boundary = at // no character is that long: the bytes are no UTF-8
		}
		last = characterCount{boundary, last.characters + utf8.RuneCount(f.Source[last.offset:boundary])}
		f.counts = append(f.counts, last)
	}
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func (f *File) index() {
	f.lines = []int{0}
	for i, b := range f.Source {
		if b == '\n' {
			f.lines = append(f.lines, i+1)
		}
	}
}
