package migration

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/premortem-lint/premortem/lint/gosource"
)

// goTools are the tools whose migrations are Go code, as Migration.Runner has them.
var goTools = map[string]*Runner{
	"goose":       goTool(Goose, "register it with goose.AddMigrationNoTxContext"),
	"gormigrate":  goTool(&Runner{Name: "gormigrate"}, "leave UseTransaction false"),
	"bun":         goTool(&Runner{Name: "bun"}, "execute it outside of RunInTx"),
	"tern":        goTool(&Runner{Name: "tern"}, "write "+TernDisableTx+" on a line of its own, or set DisableFuncTx of a function"),
	"sql-migrate": goTool(&Runner{Name: "sql-migrate"}, "set DisableTransactionUp"),
	"migrator":    goTool(&Runner{Name: "migrator"}, "make it a migrator.MigrationNoTx"),
	"atlas":       goTool(&Runner{Name: "atlas", Draft: Atlas.Draft}, Atlas.WithoutTransaction),
	"ent":         goTool(&Runner{Name: "ent"}, "execute it outside of the hook: ent applies a plan in one transaction"),
}

func goTool(r *Runner, withoutTransaction string) *Runner {
	g := *r
	g.WithoutTransaction = withoutTransaction
	if g.Draft == nil {
		g.Draft = func(statements []string, _ bool) []string { return []string{terminated(statements)} }
	}
	return &g
}

// GoHistory returns the migrations that Go code registers with a tool, in their
// order, as a history whose every migration is under review and a release of its
// own. readFile returns the files in which they stand.
func GoHistory(dir string, migrations []*gosource.Migration, down bool, readFile func(name string) ([]byte, error)) *History {
	runner := goTools[migrations[0].Tool]
	p := &plan{history: &History{Dir: dir, Runner: runner, Why: "Go code registers migrations with " + runner.Name}}
	files := newGoFiles(readFile)
	for _, m := range migrations {
		f := &plannedFile{FileName: goFileName(m), path: m.File, golang: &goCode{m, files}, reviewed: true}
		f.parseGo(Options{Down: down})
		p.files = append(p.files, f)
	}
	return finish([]*plan{p}, Options{})[0]
}

// goCode is a migration in Go, and the files in which it stands.
type goCode struct {
	*gosource.Migration
	files *goFiles
}

// goFiles reads each file once.
type goFiles struct {
	read  func(name string) ([]byte, error)
	mu    sync.Mutex
	files map[string]*File
}

func newGoFiles(read func(name string) ([]byte, error)) *goFiles {
	return &goFiles{read: read, files: map[string]*File{}}
}

func (g *goFiles) file(name string) *File {
	g.mu.Lock()
	defer g.mu.Unlock()
	f := g.files[name]
	if f == nil {
		source, _ := g.read(name) // it has been read before
		f = &File{Name: name, Source: source}
		g.files[name] = f
	}
	return f
}

func goFileName(m *gosource.Migration) FileName {
	return FileName{Base: path.Base(m.File), Version: m.Version, Name: m.Name}
}

// IsGoMigration reports whether a base name is one under which a tool looks for
// a migration in Go.
func IsGoMigration(base string) bool {
	_, numbered := gooseNumber(base)
	return numbered && path.Ext(base) == ".go" && !strings.HasSuffix(base, "_test.go")
}

// readGo plans what the Go code of a goose directory registers. Of files is in
// the directory; content stands for that of some of them, if not nil.
func readGo(t *tree, dir string, files []string, content map[string][]byte, o Options) []*plannedFile {
	read := func(name string) ([]byte, error) {
		if source, ok := content[name]; ok {
			return source, nil
		}
		return t.ReadFile(name)
	}
	var migrations []*gosource.Migration
	if o.GoMigrations != nil {
		migrations = o.GoMigrations(dir)
	} else {
		var sources []gosource.File
		for _, base := range files {
			if path.Ext(base) != ".go" {
				continue
			}
			name := path.Join(dir, base)
			if source, err := read(name); err == nil {
				sources = append(sources, gosource.File{Name: name, Source: source})
			}
		}
		for _, p := range gosource.Check(sources, read) {
			migrations = append(migrations, p.Migrations()...)
		}
	}
	shared := newGoFiles(read)
	var planned []*plannedFile
	registers := map[string]bool{}
	for _, m := range migrations {
		if m.Tool != Goose.Name {
			continue
		}
		registers[path.Base(m.File)] = true
		planned = append(planned, &plannedFile{FileName: goFileName(m), path: m.File, golang: &goCode{m, shared}})
	}
	for _, base := range files {
		if !IsGoMigration(base) || registers[base] {
			continue
		}
		name := path.Join(dir, base)
		source, err := read(name)
		if err != nil {
			continue
		}
		version, _ := gooseNumber(base)
		m := &gosource.Migration{Tool: Goose.Name, Version: strconv.FormatInt(version, 10), Place: gosource.Place{File: name, End: len(source)}}
		m.Up.Place = m.Place
		m.Up.Steps = []gosource.Step{{Place: m.Place, Gap: "a Go migration whose registration with goose is not found"}}
		planned = append(planned, &plannedFile{FileName: goFileName(m), path: name, golang: &goCode{m, shared}})
	}
	return planned
}

