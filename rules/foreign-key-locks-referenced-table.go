package rules

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

var foreignKeyLocksReferencedTable = &lint.Rule{
	Name:     "foreign-key-locks-referenced-table",
	Doc:      page("foreign-key-locks-referenced-table"),
	Category: lint.Outage,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		if n := p.Statement.Node; n.GetCreateStmt() == nil && n.GetAlterTableStmt() == nil {
			return nil
		}
		list := commands(p)
		effects := inTextOrder(p.Existing())
		released := sync.OnceValue(func() bool { return releasesAtOnce(p) })
		for _, e := range effects {
			// A lock that the transaction has already, it does not wait for.
			if !locksOtherEnd(list, e) || p.Session.Strongest(e.Relation) >= e.Mode || slices.ContainsFunc(effects, func(above lock.Effect) bool { return isPartition(p, e, above) }) {
				continue
			}
			if released() {
				return nil
			}
			end, readsGoOn := "referenced", ""
			if strings.HasPrefix(e.Why, "references ") {
				end = "referencing"
			}
			if !e.Mode.BlocksReads() {
				readsGoOn = reads(p, e.Relation)
			}
			d := lint.Diagnostic{
				Range: e.Range,
				Message: fmt.Sprintf("the foreign key takes %s on the %s table %s, which blocks %s until the transaction has done all that follows%s",
					aLock(e.Mode), end, e.Relation, blocks(e.Mode), readsGoOn),
				Hazard: e.Mode,
				Also:   fmt.Sprintf("locks the %s table %s too", end, e.Relation),
				Effects: slices.DeleteFunc(slices.Clone(effects), func(other lock.Effect) bool {
					return other.Relation != e.Relation && !isPartition(p, other, e)
				}),
				Instead: p.Instead("give up after a few seconds and try again, as the last statement of its transaction",
					brief(p.Statement.Text())),
			}
			if p.Hot(e.Relation) {
				d.Severity, d.Hazard = lint.Error, nil
			}
			p.Report(d)
		}
		return nil
	},
}

// locksOtherEnd reports whether an effect is a new foreign key's on a table
// that the statement is not about. add-foreign-key-scans-table says so itself.
func locksOtherEnd(list []command, e lock.Effect) bool {
	if !e.Implied || e.GrowsWithTable() {
		return false
	}
	if e.Command >= len(list) {
		return e.Mode == lock.ShareRowExclusive
	}
	c := list[e.Command]
	foreignKey := c.Constraint(pg_query.ConstrType_CONSTR_FOREIGN) != nil
	if foreignKey && len(c.Works(lock.ValidationScan)) > 0 {
		return false
	}
	// ATTACH PARTITION and ADD FOREIGN KEY drop the triggers of a foreign key
	// that becomes part of another.
	takesOver := foreignKey || c.Subtype == pg_query.AlterTableType_AT_AttachPartition
	return e.Mode == lock.ShareRowExclusive || e.Mode == lock.AccessExclusive && takesOver && strings.HasPrefix(e.Why, "referenced by ")
}

// isPartition reports whether an effect is there because its relation is a
// partition of that of another.
func isPartition(p *lint.Pass, e, above lock.Effect) bool {
	return e.Command == above.Command && e.Why == above.Why && slices.Contains(p.Catalog.Descendants(above.Relation), e.Relation)
}

// releasesAtOnce reports whether nothing keeps the statement's locks: the
// transaction ends with it, or with statements that wait for no other table
// and meet no old rows.
func releasesAtOnce(p *lint.Pass) bool {
	if p.Session.WhyInBlock() == "" {
		return true
	}
	if p.Session.OuterBlock() == lock.RunnerBlock && p.Migration.Section.Scope == migration.TransactionPerRun &&
		slices.ContainsFunc(p.Later(), func(m *migration.Migration) bool { return m.Release == p.Migration.Release }) {
		return false
	}
	made := []catalog.Name{p.Catalog.Resolve(p.Statement.Node.GetCreateStmt().GetRelation())}
	for _, s := range restOfTransaction(p) {
		if create := s.Node.GetCreateStmt(); create != nil {
			made = append(made, p.Catalog.Resolve(create.Relation))
		}
		if !isQuick(p, s, made) {
			return false
		}
	}
	return true
}

// isQuick reports whether a statement of the transaction's rest is over at once:
// it only touches tables that are new, or that the transaction has locked, and
// none of their rows.
func isQuick(p *lint.Pass, s *migration.Statement, made []catalog.Name) bool {
	switch n := s.Node.GetNode().(type) {
	case *pg_query.Node_InsertStmt:
		if len(n.InsertStmt.SelectStmt.GetSelectStmt().GetValuesLists()) == 0 {
			return false
		}
	case *pg_query.Node_SelectStmt, *pg_query.Node_UpdateStmt, *pg_query.Node_DeleteStmt, *pg_query.Node_MergeStmt,
		*pg_query.Node_CopyStmt, *pg_query.Node_DoStmt, *pg_query.Node_CallStmt, *pg_query.Node_ExecuteStmt, *pg_query.Node_CreateTableAsStmt:
		return false
	}
	return !slices.ContainsFunc(lock.Effects(s, p.Catalog, p.Session, p.Server), func(e lock.Effect) bool {
		if !p.Exists(e.Relation, e.Index) || slices.Contains(made, e.Relation) {
			return false
		}
		return e.GrowsWithTable() || e.Mode.BlocksWrites() && p.Session.Strongest(e.Relation) < e.Mode && !slices.ContainsFunc(p.Effects, func(own lock.Effect) bool {
			return own.Relation == e.Relation && own.Mode >= e.Mode
		})
	})
}
