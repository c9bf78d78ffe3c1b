package gosource

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/constant"
	"go/token"
	"go/types"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode/utf8"
)

// value is what is known of an expression. The zero value: nothing.
type value struct {
	kind   kind
	text   Text             // of a string, or of a constant as %v prints it
	holes  int              // of the text
	list   []value          // of a slice or an array
	fields map[string]value // of a struct
	fn     *function
	lit    *ast.CompositeLit // that made the list or the struct
}

type kind uint8

const (
	unknown kind = iota
	text
	list
	structure
	callable
	null
)

// function is a function literal or a declared function.
type function struct {
	typ   *ast.FuncType
	body  *ast.BlockStmt
	node  ast.Node
	frame *frame // around a literal
}

// frame binds parameters, and variables of loops, to values.
type frame struct {
	vars  map[types.Object]value
	outer *frame
	depth int
}

func (f *frame) lookup(o types.Object) (value, bool) {
	for ; f != nil; f = f.outer {
		if v, ok := f.vars[o]; ok {
			return v, true
		}
	}
	return value{}, false
}

// definition is the only expression that a variable is set to.
type definition struct {
	expr   ast.Expr
	writes int
	embed  []string // the files of //go:embed
}

// maxDepth bounds how deep calls and expressions are followed, maxText how
// long a text gets, and maxElements how often a loop is unrolled.
const (
	maxDepth    = 40
	maxText     = 4 << 20
	maxElements = 200
)

// evaluator makes values of expressions.
type evaluator struct {
	*Package
	defs    map[types.Object]definition
	consts  map[types.Object]ast.Expr
	decls   map[types.Object]*ast.FuncDecl
	sources map[string][]byte
	depth   int
}

func newEvaluator(p *Package) *evaluator {
	e := &evaluator{
		Package: p,
		defs:    map[types.Object]definition{},
		consts:  map[types.Object]ast.Expr{},
		decls:   map[types.Object]*ast.FuncDecl{},
		sources: map[string][]byte{},
	}
	for _, f := range p.Files {
		ast.Inspect(f, e.define)
	}
	return e
}

// define notes what a node declares or sets.
func (e *evaluator) define(n ast.Node) bool {
	write := func(target, expr ast.Expr) {
		id, ok := ast.Unparen(target).(*ast.Ident)
		if !ok {
			// x.f = …, x[i] = …: the variable is not what it was made.
			for {
				switch t := ast.Unparen(target).(type) {
				case *ast.SelectorExpr:
					target = t.X
					continue
				case *ast.IndexExpr:
					target = t.X
					continue
				case *ast.StarExpr:
					target = t.X
					continue
				case *ast.Ident:
					id = t
				}
				break
			}
			if id == nil {
				return
			}
			expr = nil
		}
		o := e.Info.ObjectOf(id)
		if o == nil {
			return
		}
		d := e.defs[o]
		d.writes++
		d.expr = expr
		e.defs[o] = d
	}
	switch n := n.(type) {
	case *ast.FuncDecl:
		if o := e.Info.Defs[n.Name]; o != nil {
			e.decls[o] = n
		}
	case *ast.GenDecl:
		for i, spec := range n.Specs {
			v, ok := spec.(*ast.ValueSpec)
			if !ok {
				continue
			}
			switch {
			case n.Tok == token.CONST && len(v.Values) == 0:
				// The expression of the constant above, without its place.
			case n.Tok == token.CONST:
				for j, name := range v.Names {
					if o := e.Info.Defs[name]; o != nil && j < len(v.Values) {
						e.consts[o] = v.Values[j]
					}
				}
			default:
				for j, name := range v.Names {
					switch {
					case len(v.Values) == len(v.Names):
						write(name, v.Values[j])
					case len(v.Values) == 1 && j == 0:
						write(name, v.Values[0])
					case len(v.Values) == 1:
						write(name, nil)
					}
				}
				doc := v.Doc
				if doc == nil && i == 0 {
					doc = n.Doc
				}
				if files := embedded(doc); files != nil && len(v.Names) == 1 {
					if o := e.Info.Defs[v.Names[0]]; o != nil {
						d := e.defs[o]
						d.embed = files
						e.defs[o] = d
					}
				}
			}
		}
	case *ast.AssignStmt:
		for i, target := range n.Lhs {
			switch {
			case n.Tok != token.ASSIGN && n.Tok != token.DEFINE:
				write(target, nil)
				write(target, nil) // x += y is no definition
			case len(n.Rhs) == len(n.Lhs):
				write(target, n.Rhs[i])
			case i == 0:
				write(target, n.Rhs[0])
			default:
				write(target, nil)
			}
		}
	case *ast.RangeStmt:
		for _, target := range []ast.Expr{n.Key, n.Value} {
			if target != nil {
				write(target, nil)
			}
		}
	case *ast.UnaryExpr:
		if n.Op == token.AND {
			if _, literal := ast.Unparen(n.X).(*ast.CompositeLit); !literal {
				write(n.X, nil)
				write(n.X, nil)
			}
		}
	}
	return true
}

