// Package gosource finds the migrations that Go code registers with a
// migration tool, and the SQL that each executes, with its place in the source.
//
// It reads a type-checked package and runs nothing: functions that a
// registration names are followed through the package, constants are folded,
// and what cannot be told that way is a Step with a Gap.
package gosource

import (
	"go/ast"
	"go/token"
	"go/types"
	"strings"
)

// Package is the Go code that is read.
type Package struct {
	Fset  *token.FileSet
	Files []*ast.File
	Types *types.Package
	Info  *types.Info
	// ReadFile returns a source file, or one that an embed directive names.
	// Names are as in Fset, and beside those.
	ReadFile func(name string) ([]byte, error)
	// Name, if not nil, turns the name of a file in Fset into that which Places
	// have, and ReadFile gets.
	Name func(name string) string
}

// Scope is the transaction that a tool gives to a function.
type Scope uint8

const (
	Transaction    Scope = iota // one for each migration
	NoTransaction               // the function gets a connection, or a pool of them
	RunTransaction              // one for all pending migrations
)

// Migration is what one registration registers.
type Migration struct {
	Tool    string // "goose", "gormigrate", …; "ent" for its hooks
	Version string
	Name    string
	Place   // of the registration
	Up      Function
	// Down is nil where there is none.
	Down *Function
}

// Function is one direction of a migration.
type Function struct {
	Place
	Scope Scope
	// Steps are what it executes, in order. They may stand in other files.
	Steps []Step
	// AsFile is true where the tool reads a text as it reads its files: directives in it
	// count, and the tool may send its statements one by one.
	AsFile bool
	// Unused are //premortem: comments in it that belong to none of them.
	Unused []Comment
}

// Place is a range of bytes in a file.
type Place struct {
	File     string
	Pos, End int
}

// Step is one message that is sent to the server, or a gap.
type Step struct {
	Place // of the call
	// Text is the SQL. Empty: Gap says what is not known.
	Text Text
	Gap  string // a phrase
	// Message numbers the messages of a function: the queries of a batch are one.
	Message int
	// Loop is true where a loop may repeat it.
	Loop bool
	// Comments are //premortem: comments above the call or at the end of its line.
	Comments []Comment
}

// Comment is a Go comment.
type Comment struct {
	Place
	Text string // without the slashes
}

// Text is SQL as it is sent.
type Text struct {
	Bytes []byte
	Parts []Part // in order; what lies between them stands nowhere as it is
}

// Part is bytes of a Text of which a file has the same.
type Part struct {
	Pos, End int // in the Text
	File     string
	Offset   int  // of the first byte in the file
	Quote    byte // of the literal around it: ` or "; 0 for a file of SQL
}

// hole stands for what is known at run time only.
const hole = "…"

// append adds a text behind this one.
func (t *Text) append(more Text) {
	for _, p := range more.Parts {
		p.Pos += len(t.Bytes)
		p.End += len(t.Bytes)
		t.Parts = append(t.Parts, p)
	}
	t.Bytes = append(t.Bytes[:len(t.Bytes):len(t.Bytes)], more.Bytes...)
}

// cut returns a range of the text.
func (t *Text) cut(lo, hi int) Text {
	c := Text{Bytes: t.Bytes[lo:hi:hi]}
	for _, p := range t.Parts {
		if l, h := max(lo, p.Pos), min(hi, p.End); l < h {
			c.Parts = append(c.Parts, Part{l - lo, h - lo, p.File, p.Offset + l - p.Pos, p.Quote})
		}
	}
	return c
}

// summary is the beginning of a text, on one line.
func (t *Text) summary() string {
	const most = 60
	seen := strings.Join(strings.Fields(string(t.Bytes)), " ")
	if runes := []rune(seen); len(runes) > most {
		seen = strings.TrimRight(string(runes[:most]), " "+hole) + " " + hole
	}
	if strings.Trim(seen, hole+" '\"().,;") == "" {
		return ""
	}
	return seen
}

func (p *Package) name(f *token.File) string {
	if p.Name == nil {
		return f.Name()
	}
	return p.Name(f.Name())
}

// place returns where a node is.
func (p *Package) place(n ast.Node) Place {
	file := p.Fset.File(n.Pos())
	if file == nil {
		return Place{}
	}
	end := min(max(int(n.End())-file.Base(), 0), file.Size())
	return Place{p.name(file), file.Offset(n.Pos()), end}
}
