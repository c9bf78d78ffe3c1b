package lock

import (
	"context"
	"errors"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// What a server says of a statement in a transaction block names it in the
// words of NeedsOwnTransaction.
func TestNeedsOwnTransaction(t *testing.T) {
	t.Parallel()
	const setup = `
CREATE TABLE u (id int PRIMARY KEY, x int);
CREATE INDEX u_x_idx ON u (x);
CREATE MATERIALIZED VIEW v AS SELECT id FROM u;
CREATE UNIQUE INDEX v_id_key ON v (id);
CREATE TABLE p (id int) PARTITION BY RANGE (id);
CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (1) TO (2);
CREATE INDEX p_id_idx ON p (id);
CREATE TYPE mood AS ENUM ('sad');
`
	statements := []string{
		"CREATE INDEX CONCURRENTLY ON u (x)",
		"CREATE INDEX CONCURRENTLY IF NOT EXISTS u_x_idx ON u (x)",
		"CREATE INDEX ON u (x)",
		"DROP INDEX CONCURRENTLY u_x_idx",
		"DROP INDEX CONCURRENTLY IF EXISTS missing",
		"DROP INDEX u_x_idx",
		"REINDEX INDEX CONCURRENTLY u_x_idx",
		"REINDEX TABLE CONCURRENTLY u",
		"REINDEX (CONCURRENTLY off) TABLE u",
		"REINDEX (CONCURRENTLY) TABLE u",
		"REINDEX TABLE CONCURRENTLY p",
		"REINDEX SCHEMA CONCURRENTLY replay",
		"REINDEX DATABASE CONCURRENTLY postgres",
		"REINDEX SYSTEM CONCURRENTLY postgres",
		"REINDEX SCHEMA replay",
		"REINDEX DATABASE postgres",
		"REINDEX SYSTEM postgres",
		"REINDEX TABLE p",
		"REINDEX TABLE p1",
		"REINDEX INDEX p_id_idx",
		"REINDEX INDEX u_x_idx",
		"ALTER TABLE p DETACH PARTITION p1 CONCURRENTLY",
		"ALTER TABLE p DETACH PARTITION p1",
		"REFRESH MATERIALIZED VIEW CONCURRENTLY v",
		"VACUUM u",
		"VACUUM FULL u",
		"ANALYZE u",
		"CLUSTER",
		"CLUSTER p USING p_id_idx",
		"CLUSTER u USING u_x_idx",
		"CREATE DATABASE premortem_missing",
		"DROP DATABASE premortem_missing",
		"ALTER DATABASE premortem_missing SET TABLESPACE pg_default",
		"CREATE TABLESPACE premortem_missing LOCATION '/missing'",
		"DROP TABLESPACE premortem_missing",
		"ALTER SYSTEM SET work_mem = '64MB'",
		"ALTER SYSTEM RESET ALL",
		"DISCARD ALL",
		"DISCARD PLANS",
		"COMMIT PREPARED 'missing'",
		"ROLLBACK PREPARED 'missing'",
		"CREATE SUBSCRIPTION s CONNECTION 'host=/missing' PUBLICATION p",
		"CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false, slot_name = NONE)",
		"ALTER TYPE mood ADD VALUE 'calm'",
	}
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		ctx := context.Background()
		conn := server.Schema(t)
		if _, err := conn.Exec(ctx, setup, pgx.QueryExecModeSimpleProtocol); err != nil {
			t.Fatal(err)
		}
		c := catalog.New()
		c.Enter(nil)
		for _, s := range migration.ParseFile(&migration.File{Name: "1.sql", Source: []byte(setup)}).Statements {
			c.Apply(s)
		}
		for _, text := range statements {
			m := migration.ParseFile(&migration.File{Name: "2.sql", Source: []byte(text)})
			if len(m.Statements) != 1 {
				t.Fatalf("%s: %d statements", text, len(m.Statements))
			}
			if _, err := conn.Exec(ctx, "BEGIN"); err != nil {
				t.Fatal(err)
			}
			_, err := conn.Exec(ctx, text, pgx.QueryExecModeSimpleProtocol)
			said := ""
			var refusal *pgconn.PgError
			if errors.As(err, &refusal) && refusal.Code == "25001" {
				said = refusal.Message
			}
			if _, err := conn.Exec(ctx, "ROLLBACK"); err != nil {
				t.Fatal(err)
			}
			if server.Major < 14 && refusal != nil && refusal.Code == "42601" {
				continue // a form that came with PostgreSQL 14
			}
			want := NeedsOwnTransaction(m.Statements[0], c, server.Major)
			if want != "" {
				want += " cannot run inside a transaction block"
			}
			if said != want {
				t.Errorf("%s\nthe server says %q, want %q", text, said, want)
			}
		}
	})
}
