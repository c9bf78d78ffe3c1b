package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var enumValueUsedInItsTransaction = &lint.Rule{
	Name:     "enum-value-used-in-its-transaction",
	Doc:      page("enum-value-used-in-its-transaction"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		added := slices.DeleteFunc(p.Catalog.AddedEnumValues(), func(e *catalog.Enum) bool {
			// Measured: from PostgreSQL 17 on, a value may be used at once if the
			// transaction created the type too, and neither happened behind a
			// savepoint; 12 to 16 refuse it.
			if p.Server >= 17 && p.Catalog.BirthOf(e.Origin) == catalog.BornInTransaction && !e.Origin.Nested {
				e.Values = slices.DeleteFunc(e.Values, func(v catalog.EnumValue) bool { return !v.Origin.Nested })
			}
			return len(e.Values) == 0
		})
		if len(added) == 0 {
			return nil
		}
		use := enumUse{Pass: p, added: added}
		use.find()
		if use.value == nil {
			return nil
		}
		p.Report(lint.Diagnostic{
			Fails: "55P04",
			Message: fmt.Sprintf("%s uses the value '%s' of %s in the transaction that adds it, which fails with 55P04 (unsafe use of new value)",
				statementName(p.Statement), use.value.Label, use.enum),
			Related: []lint.Related{{
				Range:   use.value.Origin.Statement.Range,
				File:    use.value.Origin.Statement.File(),
				Message: "adds the value",
			}},
			Instead: &lint.Instead{Message: "use the value in a later migration, after the one that adds it has committed"},
		})
		return nil
	},
}

// enumUse finds the first constant of a statement that PostgreSQL reads as a
// value that was added to an enum type. It reads them when it analyses the
// statement, also where no row is met.
type enumUse struct {
	*lint.Pass
	added []*catalog.Enum

	columns map[string]*catalog.Enum // nil: columns of several types have the name

	enum  catalog.Name
	value *catalog.EnumValue
}

func (u *enumUse) find() {
	if u.Statement.Abridged {
		u.inTokens()
		return
	}
	u.findIn(u.Statement.Node)
	if language, _ := migration.RoutineBody(u.Statement.Node.GetCreateFunctionStmt()); language != "sql" || uncheckedBodies(u.Pass) {
		return
	}
	if routine := u.Statement.Routine(); routine != nil {
		for _, n := range routine.Statements {
			if u.value == nil {
				u.findIn(n)
			}
		}
	}
}

// uncheckedBodies reports whether the migration sets check_function_bodies.
func uncheckedBodies(p *lint.Pass) bool {
	return slices.ContainsFunc(p.Preceding(), func(s *migration.Statement) bool {
		return s.Node.GetVariableSetStmt().GetName() == "check_function_bodies"
	})
}

func (u *enumUse) findIn(node *pg_query.Node) {
	u.columns = map[string]*catalog.Enum{}
	tree.Walk(node, func(m proto.Message) bool {
		switch n := m.(type) {
		case *pg_query.RangeVar:
			if t := u.Catalog.Table(u.Catalog.Resolve(n)); t != nil {
				for _, c := range t.Columns {
					u.column(c.Name, u.enumOf(c.Type))
				}
			}
		case *pg_query.ColumnDef:
			u.column(n.Colname, u.enumOf(u.Catalog.TypeOf(n.TypeName)))
		case *pg_query.CreateDomainStmt:
			u.column("value", u.enumOf(u.Catalog.TypeOf(n.TypeName)))
		case *pg_query.AlterDomainStmt:
			u.column("value", u.enumOf(u.Catalog.TypeOf(&pg_query.TypeName{Names: n.TypeName})))
		}
		return true
	})
	tree.Walk(node, u.visit)
}

func (u *enumUse) column(name string, enum *catalog.Enum) {
	if known, ok := u.columns[name]; ok && known != enum {
		enum = nil
	}
	u.columns[name] = enum
}

