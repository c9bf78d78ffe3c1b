package real

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// majors are the oldest and the newest of the servers that ".ci/postgres start"
// starts: how a tool cuts its files up does not depend on the server.
var majors = []string{"14", "18"}

// newDatabase creates an empty database on a server and returns its connection
// string. Without the server it fails: this module is run for nothing else.
func newDatabase(t *testing.T, major string) string {
	t.Helper()
	folder := os.Getenv("PREMORTEM_POSTGRES")
	if folder == "" {
		file, err := os.ReadFile("../../../.cache/postgres/servers")
		if err != nil {
			t.Fatalf("no PostgreSQL to ask (%v); to start it, run: .ci/postgres start", err)
		}
		folder = strings.TrimSpace(string(file))
	}
	dsn := func(name string) string {
		parameters := url.Values{"host": {filepath.Join(folder, major)}, "sslmode": {"disable"}}
		return (&url.URL{Scheme: "postgres", User: url.User("postgres"), Path: "/" + name, RawQuery: parameters.Encode()}).String()
	}
	conn, err := pgx.Connect(t.Context(), dsn("postgres"))
	if err != nil {
		t.Fatalf("no PostgreSQL %s to ask (%v); to start it, run: .ci/postgres start", major, err)
	}
	name := "runners_" + strings.ToLower(rand.Text())
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		// A tool may have left a connection open.
		if _, err := conn.Exec(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
		conn.Close(context.Background())
	})
	return dsn(name)
}