// embedded reads the patterns of //go:embed.
func embedded(doc *ast.CommentGroup) []string {
	if doc == nil {
		return nil
	}
	var files []string
	for _, c := range doc.List {
		if rest, ok := strings.CutPrefix(c.Text, "//go:embed "); ok {
			for _, f := range strings.Fields(rest) {
				files = append(files, strings.TrimPrefix(strings.Trim(f, "\"`"), "all:"))
			}
		}
	}
	return files
}

func stringValue(s string) value { return value{kind: text, text: Text{Bytes: []byte(s)}} }

func holeValue() value { return value{kind: text, text: Text{Bytes: []byte(hole)}, holes: 1} }

func (v *value) append(more value) {
	v.kind = text
	if more.kind != text || len(v.text.Bytes) > maxText {
		more = holeValue()
	}
	v.holes += more.holes
	v.text.append(more.text)
}

// eval evaluates an expression.
func (e *evaluator) eval(x ast.Expr, f *frame) value {
	e.depth++
	defer func() { e.depth-- }()
	if e.depth > maxDepth {
		return value{}
	}
	v := e.parts(x, f)
	if v.kind == text && v.holes == 0 {
		return v
	}
	// The type checker knows more constants.
	if c := e.Info.Types[x].Value; c != nil {
		return constantValue(c)
	}
	return v
}

func constantValue(c constant.Value) value {
	switch c.Kind() {
	case constant.String:
		return stringValue(constant.StringVal(c))
	case constant.Int, constant.Bool:
		return stringValue(c.String())
	}
	return value{}
}

func (e *evaluator) parts(x ast.Expr, f *frame) value {
	switch x := x.(type) {
	case *ast.ParenExpr:
		return e.eval(x.X, f)
	case *ast.BasicLit:
		if x.Kind == token.STRING {
			return e.literal(x)
		}
		if x.Kind == token.INT {
			return stringValue(x.Value)
		}
	case *ast.BinaryExpr:
		if x.Op != token.ADD {
			return value{}
		}
		a, b := e.eval(x.X, f), e.eval(x.Y, f)
		if a.kind != text && b.kind != text || !e.isString(x) {
			return value{}
		}
		var v value
		v.append(a)
		v.append(b)
		return v
	case *ast.UnaryExpr:
		if x.Op == token.AND {
			return e.eval(x.X, f)
		}
	case *ast.StarExpr:
		return e.eval(x.X, f)
	case *ast.Ident:
		return e.object(e.Info.ObjectOf(x), f)
	case *ast.SelectorExpr:
		if s := e.Info.Selections[x]; s != nil && s.Kind() == types.FieldVal {
			return e.eval(x.X, f).fields[x.Sel.Name]
		}
		if v := e.object(e.Info.ObjectOf(x.Sel), f); v.kind != unknown {
			return v
		}
		return e.eval(x.X, f).fields[x.Sel.Name]
	case *ast.FuncLit:
		return value{kind: callable, fn: &function{x.Type, x.Body, x, f}}
	case *ast.CompositeLit:
		return e.composite(x, f)
	case *ast.IndexExpr:
		of := e.eval(x.X, f)
		if c := e.Info.Types[x.Index].Value; c != nil && of.kind == list {
			if i, ok := constant.Int64Val(constant.ToInt(c)); ok && i >= 0 && int(i) < len(of.list) {
				return of.list[i]
			}
		}
	case *ast.CallExpr:
		return e.call(x, f)
	}
	return value{}
}