// withoutEmbedded takes from histories of plain SQL the files that Go migrations
// execute.
func withoutEmbedded(plans []*plan) []*plan {
	embedded := map[string]bool{}
	for _, p := range plans {
		for _, f := range p.files {
			if f.golang == nil {
				continue
			}
			fns := []gosource.Function{f.golang.Up}
			if f.golang.Down != nil {
				fns = append(fns, *f.golang.Down)
			}
			for _, fn := range fns {
				for _, s := range fn.Steps {
					for _, part := range s.Text.Parts {
						embedded[part.File] = true
					}
				}
			}
		}
	}
	return slices.DeleteFunc(plans, func(p *plan) bool {
		if len(embedded) == 0 || p.history.Runner != Psql {
			return false
		}
		p.files = slices.DeleteFunc(p.files, func(f *plannedFile) bool { return embedded[f.path] && !f.named })
		return len(p.files) == 0
	})
}

// isAnyOf reports whether the migration stands in one of the files, or executes
// SQL that does.
func (f *plannedFile) isAnyOf(names map[string]bool) bool {
	if names[f.path] || f.golang == nil {
		return names[f.path]
	}
	for _, s := range f.golang.Up.Steps {
		if names[s.File] || slices.ContainsFunc(s.Text.Parts, func(p gosource.Part) bool { return names[p.File] }) {
			return true
		}
	}
	return false
}

// parseGo makes f.ups and f.downs of Go code.
func (f *plannedFile) parseGo(o Options) {
	f.ups = []*Migration{f.goMigration(f.golang.Up, Up)}
	f.ups[0].Problems = f.problems
	if f.golang.Down != nil && o.Down && f.reviewed {
		f.downs = []*Migration{f.goMigration(*f.golang.Down, Down)}
	}
}

// goMigration makes a migration of one function.
func (f *plannedFile) goMigration(fn gosource.Function, d Direction) *Migration {
	registered, files := f.golang.Migration, f.golang.files
	scope := TransactionPerMigration
	switch fn.Scope {
	case gosource.NoTransaction:
		scope = Autocommit
	case gosource.RunTransaction:
		scope = TransactionPerRun
	}
	apart := false // the statements are messages of their own
	if fn.AsFile {
		for _, s := range fn.Steps {
			if isBare(registered.Tool, s.Text.Bytes) {
				scope = Autocommit
			}
		}
		apart = registered.Tool == Atlas.Name || scope == Autocommit
	}
	place := registered.Place
	if fn.File == place.File {
		place = fn.Place
	}
	m := &Migration{
		File:      files.file(registered.File),
		Runner:    goTools[registered.Tool],
		Version:   f.Version,
		Name:      f.Name,
		Direction: d,
		Section: Section{
			Range:     Range{place.Pos, place.End},
			Direction: d,
			Scope:     scope,
			Messages:  []Range{},
		},
		UnderReview: f.reviewed,
	}
	r := &goReader{migration: m, files: files, apart: apart}
	for _, step := range fn.Steps {
		r.step(step)
	}
	for _, c := range fn.Unused {
		if c.File == registered.File {
			m.Trailing = append(m.Trailing, Comment{Range{c.Pos, c.End}, c.Text})
		}
	}
	return m
}

// isBare reports whether the text of a file switches its transaction off.
func isBare(tool string, text []byte) bool {
	switch tool {
	case Tern.Name:
		return ternDisableTxLine.Match(text)
	case Atlas.Name:
		return slices.ContainsFunc(atlasDirectives(text), func(d atlasDirective) bool { return d.effective && d.name == "txmode" && d.value == "none" })
	}
	return false
}

// goReader makes statements of what Go code sends.
type goReader struct {
	migration *Migration
	files     *goFiles
	apart     bool // each statement is a message
	order     int
	comments  []Comment // for the next statement
	holder    *File     // of the comments
}

