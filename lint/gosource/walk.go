package gosource

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"regexp"
	"slices"
	"strings"
)

// walker follows the functions of a migration and notes what they send.
type walker struct {
	*evaluator
	steps      []Step
	messages   int
	batch      types.Object // whose queries are being queued
	begun      int          // transactions that the function has begun
	loops      int
	active     []ast.Node // functions that are being followed
	entered    int
	directives *directives
}

// follow returns the steps of a function.
func (e *evaluator) follow(fn *function, d *directives) []Step {
	w := &walker{evaluator: e, directives: d}
	w.enterAndWalk(fn, nil, nil)
	return w.steps
}

// maxEntered bounds how many functions a migration enters.
const maxEntered = 2000

func (w *walker) enterAndWalk(fn *function, call *ast.CallExpr, f *frame) {
	inner := w.enter(fn, call, f)
	if slices.Contains(w.active, fn.node) || inner.depth > maxDepth || w.entered > maxEntered {
		return
	}
	w.entered++
	w.active = append(w.active, fn.node)
	w.stmts(fn.body.List, inner)
	w.active = w.active[:len(w.active)-1]
}

func (w *walker) stmts(list []ast.Stmt, f *frame) {
	for _, s := range list {
		w.stmt(s, f)
	}
}

func (w *walker) stmt(s ast.Stmt, f *frame) {
	switch s := s.(type) {
	case nil:
	case *ast.BlockStmt:
		w.stmts(s.List, f)
	case *ast.LabeledStmt:
		w.stmt(s.Stmt, f)
	case *ast.IfStmt:
		w.ifStmt(s, f)
	case *ast.ForStmt:
		w.stmt(s.Init, f)
		w.expr(s.Cond, f)
		w.loop(s.Body, f)
	case *ast.RangeStmt:
		w.rangeStmt(s, f)
	case *ast.SwitchStmt:
		w.stmt(s.Init, f)
		w.expr(s.Tag, f)
		w.clauses(s.Body, f)
	case *ast.TypeSwitchStmt:
		w.stmt(s.Init, f)
		w.clauses(s.Body, f)
	case *ast.SelectStmt:
		w.clauses(s.Body, f)
	case *ast.DeferStmt: // such as a Rollback after an error
	case *ast.GoStmt:
		w.expr(s.Call, f)
	default:
		ast.Inspect(s, func(n ast.Node) bool {
			x, ok := n.(ast.Expr)
			if ok {
				w.expr(x, f)
			}
			return !ok
		})
	}
}

// ifStmt passes over what runs only after an error.
func (w *walker) ifStmt(s *ast.IfStmt, f *frame) {
	w.stmt(s.Init, f)
	w.expr(s.Cond, f)
	switch failed, ok := w.onError(s.Cond); {
	case ok && failed:
		w.stmt(s.Else, f)
		return
	case ok:
		w.stmt(s.Body, f)
		return
	}
	before := len(w.steps)
	w.stmt(s.Body, f)
	if s.Else == nil {
		return
	}
	if len(w.steps) == before {
		w.stmt(s.Else, f)
		return
	}
	w.otherwise(s.Else, f)
}

// otherwise notes as a gap what another branch sends: at most one of them runs.
func (w *walker) otherwise(s ast.Stmt, f *frame) {
	kept, messages, begun := w.steps, w.messages, w.begun
	w.steps = nil
	w.stmt(s, f)
	sends := len(w.steps) > 0
	w.steps, w.messages, w.begun = kept, messages, begun
	if sends {
		w.gap(s, "SQL of another branch, which runs instead of the one above")
	}
}

func (w *walker) clauses(body *ast.BlockStmt, f *frame) {
	before := len(w.steps)
	for _, c := range body.List {
		var stmts []ast.Stmt
		switch c := c.(type) {
		case *ast.CaseClause:
			stmts = c.Body
		case *ast.CommClause:
			stmts = c.Body
		}
		if len(stmts) == 0 {
			continue
		}
		block := &ast.BlockStmt{Lbrace: stmts[0].Pos(), List: stmts, Rbrace: stmts[len(stmts)-1].End() - 1}
		if len(w.steps) > before {
			w.otherwise(block, f)
		} else {
			w.stmts(stmts, f)
		}
	}
}

