package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/query"
)

var changeBreaksQuery = &lint.Rule{
	Name:     "change-breaks-query",
	Doc:      page("change-breaks-query"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, b := range brokenQueries(p) {
			d := lint.Diagnostic{Range: b.where(p), Message: b.message(), Instead: b.instead()}
			if !b.sure() {
				d.Severity = lint.Warning
			}
			for _, u := range b.uses {
				d.Related = append(d.Related, lint.Related{Range: u.place(), File: u.query.File, Message: "uses " + b.object()})
			}
			p.Report(d)
		}
		return nil
	},
}

// broken is what a statement takes away, and the queries that use it.
type broken struct {
	clause    string // "DROP COLUMN", …
	name      catalog.Name
	column    string // "" for a relation or function
	function  bool
	ambiguous bool // the statement adds the column, and another table has one of its name
	command   migration.Range
	uses      []queryUse
}

// queryUse is a use in one of the application's queries.
type queryUse struct {
	catalog.Use
	query *query.Query
}

// place is the name in the query's file.
func (u queryUse) place() migration.Range {
	s := u.query.Statement
	name := u.Name.Name
	if u.Column != "" && !u.Star {
		name = u.Column
	}
	if u.Location < 0 {
		return mention(s, name)
	}
	return nameAt(s, s.At(int32(u.Location)))
}

func (b broken) object() string {
	if b.column == "" {
		return b.name.String()
	}
	return b.name.String() + "." + quoted(b.column)
}

func (b broken) where(p *lint.Pass) migration.Range {
	switch {
	case b.command != (migration.Range{}):
		return b.command
	case b.column != "":
		return mention(p.Statement, b.column)
	}
	return mention(p.Statement, b.name.Name)
}

func (b broken) instead() *lint.Instead {
	switch b.clause {
	case "ADD COLUMN":
		return &lint.Instead{Message: "write the table's name before the column in the queries, deploy that, and add the column then"}
	case "RENAME COLUMN":
		return renameColumnLater
	case "RENAME", "SET SCHEMA":
		if !b.function {
			return renameTableLater
		}
	}
	return &lint.Instead{Message: "change the queries, deploy that, and make this change in a later release"}
}

func (b broken) sure() bool {
	return slices.ContainsFunc(b.uses, func(u queryUse) bool { return u.Sure })
}

func (b broken) message() string {
	var names []string
	var running, deployed bool
	for _, u := range b.uses {
		if name := u.query.String(); !slices.Contains(names, name) {
			names = append(names, name)
		}
		running, deployed = running || u.query.Running, deployed || u.query.Deployed
	}
	queries := "the query "
	if len(names) > 1 {
		queries = "the queries "
	}
	queries += fewInWords(names, firstNames)
	switch {
	case running && deployed:
		queries += " of the release that still runs and of the new one"
	case running:
		queries += " of the release that still runs"
	case deployed:
		queries += " of the new release"
	}
	switch {
	case b.ambiguous:
		return fmt.Sprintf("ADD COLUMN %s makes the name ambiguous in %s, which then fails with 42702", b.object(), queries)
	case !b.sure():
		unknown := "which table of the query has the column"
		if b.uses[0].Positional {
			unknown = "which columns the table has"
		}
		return fmt.Sprintf("%s of %s may break %s: the migrations do not tell %s", b.clause, b.object(), queries, unknown)
	}
	return fmt.Sprintf("%s of %s breaks %s", b.clause, b.object(), queries)
}

// brokenQueries finds what the statement takes away that queries of the
// application use: what is not there after it, nor when its transaction ends,
// nor, for queries of the new release, behind the last migration.
func brokenQueries(p *lint.Pass) []broken {
	if p.Config.Queries == nil || p.Migration.Direction == migration.Down || p.Statement == nil {
		return nil
	}
	clause := takesAway(p.Statement.Node)
	if clause == "" {
		return nil
	}
	type key struct{}
	return p.Memo(key{}, func() any { return findBroken(p, clause) }).([]broken)
}

// takesAway names what a statement does to names that queries may use, "" for
// a statement that does nothing to them.
func takesAway(n *pg_query.Node) string {
	if drop := n.GetDropStmt(); drop != nil {
		return "DROP"
	}
	if r := n.GetRenameStmt(); r != nil {
		if r.RenameType == pg_query.ObjectType_OBJECT_COLUMN {
			return "RENAME COLUMN"
		}
		return "RENAME"
	}
	if n.GetAlterObjectSchemaStmt() != nil {
		return "SET SCHEMA"
	}
	for _, cmd := range n.GetAlterTableStmt().GetCmds() {
		switch cmd.GetAlterTableCmd().GetSubtype() {
		case pg_query.AlterTableType_AT_DropColumn:
			return "DROP COLUMN"
		case pg_query.AlterTableType_AT_AddColumn:
			return "ADD COLUMN"
		}
	}
	return ""
}

