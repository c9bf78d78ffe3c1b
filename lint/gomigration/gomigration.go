// Package gomigration judges the SQL in Go migrations where Go code is checked: as
// a go/analysis analyzer, for go vet, golangci-lint and gopls.
package gomigration

import (
	"errors"
	"fmt"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/tools/go/analysis"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/gosource"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/workspace"
)

const doc = `judge the PostgreSQL migrations that Go code registers

The analyzer finds migrations that are registered with goose, gormigrate, bun,
tern, sql-migrate and migrator, files and plans of Atlas, and the hooks with which
programs add to what ent applies. It follows their functions through the package,
and reports which of the SQL that they execute will block production, fail, or
destroy data. The configuration file .premortem.yml is that of premortem lint.
Migrations in SQL beside those of goose are replayed, and judged by premortem lint.`

// New returns the analyzer for these rules. hint is that of config.Known, and may be nil.
func New(rules []*lint.Rule, hint func(name string) string) *analysis.Analyzer {
	a := &analyzer{known: config.Known{Rules: rules, Hint: hint}}
	analyzer := &analysis.Analyzer{Name: "premortem", Doc: doc, Run: a.run}
	analyzer.Flags.BoolVar(&a.allowGaps, "allow-gaps", false, "do not report SQL that could not be analysed")
	analyzer.Flags.StringVar(&a.severity, "severity", "warning", "the lowest `severity` to report: warning or error")
	analyzer.Flags.BoolVar(&a.down, "down", false, "include down migrations")
	analyzer.Flags.BoolVar(&a.atCall, "at-call", false, "report what stands in embedded files at the calls that execute it")
	return analyzer
}

type analyzer struct {
	known     config.Known
	allowGaps bool
	severity  string
	down      bool
	atCall    bool
}

func (a *analyzer) run(pass *analysis.Pass) (any, error) {
	if !slices.ContainsFunc(pass.Pkg.Imports(), func(p *types.Package) bool { return gosource.IsTool(p.Path()) }) {
		return nil, nil
	}
	least, err := lint.ParseSeverity(a.severity)
	if err != nil {
		return nil, err
	}
	p, err := a.open(pass)
	if err != nil || p == nil {
		return nil, err
	}
	histories, err := p.histories(a.down)
	if err != nil || len(histories) == 0 {
		return nil, err
	}
	result, err := lint.Run(histories, p.judge)
	if err != nil {
		return nil, err
	}
	for _, d := range result.Diagnostics {
		if d.Suppressed == nil && d.Severity >= least {
			p.report(d)
		}
	}
	if a.allowGaps {
		return nil, nil
	}
	for _, g := range result.Gaps {
		if at, ok := p.place(g.File, g.Place()); ok {
			pass.Report(analysis.Diagnostic{Pos: at.pos, End: at.end, Category: "not-analysed", Message: at.name + "not analysed: " + g.Reason})
		}
	}
	return nil, nil
}

// project is the package in its workspace.
type project struct {
	*workspace.Workspace
	pass  *analysis.Pass
	dir   string // of the package, a name in the workspace
	code  *gosource.Package
	judge lint.Config
	// names are those of files in Fset by their names in the workspace, and of
	// what is embedded.
	names    map[string]string
	embedded map[string]*embedded
	atCall   bool
}

// embedded is a file that Go code embeds and executes.
type embedded struct {
	call gosource.Place // the first one that executes it
	file *token.File    // nil: nothing is reported in it yet
}

