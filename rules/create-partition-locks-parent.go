package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var createPartitionLocksParent = &lint.Rule{
	Name:     "create-partition-locks-parent",
	Doc:      page("create-partition-locks-parent"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		create := p.Statement.Node.GetCreateStmt()
		if create.GetPartbound() == nil || len(create.InhRelations) == 0 {
			return nil
		}
		parent := p.Catalog.Resolve(create.InhRelations[0].GetRangeVar())
		effects := p.Existing()
		locked := func(e lock.Effect) bool { return e.Relation == parent && e.Mode == lock.AccessExclusive }
		if !slices.ContainsFunc(effects, locked) { // IF NOT EXISTS, or a new parent
			return nil
		}
		clause, ok := p.Statement.Find(p.Statement.Pos, "PARTITION", "OF")
		if !ok {
			clause = p.Statement.Range
		}
		until := "until the transaction ends"
		if scanned := scannedDefault(p, parent, effects); scanned != "" {
			until = "while every row of " + scanned + " is checked"
		}
		message := fmt.Sprintf("CREATE TABLE … PARTITION OF takes an ACCESS EXCLUSIVE lock on the partitioned table %s, which blocks reads and writes of it %s", parent, until)
		p.Report(lint.Diagnostic{Range: clause, Message: message, Effects: effects, Instead: attachLater(p, create, parent)})
		return nil
	},
}

// attachLater makes the partition as a table and attaches it. What a partition
// takes over is copied, but not IDENTITY: the partition has the parent's.
func attachLater(p *lint.Pass, create *pg_query.CreateStmt, parent catalog.Name) *lint.Instead {
	if scannedDefault(p, parent, p.Existing()) != "" {
		return &lint.Instead{Message: fmt.Sprintf("prove by a CHECK of the default partition %s, added NOT VALID and validated in a later migration, that none of its rows is inside the bound; then create the table by itself and attach it",
			p.Catalog.Table(parent).DefaultPartition)}
	}
	const message = "create the table by itself and attach it: reads and writes of the parent go on"
	if len(create.TableElts) > 0 || len(create.Options) > 0 || create.Tablespacename != "" || create.AccessMethod != "" {
		return &lint.Instead{Message: message}
	}
	child := p.Catalog.Resolve(create.Relation)
	partitionBy := ""
	if create.Partspec != nil {
		if r, ok := p.Statement.Find(p.Statement.Pos, "PARTITION", "BY"); ok {
			partitionBy = " " + p.Statement.Text()[r.Pos-p.Statement.Pos:]
		}
	}
	like := "INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING INDEXES INCLUDING GENERATED INCLUDING STORAGE"
	if p.Server >= 14 {
		like += " INCLUDING COMPRESSION"
	}
	return p.Instead(message, brief(
		fmt.Sprintf("CREATE TABLE %s (LIKE %s %s)%s", child, parent, like, partitionBy),
		fmt.Sprintf("ALTER TABLE %s ATTACH PARTITION %s %s", parent, child, partitionBound(p.Statement)),
	))
}

// partitionBound returns the bound as written: FOR VALUES … or DEFAULT.
func partitionBound(s *migration.Statement) string {
	start, ok := s.Find(s.Pos, "FOR", "VALUES")
	if !ok {
		return "DEFAULT"
	}
	groups := 1
	if _, ok := s.Find(start.Pos, "FOR", "VALUES", "FROM"); ok {
		groups = 2 // FROM (…) TO (…)
	}
	depth := 0
	for _, t := range s.Tokens() {
		if t.Pos < start.End || t.Kind != migration.Punctuation {
			continue
		}
		switch s.TextOf(t.Range) {
		case "(":
			depth++
		case ")":
			if depth--; depth == 0 {
				groups--
			}
		}
		if groups == 0 {
			return s.TextOf(migration.Range{Pos: start.Pos, End: t.End})
		}
	}
	return s.Text()[start.Pos-s.Pos:]
}