// onError reads err != nil and its like: whether the branch runs after an error.
func (w *walker) onError(x ast.Expr) (failed, ok bool) {
	switch x := ast.Unparen(x).(type) {
	case *ast.BinaryExpr:
		if x.Op == token.LAND || x.Op == token.LOR {
			if failed, ok := w.onError(x.X); ok {
				return failed, ok
			}
			return w.onError(x.Y)
		}
		if x.Op != token.NEQ && x.Op != token.EQL || !isNil(x.Y) || !w.isError(x.X) {
			return false, false
		}
		return x.Op == token.NEQ, true
	case *ast.CallExpr:
		switch fullName(w.callee(x)) {
		case "errors.Is", "errors.As":
			return true, true
		}
	}
	return false, false
}

func isNil(x ast.Expr) bool {
	id, ok := ast.Unparen(x).(*ast.Ident)
	return ok && id.Name == "nil"
}

func (w *walker) isError(x ast.Expr) bool {
	if t := w.Info.TypeOf(x); t != nil && t != types.Typ[types.Invalid] {
		return types.Identical(t, types.Universe.Lookup("error").Type())
	}
	switch x := ast.Unparen(x).(type) {
	case *ast.Ident:
		return strings.HasPrefix(strings.ToLower(x.Name), "err")
	case *ast.SelectorExpr: // GORM's result.Error
		return x.Sel.Name == "Error"
	}
	return false
}

func (w *walker) loop(body *ast.BlockStmt, f *frame) {
	w.loops++
	w.stmts(body.List, f)
	w.loops--
}

// rangeStmt repeats the body for each element of a list that is known.
func (w *walker) rangeStmt(s *ast.RangeStmt, f *frame) {
	w.expr(s.X, f)
	over := w.eval(s.X, f)
	if over.kind != list || len(over.list) > maxElements {
		w.loop(s.Body, f)
		return
	}
	for i, element := range over.list {
		inner := &frame{vars: map[types.Object]value{}, outer: f, depth: f.depth}
		bind := func(x ast.Expr, v value) {
			if id, ok := x.(*ast.Ident); ok && id.Name != "_" {
				if o := w.Info.ObjectOf(id); o != nil && w.defs[o].writes == 1 {
					inner.vars[o] = v
				}
			}
		}
		if s.Key != nil {
			bind(s.Key, stringValue(fmt.Sprint(i)))
		}
		if s.Value != nil {
			bind(s.Value, element)
		}
		w.stmts(s.Body.List, inner)
	}
}

// expr visits the calls of an expression in the order in which they happen.
func (w *walker) expr(x ast.Expr, f *frame) {
	switch x := x.(type) {
	case nil, *ast.FuncLit:
	case *ast.CallExpr:
		if _, literal := ast.Unparen(x.Fun).(*ast.FuncLit); !literal {
			w.expr(x.Fun, f)
		}
		for _, a := range x.Args {
			w.expr(a, f)
		}
		w.called(x, f)
	case *ast.CompositeLit:
		if w.isChange(x) {
			w.change(x, f)
			return
		}
		for _, element := range x.Elts {
			w.expr(element, f)
		}
	default:
		ast.Inspect(x, func(n ast.Node) bool {
			inner, ok := n.(ast.Expr)
			if !ok || inner == x {
				return true
			}
			w.expr(inner, f)
			return false
		})
	}
}

