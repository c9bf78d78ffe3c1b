package catalog_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

func public(name string) catalog.Name { return catalog.Name{Schema: "public", Name: name} }

// reviewed is a migration under review.
func reviewed(t *testing.T, release int, script string) *migration.Migration {
	m := parsed(t, script)
	m.UnderReview, m.Release = true, release
	return m
}

// apply runs each statement in a transaction of its own.
func apply(c *catalog.Catalog, m *migration.Migration) {
	c.Enter(m)
	for _, s := range m.Statements {
		c.Begin()
		c.Apply(s)
		c.Commit()
	}
}

func TestBirth(t *testing.T) {
	c := catalog.New()
	seed := parsed(t, "CREATE TABLE seeded (a int); CREATE INDEX seeded_i ON seeded (a)")
	c.Enter(nil)
	for _, s := range seed.Statements {
		c.Apply(s)
	}
	apply(c, parsed(t, "CREATE TABLE old (a int); CREATE TABLE IF NOT EXISTS oldmaybe (a int)"))
	apply(c, reviewed(t, 1, "CREATE TABLE previous (a int)"))
	apply(c, reviewed(t, 2, `
		CREATE TABLE committed (a int);
		CREATE TABLE renamed (a int);
		ALTER TABLE renamed RENAME TO moved;
		CREATE TABLE IF NOT EXISTS maybe (a int);
		CREATE TABLE IF NOT EXISTS old (a int);
		ALTER TABLE unseen ADD COLUMN a int;
		CREATE TEMP TABLE temp (a int);
		ALTER TABLE old ADD COLUMN fresh int;
		CREATE INDEX old_i ON old (a)`))
	// The second migration of the release.
	m := reviewed(t, 2, "CREATE TABLE now (a int); CREATE SEQUENCE s; CREATE TEMP TABLE tempnow (a int); CREATE TABLE IF NOT EXISTS maybenow (a int)")
	c.Enter(m)
	c.Begin()
	for _, s := range m.Statements {
		c.Apply(s)
	}
	names := []catalog.Name{
		public("seeded"), public("seeded_i"), public("old"), public("oldmaybe"), public("previous"), public("committed"), public("moved"),
		public("maybe"), public("unseen"), public("nowhere"), public("old_i"), {Schema: "pg_temp", Name: "temp"},
		public("now"), public("s"), {Schema: "pg_temp", Name: "tempnow"}, public("maybenow"),
	}
	want := map[string]catalog.Birth{
		"public.seeded": catalog.BornBefore, "public.seeded_i": catalog.BornBefore, "public.old": catalog.BornBefore,
		"public.oldmaybe": catalog.BornBefore, "public.previous": catalog.BornBefore, "public.unseen": catalog.BornBefore,
		"public.nowhere": catalog.BornBefore, "public.committed": catalog.BornInRelease, "public.moved": catalog.BornInRelease,
		"public.maybe": catalog.BornUnknown, "public.maybenow": catalog.BornUnknown, "public.old_i": catalog.BornInRelease,
		"pg_temp.temp": catalog.BornInRelease, "pg_temp.tempnow": catalog.BornInTransaction,
		"public.now": catalog.BornInTransaction, "public.s": catalog.BornInTransaction,
	}
	births := func() map[string]catalog.Birth {
		got := map[string]catalog.Birth{}
		for _, n := range names {
			got[n.String()] = c.Birth(n)
		}
		return got
	}
	if d := cmp.Diff(want, births()); d != "" {
		t.Errorf("in the transaction (-want +got):\n%s", d)
	}
	if got := c.BirthOf(c.Table(public("old")).Column("fresh").Origin); got != catalog.BornInRelease {
		t.Errorf("a column of an earlier migration of the release: %v", got)
	}
	c.Commit()
	for _, n := range []string{"public.now", "public.s", "pg_temp.tempnow"} {
		want[n] = catalog.BornInRelease
	}
	if d := cmp.Diff(want, births()); d != "" {
		t.Errorf("after COMMIT (-want +got):\n%s", d)
	}
	c.Enter(reviewed(t, 3, ""))
	for n := range want {
		want[n] = catalog.BornBefore
	}
	want["pg_temp.temp"], want["pg_temp.tempnow"] = catalog.BornInRelease, catalog.BornInRelease
	if d := cmp.Diff(want, births()); d != "" {
		t.Errorf("in the next release (-want +got):\n%s", d)
	}
}

