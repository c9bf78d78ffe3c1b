package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
)

// The net under all other rules.
var blocksForLong = &lint.Rule{
	Name:     "blocks-for-long",
	Doc:      page("blocks-for-long"),
	Category: lint.Outage,
	Severity: lint.Error,
	Last:     true,
	Run: func(p *lint.Pass) error {
		if move := p.Statement.Node.GetAlterTableMoveAllStmt(); move != nil {
			reportMoveAll(p, move)
			return nil
		}
		for _, e := range p.Unreported() {
			if !e.Mode.BlocksWrites() || !e.GrowsWithTable() || !p.Exists(e.Relation, e.Index) || unreadable(p, e.Relation) {
				continue
			}
			d := lint.Diagnostic{
				Range:   e.Range,
				Message: statementName(p.Statement) + " " + takes(e) + " " + until(e),
				Hazard:  doneOnce{p.Statement, e.Relation, e.Work},
				Also:    "so does this",
				Effects: []lock.Effect{e},
			}
			if !p.Large(e.Relation) {
				d.Severity = lint.Warning
			}
			p.Report(d)
		}
		return nil
	},
}

// doneOnce is work that a statement does once for several of its commands.
type doneOnce struct {
	*migration.Statement
	catalog.Name
	lock.Work
}

// reportMoveAll reports ALTER … ALL IN TABLESPACE, which locks all that it moves
// before it moves the first. Where the migrations put nothing there, they do not
// tell what is there.
func reportMoveAll(p *lint.Pass, move *pg_query.AlterTableMoveAllStmt) {
	nouns := map[pg_query.ObjectType]string{
		pg_query.ObjectType_OBJECT_TABLE:   "table",
		pg_query.ObjectType_OBJECT_INDEX:   "index",
		pg_query.ObjectType_OBJECT_MATVIEW: "materialized view",
	}
	noun := nouns[move.Objtype]
	name := fmt.Sprintf("%s ALL IN TABLESPACE %s", statementName(p.Statement), quoted(move.OrigTablespacename))
	if len(p.Effects) == 0 {
		p.Report(lint.Diagnostic{
			Severity: lint.Warning,
			Message: fmt.Sprintf("%s may take an ACCESS EXCLUSIVE lock on each %s there, which blocks reads and writes until the last is rewritten: the migrations do not tell what is in the tablespace",
				name, noun),
			Instead: oneByOne(noun),
		})
		return
	}
	var names []string
	var moved []lock.Effect
	d := lint.Diagnostic{Severity: lint.Warning, Instead: oneByOne(noun)}
	for _, e := range p.Existing() {
		if !e.GrowsWithTable() || unreadable(p, e.Relation) {
			continue
		}
		names, moved = append(names, e.Relation.String()), append(moved, e)
		table := e.Relation
		if index := p.Catalog.Index(e.Relation); e.Index && index != nil {
			table = index.Table
		}
		if e.Unknown == "" && p.Large(table) {
			d.Severity = lint.Error
		}
	}
	if len(moved) == 0 {
		return
	}
	verb, doubt, last := "takes", "", "until the "+noun+" is rewritten"
	if len(names) > 1 {
		last = "until the last is rewritten"
	}
	if moved[0].Unknown != "" {
		verb, doubt = "may take", ": the migrations do not tell whose they are"
	}
	d.Effects = moved
	d.Message = fmt.Sprintf("%s %s an ACCESS EXCLUSIVE lock on %s, which blocks reads and writes %s%s", name, verb, fewInWords(names, firstNames), last, doubt)
	p.Report(d)
}

func oneByOne(noun string) *lint.Instead {
	return &lint.Instead{Message: "move one " + noun + " at a time, each in a transaction of its own, while nothing needs it"}
}
