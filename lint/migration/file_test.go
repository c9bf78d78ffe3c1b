package migration

import (
	"bytes"
	"math/rand"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestPosition(t *testing.T) {
	tests := []struct {
		source string
		offset int
		want   Position
	}{
		{"", 0, Position{1, 1, 1}},
		{"ab", 1, Position{1, 2, 2}},
		{"ab", 2, Position{1, 3, 3}},
		{"ab", 9, Position{1, 3, 3}},
		{"ab", -1, Position{1, 1, 1}},
		{"a\nb", 1, Position{1, 2, 2}},
		{"a\nb", 2, Position{2, 1, 1}},
		{"a\r\nb", 3, Position{2, 1, 1}},
		{"a\n", 2, Position{2, 1, 1}},
		{"数量 x", 7, Position{1, 4, 8}},
		{"\uFEFFab", 3, Position{1, 1, 4}},
		{"\uFEFFab", 0, Position{1, 1, 1}},
		{"a\n\uFEFFb", 5, Position{2, 2, 4}},
		{"\xff\xe6x", 2, Position{1, 3, 3}},
	}
	for _, test := range tests {
		f := &File{Source: []byte(test.source)}
		if got := f.Position(test.offset); got != test.want {
			t.Errorf("%q at %d: %v, want %v", test.source, test.offset, got, test.want)
		}
	}
}

func TestLine(t *testing.T) {
	f := &File{Source: []byte("\uFEFFa\r\n\nc\r\r\nd")}
	for line, want := range map[int]string{-1: "", 0: "", 1: "a", 2: "", 3: "c", 4: "d", 5: ""} {
		if got := f.Line(line); got != want {
			t.Errorf("line %d is %q, want %q", line, got, want)
		}
	}
	if got, want := f.LineRange(1), (Range{3, 4}); got != want {
		t.Errorf("line 1 is at %v, want %v", got, want)
	}
	if got, want := (&File{Source: []byte("a\n\uFEFFb")}).LineRange(2), (Range{2, 6}); got != want {
		t.Errorf("byte order mark that is not at the start of the file: got %v, want %v", got, want)
	}
	if got, want := (&File{Source: []byte("\uFEFF")}).LineRange(1), (Range{3, 3}); got != want {
		t.Errorf("the line of an empty file is at %v, want %v", got, want)
	}
}

// TestPositionInLongLines compares with counting from the line's start.
func TestPositionInLongLines(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for _, piece := range []string{"a", "é", "数", "📦", "\xff", "\x80", "📦\x80", "é\xf0", "\xe6\x95", "数a\n"} {
		source := []byte("\uFEFF" + strings.Repeat("x", random.Intn(5)) + strings.Repeat(piece, 5*countEvery) + "\n" + strings.Repeat(piece, 3*countEvery))
		f := &File{Source: source}
		for range 2_000 {
			offset := random.Intn(len(source) + 1)
			start := bytes.LastIndexByte(source[:offset], '\n') + 1
			want := utf8.RuneCount(bytes.TrimPrefix(source[start:offset], byteOrderMark)) + 1
			if got := f.Position(offset).Column; got != want {
				t.Fatalf("%q: offset %d has column %d, want %d", piece, offset, got, want)
			}
		}
	}
}
