package lint

import (
	"slices"
	"sort"

	"github.com/premortem-lint/premortem/lint/migration"
)

// FixedFile is a file with fixes made.
type FixedFile struct {
	File        *migration.File
	Source      []byte
	Diagnostics []Diagnostic // whose fixes were made
	Left        bool         // others were not, for now
}

// Fixed makes the suggested fixes of the findings for which may is true and that no
// comment silences, in order of file name. Not all at once: a fix that changes more
// than its own statement, such as the transaction around it, is made alone in its
// file, or in its part of one that the tool records in parts, and of two for one
// statement only that of the heavier finding. The text is to be judged again, which
// shows what remains.
func (r *Result) Fixed(may func(*Diagnostic) bool) []FixedFile {
	byFile := map[*migration.File][]*Diagnostic{}
	var files []*migration.File
	for i := range r.Diagnostics {
		d := &r.Diagnostics[i]
		if d.Suppressed != nil || len(d.SuggestedFixes) == 0 || !may(d) {
			continue
		}
		if byFile[d.File] == nil {
			files = append(files, d.File)
		}
		byFile[d.File] = append(byFile[d.File], d)
	}
	var all []FixedFile
	for _, f := range files {
		found := byFile[f]
		slices.SortStableFunc(found, func(a, b *Diagnostic) int { return int(b.Severity) - int(a.Severity) })
		if fixed := fixFile(f, found); len(fixed.Diagnostics) > 0 {
			all = append(all, fixed)
		}
	}
	return all
}

// fixFile makes the fixes of a file's findings, the first before others.
func fixFile(f *migration.File, found []*Diagnostic) FixedFile {
	fixed := FixedFile{File: f, Source: f.Source}
	var edits []TextEdit
	changed, alone := map[any]bool{}, map[string]bool{} // statements and parts; parts
	for _, d := range found {
		own, part := d.SuggestedFixes[0].TextEdits, d.Migration.Section.Version
		inside := d.Statement != nil && !slices.ContainsFunc(own, func(e TextEdit) bool { return e.Pos <= d.Statement.Pos || e.End >= d.Statement.End })
		source, possible := []byte(nil), !changed[d.Statement] && !alone[part] && (inside || !changed[part])
		if possible {
			source, possible = Apply(f.Source, slices.Concat(edits, own))
		}
		if !possible {
			fixed.Left = true
			continue
		}
		edits = slices.Concat(edits, own)
		changed[d.Statement], changed[part], alone[part] = true, true, !inside
		fixed.Source, fixed.Diagnostics = source, append(fixed.Diagnostics, *d)
	}
	return fixed
}

// Apply returns a text with the edits made. ok is false where they overlap; of two
// insertions at one place the first stays first.
func Apply(source []byte, edits []TextEdit) (edited []byte, ok bool) {
	edits = slices.Clone(edits)
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].Pos < edits[j].Pos })
	at := 0
	for _, e := range edits {
		if e.Pos < at || e.End < e.Pos || e.End > len(source) {
			return nil, false
		}
		edited = append(append(edited, source[at:e.Pos]...), e.NewText...)
		at = e.End
	}
	return append(edited, source[at:]...), true
}
