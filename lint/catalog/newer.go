package catalog

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// newerForm returns the form of that kind that was masked at the location.
func newerForm(s *migration.Statement, form migration.Form, location int32) (migration.NewerForm, bool) {
	if len(s.Newer) > 0 && location >= 0 {
		at := s.At(location)
		for _, n := range s.Newer {
			if n.Form == form && n.Pos <= at && at < n.End {
				return n, true
			}
		}
	}
	return migration.NewerForm{}, false
}

// notEnforced are the constraints of the current statement that had NOT
// ENFORCED behind them.
type notEnforced map[*pg_query.Constraint]bool

func notEnforcedIn(s *migration.Statement) notEnforced {
	var list notEnforced
	for _, form := range s.Newer {
		if form.Form != migration.NotEnforced {
			continue
		}
		var nearest *pg_query.Constraint
		tree.Walk(s.Node, func(m proto.Message) bool {
			if k, ok := m.(*pg_query.Constraint); ok && canBeNotEnforced(k) && s.At(k.GetLocation()) <= form.Pos {
				if nearest == nil || nearest.GetLocation() < k.GetLocation() {
					nearest = k
				}
			}
			return true
		})
		if nearest != nil {
			if list == nil {
				list = notEnforced{}
			}
			list[nearest] = true
		}
	}
	return list
}

func canBeNotEnforced(k *pg_query.Constraint) bool {
	return k.GetContype() == pg_query.ConstrType_CONSTR_CHECK || k.GetContype() == pg_query.ConstrType_CONSTR_FOREIGN
}
