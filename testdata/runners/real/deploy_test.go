package real

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/catalog"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/lock"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/lint/pgtest"
	"github.com/premortem-lint/premortem/rules"
)

// form is how a plain SQL text becomes a file of a tool.
type form struct {
	runner, name, above, below string
	open                       func(t *testing.T, dir, dsn string) (tool, error)
}

var forms = []form{
	{"goose", "%05d_example.sql", "-- +goose Up\n", "", openGoose},
	{"dbmate", "%05d_example.sql", "-- migrate:up\n", "-- migrate:down\n", openDbmate},
	{"golang-migrate", "%05d_example.up.sql", "", "", openGolangMigrate},
	{"psql", "%05d_example.sql", "", "", openPsql},
}

// deployTables is what there is for pages that show no history.
const deployTables = "CREATE TABLE users (id bigint PRIMARY KEY, email text);\n"

// TestDeploy executes the examples of the rules about migrations that fail, on
// tables with rows, on every maintained server, and through the tool that the
// example names, or through each one. Unsafe ones must fail as the page says,
// Safe ones succeed.
func TestDeploy(t *testing.T) {
	t.Parallel()
	pgtest.FindMaintained(t)
	pool := pgtest.NewPool(t)
	type place struct {
		rule  string
		major int
	}
	type runs struct{ failed, succeeded int }
	var mutex sync.Mutex
	proven := map[place]runs{}
	t.Run("pages", func(t *testing.T) {
		for _, rule := range rules.All() {
			if rule.Category != lint.FailsAtDeploy {
				continue
			}
			page, err := linttest.ParsePage(rule.Doc)
			if err != nil {
				t.Fatal(err)
			}
			if provenElsewhere[rule.Name] {
				continue
			}
			want := failureOf(t, rule)
			for _, major := range pgtest.Maintained {
				if major < rule.Since || rule.Until != 0 && major > rule.Until {
					continue
				}
				at := place{rule.Name, major}
				proven[at] = runs{}
				for _, form := range forms {
					// Examples of a rule about older majors name the last of them.
					shown := max(major, rule.Until)
					unsafe, safe := form.runs(page.Sections[1], shown), form.runs(page.Sections[2], shown)
					if len(unsafe)+len(safe) == 0 {
						continue
					}
					t.Run(fmt.Sprintf("%s/%d/%s", rule.Name, major, form.runner), func(t *testing.T) {
						t.Parallel()
						for _, fence := range unsafe {
							t.Run("unsafe", func(t *testing.T) {
								want.check(t, newDeploy(t, pool, major, form, page.History).apply(t, fence))
							})
						}
						t.Run("safe", func(t *testing.T) {
							d := newDeploy(t, pool, major, form, page.History)
							for _, fence := range safe {
								if err := d.apply(t, fence); err != nil {
									t.Errorf("Safe fails: %v\n%s", err, fence.Text)
								}
							}
						})
						if !t.Failed() {
							mutex.Lock()
							defer mutex.Unlock()
							n := proven[at]
							proven[at] = runs{n.failed + len(unsafe), n.succeeded + len(safe)}
						}
					})
				}
			}
		}
	})
	var all runs
	for at, n := range proven {
		if n.failed == 0 || n.succeeded == 0 {
			t.Errorf("%s is not proven on PostgreSQL %d: %d Unsafe runs failed as the page says, %d Safe runs succeeded", at.rule, at.major, n.failed, n.succeeded)
		}
		all = runs{all.failed + n.failed, all.succeeded + n.succeeded}
	}
	t.Logf("%d rules and servers: %d Unsafe runs failed as the page says, %d Safe runs succeeded", len(proven), all.failed, all.succeeded)
}

// runs returns the examples of a section that the tool executes on a server.
func (f form) runs(section linttest.Section, major int) []linttest.Fence {
	return slices.DeleteFunc(slices.Clone(section.Fences), func(fence linttest.Fence) bool {
		runner := fence.Options["runner"]
		return runner != "" && runner != f.runner || !fence.RunsOn(major)
	})
}

// ownTransaction reports whether a statement of an example means psql's way
// with transactions: none, but for those that it begins.
func ownTransaction(s *migration.Statement) bool {
	return lock.NeedsOwnTransaction(s, catalog.New(), pgtest.Maintained[len(pgtest.Maintained)-1]) != "" ||
		s.Node.GetTransactionStmt() != nil || s.Node.GetLockStmt() != nil
}

// texts are the files that an example becomes: one, in the transaction that the
// tool opens, or as many as it takes to have none.
func (f form) texts(fence linttest.Fence) []string {
	if fence.Options["runner"] != "" {
		return []string{fence.Text}
	}
	var units []string
	own, open := false, false
	for _, s := range migration.ParseFile(&migration.File{Name: "example.sql", Source: []byte(fence.Text)}).Statements {
		own = own || ownTransaction(s)
		if open {
			units[len(units)-1] += ";\n" + s.Text()
		} else {
			units = append(units, s.Text())
		}
		if s.Node.GetTransactionStmt() != nil {
			open = s.Text() == "BEGIN"
		}
	}
	if !own {
		return []string{f.above + fence.Text + f.below}
	}
	for _, r := range migration.Runners {
		if r.Name == f.runner {
			return r.Draft(units, true)
		}
	}
	panic(f.runner)
}

// provenElsewhere are rules whose examples do not run on every major:
// TestNewerForms of rules asks the servers on both sides for each form.
var provenElsewhere = map[string]bool{"syntax-newer-than-server": true}

