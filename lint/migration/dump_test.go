package migration_test

import (
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/migration"
)

// What pg_dump and the tools that call it write.
const (
	pgDump = "--\n-- PostgreSQL database dump\n--\n\n\\restrict aBcD\n\n-- Dumped from database version 18.1\n\nSET statement_timeout = 0;\n" +
		"CREATE TABLE public.users (\n    id bigint NOT NULL\n);\n\n\\unrestrict aBcD\n"
	railsDump = "SET statement_timeout = 0;\nSET lock_timeout = 0;\nSET client_encoding = 'UTF8';\nSELECT pg_catalog.set_config('search_path', '', false);\n\n" +
		"--\n-- Name: users; Type: TABLE; Schema: public; Owner: -\n--\n\nCREATE TABLE public.users (\n    id bigint NOT NULL\n);\n\n" +
		"SET search_path TO \"$user\", public;\n\nINSERT INTO \"schema_migrations\" (version) VALUES\n('20240102000000'),\n('20240101000000');\n\n"
	dbmateDump = "\\restrict dbmate\n\n-- Dumped from database version 18.1\n\nSET statement_timeout = 0;\nCREATE TABLE public.users (\n    id bigint NOT NULL\n);\n\n" +
		"\\unrestrict dbmate\n\n--\n-- Dbmate schema migrations\n--\n\nINSERT INTO public.schema_migrations (version) VALUES\n    ('1');\n"
)

func TestDumpsAreNoMigrations(t *testing.T) {
	for name, dump := range map[string]string{"pg_dump": pgDump, "Rails": railsDump, "dbmate": dbmateDump} {
		t.Run(name, func(t *testing.T) {
			m := migration.ParseFile(&migration.File{Name: "structure.sql", Source: []byte(dump)})
			for _, g := range m.Gaps {
				if !g.Harmless {
					t.Errorf("as the schema, it has the gap %s", g.Reason)
				}
			}
			const advice = "what pg_dump wrote is no migration: give it as the schema, with --schema or in the configuration"
			for _, c := range []struct {
				files   map[string]string
				options migration.Options
				want    string // the error, or the first skipped file
			}{
				{map[string]string{"db/structure.sql": dump, "db/migrate/20240101000000_a.rb": ""}, migration.Options{Paths: []string{"db"}}, "no migrations found in db: db/structure.sql: " + advice},
				{map[string]string{"db/structure.sql": dump}, migration.Options{Paths: []string{"db/structure.sql"}}, "db/structure.sql: " + advice},
				{map[string]string{"db/structure.sql": dump}, migration.Options{Paths: []string{"db/structure.sql"}, OnlyMigrations: true}, "no migrations found in db/structure.sql: db/structure.sql: " + advice},
				{map[string]string{"db/structure.sql": dump, "db/a.sql": "SELECT 1;"}, migration.Options{Paths: []string{"db"}}, "{db/structure.sql " + advice + "}"},
				{map[string]string{"db/structure.sql": dump, "db/a.sql": "SELECT 1;"}, migration.Options{Paths: []string{"db"}, Runner: "psql"}, ""},
				{map[string]string{"db/001_dump.sql": dump}, migration.Options{Paths: []string{"db"}}, ""},
			} {
				histories, err := migration.Load(files(c.files), c.options)
				got := ""
				switch {
				case err != nil:
					got = err.Error()
				case len(histories[0].Skipped) > 0:
					got = "{" + histories[0].Skipped[0].Name + " " + histories[0].Skipped[0].Reason + "}"
				}
				if got != c.want {
					t.Errorf("%v: %q, want %q", c.options, got, c.want)
				}
			}
		})
	}
	for _, text := range []string{"", "SELECT 1;", "-- a\nSET statement_timeout = 0;\nSELECT 1;", "SET lock_timeout = 0;"} {
		histories, err := migration.Load(files(map[string]string{"db/a.sql": text}), migration.Options{Paths: []string{"db"}})
		if err != nil || strings.Contains(histories[0].Why, "dump") || len(histories[0].Skipped) > 0 {
			t.Errorf("%q: %v", text, err)
		}
	}
}
