package rules

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// takes says which lock an effect takes and what that blocks, as the middle
// of a message: "takes a SHARE lock on public.users, which blocks writes".
func takes(e lock.Effect) string {
	verb := "takes "
	if e.Unknown != "" {
		verb = "may take "
	}
	relation := e.Relation.String()
	if e.Index {
		relation = "the index " + relation
	}
	return verb + aLock(e.Mode) + " on " + relation + ", which blocks " + blocks(e.Mode)
}

// takesUntil says which lock an effect takes on some tables, and until when
// its work keeps it.
func takesUntil(e lock.Effect, on string) string {
	text := "takes " + aLock(e.Mode) + " on " + on + ", which blocks " + blocks(e.Mode)
	if e.Unknown != "" {
		return text + ", and may keep it " + until(e) + unknown(e)
	}
	return text + " " + until(e)
}

// unknown names, as the end of a message with "may", what the effect depends
// on and nobody knows; "" if nothing.
func unknown(e lock.Effect) string {
	if e.Unknown == "" {
		return ""
	}
	return ": the migrations do not tell " + e.Unknown
}

// aLock is the mode with its article: "a SHARE lock".
func aLock(m lock.Mode) string {
	article := "a "
	if strings.ContainsRune("AEIO", rune(m.String()[0])) {
		article = "an "
	}
	return article + m.String() + " lock"
}

// blocks says in plain words what must wait for a lock.
func blocks(m lock.Mode) string {
	switch {
	case m.BlocksReads():
		return "reads and writes"
	case m.BlocksWrites():
		return "writes"
	}
	return "other schema changes"
}

// reads says, as the end of a message, what becomes of the reads of tables
// under a lock that blocks writes only.
func reads(p *lint.Pass, tables ...catalog.Name) string {
	var waiting []string
	var held lock.Mode
	for _, table := range tables {
		if mode := p.Session.Strongest(table); mode.BlocksReads() {
			waiting, held = append(waiting, table.String()), max(held, mode)
		}
	}
	of := ""
	if len(waiting) < len(tables) {
		of = " of " + strings.Join(waiting, ", ")
	}
	if len(waiting) > 0 {
		return fmt.Sprintf("; reads%s wait too, for %s that the transaction holds already", of, aLock(held))
	}
	for _, e := range p.Effects {
		if slices.Contains(tables, e.Relation) && e.Mode.BlocksReads() {
			return ""
		}
	}
	return "; reads go on"
}

// until says what the lock waits for, as the end of a message.
func until(e lock.Effect) string {
	switch e.Work {
	case lock.ValidationScan:
		return "until every row is checked"
	case lock.IndexBuild:
		return "until the index is built"
	case lock.TableRewrite:
		if e.Index {
			return "until the index is rewritten"
		}
		return "until the table is rewritten"
	}
	return "from the moment it waits for running queries until the transaction ends"
}

// edited returns the statement's text with the edits made; their offsets are
// those of the file.
func edited(s *migration.Statement, edits ...lint.TextEdit) string {
	sort.SliceStable(edits, func(i, j int) bool { return edits[i].Pos < edits[j].Pos })
	text, at := s.Text(), s.Pos
	var b strings.Builder
	for _, e := range edits {
		b.WriteString(text[at-s.Pos : e.Pos-s.Pos])
		b.WriteString(e.NewText)
		at = e.End
	}
	b.WriteString(text[at-s.Pos:])
	return b.String()
}

// after inserts text behind a range.
func after(r migration.Range, text string) lint.TextEdit {
	return lint.TextEdit{Range: migration.Range{Pos: r.End, End: r.End}, NewText: text}
}

// without removes a range and the blank behind it.
func without(s *migration.Statement, r migration.Range) lint.TextEdit {
	text := s.Text()
	for r.End < s.End && strings.ContainsRune(" \t", rune(text[r.End-s.Pos])) {
		r.End++
	}
	return lint.TextEdit{Range: r}
}

// inWords joins with commas and "and".
func inWords(list []string) string {
	if len(list) < 2 {
		return strings.Join(list, "")
	}
	last := len(list) - 1
	return strings.Join(list[:last], ", ") + " and " + list[last]
}

// fewInWords does the same, and only counts those behind the first most, where
// that is shorter.
func fewInWords(list []string, most int) string {
	if more := len(list) - most; more > 1 {
		list = append(slices.Clip(list[:most]), fmt.Sprintf("%d more", more))
	}
	return inWords(list)
}
