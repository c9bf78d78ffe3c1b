package rules

import (
	"slices"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var refreshMaterializedViewNotConcurrently = &lint.Rule{
	Name:     "refresh-materialized-view-not-concurrently",
	Doc:      page("refresh-materialized-view-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		refresh := p.Statement.Node.GetRefreshMatViewStmt()
		if refresh == nil || refresh.Concurrent || refresh.SkipData {
			return nil
		}
		view, _ := p.Statement.Find(p.Statement.Pos, "VIEW")
		for _, e := range p.Existing() {
			if e.Work != lock.TableRewrite || unreadable(p, e.Relation) {
				continue
			}
			d := lint.Diagnostic{
				Message: "REFRESH MATERIALIZED VIEW takes an ACCESS EXCLUSIVE lock on " + e.Relation.String() +
					", which blocks reads of the view until its query is done",
				Effects: []lock.Effect{e},
				Instead: &lint.Instead{Message: "create a unique index on plain columns of the view, and from then on refresh it CONCURRENTLY"},
			}
			if mayBeUnique(p, e.Relation) {
				d.Instead = p.Instead("refresh it CONCURRENTLY, which needs a unique index on plain columns of the view",
					lint.Step{Statements: []string{edited(p.Statement, after(view, " CONCURRENTLY"))}})
			}
			if isUnique(p, e.Relation) {
				d.SuggestedFixes = p.Fix(d.Instead)
			}
			if !p.Large(e.Relation) {
				d.Severity = lint.Warning
			}
			p.Report(d)
		}
		return nil
	},
}

// mayBeUnique reports whether a materialized view may have the unique index
// that CONCURRENTLY needs: on plain columns and all rows.
func mayBeUnique(p *lint.Pass, n catalog.Name) bool {
	t := p.Catalog.Table(n)
	return t == nil || !t.Complete || isUnique(p, n)
}

// isUnique reports whether it is known to have that index.
func isUnique(p *lint.Pass, n catalog.Name) bool {
	t := p.Catalog.Table(n)
	return t != nil && slices.ContainsFunc(t.Indexes, func(n catalog.Name) bool {
		i := p.Catalog.Index(n)
		return i.Unique && i.Predicate == nil && !slices.ContainsFunc(i.Keys, func(k catalog.Key) bool { return k.Expr != nil })
	})
}

// unreadable reports whether a relation is a materialized view that was never
// filled: queries of it fail, so that none can wait.
func unreadable(p *lint.Pass, n catalog.Name) bool {
	t := p.Catalog.Table(n)
	return t != nil && t.Populated == catalog.No
}
