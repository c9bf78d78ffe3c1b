package rules

import (
	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var createIndexNotConcurrently = &lint.Rule{
	Name:     "create-index-not-concurrently",
	Doc:      page("create-index-not-concurrently"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetIndexStmt()
		if create == nil || create.Concurrent {
			return nil
		}
		var builds []lock.Effect
		for _, e := range p.Existing() {
			if e.Work == lock.IndexBuild && !e.Index {
				builds = append(builds, e)
			}
		}
		if len(builds) == 0 {
			return nil
		}
		head, _ := p.Statement.Find(p.Statement.Pos, "INDEX")
		head.Pos = p.Statement.Pos
		d := lint.Diagnostic{
			Range:   head,
			Message: "CREATE INDEX " + takes(builds[0]) + " until the index is built" + reads(p, builds[0].Relation),
			Effects: builds,
		}
		table := p.Catalog.Resolve(create.Relation)
		if t := p.Catalog.Table(table); t != nil && t.Kind == catalog.PartitionedTable {
			d.Message = "CREATE INDEX on the partitioned table " + table.String() +
				" takes a SHARE lock on it and all its partitions, which blocks writes until the indexes of all partitions are built" + reads(p, table)
			d.Instead = p.Instead("create the index ON ONLY the partitioned table, build each partition's index CONCURRENTLY, and attach them",
				lint.Step{Statements: []string{edited(p.Statement, onOnly(p.Statement))}})
		} else {
			d.Instead = patiently(p, "build the index CONCURRENTLY, outside a transaction block",
				lint.Step{Statements: []string{concurrently(p.Statement)}, NoTransaction: true})
		}
		if !p.Large(table) {
			d.Severity = lint.Warning
		}
		p.Report(d)
		return nil
	},
}

// concurrently is CREATE INDEX with CONCURRENTLY, and without IF NOT EXISTS,
// which would hide the invalid index that a build that failed leaves behind.
func concurrently(s *migration.Statement) string {
	index, _ := s.Find(s.Pos, "INDEX")
	edits := []lint.TextEdit{after(index, " CONCURRENTLY")}
	if r, ok := s.Find(index.End, "IF", "NOT", "EXISTS"); ok {
		edits = append(edits, without(s, r))
	}
	return edited(s, edits...)
}

func onOnly(s *migration.Statement) lint.TextEdit {
	on, _ := s.Find(s.Pos, "ON")
	return after(on, " ONLY")
}
