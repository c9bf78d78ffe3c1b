package pgtest_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

const fillSetup = `
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE DOMAIN code AS varchar(3) CHECK (VALUE <> '');
CREATE TABLE orders (
	id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	user_id uuid NOT NULL,
	placed timestamptz NOT NULL,
	total numeric(6, 2) NOT NULL CHECK (total > 10),
	parent bigint REFERENCES orders
);
CREATE TABLE "Users" (
	id uuid PRIMARY KEY, name text NOT NULL UNIQUE, mood mood NOT NULL, code code NOT NULL, born date NOT NULL,
	at time NOT NULL, since interval NOT NULL, ip inet NOT NULL, tags text[] NOT NULL, data jsonb NOT NULL, secret bytea NOT NULL,
	active boolean NOT NULL, short char(2) NOT NULL, twice int GENERATED ALWAYS AS (2) STORED
);
ALTER TABLE orders ADD FOREIGN KEY (user_id) REFERENCES "Users";
CREATE TABLE events (id int NOT NULL, at date NOT NULL, kind text NOT NULL, PRIMARY KEY (id, at, kind)) PARTITION BY RANGE (at);
CREATE TABLE events_1999 PARTITION OF events FOR VALUES FROM ('1999-01-01') TO ('2000-01-01') PARTITION BY LIST (kind);
CREATE TABLE events_1999_ab PARTITION OF events_1999 FOR VALUES IN ('a', 'b');
CREATE TABLE events_rest PARTITION OF events DEFAULT;
CREATE TABLE nothing ();
CREATE TABLE impossible (x int CHECK (x < 0) NOT NULL);
CREATE TABLE kept (x int);
INSERT INTO kept VALUES (7);
CREATE MATERIALIZED VIEW sums AS SELECT kind, count(*) FROM events GROUP BY kind`

func TestFill(t *testing.T) {
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		conn := pgtest.Connect(t, server.Database(t))
		exec(t, conn, fillSetup)
		got := pgtest.Fill(t, conn, 50)
		want := map[string]int64{
			"public.orders":         40, // the CHECK refuses 10
			`public."Users"`:        50,
			"public.events_1999_ab": 50,
			"public.events_rest":    50,
			"public.nothing":        50,
			"public.impossible":     0,
			"public.kept":           1,
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("rows (-want +got):\n%s", d)
		}
		if n := query[int](t, conn, "SELECT count(*) FROM sums"); n == 0 {
			t.Error("the materialized view is empty")
		}
	})
}

func TestPoolEmptiesDatabases(t *testing.T) {
	pool := pgtest.NewPool(t)
	dsn := ""
	for range 2 {
		conn, done := pool.Connect(t, pgtest.Majors[0])
		if again := conn.Config().ConnString(); dsn != "" && again != dsn {
			t.Errorf("another database: %s and %s", dsn, again)
		} else {
			dsn = again
		}
		exec(t, conn, "CREATE SCHEMA other CREATE TABLE t (id int)")
		exec(t, conn, "CREATE EXTENSION citext")
		exec(t, conn, "CREATE TABLE t (id citext)")
		exec(t, conn, "CREATE PUBLICATION p FOR TABLE t")
		done()
	}
}
