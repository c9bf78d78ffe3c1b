package lint

import (
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// reversals tries the down migrations of a history, each right after its up.
type reversals struct {
	ups, downs []*migration.Migration
	of         map[string][]*migration.Migration // version -> its downs, in order of execution
	last       map[string]*migration.Migration   // version -> its last up
	mark       *catalog.Mark                     // before the ups of the current version
	left       map[*migration.Migration][]catalog.Difference
}

func newReversals(h *migration.History) *reversals {
	r := &reversals{
		of:   map[string][]*migration.Migration{},
		last: map[string]*migration.Migration{},
		left: map[*migration.Migration][]catalog.Difference{},
	}
	for _, m := range h.Migrations {
		if m.Direction == migration.Down {
			r.downs = append(r.downs, m)
			r.of[m.Version] = append(r.of[m.Version], m)
		} else {
			r.ups = append(r.ups, m)
			r.last[m.Version] = m
		}
	}
	return r
}

// before is called before each up, after behind it.
func (r *reversals) before(m *migration.Migration, c *catalog.Catalog) {
	if r.mark == nil && len(r.of[m.Version]) > 0 {
		r.mark = c.Mark()
	}
}

func (r *reversals) after(m *migration.Migration, c *catalog.Catalog) {
	if r.mark == nil || r.last[m.Version] != m {
		return
	}
	var statements []*migration.Statement
	known := true
	for _, down := range r.of[m.Version] {
		statements = append(statements, down.Statements...)
		known = known && len(down.Gaps) == 0
	}
	for _, s := range statements {
		known = known && !opaque(s)
	}
	if known && len(m.Gaps) == 0 {
		if differences, changed := c.Reverse(r.mark, statements); changed {
			r.left[r.of[m.Version][0]] = differences
		}
	}
	c.Unmark(r.mark)
	r.mark = nil
}

// opaque reports whether what the statement does to the schema is not known.
func opaque(s *migration.Statement) bool {
	switch n := s.Node.GetNode().(type) {
	case *pg_query.Node_DoStmt, *pg_query.Node_CallStmt, *pg_query.Node_ExecuteStmt:
		return true
	case *pg_query.Node_TransactionStmt:
		return n.TransactionStmt.GetKind() != pg_query.TransactionStmtKind_TRANS_STMT_BEGIN &&
			n.TransactionStmt.GetKind() != pg_query.TransactionStmtKind_TRANS_STMT_COMMIT
	}
	return s.Templated
}
