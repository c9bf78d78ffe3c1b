package migration_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	pg_query "github.com/pganalyze/pg_query_go/v6"

	"github.com/premortem-lint/premortem/lint/migration"
)

// runnersDir has, for each tool, directories as the tool has them. recorded.txt
// in each is what the real tool did with it on a real server; the module in
// testdata/runners/real writes it.
const runnersDir = "../../testdata/runners"

// refusal is what Problem.Refused stands for: an error of the tool, or one of
// PostgreSQL that follows from what the tool sends. Which calls come before it
// is not predicted.
var refusal = regexp.MustCompile(`(is refused|fails with (23505|42601))\n(\t.*\n)*`)

// twice are histories whose tool executes one text on the way up and on the way
// down: of that only the up is predicted.
var twice = map[string]bool{"node-pg-migrate/no-up": true}

// TestRecorded predicts, from Load alone, what the real tools did: the order
// of the files, which calls share a transaction and a message, and where it
// ends.
func TestRecorded(t *testing.T) {
	files, err := filepath.Glob(runnersDir + "/*/*/recorded.txt")
	if err != nil || len(files) == 0 {
		t.Fatal("no recorded.txt", err)
	}
	for _, file := range files {
		dir := filepath.Dir(file)
		tool := filepath.Base(filepath.Dir(dir))
		t.Run(tool+"/"+filepath.Base(dir), func(t *testing.T) {
			recorded, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			histories, err := migration.Load(os.DirFS(dir), migration.Options{Runner: tool, Down: true})
			if err != nil {
				t.Fatal(err)
			}
			want := refusal.ReplaceAllString(string(recorded), "is refused\n")
			got := predict(histories[0])
			if twice[tool+"/"+filepath.Base(dir)] {
				want, _, _ = strings.Cut(want, "down ")
				got, _, _ = strings.Cut(got, "the directory")
			}
			if got != want {
				t.Errorf("predicted\n%s\nbut %s did\n%s", got, tool, want)
			}
		})
	}
}

// predict writes what a history will do in the form of recorded.txt.
func predict(h *migration.History) string {
	for _, m := range h.Migrations {
		for _, p := range m.Problems {
			duplicate := h.Runner.Duplicate != "" && strings.HasSuffix(p.Message, h.Runner.Duplicate)
			if h.Runner != migration.Dbmate && duplicate || strings.Contains(p.Message, "refuses the whole directory") || strings.Contains(p.Message, "refuses the plan") ||
				h.Runner == migration.SQLMigrate && p.Refused && !strings.Contains(p.Message, "PostgreSQL refuses") { // it reads all files first
				return "the directory is refused\n"
			}
		}
	}
	for _, s := range h.Skipped {
		if h.Runner.Name == "node-pg-migrate" && strings.Contains(s.Reason, "refuses") {
			return "the directory is refused\n"
		}
	}
	var b strings.Builder
	if predictDirection(&b, h, migration.Up) {
		predictDirection(&b, h, migration.Down)
	}
	return b.String()
}

// run is the transaction of all pending migrations.
const run = "run"

// call is one call of the function seen.
type call struct{ transaction, message, label string }

var seenCall = regexp.MustCompile(`seen\('([^']*)'\)`)

// predictDirection reports whether the direction comes to its end.
func predictDirection(b *strings.Builder, h *migration.History, direction migration.Direction) bool {
	transactions, messages := map[string]int{}, map[string]int{}
	applied := map[string]bool{}
	files := byFile(h, direction)
	fails := slices.ContainsFunc(files, func(f fileOfHistory) bool {
		_, end := predictFile(f.migrations, applied)
		return end != "is ok"
	})
	for _, f := range files {
		if f.migrations == nil && h.Runner.Name == "node-pg-migrate" {
			fmt.Fprintln(b, "the directory is refused") // what has no Down cannot be taken back
			return false
		}
		if f.migrations == nil && h.Runner.Name == "tern" {
			fmt.Fprintf(b, "%s %s is refused\n", direction, f.name)
			return false
		}
		calls, end := predictFile(f.migrations, applied)
		fmt.Fprintf(b, "%s %s %s\n", direction, strings.TrimPrefix(f.name, "./"), end)
		for _, c := range calls {
			if c.transaction == run {
				if fails {
					continue
				}
				if direction == migration.Down { // they are taken back one by one
					c.transaction += f.name
				}
			}
			fmt.Fprintf(b, "\ttransaction %d message %d: %s\n", numbered(transactions, c.transaction), numbered(messages, c.message), c.label)
		}
		if end != "is ok" {
			return false
		}
		for _, m := range f.migrations {
			applied[m.Version] = true
		}
	}
	return true
}

