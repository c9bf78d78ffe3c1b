package gosource

import (
	"go/ast"
	"go/types"
	"regexp"
	"strings"
)

// libraries are the packages whose values send SQL, by their paths.
var libraries = []struct {
	path *regexp.Regexp
	name string
}{
	{regexp.MustCompile(`^database/sql$`), "database/sql"},
	{regexp.MustCompile(`^github\.com/jackc/pgx(/v\d+)?(/pgxpool|/pgconn)?$`), "pgx"},
	{regexp.MustCompile(`^github\.com/jackc/(pgx/v\d+/)?pgxpool(/v\d+)?$`), "pgx"},
	{regexp.MustCompile(`^github\.com/jmoiron/sqlx$`), "sqlx"},
	{regexp.MustCompile(`^github\.com/uptrace/bun$`), "bun"},
	{regexp.MustCompile(`^gorm\.io/gorm$`), "GORM"},
	{regexp.MustCompile(`^entgo\.io/ent/dialect(/sql(/schema)?)?$`), "ent"},
}

func library(path string) string {
	if i := strings.LastIndex(path, "/vendor/"); i >= 0 {
		path = path[i+len("/vendor/"):]
	}
	for _, l := range libraries {
		if l.path.MatchString(path) {
			return l.name
		}
	}
	return ""
}

// sending are the methods whose first string is SQL for the server.
var sending = set(
	"Exec", "ExecContext", "MustExec", "MustExecContext", "NamedExec", "NamedExecContext", "ExecOne",
	"Query", "QueryContext", "QueryRow", "QueryRowContext", "Queryx", "QueryxContext", "QueryRowx", "QueryRowxContext",
	"NamedQuery", "QueryOne", "Prepare", "PrepareContext", "Preparex", "PreparexContext",
	"Get", "GetContext", "Select", "SelectContext",
	"NewRaw", "Raw", "Queue",
)

// method is what is known of a called method or function.
type method struct {
	name     string
	library  string // of the receiver, or of the function; "" if it is none
	handle   bool   // the receiver can send SQL
	known    bool   // it is a function of a library
	argument int    // the index of the SQL, -1 if it takes none
	receiver string // the name of its type
}

// sends reports whether the call sends the SQL that it is given.
func (m method) sends() bool { return m.handle && m.argument >= 0 && sending[m.name] }

var buildingMethods = set(
	"AutoMigrate", "Create", "CreateInBatches", "Save", "Update", "Updates", "UpdateColumn", "UpdateColumns", "Delete",
	"FirstOrCreate", "Migrator",
	"CreateTable", "DropTable", "RenameTable", "AddColumn", "DropColumn", "AlterColumn", "RenameColumn", "MigrateColumn",
	"CreateIndex", "DropIndex", "RenameIndex", "CreateConstraint", "DropConstraint", "CreateView", "DropView",
	"NewCreateTable", "NewDropTable", "NewAddColumn", "NewDropColumn", "NewCreateIndex", "NewDropIndex", "NewTruncateTable",
	"NewInsert", "NewUpdate", "NewDelete", "NewMerge", "ResetModel",
)

// builds reports whether the library writes the SQL.
func (m method) builds() bool {
	return buildingMethods[m.name] && m.name != "Migrator" || m.receiver == "Applier" && m.name == "Apply"
}

// method tells what a call calls.
func (e *evaluator) method(x *ast.CallExpr, callee types.Object) method {
	m := method{argument: -1}
	s, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr)
	if !ok {
		if callee != nil {
			m.name = callee.Name()
		}
		return m
	}
	m.name = s.Sel.Name
	fn, isFunc := callee.(*types.Func)
	if isFunc && fn.Pkg() != nil {
		m.library = library(fn.Pkg().Path())
	}
	if isFunc {
		sig := fn.Signature()
		if sig.Recv() == nil {
			m.known = m.library != ""
			return m
		}
		_, m.receiver = named(sig.Recv().Type())
		m.handle = m.library != "" || isHandle(e.Info.TypeOf(s.X)) || isHandle(sig.Recv().Type())
		m.argument = sqlArgument(sig)
		if m.receiver == "RawQuery" || m.receiver == "Rows" || m.receiver == "Row" {
			m.argument = -1
		}
		return m
	}
	// Of a type that is not known, the method's name decides.
	if t := e.Info.TypeOf(s.X); (t == nil || t == types.Typ[types.Invalid]) && !e.isPackage(s.X) {
		switch {
		case strings.HasSuffix(m.name, "Context") && sending[m.name]:
			m.handle, m.argument = true, 1
		case m.name == "Exec" || m.name == "MustExec" || m.name == "QueryRow":
			m.handle, m.argument = true, 0
			if len(x.Args) > 1 && !e.isStringy(x.Args[0]) {
				m.argument = 1
			}
		}
	}
	return m
}

func (e *evaluator) isPackage(x ast.Expr) bool {
	id, ok := x.(*ast.Ident)
	if !ok {
		return false
	}
	_, ok = e.Info.ObjectOf(id).(*types.PkgName)
	return ok
}

func (e *evaluator) isStringy(x ast.Expr) bool {
	t := e.Info.TypeOf(x)
	if t == nil {
		return false
	}
	b, ok := t.Underlying().(*types.Basic)
	return ok && b.Info()&types.IsString != 0
}

// sqlArgument is the index of the first parameter that is a string.
func sqlArgument(sig *types.Signature) int {
	for i := range sig.Params().Len() {
		if b, ok := sig.Params().At(i).Type().Underlying().(*types.Basic); ok && b.Kind() == types.String {
			return i
		}
	}
	return -1
}

// named returns the path of the package and the name of a named type, or of that which
// a pointer leads to; "" for other types, and for the package of predeclared ones.
func named(t types.Type) (pkg, name string) {
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	n, ok := types.Unalias(t).(*types.Named)
	if !ok {
		return "", ""
	}
	if n.Obj().Pkg() != nil {
		pkg = n.Obj().Pkg().Path()
	}
	return pkg, n.Obj().Name()
}

// handles are the types of libraries through which SQL is sent.
var handles = set("DB", "Tx", "Conn", "Pool", "PgConn", "IDB", "IConn", "Batch", "Ext", "ExtContext", "Execer", "ExecerContext",
	"Driver", "ExecQuerier", "PoolConn")

// isHandle reports whether SQL can be sent through a value of the type: one of a
// library's, or any interface with Exec.
func isHandle(t types.Type) bool {
	if t == nil {
		return false
	}
	if p, ok := types.Unalias(t).(*types.Pointer); ok {
		t = p.Elem()
	}
	if pkg, name := named(t); handles[name] && library(pkg) != "" {
		return true
	}
	i, ok := t.Underlying().(*types.Interface)
	if !ok {
		return false
	}
	for k := range i.NumMethods() {
		m := i.Method(k)
		if (m.Name() == "Exec" || m.Name() == "ExecContext") && sqlArgument(m.Signature()) >= 0 {
			return true
		}
	}
	return false
}
