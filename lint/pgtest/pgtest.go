// Package pgtest lets tests ask real PostgreSQL servers: those that
// ".ci/postgres start" started. Only tests import it, so that no PostgreSQL
// driver is linked into the command.
package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// Majors are the major versions that have a server, oldest first: those that
// premortem knows.
var Majors = []int{12, 13, 14, 15, 16, 17, 18}

// Maintained are those of Majors that the PostgreSQL project still maintains.
var Maintained = Majors[2:]

// EachMajor runs the test once for each of Majors, as a subtest named after
// the major, in parallel. It skips or fails the subtest like Find where a
// server is missing.
func EachMajor(t *testing.T, test func(t *testing.T, server *Server)) {
	t.Helper()
	for _, major := range Majors {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			test(t, Find(t, major))
		})
	}
}

// Server is a running PostgreSQL server. Several tests and test binaries may
// use it at the same time.
type Server struct {
	// Major is the major version, such as 18.
	Major int

	socketFolder string
}

// Find returns the running server of that major. If there is none, it skips
// the test, or fails it where the environment variable CI is set, and says
// which command starts the server.
func Find(t testing.TB, major int) *Server {
	t.Helper()
	folder, err := socketFolder(major)
	if err != nil {
		missing := t.Skipf
		if os.Getenv("CI") != "" {
			missing = t.Fatalf
		}
		missing("no PostgreSQL %d to ask (%v); to start it, run: .ci/postgres start %d", major, err, major)
	}
	return &Server{Major: major, socketFolder: folder}
}

// socketFolder returns the folder of a running server's socket.
func socketFolder(major int) (string, error) {
	folder, err := serversFolder()
	if err != nil {
		return "", err
	}
	folder = filepath.Join(folder, strconv.Itoa(major))
	return folder, listens(filepath.Join(folder, ".s.PGSQL.5432"))
}

// FindMaintained skips or fails the test like Find where one of Maintained is
// missing: for tests whose result is about all of them.
func FindMaintained(t testing.TB) {
	t.Helper()
	for _, major := range Maintained {
		Find(t, major)
	}
}

// serversFolder is what the environment variable PREMORTEM_POSTGRES says, else
// what .ci/postgres wrote into the checkout that holds the working directory.
func serversFolder() (string, error) {
	if folder := os.Getenv("PREMORTEM_POSTGRES"); folder != "" {
		return folder, nil
	}
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, ".ci", "postgres")); err == nil {
			break
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", fmt.Errorf("PREMORTEM_POSTGRES is not set, and no folder above the working directory holds .ci/postgres")
		}
		dir = parent
	}
	// "go test" caches results, and forgets them when a file that the test
	// read has changed: .ci/postgres writes this one at each start and stop.
	folder, err := os.ReadFile(filepath.Join(dir, ".cache", "postgres", "servers"))
	return strings.TrimSpace(string(folder)), err
}

func listens(socket string) error {
	conn, err := net.Dial("unix", socket)
	if err != nil {
		return err
	}
	return conn.Close()
}

// DSN returns the URL of a database of the server, for the superuser postgres.
func (s *Server) DSN(database string) string {
	parameters := url.Values{"host": {s.socketFolder}, "sslmode": {"disable"}}
	dsn := url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + database, RawQuery: parameters.Encode()}
	return dsn.String()
}

// Database creates an empty database and returns its URL. The database is
// dropped when the test ends, whoever is still connected to it.
func (s *Server) Database(t testing.TB) string {
	t.Helper()
	name := uniqueName()
	s.exec(t, "CREATE DATABASE "+name+" TEMPLATE template0")
	t.Cleanup(func() {
		// PostgreSQL 12 has no WITH (FORCE).
		s.exec(t, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '"+name+"'")
		s.exec(t, "DROP DATABASE IF EXISTS "+name)
	})
	return s.DSN(name)
}

// Schema creates an empty schema in a database that tests share, and returns
// a connection that has this schema as its search_path. The connection is
// closed and the schema dropped when the test ends. This is some ten times
// faster than Database; use it where only tables, types and functions matter.
func (s *Server) Schema(t testing.TB) *pgx.Conn {
	t.Helper()
	name := uniqueName()
	s.exec(t, "CREATE SCHEMA "+name)
	t.Cleanup(func() { s.exec(t, "DROP SCHEMA IF EXISTS "+name+" CASCADE") })
	return Connect(t, s.DSN("postgres")+"&search_path="+name)
}

// Connect opens a connection that is closed when the test ends. Where two
// sessions meet, call it twice.
func Connect(t testing.TB, dsn string) *pgx.Conn {
	t.Helper()
	ctx, cancel := patience()
	defer cancel()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatalf("connect to %s: %v", dsn, err)
	}
	t.Cleanup(func() {
		ctx, cancel := patience()
		defer cancel()
		_ = conn.Close(ctx) // the test may have closed or broken it on purpose
	})
	return conn
}

// exec runs one statement in the shared database, in a session of its own.
func (s *Server) exec(t testing.TB, statement string) {
	t.Helper()
	ctx, cancel := patience()
	defer cancel()
	conn, err := pgx.Connect(ctx, s.DSN("postgres"))
	if err != nil {
		t.Fatalf("PostgreSQL %d: %v", s.Major, err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("PostgreSQL %d: %s: %v", s.Major, statement, err)
	}
}

// patience outlives t.Context, which ends before the cleanups run.
func patience() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), time.Minute)
}

func uniqueName() string { return "test_" + strings.ToLower(rand.Text()) }
