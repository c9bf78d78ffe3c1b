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

var dropIndexBeforeReplacement = &lint.Rule{
	Name:     "drop-index-before-replacement",
	Doc:      page("drop-index-before-replacement"),
	Category: lint.Compatibility,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		drop := p.Statement.Node.GetDropStmt()
		if drop == nil || drop.RemoveType != pg_query.ObjectType_OBJECT_INDEX {
			return nil
		}
		// In a transaction block the lock keeps all queries away until it ends.
		unseen := restOfTransaction(p)
		following := append(slices.Clip(unseen), afterTransaction(p, len(unseen))...)
		for _, o := range drop.Objects {
			index := p.Catalog.Index(p.Catalog.ResolveList(o.GetList().GetItems()))
			if index == nil || index.Valid == catalog.No || !p.Exists(index.Table, false) || covered(p, index) {
				continue
			}
			for i, s := range following {
				if addsKey(p, s, index) {
					break // a constraint's index, which comes first
				}
				create := s.Node.GetIndexStmt()
				if create == nil || p.Catalog.Resolve(create.Relation) != index.Table || !leads(create, index) || create.WhereClause != nil {
					continue
				}
				if i < len(unseen) || repairs(create, index) {
					break
				}
				name := ""
				if create.Idxname == index.Name.Name {
					name = ", under another name,"
				}
				where := "further down"
				if s.File() != p.Statement.File() {
					where = "in " + s.File().Name
				}
				p.Report(lint.Diagnostic{
					Range:   mention(p.Statement, index.Name.Name),
					Message: fmt.Sprintf("queries of %s run without an index on %s until CREATE INDEX %s has built its replacement", index.Table, keyText(index), where),
					Related: []lint.Related{{Range: s.Range, File: s.File(), Message: "builds the replacement"}},
					Instead: &lint.Instead{Message: "build the replacement first" + name + " and drop the old index afterwards"},
				})
				break
			}
		}
		return nil
	},
}

// afterTransaction returns the statements that the release executes after the
// transaction of the current one has ended, which has some more.
func afterTransaction(p *lint.Pass, more int) []*migration.Statement {
	if p.Session.OuterBlock() == lock.RunnerBlock && p.Migration.Section.Scope == migration.TransactionPerRun {
		return nil
	}
	following := slices.Clone(p.Following()[more:])
	for _, m := range p.Later() {
		if m.Release == p.Migration.Release {
			following = append(following, m.Statements...)
		}
	}
	return following
}

// leads reports whether CREATE INDEX begins with the first key of an index.
func leads(create *pg_query.IndexStmt, index *catalog.Index) bool {
	return len(create.IndexParams) > 0 && len(index.Keys) > 0 && index.Keys[0].Column != "" && create.AccessMethod == index.Method &&
		create.IndexParams[0].GetIndexElem().Name == index.Keys[0].Column
}

// repairs reports whether CREATE INDEX makes the same index, name and all, as who
// drops an invalid one does.
func repairs(create *pg_query.IndexStmt, index *catalog.Index) bool {
	same := create.Idxname == index.Name.Name && len(create.IndexParams) == len(index.Keys) && create.Unique == index.Unique && index.Predicate == nil
	for i, n := range create.IndexParams {
		same = same && n.GetIndexElem().Name == index.Keys[i].Column
	}
	return same
}

// addsKey reports whether ALTER TABLE adds a key that begins with an index's first column.
func addsKey(p *lint.Pass, s *migration.Statement, index *catalog.Index) bool {
	alter := s.Node.GetAlterTableStmt()
	return alter != nil && p.Catalog.Resolve(alter.Relation) == index.Table && slices.ContainsFunc(alter.Cmds, func(n *pg_query.Node) bool {
		keys := n.GetAlterTableCmd().GetDef().GetConstraint().GetKeys()
		return len(keys) > 0 && len(index.Keys) > 0 && keys[0].GetString_().GetSval() == index.Keys[0].Column
	})
}

// covered reports whether another index of the table begins with the same column.
func covered(p *lint.Pass, index *catalog.Index) bool {
	for _, name := range p.Catalog.Table(index.Table).Indexes {
		other := p.Catalog.Index(name)
		if other != nil && other.Name != index.Name && other.Valid != catalog.No && other.Predicate == nil && len(other.Keys) > 0 &&
			other.Keys[0].Column == index.Keys[0].Column && other.Method == index.Method {
			return true
		}
	}
	return false
}

// keyText is an index's first key: a column.
func keyText(index *catalog.Index) string { return index.Keys[0].Column }