func (r *goReader) step(step gosource.Step) {
	m := r.migration
	if step.Gap != "" {
		r.order++
		m.Gaps = append(m.Gaps, Gap{Range: Range{step.Pos, step.End}, Reason: step.Gap, file: r.files.file(step.File), order: r.order})
		return
	}
	r.comments, r.holder = nil, nil
	for _, c := range step.Comments {
		r.holder = r.files.file(c.File)
		r.comments = append(r.comments, Comment{Range{c.Pos, c.End}, c.Text})
	}
	s := &splitter{text: step.Text.Bytes, emit: func(p piece) {
		if len(p.tokens) > 0 {
			r.piece(step, p)
		}
	}}
	s.cut(Range{0, len(step.Text.Bytes)}, false)
	for _, c := range s.current.comments {
		if file, text := r.passage(step, c.Range); file == m.File {
			c.Range = text.place(c.Range)
			m.Trailing = append(m.Trailing, c)
		}
	}
}

// passage returns the text of a step with the parts that stand in one file: that
// of the first part in the range. What has no place there is at the call.
func (r *goReader) passage(step gosource.Step, of Range) (*File, passage) {
	name := step.File
	if i := slices.IndexFunc(step.Text.Parts, func(p gosource.Part) bool { return p.Pos < of.End && of.Pos < p.End }); i >= 0 {
		name = step.Text.Parts[i].File
	}
	text := passage{bytes: step.Text.Bytes, at: Range{step.Pos, step.End}}
	var around Range
	for _, p := range step.Text.Parts {
		if p.File != name {
			continue
		}
		text.parts = append(text.parts, part{p.Pos, p.End, p.Offset, p.Quote})
		at := Range{p.Offset, p.Offset + p.End - p.Pos}
		if around == (Range{}) {
			around = at
		}
		around.Pos, around.End = min(around.Pos, at.Pos), max(around.End, at.End)
	}
	if name != step.File {
		text.at = around
	}
	return r.files.file(name), text
}

// piece parses one statement of a step.
func (r *goReader) piece(step gosource.Step, piece piece) {
	m := r.migration
	at := Range{piece.tokens[0].Pos, piece.tokens[len(piece.tokens)-1].End}
	file, text := r.passage(step, at)
	r.order++
	s := &Statement{
		Range:   text.place(at),
		Message: step.Message,
		Loop:    step.Loop,
		file:    file,
		order:   r.order,
	}
	if r.apart {
		s.Message = r.order
	}
	s.base = s.Pos
	if part, exact := text.partOf(at); exact {
		s.quote = part.quote
	} else {
		s.derived = text.derive(at, s.Range, file.Source)
	}
	if r.holder == file {
		s.Comments, r.comments, r.holder = r.comments, nil, nil
	}
	for _, c := range piece.comments {
		c.Range = text.place(c.Range)
		s.Comments = append(s.Comments, c)
	}
	clone := slices.Clone(text.bytes[at.Pos:at.End])
	tokens := slices.Clone(piece.tokens)
	for i := range tokens {
		tokens[i].Pos -= at.Pos
		tokens[i].End -= at.Pos
	}
	reason, err := s.read(clone, tokens)
	gap := func(g Gap) {
		g.file, g.order = file, r.order
		m.Gaps = append(m.Gaps, g)
	}
	if reason != "" {
		gap(Gap{Range: s.Range, Reason: reason, At: text.placeOf(s.stoppedAt(err, clone, tokens), s, at)})
		return
	}
	s.commands = s.findCommands(clone, tokens)
	m.Statements = append(m.Statements, s)
	if s.Node.GetDoStmt() != nil {
		for _, g := range s.readBlock(s.passage(), s.words(), 0) {
			gap(g)
		}
	}
}

// goBefore returns what a Go file registered that was as source says; nil: as it
// is now. Other files of its directory count as they are now.
func goBefore(t *tree, name string, source []byte, o Options) []*plannedFile {
	dir := path.Dir(name)
	files, _ := filesIn(t, &directory{name: dir}, o)
	if !slices.Contains(files, path.Base(name)) {
		files = append(files, path.Base(name))
	}
	content := map[string][]byte{}
	if source != nil {
		content[name] = source
	}
	o.GoMigrations = nil
	var before []*plannedFile
	for _, f := range readGo(t, dir, files, content, o) {
		if f.path != name {
			continue
		}
		if source != nil {
			f.parseGo(Options{})
		}
		before = append(before, f)
	}
	return before
}
