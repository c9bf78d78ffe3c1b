package pgtest

import (
	"context"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Pool hands out empty databases for many short uses. Emptying a database is
// much faster than making another.
type Pool struct {
	t     testing.TB // outlives all users
	mutex sync.Mutex
	free  map[int][]string // major -> URLs
}

// NewPool makes a pool whose databases are dropped when the test ends. The
// uses must end before: run parallel ones as subtests.
func NewPool(t testing.TB) *Pool { return &Pool{t: t, free: map[int][]string{}} }

// Database returns the URL of an empty database that nobody else uses until
// done is called. It skips or fails like Find where the server is missing. What the
// test leaves behind in schemas, publications, event triggers and extensions is dropped.
func (p *Pool) Database(t testing.TB, major int) (dsn string, done func()) {
	t.Helper()
	server := Find(t, major)
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if n := len(p.free[major]); n > 0 {
		dsn, p.free[major] = p.free[major][n-1], p.free[major][:n-1]
	} else {
		dsn = server.Database(p.t)
	}
	return dsn, func() {
		ctx, cancel := patience()
		defer cancel()
		if err := emptyDatabase(ctx, dsn); err != nil {
			t.Fatal(err)
		}
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.free[major] = append(p.free[major], dsn)
	}
}

// Connect returns a connection to such a database; done closes it too.
func (p *Pool) Connect(t testing.TB, major int) (conn *pgx.Conn, done func()) {
	t.Helper()
	dsn, free := p.Database(t, major)
	conn = Connect(t, dsn)
	return conn, func() {
		ctx, cancel := patience()
		defer cancel()
		_ = conn.Close(ctx)
		free()
	}
}

func emptyDatabase(ctx context.Context, dsn string) error {
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, `SET client_min_messages = error;
DO $$
DECLARE
  name text;
BEGIN
  FOR name IN SELECT quote_ident(evtname) FROM pg_event_trigger LOOP
    EXECUTE 'DROP EVENT TRIGGER ' || name;
  END LOOP;
  FOR name IN SELECT quote_ident(pubname) FROM pg_publication LOOP
    EXECUTE 'DROP PUBLICATION ' || name;
  END LOOP;
  FOR name IN SELECT quote_ident(extname) FROM pg_extension WHERE extname <> 'plpgsql' LOOP
    EXECUTE 'DROP EXTENSION ' || name || ' CASCADE';
  END LOOP;
  FOR name IN SELECT quote_ident(nspname) FROM pg_namespace WHERE nspname !~ '^pg_' AND nspname <> 'information_schema' LOOP
    EXECUTE 'DROP SCHEMA ' || name || ' CASCADE';
  END LOOP;
  -- As template0 has it.
  CREATE SCHEMA public;
  IF current_setting('server_version_num')::int < 150000 THEN
    GRANT ALL ON SCHEMA public TO PUBLIC;
  ELSE
    ALTER SCHEMA public OWNER TO pg_database_owner;
    GRANT USAGE ON SCHEMA public TO PUBLIC;
  END IF;
END $$`)
	return err
}
