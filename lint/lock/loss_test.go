package lock

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"testing"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// values are types with values at their limits, which other types of the group
// may not hold.
var values = [][]struct{ typ, samples string }{
	{
		{"smallint", "32767"}, {"integer", "2147483647, 16777217"}, {"bigint", "9223372036854775807, 9007199254740993, 16777217"},
		{"numeric", "1e30, 0.123456789123456789"}, {"numeric(4,0)", "9999"}, {"numeric(6,0)", "999999"}, {"numeric(6,2)", "9999.99, 0.01"},
		{"numeric(10,2)", "99999999.99, 12345678.12, 0.01"}, {"numeric(10,4)", "999999.9999, 0.0001"}, {"numeric(20,4)", "9999999999999999.9999, 1234567890123456.1234, 0.0001"},
		{"real", "1.5, 0.123456, 1e30"}, {"double precision", "1.5, 0.123456, 1e300, 1.12345678901234"},
	},
	{
		{"text", "'abcdefghijklmnop'"}, {"varchar", "'abcdefghijklmnop'"}, {"varchar(5)", "'abcde'"}, {"varchar(10)", "'abcdefghij'"},
		{"char(5)", "'abcde'"}, {"char(10)", "'abcdefghij'"}, {"char", "'a'"},
	},
	{
		{"timestamp", "'2026-01-02 03:04:05.678901'"}, {"timestamp(0)", "'2026-01-02 03:04:05'"}, {"timestamptz", "'2026-01-02 03:04:05.678901+02'"},
		{"timestamptz(3)", "'2026-01-02 03:04:05.678+02'"}, {"date", "'2026-01-02'"}, {"time", "'03:04:05.678901'"}, {"time(0)", "'03:04:05'"},
		{"timetz", "'03:04:05.678901+02'"}, {"interval", "'1 year 2 days 03:04:05.678901'"}, {"interval(0)", "'1 year 2 days 03:04:05'"},
	},
	{{"bit(4)", "'1111'"}, {"bit(8)", "'11111111'"}, {"varbit(4)", "'1111', '1'"}, {"varbit(8)", "'11111111', '1'"}, {"varbit", "'111111111111'"}},
	{{"varchar(5)[]", "'{abcde}'"}, {"varchar(10)[]", "'{abcdefghij}'"}},
	{{"integer[]", "'{2147483647}'"}, {"bigint[]", "'{9223372036854775807}'"}},
}

// becomes changes the type of a column with a value: the SQLSTATE of its
// failure, 'changed', 'kept', or NULL where there is no such cast. What cannot be
// cast back has lost something.
const becomes = `CREATE FUNCTION becomes(old text, new text, sample text, cast_too bool) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
	same bool; result text;
BEGIN
	EXECUTE format('CREATE TABLE pair (x %s, y %1$s)', old);
	EXECUTE format('INSERT INTO pair SELECT v, v FROM (SELECT (%s)::%s) v(v)', sample, old);
	EXECUTE format('ALTER TABLE pair ALTER x TYPE %s', new) || CASE WHEN cast_too THEN format(' USING x::%s', new) ELSE '' END;
	BEGIN
		EXECUTE format('SELECT x::%s = y FROM pair', old) INTO same;
	EXCEPTION WHEN OTHERS THEN
		same := false;
	END;
	result := CASE WHEN same THEN 'kept' ELSE 'changed' END;
	RAISE EXCEPTION USING ERRCODE = 'PP001';
EXCEPTION
	WHEN SQLSTATE 'PP001' THEN RETURN result;
	WHEN datatype_mismatch OR cannot_coerce THEN RETURN NULL;
	WHEN OTHERS THEN RETURN SQLSTATE;
END $$`

// TestLoss asks servers what becomes of values that another type of the same
// group does not hold.
func TestLoss(t *testing.T) {
	for _, major := range []int{pgtest.Majors[0], pgtest.Majors[len(pgtest.Majors)-1]} {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			conn := pgtest.Connect(t, pgtest.Find(t, major).Database(t))
			for _, sql := range []string{"SET timezone = 'UTC'", becomes} {
				if _, err := conn.Exec(t.Context(), sql); err != nil {
					t.Fatal(err)
				}
			}
			pairs := 0
			for _, group := range values {
				for _, old := range group {
					for _, changed := range group {
						for _, cast := range []bool{false, true} {
							var failure, outcome string
							row := conn.QueryRow(t.Context(), fmt.Sprintf(`SELECT coalesce(max(b) FILTER (WHERE b NOT IN ('kept', 'changed')), ''), coalesce(min(b) FILTER (WHERE b IN ('kept', 'changed')), '')
								FROM unnest(ARRAY[%s]::text[]) s, becomes($1, $2, quote_literal(s), $3) b`, old.samples), old.typ, changed.typ, cast)
							if err := row.Scan(&failure, &outcome); err != nil {
								t.Fatal(err)
							}
							if failure+outcome == "" {
								continue // no such cast
							}
							pairs++
							using := ""
							if cast {
								using = " USING x::" + changed.typ
							}
							p := prepare(t, &lockCase{setup: "CREATE TABLE pair (x " + old.typ + ");", statement: "ALTER TABLE pair ALTER x TYPE " + changed.typ + using})
							def := p.statement.Node.GetAlterTableStmt().GetCmds()[0].GetAlterTableCmd().GetDef().GetColumnDef()
							got := TypeLoss(p.catalog.Table(catalog.Name{Schema: "public", Name: "pair"}).Column("x"), def, p.catalog)
							if got.State != "" && !slices.Contains(slices.Collect(maps.Values(migration.ConditionNames)), got.State) {
								t.Errorf("no handler can name %s", got.State)
							}
							if (got.Does != "") != (outcome == "changed") || got.Does == "" && got.State != failure {
								t.Errorf("%s to %s%s: %+v, server: %q %q", old.typ, changed.typ, using, got, failure, outcome)
							}
						}
					}
				}
			}
			t.Logf("%d changes of type", pairs)
			if pairs < 300 {
				t.Error("too few")
			}
		})
	}
}
