package migration

import (
	"bytes"
	"iter"
)

// eachLine yields the offset of each line's first byte and its text without
// the line ending ("\n" or "\r\n"), as bufio.ScanLines cuts them. A leading
// byte order mark belongs to the first line.
func eachLine(source []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for pos := 0; pos < len(source); {
			line, next := source[pos:], len(source)
			if i := bytes.IndexByte(line, '\n'); i >= 0 {
				line, next = line[:i], pos+i+1
			}
			if !yield(pos, bytes.TrimSuffix(line, []byte("\r"))) {
				return
			}
			pos = next
		}
	}
}

// eachJavaLine yields them as Java's BufferedReader cuts them: a lone "\r" ends one too.
func eachJavaLine(source []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for pos, line := range eachLine(source) {
			for {
				part, rest, more := bytes.Cut(line, []byte("\r"))
				if !yield(pos, part) {
					return
				}
				if !more {
					break
				}
				pos, line = pos+len(part)+1, rest
			}
		}
	}
}

// lineEnd returns the offset behind the line in which an offset is.
func lineEnd(source []byte, pos int) int {
	if i := bytes.IndexByte(source[pos:], '\n'); i >= 0 {
		return pos + i + 1
	}
	return len(source)
}

// eachCommentLine yields the lines that hold nothing but a -- comment.
func eachCommentLine(source []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for pos, line := range eachLine(source) {
			if isCommentLine(line) && !yield(pos, line) {
				return
			}
		}
	}
}

func isCommentLine(line []byte) bool {
	text := bytes.TrimSpace(line)
	return len(text) > 1 && text[0] == '-' && text[1] == '-'
}

// trimmed returns the range without the blanks at its ends.
func trimmed(source []byte, r Range) Range {
	text := source[r.Pos:r.End]
	r.Pos += len(text) - len(bytes.TrimLeft(text, " \t\r\n\v\f"))
	r.End -= len(text) - len(bytes.TrimRight(text, " \t\r\n\v\f"))
	if r.End < r.Pos {
		r.End = r.Pos
	}
	return r
}

// byteOrderMarkIn returns the length of f's leading byte order mark: 3 or 0.
func byteOrderMarkIn(f *File) int {
	if bytes.HasPrefix(f.Source, byteOrderMark) {
		return len(byteOrderMark)
	}
	return 0
}
