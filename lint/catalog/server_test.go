package catalog_test

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"
	"golang.org/x/tools/txtar"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

func parsed(t testing.TB, script string) *migration.Migration {
	t.Helper()
	m := migration.ParseFile(&migration.File{Name: "script.sql", Source: []byte(script)})
	for _, gap := range m.Gaps {
		if !gap.Harmless {
			t.Fatalf("%s: %s", m.File.Source[gap.Pos:gap.End], gap.Reason)
		}
	}
	return m
}

// replayed reads a script into a catalog, each statement in a transaction of
// its own.
func replayed(t testing.TB, script string) *catalog.Catalog {
	t.Helper()
	m := parsed(t, script)
	c := catalog.New()
	c.Enter(m)
	for _, s := range m.Statements {
		c.Begin()
		c.Apply(s)
		c.Commit()
	}
	return c
}

// described writes what the catalog knows as described on the server does.
func described(c *catalog.Catalog) []string {
	var lines []string
	add := func(format string, args ...any) { lines = append(lines, fmt.Sprintf(format, args...)) }
	kinds := map[catalog.Kind]string{
		catalog.OrdinaryTable: "r", catalog.PartitionedTable: "p", catalog.ForeignTable: "f",
		catalog.View: "v", catalog.MaterializedView: "m", catalog.CompositeType: "c",
	}
	persistences := map[catalog.Persistence]string{catalog.Permanent: "p", catalog.UnloggedTable: "u", catalog.Temporary: "t"}
	for _, t := range c.Tables() {
		add("relation %s %s %s complete=%s rls=%s", t.Name, kinds[t.Kind], persistences[t.Persistence], tf(t.Complete), tf(t.RowSecurity))
		for _, parent := range t.Inherits {
			add("inherits %s from %s", t.Name, parent)
		}
		if t.PartitionOf != nil {
			add("partition %s of %s default=%s", t.Name, *t.PartitionOf, tf(t.PartitionDefault))
			parent := c.Table(*t.PartitionOf)
			if parent == nil || !slices.Contains(parent.Children, t.Name) ||
				t.PartitionDefault && (parent.DefaultPartition == nil || *parent.DefaultPartition != t.Name) {
				add("%s does not know its partition %s", *t.PartitionOf, t.Name)
			}
		}
		for i, column := range t.Columns {
			typ := column.Type.String()
			if typ == "" {
				typ = "?"
			}
			generated := ""
			switch column.Generated {
			case catalog.Stored:
				generated = "s"
			case catalog.Virtual:
				generated = "v"
			}
			add("column %s.%d %s %s notnull=%s default=%s identity=%s generated=%q parents=%d local=%s", t.Name, i, column.Name, typ,
				tf(column.NotNull == catalog.Yes), tf(column.Default != nil), tf(column.Identity), generated, column.Parents, tf(column.Local))
		}
		for _, k := range t.Constraints {
			if k.Kind == catalog.NotNull {
				continue // older servers have none; see TestNewerForms
			}
			columns := slices.Clone(k.Columns)
			if k.Kind == catalog.Check || k.Kind == catalog.Exclusion {
				slices.Sort(columns)
			}
			line := fmt.Sprintf("constraint %s on %s %s %v valid=%s deferrable=%s parents=%d local=%s", catalog.Quote(k.Name), t.Name,
				map[catalog.ConstraintKind]string{
					catalog.Check: "c", catalog.ForeignKey: "f", catalog.PrimaryKey: "p", catalog.Unique: "u", catalog.Exclusion: "x",
				}[k.Kind], columns, tf(k.Validated), tf(k.Deferrable), k.Parents, tf(k.Local))
			if k.Kind == catalog.ForeignKey {
				line += fmt.Sprintf(" to %s %v %s", k.Referenced, k.ReferencedColumns, k.OnDelete)
			}
			if k.Index.Name != "" {
				line += " index " + k.Index.String()
			}
			lines = append(lines, line)
		}
		for _, name := range t.Triggers {
			add("trigger %s on %s", name, t.Name)
		}
		for _, name := range t.Policies {
			add("policy %s on %s", name, t.Name)
		}
		for _, name := range t.Rules {
			add("rule %s on %s", name, t.Name)
		}
		for _, n := range t.Indexes {
			if i := c.Index(n); i == nil || i.Table != t.Name {
				add("index %s is not on %s", n, t.Name)
			}
		}
		for _, n := range t.DependsOn {
			if n.Schema == "pg_catalog" || n.Schema == "information_schema" {
				continue
			}
			add("view %s reads %s", t.Name, n)
		}
	}
	for _, i := range c.Indexes() {
		var keys []string
		for _, k := range i.Keys {
			column := k.Column
			if column == "" {
				column = "expression"
			}
			if k.Descending {
				column += " desc"
			}
			if k.NullsFirst {
				column += " nulls first"
			}
			keys = append(keys, column)
		}
		parent := ""
		if i.Parent != nil {
			parent = i.Parent.String()
		}
		add("index %s on %s %s unique=%s keys=[%s] include=%v columns=%v predicate=%s invalid=%s parent=%q", i.Name, i.Table, i.Method, tf(i.Unique),
			strings.Join(keys, ", "), i.Include, i.Columns, tf(i.Predicate != nil), tf(i.Valid == catalog.No), parent)
	}
	for _, e := range c.Enums() {
		var labels []string
		for _, v := range e.Values {
			labels = append(labels, v.Label)
		}
		add("enum %s %q", e.Name, labels)
	}
	for _, d := range c.Domains() {
		add("domain %s over %s", d.Name, d.Base)
		for _, k := range d.Constraints {
			if k.Kind == catalog.Check {
				add("constraint %s of %s valid=%s", catalog.Quote(k.Name), d.Name, tf(k.Validated))
			}
		}
	}
	for _, s := range c.Sequences() {
		owner := ""
		if s.Column != "" {
			owner = s.OwnedBy.String() + "." + s.Column
		}
		add(`sequence %s %s owned by "%s"`, s.Name, s.Type, owner)
	}
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	slices.Sort(lines)
	return lines
}