// failure is what a page says of its Unsafe examples.
type failure struct {
	outcomes []string // one of them
	message  string   // what a tool that refuses the migration itself says
}

var (
	anyState    = regexp.MustCompile(`\b[0-9][0-9A-Z][0-9A-Z]{3}\b`)
	pageState   = regexp.MustCompile(`SQLSTATE\s([0-9A-Z]{5})`)
	pageMessage = regexp.MustCompile("`([^`]+)`")
)

// failureOf reads the SQLSTATEs that the page names, or the first text in
// backticks: the message of the tool.
func failureOf(t *testing.T, rule *lint.Rule) failure {
	t.Helper()
	var outcomes []string
	for _, state := range anyState.FindAllString(rule.Doc, -1) {
		outcomes = append(outcomes, "fails with "+state)
	}
	_, does, _ := strings.Cut(rule.Doc, "\n## What PostgreSQL does\n")
	does, _, _ = strings.Cut(does, "\n## ")
	message := pageMessage.FindStringSubmatch(does)
	switch {
	case len(outcomes) > 0 && (message == nil || pageState.MatchString(rule.Doc)):
		return failure{outcomes: outcomes}
	case message == nil:
		t.Errorf("%s.md must name an SQLSTATE, or quote the message of the tool", rule.Name)
		return failure{}
	}
	return failure{[]string{"is refused"}, message[1]}
}

func (f failure) check(t *testing.T, err error) {
	t.Helper()
	if got := outcome(err); !slices.Contains(f.outcomes, got) || f.message != "" && !strings.Contains(err.Error(), f.message) {
		t.Errorf("Unsafe %s (%v), but the page says that it %s: %q", got, err, strings.Join(f.outcomes, " or "), f.message)
	}
}

// deploy is a database with a folder of migrations that its tool has applied.
type deploy struct {
	form
	dir, dsn string
	files    int
}

// newDeploy applies the history and fills all tables.
func newDeploy(t *testing.T, pool *pgtest.Pool, major int, f form, history []linttest.Fence) *deploy {
	t.Helper()
	dsn, done := pool.Database(t, major)
	t.Cleanup(done)
	d := &deploy{form: f, dir: t.TempDir(), dsn: dsn}
	if len(history) == 0 {
		history = []linttest.Fence{{Text: deployTables}}
	}
	for _, fence := range history {
		if err := d.apply(t, fence); err != nil {
			t.Fatalf("history: %v", err)
		}
	}
	conn := pgtest.Connect(t, dsn)
	for table, rows := range pgtest.Fill(t, conn, 100) {
		if rows == 0 {
			t.Fatalf("%s is empty", table)
		}
	}
	_ = conn.Close(t.Context())
	return d
}

// apply lets the tool apply the example.
func (d *deploy) apply(t *testing.T, fence linttest.Fence) error {
	t.Helper()
	for _, text := range d.texts(fence) {
		if err := d.applyFile(t, text, fence.Options["lock_timeout"]); err != nil {
			return err
		}
	}
	return nil
}

// applyFile writes the next file and lets the tool apply it.
func (d *deploy) applyFile(t *testing.T, text, timeout string) error {
	t.Helper()
	d.files++
	name := fmt.Sprintf(d.name, d.files)
	if err := os.WriteFile(filepath.Join(d.dir, name), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	dsn := d.dsn
	if timeout != "" {
		dsn += "&lock_timeout=" + timeout
	}
	tool, err := d.open(t, d.dir, dsn)
	if err != nil {
		return err
	}
	files, done, err := tool.up(t.Context())
	if err == nil && (done || len(files) != 1 || files[0] != name) {
		t.Fatalf("the tool applies %q, and not %s", files, name)
	}
	return err
}

// psqlTool sends each statement by itself and stops at the first error, as
// psql does with ON_ERROR_STOP: no package that the tests install has psql.
type psqlTool struct {
	*pgx.Conn
	dir string
}

// psqlApplied remembers in the database what has been executed.
const psqlApplied = "CREATE SCHEMA IF NOT EXISTS applied; CREATE TABLE IF NOT EXISTS applied.files (name text PRIMARY KEY)"

func openPsql(t *testing.T, dir, dsn string) (tool, error) {
	conn := pgtest.Connect(t, dsn)
	_, err := conn.Exec(t.Context(), psqlApplied)
	return psqlTool{conn, dir}, err
}

func (p psqlTool) up(ctx context.Context) ([]string, bool, error) {
	files, err := filepath.Glob(filepath.Join(p.dir, "*.sql"))
	if err != nil {
		return nil, false, err
	}
	for _, name := range files {
		base := filepath.Base(name)
		tag, err := p.Exec(ctx, "INSERT INTO applied.files VALUES ($1) ON CONFLICT DO NOTHING", base)
		if err != nil {
			return nil, false, err
		}
		if tag.RowsAffected() == 0 {
			continue
		}
		source, err := os.ReadFile(name)
		if err != nil {
			return nil, false, err
		}
		for _, s := range migration.ParseFile(&migration.File{Name: name, Source: source}).Statements {
			if _, err := p.PgConn().Exec(ctx, s.Text()).ReadAll(); err != nil {
				return []string{base}, false, err
			}
		}
		return []string{base}, false, nil
	}
	return nil, true, nil
}

func (p psqlTool) down(context.Context) ([]string, bool, error) { panic("examples go up only") }
