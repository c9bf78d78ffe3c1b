package pgtest_test

import (
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

func query[T any](t *testing.T, conn *pgx.Conn, sql string, args ...any) T {
	t.Helper()
	var value T
	if err := conn.QueryRow(t.Context(), sql, args...).Scan(&value); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return value
}

func exec(t *testing.T, conn *pgx.Conn, sql string) {
	t.Helper()
	if _, err := conn.Exec(t.Context(), sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestEachMajorIsThatMajor(t *testing.T) {
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		conn := pgtest.Connect(t, server.DSN("postgres"))
		number, err := strconv.Atoi(query[string](t, conn, "SHOW server_version_num"))
		if err != nil {
			t.Fatal(err)
		}
		if number/10000 != server.Major {
			t.Errorf("server_version_num %d, want major %d", number, server.Major)
		}
		for setting, want := range map[string]string{
			"listen_addresses":          "",
			"wal_level":                 "logical",
			"max_prepared_transactions": "10",
			"fsync":                     "off",
			"server_encoding":           "UTF8",
			"TimeZone":                  "UTC",
		} {
			if got := query[string](t, conn, "SELECT current_setting($1)", setting); got != want {
				t.Errorf("%s is %q, want %q", setting, got, want)
			}
		}
	})
}

func TestDatabaseIsEmptyAndDropped(t *testing.T) {
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		var names []string
		for range 2 {
			t.Run("use", func(t *testing.T) {
				dsn := server.Database(t)
				conn := pgtest.Connect(t, dsn)
				exec(t, conn, "CREATE TABLE users (id int)")
				if _, err := pgx.Connect(t.Context(), dsn); err != nil { // never closed: the drop must not wait for it
					t.Fatal(err)
				}
				names = append(names, query[string](t, conn, "SELECT current_database()"))
			})
		}
		if len(names) != 2 || names[0] == names[1] {
			t.Fatalf("databases %v, want two different ones", names)
		}
		conn := pgtest.Connect(t, server.DSN("postgres"))
		if left := query[int](t, conn, "SELECT count(*) FROM pg_database WHERE datname = ANY($1)", names); left != 0 {
			t.Errorf("%d databases are left of %v", left, names)
		}
	})
}

func TestSchemaIsEmptyAndDropped(t *testing.T) {
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		var names []string
		t.Run("use", func(t *testing.T) {
			for range 2 {
				conn := server.Schema(t)
				exec(t, conn, "CREATE TABLE users (id int)")
				names = append(names, query[string](t, conn, "SELECT relnamespace::regnamespace::text FROM pg_class WHERE oid = 'users'::regclass"))
			}
		})
		if len(names) != 2 || names[0] == names[1] || names[0] == "public" {
			t.Fatalf("schemas %v, want two different ones", names)
		}
		conn := pgtest.Connect(t, server.DSN("postgres"))
		if left := query[int](t, conn, "SELECT count(*) FROM pg_namespace WHERE nspname = ANY($1)", names); left != 0 {
			t.Errorf("%d schemas are left of %v", left, names)
		}
	})
}

// outcome stands in for a test and notes how Find ends it.
type outcome struct {
	testing.TB
	skipped, failed string
}

func (o *outcome) Helper() {}

func (o *outcome) Skipf(format string, args ...any) {
	o.skipped = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func (o *outcome) Fatalf(format string, args ...any) {
	o.failed = fmt.Sprintf(format, args...)
	runtime.Goexit()
}

func TestMissingServer(t *testing.T) {
	find := func(t *testing.T) *outcome {
		t.Setenv("PREMORTEM_POSTGRES", t.TempDir())
		found := &outcome{TB: t}
		done := make(chan struct{})
		go func() {
			defer close(done)
			pgtest.Find(found, 16)
			t.Error("Find returned a server that does not run")
		}()
		<-done
		return found
	}
	const command = "run: .ci/postgres start 16"

	t.Run("skips", func(t *testing.T) {
		t.Setenv("CI", "")
		if got := find(t); !strings.Contains(got.skipped, command) || got.failed != "" {
			t.Errorf("skipped %q, failed %q; want skipped with %q", got.skipped, got.failed, command)
		}
	})
	t.Run("fails in CI", func(t *testing.T) {
		t.Setenv("CI", "true")
		if got := find(t); !strings.Contains(got.failed, command) || got.skipped != "" {
			t.Errorf("skipped %q, failed %q; want failed with %q", got.skipped, got.failed, command)
		}
	})
}
