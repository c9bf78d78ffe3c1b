package migration_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

// TestSupabase has what supabase 2.116.0, 2.118.0 and 3.1.0 did: which statements
// shared a transaction.
func TestSupabase(t *testing.T) {
	for _, c := range []struct{ text, scope, messages string }{
		{"SELECT 1;\nSELECT 2;", "one pipeline", "0 1"},
		{"SELECT 1;\nCREATE INDEX CONCURRENTLY i ON t (id);\nSELECT 2; SELECT 3", "no transaction", "0 1 2 2"},
		{"SELECT 1;\nBEGIN;\nSELECT 2;\nCOMMIT;\nSELECT 3;", "no transaction", "0 1 2 3 4"},
		{"SELECT 1;\nDROP INDEX CONCURRENTLY IF EXISTS i;\nSELECT 2;", "no transaction", "0 1 2"},
		{"SET lock_timeout = '5s';\ncreate unique index concurrently i ON t (id);\nDROP INDEX CONCURRENTLY i;", "no transaction", "0 1 2"},
		{"SELECT 1;\nVACUUM t;\nREINDEX (VERBOSE) TABLE CONCURRENTLY t;\nSELECT 2; SELECT 3", "no transaction", "0 1 2 3 3"},
		{"ALTER TABLE p DETACH PARTITION q CONCURRENTLY; SELECT 1;", "one pipeline", "0 1"},
		{"\ufeff-- a\nSELECT 'VACUUM';", "one pipeline", "0"},
		{"-- a\nVACUUM t;\n-- b", "no transaction", "0"},
		{"DO $$ BEGIN PERFORM 1; END $$;\nSELECT 1;", "one pipeline", "0 1"},
	} {
		fsys := files(map[string]string{"supabase/migrations/20240101000000_a.sql": c.text})
		histories, err := migration.Load(fsys, migration.Options{})
		if err != nil {
			t.Fatal(err)
		}
		m := histories[0].Migrations[0]
		var messages []string
		for _, s := range m.Statements {
			messages = append(messages, fmt.Sprint(s.Message))
		}
		got := []string{m.Section.Scope.String(), strings.Join(messages, " ")}
		if d := cmp.Diff([]string{c.scope, c.messages}, got); d != "" || len(m.Gaps)+len(m.Problems) > 0 {
			t.Errorf("%q: %v %v\n%s", c.text, m.Gaps, m.Problems, d)
		}
	}
}

func TestSupabaseDirectory(t *testing.T) {
	fsys := files(map[string]string{
		"package.json":                    `{"devDependencies": {"supabase": "^2.100.0"}}`,
		"supabase/config.toml":            "",
		"supabase/migrations/10_c.sql":    "SELECT 1;\nVACUUM;",
		"supabase/migrations/2_d.sql":     "SELECT 1;",
		"supabase/migrations/1_a.sql":     "SELECT 1;",
		"supabase/migrations/1_b.sql":     "SELECT 1;",
		"supabase/migrations/readme.sql":  "SELECT 1;",
		"supabase/seed.sql":               "SELECT 1;",
		"other/migrations/2024_other.sql": "SELECT 1;",
	})
	histories, err := migration.Load(fsys, migration.Options{})
	if err != nil {
		t.Fatal(err)
	}
	h := histories[0]
	got := []string{h.Dir + " " + h.Runner.Name + ": " + h.Why, fmt.Sprint(h.Skipped), fmt.Sprint(len(histories))}
	for _, m := range h.Migrations {
		got = append(got, m.Version+" "+m.Name+": "+m.Section.Scope.String())
		for _, p := range m.Problems {
			got = append(got, p.Message)
		}
	}
	want := []string{
		"supabase/migrations supabase: supabase/config.toml is beside it; package.json has version ^2.100.0, which sends a file as one pipeline",
		"[{supabase/migrations/readme.sql supabase reads only names like VERSION_name.sql}]", "1",
		"10 c: one pipeline",
		"1 a: one pipeline", "1_b.sql has version 1 too: supabase fails at the second (23505)",
		"1 b: one pipeline", "1_a.sql has version 1 too: supabase fails at the second (23505)",
		"2 d: one pipeline",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
