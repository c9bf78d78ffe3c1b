package migration

import (
	"bytes"
	"slices"
)

// Edited returns the migrations, on the way up and down, that the runner reads from
// the file if it has another text.
func (m *Migration) Edited(source []byte) []*Migration {
	f := &plannedFile{FileName: m.fileName, reviewed: true}
	f.parse(&File{Name: m.File.Name, Source: source}, m.Runner, Options{Down: true})
	return slices.Concat(f.ups, f.downs)
}

// OutsideTransaction returns the text, and the offset at which to insert it, that asks
// the runner to execute the migration's section outside a transaction block. ok is
// false where no text in the file can.
func (m *Migration) OutsideTransaction() (at int, text string, ok bool) {
	if m.Runner.noTransaction == nil {
		return 0, "", false
	}
	at, text = m.Runner.noTransaction(m.File, m.Section)
	return at, text, at >= 0
}

// atTop is a Runner.noTransaction that begins the file with a text.
func atTop(text string) func(*File, Section) (int, string) {
	return func(f *File, _ Section) (int, string) { return byteOrderMarkIn(f), text }
}

// aboveDirectives inserts a line above the tool's first directive in the file.
func aboveDirectives(runner, line string) func(*File, Section) (int, string) {
	return func(f *File, _ Section) (int, string) {
		return findDirective(f, runner, Range{0, len(f.Source)}).Pos, line + "\n"
	}
}

// onDirective adds an option to the tool's first directive in the section.
func onDirective(runner, option string) func(*File, Section) (int, string) {
	return func(f *File, s Section) (int, string) {
		return findDirective(f, runner, s.Range).End, " " + option
	}
}

// findDirective returns the first line in a range that is a directive of the tool,
// or -1 as both ends.
func findDirective(f *File, runner string, within Range) Range {
	for pos, line := range eachCommentLine(f.Source) {
		d := directiveIn(bytes.TrimPrefix(line, byteOrderMark))
		if pos >= within.Pos && pos < within.End && d != nil && d.runner == runner {
			return trimmed(f.Source, Range{pos, pos + len(line)})
		}
	}
	return Range{-1, -1}
}