// open finds the package's folder and its configuration.
func (a *analyzer) open(pass *analysis.Pass) (*project, error) {
	p := &project{pass: pass, names: map[string]string{}, embedded: map[string]*embedded{}, atCall: a.atCall}
	p.code = &gosource.Package{Fset: pass.Fset, Types: pass.Pkg, Info: pass.TypesInfo}
	dir := ""
	for _, f := range pass.Files {
		file := pass.Fset.File(f.FileStart)
		if file == nil || strings.HasSuffix(file.Name(), "_test.go") || filepath.Ext(file.Name()) != ".go" {
			continue
		}
		p.code.Files = append(p.code.Files, f)
		dir = filepath.Dir(file.Name())
	}
	if dir == "" {
		return nil, nil
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	found, err := config.Find(dir)
	if err != nil {
		return nil, err
	}
	c, configDir := &config.Config{}, dir
	if found != "" {
		text, err := os.ReadFile(found)
		if err != nil {
			return nil, err
		}
		if c, err = config.Read(found, text, a.known); err != nil {
			return nil, err
		}
		configDir = filepath.Dir(found)
	}
	if p.Workspace, err = workspace.New(dir, configDir); err != nil {
		return nil, err
	}
	p.dir = p.Dir()
	for _, f := range p.code.Files {
		name := pass.Fset.File(f.FileStart).Name()
		p.names[p.Name(name)] = name
	}
	p.code.Name, p.code.ReadFile = p.Name, p.read
	root := p.Name(configDir)
	p.judge = c.Lint(root)
	p.judge.Rules, p.judge.Hint, p.judge.Today = a.known.Rules, a.known.Hint, time.Now()
	schema := func(name string) (*migration.File, error) {
		if name == "" {
			return nil, nil
		}
		source, err := fs.ReadFile(p.FS(), path.Join(root, name))
		return &migration.File{Name: path.Join(root, name), Source: source}, err
	}
	if p.judge.Schema, err = schema(c.Schema); err != nil {
		return nil, err
	}
	for i, o := range c.Overrides {
		if p.judge.Overrides[i].Schema, err = schema(o.Schema); err != nil {
			return nil, err
		}
	}
	return p, nil
}

// overlay is the workspace's file system with what the driver has instead of some
// files: an editor's are not saved yet.
type overlay struct {
	fs.FS
	read func(name string) ([]byte, error)
}

func (o overlay) ReadFile(name string) ([]byte, error) { return o.read(name) }

// FS is the workspace's file system as the driver has it.
func (p *project) FS() fs.FS { return overlay{p.Workspace.FS(), p.read} }

// read asks the driver, which may know its Go files only.
func (p *project) read(name string) ([]byte, error) {
	file, isGo := p.names[name]
	if !isGo {
		file = p.Path(name)
	}
	if isGo || filepath.IsAbs(file) {
		if source, err := p.pass.ReadFile(file); isGo || err == nil {
			return source, err
		}
	}
	return fs.ReadFile(p.Workspace.FS(), name)
}

// histories are those of the tools with which the package registers migrations.
func (p *project) histories(down bool) ([]*migration.History, error) {
	byTool := map[string][]*gosource.Migration{}
	var tools []string
	for _, m := range p.code.Migrations() {
		if byTool[m.Tool] == nil {
			tools = append(tools, m.Tool)
		}
		byTool[m.Tool] = append(byTool[m.Tool], m)
		p.noteEmbedded(m.Up)
		if m.Down != nil {
			p.noteEmbedded(*m.Down)
		}
	}
	var all []*migration.History
	for _, tool := range tools {
		if tool != migration.Goose.Name {
			all = append(all, migration.GoHistory(p.dir, byTool[tool], down, p.read))
			continue
		}
		histories, err := migration.Load(p.FS(), migration.Options{
			Paths:        []string{p.dir},
			Path:         p.Path,
			Runner:       tool,
			Down:         down,
			GoMigrations: func(string) []*gosource.Migration { return byTool[tool] },
			Skip: func(name string) bool { // folders below
				info, err := fs.Stat(p.FS(), name)
				return err == nil && info.IsDir()
			},
		})
		if err != nil && !errors.Is(err, migration.ErrNoMigrations) {
			return nil, err
		}
		all = append(all, histories...)
	}
	return all, nil
}

func (p *project) noteEmbedded(f gosource.Function) {
	for _, s := range f.Steps {
		for _, part := range s.Text.Parts {
			if part.Quote == 0 && p.embedded[part.File] == nil {
				p.embedded[part.File] = &embedded{call: s.Place}
			}
		}
	}
}

// location is where a driver shows something.
type location struct {
	pos, end token.Pos
	name     string // "a.sql:1:1: ", where it stands in a, but is not shown there
}

// place returns where something in a file is shown; false if the file is none of
// the package.
func (p *project) place(f *migration.File, r migration.Range) (location, bool) {
	name := ""
	if e := p.embedded[f.Name]; e != nil && p.atCall {
		at := f.Position(r.Pos)
		name = fmt.Sprintf("%s:%d:%d: ", strings.TrimPrefix(f.Name, p.dir+"/"), at.Line, at.Column)
		f, r = &migration.File{Name: e.call.File}, migration.Range{Pos: e.call.Pos, End: e.call.End}
	}
	file := p.file(f)
	if file == nil {
		return location{}, false
	}
	return location{file.Pos(min(r.Pos, file.Size())), file.Pos(min(r.End, file.Size())), name}, true
}

// file returns the file in which positions are told, nil if it is none of the package.
func (p *project) file(f *migration.File) *token.File {
	if name, ok := p.names[f.Name]; ok {
		for _, syntax := range p.code.Files {
			if file := p.pass.Fset.File(syntax.FileStart); file.Name() == name {
				return file
			}
		}
	}
	e := p.embedded[f.Name]
	if e == nil {
		return nil
	}
	if e.file == nil {
		e.file = p.pass.Fset.AddFile(p.Path(f.Name), -1, len(f.Source))
		e.file.SetLinesForContent(f.Source)
	}
	return e.file
}

func (p *project) report(d lint.Diagnostic) {
	at, ok := p.place(d.File, d.Range)
	if !ok {
		return
	}
	message := at.name + d.Message
	if d.Instead != nil {
		message += "; instead, " + d.Instead.Message
	}
	message += " (" + d.Rule + ")"
	out := analysis.Diagnostic{Pos: at.pos, End: at.end, Category: d.Rule, Message: message}
	for _, r := range d.Related {
		if at, ok := p.place(r.File, r.Range); ok {
			out.Related = append(out.Related, analysis.RelatedInformation{Pos: at.pos, End: at.end, Message: at.name + r.Message})
		}
	}
	for _, fix := range d.SuggestedFixes {
		if _, isGo := p.names[d.File.Name]; !isGo {
			break // drivers apply fixes to the files that they compile
		}
		suggested := analysis.SuggestedFix{Message: fix.Message}
		for _, e := range fix.TextEdits {
			edit, _ := p.place(d.File, e.Range)
			suggested.TextEdits = append(suggested.TextEdits, analysis.TextEdit{Pos: edit.pos, End: edit.end, NewText: []byte(e.NewText)})
		}
		out.SuggestedFixes = append(out.SuggestedFixes, suggested)
	}
	p.pass.Report(out)
}
