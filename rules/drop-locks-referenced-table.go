package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var dropLocksReferencedTable = &lint.Rule{
	Name:     "drop-locks-referenced-table",
	Doc:      page("drop-locks-referenced-table"),
	Category: lint.Outage,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		seen := map[catalog.Name]bool{}
		var ends []otherEnds
		for _, e := range inTextOrder(p.Existing()) {
			verb := dropping(p, e)
			// A lock that the transaction has already, it does not wait for.
			if verb == "" || seen[e.Relation] || p.Session.Strongest(e.Relation) == lock.AccessExclusive {
				continue
			}
			hot := p.Hot(e.Relation)
			if verb == dropConstraint && !hot && asShortAsItGets(p) {
				continue
			}
			seen[e.Relation] = true
			if last := len(ends) - 1; last >= 0 && !hot && !ends[last].hot && ends[last].effects[0].Range == e.Range {
				ends[last].effects = append(ends[last].effects, e)
			} else {
				ends = append(ends, otherEnds{verb, hot, []lock.Effect{e}})
			}
		}
		for _, o := range ends {
			o.report(p)
		}
		return nil
	},
}

// otherEnds are the tables that one clause locks because it drops foreign keys;
// a hot one is alone.
type otherEnds struct {
	verb    string
	hot     bool
	effects []lock.Effect
}

func (o otherEnds) report(p *lint.Pass) {
	first := o.effects[0]
	on, them := fmt.Sprintf("%s too (%s)", first.Relation, first.Why), "it"
	if len(o.effects) > 1 {
		var names []string
		for _, e := range o.effects {
			names = append(names, fmt.Sprintf("%s (%s)", e.Relation, e.Why))
		}
		on, them = fewInWords(names, firstNames)+" too", "them"
	}
	d := lint.Diagnostic{
		Range: first.Range,
		Message: fmt.Sprintf("%s takes an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes of %s from the moment it waits for running queries until the transaction ends",
			o.verb, on, them),
		Hazard:  first.Mode,
		Also:    fmt.Sprintf("%s locks %s", o.verb, on),
		Effects: o.effects,
		Instead: &lint.Instead{Message: "drop the foreign key first, in a migration of its own with a short lock_timeout"},
	}
	switch {
	case o.verb == dropConstraint:
		d.Instead = &lint.Instead{Message: "drop each foreign key in a migration of its own with a short lock_timeout"}
	case len(o.effects) > 1:
		d.Instead = &lint.Instead{Message: "drop the foreign keys first, each in a migration of its own with a short lock_timeout"}
	}
	if o.hot {
		d.Severity, d.Hazard = lint.Error, nil
	}
	p.Report(d)
}

const dropConstraint = "DROP CONSTRAINT"

// dropping says what drops a foreign key and so locks the table at its other
// end, or "".
func dropping(p *lint.Pass, e lock.Effect) string {
	byForeignKey := strings.HasPrefix(e.Why, "referenced by ") || strings.HasPrefix(e.Why, "references ")
	if !e.Implied || e.Mode != lock.AccessExclusive || !byForeignKey {
		return ""
	}
	if p.Statement.Node.GetDropStmt() != nil {
		return statementName(p.Statement)
	}
	for _, c := range commands(p) {
		if c.Number != e.Command {
			continue
		}
		switch c.Subtype {
		case pg_query.AlterTableType_AT_DropConstraint:
			return dropConstraint
		case pg_query.AlterTableType_AT_DropColumn:
			return "DROP COLUMN"
		}
	}
	return ""
}

// asShortAsItGets reports whether a DROP CONSTRAINT is as the rule advises: it
// gives up waiting soon, no other command does work that takes time, and the
// transaction has locked nothing else.
func asShortAsItGets(p *lint.Pass) bool {
	works := func(e lock.Effect) bool { return e.GrowsWithTable() }
	if !bounded(p) || slices.ContainsFunc(p.Effects, works) {
		return false
	}
	_, locked := strongestHeldLock(p)
	return !locked
}
