package rules

import (
	"fmt"
	"slices"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

var renameObjectBreaksRunningRelease = &lint.Rule{
	Name:     "rename-object-breaks-running-release",
	Doc:      page("rename-object-breaks-running-release"),
	Category: lint.Compatibility,
	Severity: lint.Error,
	Run: func(p *lint.Pass) error {
		if p.Migration.Direction == migration.Down {
			return nil
		}
		enumValue(p)
		attribute(p)
		o, does, newName := renamedObject(p.Catalog, p.Statement.Node)
		kind := objectKinds[o.Kind]
		if o.Birth != catalog.BornBefore || o.Trigger || o.Owned || renamedBefore(p, o) ||
			does == "RENAME TO" && swapsObject(p, o, newName) || does != "RENAME TO" && madeAgain(p, o) {
			return nil
		}
		severity, but := lint.Error, ""
		if kind.class == functions {
			if severity, but = renameSeverity(p); severity == lint.Off {
				return nil
			}
		}
		p.Report(lint.Diagnostic{
			Severity: severity,
			Range:    mention(p.Statement, newName),
			Message: fmt.Sprintf("%s %s breaks the release that still %s %s, from the commit until its last process is gone%s",
				does, quoted(newName), kind.uses, o.Name, but),
			Instead: &lint.Instead{Message: renameAdvice[kind.class]},
		})
		return nil
	},
}

var renameAdvice = map[objectClass]string{
	sequences:  "make a second sequence that begins far above the first, and drop the old one in a later release",
	types:      "make a second type with the new name, move over to it, and drop the old one in a later release",
	functions:  "make a second function with the new name, and drop the old one in a later release",
	schemas:    "leave a schema with the old name and views in it in the same transaction, and drop it in a later release",
	extensions: "add the new schema to the application's search_path first",
}

// renamedObject returns what a statement gives another name or schema, other
// than a table or view; Birth is BornUnknown for other statements.
func renamedObject(c *catalog.Catalog, n *pg_query.Node) (o catalog.Object, does, newName string) {
	if r := n.GetRenameStmt(); r != nil {
		object := r.Object
		kind := r.RenameType
		switch kind {
		case pg_query.ObjectType_OBJECT_SCHEMA:
			object = pg_query.MakeStrNode(r.Subname)
		case pg_query.ObjectType_OBJECT_TABLE: // ALTER TABLE renames sequences too
			if c.Sequence(c.Resolve(r.Relation)) != nil {
				kind = pg_query.ObjectType_OBJECT_SEQUENCE
			}
		}
		if k, ok := objectKinds[kind]; ok && k.class != relations {
			return c.Object(kind, object, r.Relation), "RENAME TO", r.Newname
		}
	}
	if s := n.GetAlterObjectSchemaStmt(); s != nil {
		if k, ok := objectKinds[s.ObjectType]; ok && k.class != relations {
			return c.Object(s.ObjectType, s.Object, s.Relation), "SET SCHEMA", s.Newschema
		}
	}
	return catalog.Object{}, "", ""
}

// swapsObject reports whether the same transaction puts another object in the
// place of the renamed one, or this one takes the place of another that the
// migration renamed or dropped: the names that the running release uses stay.
func swapsObject(p *lint.Pass, o catalog.Object, newName string) bool {
	class := objectKinds[o.Kind].class
	return madeAgain(p, o) || slices.ContainsFunc(p.Preceding(), func(s *migration.Statement) bool {
		drop := s.Node.GetDropStmt()
		if kind, ok := objectKinds[drop.GetRemoveType()]; ok && kind.class == class {
			return slices.ContainsFunc(drop.Objects, func(n *pg_query.Node) bool {
				return p.Catalog.Object(drop.RemoveType, n, nil).Name.Name == newName
			})
		}
		old, does, _ := renamedObject(p.Catalog, s.Node)
		return does == "RENAME TO" && objectKinds[old.Kind].class == class && old.Name.Name == newName
	})
}

// enumValue reports ALTER TYPE … RENAME VALUE.
func enumValue(p *lint.Pass) {
	alter := p.Statement.Node.GetAlterEnumStmt()
	if alter.GetOldVal() == "" {
		return
	}
	typ := p.Catalog.TypeOf(&pg_query.TypeName{Names: alter.TypeName})
	name := catalog.Name{Schema: typ.Schema, Name: typ.Name}
	if e := p.Catalog.Enum(name); e != nil {
		i := slices.IndexFunc(e.Values, func(v catalog.EnumValue) bool { return v.Label == alter.OldVal })
		if ofRelease(p, e.Origin) || i >= 0 && ofRelease(p, e.Values[i].Origin) {
			return
		}
	}
	p.Report(lint.Diagnostic{
		Message: fmt.Sprintf("RENAME VALUE breaks the release that still reads or writes '%s' of %s, from the commit until its last process is gone", alter.OldVal, name),
		Instead: &lint.Instead{Message: "add the new value, deploy code that knows both, and write the rows over"},
	})
}

// attribute reports ALTER TYPE … RENAME ATTRIBUTE.
func attribute(p *lint.Pass) {
	rename := p.Statement.Node.GetRenameStmt()
	if rename.GetRenameType() != pg_query.ObjectType_OBJECT_ATTRIBUTE {
		return
	}
	if typ := p.Catalog.Resolve(rename.Relation); p.Exists(typ, false) && !bornLately(p, typ, rename.Subname) {
		p.Report(lint.Diagnostic{
			Range: mention(p.Statement, rename.Newname),
			Message: fmt.Sprintf("RENAME ATTRIBUTE %s TO %s breaks the release that still uses the old name of %s.%s, from the commit until its last process is gone",
				quoted(rename.Subname), quoted(rename.Newname), typ, quoted(rename.Subname)),
		})
	}
}