// tf writes a boolean as PostgreSQL does.
func tf(b bool) string {
	if b {
		return "t"
	}
	return "f"
}

// queries write what a server knows, as described does. The schema of a
// session's temporary objects is pg_temp.
var queries = []string{
	`SELECT format('relation %s.%I %s %s complete=t rls=%s', n.s, relname, relkind, relpersistence, relrowsecurity)
	FROM pg_class c JOIN n ON n.oid = relnamespace WHERE relkind IN ('r','p','f','v','m','c')`,

	`SELECT CASE WHEN c.relispartition
		THEN format('partition %s.%I of %s.%I default=%s', n.s, c.relname, pn.s, p.relname, pg_get_expr(c.relpartbound, c.oid) = 'DEFAULT')
		ELSE format('inherits %s.%I from %s.%I', n.s, c.relname, pn.s, p.relname) END
	FROM pg_inherits i JOIN pg_class c ON c.oid = inhrelid JOIN n ON n.oid = c.relnamespace
	JOIN pg_class p ON p.oid = inhparent JOIN n pn ON pn.oid = p.relnamespace WHERE c.relkind IN ('r','p','f')`,

	`SELECT format('column %s.%I.%s %s %s notnull=%s default=%s identity=%s generated="%s" parents=%s local=%s', n.s, c.relname,
		row_number() OVER (PARTITION BY c.oid ORDER BY attnum) - 1, attname, format_type(atttypid, atttypmod),
		attnotnull, coalesce(pg_get_expr(adbin, adrelid) !~ '^\(?NULL::' AND relkind <> 'v', false), attidentity <> '', attgenerated, attinhcount, attislocal)
	FROM pg_attribute a JOIN pg_class c ON c.oid = attrelid JOIN n ON n.oid = relnamespace LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
	WHERE attnum > 0 AND NOT attisdropped AND relkind IN ('r','p','f','v','m','c')`,

	`SELECT format('constraint %I on %s.%I %s [%s] valid=%s deferrable=%s parents=%s local=%s%s%s', conname, n.s, c.relname, contype,
		(SELECT string_agg(attname, ' ' ORDER BY CASE WHEN contype IN ('c','x') THEN 0 ELSE at END, attname)
		 FROM unnest(conkey) WITH ORDINALITY u(k, at) JOIN pg_attribute ON attrelid = conrelid AND attnum = k),
		convalidated, condeferrable, coninhcount, conislocal,
		CASE contype WHEN 'f' THEN format(' to %s.%I [%s] %s', fn.s, f.relname,
			(SELECT string_agg(attname, ' ' ORDER BY at) FROM unnest(confkey) WITH ORDINALITY u(k, at) JOIN pg_attribute ON attrelid = confrelid AND attnum = k),
			CASE confdeltype WHEN 'r' THEN 'RESTRICT' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE '' END) END,
		CASE WHEN contype IN ('p','u','x') THEN format(' index %s.%I', n.s, i.relname) END)
	FROM pg_constraint k JOIN pg_class c ON c.oid = conrelid JOIN n ON n.oid = c.relnamespace
	LEFT JOIN pg_class f ON f.oid = confrelid LEFT JOIN n fn ON fn.oid = f.relnamespace LEFT JOIN pg_class i ON i.oid = conindid
	WHERE contype IN ('c','f','p','u','x')
	-- a foreign key to a partitioned table has a hidden part for each partition
	AND NOT EXISTS (SELECT FROM pg_constraint up WHERE up.oid = k.conparentid AND up.conrelid = k.conrelid)`,

	`SELECT format('trigger %s on %s.%I', tgname, n.s, relname)
	FROM pg_trigger JOIN pg_class c ON c.oid = tgrelid JOIN n ON n.oid = relnamespace WHERE tgconstraint = 0 AND (NOT tgisinternal OR tgparentid <> 0)`,

	`SELECT format('policy %s on %s.%I', polname, n.s, relname)
	FROM pg_policy JOIN pg_class c ON c.oid = polrelid JOIN n ON n.oid = relnamespace`,

	`SELECT format('rule %s on %s.%I', rulename, n.s, relname)
	FROM pg_rewrite JOIN pg_class c ON c.oid = ev_class JOIN n ON n.oid = relnamespace WHERE rulename <> '_RETURN'`,

	`SELECT DISTINCT format('view %s.%I reads %s.%I', n.s, c.relname, rn.s, r.relname)
	FROM pg_rewrite w JOIN pg_class c ON c.oid = ev_class JOIN n ON n.oid = c.relnamespace
	JOIN pg_depend d ON classid = 'pg_rewrite'::regclass AND objid = w.oid AND refclassid = 'pg_class'::regclass
	JOIN pg_class r ON r.oid = refobjid AND r.oid <> c.oid JOIN n rn ON rn.oid = r.relnamespace
	WHERE rulename = '_RETURN' AND r.relkind <> 'S'`,

	`SELECT format('index %s.%I on %s.%I %s unique=%s keys=[%s] include=[%s] columns=[%s] predicate=%s invalid=%s parent="%s"', n.s, i.relname, tn.s, t.relname, amname,
		indisunique,
		(SELECT string_agg(CASE WHEN k = 0 THEN 'expression' ELSE attname::text END
			|| CASE WHEN indoption[at - 1] & 1 = 1 THEN ' desc' ELSE '' END || CASE WHEN indoption[at - 1] & 2 = 2 THEN ' nulls first' ELSE '' END, ', ' ORDER BY at)
		 FROM unnest(indkey) WITH ORDINALITY u(k, at) LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = k WHERE at <= indnkeyatts),
		(SELECT string_agg(attname, ' ' ORDER BY at)
		 FROM unnest(indkey) WITH ORDINALITY u(k, at) JOIN pg_attribute ON attrelid = indrelid AND attnum = k WHERE at > indnkeyatts),
		(SELECT string_agg(attname, ' ' ORDER BY attname COLLATE "C") FROM pg_attribute WHERE attrelid = indrelid AND attnum > 0 AND (attnum = ANY(indkey) OR EXISTS (
			SELECT FROM pg_depend d WHERE classid = 'pg_class'::regclass AND objid = indexrelid AND refobjid = indrelid AND refobjsubid = attnum))),
		indpred IS NOT NULL, NOT indisvalid,
		(SELECT format('%s.%I', pn.s, p.relname) FROM pg_inherits JOIN pg_class p ON p.oid = inhparent JOIN n pn ON pn.oid = p.relnamespace WHERE inhrelid = indexrelid))
	FROM pg_index x JOIN pg_class i ON i.oid = indexrelid JOIN n ON n.oid = i.relnamespace JOIN pg_class t ON t.oid = indrelid JOIN n tn ON tn.oid = t.relnamespace
	JOIN pg_am am ON am.oid = i.relam`,

	`SELECT format('enum %s.%I [%s]', n.s, typname, coalesce(string_agg('"' || enumlabel || '"', ' ' ORDER BY enumsortorder), ''))
	FROM pg_type t JOIN n ON n.oid = typnamespace LEFT JOIN pg_enum ON enumtypid = t.oid WHERE typtype = 'e' GROUP BY n.s, typname`,

	`SELECT format('domain %s.%I over %s', n.s, typname, format_type(typbasetype, typtypmod))
	FROM pg_type t JOIN n ON n.oid = typnamespace WHERE typtype = 'd'`,

	`SELECT format('constraint %I of %s.%I valid=%s', conname, n.s, typname, convalidated)
	FROM pg_constraint JOIN pg_type t ON t.oid = contypid JOIN n ON n.oid = typnamespace WHERE contype = 'c'`,

	`SELECT format('sequence %s.%I %s owned by "%s"', n.s, c.relname, (SELECT typname FROM pg_sequence JOIN pg_type t ON t.oid = seqtypid WHERE seqrelid = c.oid), (SELECT format('%s.%I.%s', tn.s, t.relname, attname)
		FROM pg_depend d JOIN pg_class t ON t.oid = refobjid JOIN n tn ON tn.oid = t.relnamespace JOIN pg_attribute ON attrelid = t.oid AND attnum = refobjsubid
		WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a','i')))
	FROM pg_class c JOIN n ON n.oid = relnamespace WHERE relkind = 'S'`,
}

