package lint

import (
	"bytes"
	"path"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// Fix returns the edit of the migration's file that amounts to a draft: the draft is
// one migration, and executes other statements in place of the current one. There is
// none where the file cannot have that without a change for other statements: where
// the statement would leave a transaction that it shares, or where the runner is
// asked by another file to open none.
func (p *Pass) Fix(in *Instead) []SuggestedFix {
	s := p.Statement
	if in == nil || len(in.steps) != 1 || s.Do != nil || s.Templated {
		return nil
	}
	m, step := p.Migration, in.steps[0]
	edits := p.replace(step.Statements)
	if edits == nil {
		return nil
	}
	fix := []SuggestedFix{{in.Message, edits}}
	switch {
	case len(step.Statements) == 1 && (!step.NoTransaction || !p.leaves(step) && m.Section.Scope != migration.Pipeline):
		return fix // nothing changes around the statement
	case s.File() != m.File || path.Ext(m.File.Name) == ".go":
		return nil
	case !p.leaves(step):
		if p.executes(edits, step) {
			return fix
		}
		return nil
	}
	without, ok := p.withoutBlock()
	if !ok {
		return nil
	}
	edits = append(edits, without...)
	tries := [][]TextEdit{edits}
	if at, text, ok := m.OutsideTransaction(); ok {
		edits = append([]TextEdit{{migration.Range{Pos: at, End: at}, text}}, edits...)
		tries = append(tries, withLineEnds(s.File(), edits), edits) // some tools want LF in their directives
	}
	for _, e := range tries {
		if p.executes(e, step) {
			return []SuggestedFix{{in.Message, e}}
		}
	}
	return nil
}

// withoutBlock removes what stands around the current statement for the transaction
// block that it is to leave: BEGIN and COMMIT, and the timeouts of the block. ok is
// false where the migration has more than that.
func (p *Pass) withoutBlock() (edits []TextEdit, ok bool) {
	source := p.Migration.File.Source
	for _, s := range p.Migration.Statements {
		if s == p.Statement {
			continue
		}
		settings := lock.TimeoutSettings(s)
		local := len(settings) > 0 && !slices.ContainsFunc(settings, func(s lock.Setting) bool { return !s.Local })
		if !local && !opensOrCommits(s) || local && aboveComments(s) != s.Pos || slices.ContainsFunc(s.Comments, func(c migration.Comment) bool {
			return c.Pos > s.Pos || strings.HasPrefix(c.Text, suppressionPrefix)
		}) {
			return nil, false
		}
		end := s.End + len(source[s.End:]) - len(bytes.TrimLeft(source[s.End:], " \t\r\n"))
		pos := bytes.LastIndexByte(source[:s.Pos], '\n') + 1
		line, _, _ := bytes.Cut(source[min(end+1, len(source)):], []byte("\n"))
		if end == len(source) || source[end] != ';' || len(bytes.TrimSpace(line)) > 0 || len(bytes.TrimSpace(source[pos:s.Pos])) > 0 {
			return nil, false
		}
		for end++; end < len(source) && strings.IndexByte(" \t\r\n", source[end]) >= 0; end++ {
		}
		end = max(bytes.LastIndexByte(source[:end], '\n')+1, s.End) // the next line keeps its indent
		edits = append(edits, TextEdit{Range: migration.Range{Pos: pos, End: end}})
	}
	return edits, true
}

func opensOrCommits(s *migration.Statement) bool {
	t := s.Node.GetTransactionStmt()
	switch t.GetKind() {
	case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN, pg_query.TransactionStmtKind_TRANS_STMT_START, pg_query.TransactionStmtKind_TRANS_STMT_COMMIT:
		return len(t.GetOptions()) == 0 && !t.GetChain()
	}
	return false
}

// executes reports whether the runner executes the step in place of the current
// statement once its file is edited, and all others as before.
func (p *Pass) executes(edits []TextEdit, step Step) bool {
	x := p.Migration.Excerpt(p.Index, !p.leaves(step))
	placed := make([]TextEdit, len(edits))
	for i, e := range edits {
		placed[i] = TextEdit{x.Place(e.Range), e.NewText}
	}
	source, ok := Apply(x.Source, placed)
	if !ok {
		return false
	}
	after := x.Edited(source)
	if len(x.Before) != len(after) {
		return false
	}
	for i, b := range x.Before {
		a := after[i]
		if len(a.Gaps) > len(b.Gaps) || slices.ContainsFunc(a.Problems, func(p migration.Problem) bool {
			return !slices.ContainsFunc(b.Problems, func(o migration.Problem) bool { return o.Message == p.Message })
		}) {
			return false
		}
		texts := textsOf(b)
		own := i == x.Own
		if own {
			if p.leaves(step) {
				texts = step.Statements
			} else {
				texts = slices.Replace(texts, x.Index, x.Index+1, step.Statements...)
			}
		}
		if !slices.Equal(texts, textsOf(a)) || !own && a.Section.Scope != b.Section.Scope && len(texts) > 1 || own && !p.inScope(a, x.Index, step) {
			return false
		}
	}
	return true
}

// leaves reports whether the step cannot run in the block around the statement.
func (p *Pass) leaves(step Step) bool { return step.NoTransaction && p.Session.Block() != lock.NoBlock }

// inScope reports whether the edited migration has the step, which is at the index, in
// the transaction, or out of the one, that it wants.
func (p *Pass) inScope(edited *migration.Migration, first int, step Step) bool {
	alone := func(s *migration.Statement, of *migration.Migration) bool {
		return !slices.ContainsFunc(of.Statements, func(o *migration.Statement) bool { return o != s && o.Message == s.Message })
	}
	if p.leaves(step) {
		first = 0
	}
	allAlone := !slices.ContainsFunc(edited.Statements[first:first+len(step.Statements)], func(s *migration.Statement) bool { return !alone(s, edited) })
	scope, was := edited.Section.Scope, p.Migration.Section.Scope
	switch {
	case step.NoTransaction && scope == was && !p.leaves(step):
		return allAlone
	case step.NoTransaction: // a migration without other statements
		return allAlone && len(edited.Statements) == len(step.Statements) && (scope == migration.Autocommit || scope == migration.SimpleQuery)
	case scope != was:
		return false
	case scope == migration.SimpleQuery:
		return true // two statements make a block
	}
	return p.Session.Block() != lock.NoBlock && (allAlone || !alone(p.Migration.Statements[p.Index], p.Migration))
}

func textsOf(m *migration.Migration) []string {
	texts := make([]string, len(m.Statements))
	for i, s := range m.Statements {
		texts[i] = s.Text()
	}
	return texts
}

// replace writes statements in place of the current one. What both have stays as it
// is. It returns nil where a suppression would then cover another statement.
func (p *Pass) replace(statements []string) []TextEdit {
	s := p.Statement
	text := s.Text()
	at := slices.Index(statements, text)
	if len(statements) == 1 || at < 0 {
		return replaceWords(s, text, strings.Join(statements, ";"+newLine(s)))
	}
	var edits []TextEdit
	if at > 0 {
		pos := aboveComments(s)
		if slices.ContainsFunc(s.Comments, func(c migration.Comment) bool {
			return strings.HasPrefix(c.Text, suppressionPrefix) && (c.Pos < pos || p.Index == 0)
		}) {
			return nil
		}
		edits = append(edits, TextEdit{migration.Range{Pos: pos, End: pos}, strings.Join(statements[:at], ";"+newLine(s)) + ";" + newLine(s)})
	}
	for _, more := range statements[at+1:] {
		edits = append(edits, TextEdit{migration.Range{Pos: s.End, End: s.End}, ";" + newLine(s) + more})
	}
	return edits
}

// replaceWords leaves out the words with which both texts begin and end.
func replaceWords(s *migration.Statement, old, text string) []TextEdit {
	begin, end := 0, 0
	for begin < min(len(old), len(text)) && old[begin] == text[begin] {
		begin++
	}
	begin = strings.LastIndexAny(old[:begin], " \t\n") + 1
	for end < min(len(old), len(text))-begin && old[len(old)-1-end] == text[len(text)-1-end] {
		end++
	}
	if i := strings.IndexAny(old[len(old)-end:], " \t\n"); i >= 0 {
		end -= i + 1
	} else {
		end = 0
	}
	return []TextEdit{{migration.Range{Pos: s.Pos + begin, End: s.Pos + len(old) - end}, text[begin : len(text)-end]}}
}

// aboveComments is the start of the comments on the lines directly above a
// statement, which are about it, or of the statement.
func aboveComments(s *migration.Statement) int {
	pos, source := s.Pos, s.File().Source
	for _, c := range slices.Backward(s.Comments) {
		if c.Pos > pos {
			continue // inside
		}
		between, line := source[c.End:pos], bytes.LastIndexByte(source[:c.Pos], '\n')+1
		if len(bytes.TrimSpace(between)) > 0 || bytes.Count(between, []byte("\n")) > 1 || len(bytes.TrimSpace(source[line:c.Pos])) > 0 {
			break
		}
		pos = c.Pos
	}
	return pos
}

// newLine begins a line like that of a statement.
func newLine(s *migration.Statement) string {
	source := s.File().Source
	line := bytes.LastIndexByte(source[:s.Pos], '\n') + 1
	indent := string(source[line:s.Pos])
	if strings.TrimSpace(indent) != "" {
		indent = ""
	}
	if bytes.Contains(source, []byte("\r\n")) {
		return "\r\n" + indent
	}
	return "\n" + indent
}

// withLineEnds writes the edits with the file's line ends.
func withLineEnds(f *migration.File, edits []TextEdit) []TextEdit {
	edits = slices.Clone(edits)
	if bytes.Contains(f.Source, []byte("\r\n")) {
		for i, e := range edits {
			edits[i].NewText = strings.ReplaceAll(strings.ReplaceAll(e.NewText, "\r\n", "\n"), "\n", "\r\n")
		}
	}
	return edits
}
