package realrunners

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

var databases atomic.Int64

// newDatabase creates an empty database and returns its connection string.
func newDatabase(t *testing.T) string {
	socket := os.Getenv("PREMORTEM_SOCKET")
	dsn := func(name string) string {
		return fmt.Sprintf("postgres://postgres@/%s?host=%s&sslmode=disable", name, socket)
	}
	conn, err := pgx.Connect(t.Context(), dsn("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	name := fmt.Sprintf("realrunners_%d_%d", os.Getpid(), databases.Add(1))
	if _, err := conn.Exec(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return dsn(name)
}
