package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var insertLeavesSequenceBehind = &lint.Rule{
	Name:     "insert-leaves-sequence-behind",
	Doc:      page("insert-leaves-sequence-behind"),
	Category: lint.Compatibility,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		insert, load := p.Statement.Node.GetInsertStmt(), p.Statement.Node.GetCopyStmt()
		if p.Migration.Direction == migration.Down || insert == nil && !load.GetIsFrom() || insert.GetOverride() == pg_query.OverridingKind_OVERRIDING_USER_VALUE {
			return nil
		}
		verb, relation := "INSERT", insert.GetRelation()
		if load != nil {
			verb, relation = "COPY", load.Relation
		}
		table := p.Catalog.Resolve(relation)
		t := p.Catalog.Table(table)
		if t == nil || t.Persistence == catalog.Temporary {
			return nil
		}
		names := tree.Strings(load.GetAttlist())
		if len(names) == 0 {
			if len(insert.GetCols()) == 0 && !t.Complete {
				return nil
			}
			names = filledColumns(t, insert.GetCols())
		}
		for i, name := range names {
			column := t.Column(name)
			if column == nil || !column.Identity && !callsNextval(column.Default) {
				continue
			}
			highest, gives := givenIDs(insert.GetSelectStmt().GetSelectStmt(), i)
			if load != nil {
				highest, gives = 1, true // its rows are not read: a START leaves room for them
			}
			if !gives || highest > 0 && highest < startOf(p.Catalog, table, name) || setsSequences(p) {
				continue
			}
			if before := givenBefore(p, table, name); before && p.Exists(table, false) {
				continue
			}
			d := lint.Diagnostic{
				Range:  mention(p.Statement, name),
				Hazard: catalog.Name{Schema: table.String(), Name: name},
				Message: fmt.Sprintf("%s gives %s.%s values that its sequence does not know and hands out again: nothing in the migration moves it behind them",
					verb, table, quoted(name)),
				Instead: &lint.Instead{Message: fmt.Sprintf("leave the column out, or move the sequence: SELECT setval(pg_get_serial_sequence('%s', '%s'), max(%s)) FROM %s", table, name, quoted(name), table)},
			}
			if p.Exists(table, false) {
				d.Message = fmt.Sprintf("%s may give %s.%s values that its sequence hands out again: the migrations do not tell how far the sequence is",
					verb, table, quoted(name))
			}
			if !slices.ContainsFunc(p.Earlier(), func(e lint.Diagnostic) bool { return e.Hazard == d.Hazard }) {
				p.Report(d)
			}
		}
		return nil
	},
}

// givenBefore reports whether an earlier migration gave the column values of its own
// too: those who always do need no sequence, and have been told once.
func givenBefore(p *lint.Pass, table catalog.Name, column string) bool {
	type key struct {
		table  catalog.Name
		column string
	}
	return p.OfHistory(key{table, column}, func() any { return p.Migration }) != any(p.Migration)
}

// setsSequences reports whether the migration moves sequences, wherever it does:
// by setval, RESTART or START.
func setsSequences(p *lint.Pass) bool {
	type key struct{ *migration.Migration }
	return p.OfHistory(key{p.Migration}, func() any {
		return slices.ContainsFunc(p.Migration.Statements, func(s *migration.Statement) bool {
			text := strings.ToLower(s.Text())
			return strings.Contains(text, "setval") || strings.Contains(text, "restart") && s.Node.GetInsertStmt() == nil
		})
	}).(bool)
}

// givenIDs reports whether a query gives values of its own at a place: positive
// numbers, of which it returns the highest, or another table's column.
func givenIDs(s *pg_query.SelectStmt, place int) (highest int64, ok bool) {
	for _, row := range s.GetValuesLists() {
		if items := row.GetList().GetItems(); place < len(items) {
			highest = max(highest, int64(items[place].GetAConst().GetIval().GetIval()))
		}
	}
	if highest > 0 || place >= len(s.GetTargetList()) {
		return highest, highest > 0
	}
	value := s.TargetList[place].GetResTarget().GetVal()
	if id := value.GetAConst().GetIval().GetIval(); id > 0 {
		return int64(id), true
	}
	return 0, tree.Last(value.GetColumnRef().GetFields()) != ""
}

func callsNextval(n *pg_query.Node) bool {
	found := false
	tree.Walk(n, func(m proto.Message) bool {
		call, ok := m.(*pg_query.FuncCall)
		found = found || ok && tree.Last(call.GetFuncname()) == "nextval"
		return !found
	})
	return found
}

// startOf is the number at which the column's sequence was told to start, or 0.
func startOf(c *catalog.Catalog, table catalog.Name, column string) int64 {
	for _, s := range c.Sequences() {
		if s.OwnedBy == table && s.Column == column {
			return s.Start
		}
	}
	return 0
}