func findBroken(p *lint.Pass, clause string) []broken {
	c := p.Catalog
	taking := clause
	if clause == "ADD COLUMN" {
		taking = "DROP COLUMN" // by another command of the same ALTER TABLE
	}
	var candidates []queryUse
	wasAmbiguous := map[*query.Query]bool{}
	for _, q := range p.Config.Queries.Queries {
		for _, u := range usesOf(c, q) {
			wasAmbiguous[q] = wasAmbiguous[q] || u.Ambiguous
			switch {
			case u.Star && !q.Expanded, u.Positional && clause == "RENAME COLUMN":
			case u.Column == catalog.EveryColumn:
				for _, column := range columnsTaken(p, u.Name) {
					u.Column = column
					candidates = append(candidates, queryUse{u, q})
				}
			default:
				candidates = append(candidates, queryUse{u, q})
			}
		}
	}
	before := make([]bool, len(candidates))
	for i, u := range candidates {
		before[i] = known(c, u.Use) || namedBy(p, u.Use)
	}
	var after, atCommit, atEnd []bool
	var ambiguous []queryUse
	missing := func() []bool {
		list := make([]bool, len(candidates))
		for i, u := range candidates {
			list[i] = before[i] && !known(c, u.Use)
		}
		return list
	}
	c.After(p.Statement, func() {
		after = missing()
		if clause != "ADD COLUMN" && clause != "DROP COLUMN" {
			return
		}
		for _, q := range p.Config.Queries.Queries {
			for _, u := range usesOf(c, q) {
				if u.Ambiguous && !wasAmbiguous[q] && adds(p, u) {
					ambiguous = append(ambiguous, queryUse{u, q})
				}
			}
		}
	})
	if !slices.Contains(after, true) && ambiguous == nil {
		return nil
	}
	rest := append([]*migration.Statement{p.Statement}, restOfTransaction(p)...)
	c.AfterAll(rest, func() {
		atCommit = missing()
		for i, u := range candidates {
			// A column goes with its table, which is what is reported then.
			atCommit[i] = atCommit[i] && (u.Column == "" || c.Table(u.Name) != nil)
		}
	})
	rest = append(rest[:1], p.Following()...)
	for _, m := range p.Later() {
		rest = append(rest, m.Statements...)
	}
	c.AfterAll(rest, func() { atEnd = missing() })

	var list []broken
	add := func(b broken, u queryUse) {
		i := slices.IndexFunc(list, func(o broken) bool { return o.name == b.name && o.column == b.column && o.function == b.function })
		if i < 0 {
			list = append(list, b)
			i = len(list) - 1
		}
		list[i].uses = append(list[i].uses, u)
	}
	for i, u := range candidates {
		if !after[i] || !atCommit[i] || !u.query.Running && !atEnd[i] {
			continue
		}
		add(broken{clause: taking + kindIn(p.Statement), name: u.Name, column: u.Column, function: u.Function, command: commandOf(p, u.Name, u.Column)}, u)
	}
	for _, u := range ambiguous {
		add(broken{clause: clause, name: u.Name, column: u.Column, ambiguous: true, command: commandOf(p, u.Name, u.Column)}, u)
	}
	return list
}

// usesOf returns what a query uses in a session of the application.
func usesOf(c *catalog.Catalog, q *query.Query) (uses []catalog.Use) {
	if q.Statement.Node.GetCreateFunctionStmt() != nil {
		return c.DefinitionUses(q.Statement)
	}
	c.WithPath(nil, func() { uses = c.Uses(q.Statement.Node) })
	return uses
}

// known reports whether the catalog knows what is used.
func known(c *catalog.Catalog, u catalog.Use) bool {
	switch {
	case u.Function:
		return len(c.Functions(u.Name)) > 0
	case u.Column == "":
		return c.HasRelation(u.Name)
	}
	return c.Table(u.Name).Column(u.Column) != nil
}

// namedBy reports whether the statement names what is used, so that it must
// have been there although the catalog has not seen it.
func namedBy(p *lint.Pass, u catalog.Use) bool {
	n := p.Statement.Node
	if drop := n.GetDropStmt(); isTable(drop.GetRemoveType()) {
		return u.Column == "" && slices.ContainsFunc(drop.Objects, func(o *pg_query.Node) bool {
			return p.Catalog.ResolveList(o.GetList().GetItems()) == u.Name
		})
	}
	if old, _, _ := renamed(n); old != nil {
		return u.Column == "" && p.Catalog.Resolve(old) == u.Name
	}
	if r := n.GetRenameStmt(); r.GetRenameType() == pg_query.ObjectType_OBJECT_COLUMN {
		return u.Column == r.Subname && p.Catalog.Resolve(r.Relation) == u.Name
	}
	return u.Column != "" && changesColumn(p.Catalog, p.Statement, u.Name, pg_query.AlterTableType_AT_DropColumn, u.Column)
}

// columnsTaken are the columns of the table that the statement drops or renames.
func columnsTaken(p *lint.Pass, table catalog.Name) []string {
	var columns []string
	if from, _ := renamedColumn(p.Catalog, p.Statement, table); from != "" {
		columns = append(columns, from)
	}
	for _, c := range commands(p) {
		if c.Table == table && c.Subtype == pg_query.AlterTableType_AT_DropColumn {
			columns = append(columns, c.Name)
		}
	}
	return columns
}

// adds reports whether the statement adds the column.
func adds(p *lint.Pass, u catalog.Use) bool {
	return changesColumn(p.Catalog, p.Statement, u.Name, pg_query.AlterTableType_AT_AddColumn, u.Column)
}

// commandOf returns the range of the ALTER TABLE command about a column, or
// nothing.
func commandOf(p *lint.Pass, table catalog.Name, column string) migration.Range {
	for _, c := range commands(p) {
		name := c.Name
		if def := c.Def.GetColumnDef(); c.Subtype == pg_query.AlterTableType_AT_AddColumn {
			name = def.GetColname()
		}
		if column != "" && c.Table == table && name == column {
			return c.Range
		}
	}
	return migration.Range{}
}

// kindIn is " TABLE" of DROP TABLE and its like, "" of others.
func kindIn(s *migration.Statement) string {
	if s.Node.GetDropStmt() == nil {
		return ""
	}
	return strings.TrimPrefix(statementName(s), "DROP")
}

// breaksQueriesOf reports whether change-breaks-query says who uses an object
// that the statement takes away.
func breaksQueriesOf(p *lint.Pass, n catalog.Name) bool {
	return slices.ContainsFunc(brokenQueries(p), func(b broken) bool { return b.name == n })
}
