package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var dropDefaultBreaksRunningRelease = &lint.Rule{
	Name:     "drop-default-breaks-running-release",
	Doc:      page("drop-default-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil
		}
		for _, c := range commands(p) {
			t := p.Catalog.Table(c.Table)
			column := t.Column(c.Name)
			if !dropsDefault(c.AlterTableCmd) || !p.Exists(c.Table, false) || column == nil || column.NotNull != catalog.Yes ||
				column.Default == nil && t.Complete || column.Identity || filledLater(p, c) {
				continue
			}
			if filled, unknown := fills(p, t, column); !filled {
				reportLeftOut(p, c, "DROP DEFAULT", "the column is NOT NULL", unknown,
					"deploy first what writes the column everywhere, and drop the default in a later release")
			}
		}
		return nil
	},
}

// reportLeftOut reports that INSERTs which leave out a column fail from now on.
// Those of the running release do if the column is new, else who knows.
func reportLeftOut(p *lint.Pass, c command, does, why, unknown, instead string) {
	d := lint.Diagnostic{
		Range: c.Range,
		Message: fmt.Sprintf("%s breaks the release that runs, which does not know %s.%s: its INSERTs fail with 23502, because %s",
			does, c.Table, quoted(c.Name), why),
		Hazard:  p.Statement,
		Also:    "and " + quoted(c.Name),
		Instead: &lint.Instead{Message: instead},
	}
	switch {
	case unknown != "":
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("%s may break the INSERTs of the release that runs, which then fail with 23502 where they leave out %s.%s: the migrations do not tell %s",
			does, c.Table, quoted(c.Name), unknown)
	case !bornLately(p, c.Table, c.Name):
		d.Severity = lint.Warning
		d.Message = fmt.Sprintf("%s breaks the release that runs where it leaves out %s.%s: its INSERTs then fail with 23502, because %s",
			does, c.Table, quoted(c.Name), why)
	}
	p.Report(d)
}

// fills reports whether the column's type gives a value to INSERTs that leave
// out the column, or names what may and nobody knows.
func fills(p *lint.Pass, t *catalog.Table, column *catalog.Column) (filled bool, unknown string) {
	typ := column.Type
	for depth := 0; depth < 32; depth++ {
		d := p.Catalog.Domain(catalog.Name{Schema: typ.Schema, Name: typ.Name})
		if d == nil || typ.Array {
			break
		}
		if d.Default != nil {
			return true, ""
		}
		typ = d.Base
	}
	trigger := p.Catalog.FillingTrigger(t.Name)
	switch {
	case trigger != "":
		return false, "whether the trigger " + quoted(trigger) + " fills it"
	case !p.Catalog.KnowsType(typ):
		return false, "whether the type " + typ.String() + " has a default"
	}
	return false, ""
}

// dropsDefault reports whether a command is DROP DEFAULT, or SET DEFAULT NULL.
func dropsDefault(cmd *pg_query.AlterTableCmd) bool {
	return cmd.Subtype == pg_query.AlterTableType_AT_ColumnDefault && (cmd.Def == nil || cmd.Def.GetAConst().GetIsnull())
}

// filledLater reports whether another command of the statement, or the rest of
// the migration, lets INSERTs leave out the column again, drops it, or gives it the
// name of one that the running release knows.
func filledLater(p *lint.Pass, c command) bool {
	return takesOver(p, c) || laterCommand(p, c, func(cmd *pg_query.AlterTableCmd) bool {
		switch cmd.Subtype {
		case pg_query.AlterTableType_AT_ColumnDefault:
			return !dropsDefault(cmd)
		case pg_query.AlterTableType_AT_DropNotNull, pg_query.AlterTableType_AT_AddIdentity, pg_query.AlterTableType_AT_DropColumn:
			return true
		}
		return false
	})
}

// takesOver reports whether the rest of the migration renames the column to one that
// its table has, or had until an earlier statement.
func takesOver(p *lint.Pass, c command) bool {
	renames := func(s *migration.Statement, column string) bool {
		r := s.Node.GetRenameStmt()
		return r.GetRenameType() == pg_query.ObjectType_OBJECT_COLUMN && r.Subname == column && p.Catalog.Resolve(r.Relation) == c.Table
	}
	had := func(name string) bool {
		return p.Catalog.Table(c.Table).Column(name) != nil ||
			slices.ContainsFunc(p.Preceding(), func(s *migration.Statement) bool { return renames(s, name) }) ||
			earlierCommand(c, func(cmd *pg_query.AlterTableCmd) bool {
				return cmd.Subtype == pg_query.AlterTableType_AT_DropColumn && cmd.Name == name
			})
	}
	return slices.ContainsFunc(p.Following(), func(s *migration.Statement) bool {
		return renames(s, c.Name) && had(s.Node.GetRenameStmt().Newname)
	})
}
