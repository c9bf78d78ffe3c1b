package pgtest

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Fill inserts rows into every table that has none, so that a statement meets
// a populated database: the given number into each table, as many into each
// partition. Referenced tables come before those that reference them, a value
// follows from the column's type, its foreign key or the partition's bounds,
// and a row that a constraint refuses is left out. It returns the number of
// rows that each table has then, by schema-qualified name as SQL writes it; a
// table that stays empty is among them with 0. Materialized views are refreshed.
func Fill(t testing.TB, conn *pgx.Conn, rows int) map[string]int64 {
	t.Helper()
	f := filler{t: t, conn: conn, rows: rows, counts: map[string]int64{}}
	tables := f.tables()
	// Each round fills the tables whose referenced tables have rows; a round
	// without progress leaves cycles and what cannot be filled.
	for progress := true; progress; {
		progress = false
		for _, table := range tables {
			if f.counts[table] > 0 || !f.ready(table) {
				continue
			}
			f.fill(table)
			progress = progress || f.counts[table] > 0
		}
	}
	for _, view := range f.strings("SELECT oid::regclass::text FROM pg_class WHERE relkind = 'm' AND relispopulated ORDER BY oid") {
		if _, err := conn.Exec(context.Background(), "REFRESH MATERIALIZED VIEW "+view); err != nil {
			t.Fatal(err)
		}
	}
	return f.counts
}

type filler struct {
	t      testing.TB
	conn   *pgx.Conn
	rows   int
	counts map[string]int64
}

func (f *filler) strings(sql string, args ...any) []string {
	f.t.Helper()
	found, err := pgx.CollectRows(f.query(sql, args...), pgx.RowTo[string])
	if err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return found
}

// query does not prepare: the tables change under it.
func (f *filler) query(sql string, args ...any) pgx.Rows {
	f.t.Helper()
	rows, err := f.conn.Query(context.Background(), sql, append([]any{pgx.QueryExecModeExec}, args...)...)
	if err != nil {
		f.t.Fatalf("%s: %v", sql, err)
	}
	return rows
}

// tables returns the tables that hold rows themselves, and counts theirs.
func (f *filler) tables() []string {
	tables := f.strings(`SELECT format('%I.%I', n.nspname, c.relname) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
		WHERE c.relkind = 'r' AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema' ORDER BY c.oid`)
	for _, table := range tables {
		f.counts[table] = f.count(table)
	}
	return tables
}

func (f *filler) count(table string) int64 {
	n, err := pgx.CollectExactlyOneRow(f.query("SELECT count(*) FROM ONLY "+table), pgx.RowTo[int64])
	if err != nil {
		f.t.Fatal(err)
	}
	return n
}

// ready reports whether all tables that the table must reference have rows.
func (f *filler) ready(table string) bool {
	for _, referenced := range f.strings(`SELECT DISTINCT confrelid::regclass::text FROM pg_constraint
		WHERE conrelid = $1::text::regclass AND contype = 'f' AND confrelid <> conrelid`, table) {
		if n, err := pgx.CollectExactlyOneRow(f.query("SELECT count(*) FROM (SELECT FROM "+referenced+" LIMIT 1) s"), pgx.RowTo[int64]); err != nil || n == 0 {
			return false
		}
	}
	return true
}

// fill inserts all rows at once, and one by one where a constraint refuses some.
func (f *filler) fill(table string) {
	f.t.Helper()
	columns, values := f.columns(table)
	into := fmt.Sprintf("INSERT INTO %s (%s) SELECT %s", table, strings.Join(columns, ", "), strings.Join(values, ", "))
	if len(columns) == 0 {
		into = fmt.Sprintf("INSERT INTO %s SELECT", table)
	}
	ctx := context.Background()
	all := fmt.Sprintf("%s FROM generate_series(1, %d) g", into, f.rows)
	if _, err := f.conn.Exec(ctx, all); err != nil {
		single := fmt.Sprintf(`DO $fill$ BEGIN FOR g IN 1..%d LOOP
			BEGIN %s; EXCEPTION WHEN integrity_constraint_violation OR data_exception OR raise_exception THEN END;
		END LOOP; END $fill$`, f.rows, into)
		if _, err := f.conn.Exec(ctx, single); err != nil {
			f.t.Fatalf("%s: %v", single, err)
		}
	}
	f.counts[table] = f.count(table)
}