// called notes what a call sends, or follows it.
func (w *walker) called(x *ast.CallExpr, f *frame) {
	if tv := w.Info.Types[x.Fun]; tv.IsType() || tv.IsBuiltin() {
		return
	}
	callee := w.callee(x)
	if fn := w.eval(x.Fun, f); fn.kind == callable {
		if !slices.ContainsFunc(w.active, func(n ast.Node) bool { return n == fn.fn.node }) {
			w.enterAndWalk(fn.fn, x, f)
		}
		return
	}
	m := w.method(x, callee)
	switch {
	case m.sends():
		w.send(x, m, f)
		return
	case m.handle && m.builds():
		w.gap(x, "SQL that "+m.library+" writes itself")
		return
	case m.handle && beginsTransaction[m.name] && len(functionsOf(x)) == 0:
		w.transaction(x, "BEGIN", +1)
		return
	case m.handle && m.name == "Commit":
		w.transaction(x, "COMMIT", -1)
		return
	case m.handle && m.name == "Rollback":
		w.transaction(x, "ROLLBACK", -1)
		return
	}
	// A function that is given away is called once, with a transaction around
	// it where the tool says so.
	var given []*function
	for _, a := range x.Args {
		if v := w.eval(a, f); v.kind == callable {
			given = append(given, v.fn)
		}
	}
	if len(given) > 0 {
		around := runsInTransaction[m.name] && (m.handle || m.known)
		if around {
			w.transaction(x, "BEGIN", +1)
		}
		for _, fn := range given {
			w.enterAndWalk(fn, nil, f)
		}
		if around {
			w.transaction(x, "COMMIT", -1)
		}
		return
	}
	if !m.handle && w.givesHandle(x) {
		name := m.name
		if s, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			if id, ok := s.X.(*ast.Ident); ok {
				name = id.Name + "." + name
			}
		}
		if !harmless[fullName(callee)] {
			w.gap(x, fmt.Sprintf("what %s executes: the function is in another package", name))
		}
	}
}

// functionsOf lists the function literals among the arguments.
func functionsOf(x *ast.CallExpr) []ast.Expr {
	var all []ast.Expr
	for _, a := range x.Args {
		if _, ok := ast.Unparen(a).(*ast.FuncLit); ok {
			all = append(all, a)
		}
	}
	return all
}

var (
	beginsTransaction = set("Begin", "BeginTx", "Beginx", "BeginTxx", "MustBegin", "MustBeginTx")
	runsInTransaction = set("RunInTx", "Transaction", "BeginFunc", "BeginTxFunc", "RunInTransaction", "InTx")
	harmless          = set("(database/sql.*DB).Close", "github.com/jmoiron/sqlx.NewDb")
)

func set(names ...string) map[string]bool {
	m := map[string]bool{}
	for _, n := range names {
		m[n] = true
	}
	return m
}

// gap notes what is not known.
func (w *walker) gap(x ast.Node, reason string) {
	w.messages++
	w.steps = append(w.steps, Step{Place: w.place(x), Gap: reason, Message: w.messages, Loop: w.loops > 0})
}

// transaction notes what a driver sends for Begin and Commit.
func (w *walker) transaction(x *ast.CallExpr, command string, by int) {
	if command == "BEGIN" && w.begun > 0 || command != "BEGIN" && w.begun > 1 {
		w.begun += by // a savepoint
		return
	}
	w.begun = max(0, w.begun+by)
	w.messages++
	w.steps = append(w.steps, Step{Place: w.place(x), Text: Text{Bytes: []byte(command)}, Message: w.messages})
}

// isChange reports whether the literal is a statement of an Atlas plan, which ent's
// hooks add to the plan that is applied.
func (w *walker) isChange(x *ast.CompositeLit) bool {
	pkg, name := named(w.Info.TypeOf(x))
	return name == "Change" && atlasPath.MatchString(pkg)
}

// change notes its SQL.
func (w *walker) change(x *ast.CompositeLit, f *frame) {
	w.messages++
	v := w.composite(x, f).fields["Cmd"]
	w.text(Step{Place: w.place(x), Loop: w.loops > 0, Message: w.messages, Comments: w.commentsOf(x, v.text)}, v)
}

// text notes what is sent, as far as it is known.
func (w *walker) text(step Step, v value) {
	switch {
	case v.kind != text || v.text.summary() == "":
		step.Gap = "SQL that is built at run time"
	case v.holes > 0:
		step.Gap = "SQL that is built at run time: " + v.text.summary()
	default:
		step.Text = v.text
	}
	w.steps = append(w.steps, step)
}

// send notes the SQL of a call.
func (w *walker) send(x *ast.CallExpr, m method, f *frame) {
	step := Step{Place: w.place(x), Loop: w.loops > 0}
	if m.argument >= len(x.Args) {
		return
	}
	v := w.eval(x.Args[m.argument], f)
	if v.kind == text && m.library != "" && placeholders[m.library] {
		v = w.bind(v, x.Args[m.argument+1:])
	}
	step.Comments = w.commentsOf(x, v.text)
	var batch types.Object
	if m.name == "Queue" {
		if s, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			if id, ok := ast.Unparen(s.X).(*ast.Ident); ok {
				batch = w.Info.ObjectOf(id)
			}
		}
	}
	if batch == nil || batch != w.batch {
		w.messages++
	}
	w.batch = batch
	step.Message = w.messages
	w.text(step, v)
}

