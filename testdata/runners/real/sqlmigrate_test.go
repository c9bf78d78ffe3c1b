package real

import (
	"context"
	"database/sql"
	"errors"
	"testing"

	_ "github.com/lib/pq" // the driver of sql-migrate's command
	migrate "github.com/rubenv/sql-migrate"
)

type sqlMigrateTool struct {
	db     *sql.DB
	source migrate.FileMigrationSource
}

func openSQLMigrate(t *testing.T, dir, dsn string) (tool, error) {
	db, err := sql.Open("postgres", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	s := sqlMigrateTool{db, migrate.FileMigrationSource{Dir: dir}}
	_, err = s.source.FindMigrations()
	return s, err
}

func (s sqlMigrateTool) up(ctx context.Context) ([]string, bool, error) {
	return s.step(ctx, migrate.Up)
}

func (s sqlMigrateTool) down(ctx context.Context) ([]string, bool, error) {
	return s.step(ctx, migrate.Down)
}

func (s sqlMigrateTool) step(ctx context.Context, direction migrate.MigrationDirection) ([]string, bool, error) {
	planned, _, err := migrate.PlanMigration(s.db, "postgres", s.source, direction, 1)
	if err != nil || len(planned) == 0 {
		return nil, err == nil, err
	}
	var files []string
	for _, p := range planned {
		files = append(files, p.Id)
	}
	_, err = migrate.ExecMaxContext(ctx, s.db, "postgres", s.source, direction, 1)
	var failed *migrate.TxError
	if errors.As(err, &failed) {
		err = failed.Err
	}
	return files, false, err
}