// columns returns the columns that an INSERT names, with expressions of g, the
// number of the row.
func (f *filler) columns(table string) (columns, values []string) {
	bounds := f.bounds(table)
	rows := f.query(`
SELECT quote_ident(a.attname), format_type(a.atttypid, a.atttypmod), CASE WHEN t.typtype = 'd' THEN format_type(b.oid, t.typtypmod) ELSE '' END,
	coalesce(b.typtype, t.typtype)::text, coalesce(b.typcategory, t.typcategory)::text,
	CASE WHEN coalesce(b.typname, t.typname) IN ('varchar', 'bpchar') THEN coalesce(nullif(a.atttypmod, -1), nullif(t.typtypmod, -1), 0) - 4 ELSE 0 END,
	coalesce((SELECT format('(SELECT array_agg(k) FROM (SELECT %I AS k FROM %s ORDER BY 1 LIMIT 1000) s)', r.attname, k.confrelid::regclass)
		FROM pg_constraint k JOIN pg_attribute r ON r.attrelid = k.confrelid AND r.attnum = k.confkey[array_position(k.conkey, a.attnum)]
		WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.confrelid <> k.conrelid AND a.attnum = ANY (k.conkey) ORDER BY k.oid LIMIT 1), '')
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_type b ON t.typtype = 'd' AND b.oid = t.typbasetype
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE a.attrelid = $1::text::regclass AND a.attnum > 0 AND NOT a.attisdropped AND a.attidentity = '' AND a.attgenerated = ''
	AND coalesce(pg_get_expr(d.adbin, d.adrelid), '') !~ '^nextval'
	AND (a.attnotnull OR NOT EXISTS (SELECT FROM pg_constraint k WHERE k.contype = 'f' AND k.conrelid = a.attrelid AND k.confrelid = a.attrelid AND a.attnum = ANY (k.conkey)))
ORDER BY a.attnum`, table)
	var c struct {
		name, typ, base, kind, category, keys string
		length                                int
	}
	if _, err := pgx.ForEachRow(rows, []any{&c.name, &c.typ, &c.base, &c.kind, &c.category, &c.length, &c.keys}, func() error {
		columns = append(columns, c.name)
		value := bounds[c.name]
		switch {
		case c.keys != "":
			value = fmt.Sprintf("(%s)[1 + g %% cardinality(%[1]s)]", c.keys)
		case value == "":
			value = f.value(c.kind, c.category, cmp.Or(c.base, c.typ), c.length)
		}
		values = append(values, fmt.Sprintf("CAST(%s AS %s)", value, c.typ))
		return nil
	}); err != nil {
		f.t.Fatal(err)
	}
	return columns, values
}

// value is an expression of g for a type: different for each row where the
// type has enough values.
func (f *filler) value(kind, category, typ string, length int) string {
	// A moment for each row, over the eight years from 2020.
	moment := fmt.Sprintf("(timestamp '2020-01-01' + g * (interval '2920 days' / %d))", f.rows)
	switch {
	case kind == "e":
		return fmt.Sprintf("(enum_range(NULL::%s))[1 + g %% cardinality(enum_range(NULL::%[1]s))]", typ)
	case kind != "b":
		return "NULL"
	case category == "B":
		return "g % 2 = 0"
	case category == "N":
		return "g"
	case category == "S":
		text := "'x' || g"
		if length > 0 {
			return fmt.Sprintf("left(%s, %d)", text, length)
		}
		return text
	case category == "A":
		return "'{}'"
	case category == "I":
		return "'10.0.0.0'::inet + g"
	case category == "T":
		return "g * interval '1 hour'"
	case category == "D" && strings.HasPrefix(typ, "time ") || typ == "time":
		return moment + "::time"
	case category == "D":
		return moment
	}
	switch name, _, _ := strings.Cut(typ, "("); name {
	case "uuid":
		return "md5(g::text)::uuid"
	case "json", "jsonb":
		return "format('{\"n\": %s}', g)"
	case "bytea":
		return "decode(md5(g::text), 'hex')"
	case "point":
		return "point(g, g)"
	case "tsvector":
		return "to_tsvector('simple', 'x' || g)"
	case "citext":
		return "'x' || g"
	}
	return "NULL"
}

// bounds returns a value of each key column that falls into the partition.
func (f *filler) bounds(table string) map[string]string {
	bounds := map[string]string{}
	for _, level := range f.strings(`
WITH RECURSIVE level AS (
	SELECT $1::text::regclass::oid AS part, inhparent AS whole FROM pg_inherits WHERE inhrelid = $1::text::regclass
	UNION ALL SELECT i.inhrelid, i.inhparent FROM level JOIN pg_inherits i ON i.inhrelid = level.whole)
SELECT (SELECT string_agg(quote_ident(a.attname), ',' ORDER BY k.n) FROM unnest(p.partattrs::int2[]) WITH ORDINALITY k (attnum, n)
	JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = k.attnum) || '|' || pg_get_expr(c.relpartbound, c.oid)
FROM level JOIN pg_partitioned_table p ON p.partrelid = level.whole JOIN pg_class c ON c.oid = level.part
WHERE pg_get_expr(c.relpartbound, c.oid) ~ '^FOR VALUES (FROM|IN)'`, table) {
		columns, bound, _ := strings.Cut(level, "|")
		_, literals, _ := strings.Cut(bound, "(")
		literals, _, _ = strings.Cut(literals, ") TO (")
		values := strings.Split(strings.TrimSuffix(literals, ")"), ", ")
		for i, column := range strings.Split(columns, ",") {
			if i < len(values) && !slices.Contains([]string{"MINVALUE", "MAXVALUE", "NULL"}, values[i]) {
				bounds[column] = values[i]
			}
		}
	}
	return bounds
}