const namespaces = `WITH n AS (SELECT oid, CASE WHEN oid = pg_my_temp_schema() THEN 'pg_temp' ELSE quote_ident(nspname) END AS s
	FROM pg_namespace WHERE nspname NOT IN ('pg_catalog','information_schema','pg_toast') AND nspname !~ '^pg_(toast_)?temp' OR oid = pg_my_temp_schema()) `

func onServer(t testing.TB, conn *pgx.Conn) []string {
	t.Helper()
	ctx := context.Background()
	if _, err := conn.Exec(ctx, "SET search_path = ''"); err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, q := range queries {
		rows, err := conn.Query(ctx, namespaces+q)
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		list, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			t.Fatalf("%s: %v", q, err)
		}
		lines = append(lines, list...)
	}
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	slices.Sort(lines)
	return lines
}

// TestAgainstServer runs scripts on a server and through the catalog.
func TestAgainstServer(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/scripts.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, major := range pgtest.Maintained {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			dsn := pgtest.Find(t, major).Database(t)
			for _, script := range archive.Files {
				t.Run(script.Name, func(t *testing.T) {
					conn := pgtest.Connect(t, dsn)
					t.Cleanup(func() { clean(t, dsn) })
					for _, s := range parsed(t, string(script.Data)).Statements {
						if _, err := conn.Exec(t.Context(), s.Text()); err != nil {
							t.Fatalf("%s: %v", s.Text(), err)
						}
					}
					compare(t, conn, replayed(t, string(script.Data)))
				})
			}
		})
	}
}

