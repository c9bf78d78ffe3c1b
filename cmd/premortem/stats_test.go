package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

// TestStats measures a database and lints its migrations with that.
func TestStats(t *testing.T) {
	dsn := pgtest.Find(t, 18).Database(t)
	conn := pgtest.Connect(t, dsn)
	if _, err := conn.Exec(t.Context(), `
		CREATE TABLE events (id bigint PRIMARY KEY, kind text, byhand int);
		INSERT INTO events SELECT n, repeat('x', 100) FROM generate_series(1, 300000) n;
		CREATE TABLE settings (id bigint PRIMARY KEY, kind text);
		CREATE TABLE goose_db_version (id int);
		CREATE INDEX settings_kind ON settings (kind);`); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), "VACUUM ANALYZE"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"1_first.sql": "-- +goose Up\nCREATE TABLE events (id bigint PRIMARY KEY, kind text);\nCREATE TABLE settings (id bigint PRIMARY KEY, kind text);\nCREATE TABLE lost (id bigint PRIMARY KEY);\n",
		"2_next.sql":  "-- +goose Up\nSET LOCAL lock_timeout = '2s';\nALTER TABLE settings ALTER COLUMN id SET DEFAULT 1;\n",
		"3_kind.sql":  "-- +goose Up\nSET LOCAL lock_timeout = '2s';\nCREATE INDEX events_kind ON events (kind);\n",
		"4_kind.sql":  "-- +goose Up\nSET LOCAL lock_timeout = '2s';\nCREATE INDEX settings_lower ON settings (lower(kind));\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(want status, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		s := &shell{dir: dir, in: strings.NewReader(""), out: &out, err: &errs, env: func(string) string { return "" }, width: 80}
		if got := s.run(args); got != want {
			t.Fatalf("premortem %s: %v, %s", strings.Join(args, " "), got, errs.String())
		}
		return out.String() + errs.String()
	}
	got := run(clean, "stats", "--dsn", dsn)
	if want := "premortem: premortem-stats.json: 3 tables of PostgreSQL 18\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if text := run(clean, "stats", "--dsn", dsn, "--out", "-"); !strings.Contains(text, `"format": "premortem-stats/1"`) || strings.Contains(text, "xxx") {
		t.Error(text)
	}
	got = run(findings, "lint", "--stats", "premortem-stats.json", "3_kind.sql", "4_kind.sql")
	var lines []string
	for line := range strings.Lines(got) {
		if strings.Contains(line, "[create-index") || strings.Contains(line, " only") || strings.Contains(line, "differ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	want := []string{
		"error[create-index-not-concurrently]: CREATE INDEX takes a SHARE lock on public.events, which blocks writes until the index is built; reads go on (about 42 MB, 300 thousand rows to index)",
		"warning[create-index-not-concurrently]: CREATE INDEX takes a SHARE lock on public.settings, which blocks writes until the index is built; reads go on",
		".: the migrations and the database of the statistics differ",
		"column public.events.byhand is in the database only",
		"index public.settings_kind on public.settings is in the database only",
		"table public.lost is in the migrations only",
	}
	if d := cmp.Diff(want, lines); d != "" {
		t.Error(d)
	}
	if got := run(findings, "lint", "--stats", "premortem-stats.json", "--format", "json", "3_kind.sql"); !strings.Contains(got, `"message": "table public.lost is in the migrations only"`) {
		t.Error(got)
	}

	// What cannot be read or written is said, with the place, and leaves what was there.
	if err := os.WriteFile(filepath.Join(dir, "broken.json"), []byte("{\n x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run(misuse, "lint", "--stats", "broken.json", "."); !strings.Contains(got, "broken.json:2:2: invalid character") {
		t.Error(got)
	}
	if got := run(misuse, "lint", "--stats", "missing.json", "."); got != "premortem: stats: missing.json: no such file or directory\n" {
		t.Error(got)
	}
	if got := run(misuse, "stats", "--dsn", dsn, "--out", "no/such/folder.json"); !strings.Contains(got, "stats: ") {
		t.Error(got)
	}
	if got := run(misuse, "stats", "--dsn", "postgres://a:secret@127.0.0.1:1/x?connect_timeout=1", "--out", "premortem-stats.json"); strings.Contains(got, "secret") || !strings.Contains(got, "premortem: stats: ") {
		t.Error(got)
	}
	if text, err := os.ReadFile(filepath.Join(dir, "premortem-stats.json")); err != nil || !bytes.Contains(text, []byte("settings_kind")) {
		t.Error("the file that was there is gone", err)
	}
	leftovers, err := filepath.Glob(filepath.Join(dir, "premortem-stats.json.*"))
	if err != nil || len(leftovers) > 0 {
		t.Error(leftovers, err)
	}

	// From the configuration.
	if err := os.WriteFile(filepath.Join(dir, ".premortem.yml"), []byte("overrides:\n  - paths: [\"*.sql\"]\n    stats: premortem-stats.json\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if got := run(findings, "lint", "3_kind.sql"); !strings.Contains(got, "300 thousand rows to index") || !strings.Contains(got, "public.lost") {
		t.Error(got)
	}
}
