package gosource

import (
	"cmp"
	"go/ast"
	"go/constant"
	"go/types"
	"math"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Migrations returns what the package registers with migration tools, tool by
// tool, in the order of their versions, or in that of the list that holds them.
func (p *Package) Migrations() []*Migration {
	e := newEvaluator(p)
	r := &registry{evaluator: e, directives: p.findDirectives(), order: map[*ast.CompositeLit]int{}}
	for _, f := range p.Files {
		ast.Inspect(f, r.options)
	}
	for _, f := range p.Files {
		ast.Inspect(f, r.node)
	}
	slices.SortStableFunc(r.found, func(a, b found) int {
		return cmp.Or(strings.Compare(a.Tool, b.Tool), a.before(b))
	})
	all := make([]*Migration, len(r.found))
	for i, f := range r.found {
		all[i] = f.Migration
	}
	return all
}

// registry collects registrations.
type registry struct {
	*evaluator
	directives *directives
	found      []found
	order      map[*ast.CompositeLit]int // in the lists of migrations
	perRun     bool                      // gormigrate's UseTransaction
}

type found struct {
	*Migration
	number int64 // the version of tools that count
	place  int   // in a list, from 1
}

func (a found) before(b found) int {
	switch {
	case a.number != 0 || b.number != 0:
		return cmp.Compare(a.number, b.number)
	}
	return cmp.Compare(a.place, b.place)
}

// record is a tool whose migrations are struct literals.
type record struct {
	tool     string
	typ      *regexp.Regexp // package path and type
	id       string
	up, down string
	scope    Scope
	// bare and the fields that switch the transaction off.
	upBare, downBare string
}

var records = []record{
	{tool: "gormigrate", typ: regexp.MustCompile(`^(github\.com/go-gormigrate/gormigrate(/v\d+)?|gopkg\.in/gormigrate\.v\d+)\.Migration$`), id: "ID", up: "Migrate", down: "Rollback", scope: NoTransaction},
	{tool: "sql-migrate", typ: regexp.MustCompile(`^github\.com/rubenv/sql-migrate\.Migration$`), id: "Id", up: "Up", down: "Down", upBare: "DisableTransactionUp", downBare: "DisableTransactionDown"},
	{tool: "migrator", typ: regexp.MustCompile(`^github\.com/lopezator/migrator\.Migration$`), id: "Name", up: "Func"},
	{tool: "migrator", typ: regexp.MustCompile(`^github\.com/lopezator/migrator\.MigrationNoTx$`), id: "Name", up: "Func", scope: NoTransaction},
}

var (
	goosePath   = regexp.MustCompile(`^(?:.*/vendor/)?github\.com/pressly/goose(/v\d+)?$`)
	bunPath     = regexp.MustCompile(`^(?:.*/vendor/)?github\.com/uptrace/bun/migrate$`)
	ternPath    = regexp.MustCompile(`^(?:.*/vendor/)?github\.com/jackc/tern(/v\d+)?/migrate$`)
	bunFileName = regexp.MustCompile(`^(\d{1,14})_([0-9a-z_\-]+)\.`)
)

// options looks for what lists and settings say of migrations in other places.
func (r *registry) options(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok && key.Name == "UseTransaction" {
			r.perRun = r.perRun || r.isTrue(n.Value)
		}
	case *ast.AssignStmt:
		if s, ok := n.Lhs[0].(*ast.SelectorExpr); ok && s.Sel.Name == "UseTransaction" {
			r.perRun = r.perRun || r.isTrue(n.Rhs[0])
		}
	case *ast.CompositeLit:
		if recordOf(elementType(r.Info.TypeOf(n))) == nil {
			return true
		}
		for _, element := range n.Elts {
			if lit := r.eval(element, nil).lit; lit != nil && r.order[lit] == 0 {
				r.order[lit] = len(r.order) + 1
			}
		}
	}
	return true
}

func (r *registry) isTrue(x ast.Expr) bool {
	c := r.Info.Types[x].Value
	return c != nil && c.Kind() == constant.Bool && constant.BoolVal(c)
}

func elementType(t types.Type) types.Type {
	if t == nil {
		return nil
	}
	switch t := t.Underlying().(type) {
	case *types.Slice:
		return t.Elem()
	case *types.Array:
		return t.Elem()
	}
	return nil
}

// recordOf returns what is known of a struct or a pointer to one.
func recordOf(t types.Type) *record {
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := t.(*types.Named)
	if !ok || n.Obj().Pkg() == nil {
		return nil
	}
	name := n.Obj().Pkg().Path() + "." + n.Obj().Name()
	if i := strings.LastIndex(name, "/vendor/"); i >= 0 {
		name = name[i+len("/vendor/"):]
	}
	for i := range records {
		if records[i].typ.MatchString(name) {
			return &records[i]
		}
	}
	return nil
}

func (r *registry) node(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.CallExpr:
		r.call(n)
	case *ast.CompositeLit:
		t := r.Info.TypeOf(n)
		if t == nil {
			return true
		}
		if rec := recordOf(t); rec != nil {
			r.record(n, rec)
		}
	}
	return true
}

func (r *registry) record(n *ast.CompositeLit, rec *record) {
	v := r.composite(n, nil)
	id := string(v.fields[rec.id].text.Bytes)
	scope := rec.scope
	if rec.tool == "gormigrate" && r.perRun {
		scope = RunTransaction
	}
	m := &Migration{Tool: rec.tool, Version: id, Name: id, Place: r.Package.place(n)}
	bare := func(field string) Scope {
		if field != "" && string(v.fields[field].text.Bytes) == "true" {
			return NoTransaction
		}
		return scope
	}
	m.Up = r.function(v.fields[rec.up], bare(rec.upBare), n)
	if down, ok := v.fields[rec.down]; ok {
		f := r.function(down, bare(rec.downBare), n)
		m.Down = &f
	}
	place := r.order[n]
	if place == 0 { // in no list that is known
		place = math.MaxInt
	}
	r.found = append(r.found, found{Migration: m, place: place})
}

