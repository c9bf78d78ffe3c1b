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
	bare       bool                      // tern's DisableTx
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
	tool           string
	path           *regexp.Regexp
	typ            string
	version, name  string // fields, as are those below
	up, down       string // functions
	upSQL, downSQL string
	cmd            string // in the elements of upSQL
	file           bool   // see Function.AsFile
	scope          Scope
	// upBare and downBare switch the transaction off.
	upBare, downBare string
}

var records = []record{
	{tool: "gormigrate", path: packagePath(`github\.com/go-gormigrate/gormigrate(/v\d+)?|gopkg\.in/gormigrate\.v\d+`), typ: "Migration", version: "ID", name: "ID", up: "Migrate", down: "Rollback", scope: NoTransaction},
	{tool: "sql-migrate", path: packagePath(`github\.com/rubenv/sql-migrate`), typ: "Migration", version: "Id", name: "Id", upSQL: "Up", downSQL: "Down", upBare: "DisableTransactionUp", downBare: "DisableTransactionDown"},
	{tool: "migrator", path: packagePath(`github\.com/lopezator/migrator`), typ: "Migration", version: "Name", name: "Name", up: "Func"},
	{tool: "migrator", path: packagePath(`github\.com/lopezator/migrator`), typ: "MigrationNoTx", version: "Name", name: "Name", up: "Func", scope: NoTransaction},
	{tool: "tern", path: ternPath, typ: "Migration", version: "Sequence", name: "Name", up: "UpFunc", down: "DownFunc", upSQL: "UpSQL", downSQL: "DownSQL", file: true, upBare: "DisableFuncTx", downBare: "DisableFuncTx"},
	{tool: "atlas", path: atlasPath, typ: "Plan", version: "Version", name: "Name", upSQL: "Changes", cmd: "Cmd", file: true, upBare: "Directives"},
}

var (
	goosePath   = packagePath(`github\.com/pressly/goose(/v\d+)?`)
	bunPath     = packagePath(`github\.com/uptrace/bun/migrate`)
	ternPath    = packagePath(`github\.com/jackc/tern(/v\d+)?/migrate`)
	atlasPath   = packagePath(`ariga\.io/atlas/sql/migrate`)
	entPath     = packagePath(`entgo\.io/ent/dialect/sql/schema`)
	bunFileName = regexp.MustCompile(`^(\d{1,14})_([0-9a-z_\-]+)\.`)
)

// packagePath matches the path of a package, also a vendored one.
func packagePath(pattern string) *regexp.Regexp {
	return regexp.MustCompile(`^(?:.*/vendor/)?(?:` + pattern + `)$`)
}

