package gosource

import (
	"embed"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"path"
	"strings"
)

//go:embed _stubs
var stubs embed.FS

// File is a Go source file.
type File struct {
	Name   string
	Source []byte
}

// Check parses and type-checks the files of one folder without what they
// import: of a few packages it knows the declarations that migrations use, and of all
// others nothing. What does not compile is passed over. Test files are left
// out; where the folder has several packages, each is one.
func Check(files []File, readFile func(name string) ([]byte, error)) []*Package {
	fset := token.NewFileSet()
	byName := map[string]*Package{}
	var all []*Package
	for _, f := range files {
		if strings.HasSuffix(f.Name, "_test.go") {
			continue
		}
		parsed, _ := parser.ParseFile(fset, f.Name, f.Source, parser.ParseComments|parser.SkipObjectResolution)
		if parsed == nil || parsed.Name == nil {
			continue
		}
		p := byName[parsed.Name.Name]
		if p == nil {
			p = &Package{Fset: fset, ReadFile: readFile}
			byName[parsed.Name.Name] = p
			all = append(all, p)
		}
		p.Files = append(p.Files, parsed)
	}
	for name, p := range byName {
		imports := importer{}
		p.Info = newInfo()
		config := types.Config{Importer: imports, FakeImportC: true, Error: func(error) {}}
		p.Types, _ = config.Check(name, fset, p.Files, p.Info)
	}
	return all
}

func newInfo() *types.Info {
	return &types.Info{
		Types:      map[ast.Expr]types.TypeAndValue{},
		Defs:       map[*ast.Ident]types.Object{},
		Uses:       map[*ast.Ident]types.Object{},
		Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
}

// importer knows the packages of _stubs, and of others the name.
type importer map[string]*types.Package

func (imports importer) Import(importPath string) (*types.Package, error) {
	if p := imports[importPath]; p != nil {
		return p, nil
	}
	if p := imports.stub(importPath); p != nil {
		imports[importPath] = p
		return p, nil
	}
	name := path.Base(importPath)
	if major := strings.TrimLeft(name, "v"); len(major) == len(name)-1 && strings.Trim(major, "0123456789") == "" {
		name = path.Base(path.Dir(importPath))
	}
	p := types.NewPackage(importPath, strings.ReplaceAll(name, "-", "_"))
	p.MarkComplete()
	imports[importPath] = p
	return p, nil
}

func (imports importer) stub(importPath string) *types.Package {
	name := importPath
	if goosePath.MatchString(name) {
		name = "github.com/pressly/goose"
	}
	source, err := fs.ReadFile(stubs, "_stubs/"+strings.ReplaceAll(name, "/", "_")+".go")
	if err != nil {
		return nil
	}
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, name, source, parser.SkipObjectResolution)
	if err != nil {
		panic(err) // a mistake that no test survives
	}
	config := types.Config{Importer: imports, IgnoreFuncBodies: true, Error: func(error) {}}
	p, _ := config.Check(importPath, fset, []*ast.File{f}, nil)
	return p
}
