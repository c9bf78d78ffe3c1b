package migration_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// TestConditionNames asks servers which SQLSTATE a name stands for.
func TestConditionNames(t *testing.T) {
	pgtest.FindMaintained(t)
	pool := pgtest.NewPool(t)
	for _, major := range pgtest.Maintained {
		conn, done := pool.Connect(t, major)
		for name, state := range migration.ConditionNames {
			_, err := conn.Exec(t.Context(), fmt.Sprintf("DO $$ BEGIN RAISE %s; END $$", name))
			var refusal *pgconn.PgError
			if !errors.As(err, &refusal) || refusal.Code != state {
				t.Errorf("PostgreSQL %d: %s is %v, not %s", major, name, err, state)
			}
		}
		done()
	}
}
