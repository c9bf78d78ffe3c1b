package rules

import (
	"fmt"
	"strings"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var concurrentlyInTransaction = &lint.Rule{
	Name:     "concurrently-in-transaction",
	Doc:      page("concurrently-in-transaction"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Fixable:  true,
	Run: func(p *lint.Pass) error {
		if words := lock.NeedsOwnTransaction(p.Statement, p.Catalog, p.Server); strings.Contains(words, "CONCURRENTLY") {
			reportInBlock(p, words)
		}
		return nil
	},
}

// reportInBlock reports a statement that PostgreSQL refuses in the
// transaction block that it stands in.
func reportInBlock(p *lint.Pass, words string) {
	why := p.Session.WhyInBlock()
	if why == "" {
		return
	}
	statement := p.Statement.Text()
	if clause, ok := p.Statement.Find(p.Statement.Pos, "IF", "NOT", "EXISTS"); ok && p.Statement.Node.GetIndexStmt() != nil {
		// It would hide the invalid index that a failed build leaves behind.
		statement = edited(p.Statement, without(p.Statement, clause))
	}
	d := lint.Diagnostic{
		Range:       head(p.Statement, words),
		Fails:       "25001",
		FailsAlways: true,
		Message:     fmt.Sprintf("%s fails with 25001, cannot run inside a transaction block: %s", words, why),
		Instead: patiently(p, "run it in a migration of its own, outside a transaction block",
			lint.Step{Statements: []string{statement}, NoTransaction: true}),
	}
	if statement == p.Statement.Text() {
		d.SuggestedFixes = p.Fix(d.Instead)
	}
	if begin := p.Session.BlockStatement(); begin != nil && begin != p.Statement {
		d.Related = []lint.Related{{Range: begin.Range, File: begin.File(), Message: "the transaction block begins here"}}
	}
	p.Report(d)
}

// head is the beginning of a statement up to the last of the words that can
// be found in it.
func head(s *migration.Statement, words string) migration.Range {
	r := migration.Range{Pos: s.Pos, End: s.Pos}
	for _, w := range strings.Fields(words) {
		if found, ok := s.Find(r.End, w); ok {
			r.End = found.End
		}
	}
	if r.End == r.Pos {
		return s.Range
	}
	return r
}