func (r *registry) call(x *ast.CallExpr) {
	fn, ok := r.callee(x).(*types.Func)
	if !ok || fn.Pkg() == nil {
		return
	}
	m := &Migration{Place: r.Package.place(x)}
	base := path.Base(filepath.ToSlash(m.File))
	args := x.Args
	name := fn.Name()
	switch pkg := fn.Pkg().Path(); {
	case goosePath.MatchString(pkg) && name == "NewGoMigration" && len(args) == 3:
		m.Tool = "goose"
		v := r.eval(args[0], nil)
		m.Version, m.Name = string(v.text.Bytes), strings.TrimSuffix(base, ".go")
		if _, rest, ok := strings.Cut(m.Name, "_"); ok && gooseNumber(base) == m.Version {
			m.Name = rest
		}
		m.Up = r.gooseFunc(args[1])
		down := r.gooseFunc(args[2])
		m.Down = &down
	case goosePath.MatchString(pkg) && strings.HasPrefix(name, "Add") && strings.Contains(name, "Migration"):
		m.Tool = "goose"
		if strings.HasPrefix(name, "AddNamed") {
			if len(args) == 0 {
				return
			}
			v := r.eval(args[0], nil)
			if v.kind != text || v.holes > 0 {
				m.Name = "?"
			}
			base, args = path.Base(filepath.ToSlash(string(v.text.Bytes))), args[1:]
		}
		if len(args) != 2 {
			return
		}
		m.Version = gooseNumber(base)
		_, m.Name, _ = strings.Cut(strings.TrimSuffix(base, path.Ext(base)), "_")
		scope := Transaction
		if strings.Contains(name, "NoTx") {
			scope = NoTransaction
		}
		r.pair(m, args, scope)
	case bunPath.MatchString(pkg) && (name == "MustRegister" || name == "Register") && fn.Signature().Recv() != nil && len(args) == 2:
		m.Tool = "bun"
		if match := bunFileName.FindStringSubmatch(base); match != nil {
			m.Version, m.Name = match[1], match[2]
		}
		r.pair(m, args, NoTransaction)
	case ternPath.MatchString(pkg) && name == "AppendMigration" && len(args) == 3:
		m.Tool = "tern"
		m.Name = string(r.eval(args[0], nil).text.Bytes)
		n := 1
		for _, f := range r.found {
			if f.Tool == "tern" {
				n++
			}
		}
		m.Version = strconv.Itoa(n)
		m.Up = r.function(r.eval(args[1], nil), Transaction, args[1])
		if down := r.eval(args[2], nil); down.kind != text || len(down.text.Bytes) > 0 {
			f := r.function(down, Transaction, args[2])
			m.Down = &f
		}
	default:
		return
	}
	number, _ := strconv.ParseInt(m.Version, 10, 64)
	r.found = append(r.found, found{Migration: m, number: number})
}

// gooseNumber is the version in a file name as goose records it, or "".
func gooseNumber(base string) string {
	before, _, ok := strings.Cut(base, "_")
	n, err := strconv.ParseInt(before, 10, 64)
	if !ok || err != nil || n < 1 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

// pair reads the functions up and down.
func (r *registry) pair(m *Migration, args []ast.Expr, scope Scope) {
	m.Up = r.function(r.eval(args[0], nil), scope, args[0])
	if down := r.eval(args[1], nil); down.kind != null {
		f := r.function(down, scope, args[1])
		m.Down = &f
	}
}

// gooseFunc reads a *goose.GoFunc.
func (r *registry) gooseFunc(x ast.Expr) Function {
	v := r.eval(x, nil)
	tx, inTx := v.fields["RunTx"]
	db, inDB := v.fields["RunDB"]
	switch {
	case inTx && tx.kind != null:
		return r.function(tx, Transaction, x)
	case inDB && db.kind != null:
		return r.function(db, NoTransaction, x)
	case v.kind == null || v.kind == structure:
		return Function{Place: r.Package.place(x)}
	}
	return r.function(value{}, Transaction, x)
}

// function follows what stands for one direction: a function, SQL, or several
// texts of SQL.
func (r *registry) function(v value, scope Scope, at ast.Node) Function {
	f := Function{Place: r.Package.place(at), Scope: scope}
	texts := []value{v}
	switch v.kind {
	case null:
		return f
	case callable:
		f.Place = r.Package.place(v.fn.node)
		f.Steps = r.follow(v.fn, r.directives)
		f.Unused = r.directives.unused(f.Place)
		return f
	case list:
		texts = v.list
	}
	for i, t := range texts {
		step := Step{Place: f.Place, Message: i + 1}
		switch {
		case t.kind != text:
			step.Gap = "a function of another package, or one that is made at run time"
		case t.holes > 0:
			step.Gap = "SQL that is built at run time: " + t.text.summary()
		case t.text.summary() == "":
			continue
		default:
			step.Text = t.text
		}
		f.Steps = append(f.Steps, step)
	}
	return f
}

// IsTool reports whether migrations are registered with the package of this path.
func IsTool(name string) bool {
	return goosePath.MatchString(name) || bunPath.MatchString(name) || ternPath.MatchString(name) ||
		slices.ContainsFunc(records, func(r record) bool { return r.typ.MatchString(name + ".Migration") })
}