// numbered counts different texts in order of appearance, from 1.
func numbered(numbers map[string]int, text string) int {
	if numbers[text] == 0 {
		numbers[text] = len(numbers) + 1
	}
	return numbers[text]
}

type fileOfHistory struct {
	name       string
	migrations []*migration.Migration
}

// byFile groups the migrations of one direction by file, in order.
func byFile(h *migration.History, direction migration.Direction) []fileOfHistory {
	var all []fileOfHistory
	for _, m := range h.Migrations {
		if m.Direction != direction {
			continue
		}
		if n := len(all); n > 0 && all[n-1].name == m.File.Name {
			all[n-1].migrations = append(all[n-1].migrations, m)
		} else {
			all = append(all, fileOfHistory{m.File.Name, []*migration.Migration{m}})
		}
	}
	if !slices.Contains([]string{"goose", "sql-migrate", "tern", "node-pg-migrate"}, h.Runner.Name) || direction == migration.Up {
		return all
	}
	// The tool takes a version back whether its file has a Down or not.
	down := map[string][]*migration.Migration{}
	for _, f := range all {
		down[f.name] = f.migrations
	}
	all = byFile(h, migration.Up)
	slices.Reverse(all)
	for i, f := range all {
		all[i].migrations = down[f.name]
		if pair := strings.Replace(f.name, ".up.sql", ".down.sql", 1); down[pair] != nil {
			all[i] = fileOfHistory{pair, down[pair]}
		}
	}
	return all
}

// predictFile returns the calls that a file leaves behind and how it ends, after
// the applied versions. Of two files with one version the first one runs.
func predictFile(migrations []*migration.Migration, applied map[string]bool) (calls []call, end string) {
	for _, m := range migrations {
		for _, p := range m.Problems {
			duplicate := m.Runner.Duplicate != "" && strings.HasSuffix(p.Message, m.Runner.Duplicate)
			if p.Refused && (applied[m.Version] || !duplicate) {
				return nil, "is refused"
			}
		}
	}
	for _, m := range migrations {
		inMessage := map[int]int{}
		for _, s := range m.Statements {
			inMessage[s.Message]++
		}
		begun := "" // by the migration itself
		perRun := m.Section.Scope == migration.TransactionPerRun
		whole := perRun || m.Section.Scope == migration.TransactionPerMigration || m.Section.Scope == migration.Pipeline
		ended := 0
		for _, s := range m.Statements {
			message := fmt.Sprintf("%p %d", m, s.Message)
			transaction := message
			if whole {
				transaction = fmt.Sprintf("%s %s %d", m.File.Name, m.Version, ended)
			}
			if s.Node.GetTransactionStmt().GetKind() == pg_query.TransactionStmtKind_TRANS_STMT_COMMIT && m.Runner.BeginsAgain {
				ended++
			}
			if perRun {
				transaction = run
				if m.Runner.Name == "graphile-migrate" {
					message = run // what current/ has is sent as one text
				}
			}
			switch s.Node.GetTransactionStmt().GetKind() {
			case pg_query.TransactionStmtKind_TRANS_STMT_BEGIN:
				begun = transaction
			case pg_query.TransactionStmtKind_TRANS_STMT_COMMIT:
				begun = ""
			}
			transaction = cmp.Or(begun, transaction)
			concurrently := s.Node.GetIndexStmt().GetConcurrent() || s.Node.GetDropStmt().GetConcurrent()
			if concurrently && (whole || inMessage[s.Message] > 1) {
				calls = slices.DeleteFunc(calls, func(c call) bool { return c.transaction == transaction })
				return calls, "fails with 25001"
			}
			for _, label := range seenCall.FindAllStringSubmatch(s.Text(), -1) {
				calls = append(calls, call{transaction, message, label[1]})
			}
		}
		if m.Runner.PsqlCommands && begun != "" { // psql's session ends with the file
			calls = slices.DeleteFunc(calls, func(c call) bool { return c.transaction == begun })
		}
	}
	return calls, "is ok"
}
