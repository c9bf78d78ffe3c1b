package lock

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/pgtest"
)

// proofSituations are the places where a CHECK saves a scan. The setup has
// %s for the CHECK's expression over the column x; the server's debug message
// says that it proved.
var proofSituations = []struct {
	name, setup, statement, message string
	table                           string // that is scanned otherwise
}{
	{
		name:      "not null",
		setup:     "CREATE TABLE part (x int, y int, CHECK (%s));",
		statement: "ALTER TABLE part ALTER x SET NOT NULL",
		message:   `are sufficient to prove that it does not contain nulls`,
		table:     "part",
	},
	{
		name:      "range",
		setup:     "CREATE TABLE whole (x int, y int) PARTITION BY RANGE (x);\nCREATE TABLE part (x int, y int, CHECK (%s));",
		statement: "ALTER TABLE whole ATTACH PARTITION part FOR VALUES FROM (1) TO (3)",
		message:   `partition constraint for table "part" is implied`,
		table:     "part",
	},
	{
		name:      "list",
		setup:     "CREATE TABLE whole (x int, y int) PARTITION BY LIST (x);\nCREATE TABLE part (x int NOT NULL, y int, CHECK (%s));",
		statement: "ALTER TABLE whole ATTACH PARTITION part FOR VALUES IN (1, 2)",
		message:   `partition constraint for table "part" is implied`,
		table:     "part",
	},
	{
		name:      "list with NULL",
		setup:     "CREATE TABLE whole (x int, y int) PARTITION BY LIST (x);\nCREATE TABLE part (x int, y int, CHECK (%s));",
		statement: "ALTER TABLE whole ATTACH PARTITION part FOR VALUES IN (1, NULL)",
		message:   `partition constraint for table "part" is implied`,
		table:     "part",
	},
	{
		name:      "default of a range",
		setup:     "CREATE TABLE whole (x int, y int) PARTITION BY RANGE (x);\nCREATE TABLE part PARTITION OF whole DEFAULT;\nALTER TABLE part ADD CHECK (%s);",
		statement: "CREATE TABLE other PARTITION OF whole FOR VALUES FROM (1) TO (3)",
		message:   `updated partition constraint for default partition "part" is implied`,
		table:     "part",
	},
	{
		name:      "default of a list",
		setup:     "CREATE TABLE whole (x int, y int) PARTITION BY LIST (x);\nCREATE TABLE part PARTITION OF whole DEFAULT;\nALTER TABLE part ADD CHECK (%s);",
		statement: "CREATE TABLE other PARTITION OF whole FOR VALUES IN (1, 2)",
		message:   `updated partition constraint for default partition "part" is implied`,
		table:     "part",
	},
}

// randomCheck writes an expression over x and, rarely, y.
func randomCheck(r *rand.Rand, depth int) string {
	if depth > 0 && r.Intn(10) < 6 {
		switch r.Intn(5) {
		case 0:
			return "NOT (" + randomCheck(r, depth-1) + ")"
		case 1, 2:
			return "(" + randomCheck(r, depth-1) + " AND " + randomCheck(r, depth-1) + ")"
		default:
			return "(" + randomCheck(r, depth-1) + " OR " + randomCheck(r, depth-1) + ")"
		}
	}
	value := func() string { return strconv.Itoa(r.Intn(5)) }
	operator := []string{"=", "<>", "<", "<=", ">", ">="}[r.Intn(6)]
	switch r.Intn(12) {
	case 0, 1:
		return "x IS NOT NULL"
	case 2:
		return "x IS NULL"
	case 3:
		return "x IN (" + value() + ", " + value() + ")"
	case 4:
		return "x NOT IN (" + value() + ", " + value() + ")"
	case 5:
		return "x BETWEEN " + value() + " AND " + value()
	case 6:
		return value() + " " + operator + " x"
	case 7:
		return "x IS DISTINCT FROM " + []string{"NULL", value()}[r.Intn(2)]
	case 8:
		return "y " + operator + " " + value()
	}
	return "x " + operator + " " + value()
}

// TestProofs holds what Effects takes for proved against the server. It must
// prove nothing that the server does not: that would hide a scan. What the
// server proves by more than Effects reads is counted.
func TestProofs(t *testing.T) {
	checks := 200
	if exhaustive := os.Getenv("PREMORTEM_PROOFS"); exhaustive != "" {
		var err error
		if checks, err = strconv.Atoi(exhaustive); err != nil {
			t.Fatal(err)
		}
	}
	for _, major := range []int{pgtest.Majors[0], pgtest.Majors[len(pgtest.Majors)-1]} {
		t.Run(strconv.Itoa(major), func(t *testing.T) {
			t.Parallel()
			config, err := pgx.ParseConfig(pgtest.Find(t, major).Database(t))
			if err != nil {
				t.Fatal(err)
			}
			var notices strings.Builder
			config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) { notices.WriteString(n.Message + "\n") }
			conn, err := pgx.ConnectConfig(t.Context(), config)
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = conn.Close(t.Context()) }()
			r := rand.New(rand.NewSource(7))
			for _, situation := range proofSituations {
				proved, missed := 0, 0
				for range checks {
					check := randomCheck(r, 3)
					c := &lockCase{name: situation.name, setup: fmt.Sprintf(situation.setup, check), statement: situation.statement}
					notices.Reset()
					sql := "DROP TABLE IF EXISTS part, whole CASCADE; " + c.setup + "; SET client_min_messages = debug1; " + c.statement + "; RESET client_min_messages"
					if code, err := exec(conn, sql); err != nil {
						t.Fatal(code, err)
					}
					server := strings.Contains(notices.String(), situation.message)
					p := prepare(t, c)
					ours := true
					for _, e := range Effects(p.statement, p.catalog, p.session, major) {
						if e.Relation == (catalog.Name{Schema: "public", Name: situation.table}) && e.Work != CatalogOnly {
							ours = false
						}
					}
					switch {
					case ours && !server:
						t.Errorf("%s: CHECK (%s) proves nothing to the server", situation.name, check)
					case server && !ours:
						missed++
						if missed <= 5 {
							t.Logf("%s: only the server proves by CHECK (%s)", situation.name, check)
						}
					case server:
						proved++
					}
				}
				t.Logf("%s: %d proved, %d by the server alone, of %d", situation.name, proved, missed, checks)
				if proved == 0 {
					t.Errorf("%s: nothing was proved", situation.name)
				}
			}
		})
	}
}
