package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/tree"
)

var uniqueKeyRefusedOnPartitionedTable = &lint.Rule{
	Name:     "unique-key-refused-on-partitioned-table",
	Doc:      page("unique-key-refused-on-partitioned-table"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if k := c.Def.GetConstraint(); c.Subtype == pg_query.AlterTableType_AT_AddConstraint && k.GetIndexname() != "" && c.Partitioned() {
				p.Report(lint.Diagnostic{
					Range:   c.Range,
					Fails:   "0A000",
					Message: fmt.Sprintf("ADD CONSTRAINT … USING INDEX fails with 0A000: %s is partitioned", c.Table),
					Instead: &lint.Instead{Message: "add the constraint to each partition USING INDEX, and then to the partitioned table without it, which takes the partitions' constraints over"},
				})
				return nil
			}
		}
		table, ok := getsKeys(p)
		if !ok {
			return nil
		}
		why := ""
		p.Catalog.After(p.Statement, func() {
			for _, n := range append([]catalog.Name{table}, p.Catalog.Descendants(table)...) {
				if why = refusedKey(p, p.Catalog.Table(n)); why != "" {
					return
				}
			}
		})
		if why != "" {
			p.Report(lint.Diagnostic{
				Fails:   "0A000",
				Message: fmt.Sprintf("%s fails with 0A000: %s", statementName(p.Statement), why),
				Instead: &lint.Instead{Message: "take the partition key into the key, or make the values unique in each partition by itself"},
			})
		}
		return nil
	},
}

// getsKeys returns the table that a statement may give a unique index or an
// exclusion constraint, by itself or with its partitions.
func getsKeys(p *lint.Pass) (catalog.Name, bool) {
	switch n := p.Statement.Node.GetNode().(type) {
	case *pg_query.Node_IndexStmt:
		return p.Catalog.Resolve(n.IndexStmt.Relation), n.IndexStmt.Unique
	case *pg_query.Node_CreateStmt:
		return p.Catalog.Resolve(n.CreateStmt.Relation), n.CreateStmt.Partspec != nil
	case *pg_query.Node_AlterTableStmt:
		table := p.Catalog.Resolve(n.AlterTableStmt.Relation)
		t := p.Catalog.Table(table)
		return table, t != nil && t.Kind == catalog.PartitionedTable && slices.ContainsFunc(commands(p), func(c command) bool {
			return c.Subtype == pg_query.AlterTableType_AT_AddConstraint || c.Subtype == pg_query.AlterTableType_AT_AddColumn ||
				c.Subtype == pg_query.AlterTableType_AT_AttachPartition
		})
	}
	return catalog.Name{}, false
}

// refusedKey says why a partitioned table cannot have an index that the
// statement has given it; "" if it can.
func refusedKey(p *lint.Pass, t *catalog.Table) string {
	if t == nil || t.Kind != catalog.PartitionedTable || len(t.PartitionKey) == 0 {
		return ""
	}
	for _, name := range t.Indexes {
		index := p.Catalog.Index(name)
		if index == nil || index.Origin.Statement != p.Statement {
			continue
		}
		exclusion := excludes(p, index)
		if !index.Unique && !exclusion {
			continue
		}
		what := "the unique index " + index.Name.String()
		if index.Constraint != "" {
			what = "the constraint " + quoted(index.Constraint)
		}
		if exclusion && p.Server < 17 {
			return fmt.Sprintf("PostgreSQL %d has no exclusion constraints of partitioned tables, as %s is", p.Server, t.Name)
		}
		if slices.Contains(t.PartitionKey, "") {
			return fmt.Sprintf("%s is partitioned by an expression, and %s cannot have that among its columns", t.Name, what)
		}
		if missing := keyMisses(t.PartitionKey, index); len(missing) > 0 {
			return fmt.Sprintf("%s is partitioned by %s, which %s does not have among its columns", t.Name, strings.Join(missing, ", "), what)
		}
	}
	return ""
}

// keyMisses returns the columns of a partition key that are no keys of an index.
func keyMisses(key []string, index *catalog.Index) []string {
	var missing []string
	for _, column := range key {
		if !slices.ContainsFunc(index.Keys, func(k catalog.Key) bool {
			return k.Column == column || tree.Last(k.Expr.GetColumnRef().GetFields()) == column
		}) {
			missing = append(missing, column)
		}
	}
	return missing
}
