package pgtest

import (
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Pool hands out empty databases for many short uses. Emptying a database is
// much faster than making another, and fastest over a connection that is there.
type Pool struct {
	t     testing.TB // outlives all users
	mutex sync.Mutex
	idle  map[int][]*pgx.Conn // major -> connections to empty databases
}

// NewPool makes a pool whose databases are dropped when the test ends. The
// uses must end before: run parallel ones as subtests.
func NewPool(t testing.TB) *Pool {
	return &Pool{t: t, idle: map[int][]*pgx.Conn{}}
}

// Database returns the URL of an empty database that nobody else uses until
// done is called. It skips or fails like Find where the server is missing. What the
// test leaves behind in schemas, publications, event triggers and extensions is dropped.
func (p *Pool) Database(t testing.TB, major int) (dsn string, done func()) {
	t.Helper()
	conn, done := p.Connect(t, major)
	return conn.Config().ConnString(), done
}

// Connect returns a connection to such a database, in the state of a new
// session; done takes it back, unless the test has closed it.
func (p *Pool) Connect(t testing.TB, major int) (conn *pgx.Conn, done func()) {
	t.Helper()
	conn = p.connection(t, major)
	return conn, func() {
		ctx, cancel := patience()
		defer cancel()
		if conn.IsClosed() {
			return // the database goes with the pool
		}
		for _, text := range []string{"ROLLBACK", newSession, emptyDatabase} {
			if _, err := conn.Exec(ctx, text); err != nil {
				t.Fatal(err)
			}
		}
		p.mutex.Lock()
		defer p.mutex.Unlock()
		p.idle[major] = append(p.idle[major], conn)
	}
}

func (p *Pool) connection(t testing.TB, major int) *pgx.Conn {
	t.Helper()
	server := Find(t, major)
	p.mutex.Lock()
	defer p.mutex.Unlock()
	if n := len(p.idle[major]); n > 0 {
		conn := p.idle[major][n-1]
		p.idle[major] = p.idle[major][:n-1]
		return conn
	}
	config, err := pgx.ParseConfig(server.Database(p.t))
	if err != nil {
		t.Fatal(err)
	}
	// What pgx prepares by itself would outlive the tables that it is about.
	config.DefaultQueryExecMode = pgx.QueryExecModeDescribeExec
	ctx, cancel := patience()
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		t.Fatal(err)
	}
	p.t.Cleanup(func() {
		ctx, cancel := patience()
		defer cancel()
		_ = conn.Close(ctx)
	})
	return conn
}

// newSession is DISCARD ALL without what is prepared.
const newSession = `SET SESSION AUTHORIZATION DEFAULT;
RESET ALL;
CLOSE ALL;
UNLISTEN *;
SELECT pg_advisory_unlock_all();
DISCARD SEQUENCES;
DISCARD TEMP`

const emptyDatabase = `SET client_min_messages = error;
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
END $$;
RESET client_min_messages`
