package rules_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules"
)

// The cost must grow with the files of a history, and with the bytes of one
// file, and not faster: compare the time of each size with the size before.

func BenchmarkParse(b *testing.B) {
	eachHistory(b, func(b *testing.B, fsys fs.FS) { load(b, fsys) })
}

func BenchmarkReplay(b *testing.B) {
	eachHistory(b, func(b *testing.B, fsys fs.FS) {
		b.StopTimer()
		histories := load(b, fsys)
		b.StartTimer()
		if err := lint.Replay(histories, lint.Config{}, lint.Visitor{}); err != nil {
			b.Fatal(err)
		}
	})
}

func BenchmarkLint(b *testing.B) {
	eachHistory(b, func(b *testing.B, fsys fs.FS) { judge(b, fsys) })
}

// BenchmarkFile lints one migration: of many statements, of rows of data in
// long INSERTs, and of one statement.
func BenchmarkFile(b *testing.B) {
	for _, kind := range []struct {
		name  string
		write func(bytes int) string
	}{
		{"statements", func(bytes int) string {
			return repeat(bytes, func(i int) string { return generated(i) })
		}},
		{"inserts", func(bytes int) string {
			return repeat(bytes, func(i int) string {
				return "INSERT INTO t VALUES\n" + repeat(50_000, func(j int) string { return fmt.Sprintf("(%d, 'name %d', now()),\n", i, j) }) + "(0, '', now());\n"
			})
		}},
		{"one-statement", func(bytes int) string {
			return "CREATE VIEW v AS SELECT * FROM t WHERE id IN (" + repeat(bytes, func(i int) string { return fmt.Sprintf("%d, ", i) }) + "0);\n"
		}},
	} {
		for _, size := range []int{100_000, 1_000_000, 10_000_000} {
			fsys := fstest.MapFS{"1.sql": {Data: []byte(kind.write(size))}}
			b.Run(fmt.Sprintf("%s/bytes=%d", kind.name, size), func(b *testing.B) {
				b.SetBytes(int64(len(fsys["1.sql"].Data)))
				b.ReportAllocs()
				for b.Loop() {
					judge(b, fsys)
				}
			})
		}
	}
}

// eachHistory measures goose histories of three sizes, of ten statements a file.
func eachHistory(b *testing.B, measure func(*testing.B, fs.FS)) {
	for _, files := range []int{250, 1000, 4000} {
		fsys := fstest.MapFS{}
		bytes := 0
		for i := range files {
			text := "-- +goose Up\n" + generated(i)
			fsys[fmt.Sprintf("%05d_change.sql", i+1)] = &fstest.MapFile{Data: []byte(text)}
			bytes += len(text)
		}
		b.Run(fmt.Sprintf("files=%d", files), func(b *testing.B) {
			b.SetBytes(int64(bytes))
			b.ReportAllocs()
			for b.Loop() {
				measure(b, fsys)
			}
		})
	}
}

func load(tb testing.TB, fsys fs.FS) []*migration.History {
	tb.Helper()
	histories, err := migration.Load(fsys, migration.Options{Paths: []string{"."}})
	if err != nil {
		tb.Fatal(err)
	}
	return histories
}

func judge(tb testing.TB, fsys fs.FS) {
	tb.Helper()
	result, err := rules.Lint(fsys, rules.Config{Migrations: migration.Options{Paths: []string{"."}}})
	if err != nil {
		tb.Fatal(err)
	}
	if result.Statements == 0 || len(result.Gaps) > 0 {
		tb.Fatalf("%d statements, gaps %v", result.Statements, result.Gaps)
	}
}

// generated returns ten statements as migrations have them: a table, its
// indexes and keys, and changes of the table of ten migrations before.
func generated(i int) string {
	table, old := fmt.Sprintf("table_%d", i), fmt.Sprintf("table_%d", max(0, i-10))
	return strings.NewReplacer("$table", table, "$old", old).Replace(`CREATE TABLE $table (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    name text NOT NULL DEFAULT '',
    state varchar(20) CHECK (state IN ('new', 'done')),
    old_id bigint REFERENCES $old (id),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX $table_name_idx ON $table (name);
CREATE UNIQUE INDEX $table_state_idx ON $table (lower(name), state) WHERE state <> 'done';
COMMENT ON TABLE $table IS 'what happened; and when';
ALTER TABLE $old ADD COLUMN IF NOT EXISTS extra jsonb DEFAULT '{}', ADD COLUMN IF NOT EXISTS note text;
ALTER TABLE $old ALTER COLUMN name TYPE varchar(100);
INSERT INTO $table (name, state) VALUES ('first', 'new'), ('second', 'done');
UPDATE $table SET state = 'done' WHERE name = 'first' AND EXISTS (SELECT 1 FROM $old o WHERE o.id = $table.old_id);
CREATE OR REPLACE VIEW $table_view AS SELECT t.id, t.name, o.name AS old_name FROM $table t LEFT JOIN $old o ON o.id = t.old_id;
DROP INDEX IF EXISTS $old_name_idx;
`)
}

// repeat joins texts until they have that many bytes.
func repeat(bytes int, text func(i int) string) string {
	var all strings.Builder
	for i := 0; all.Len() < bytes; i++ {
		all.WriteString(text(i))
	}
	return all.String()
}
