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

var foreignKeyWithoutIndex = &lint.Rule{
	Name:     "foreign-key-without-index",
	Doc:      page("foreign-key-without-index"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	RunEnd: func(p *lint.Pass) error {
		for _, t := range p.Catalog.Tables() {
			if !t.Complete {
				continue
			}
			for _, k := range t.Constraints {
				if k.Kind != catalog.ForeignKey || k.Parents > 0 || !k.Enforced || !expectsDeletes(k) || indexed(p.Catalog, t, k.Columns) {
					continue
				}
				if at := p.At(k.Origin); at != nil {
					at.Report(lint.Diagnostic{
						Range: mentionFrom(at.Statement, foreignKeyPos(at.Statement, k.Columns), k.Columns[0]),
						Message: fmt.Sprintf("no index of %s begins with %s, so ON DELETE %s scans the table for every row that is deleted from %s",
							t.Name, strings.Join(k.Columns, " or "), k.OnDelete, k.Referenced),
						Instead: &lint.Instead{Message: "build an index on the referencing columns"},
					})
				}
			}
		}
		return nil
	},
}

// foreignKeyPos returns where a statement defines the foreign key on the columns,
// or the one column that has it.
func foreignKeyPos(s *migration.Statement, columns []string) int {
	pos := s.Pos
	isForeignKey := func(n *pg_query.Node) bool {
		return n.GetConstraint().GetContype() == pg_query.ConstrType_CONSTR_FOREIGN
	}
	tree.Walk(s.Node, func(m proto.Message) bool {
		switch n := m.(type) {
		case *pg_query.ColumnDef:
			if n.Colname == columns[0] && slices.ContainsFunc(n.Constraints, isForeignKey) {
				pos = s.At(n.Location)
			}
		case *pg_query.Constraint:
			if n.Contype == pg_query.ConstrType_CONSTR_FOREIGN && slices.Equal(tree.Strings(n.FkAttrs), columns) {
				pos = s.At(n.Location)
			}
		}
		return true
	})
	return pos
}

// expectsDeletes reports whether a foreign key says what to do when rows are
// deleted. Rows of other referenced tables, lists of kinds above all, seldom are.
func expectsDeletes(k *catalog.Constraint) bool {
	return k.OnDelete == "CASCADE" || k.OnDelete == "SET NULL" || k.OnDelete == "SET DEFAULT"
}

// indexed reports whether an index of the table begins with one of the columns.
// A partial one serves where it leaves out nulls only.
func indexed(c *catalog.Catalog, t *catalog.Table, columns []string) bool {
	return slices.ContainsFunc(t.Indexes, func(n catalog.Name) bool {
		index := c.Index(n)
		if index == nil || index.Method == "brin" || len(index.Keys) == 0 || !slices.Contains(columns, index.Keys[0].Column) {
			return false
		}
		null := index.Predicate.GetNullTest()
		return index.Predicate == nil || null != nil
	})
}