func (u *enumUse) visit(m proto.Message) bool {
	switch n := m.(type) {
	case *pg_query.TypeCast:
		u.values(u.enumOf(u.Catalog.TypeOf(n.TypeName)), n.Arg)
	case *pg_query.A_Expr:
		u.compare(n.Lexpr, n.Rexpr)
	case *pg_query.CoalesceExpr:
		u.compare(n.Args...)
	case *pg_query.CaseExpr:
		if n.Arg != nil {
			operands := []*pg_query.Node{n.Arg}
			for _, w := range n.Args {
				operands = append(operands, w.GetCaseWhen().GetExpr())
			}
			u.compare(operands...)
		}
	case *pg_query.InsertStmt:
		columns := u.namesOf(n.Relation, n.Cols)
		u.rows(n.Relation, columns, n.SelectStmt.GetSelectStmt())
		u.assigns(n.Relation, n.OnConflictClause.GetTargetList())
	case *pg_query.UpdateStmt:
		u.assigns(n.Relation, n.TargetList)
	case *pg_query.MergeStmt:
		for _, w := range n.MergeWhenClauses {
			w := w.GetMergeWhenClause()
			if w.GetCommandType() == pg_query.CmdType_CMD_INSERT {
				u.row(n.Relation, u.namesOf(n.Relation, w.GetTargetList()), w.GetValues())
			} else {
				u.assigns(n.Relation, w.GetTargetList())
			}
		}
	case *pg_query.ColumnDef:
		for _, k := range n.Constraints {
			u.values(u.columns[n.Colname], k.GetConstraint().GetRawExpr())
		}
	case *pg_query.CreateDomainStmt:
		for _, k := range n.Constraints {
			u.values(u.columns["value"], k.GetConstraint().GetRawExpr())
		}
	case *pg_query.AlterDomainStmt:
		u.values(u.columns["value"], n.Def)
	case *pg_query.FunctionParameter:
		u.values(u.enumOf(u.Catalog.TypeOf(n.ArgType)), n.Defexpr)
	case *pg_query.CreateStmt:
		if n.Partbound != nil && len(n.InhRelations) == 1 {
			u.bound(n.InhRelations[0].GetRangeVar(), n.Partbound)
		}
	case *pg_query.AlterTableStmt:
		for _, c := range n.Cmds {
			u.bound(n.Relation, c.GetAlterTableCmd().GetDef().GetPartitionCmd().GetBound())
		}
	case *pg_query.AlterTableCmd:
		if n.Subtype == pg_query.AlterTableType_AT_ColumnDefault {
			u.values(u.columns[n.Name], n.Def)
		}
	}
	return u.value == nil
}

// bound looks at the values of a partition.
func (u *enumUse) bound(parent *pg_query.RangeVar, bound *pg_query.PartitionBoundSpec) {
	if bound == nil {
		return
	}
	t := u.Catalog.Table(u.Catalog.Resolve(parent))
	if t == nil {
		return
	}
	for i, key := range t.PartitionKey {
		values := bound.Listdatums
		if len(values) == 0 && i < min(len(bound.Lowerdatums), len(bound.Upperdatums)) {
			values = []*pg_query.Node{bound.Lowerdatums[i], bound.Upperdatums[i]}
		}
		for _, value := range values {
			u.assign(parent, key, value)
		}
	}
}

// enumOf returns the type, or that below its domains or array, if values were
// added to it; nil for others.
func (u *enumUse) enumOf(t catalog.Type) *catalog.Enum {
	for range 32 {
		n := catalog.Name{Schema: t.Schema, Name: t.Name}
		if i := slices.IndexFunc(u.added, func(e *catalog.Enum) bool { return e.Name == n }); i >= 0 {
			return u.added[i]
		}
		d := u.Catalog.Domain(n)
		if d == nil {
			break
		}
		t = d.Base
	}
	return nil
}

