package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/tree"
)

var dropIndexNotConcurrently = &lint.Rule{
	Name:     "drop-index-not-concurrently",
	Doc:      page("drop-index-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropStmt()
		if drop == nil || drop.RemoveType != pg_query.ObjectType_OBJECT_INDEX || drop.Concurrent {
			return nil
		}
		d := lint.Diagnostic{Range: head(p.Statement, "DROP INDEX")}
		var names []string // as written
		for _, o := range drop.Objects {
			name := p.Catalog.ResolveList(o.GetList().GetItems())
			index, on := p.Catalog.Index(name), rebuiltOn(p, name)
			if index != nil {
				on = index.Table
			}
			if on.Name != "" && (!p.Exists(on, false) || p.Session.Strongest(on) == lock.AccessExclusive) || index != nil && ofPartitioned(p.Catalog, index) {
				// New, no lock that the transaction does not have already, or refused.
				continue
			}
			names = append(names, written(o.GetList().GetItems()))
			e := lock.Effect{Mode: lock.AccessExclusive}
			if i := slices.IndexFunc(p.Effects, func(e lock.Effect) bool { return e.Relation == name && e.MayBeMissing() }); i >= 0 {
				e = p.Effects[i]
			}
			verb, table := "takes", "the table of "+name.String()
			if e.Unknown != "" {
				verb = "may take"
			}
			if on.Name != "" {
				table = on.String()
			}
			if d.Message == "" || d.Severity == lint.Warning && e.Unknown == "" {
				d.Message = fmt.Sprintf("DROP INDEX %s an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes %s%s", verb, table, until(e), unknown(e))
				d.Severity = lint.Error
				if e.Unknown != "" {
					d.Severity = lint.Warning
				}
			}
		}
		if len(names) == 0 {
			return nil
		}
		d.Effects = p.Existing()
		if drop.Behavior == pg_query.DropBehavior_DROP_CASCADE && slices.ContainsFunc(drop.Objects, func(o *pg_query.Node) bool {
			index := p.Catalog.Index(p.Catalog.ResolveList(o.GetList().GetItems()))
			if index == nil {
				return false
			}
			key, _ := neededByKey(p, index)
			return key != ""
		}) {
			d.Instead = &lint.Instead{Message: "drop the foreign key first, and then the index CONCURRENTLY, which takes no CASCADE"}
			p.Report(d)
			return nil
		}
		steps := make([]lint.Step, len(names))
		for i, name := range names {
			statement := "DROP INDEX CONCURRENTLY " + name
			if drop.MissingOk {
				statement = "DROP INDEX CONCURRENTLY IF EXISTS " + name
			}
			steps[i] = lint.Step{Statements: []string{statement}, NoTransaction: true}
		}
		d.Instead = patiently(p, "drop the index CONCURRENTLY, outside a transaction block", steps...)
		if len(drop.Objects) == 1 {
			d.SuggestedFixes = p.Fix(d.Instead)
		}
		p.Report(d)
		return nil
	},
}

// rebuiltOn returns the table on which the rest of the migration builds an index of
// the name: that of the one that the migrations do not show. No name if it does not.
func rebuiltOn(p *lint.Pass, index catalog.Name) catalog.Name {
	for _, s := range p.Following() {
		if create := s.Node.GetIndexStmt(); create.GetIdxname() == index.Name {
			if table := p.Catalog.Resolve(create.Relation); table.Schema == index.Schema {
				return table
			}
		}
	}
	return catalog.Name{}
}

// ofPartitioned reports whether the index is one of a partitioned table: DROP
// INDEX CONCURRENTLY is refused for it.
func ofPartitioned(c *catalog.Catalog, index *catalog.Index) bool {
	t := c.Table(index.Table)
	return t != nil && t.Kind == catalog.PartitionedTable
}

// written is a name as a statement writes it, without the schema that the
// catalog finds for it.
func written(parts []*pg_query.Node) string {
	words := tree.Strings(parts)
	for i, w := range words {
		words[i] = catalog.Quote(w)
	}
	return strings.Join(words, ".")
}