// TestNewerForms runs what only PostgreSQL 18 reads on such a server and
// through the catalog.
func TestNewerForms(t *testing.T) {
	server := pgtest.Find(t, 18)
	conn := pgtest.Connect(t, server.Database(t))
	const script = `
		CREATE TABLE p (id int PRIMARY KEY);
		CREATE TABLE t (a int, b int, c int CONSTRAINT c_there NOT NULL, v int GENERATED ALWAYS AS (a + 1) VIRTUAL, w int GENERATED ALWAYS AS (a + 2),
			CONSTRAINT loose CHECK (a > 0) NOT ENFORCED, CONSTRAINT tight CHECK (a > 1), CONSTRAINT given NOT NULL b);
		ALTER TABLE t ADD COLUMN s int GENERATED ALWAYS AS (b) STORED, ADD COLUMN x int GENERATED ALWAYS AS (b) VIRTUAL;
		ALTER TABLE t ADD CONSTRAINT later NOT NULL a NOT VALID;
		ALTER TABLE t ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES p NOT ENFORCED;
		ALTER TABLE t ADD CONSTRAINT fk2 FOREIGN KEY (a) REFERENCES p;
		CREATE TABLE u (a int, b int, c int NOT NULL);
		ALTER TABLE u ADD NOT NULL a NOT VALID;
		ALTER TABLE u VALIDATE CONSTRAINT u_a_not_null;
		ALTER TABLE u ADD CONSTRAINT gone NOT NULL b;
		ALTER TABLE u DROP CONSTRAINT gone;
		ALTER TABLE u DROP CONSTRAINT u_c_not_null;
		ALTER TABLE t ALTER CONSTRAINT fk2 NOT ENFORCED;
	`
	for _, s := range parsed(t, script).Statements {
		if _, err := conn.Exec(t.Context(), s.Text()); err != nil {
			t.Fatalf("%s: %v", s.Text(), err)
		}
	}
	c := replayed(t, script)
	// The server has a NOT NULL that is not valid as attnotnull.
	got := map[string]string{}
	var wantNotNull, gotNotNull []string
	for _, table := range c.Tables() {
		for _, k := range table.Constraints {
			got[table.Name.Name+"."+k.Name] = tf(k.Validated) + tf(k.Enforced)
			if k.Kind == catalog.NotNull {
				gotNotNull = append(gotNotNull, table.Name.Name+" "+k.Name+" "+strings.Join(k.Columns, " ")+" "+tf(k.Validated))
			}
		}
	}
	rows, err := conn.Query(t.Context(), `SELECT relname, conname::text, contype::text, convalidated, conenforced, attname
		FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid LEFT JOIN pg_attribute ON attrelid = conrelid AND attnum = conkey[1]
		WHERE connamespace = 'public'::regnamespace ORDER BY relname, k.oid`)
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
		var table, name, kind, column string
		var valid, enforced bool
		if err := rows.Scan(&table, &name, &kind, &valid, &enforced, &column); err != nil {
			t.Fatal(err)
		}
		key := table + "." + name
		if kind == "n" {
			if got[key] == "" { // the mark of a column stands for it
				if columnOf := c.Table(public(table)).Column(column); columnOf == nil || columnOf.NotNull != catalog.Yes {
					t.Errorf("%s: %s is not NOT NULL in the catalog", key, column)
				}
				continue
			}
			wantNotNull = append(wantNotNull, table+" "+name+" "+column+" "+tf(valid))
		}
		if want := tf(valid) + tf(enforced); got[key] != want {
			t.Errorf("%s: validated, enforced %q, want %q", key, got[key], want)
		}
		delete(got, key)
	}
	if len(got) > 0 {
		t.Errorf("not on the server: %v", got)
	}
	if d := cmp.Diff(slices.Sorted(slices.Values(wantNotNull)), slices.Sorted(slices.Values(gotNotNull))); d != "" {
		t.Errorf("NOT NULL constraints (-server +catalog):\n%s", d)
	}
	notNull := map[string]catalog.Truth{}
	for _, column := range append(c.Table(public("t")).Columns, c.Table(public("u")).Columns...) {
		notNull[column.Name] = column.NotNull
	}
	if d := cmp.Diff(map[string]catalog.Truth{ // u's a, b, c; t's others
		"a": catalog.Yes, "b": catalog.No, "c": catalog.No, "v": catalog.No, "w": catalog.No, "s": catalog.No, "x": catalog.No,
	}, notNull); d != "" {
		t.Error(d)
	}
	if column := c.Table(public("t")).Column("a"); column.NotNull == catalog.Yes {
		t.Error("a NOT NULL that is not valid counts as one")
	}
	generated := map[string]catalog.Generated{}
	for _, column := range c.Table(public("t")).Columns {
		if column.Generated != catalog.NotGenerated {
			generated[column.Name] = column.Generated
		}
	}
	if d := cmp.Diff(map[string]catalog.Generated{"v": catalog.Virtual, "w": catalog.Virtual, "s": catalog.Stored, "x": catalog.Virtual}, generated); d != "" {
		t.Error(d)
	}
}

