package rules

import (
	"fmt"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
)

var addForeignKeyScansTable = &lint.Rule{
	Name:     "add-foreign-key-scans-table",
	Doc:      page("add-foreign-key-scans-table"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			constraint := c.Constraint(pg_query.ConstrType_CONSTR_FOREIGN)
			scans := c.Works(lock.ValidationScan)
			if constraint == nil || len(scans) == 0 || !p.Exists(c.Table, false) {
				continue
			}
			referenced := p.Catalog.Resolve(constraint.Pktable)
			d := lint.Diagnostic{
				Range: c.Range,
				Message: fmt.Sprintf("ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on %s and on the referenced table %s, which blocks writes of both until every row of %s is checked; reads go on",
					c.Table, referenced, c.Table),
				Effects: c.Effects,
			}
			if referenced == c.Table {
				d.Message = fmt.Sprintf("ADD FOREIGN KEY takes a SHARE ROW EXCLUSIVE lock on %s, which blocks writes until every row is checked; reads go on", c.Table)
			}
			if !p.Large(c.Table) {
				d.Severity = lint.Warning
			}
			d.Instead = validateLater(c, constraint, "fkey")
			p.Report(d)
		}
		return nil
	},
}

// validateLater adds the constraint NOT VALID and validates it in a migration
// of its own.
func validateLater(c command, constraint *pg_query.Constraint, suffix string) *lint.Instead {
	p := c.pass
	if t := p.Catalog.Table(c.Table); suffix == "fkey" && t != nil && t.Kind == catalog.PartitionedTable && p.Server < 18 {
		// Measured: 14 to 17 refuse NOT VALID on a partitioned referencing table.
		return &lint.Instead{Message: "add the foreign key NOT VALID to each partition, validate each, and then add it to the partitioned table, which takes the partitions' constraints over"}
	}
	if c.AddsColumn() {
		return nil
	}
	name, text := named(c, constraint, suffix)
	return p.Instead("add it NOT VALID, which scans nothing, and validate it in a later migration, which blocks neither reads nor writes",
		lint.Step{Statements: []string{"SET lock_timeout = '5s'", c.Alone(text + " NOT VALID")}},
		lint.Step{Statements: []string{"SET lock_timeout = '5s'", c.Alone("VALIDATE CONSTRAINT " + name)}})
}

// named returns an ADD CONSTRAINT command with a name, so that a later
// migration can refer to it: the one that it has, or the one that PostgreSQL
// would choose.
func named(c command, constraint *pg_query.Constraint, suffix string) (name, text string) {
	if constraint.Conname != "" {
		return quoted(constraint.Conname), c.Text()
	}
	name = c.Table.Name
	for _, column := range stringsOf(constraint.FkAttrs) {
		name += "_" + column
	}
	name = quoted(name + "_" + suffix)
	s := c.pass.Statement
	add, ok := s.Find(c.Pos, "ADD")
	if !ok {
		return name, c.Text()
	}
	return name, "ADD CONSTRAINT " + name + s.Text()[add.End-s.Pos:c.End-s.Pos]
}

// quoted returns an identifier as SQL must write it.
func quoted(name string) string { return catalog.Name{Name: name}.String() }
