package migration

import (
	"bytes"
	"slices"
	"strings"
)

// sendingCommands are psql's commands that send the statement before them, as
// a semicolon does.
var sendingCommands = []string{"g", "gx", "gset", "gdesc", "crosstabview", "watch", "bind", "gexec"}

// opaqueCommands are psql's commands that run SQL which the file does not
// show, or rows that it does, each with what is not analysed.
var opaqueCommands = map[string]string{
	"gexec":            "the statements that \\gexec runs are not analysed",
	"i":                "the file that \\i runs is not analysed",
	"ir":               "the file that \\ir runs is not analysed",
	"include":          "the file that \\include runs is not analysed",
	"include_relative": "the file that \\include_relative runs is not analysed",
	"copy":             "\\copy is not analysed",
	"c":                "what follows \\c runs in another database",
	"connect":          "what follows \\connect runs in another database",
	"q":                "what follows \\q is not executed",
}

// command reads one of psql's commands, from its backslash to the end of the
// line, and returns the offset behind it. \; is none.
func (s *splitter) command(t Token) int {
	end := len(s.text)
	if i := bytes.IndexByte(s.text[t.Pos:], '\n'); i >= 0 {
		end = t.Pos + i
	}
	line := strings.TrimRight(string(s.text[t.Pos:end]), " \t\r")
	name, _, _ := strings.Cut(strings.TrimPrefix(line, `\`), " ")
	if slices.Contains(sendingCommands, name) {
		s.finish()
		s.message++
	}
	gap := Gap{
		Range:    Range{t.Pos + s.base, t.Pos + s.base + len(line)},
		Reason:   `psql's \` + name,
		Harmless: true,
	}
	if reason, ok := opaqueCommands[name]; ok {
		gap.Reason, gap.Harmless = reason, false
	}
	if name == "copy" && len(s.current.tokens) == 0 {
		s.copyCommand(Range{t.End, t.Pos + len(line)}, gap)
	} else {
		s.emit(piece{gap: gap})
	}
	blank(s.text[t.Pos:end]) // psql goes on with a statement that is not sent yet
	return end
}

// copyCommand reads what stands behind the backslash of \copy: the words of COPY,
// which is what psql sends, except that a file name may go without quotes.
func (s *splitter) copyCommand(r Range, gap Gap) {
	text := bytes.TrimRight(s.text[:r.End], "; \t\r")
	s.current.tokens = slices.DeleteFunc(Scan(text[r.Pos:], r.Pos), Token.isComment)
	s.current.gap = gap
	copies := s.copiesStdin()
	s.finish()
	s.message++
	if copies {
		s.copyData(Range{r.End, len(s.text)})
	}
}
