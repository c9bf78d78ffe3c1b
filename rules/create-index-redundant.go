package rules

import (
	"fmt"
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

var createIndexRedundant = &lint.Rule{
	Name:     "create-index-redundant",
	Doc:      page("create-index-redundant"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	RunEnd: func(p *lint.Pass) error {
		for _, index := range p.Catalog.Indexes() {
			t := p.Catalog.Table(index.Table)
			at := p.At(index.Origin)
			if at == nil || t == nil || index.Constraint != "" || index.Parent != nil || at.Statement.Node.GetIndexStmt() == nil {
				continue
			}
			for _, n := range t.Indexes {
				if other := p.Catalog.Index(n); other != nil && covers(other, index) {
					at.Report(lint.Diagnostic{
						Range:   mention(at.Statement, index.Name.Name),
						Message: fmt.Sprintf("%s serves no query that %s does not serve too, and slows down writes", index.Name, other.Name),
						Instead: &lint.Instead{Message: "leave it out, or drop the one that is no longer needed"},
					})
					break
				}
			}
		}
		return nil
	},
}

// covers reports whether an index begins with all keys of another one, which is
// not unique. Of two equal ones, the later name is the surplus one.
func covers(wide, narrow *catalog.Index) bool {
	n := len(narrow.Keys)
	equal := n == len(wide.Keys) && len(wide.Include) == len(narrow.Include) && wide.Unique == narrow.Unique && wide.Constraint == ""
	switch {
	case wide == narrow, wide.Valid == catalog.No, wide.Method != narrow.Method, n == 0, n > len(wide.Keys),
		n < len(wide.Keys) && narrow.Method != "btree", // others have no leading keys
		narrow.Unique && (!wide.Unique || n < len(wide.Keys)),
		equal && wide.Name.Name > narrow.Name.Name,
		!tree.Same(wide.Predicate, narrow.Predicate):
		return false
	}
	for _, column := range narrow.Include {
		if !slices.Contains(wide.Include, column) {
			return false
		}
	}
	return slices.EqualFunc(wide.Keys[:n], narrow.Keys, func(a, b catalog.Key) bool {
		same := tree.Same(a.Expr, b.Expr)
		a.Expr, b.Expr = nil, nil
		return same && a == b
	})
}
