package rules

import (
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

// copied says what earlier statements of the migration have copied of a table's
// rows: by is the statement that did, nil if none; left names what it may have
// left out, "" if nothing.
func copied(p *lint.Pass, table catalog.Name) (by *migration.Statement, left string) {
	before := p.Preceding()
	name := table
	for i := len(before) - 1; i >= 0; i-- {
		s := before[i]
		if old, does, newName := renamed(s.Node); does == "RENAME TO" && newName == name.Name && p.Catalog.Resolve(old).Schema == name.Schema {
			name.Name = old.Relname
			continue
		}
		into, query, conflicts := copyOf(s.Node)
		if query == nil || p.Catalog.Resolve(into) == name ||
			isTemporary(p, into) && !readsFrom(p, p.Following(), into) && !readsFrom(p, before[i+1:], into) {
			continue
		}
		switch of, why := leftOut(p, query, name, table); {
		case !of:
		case why == "" && !conflicts:
			return s, ""
		case by == nil:
			if why == "" {
				why = rowsOf(table, "ON CONFLICT DO NOTHING")
			}
			by, left = s, why
		}
	}
	return by, left
}

// writtenMeanwhile reports whether a table that another one takes the place of had
// its name still, and no lock, when the statement by copied its rows; and that
// name.
func writtenMeanwhile(p *lint.Pass, table catalog.Name, by *migration.Statement) (name catalog.Name, lost bool) {
	before := p.Preceding()
	copying := slices.Index(before, by)
	name = nameBefore(p, before[copying+1:], table)
	if makesAgain(slices.Concat(before, p.Following()), catalog.Object{Kind: pg_query.ObjectType_OBJECT_VIEW, Name: name}) == nil {
		return name, false
	}
	inBlock := p.Session.WhyInBlock() != ""
	for i := copying - 1; i >= 0; i-- {
		s := before[i]
		if _, does, newName := renamed(s.Node); does == "RENAME TO" && newName == name.Name {
			return name, false // who uses it knows another name
		}
		inBlock = inBlock && s.Node.GetTransactionStmt() == nil
		if inBlock && slices.ContainsFunc(lock.Effects(s, p.Catalog, p.Session, p.Server), func(e lock.Effect) bool {
			return e.Relation == name && e.Mode.BlocksWrites()
		}) {
			return name, false
		}
	}
	return name, true
}

// rowsOf names the rows of a table that something of the copy leaves out.
func rowsOf(table catalog.Name, by string) string {
	return "the rows of " + table.String() + " that " + by + " leaves out"
}

// copyOf returns where a statement writes the rows of a query, and whether it
// does without those that conflict; a nil query for other statements.
func copyOf(n *pg_query.Node) (into *pg_query.RangeVar, query *pg_query.SelectStmt, conflicts bool) {
	switch n := n.GetNode().(type) {
	case *pg_query.Node_InsertStmt:
		conflicts = n.InsertStmt.OnConflictClause.GetAction() == pg_query.OnConflictAction_ONCONFLICT_NOTHING
		return n.InsertStmt.Relation, n.InsertStmt.SelectStmt.GetSelectStmt(), conflicts
	case *pg_query.Node_CreateTableAsStmt:
		if !n.CreateTableAsStmt.Into.GetSkipData() && n.CreateTableAsStmt.Objtype == pg_query.ObjectType_OBJECT_TABLE {
			return n.CreateTableAsStmt.Into.GetRel(), n.CreateTableAsStmt.Query.GetSelectStmt(), false
		}
	case *pg_query.Node_SelectStmt:
		if into := n.SelectStmt.IntoClause.GetRel(); into != nil {
			return into, n.SelectStmt, false
		}
	}
	return nil, nil, false
}

// leftOut reports whether a query reads the table, by its name of that time,
// and what of its rows and columns does not come out of it.
func leftOut(p *lint.Pass, s *pg_query.SelectStmt, name, table catalog.Name) (of bool, left string) {
	if s.Op != pg_query.SetOperation_SETOP_NONE {
		for _, side := range []*pg_query.SelectStmt{s.Larg, s.Rarg} {
			if of, left = leftOut(p, side, name, table); of {
				if left == "" && (s.Op != pg_query.SetOperation_SETOP_UNION || !s.All) {
					left = rowsOf(table, "the copy's set operation")
				}
				return of, left
			}
		}
		return false, ""
	}
	// A join, and what groups rows, makes others of them.
	if len(s.FromClause) != 1 || s.FromClause[0].GetRangeVar() == nil || p.Catalog.Resolve(s.FromClause[0].GetRangeVar()) != name ||
		len(s.GroupClause) > 0 || s.HavingClause != nil || slices.ContainsFunc(s.TargetList, aggregates) {
		return false, ""
	}
	switch {
	case s.WhereClause != nil && !always(s.WhereClause):
		return true, rowsOf(table, "the copy's WHERE")
	case s.LimitCount != nil || s.LimitOffset != nil:
		return true, rowsOf(table, "the copy's LIMIT")
	case len(s.DistinctClause) > 0:
		return true, rowsOf(table, "the copy's DISTINCT")
	}
	if columns := columnsLeftOut(s, p.Catalog.Table(table)); len(columns) > 0 {
		return true, fewInWords(columns, 3) + " of " + table.String() + ", which the copy leaves out"
	}
	return true, ""
}

// aggregates reports whether an expression makes one row of many.
func aggregates(n *pg_query.Node) bool {
	found := false
	tree.Walk(n, func(m proto.Message) bool {
		call, ok := m.(*pg_query.FuncCall)
		found = found || ok && call.Over == nil && (call.AggStar || call.AggDistinct || call.AggFilter != nil ||
			slices.Contains(aggregateFunctions, tree.Last(call.Funcname)))
		return !found
	})
	return found
}

var aggregateFunctions = words("array_agg avg bit_and bit_or bool_and bool_or count every json_agg json_object_agg jsonb_agg jsonb_object_agg max min string_agg sum xmlagg")

// columnsLeftOut returns the columns that a query of one table does not read,
// but for those that PostgreSQL fills by itself.
func columnsLeftOut(s *pg_query.SelectStmt, t *catalog.Table) []string {
	if t == nil {
		return nil
	}
	read := map[string]bool{}
	whole := false
	for _, target := range s.TargetList {
		tree.Walk(target, func(m proto.Message) bool {
			if ref, ok := m.(*pg_query.ColumnRef); ok {
				last := ref.Fields[len(ref.Fields)-1]
				name := last.GetString_().GetSval()
				read[name] = true
				// A name that is no column is that of the whole row.
				whole = whole || last.GetAStar() != nil || len(ref.Fields) == 1 && t.Column(name) == nil
			}
			return true
		})
	}
	if whole {
		return nil
	}
	var columns []string
	for _, c := range t.Columns {
		if !read[c.Name] && !c.Identity && c.Generated == catalog.NotGenerated && !strings.EqualFold(tree.Last(c.Default.GetFuncCall().GetFuncname()), "nextval") {
			columns = append(columns, quoted(c.Name))
		}
	}
	return columns
}

// isTemporary reports whether a statement writes to a table that ends with the
// session.
func isTemporary(p *lint.Pass, r *pg_query.RangeVar) bool {
	t := p.Catalog.Table(p.Catalog.Resolve(r))
	return r.GetRelpersistence() == "t" || t != nil && t.Persistence == catalog.Temporary
}

// readsFrom reports whether one of the statements copies rows from a table.
func readsFrom(p *lint.Pass, statements []*migration.Statement, table *pg_query.RangeVar) bool {
	for _, s := range statements {
		if into, query, _ := copyOf(s.Node); query != nil && into.Relname != table.Relname {
			name := p.Catalog.Resolve(table)
			if of, left := leftOut(p, query, name, name); of && left == "" {
				return true
			}
		}
	}
	return false
}
