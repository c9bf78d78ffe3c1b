package catalog_test

import (
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
)

// TestPossible looks at what branches leave that may not have run.
func TestPossible(t *testing.T) {
	c := replayed(t, `
		CREATE TABLE t (id int PRIMARY KEY, a int CONSTRAINT kept CHECK (a > 0), b int NOT NULL, c int);
		ALTER TABLE t ADD CONSTRAINT late CHECK (c > 0) NOT VALID;
		CREATE TABLE gone (id int);
		CREATE INDEX i ON t (a);
		DO $$ BEGIN
			IF random() > 0.5 THEN
				ALTER TABLE t VALIDATE CONSTRAINT late, DROP CONSTRAINT kept, ALTER a SET NOT NULL, ALTER b DROP NOT NULL, ALTER c TYPE text, ADD d int NOT NULL;
				ALTER TABLE t ADD CONSTRAINT more CHECK (b > 0);
				DROP TABLE gone;
				DROP INDEX i;
				CREATE TABLE made (id int);
			ELSE
				CREATE TABLE other (id int REFERENCES t);
				ALTER TABLE made ADD COLUMN x int;
			END IF;
			BEGIN
				CREATE TABLE first (id int);
				CREATE TABLE second (id int);
			EXCEPTION WHEN duplicate_table THEN NULL;
			END;
		END $$;`)
	table := c.Table(catalog.Name{Schema: "public", Name: "t"})
	for _, k := range []string{"late", "kept", "more"} {
		if k := table.Constraint(k); k == nil || !k.Maybe || k.Validated {
			t.Errorf("%+v is certain", k)
		}
	}
	for _, column := range []string{"a", "b", "d"} {
		if column := table.Column(column); column == nil || column.NotNull != catalog.Unknown {
			t.Errorf("%+v is known", column)
		}
	}
	if typ := table.Column("c").Type; typ.Name != "" {
		t.Errorf("the type of c is %v", typ)
	}
	for _, name := range []string{"gone", "made", "other", "first", "second"} {
		n := catalog.Name{Schema: "public", Name: name}
		if made := c.Table(n); made == nil || made.Origin.Maybe != (name != "gone") {
			t.Errorf("%s is %+v", name, made)
		}
	}
	if made := c.Table(catalog.Name{Schema: "public", Name: "made"}); made.Column("id") == nil || made.Column("x") == nil {
		t.Errorf("made is %+v", made)
	}
	if i := c.Index(catalog.Name{Schema: "public", Name: "i"}); i == nil {
		t.Error("the index is gone")
	}
	if keys := c.ForeignKeysTo(catalog.Name{Schema: "public", Name: "t"}); len(keys) != 1 {
		t.Errorf("%d foreign keys", len(keys))
	}
}

// TestArm looks from within an arm: what it has created is certain there.
func TestArm(t *testing.T) {
	m := parsed(t, "DO $$ BEGIN IF random() > 0.5 THEN CREATE TABLE t (); SELECT 1; ELSE SELECT 2; END IF; SELECT 3; END $$;")
	c := catalog.New()
	m.UnderReview = true
	c.Enter(m)
	c.Begin()
	name := catalog.Name{Schema: "public", Name: "t"}
	want := []catalog.Birth{catalog.BornBefore, catalog.BornInTransaction, catalog.BornBefore, catalog.BornUnknown}
	var got []catalog.Birth
	body := m.Run()
	for range body {
		got = append(got, catalog.BornBefore)
	}
	i := 0
	_ = c.Run(m.Statements[0].Body, func(s *migration.Statement) error {
		got[i] = c.Birth(name)
		i++
		c.Apply(s)
		return nil
	})
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("at %s: %d, want %d", body[i].Text(), got[i], want[i])
		}
	}
}

// TestSchemaOfBranch: what a branch makes is of this release, schemas too.
func TestSchemaOfBranch(t *testing.T) {
	c := catalog.New()
	m := parsed(t, `DO $$ BEGIN
		IF NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'app') THEN CREATE SCHEMA app; END IF;
	END $$;`)
	m.UnderReview = true
	c.Enter(m)
	for _, s := range m.Statements {
		c.Apply(s)
	}
	o := c.Object(pg_query.ObjectType_OBJECT_SCHEMA, pg_query.MakeStrNode("app"), nil)
	if !o.Known || o.Birth != catalog.BornUnknown {
		t.Errorf("%+v", o)
	}
}
