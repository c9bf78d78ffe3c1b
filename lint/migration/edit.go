package migration

import (
	"bytes"
	"slices"
)

// Edited returns the migrations, on the way up and down, that the runner reads from
// the file, now and if it has another text. Of a section that stays as it is neither
// migration is parsed.
func (m *Migration) Edited(source []byte) (before, after []*Migration) {
	f := &plannedFile{FileName: m.fileName, reviewed: true}
	before = f.split(m.File, m.Runner, Options{Down: true})
	after = f.split(&File{Name: m.File.Name, Source: source}, m.Runner, Options{Down: true})
	for i, b := range before {
		if i >= len(after) || !sameSection(b, after[i]) {
			parse(b)
		}
	}
	for i, a := range after {
		if i >= len(before) || !sameSection(before[i], a) {
			parse(a)
		}
	}
	return before, after
}

// sameSection reports whether the sections of two migrations are cut into the same
// statements, wherever they stand in their files.
func sameSection(a, b *Migration) bool {
	x, y := &a.Section, &b.Section
	same := func(r, o Range) bool { return r.Pos-x.Pos == o.Pos-y.Pos && r.End-x.Pos == o.End-y.Pos }
	return x.Direction == y.Direction && x.Scope == y.Scope && x.Placeholder == y.Placeholder &&
		(x.Pos == 0) == (y.Pos == 0) && (x.Messages == nil) == (y.Messages == nil) && len(x.Gaps)+len(y.Gaps) == 0 &&
		bytes.Equal(a.File.Source[x.Pos:x.End], b.File.Source[y.Pos:y.End]) &&
		slices.EqualFunc(x.Parts, y.Parts, same) && slices.EqualFunc(x.Masked, y.Masked, same) && slices.EqualFunc(x.Messages, y.Messages, same)
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
