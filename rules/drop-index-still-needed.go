package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
)

var dropIndexStillNeeded = &lint.Rule{
	Name:     "drop-index-still-needed",
	Doc:      page("drop-index-still-needed"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropStmt()
		if drop == nil || drop.RemoveType != pg_query.ObjectType_OBJECT_INDEX {
			return nil
		}
		var dropped []catalog.Name
		for _, o := range drop.Objects {
			dropped = append(dropped, p.Catalog.ResolveList(o.GetList().GetItems()))
		}
		if drop.Concurrent && (len(dropped) > 1 || drop.Behavior == pg_query.DropBehavior_DROP_CASCADE) {
			return nil // refused before anyone asks who needs it
		}
		for _, name := range dropped {
			index := p.Catalog.Index(name)
			if index == nil {
				continue
			}
			why, instead := neededBy(p, index, dropped)
			if why == "" && drop.Behavior != pg_query.DropBehavior_DROP_CASCADE {
				why, instead = neededByKey(p, index)
			}
			if why == "" {
				continue
			}
			p.Report(lint.Diagnostic{
				Range:   mention(p.Statement, name.Name),
				Fails:   "2BP01",
				Message: fmt.Sprintf("DROP INDEX %s fails with 2BP01, because %s requires it", name, why),
				Instead: instead,
			})
			break
		}
		return nil
	},
}

// neededBy says what keeps an index from being dropped, also with CASCADE: the
// constraint that owns it, or the partitioned index that it is part of.
func neededBy(p *lint.Pass, index *catalog.Index, dropped []catalog.Name) (why string, instead *lint.Instead) {
	switch {
	case index.Parent != nil && slices.Contains(dropped, *index.Parent):
	case index.Parent != nil:
		return fmt.Sprintf("the index %s of its partitioned table", *index.Parent),
			&lint.Instead{Message: "drop that, and the partitions' indexes go with it"}
	case index.Constraint != "":
		why = fmt.Sprintf("the constraint %s of %s", quoted(index.Constraint), index.Table)
		k := p.Catalog.Table(index.Table).Constraint(index.Constraint)
		if k != nil && len(p.Catalog.ConstraintDependents(k)) > 0 {
			return why, &lint.Instead{Message: "drop the foreign keys that need the constraint, then the constraint, and its index goes with it"}
		}
		return why,
			p.Instead("drop the constraint, and its index goes with it",
				brief(fmt.Sprintf("ALTER TABLE %s DROP CONSTRAINT %s", index.Table, quoted(index.Constraint))))
	}
	return "", nil
}

// neededByKey finds a foreign key that references the columns of a unique
// index, if that is the only one.
func neededByKey(p *lint.Pass, index *catalog.Index) (why string, instead *lint.Instead) {
	columns := uniqueColumns(index)
	if columns == nil {
		return "", nil
	}
	for _, other := range p.Catalog.Table(index.Table).Indexes {
		if i := p.Catalog.Index(other); other != index.Name && i != nil && slices.Equal(uniqueColumns(i), columns) {
			return "", nil
		}
	}
	for _, k := range p.Catalog.ForeignKeysTo(index.Table) {
		if slices.Equal(slices.Sorted(slices.Values(k.ReferencedColumns)), columns) {
			return fmt.Sprintf("the foreign key %s of %s", quoted(k.Name), k.Table),
				&lint.Instead{Message: "drop the foreign key first, or keep the index"}
		}
	}
	return "", nil
}

// uniqueColumns returns the columns, sorted, of which a unique index lets a
// foreign key reference the values; nil for other indexes.
func uniqueColumns(index *catalog.Index) []string {
	if !index.Unique || index.Predicate != nil {
		return nil
	}
	var columns []string
	for _, k := range index.Keys {
		if k.Expr != nil {
			return nil
		}
		columns = append(columns, k.Column)
	}
	slices.Sort(columns)
	return columns
}
