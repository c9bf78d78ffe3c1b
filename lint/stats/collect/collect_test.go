package collect_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/lint/stats"
	"github.com/premortem-lint/premortem/lint/stats/collect"
)

const schema = `
CREATE TABLE users (id bigint PRIMARY KEY, email text, gone int);
ALTER TABLE users DROP COLUMN gone;
INSERT INTO users SELECT n, repeat('x', 100) FROM generate_series(1, 5000) n;
CREATE TABLE "Orders" (id bigint PRIMARY KEY, "user" bigint);
ALTER TABLE "Orders" ADD CONSTRAINT orders_user FOREIGN KEY ("user") REFERENCES users NOT VALID;
CREATE TABLE events (at date NOT NULL, n int) PARTITION BY RANGE (at);
CREATE TABLE events_1 PARTITION OF events FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE events_2 PARTITION OF events DEFAULT PARTITION BY LIST (n);
CREATE TABLE events_2_a PARTITION OF events_2 DEFAULT;
INSERT INTO events SELECT '2024-02-01', n FROM generate_series(1, 1000) n;
INSERT INTO events SELECT '2025-02-01', n FROM generate_series(1, 500) n;
CREATE MATERIALIZED VIEW report AS SELECT count(*) FROM users;
CREATE VIEW seen AS SELECT 1;
CREATE TEMP TABLE mine (a int);
CREATE UNLOGGED TABLE cache (a int);
INSERT INTO cache VALUES (1), (1);
`

// TestCollect asks each server, also while somebody holds ACCESS EXCLUSIVE locks on
// all tables, and as a role without rights on them.
func TestCollect(t *testing.T) {
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		dsn := server.Database(t)
		ctx := t.Context()
		conn := pgtest.Connect(t, dsn)
		if _, err := conn.Exec(ctx, schema); err != nil {
			t.Fatal(err)
		}
		// A duplicate leaves an invalid index behind.
		if _, err := conn.Exec(ctx, `CREATE UNIQUE INDEX CONCURRENTLY cache_a ON cache (a)`); err == nil {
			t.Fatal("the index is unique")
		}
		if _, err := conn.Exec(ctx, `VACUUM ANALYZE users, "Orders", events, events_1, events_2_a, report`); err != nil {
			t.Fatal(err)
		}
		tx, err := conn.Begin(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(ctx, `LOCK TABLE users, "Orders", events, cache IN ACCESS EXCLUSIVE MODE`); err != nil {
			t.Fatal(err)
		}
		role := strings.ReplaceAll("reader_"+conn.Config().Database, "-", "_")
		admin := pgtest.Connect(t, server.DSN("postgres"))
		if _, err := admin.Exec(ctx, "CREATE ROLE "+role+" LOGIN"); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _, _ = admin.Exec(context.Background(), "DROP ROLE "+role) })
		began := time.Now()
		s, err := collect.Collect(ctx, strings.Replace(dsn, "postgres@", role+"@", 1))
		if err != nil {
			t.Fatal(err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("it took %s", took)
		}
		if s.Server != server.Major || s.Format != stats.Format || time.Since(s.Collected) > time.Minute || s.CountedSeconds < 0 {
			t.Errorf("%+v", s)
		}
		var got []string
		for _, table := range s.Tables {
			rows := "unknown"
			if table.Rows != nil {
				rows = fmt.Sprint(*table.Rows)
			}
			line := fmt.Sprintf("%s.%s: rows %s, empty %v, columns %v", table.Schema, table.Name, rows, table.Bytes == 0, table.Columns)
			for _, i := range table.Indexes {
				line += fmt.Sprintf(", index %s %v", i.Name, i.Valid)
			}
			for _, k := range table.ForeignKeys {
				line += fmt.Sprintf(", key %s to %s %v", k.Name, k.References, k.Validated)
			}
			got = append(got, line)
		}
		want := []string{
			"public.Orders: rows 0, empty true, columns [id user], index Orders_pkey true, key orders_user to public.users false",
			"public.cache: rows ?, empty true, columns [a], index cache_a false",
			"public.events: rows 1500, empty false, columns [at n]",
			"public.events_1: rows 1000, empty false, columns [at n]",
			"public.events_2: rows 500, empty false, columns [at n]",
			"public.events_2_a: rows 500, empty false, columns [at n]",
			"public.report: rows 1, empty false, columns [count]",
			"public.users: rows 5000, empty false, columns [id email], index users_pkey true",
		}
		// Nothing has analysed it; whether the statistics system has heard of its rows
		// by now is a matter of time. CREATE INDEX has looked at its pages.
		for i := range got {
			if strings.HasPrefix(got[i], "public.cache: ") {
				got[i] = want[1]
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
		// What is written is what is read.
		text, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		read, err := stats.Read("stats.json", text)
		if err != nil || len(read.Tables) != len(s.Tables) || read.Table("public", "users").Size() != "about 710 kB, 5 thousand rows" {
			t.Errorf("%v %+v", err, read.Table("public", "users").Size())
		}
	})
}

func TestNoServer(t *testing.T) {
	_, err := collect.Collect(t.Context(), "postgres://nobody:secret@127.0.0.1:1/none?connect_timeout=1")
	if err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
	if _, err := collect.Collect(t.Context(), "postgres://x:secret@:port"); err == nil || strings.Contains(err.Error(), "secret") {
		t.Error(err)
	}
}
