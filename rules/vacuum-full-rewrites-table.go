package rules

import (
	"fmt"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
)

var vacuumFullRewritesTable = &lint.Rule{
	Name:     "vacuum-full-rewrites-table",
	Doc:      page("vacuum-full-rewrites-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		switch {
		case p.Statement.Node.GetVacuumStmt() == nil:
		case lock.RewritesEveryTable(p.Statement):
			p.Report(lint.Diagnostic{Message: "VACUUM FULL without a table takes an ACCESS EXCLUSIVE lock on every table of the database, one after the other, which blocks reads and writes of it until it is rewritten"})
		default:
			reportRewrites(p, "VACUUM FULL")
		}
		return nil
	},
}

// reportRewrites reports the tables with traffic that a statement rewrites,
// one after the other; words name it.
func reportRewrites(p *lint.Pass, words string) {
	var rewrites []lock.Effect
	var names []string
	large := false
	for _, e := range p.Existing() {
		if e.Work == lock.TableRewrite && !unreadable(p, e.Relation) {
			rewrites, names = append(rewrites, e), append(names, e.Relation.String())
			large = large || p.Large(e.Relation)
		}
	}
	var tables string
	switch len(names) {
	case 0:
		return
	case 1:
		tables = names[0]
	case 2:
		tables = names[0] + " and " + names[1] + ", one after the other"
	default:
		tables = fmt.Sprintf("%s and %d more tables, one after the other", names[0], len(names)-1)
	}
	d := lint.Diagnostic{
		Message: fmt.Sprintf("%s takes %s on %s, which blocks reads and writes until the table is rewritten", words, aLock(rewrites[0].Mode), tables),
		Effects: rewrites,
	}
	if !large {
		d.Severity = lint.Warning
	}
	p.Report(d)
}