// placeholders are the libraries that put arguments in the place of ?.
var placeholders = set("GORM", "bun")

var interpolated = regexp.MustCompile(`\.(Ident|Name|Safe|SafeQuery|In|Expr)$`)

// bind writes parameters for the ? that arguments are for.
func (w *walker) bind(v value, arguments []ast.Expr) value {
	if len(arguments) == 0 {
		return v
	}
	for _, a := range arguments {
		if t := w.Info.TypeOf(a); t != nil && interpolated.MatchString(t.String()) {
			v.holes++
		}
	}
	bound := value{kind: text, holes: v.holes}
	b, from, n := v.text.Bytes, 0, 0
	for i := 0; i < len(b); i++ {
		switch b[i] {
		case '\'', '"':
			for quote := b[i]; i+1 < len(b) && b[i+1] != quote; {
				i++
			}
			i++
		case '?':
			n++
			bound.text.append(v.text.cut(from, i))
			bound.text.append(Text{Bytes: fmt.Appendf(nil, "$%d", n)})
			from = i + 1
		}
	}
	bound.text.append(v.text.cut(min(from, len(b)), len(b)))
	return bound
}

// givesHandle reports whether an argument can execute SQL.
func (w *walker) givesHandle(x *ast.CallExpr) bool {
	return slices.ContainsFunc(x.Args, func(a ast.Expr) bool { return isHandle(w.Info.TypeOf(a)) })
}

// commentsOf returns the comments above the call, if there is one, above the literals
// of its SQL, and at the end of their lines.
func (w *walker) commentsOf(x ast.Node, sql Text) []Comment {
	var found []Comment
	take := func(file string, line int) {
		if c, ok := w.directives.of[file][line]; ok && !slices.Contains(found, c) {
			found = append(found, c)
			w.directives.used[c.Place] = true
		}
	}
	near := func(name string, first, last token.Pos) {
		file := w.directives.files[name]
		if file == nil {
			return
		}
		line := file.Line(first)
		above := line - 1
		for above > 0 && w.directives.of[name][above] != (Comment{}) {
			above--
		}
		for ; above <= line; above++ {
			take(name, above)
		}
		take(name, file.Line(last))
	}
	if x != nil {
		near(w.place(x).File, x.Pos(), x.End()-1)
	}
	for _, p := range sql.Parts {
		if file := w.directives.files[p.File]; file != nil && p.Quote != 0 {
			near(p.File, file.Pos(p.Offset), file.Pos(p.Offset+p.End-p.Pos))
		}
	}
	return found
}

// directives are the //premortem: comments of a package.
type directives struct {
	of    map[string]map[int]Comment // by file and line
	files map[string]*token.File
	used  map[Place]bool
}

// findDirectives finds them.
func (p *Package) findDirectives() *directives {
	d := &directives{map[string]map[int]Comment{}, map[string]*token.File{}, map[Place]bool{}}
	for _, f := range p.Files {
		file := p.Fset.File(f.Package)
		if file == nil {
			continue
		}
		lines := map[int]Comment{}
		name := p.place(f.Name).File
		d.files[name], d.of[name] = file, lines
		for _, group := range f.Comments {
			for _, c := range group.List {
				body, ok := strings.CutPrefix(c.Text, "//")
				if body = strings.TrimSpace(body); ok && strings.HasPrefix(body, "premortem:") {
					lines[file.Line(c.Pos())] = Comment{p.place(c), body}
				}
			}
		}
	}
	return d
}

// unused returns those in a place that no call has.
func (d *directives) unused(in Place) []Comment {
	var all []Comment
	for _, c := range d.of[in.File] {
		if in.Pos <= c.Pos && c.End <= in.End && !d.used[c.Place] {
			all = append(all, c)
		}
	}
	slices.SortFunc(all, func(a, b Comment) int { return a.Pos - b.Pos })
	return all
}
