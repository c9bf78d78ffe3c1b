package rules

import (
	"fmt"
	"strings"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/tree"
)

var addUniqueBuildsIndex = &lint.Rule{
	Name:     "add-unique-builds-index",
	Doc:      page("add-unique-builds-index"),
	Category: lint.Outage,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		for _, c := range commands(p) {
			if constraint := c.Constraint(pg_query.ConstrType_CONSTR_UNIQUE); constraint != nil {
				reportIndexBuild(c, constraint, "UNIQUE", "key")
			}
		}
		return nil
	},
}

// reportIndexBuild reports a constraint whose index is built under the
// constraint's own lock.
func reportIndexBuild(c command, constraint *pg_query.Constraint, kind, suffix string) {
	builds := c.Works(lock.IndexBuild)
	if len(builds) == 0 {
		return
	}
	d := lint.Diagnostic{Message: "ADD " + kind + " " + c.Takes(builds), Effects: c.Effects}
	columns := tree.Strings(constraint.Keys)
	_, temporal := c.Newer(migration.WithoutOverlaps)
	switch {
	case c.AddsColumn():
		d.Message = "ADD COLUMN with " + kind + " " + c.Takes(builds)
		d.Instead = &lint.Instead{Message: "add the column without it, build a unique index CONCURRENTLY, and make the constraint of that"}
	case len(columns) == 0, temporal: // a unique index does not exclude
		d.Instead = &lint.Instead{Message: "fill a new table that has the constraint, and switch over"}
	case c.Partitioned():
		d.Instead = &lint.Instead{Message: "build a unique index on each partition CONCURRENTLY, make a constraint of it, and then add the constraint to the partitioned table, which takes those over"}
	default:
		d.Instead = usingIndex(c.Surely(), constraint, kind, suffix, columns)
	}
	c.Report(builds, d)
}

// usingIndex builds the unique index CONCURRENTLY and makes the constraint of
// it; a primary key needs columns that are NOT NULL.
func usingIndex(c command, constraint *pg_query.Constraint, kind, suffix string, columns []string) *lint.Instead {
	name := constraintName(c, constraint, suffix)
	definition := "(" + quotedList(columns) + ")"
	if len(constraint.Including) > 0 {
		definition += " INCLUDE (" + quotedList(tree.Strings(constraint.Including)) + ")"
	}
	if constraint.NullsNotDistinct {
		definition += " NULLS NOT DISTINCT"
	}
	if with, ok := c.pass.Statement.Find(c.Pos, "WITH"); ok && len(constraint.Options) > 0 {
		definition += " WITH " + inParentheses(c.pass.Statement, with.End)
	}
	if constraint.Indexspace != "" {
		definition += " TABLESPACE " + quoted(constraint.Indexspace)
	}
	deferrable := ""
	if constraint.Deferrable {
		deferrable = " DEFERRABLE"
		if constraint.Initdeferred {
			deferrable += " INITIALLY DEFERRED"
		}
	}
	index, dropped := name, droppedFirst(c, name)
	message := "build the unique index CONCURRENTLY and make the constraint of it, which takes an instant"
	earlier := dropped == "" && earlierCommand(c, func(cmd *pg_query.AlterTableCmd) bool {
		return cmd.Subtype == pg_query.AlterTableType_AT_DropConstraint && cmd.Name == name
	})
	if earlier {
		dropped = "DROP CONSTRAINT IF EXISTS " + quoted(name) + ", "
	}
	if dropped != "" { // takes the name of the constraint in the end
		index = nameOfNew(name)
	}
	build := fmt.Sprintf("CREATE UNIQUE INDEX CONCURRENTLY %s ON %s %s", quoted(index), c.Table, definition)
	constrain := []string{c.Alone(fmt.Sprintf("%sADD CONSTRAINT %s %s USING INDEX %s%s", dropped, quoted(name), kind, quoted(index), deferrable))}
	var steps []lint.Step
	if suffix == "pkey" {
		for _, column := range columns {
			if isNotNull(c, column) {
				continue
			}
			message = "prove the columns NOT NULL, build the unique index CONCURRENTLY, and make the primary key of it, which takes an instant"
			proof, cleanup := notNullProof(c, column)
			steps = append(steps, proof...)
			constrain = append(constrain, cleanup...)
		}
	}
	if earlier {
		message += "; leave the old one in place until then"
	}
	return patiently(c.pass, message, append(steps,
		lint.Step{Statements: []string{build}, NoTransaction: true},
		brief(constrain...))...)
}

// inParentheses returns the first text in parentheses from a file offset on,
// with them.
func inParentheses(s *migration.Statement, from int) string {
	start, depth := -1, 0
	for _, t := range s.Tokens() {
		if t.Pos < from || t.Kind != migration.Punctuation {
			continue
		}
		switch s.TextOf(t.Range) {
		case "(":
			if start < 0 {
				start = t.Pos
			}
			depth++
		case ")":
			if depth--; depth == 0 {
				return s.TextOf(migration.Range{Pos: start, End: t.End})
			}
		}
	}
	return ""
}

// quotedList writes a list of identifiers as SQL must.
func quotedList(names []string) string {
	list := make([]string, len(names))
	for i, n := range names {
		list[i] = quoted(n)
	}
	return strings.Join(list, ", ")
}
