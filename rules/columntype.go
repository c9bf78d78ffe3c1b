package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

// aboutType makes a rule about the type of new columns. The message is a clause
// that follows the type's name.
func aboutType(name string, category lint.Category, matches func(*pg_query.ColumnDef, catalog.Type) bool, message, instead string) *lint.Rule {
	severity := lint.Warning
	if category == lint.Style {
		severity = lint.Off
	}
	return &lint.Rule{
		Name:     name,
		Doc:      page(name),
		Category: category,
		Severity: severity,
		Run: func(p *lint.Pass) error {
			for _, def := range columnsWithType(p) {
				if typ := p.Catalog.TypeOf(def.TypeName); matches(def, typ) {
					p.Report(lint.Diagnostic{
						Range:   mention(p.Statement, def.Colname),
						Message: fmt.Sprintf("%s is %s, %s", quoted(def.Colname), typ, message),
						Hazard:  p.Statement,
						Also:    quoted(def.Colname) + " is too",
						Instead: &lint.Instead{Message: instead},
					})
				}
			}
			return nil
		},
	}
}

// columnsWithType are the columns that a statement makes or gives another type.
func columnsWithType(p *lint.Pass) []*pg_query.ColumnDef {
	var columns []*pg_query.ColumnDef
	if create := p.Statement.Node.GetCreateStmt(); create.GetRelation().GetRelpersistence() != "t" {
		for _, element := range create.GetTableElts() {
			if def := element.GetColumnDef(); def.GetTypeName() != nil {
				columns = append(columns, def)
			}
		}
	}
	for _, c := range commands(p) {
		switch def := c.Def.GetColumnDef(); c.Subtype {
		case pg_query.AlterTableType_AT_AddColumn:
			columns = append(columns, def)
		case pg_query.AlterTableType_AT_AlterColumnType:
			columns = append(columns, &pg_query.ColumnDef{Colname: c.Name, TypeName: def.GetTypeName()})
		}
	}
	return columns
}

// isType matches a type by its internal name.
func isType(name string) func(*pg_query.ColumnDef, catalog.Type) bool {
	return func(_ *pg_query.ColumnDef, t catalog.Type) bool { return t.Schema == "" && t.Name == name && !t.Array }
}
