// Package gomigration judges the SQL in Go migrations where Go code is checked: as
// a go/analysis analyzer, for go vet, golangci-lint and gopls.
package gomigration

import (
	"errors"
	"fmt"
	"go/token"
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
tern, sql-migrate and migrator, follows their functions through the package, and
reports which of the SQL that they execute will block production, fail, or
destroy data. The configuration file .premortem.yml is that of premortem lint.
Migrations in SQL beside those of goose are replayed, and judged by premortem lint.`

// New returns the analyzer for these rules. hint is that of config.Known, and may be nil.
func New(rules []*lint.Rule, hint func(name string) string) *analysis.Analyzer {
	a := &analyzer{known: config.Known{Rules: rules, Hint: hint}}
	analyzer := &analysis.Analyzer{Name: "premortem", Doc: doc, Run: a.run}
	analyzer.Flags.BoolVar(&a.allowGaps, "allow-gaps", false, "do not report SQL that could not be analysed")
	analyzer.Flags.StringVar(&a.severity, "severity", "warning", "the lowest `severity` to report: warning or error")
	analyzer.Flags.BoolVar(&a.down, "down", false, "include down migrations")
	return analyzer
}

type analyzer struct {
	known     config.Known
	allowGaps bool
	severity  string
	down      bool
}

func (a *analyzer) run(pass *analysis.Pass) (any, error) {
	if !slices.ContainsFunc(pass.Pkg.Imports(), gosource.IsTool) {
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
		if file := p.file(g.File); file != nil {
			pos, end := place(file, g.Place())
			pass.Report(analysis.Diagnostic{Pos: pos, End: end, Category: "not-analysed", Message: "not analysed: " + g.Reason})
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
	embedded map[string]*token.File
}

// open finds the package's folder and its configuration.
func (a *analyzer) open(pass *analysis.Pass) (*project, error) {
	p := &project{pass: pass, names: map[string]string{}, embedded: map[string]*token.File{}}
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

// read reads a file of the workspace, as the driver has it if it is Go.
func (p *project) read(name string) ([]byte, error) {
	if inSet, ok := p.names[name]; ok {
		return p.pass.ReadFile(inSet)
	}
	return fs.ReadFile(p.FS(), name)
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
			if part.Quote == 0 {
				p.embedded[part.File] = nil
			}
		}
	}
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
	file, ok := p.embedded[f.Name]
	if ok && file == nil {
		file = p.pass.Fset.AddFile(p.Path(f.Name), -1, len(f.Source))
		file.SetLinesForContent(f.Source)
		p.embedded[f.Name] = file
	}
	return file
}

func place(file *token.File, r migration.Range) (pos, end token.Pos) {
	return file.Pos(min(r.Pos, file.Size())), file.Pos(min(r.End, file.Size()))
}

func (p *project) report(d lint.Diagnostic) {
	file := p.file(d.File)
	if file == nil {
		return
	}
	pos, end := place(file, d.Range)
	message := fmt.Sprintf("%s (%s)", d.Message, d.Rule)
	if d.Instead != nil {
		message = fmt.Sprintf("%s; instead, %s (%s)", d.Message, d.Instead.Message, d.Rule)
	}
	out := analysis.Diagnostic{Pos: pos, End: end, Category: d.Rule, Message: message}
	for _, r := range d.Related {
		if at := p.file(r.File); at != nil {
			pos, end := place(at, r.Range)
			out.Related = append(out.Related, analysis.RelatedInformation{Pos: pos, End: end, Message: r.Message})
		}
	}
	for _, fix := range d.SuggestedFixes {
		if _, isGo := p.names[d.File.Name]; !isGo {
			break // drivers apply fixes to the files that they compile
		}
		suggested := analysis.SuggestedFix{Message: fix.Message}
		for _, e := range fix.TextEdits {
			pos, end := place(file, e.Range)
			suggested.TextEdits = append(suggested.TextEdits, analysis.TextEdit{Pos: pos, End: end, NewText: []byte(e.NewText)})
		}
		out.SuggestedFixes = append(out.SuggestedFixes, suggested)
	}
	p.pass.Report(out)
}
