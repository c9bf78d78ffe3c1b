package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/reflect/protoreflect"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var enumValueUsedInItsTransaction = &lint.Rule{
	Name:     "enum-value-used-in-its-transaction",
	Doc:      page("enum-value-used-in-its-transaction"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, use := range enumUses(p) {
			enum := p.Catalog.Enum(use.enum)
			if enum == nil {
				continue
			}
			// Measured: a value added to a type of the same transaction may be
			// used at once from PostgreSQL 17 on; 12 to 16 refuse it.
			if p.Server >= 17 && p.Catalog.BirthOf(enum.Origin) == catalog.BornInTransaction {
				continue
			}
			for _, v := range enum.Values {
				if v.Label != use.label || v.Origin.Statement == nil || v.Origin.Statement == enum.Origin.Statement ||
					p.Catalog.BirthOf(v.Origin) != catalog.BornInTransaction {
					continue
				}
				p.Report(lint.Diagnostic{
					Message: fmt.Sprintf("%s uses the value '%s' of %s in the transaction that adds it, which fails with 55P04 (unsafe use of new value)",
						statementName(p.Statement), v.Label, use.enum),
					Related: []lint.Related{{
						Range:   v.Origin.Statement.Range,
						File:    v.Origin.Migration.File,
						Message: "adds the value",
					}},
				})
				return nil
			}
		}
		return nil
	},
}

type enumUse struct {
	enum  catalog.Name
	label string
}

// enumUses lists the constants of a statement that may be values of an enum:
// those cast to it, and all if the statement is about a table with a column of it.
func enumUses(p *lint.Pass) []enumUse {
	var labels []string
	var uses []enumUse
	enums := map[catalog.Name]bool{}
	var order []catalog.Name
	add := func(t catalog.Type) {
		n := catalog.Name{Schema: t.Schema, Name: t.Name}
		if p.Catalog.Enum(n) != nil && !enums[n] {
			enums[n] = true
			order = append(order, n)
		}
	}
	walk(p.Statement.Node.ProtoReflect(), func(m protoreflect.Message) {
		switch n := m.Interface().(type) {
		case *pg_query.A_Const:
			if n.GetSval() != nil {
				labels = append(labels, n.GetSval().Sval)
			}
		case *pg_query.TypeCast:
			add(p.Catalog.TypeOf(n.TypeName))
		case *pg_query.ColumnDef:
			if n.TypeName != nil {
				add(p.Catalog.TypeOf(n.TypeName))
			}
		case *pg_query.RangeVar:
			if t := p.Catalog.Table(p.Catalog.Resolve(n)); t != nil {
				for _, c := range t.Columns {
					add(c.Type)
				}
			}
		}
	})
	for _, n := range order {
		for _, label := range labels {
			uses = append(uses, enumUse{n, label})
		}
	}
	return uses
}

// walk visits every message of a parse tree.
func walk(m protoreflect.Message, visit func(protoreflect.Message)) {
	visit(m)
	m.Range(func(f protoreflect.FieldDescriptor, v protoreflect.Value) bool {
		switch {
		case f.IsList() && f.Message() != nil:
			for i := range v.List().Len() {
				walk(v.List().Get(i).Message(), visit)
			}
		case f.Message() != nil && !f.IsMap():
			walk(v.Message(), visit)
		}
		return true
	})
}
