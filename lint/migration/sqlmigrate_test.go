package migration_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

func TestSQLMigrate(t *testing.T) {
	const in = ": one transaction for the migration"
	const again = "  refused false: the directive divides nothing: sql-migrate executes what is below it right behind the first part under -- +migrate "
	const beyond = "  refused true: sql-migrate panics at a number beyond 9223372036854775807 where it compares it with that of another file; begin the name with a smaller number"
	got := told(t, map[string]string{
		"9223372036854775807_a.sql": "-- +migrate Up\nSELECT 1;\n-- +migrate Up\nSELECT 2;\n",
		"9223372036854775808_b.sql": "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n",
		"a.sql":                     "-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n-- +migrate Up\nSELECT 3;\n-- +migrate Down\nSELECT 4;\n",
	}, migration.Options{Down: true})
	want := []string{
		".: sql-migrate",
		"9223372036854775807_a.sql up 9223372036854775807_a.sql" + in,
		"9223372036854775808_b.sql up 9223372036854775808_b.sql" + in, beyond,
		"a.sql up a.sql" + in, again + "Up; move it there",
		"a.sql down a.sql" + in, again + "Down; move it there",
		"9223372036854775808_b.sql down 9223372036854775808_b.sql" + in,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	// What was meant as the way up is told, whether the way down is judged or not.
	got = told(t, map[string]string{"1.sql": "\xef\xbb\xbf-- +migrate Up\nSELECT 1;\n-- +migrate Down\nSELECT 2;\n"}, migration.Options{})
	want = []string{
		".: sql-migrate",
		"1.sql up 1.sql: no transaction",
		"  refused false: the directive has no effect: a byte order mark stands before it; save the file without it",
		"  refused false: sql-migrate drops what stands above -- +migrate Down; move it below",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
