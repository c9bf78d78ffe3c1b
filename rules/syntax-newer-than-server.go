package rules

import (
	"fmt"
	"sort"

	pg_query "github.com/pganalyze/pg_query_go/v6"
	"google.golang.org/protobuf/proto"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var syntaxNewerThanServer = &lint.Rule{
	Name:     "syntax-newer-than-server",
	Doc:      page("syntax-newer-than-server"),
	Category: lint.FailsAtDeploy,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		form, at := newestForm(p.Statement, p.Server)
		if form.since == 0 {
			return nil
		}
		d := lint.Diagnostic{
			Range:   at,
			Message: fmt.Sprintf("%s needs PostgreSQL %d, and fails with %s on %d", form.words, form.since, form.state(), p.Server),
		}
		if state := form.state(); state != "42601" || p.Statement.Do == nil || p.Statement.Executed { // else the whole DO block has it
			d.Fails = state
		}
		if p.Config.Server == 0 {
			if p.Reported() || form.since <= provenServer(p) {
				return nil
			}
			d.Severity = lint.Warning
			d.Message = fmt.Sprintf("%s needs PostgreSQL %d, and may fail with %s: no pg_version says that the server is not older", form.words, form.since, form.state())
			d.Instead = &lint.Instead{Message: "set pg_version in the configuration to the oldest PostgreSQL that runs the migrations"}
		}
		p.Report(d)
		return nil
	},
}

// provenServer is the oldest major that can have executed the migrations of
// earlier releases. What stands in a DO block need not have run.
func provenServer(p *lint.Pass) (major int) {
	for _, m := range p.Applied() {
		for _, s := range m.Statements {
			if form, _ := newestForm(s, p.Server); form.since > major {
				major = form.since
			}
		}
	}
	return major
}

// newerForm is a form of SQL that PostgreSQL has from a major on.
type newerForm struct {
	words string // as the manual writes it
	since int
	is    func(proto.Message) bool
	// other is the SQLSTATE of older servers where it is not 42601, syntax error.
	other string
}

func (f newerForm) state() string {
	if f.other != "" {
		return f.other
	}
	return "42601"
}

