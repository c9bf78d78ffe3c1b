package lock

import (
	"fmt"
	"math/rand"
	"slices"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// words are what random scripts are made of. Each CREATE TABLE gets a number.
var words = []string{
	"CREATE TABLE s%d ()", "CREATE TABLE s%d ()", "CREATE TABLE s%d ()",
	"SELECT probe()", "SELECT probe()", "SELECT probe()", "SELECT probe()", "SELECT probe()", "SELECT probe()",
	"BEGIN", "BEGIN", "START TRANSACTION", "COMMIT", "COMMIT", "END", "ROLLBACK", "ABORT",
	"COMMIT AND CHAIN", "ROLLBACK AND CHAIN",
	"SAVEPOINT a", "SAVEPOINT b", "SAVEPOINT \"A\"", "ROLLBACK TO a", "ROLLBACK TO b", "RELEASE a", "RELEASE SAVEPOINT b",
	"SET lock_timeout = '%ds'", "SET lock_timeout = %d000", "SET SESSION lock_timeout TO '%d min'", "SET LOCAL lock_timeout = '%d000 ms'", "SET LOCAL LOCK_TIMEOUT = '%d000 ms'",
	"SET lock_timeout TO DEFAULT", "SET LOCAL lock_timeout TO DEFAULT", "RESET lock_timeout", "RESET ALL", "DISCARD ALL",
	"SET statement_timeout = '%d min'", "SET LOCAL statement_timeout = '%d h'", "RESET statement_timeout",
	"SELECT set_config('lock_timeout', '%d000', true)", "SELECT pg_catalog.set_config('lock_timeout', '%d000', false)",
	"SELECT 1 FROM set_config('statement_timeout', '%d min', 'f')",
	"SET lock_timeout FROM CURRENT",
	"SET application_name = 'name %d'", "SET LOCAL application_name = name%d",
	"LOCK TABLE t IN SHARE MODE", "LOCK TABLE t IN ROW EXCLUSIVE MODE", "LOCK TABLE t", "LOCK TABLE u IN EXCLUSIVE MODE", "LOCK TABLE u IN ACCESS SHARE MODE",
	"CREATE INDEX ON t (id)", "CREATE INDEX CONCURRENTLY ON t (id)", "CREATE INDEX CONCURRENTLY ON u (id)",
	"SET CONSTRAINTS ALL DEFERRED", "SET TRANSACTION READ WRITE",
	"VACUUM u", "REINDEX TABLE CONCURRENTLY u", "REINDEX SCHEMA replay", "CLUSTER", "ALTER SYSTEM RESET work_mem", "SELECT 1/0",
}

// randomScript makes a script. Of the messages that the model expects to fail,
// it leaves most out, so that it does not end at once.
func randomScript(t *testing.T, r *rand.Rand, server int) script {
	s := script{scope: migration.TxScope(1 + r.Intn(5))}
	n := 0
	for range 1 + r.Intn(3) {
		s.migrations = append(s.migrations, nil)
		at := len(s.migrations) - 1
		for range 1 + r.Intn(12) {
			before := s.migrations[at]
			text := randomMessage(r, &n, s.scope)
			s.migrations[at] = append(slices.Clone(before), text)
			if s.scope == migration.SimpleQuery {
				s.migrations[at] = []string{strings.Join(s.migrations[at], "; ")}
			}
			if model(t, s, server).Error == "" {
				continue
			}
			if r.Intn(10) > 0 {
				s.migrations[at] = before
				continue
			}
			return s
		}
	}
	return s
}

func randomMessage(r *rand.Rand, n *int, scope migration.TxScope) string {
	size := 1
	if scope != migration.Pipeline {
		size += r.Intn(3) * r.Intn(2)
	}
	var message []string
	for range size {
		*n++
		w := words[r.Intn(len(words))]
		if strings.Contains(w, "%d") {
			w = fmt.Sprintf(w, *n)
		}
		message = append(message, w)
	}
	return strings.Join(message, "; ")
}

// randomScripts is the number of scripts for each server. Thousands agreed
// with servers 12 to 18 when the model was written.
const randomScripts = 60

// TestRandomScripts compares the model with servers on random scripts.
func TestRandomScripts(t *testing.T) {
	t.Parallel()
	pgtest.EachMajor(t, func(t *testing.T, server *pgtest.Server) {
		conn := pgtest.Connect(t, server.Database(t))
		r := rand.New(rand.NewSource(int64(server.Major)))
		for i := 0; i < randomScripts && !t.Failed(); i++ {
			compare(t, conn, server.Major, randomScript(t, r, server.Major))
		}
	})
}