// options looks for what lists and settings say of migrations in other places.
func (r *registry) options(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.KeyValueExpr:
		if key, ok := n.Key.(*ast.Ident); ok {
			r.option(key.Name, n.Value)
		}
	case *ast.AssignStmt:
		if s, ok := n.Lhs[0].(*ast.SelectorExpr); ok {
			r.option(s.Sel.Name, n.Rhs[0])
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

func (r *registry) option(name string, x ast.Expr) {
	switch name {
	case "UseTransaction":
		r.perRun = r.perRun || r.isTrue(x)
	case "DisableTx":
		r.bare = r.bare || r.isTrue(x)
	}
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
	pkg, name := named(t)
	for i, r := range records {
		if r.typ == name && r.path.MatchString(pkg) {
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
	scope := rec.scope
	switch {
	case rec.tool == "gormigrate" && r.perRun:
		scope = RunTransaction
	case rec.tool == "tern" && r.bare:
		scope = NoTransaction
	}
	version, name := string(v.fields[rec.version].text.Bytes), string(v.fields[rec.name].text.Bytes)
	m := &Migration{Tool: rec.tool, Version: version, Name: name, Place: r.Package.place(n)}
	direction := func(code, sql, bare string) *Function {
		bareScope := scope
		if isBare(v.fields[bare]) {
			bareScope = NoTransaction
		}
		if x, ok := v.fields[sql]; ok && (x.kind != text || x.holes > 0 || len(x.text.Bytes) > 0) {
			if code != "" { // the field is that of functions
				bareScope = scope
			}
			f := r.sql(x.elements(rec.cmd), bareScope, n)
			f.AsFile = rec.file
			return &f
		}
		if x, ok := v.fields[code]; ok {
			f := r.function(x, bareScope, n)
			return &f
		}
		return nil
	}
	switch up := direction(rec.up, rec.upSQL, rec.upBare); {
	case up != nil:
		m.Up = *up
	case rec.up != "": // set elsewhere
		m.Up = r.function(value{}, scope, n)
	default:
		m.Up = r.sql(value{}, scope, n)
	}
	m.Down = direction(rec.down, rec.downSQL, rec.downBare)
	found := found{Migration: m, place: r.order[n]}
	if rec.tool == "tern" {
		found.number, _ = strconv.ParseInt(version, 10, 64)
	}
	if found.place == 0 { // in no list that is known
		found.place = math.MaxInt
	}
	r.found = append(r.found, found)
}

// isBare reports whether a field switches the transaction off.
func isBare(v value) bool {
	return string(v.text.Bytes) == "true" || slices.ContainsFunc(v.list, func(directive value) bool {
		return string(directive.text.Bytes) == "-- atlas:txmode none"
	})
}

// elements returns a list of structs as that of one of their fields.
func (v value) elements(field string) value {
	if field == "" || v.kind != list {
		return v
	}
	all := value{kind: list}
	for _, element := range v.list {
		all.list = append(all.list, element.fields[field])
	}
	return all
}

func (r *registry) call(x *ast.CallExpr) {
	if r.isApplyFunc(x) {
		// ent applies a plan in a transaction.
		m := &Migration{Tool: "ent", Place: r.Package.place(x), Up: r.function(r.eval(x.Args[0], nil), Transaction, x)}
		r.found = append(r.found, found{Migration: m})
		return
	}
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
		scope := Transaction
		if r.bare {
			scope = NoTransaction
		}
		m.Up = r.file(args[1], scope)
		if down := r.file(args[2], scope); len(down.Steps) > 0 {
			m.Down = &down
		}
	case atlasPath.MatchString(pkg) && (name == "NewLocalFile" || name == "WriteFile") && len(args) == 2:
		m.Tool = "atlas"
		base := string(r.eval(args[0], nil).text.Bytes)
		before, isSQL := strings.CutSuffix(base, ".sql")
		if !isSQL && base != "" { // atlas.sum
			return
		}
		m.Version, m.Name, _ = strings.Cut(before, "_")
		if m.Up = r.file(args[1], Transaction); base == "" && slices.ContainsFunc(m.Up.Steps, func(s Step) bool { return s.Gap != "" }) {
			return // of files that are no part of the program
		}
	default:
		return
	}
	number, _ := strconv.ParseInt(m.Version, 10, 64)
	r.found = append(r.found, found{Migration: m, number: number})
}

// isApplyFunc reports whether the call converts a function to ent's ApplyFunc.
func (r *registry) isApplyFunc(x *ast.CallExpr) bool {
	tv := r.Info.Types[x.Fun]
	pkg, name := named(tv.Type)
	return tv.IsType() && name == "ApplyFunc" && entPath.MatchString(pkg) && len(x.Args) == 1
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

// function follows the function of one direction.
func (r *registry) function(v value, scope Scope, at ast.Node) Function {
	f := Function{Place: r.Package.place(at), Scope: scope}
	switch v.kind {
	case null:
	case callable:
		f.Place = r.Package.place(v.fn.node)
		f.Steps = r.follow(v.fn, r.directives)
		f.Unused = r.directives.unused(f.Place)
	default:
		f.Steps = []Step{{Place: f.Place, Message: 1, Gap: "a function of another package, or one that is made at run time"}}
	}
	return f
}

// sql reads what is SQL for one direction, or a list of it.
func (r *registry) sql(v value, scope Scope, at ast.Node) Function {
	f := Function{Place: r.Package.place(at), Scope: scope}
	w := &walker{evaluator: r.evaluator, directives: r.directives}
	texts := []value{v}
	switch v.kind {
	case null:
		return f
	case list:
		texts = v.list
	}
	for i, t := range texts {
		if t.kind == text && t.holes == 0 && t.text.summary() == "" {
			continue
		}
		var call ast.Node
		if v.kind != list {
			call = at
		}
		w.text(Step{Place: f.Place, Message: i + 1, Comments: w.commentsOf(call, t.text)}, t)
	}
	f.Steps = w.steps
	return f
}

// file reads an argument that is what a file of the tool could be.
func (r *registry) file(x ast.Expr, scope Scope) Function {
	f := r.sql(r.eval(x, nil), scope, x)
	f.AsFile = true
	return f
}

// IsTool reports whether migrations are registered with the package of this path.
func IsTool(name string) bool {
	return goosePath.MatchString(name) || bunPath.MatchString(name) || entPath.MatchString(name) ||
		slices.ContainsFunc(records, func(r record) bool { return r.path.MatchString(name) })
}