func TestNeverSeen(t *testing.T) {
	c := replayed(t, `
		ALTER TABLE a ADD COLUMN x int;
		ALTER TABLE a ADD COLUMN IF NOT EXISTS y int;
		ALTER TABLE a ALTER COLUMN z TYPE bigint;
		ALTER TABLE a ALTER COLUMN n SET NOT NULL;
		ALTER TABLE a RENAME COLUMN m TO mm;
		CREATE INDEX ON a (x);
		ALTER TABLE b ADD CONSTRAINT fk FOREIGN KEY (x) REFERENCES c (id) NOT VALID;
		ALTER TABLE part ATTACH PARTITION piece DEFAULT;
		DROP TABLE d;
		ALTER TABLE IF EXISTS e ADD COLUMN x int;
		ALTER TABLE pg_catalog.pg_class ADD COLUMN x int;
		ALTER TABLE a DROP CONSTRAINT unknown, DROP COLUMN mm;
		CREATE TABLE f (LIKE nothing, x int);
		CREATE VIEW v AS SELECT * FROM nothing`)
	got := map[string]string{}
	for _, table := range c.Tables() {
		text := tf(table.Complete)
		for _, column := range table.Columns {
			text += " " + column.Name + ":" + column.Type.String() + ":" + map[catalog.Truth]string{catalog.Yes: "yes", catalog.No: "no", catalog.Unknown: "?"}[column.NotNull]
		}
		got[table.Name.String()] = text
	}
	want := map[string]string{
		"public.a": "f x:integer:no y:integer:no z:bigint:? n::yes", "public.b": "f", "public.part": "f", "public.piece": "f",
		"public.f": "f x:integer:no", "public.v": "f",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	a := c.Table(public("a"))
	if !a.Column("y").Origin.Maybe || a.Column("x").Origin.Maybe {
		t.Error("IF NOT EXISTS on a table that was never seen creates the column for sure")
	}
	if part := c.Table(public("part")); part.Kind != catalog.PartitionedTable || part.DefaultPartition == nil {
		t.Errorf("%+v", part)
	}
	if keys := c.ForeignKeysTo(public("c")); len(keys) != 1 || keys[0].Table != public("b") {
		t.Errorf("%+v", keys)
	}
}

func TestGraphs(t *testing.T) {
	c := replayed(t, `
		CREATE TYPE mood AS ENUM ('ok');
		CREATE TABLE a (id int PRIMARY KEY, m mood, self int REFERENCES a);
		CREATE TABLE b (a int REFERENCES a, m mood[]);
		CREATE TABLE c (a1 int CONSTRAINT z REFERENCES a, a2 int CONSTRAINT y REFERENCES a);
		CREATE VIEW v AS SELECT id FROM a;
		CREATE VIEW w AS SELECT id FROM v;
		CREATE TABLE p (x int) PARTITION BY RANGE (x);
		CREATE TABLE p1 PARTITION OF p DEFAULT PARTITION BY RANGE (x);
		CREATE TABLE p11 PARTITION OF p1 DEFAULT`)
	var keys []string
	for _, k := range c.ForeignKeysTo(public("a")) {
		keys = append(keys, k.Table.Name+"."+k.Name)
	}
	for _, check := range []struct{ want, got any }{
		{[]string{"a.a_self_fkey", "b.b_a_fkey", "c.y", "c.z"}, keys},
		{[]catalog.Name{public("v"), public("w")}, c.Dependents(public("a"))},
		{[]catalog.Name{public("p1"), public("p11")}, c.Descendants(public("p"))},
		{[]catalog.Name{public("a"), public("b")}, c.TypeUsers(public("mood"))},
	} {
		if d := cmp.Diff(check.want, check.got); d != "" {
			t.Error(d)
		}
	}
}

func TestSearchPath(t *testing.T) {
	c := catalog.New()
	m := reviewed(t, 1, "SET search_path TO a, public; SET LOCAL search_path = b; SET LOCAL search_path = c; CREATE TABLE t ()")
	c.Enter(m)
	path := func(want ...string) {
		t.Helper()
		if d := cmp.Diff(want, c.SearchPath()); d != "" {
			t.Error(d)
		}
	}
	path("public")
	c.Begin()
	c.Apply(m.Statements[0])
	path("a", "public")
	c.Apply(m.Statements[1])
	c.Savepoint("s")
	c.Apply(m.Statements[2])
	path("c")
	c.RollbackTo("s")
	path("b")
	c.Apply(m.Statements[3])
	if c.Table(catalog.Name{Schema: "b", Name: "t"}) == nil {
		t.Error("t is not in b")
	}
	c.Commit()
	path("a", "public")
	c.Begin()
	c.Apply(m.Statements[2])
	c.Rollback()
	path("a", "public")
	c.Enter(reviewed(t, 1, ""))
	path("a", "public") // the runner's connection lives on
	c.Enter(reviewed(t, 2, ""))
	path("public")
}

func TestResolve(t *testing.T) {
	c := replayed(t, `CREATE TABLE t (); CREATE SCHEMA s; CREATE TABLE s.u (); CREATE TEMP TABLE w (); SET search_path = public, s`)
	for written, want := range map[string]string{
		"t": "public.t", "u": "s.u", "w": "pg_temp.w", "new": "public.new", "x.y": "x.y", "pg_class": "pg_catalog.pg_class",
		"pg_mine": "public.pg_mine", `"T"`: `public."T"`, `"select"`: `public."select"`, `"a""b"`: `public."a""b"`,
	} {
		tree, err := pg_query.Parse("TABLE " + written)
		if err != nil {
			t.Fatal(err)
		}
		from := tree.Stmts[0].Stmt.GetSelectStmt().GetFromClause()[0].GetRangeVar()
		if got := c.Resolve(from).String(); got != want {
			t.Errorf("%s is %s, want %s", written, got, want)
		}
	}
	if got := (catalog.Name{Name: "t"}).String(); got != "t" {
		t.Errorf("without a schema: %s", got)
	}
}

// TestEmptyTrees gives Apply statements with nothing in them: no panic.
func TestEmptyTrees(t *testing.T) {
	c := replayed(t, "CREATE TABLE t (a int)")
	c.Apply(nil)
	c.Apply(&migration.Statement{})
	for _, node := range []*pg_query.Node{
		{}, {Node: &pg_query.Node_CreateStmt{}}, {Node: &pg_query.Node_CreateStmt{CreateStmt: &pg_query.CreateStmt{}}},
		{Node: &pg_query.Node_AlterTableStmt{}}, {Node: &pg_query.Node_DropStmt{}}, {Node: &pg_query.Node_RenameStmt{}},
		{Node: &pg_query.Node_IndexStmt{}}, {Node: &pg_query.Node_ViewStmt{}}, {Node: &pg_query.Node_CreateTableAsStmt{}},
		{Node: &pg_query.Node_SelectStmt{}}, {Node: &pg_query.Node_CreateTrigStmt{}}, {Node: &pg_query.Node_RuleStmt{}},
		{Node: &pg_query.Node_CreateEnumStmt{}}, {Node: &pg_query.Node_CompositeTypeStmt{}}, {Node: &pg_query.Node_CreatePolicyStmt{}},
		{Node: &pg_query.Node_RefreshMatViewStmt{}}, {Node: &pg_query.Node_AlterObjectSchemaStmt{}},
	} {
		c.Apply(&migration.Statement{Node: node})
	}
	for kind := range pg_query.AlterTableType_name {
		for _, def := range []*pg_query.Node{nil, {}} {
			for _, table := range []string{"t", "", "unseen"} {
				c.Apply(&migration.Statement{Node: &pg_query.Node{Node: &pg_query.Node_AlterTableStmt{AlterTableStmt: &pg_query.AlterTableStmt{
					Relation: &pg_query.RangeVar{Relname: table, Inh: true},
					Cmds: []*pg_query.Node{{Node: &pg_query.Node_AlterTableCmd{AlterTableCmd: &pg_query.AlterTableCmd{
						Subtype: pg_query.AlterTableType(kind), Def: def,
					}}}},
				}}}})
			}
		}
	}
}

// TestCorpus replays every SQL file of real projects in name order, up and
// down alike: no panic, and ROLLBACK leaves nothing.
func TestCorpus(t *testing.T) {
	for _, project := range projects(t) {
		t.Run(filepath.Base(project), func(t *testing.T) {
			c := catalog.New()
			c.Begin()
			statements := 0
			err := filepath.WalkDir(project, func(path string, d os.DirEntry, err error) error {
				if err != nil || filepath.Ext(path) != ".sql" {
					return err
				}
				source, err := os.ReadFile(path)
				m := migration.ParseFile(&migration.File{Name: path, Source: source})
				c.Enter(m)
				for _, s := range m.Statements {
					c.Apply(s)
					statements++
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d statements, %d tables, %d indexes", statements, len(c.Tables()), len(c.Indexes()))
			described(c)
			c.Rollback()
			if left := described(c); len(left) > 0 {
				t.Errorf("after ROLLBACK: %.10q", left)
			}
		})
	}
}
