package rules

import (
	"fmt"
	"slices"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/tree"
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
			c.Report(scans, lint.Diagnostic{
				Message: foreignKeyMessage(c, scans, referenced),
				Effects: append(slices.Clip(c.Effects), effectsOn(p, referenced)...),
				Instead: validateLater(c, constraint, "fkey"),
			})
		}
		return nil
	},
}

// foreignKeyMessage names the locks on both tables. That on either one is
// stronger when another command of the statement changes more of it.
func foreignKeyMessage(c command, scans []lock.Effect, referenced catalog.Name) string {
	verb := "ADD FOREIGN KEY "
	if c.AddsColumn() {
		verb = "ADD COLUMN … REFERENCES "
	}
	other, _ := strongest(effectsOn(c.pass, referenced))
	switch {
	case referenced == c.Table || other.Mode == lock.None:
		readsGoOn := ""
		if !scans[0].Mode.BlocksReads() {
			readsGoOn = reads(c.pass, c.Table)
		}
		return verb + c.Takes(scans) + readsGoOn
	case scans[0].Mode == lock.ShareRowExclusive && other.Mode == lock.ShareRowExclusive && scans[0].Unknown == "":
		return fmt.Sprintf("%stakes a SHARE ROW EXCLUSIVE lock on %s and on the referenced table %s, which blocks writes of both until every row of %s is checked%s",
			verb, c.Table, referenced, c.Table, reads(c.pass, c.Table, referenced))
	}
	readsGoOn := ""
	held := c.pass.Session.Strongest
	said := scans[0].Mode.BlocksReads() && held(c.Table).BlocksReads() && !held(referenced).BlocksReads()
	if !other.Mode.BlocksReads() && !said {
		readsGoOn = reads(c.pass, c.Table, referenced)
	}
	return fmt.Sprintf("%s%s, and %s on the referenced table %s, which blocks its %s as long%s",
		verb, c.Takes(scans), aLock(other.Mode), referenced, blocks(other.Mode), readsGoOn)
}

// effectsOn returns the statement's effects on a table, if it has traffic.
func effectsOn(p *lint.Pass, table catalog.Name) []lock.Effect {
	return slices.DeleteFunc(p.Existing(), func(e lock.Effect) bool { return e.Index || e.Relation != table })
}

// validateLater adds a CHECK or a foreign key NOT VALID and validates it in a
// migration of its own.
func validateLater(c command, constraint *pg_query.Constraint, suffix string) *lint.Instead {
	p := c.pass
	what := "CHECK"
	if constraint.Contype == pg_query.ConstrType_CONSTR_FOREIGN {
		what = "foreign key"
		// Measured: 14 to 17 refuse NOT VALID on a partitioned referencing table.
		if c.Partitioned() && p.Server < 18 {
			return onPartitionsFirst(c, constraint)
		}
	}
	if c.AddsColumn() {
		return &lint.Instead{Message: fmt.Sprintf("add the column without the %s, add the %s NOT VALID, and validate it in a later migration", what, what)}
	}
	name, text := named(c, constraint, suffix)
	return p.Instead("add it NOT VALID, which scans nothing, and validate it in a later migration, which blocks neither reads nor writes",
		brief(c.Alone(droppedFirst(c, constraint.Conname)+text+" NOT VALID")),
		brief(c.Alone("VALIDATE CONSTRAINT "+name)))
}

// onPartitionsFirst adds a foreign key of a partitioned table to its partitions
// one by one, where NOT VALID is allowed, and then to the table.
func onPartitionsFirst(c command, constraint *pg_query.Constraint) *lint.Instead {
	p := c.pass
	const message = "add the foreign key NOT VALID to each partition, validate each, and then add it to the partitioned table, which takes the partitions' constraints over"
	partitions := p.Catalog.Table(c.Table).Children
	if len(partitions) == 0 || len(partitions) > fewPartitions || c.AddsColumn() || slices.ContainsFunc(partitions, func(n catalog.Name) bool {
		t := p.Catalog.Table(n)
		return t == nil || t.Kind != catalog.OrdinaryTable || slices.ContainsFunc(t.Constraints, func(k *catalog.Constraint) bool {
			return k.Kind == catalog.ForeignKey && slices.Equal(k.Columns, tree.Strings(constraint.FkAttrs))
		})
	}) {
		return &lint.Instead{Message: message}
	}
	name, text := named(c, constraint, "fkey")
	s := p.Statement
	if r, ok := s.Find(c.Pos, "NOT", "VALID"); ok && r.End <= c.End {
		text = strings.TrimRight(strings.TrimSuffix(text, s.TextOf(r)), " \t\r\n")
	}
	var add, validate []lint.Step
	for _, partition := range partitions {
		alter := "ALTER TABLE " + partition.String() + " "
		add = append(add, brief(alter+text+" NOT VALID"))
		validate = append(validate, brief(alter+"VALIDATE CONSTRAINT "+name))
	}
	return p.Instead(message, append(append(add, validate...), brief(c.Alone(text)))...)
}

// droppedFirst returns the command of the same statement that drops what has
// the name, as the beginning of a list of commands; "" if none does.
func droppedFirst(c command, name string) string {
	for _, other := range commands(c.pass) {
		if name != "" && other.Subtype == pg_query.AlterTableType_AT_DropConstraint && other.Name == name {
			return other.Text() + ", "
		}
	}
	return ""
}

// named returns an ADD CONSTRAINT command with a name, so that a later
// migration can refer to it: the one that it has, or the one that PostgreSQL
// would choose.
func named(c command, constraint *pg_query.Constraint, suffix string) (name, text string) {
	name = quoted(constraintName(c, constraint, suffix))
	if constraint.Conname != "" {
		return name, c.Text()
	}
	s := c.pass.Statement
	add, ok := s.Find(c.Pos, "ADD")
	if !ok {
		return name, c.Text()
	}
	return name, "ADD CONSTRAINT " + name + c.Text()[add.End-c.Pos:]
}

// labels are what PostgreSQL puts at the end of constraints' names.
var labels = map[string]catalog.ConstraintKind{"check": catalog.Check, "fkey": catalog.ForeignKey, "key": catalog.Unique, "pkey": catalog.PrimaryKey}

// constraintName returns the name of a table constraint that the command adds:
// its own, or the one that PostgreSQL chooses.
func constraintName(c command, constraint *pg_query.Constraint, label string) string {
	if constraint.Conname != "" {
		return constraint.Conname
	}
	columns := tree.Strings(append(slices.Clip(constraint.FkAttrs), constraint.Keys...))
	if read := catalog.ColumnsRead(constraint.RawExpr); len(read) == 1 {
		columns = read
	}
	middle := strings.Join(append(slices.Clip(columns), tree.Strings(constraint.Including)...), "_")
	if label == "pkey" {
		middle = ""
	}
	name := c.pass.Catalog.FreeName(c.Table, middle, label)
	c.pass.Catalog.After(c.pass.Statement, func() {
		t := c.pass.Catalog.Table(c.Table)
		if t == nil {
			return
		}
		for _, k := range t.Constraints {
			if k.Kind == labels[label] && k.Expr == constraint.RawExpr && (k.Expr != nil || slices.Equal(k.Columns, columns)) && k.Origin.Statement == c.pass.Statement {
				name = k.Name
				return
			}
		}
	})
	return name
}

// quoted returns an identifier as SQL must write it.
func quoted(name string) string { return catalog.Name{Name: name}.String() }