// newerForms are those that the parser's grammar reads, oldest first. Measured on
// the servers on both sides.
var newerForms = []newerForm{
	{words: "ALTER COLUMN … DROP EXPRESSION", since: 13, is: subtype(pg_query.AlterTableType_AT_DropExpression)},
	{words: "DROP DATABASE … WITH (FORCE)", since: 13, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.DropdbStmt)
		return ok && len(n.Options) > 0
	}},
	{words: "DETACH PARTITION … CONCURRENTLY", since: 14, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.PartitionCmd)
		return ok && n.Concurrent
	}},
	{words: "DETACH PARTITION … FINALIZE", since: 14, is: subtype(pg_query.AlterTableType_AT_DetachPartitionFinalize)},
	{words: "CREATE OR REPLACE TRIGGER", since: 14, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.CreateTrigStmt)
		return ok && n.Replace
	}},
	{words: "SET COMPRESSION", since: 14, is: subtype(pg_query.AlterTableType_AT_SetCompression)},
	{words: "COMPRESSION", since: 14, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.ColumnDef)
		return ok && n.Compression != ""
	}},
	{words: "a function body that is no string", since: 14, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.CreateFunctionStmt)
		return ok && n.SqlBody != nil
	}},
	{words: "CREATE STATISTICS on an expression", since: 14, other: "0A000", is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.StatsElem)
		return ok && n.Expr != nil
	}},
	{words: "WITH … SEARCH", since: 14, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.CommonTableExpr)
		return ok && n.SearchClause != nil
	}},
	{words: "WITH … CYCLE", since: 14, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.CommonTableExpr)
		return ok && n.CycleClause != nil
	}},
	{words: "MERGE", since: 15, is: func(m proto.Message) bool {
		_, ok := m.(*pg_query.MergeStmt)
		return ok
	}},
	{words: "NULLS NOT DISTINCT", since: 15, is: func(m proto.Message) bool {
		switch n := m.(type) {
		case *pg_query.IndexStmt:
			return n.NullsNotDistinct
		case *pg_query.Constraint:
			return n.NullsNotDistinct
		}
		return false
	}},
	{words: "ON DELETE SET NULL or SET DEFAULT with columns", since: 15, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.Constraint)
		return ok && len(n.FkDelSetCols) > 0
	}},
	{words: "SET ACCESS METHOD", since: 15, is: subtype(pg_query.AlterTableType_AT_SetAccessMethod)},
	{words: "WITH (security_invoker)", since: 15, other: "22023", is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.ViewStmt)
		if !ok {
			return false
		}
		for _, o := range n.Options {
			if o.GetDefElem().GetDefname() == "security_invoker" {
				return true
			}
		}
		return false
	}},
	{words: "TABLES IN SCHEMA", since: 15, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.PublicationObjSpec)
		return ok && (n.Pubobjtype == pg_query.PublicationObjSpecType_PUBLICATIONOBJ_TABLES_IN_SCHEMA ||
			n.Pubobjtype == pg_query.PublicationObjSpecType_PUBLICATIONOBJ_TABLES_IN_CUR_SCHEMA)
	}},
	{words: "a publication's column list or WHERE", since: 15, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.PublicationTable)
		return ok && (len(n.Columns) > 0 || n.WhereClause != nil)
	}},
	{words: "a subquery in FROM without an alias", since: 16, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.RangeSubselect)
		return ok && n.Alias == nil
	}},
	{words: "CREATE STATISTICS without a name", since: 16, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.CreateStatsStmt)
		return ok && len(n.Defnames) == 0
	}},
	{words: "STORAGE", since: 16, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.ColumnDef)
		return ok && n.StorageName != ""
	}},
	{words: "IS JSON", since: 16, is: func(m proto.Message) bool {
		_, ok := m.(*pg_query.JsonIsPredicate)
		return ok
	}},
	{words: "ALTER COLUMN … SET EXPRESSION", since: 17, is: subtype(pg_query.AlterTableType_AT_SetExpression)},
	{words: "MERGE … RETURNING", since: 17, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.MergeStmt)
		return ok && len(n.ReturningList) > 0
	}},
	{words: "WHEN NOT MATCHED BY SOURCE", since: 17, is: func(m proto.Message) bool {
		n, ok := m.(*pg_query.MergeWhenClause)
		return ok && n.MatchKind == pg_query.MergeMatchKind_MERGE_WHEN_NOT_MATCHED_BY_SOURCE
	}},
	{words: "JSON_TABLE", since: 17, is: func(m proto.Message) bool {
		_, ok := m.(*pg_query.JsonTable)
		return ok
	}},
}

// newestForms are those that are newer than the parser's grammar.
var newestForms = map[migration.Form]string{
	migration.NotNullConstraint: "NOT NULL as a constraint of the table",
	migration.VirtualColumn:     "GENERATED ALWAYS AS (…) VIRTUAL",
	migration.NotEnforced:       "NOT ENFORCED",
	migration.Enforced:          "ENFORCED",
	migration.WithoutOverlaps:   "WITHOUT OVERLAPS",
	migration.Period:            "FOREIGN KEY (… PERIOD …)",
	migration.ReturningOldNew:   "RETURNING WITH (OLD AS …, NEW AS …)",
	migration.NotNullNoInherit:  "NOT NULL NO INHERIT",
	migration.InheritConstraint: "ALTER CONSTRAINT … INHERIT",
	migration.OnlyTable:         "VACUUM ONLY or ANALYZE ONLY",
}

func subtype(t pg_query.AlterTableType) func(proto.Message) bool {
	return func(m proto.Message) bool {
		n, ok := m.(*pg_query.AlterTableCmd)
		return ok && n.Subtype == t
	}
}

// newestForm returns the form of a statement that needs the newest server, if that
// is newer than one, and where it stands; the zero value if there is none.
func newestForm(s *migration.Statement, server int) (newest newerForm, at migration.Range) {
	newer := formsAfter(server)
	for _, form := range s.Newer {
		if form.Since > max(newest.since, server) {
			newest, at = newerForm{words: newestForms[form.Form], since: form.Since}, form.Range
		}
	}
	if len(newer) == 0 {
		return newest, at
	}
	tree.Walk(s.Node, func(m proto.Message) bool {
		for _, form := range newer {
			if form.since > newest.since && form.is(m) {
				newest, at = form, s.Range
			}
		}
		return true
	})
	return newest, at
}

// formsAfter returns those of newerForms that a server has not.
func formsAfter(server int) []newerForm {
	return newerForms[sort.Search(len(newerForms), func(i int) bool { return newerForms[i].since > server }):]
}
