// Package real runs the histories of testdata/runners, and the examples of
// rules about migrations that fail, through the real migration tools, against
// real PostgreSQL servers. It is a module of its own, so that the product
// depends on none of these tools.
package real

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/golang-migrate/migrate/v4/database"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

var update = flag.Bool("update", false, "write the recorded.txt files anew")

// tool applies migrations of a directory to a database, one after the other.
type tool interface {
	// up applies the next migration. It returns the names of the files that it
	// executed or tried to, and done when none is left.
	up(ctx context.Context) (files []string, done bool, err error)
	// down takes the last migration back, likewise.
	down(ctx context.Context) (files []string, done bool, err error)
}

// tools open a directory for a database, given as a connection string.
var tools = map[string]func(t *testing.T, dir, dsn string) (tool, error){
	"goose":          openGoose,
	"golang-migrate": openGolangMigrate,
	"dbmate":         openDbmate,
	"liquibase":      openLiquibase,
	"sqitch":         openSqitch,

	"node-pg-migrate":  openNode("node-pg-migrate"),
	"drizzle":          openNode("drizzle"),
	"graphile-migrate": openNode("graphile-migrate"),
	"atlas":            openAtlas,
	"sql-migrate":      openSQLMigrate,
	"tern":             openTern,
}

// majors are the oldest and the newest of the servers that get fixes: how a
// tool cuts its files up does not depend on the server.
var majors = []int{lint.OldestSupported, lint.NewestSupported}

// slow tools are asked on one server only.
var slow = map[string]bool{"liquibase": true, "sqitch": true}

func TestRecorded(t *testing.T) {
	t.Parallel()
	pool := pgtest.NewPool(t)
	for _, major := range majors {
		for name, open := range tools {
			histories, err := os.ReadDir(filepath.Join("..", name))
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range histories {
				if !h.IsDir() || slow[name] && major != majors[0] {
					continue
				}
				t.Run(fmt.Sprintf("%d/%s/%s", major, name, h.Name()), func(t *testing.T) {
					t.Parallel()
					dir := filepath.Join("..", name, h.Name())
					dsn, done := pool.Database(t, major)
					t.Cleanup(done)
					got := record(t, dir, dsn, open)
					compare(t, major, filepath.Join(dir, "recorded.txt"), got)
				})
			}
		}
	}
}

// compare compares with the record. The first server writes it anew, for the
// others to confirm.
func compare(t *testing.T, major int, file, got string) {
	t.Helper()
	if *update && major == majors[0] {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s says\n%s\nbut the tool did, on PostgreSQL %d,\n%s", file, want, major, got)
	}
}

// seen records, from inside a migration, the transaction and the text of the
// message that carried the call.
const seen = `
CREATE SCHEMA witness;
CREATE TABLE witness.seen (n serial, label text, transaction text, message text);
CREATE FUNCTION public.seen(label text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
	INSERT INTO witness.seen (label, transaction, message)
	VALUES (label, pg_current_xact_id()::text, current_query());
END $$;
`

// record runs a directory to its end or first failure, and if all went well
// back again, and writes a line for each migration, with a line for each call
// of seen that the migration leaves behind.
func record(t *testing.T, dir, dsn string, open func(*testing.T, string, string) (tool, error)) string {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, seen); err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	tool, err := open(t, dir, dsn)
	if err != nil {
		return "the directory is refused\n"
	}
	if recordSteps(t, &b, conn, dir, "up", tool.up) {
		recordSteps(t, &b, conn, dir, "down", tool.down)
	}
	return b.String()
}

// recordSteps steps to the end, and reports whether it got there.
func recordSteps(t *testing.T, b *strings.Builder, conn *pgx.Conn, dir, direction string, step func(context.Context) ([]string, bool, error)) bool {
	transactions, messages := numbers{}, numbers{}
	var last []string
	for range 100 {
		files, done, err := step(t.Context())
		if done {
			return true
		}
		if len(files) > 0 && slices.Equal(files, last) {
			fmt.Fprintf(b, "%s %s is executed again\n", direction, strings.Join(files, ", "))
			return false
		}
		last = files
		calls := takeCalls(t, conn)
		for i, f := range files {
			result := "is ok"
			if i == len(files)-1 {
				result = outcome(err)
			}
			fmt.Fprintf(b, "%s %s %s\n", direction, f, result)
			for _, c := range calls {
				if len(files) == 1 || callsLabel(t, filepath.Join(dir, f), c.label) {
					fmt.Fprintf(b, "\ttransaction %d message %d: %s\n", transactions.of(c.transaction), messages.of(c.message), c.label)
				}
			}
		}
		if err != nil {
			t.Log(err)
			if len(files) == 0 {
				b.WriteString("the directory is refused\n")
			}
			return false
		}
	}
	t.Fatal("the tool does not come to an end")
	return false
}

// call is one call of seen, whose transaction was committed.
type call struct{ label, transaction, message string }

func takeCalls(t *testing.T, conn *pgx.Conn) []call {
	rows, err := conn.Query(t.Context(), "WITH gone AS (DELETE FROM witness.seen RETURNING *) SELECT label, transaction, message FROM gone ORDER BY n")
	if err != nil {
		t.Fatal(err)
	}
	calls, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c call, err error) {
		err = row.Scan(&c.label, &c.transaction, &c.message)
		return c, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return calls
}

func callsLabel(t *testing.T, file, label string) bool {
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), "seen('"+label+"')")
}

// numbers counts different texts in order of appearance, from 1.
type numbers map[string]int

func (n numbers) of(text string) int {
	if n[text] == 0 {
		n[text] = len(n) + 1
	}
	return n[text]
}

var sqlState = regexp.MustCompile(`\(([0-9A-Z]{5})\)$`)

// outcome says how a migration ended: "is ok", "fails with" the SQLSTATE of
// PostgreSQL's error, or "is refused" by the tool itself.
func outcome(err error) string {
	if err == nil {
		return "is ok"
	}
	var migrateErr database.Error
	var recordErr *database.Error // of what it does with its own table
	switch {
	case errors.As(err, &migrateErr):
		err = migrateErr.OrigErr
	case errors.As(err, &recordErr):
		err = recordErr.OrigErr
	}
	var pgErr *pgconn.PgError
	if errors.As(err, &pgErr) {
		return "fails with " + pgErr.Code
	}
	if m := sqlState.FindStringSubmatch(err.Error()); m != nil {
		return "fails with " + m[1]
	}
	return "is refused"
}
