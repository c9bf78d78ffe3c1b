package migration

import (
	"bytes"
	"slices"
)

// Excerpt is the text of a file that decides how its runner reads one statement: what
// is far from that is left out, because a file may have thousands of others.
type Excerpt struct {
	Source []byte
	// Before are the migrations, on the way up and down, that the runner reads from it.
	// The statement is Before[Own].Statements[Index]; only that migration is parsed.
	Before     []*Migration
	Own, Index int

	of   *Migration
	left []Range // out of the file, in its order
}

// Excerpt returns the text around the statement of an index. nearby: it is for edits
// between the statements before and behind that one, and not of the section.
func (m *Migration) Excerpt(index int, nearby bool) *Excerpt {
	all, last := m.Statements, len(m.Statements)-1
	if from, to := max(index-1, 0), min(index+1, last); nearby {
		source := m.File.Source
		far := []Range{{all[0].Pos, all[from].Pos}, {lineEnd(source, m.Section.End), len(source)}}
		near := slices.Clone(all[from : to+1])
		if to < last {
			far, near = append(far, Range{all[to+1].Pos, all[last].Pos}), append(near, all[last])
		}
		if x := m.excerpt(slices.Concat(m.Section.elsewhere, far)); x.has(near) {
			x.Index = index - from
			return x
		}
	}
	x := m.excerpt(m.Section.elsewhere)
	if !x.has(all) {
		x = m.excerpt(nil)
	}
	x.Index = index
	return x
}

// excerpt leaves ranges out of the file.
func (m *Migration) excerpt(left []Range) *Excerpt {
	x := &Excerpt{of: m}
	slices.SortFunc(left, func(a, b Range) int { return a.Pos - b.Pos })
	at := 0
	for _, r := range left {
		if r.Pos = max(r.Pos, at); r.Pos < r.End {
			x.left = append(x.left, r)
			x.Source = append(x.Source, m.File.Source[at:r.Pos]...)
			at = r.End
		}
	}
	x.Source = append(x.Source, m.File.Source[at:]...)
	x.Before = x.split(x.Source)
	pos := x.Place(m.Section.Range).Pos
	x.Own = slices.IndexFunc(x.Before, func(b *Migration) bool { return b.Direction == m.Direction && b.Section.Pos == pos })
	if x.Own >= 0 {
		parse(x.Before[x.Own])
	}
	return x
}

// has reports whether the runner reads these statements of the migration from the
// excerpt as it does from the file, and refuses or overlooks nothing else in it, such
// as the checksum of the whole.
func (x *Excerpt) has(statements []*Statement) bool {
	for _, b := range x.Before {
		for _, p := range b.Problems {
			if !slices.ContainsFunc(x.of.Problems, func(o Problem) bool { return o.Message == p.Message }) {
				return false
			}
		}
	}
	if x.Own < 0 || x.Before[x.Own].Section.Scope != x.of.Section.Scope || len(x.Before[x.Own].Statements) != len(statements) {
		return false
	}
	own := x.Before[x.Own].Statements
	for i, s := range own {
		if s.Text() != statements[i].Text() || i > 0 && (s.Message == own[i-1].Message) != (statements[i].Message == statements[i-1].Message) {
			return false
		}
	}
	return true
}

// Place returns where a range of the file is in the excerpt.
func (x *Excerpt) Place(r Range) Range {
	without := func(pos int) int {
		at := pos
		for _, l := range x.left {
			at -= max(0, min(pos, l.End)-l.Pos)
		}
		return at
	}
	return Range{without(r.Pos), without(r.End)}
}

// Edited returns the migrations that the runner reads if the excerpt has another
// text. Those whose sections stay as they are have no statements: they are not parsed.
// Of the others, those of Before have theirs from now on.
func (x *Excerpt) Edited(source []byte) []*Migration {
	after := x.split(source)
	for i, b := range x.Before {
		if i != x.Own && (i >= len(after) || !sameSection(b, after[i])) {
			parse(b)
		}
	}
	for i, a := range after {
		if i >= len(x.Before) || !sameSection(x.Before[i], a) {
			parse(a)
		}
	}
	return after
}

func (x *Excerpt) split(source []byte) []*Migration {
	f := &plannedFile{FileName: x.of.fileName, reviewed: true}
	return f.split(&File{Name: x.of.File.Name, Source: source}, x.of.Runner, Options{Down: true})
}

// sameSection reports whether the sections of two migrations are cut into the same
// statements, wherever they stand in their files.
func sameSection(a, b *Migration) bool {
	x, y := &a.Section, &b.Section
	same := func(r, o Range) bool { return r.Pos-x.Pos == o.Pos-y.Pos && r.End-x.Pos == o.End-y.Pos }
	return x.Direction == y.Direction && x.Scope == y.Scope && x.Placeholder == y.Placeholder && x.Literal == y.Literal &&
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
	start := bytes.LastIndexByte(f.Source[:within.Pos], '\n') + 1
	for pos, line := range eachCommentLine(f.Source[start:]) {
		if pos += start; pos >= within.End {
			break
		}
		d := directiveIn(bytes.TrimPrefix(line, byteOrderMark))
		if pos >= within.Pos && d != nil && d.runner == runner {
			return trimmed(f.Source, Range{pos, pos + len(line)})
		}
	}
	return Range{-1, -1}
}