// compare looks at operands that PostgreSQL gives one type: that of a column
// among them.
func (u *enumUse) compare(operands ...*pg_query.Node) {
	for _, o := range operands {
		fields := o.GetColumnRef().GetFields()
		if len(fields) == 0 {
			continue
		}
		if enum := u.columns[fields[len(fields)-1].GetString_().GetSval()]; enum != nil {
			u.values(enum, operands...)
		}
	}
}

// values looks for a value among constants, and in lists and arrays of them.
func (u *enumUse) values(enum *catalog.Enum, expressions ...*pg_query.Node) {
	if enum == nil {
		return
	}
	for _, e := range expressions {
		if c := e.GetAConst().GetSval(); c != nil {
			u.is(enum, c.Sval)
			if array, ok := strings.CutPrefix(c.Sval, "{"); ok {
				for _, element := range strings.Split(strings.TrimRight(array, "}"), ",") {
					u.is(enum, strings.Trim(element, `{"} `))
				}
			}
		}
		u.values(enum, e.GetList().GetItems()...)
		u.values(enum, e.GetAArrayExpr().GetElements()...)
	}
}

func (u *enumUse) is(enum *catalog.Enum, label string) {
	i := slices.IndexFunc(enum.Values, func(v catalog.EnumValue) bool { return v.Label == label })
	if i >= 0 && u.value == nil {
		u.enum, u.value = enum.Name, &enum.Values[i]
	}
}

// namesOf returns the columns that an INSERT names, or all of the table.
func (u *enumUse) namesOf(table *pg_query.RangeVar, targets []*pg_query.Node) []string {
	return filledColumns(u.Catalog.Table(u.Catalog.Resolve(table)), targets)
}

// rows looks at what an INSERT takes from VALUES or SELECT.
func (u *enumUse) rows(table *pg_query.RangeVar, columns []string, query *pg_query.SelectStmt) {
	for _, row := range query.GetValuesLists() {
		u.row(table, columns, row.GetList().GetItems())
	}
	var results []*pg_query.Node
	for _, t := range query.GetTargetList() {
		results = append(results, t.GetResTarget().GetVal())
	}
	u.row(table, columns, results)
}

func (u *enumUse) row(table *pg_query.RangeVar, columns []string, values []*pg_query.Node) {
	for i := range min(len(columns), len(values)) {
		u.assign(table, columns[i], values[i])
	}
}

// assigns looks at SET, also SET (a, b) = (…).
func (u *enumUse) assigns(table *pg_query.RangeVar, targets []*pg_query.Node) {
	for _, t := range targets {
		t := t.GetResTarget()
		value := t.GetVal()
		if multi := value.GetMultiAssignRef(); multi != nil {
			value = nil
			if row := multi.GetSource().GetRowExpr().GetArgs(); int(multi.GetColno()) <= len(row) {
				value = row[multi.GetColno()-1]
			}
		}
		u.assign(table, t.GetName(), value)
	}
}

func (u *enumUse) assign(table *pg_query.RangeVar, column string, value *pg_query.Node) {
	if c := u.Catalog.Table(u.Catalog.Resolve(table)).Column(column); c != nil {
		u.values(u.enumOf(c.Type), value)
	}
}

// inTokens looks for a value among all strings of a long INSERT, whose tree
// has no values, if the table has a column of the type.
func (u *enumUse) inTokens() {
	t := u.Catalog.Table(u.Catalog.Resolve(u.Statement.Node.GetInsertStmt().GetRelation()))
	if t == nil {
		return
	}
	for _, c := range t.Columns {
		enum := u.enumOf(c.Type)
		if enum == nil {
			continue
		}
		for _, token := range u.Statement.Tokens() {
			if text := u.Statement.TextOf(token.Range); token.Kind == migration.String && len(text) > 1 {
				u.is(enum, text[1:len(text)-1])
			}
		}
	}
}