func (e *evaluator) isString(x ast.Expr) bool {
	t := e.Info.TypeOf(x)
	if t == nil || t == types.Typ[types.Invalid] {
		return true
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// object evaluates what a name stands for.
func (e *evaluator) object(o types.Object, f *frame) value {
	switch o := o.(type) {
	case *types.Const:
		if x := e.consts[o]; x != nil {
			return e.eval(x, nil)
		}
		return constantValue(o.Val())
	case *types.Nil:
		return value{kind: null}
	case *types.Func:
		if d := e.decls[o]; d != nil && d.Body != nil {
			return value{kind: callable, fn: &function{d.Type, d.Body, d, nil}}
		}
	case *types.Var:
		if v, ok := f.lookup(o); ok {
			return v
		}
		d := e.defs[o]
		switch {
		case d.embed != nil && d.writes == 0:
			return e.embeddedText(o, d.embed)
		case d.writes == 1 && d.expr != nil:
			return e.eval(d.expr, f)
		}
	}
	return value{}
}

// literal evaluates a string literal. The source is asked and not the literal's
// value, from which the parser has removed carriage returns.
func (e *evaluator) literal(x *ast.BasicLit) value {
	place := e.place(x)
	source := e.source(place.File)
	plain, err := strconv.Unquote(x.Value)
	if err != nil {
		return value{}
	}
	if place.Pos >= len(source) || source[place.Pos] != x.Value[0] {
		return stringValue(plain)
	}
	v := value{kind: text}
	add := func(lo, hi int, quote byte) {
		if lo < hi {
			n := len(v.text.Bytes)
			v.text.Parts = append(v.text.Parts, Part{n, n + hi - lo, place.File, lo, quote})
			v.text.Bytes = append(v.text.Bytes, source[lo:hi]...)
		}
	}
	at := place.Pos + 1
	if x.Value[0] == '`' {
		for at < len(source) && source[at] != '`' {
			end := at
			for end < len(source) && source[end] != '`' && source[end] != '\r' {
				end++
			}
			add(at, end, '`')
			for end < len(source) && source[end] == '\r' {
				end++
			}
			at = end
		}
	} else {
		for at < len(source) && source[at] != '"' {
			end := at
			for end < len(source) && source[end] != '"' && source[end] != '\\' && source[end] != '\n' {
				end++
			}
			add(at, end, '"')
			if end >= len(source) || source[end] != '\\' {
				break
			}
			r, multibyte, rest, err := strconv.UnquoteChar(string(source[end:min(end+12, len(source))]), '"')
			if err != nil {
				break
			}
			if r < utf8.RuneSelf || !multibyte {
				v.text.Bytes = append(v.text.Bytes, byte(r))
			} else {
				v.text.Bytes = utf8.AppendRune(v.text.Bytes, r)
			}
			at = min(end+12, len(source)) - len(rest)
		}
	}
	if string(v.text.Bytes) != plain { // the source is not what was parsed
		return stringValue(plain)
	}
	return v
}

func (e *evaluator) source(name string) []byte {
	source, ok := e.sources[name]
	if !ok {
		source, _ = e.ReadFile(name)
		e.sources[name] = source
	}
	return source
}

// embeddedText is the value of a string or []byte that //go:embed fills.
func (e *evaluator) embeddedText(o types.Object, patterns []string) value {
	if len(patterns) != 1 || strings.ContainsAny(patterns[0], "*?[") {
		return value{}
	}
	switch t := o.Type().Underlying().(type) {
	case *types.Basic, *types.Slice:
		return e.file(o, patterns[0])
	default:
		_ = t
	}
	return value{}
}

// file is the value of a file that is named relative to the package's folder.
func (e *evaluator) file(o types.Object, name string) value {
	file := e.Fset.File(o.Pos())
	if file == nil || !filepath.IsLocal(filepath.FromSlash(name)) {
		return value{}
	}
	full := path.Join(path.Dir(filepath.ToSlash(e.name(file))), name)
	source, err := e.ReadFile(full)
	if err != nil {
		return value{}
	}
	return value{kind: text, text: Text{Bytes: source, Parts: []Part{{0, len(source), full, 0, 0}}}}
}

// composite evaluates the literal of a slice, an array or a struct.
func (e *evaluator) composite(x *ast.CompositeLit, f *frame) value {
	t := e.Info.TypeOf(x)
	if t == nil {
		return value{}
	}
	if p, ok := t.Underlying().(*types.Pointer); ok { // the element of a list of pointers
		t = p.Elem()
	}
	switch t := t.Underlying().(type) {
	case *types.Slice, *types.Array:
		v := value{kind: list, lit: x}
		for _, element := range x.Elts {
			if _, keyed := element.(*ast.KeyValueExpr); keyed {
				return value{}
			}
			v.list = append(v.list, e.eval(element, f))
		}
		return v
	case *types.Struct:
		v := value{kind: structure, fields: map[string]value{}, lit: x}
		for i, element := range x.Elts {
			if kv, ok := element.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok {
					v.fields[key.Name] = e.eval(kv.Value, f)
				}
			} else if i < t.NumFields() {
				v.fields[t.Field(i).Name()] = e.eval(element, f)
			}
		}
		return v
	case *types.Basic: // of a type that is not known
		v := value{kind: structure, fields: map[string]value{}, lit: x}
		for _, element := range x.Elts {
			if kv, ok := element.(*ast.KeyValueExpr); ok {
				if key, ok := kv.Key.(*ast.Ident); ok {
					v.fields[key.Name] = e.eval(kv.Value, f)
				}
			}
		}
		return v
	}
	return value{}
}

// call evaluates a conversion, and calls whose result the arguments tell.
func (e *evaluator) call(x *ast.CallExpr, f *frame) value {
	if tv := e.Info.Types[x.Fun]; tv.IsType() && len(x.Args) == 1 {
		return e.eval(x.Args[0], f)
	}
	switch callee := e.callee(x); fullName(callee) {
	case "fmt.Sprintf":
		return e.sprintf(x, f)
	case "fmt.Sprint":
		var v value
		for _, a := range x.Args {
			v.append(e.eval(a, f))
		}
		return v
	case "strings.Join":
		if len(x.Args) != 2 {
			return holeValue()
		}
		elements, separator := e.eval(x.Args[0], f), e.eval(x.Args[1], f)
		if elements.kind != list {
			return holeValue()
		}
		v := stringValue("")
		for i, element := range elements.list {
			if i > 0 {
				v.append(separator)
			}
			v.append(element)
		}
		return v
	case "strings.TrimSpace":
		if v := e.eval(x.Args[0], f); v.kind == text && v.holes == 0 {
			trimmed := bytes.TrimSpace(v.text.Bytes)
			lo := bytes.Index(v.text.Bytes, trimmed)
			v.text = v.text.cut(lo, lo+len(trimmed))
			return v
		}
	case "(embed.FS).ReadFile", "io/fs.ReadFile":
		return e.readEmbedded(x, f)
	default:
		if d := e.decls[callee]; d != nil && callee != nil && d.Body != nil {
			return e.result(d, x, f)
		}
	}
	return value{}
}

// readEmbedded evaluates ReadFile on an embedded file system.
func (e *evaluator) readEmbedded(x *ast.CallExpr, f *frame) value {
	files, name := ast.Expr(nil), ast.Expr(nil)
	switch len(x.Args) {
	case 1:
		if s, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok {
			files, name = s.X, x.Args[0]
		}
	case 2:
		files, name = x.Args[0], x.Args[1]
	}
	if files == nil {
		return value{}
	}
	var o types.Object
	switch files := ast.Unparen(files).(type) {
	case *ast.Ident:
		o = e.Info.ObjectOf(files)
	case *ast.SelectorExpr:
		o = e.Info.ObjectOf(files.Sel)
	}
	n := e.eval(name, f)
	if o == nil || e.defs[o].embed == nil || n.kind != text || n.holes > 0 {
		return value{}
	}
	return e.file(o, string(n.text.Bytes))
}

// result evaluates a call of a function of the package whose only return is its
// last statement.
func (e *evaluator) result(d *ast.FuncDecl, x *ast.CallExpr, f *frame) value {
	returns := 0
	ast.Inspect(d.Body, func(n ast.Node) bool {
		switch n.(type) {
		case *ast.FuncLit:
			return false
		case *ast.ReturnStmt:
			returns++
		}
		return true
	})
	n := len(d.Body.List)
	if n == 0 || returns != 1 {
		return value{}
	}
	last, ok := d.Body.List[n-1].(*ast.ReturnStmt)
	if !ok || len(last.Results) == 0 {
		return value{}
	}
	inner := e.enter(&function{d.Type, d.Body, d, nil}, x, f)
	return e.eval(last.Results[0], inner)
}

// enter binds the parameters of a call.
func (e *evaluator) enter(fn *function, x *ast.CallExpr, f *frame) *frame {
	inner := &frame{vars: map[types.Object]value{}, outer: fn.frame}
	if f != nil {
		inner.depth = f.depth + 1
	}
	if x == nil {
		return inner
	}
	i := 0
	for _, field := range fn.typ.Params.List {
		_, variadic := field.Type.(*ast.Ellipsis)
		for _, name := range field.Names {
			o := e.Info.Defs[name]
			switch {
			case o == nil:
			case variadic && !x.Ellipsis.IsValid():
				rest := value{kind: list}
				for _, a := range x.Args[min(i, len(x.Args)):] {
					rest.list = append(rest.list, e.eval(a, f))
				}
				inner.vars[o] = rest
			case i < len(x.Args) && e.defs[o].writes == 0:
				inner.vars[o] = e.eval(x.Args[i], f)
			}
			i++
		}
		if len(field.Names) == 0 {
			i++
		}
	}
	return inner
}

// callee returns the function or method that a call names, or nil.
func (e *evaluator) callee(x *ast.CallExpr) types.Object {
	fun := ast.Unparen(x.Fun)
	switch i := fun.(type) {
	case *ast.IndexExpr: // of type arguments
		fun = i.X
	case *ast.IndexListExpr:
		fun = i.X
	}
	switch fun := fun.(type) {
	case *ast.Ident:
		return origin(e.Info.ObjectOf(fun))
	case *ast.SelectorExpr:
		return origin(e.Info.ObjectOf(fun.Sel))
	}
	return nil
}

func origin(o types.Object) types.Object {
	if f, ok := o.(*types.Func); ok {
		return f.Origin()
	}
	return o
}

// fullName is that of a function or method: "(*database/sql.Tx).Exec".
func fullName(o types.Object) string {
	if f, ok := o.(*types.Func); ok {
		return f.FullName()
	}
	return ""
}

// sprintf evaluates the verbs that print constants as they are.
func (e *evaluator) sprintf(x *ast.CallExpr, f *frame) value {
	if len(x.Args) == 0 || x.Ellipsis.IsValid() {
		return holeValue()
	}
	format := e.eval(x.Args[0], f)
	if format.kind != text || format.holes > 0 {
		return holeValue()
	}
	v := stringValue("")
	next := 1
	b := format.text.Bytes
	for i := 0; i < len(b); {
		n := bytes.IndexByte(b[i:], '%')
		if n < 0 {
			n = len(b) - i
		}
		v.append(value{kind: text, text: format.text.cut(i, i+n)})
		i += n
		if i+1 >= len(b) {
			break
		}
		i++
		if b[i] == '[' {
			if end := bytes.IndexByte(b[i:], ']'); end > 0 {
				if k, err := strconv.Atoi(string(b[i+1 : i+end])); err == nil {
					next = k
					i += end + 1
				}
			}
		}
		if i >= len(b) {
			return holeValue()
		}
		verb := b[i]
		i++
		if verb == '%' {
			v.append(stringValue("%"))
			continue
		}
		if next < 1 || next >= len(x.Args) {
			v.append(holeValue())
			continue
		}
		argument := e.eval(x.Args[next], f)
		next++
		switch {
		case verb == 's' || verb == 'v' || verb == 'd':
			v.append(argument)
		case verb == 'q' && argument.kind == text && argument.holes == 0:
			v.append(stringValue(fmt.Sprintf("%q", argument.text.Bytes)))
		default: // with a width, or another form
			for i < len(b) && !('a' <= b[i-1]|0x20 && b[i-1]|0x20 <= 'z') {
				i++
			}
			v.append(holeValue())
		}
	}
	return v
}
