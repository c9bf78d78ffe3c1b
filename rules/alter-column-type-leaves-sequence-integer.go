package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var alterColumnTypeLeavesSequenceInteger = &lint.Rule{
	Name:     "alter-column-type-leaves-sequence-integer",
	Doc:      page("alter-column-type-leaves-sequence-integer"),
	Category: lint.Hygiene,
	Severity: lint.Warning,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			column := p.Catalog.Table(c.Table).Column(c.Name)
			if c.Subtype != pg_query.AlterTableType_AT_AlterColumnType || column == nil || column.Identity || !callsNextval(column.Default) ||
				laterCommand(p, c, func(cmd *pg_query.AlterTableCmd) bool { return cmd.Subtype == pg_query.AlterTableType_AT_ColumnDefault }) {
				continue
			}
			to := p.Catalog.TypeOf(c.Def.GetColumnDef().TypeName)
			for _, s := range p.Catalog.Sequences() {
				if s.OwnedBy != c.Table || s.Column != c.Name || !widerInteger(to.Name, s.Type) || widensLater(p, s) {
					continue
				}
				p.Report(lint.Diagnostic{
					Range:   c.Range,
					Message: fmt.Sprintf("ALTER COLUMN %s TYPE %s leaves the sequence %s %s, which ends at %s", quoted(c.Name), to, s.Name, catalog.Type{Name: s.Type}, integerMaximum[s.Type]),
					Instead: &lint.Instead{Message: fmt.Sprintf("widen the sequence too: ALTER SEQUENCE %s AS %s", s.Name, to)},
				})
			}
		}
		return nil
	},
}

var integerMaximum = map[string]string{"int2": "32767", "int4": "2147483647"}

// widerInteger reports whether a type of integers holds more than a sequence of
// another gives.
func widerInteger(to, sequence string) bool {
	return to == "int8" && (sequence == "int4" || sequence == "int2") || to == "int4" && sequence == "int2"
}

// widensLater reports whether the rest of the migration gives the sequence a
// type, or drops it.
func widensLater(p *lint.Pass, s *catalog.Sequence) bool {
	return slices.ContainsFunc(p.Following(), func(statement *migration.Statement) bool {
		if drops(p.Catalog, statement.Node, pg_query.ObjectType_OBJECT_SEQUENCE, s.Name) {
			return true
		}
		alter := statement.Node.GetAlterSeqStmt()
		return alter != nil && p.Catalog.Resolve(alter.Sequence) == s.Name &&
			slices.ContainsFunc(alter.Options, func(o *pg_query.Node) bool { return o.GetDefElem().GetDefname() == "as" })
	})
}
