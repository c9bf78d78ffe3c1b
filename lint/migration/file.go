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
}

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
		Column:     utf8.RuneCount(bytes.TrimPrefix(f.Source[start:offset], byteOrderMark)) + 1,
		ByteColumn: offset - start + 1,
	}
}

// Line returns the text of the 1-based line, without its line ending.
func (f *File) Line(line int) string {
	f.once.Do(f.index)
	if line < 1 || line > len(f.lines) {
		return ""
	}
	end := len(f.Source)
	if line < len(f.lines) {
		end = f.lines[line]
	}
	text := bytes.TrimRight(f.Source[f.lines[line-1]:end], "\r\n")
	return string(bytes.TrimPrefix(text, byteOrderMark))
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
