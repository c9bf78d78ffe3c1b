package migration

import (
	"bytes"
	"path"
	"slices"
	"strings"
)

// compare tells the ups under review what has changed since the base.
func (p *plan) compare(t *tree, o Options) {
	runner := p.history.Runner
	var before []*plannedFile // the migrations at the base
	for name, source := range o.Base.Files {
		n, ok := FileName{}, false
		if dir := p.history.Dir; runner.Tree && below(dir, name) || path.Dir(name) == dir {
			n, ok = runner.ParseName(relative(dir, name))
			if runner.ReadsGo && IsGoMigration(path.Base(name)) {
				before = append(before, goBefore(t, name, source, o)...)
				continue
			}
		}
		if !ok || n.Direction == Down || n.Repeats {
			continue
		}
		f := &plannedFile{FileName: n, path: name}
		if source != nil {
			f.parse(&File{Name: name, Source: source}, runner, Options{Runner: runner.Name})
		}
		before = append(before, f)
	}
	if len(before) == 0 {
		return
	}
	slices.SortFunc(before, func(a, b *plannedFile) int { return strings.Compare(a.path, b.path) })
	newest := slices.MaxFunc(before, func(a, b *plannedFile) int { return runner.applied(a.FileName, b.FileName) })
	gone := func(f *plannedFile) bool {
		_, err := t.ReadFile(f.path)
		return err != nil
	}
	for _, f := range p.files {
		if !f.reviewed || len(f.ups) == 0 || f.Repeats {
			continue
		}
		same := func(b *plannedFile) bool { return b.path == f.path }
		sameVersion := func(b *plannedFile) bool { return b.Version == f.Version && gone(b) }
		renumbered := func(b *plannedFile) bool { return gone(b) && b.ups != nil && sameText(b.ups, f.ups) }
		i := slices.IndexFunc(before, same)
		if i < 0 {
			i = slices.IndexFunc(before, sameVersion)
		}
		switch {
		case i >= 0:
			if b := before[i]; b.ups != nil {
				f.edited(b)
			}
			continue
		case slices.ContainsFunc(before, renumbered):
			f.ups[0].Before = before[slices.IndexFunc(before, renumbered)].ups[0]
			continue
		}
		if runner.applied(f.FileName, newest.FileName) < 0 {
			f.ups[0].Late = newest.Version
		}
	}
}

// edited tells the ups what they were in an earlier file: each by its version,
// where the tool records several of a file.
func (f *plannedFile) edited(before *plannedFile) {
	if f.ups[0].Section.Version == "" {
		if !sameText(before.ups, f.ups) {
			f.ups[0].Before = before.ups[0]
		}
		return
	}
	for _, m := range f.ups {
		i := slices.IndexFunc(before.ups, func(b *Migration) bool { return b.Version == m.Version })
		if i >= 0 && m.Section.Repeats == "" && !sameText(before.ups[i:i+1], []*Migration{m}) {
			m.Before = before.ups[i]
		}
	}
}

// applied compares as the tool does to tell what comes before an applied migration.
func (r *Runner) applied(a, b FileName) int {
	switch {
	case r.IsLate == nil:
		return r.order(a, b)
	case a.Base == b.Base:
		return 0
	case r.IsLate(a, b):
		return -1
	}
	return +1
}

// order compares as Less does.
func (r *Runner) order(a, b FileName) int {
	switch {
	case r.Less(a, b):
		return -1
	case r.Less(b, a):
		return +1
	}
	return 0
}

// sameText reports whether two versions of a file execute the same: comments and
// blanks do not count.
func sameText(a, b []*Migration) bool { return bytes.Equal(textOf(a), textOf(b)) }

func textOf(ups []*Migration) []byte {
	var text bytes.Buffer
	for _, m := range ups {
		for _, s := range m.Statements {
			for _, w := range s.words() {
				text.Write(s.source()[w.Pos:w.End])
				text.WriteByte(' ')
			}
			text.WriteString(";\n")
		}
		for _, g := range m.Gaps {
			text.Write(bytes.Join(bytes.Fields(m.FileOf(g).Source[g.Pos:g.End]), []byte(" ")))
		}
	}
	return text.Bytes()
}