// clean drops what a script made.
func clean(t *testing.T, dsn string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `SET client_min_messages = error;
		DROP FOREIGN DATA WRAPPER IF EXISTS w CASCADE;
		DO $$ DECLARE s text; BEGIN
			FOR s IN SELECT nspname FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
				EXECUTE format('DROP SCHEMA %I CASCADE', s);
			END LOOP;
		END $$;
		CREATE SCHEMA public`)
	if err != nil {
		t.Fatal(err)
	}
}

// compare reports where the server and the catalog differ. The catalog may not
// know the type of a query's result.
func compare(t *testing.T, conn *pgx.Conn, c *catalog.Catalog) {
	t.Helper()
	want, got := onServer(t, conn), described(c)
	unknown := map[string]bool{}
	for _, line := range got {
		if column, _, ok := strings.Cut(line, " ? "); ok {
			unknown[column] = true
		}
	}
	for i, line := range want {
		words := strings.SplitN(line, " ", 4)
		if len(words) == 4 && unknown[strings.Join(words[:3], " ")] {
			_, rest, _ := strings.Cut(line, " notnull=")
			want[i] = strings.Join(words[:3], " ") + " ? notnull=" + rest
		}
	}
	slices.Sort(want)
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("server -, catalog +:\n%s", d)
	}
}

// fingerprint writes all that a table holds, to see whether it changes.
func fingerprint(t *catalog.Table) string {
	text := fmt.Sprintf("%+v", *t)
	for _, column := range t.Columns {
		text += fmt.Sprintf("\n%+v", *column)
	}
	for _, k := range t.Constraints {
		text += fmt.Sprintf("\n%+v", *k)
	}
	return text
}
