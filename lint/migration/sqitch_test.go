package migration_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/migration"
)

const sqitchBy = " 2024-01-01T00:00:00Z A Planner <planner@example.org>"

func TestSqitch(t *testing.T) {
	const scope = ": no transaction"
	project := map[string]string{
		"db/sqitch.plan":  "%project=x\r\n\r\nb" + sqitchBy + " # it's first\r\n@v1" + sqitchBy + "\n+ gone [b]" + sqitchBy + "\nsub/a [b !y:b@z]" + sqitchBy + "\n\n# the end\n",
		"db/deploy/b.sql": "\\echo b\nSELECT 1;", "db/revert/b.sql": "SELECT 2;", "db/verify/b.sql": "SELECT 3;",
		"db/deploy/sub/a.sql": "SELECT 1;", "db/deploy/unplanned.sql": "SELECT 1;", "db/beside.sql": "SELECT 1;", "db/deploy/b.SQL": "SELECT 1;",
	}
	want := []string{
		"db: sqitch",
		"deploy/b.sql up b" + scope,
		"deploy/sub/a.sql up sub/a" + scope,
		"  refused true: sqitch stops before this change: the script of gone, line 5 of sqitch.plan, is missing; add the script, or remove the change from the plan",
		"revert/b.sql down b" + scope,
		"  refused true: sqitch stops before this change: the revert script of sub/a, line 6 of sqitch.plan, is missing; add the script, which may be empty",
		"skips beside.sql: sqitch executes only the scripts of deploy and revert",
		"skips deploy/b.SQL: the name does not end with .sql in lower case: the file is not read",
		"skips deploy/unplanned.sql: sqitch.plan has no such change: sqitch never executes it",
		"skips verify/b.sql: a check, which sqitch executes behind the change only when asked to verify: it is not replayed",
	}
	got := told(t, project, migration.Options{Down: true})
	got = filter(got, func(line string) bool { return !strings.HasPrefix(line, "  gap:") }) // \echo
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}

	// A file is judged with the plan's changes before it as its history.
	got = told(t, project, migration.Options{Paths: []string{"db/deploy/b.sql"}})
	if d := cmp.Diff([]string{"db: sqitch", "deploy/b.sql up b" + scope}, got[:2]); d != "" {
		t.Error(d)
	}

	project["db/sqitch.plan"] += "no timestamp <a@b>\n"
	got = told(t, project, migration.Options{})
	if d := cmp.Diff([]string{"db/sqitch.plan:9:1: sqitch refuses the plan: the line is none of `change [dependencies] 2024-01-31T12:00:00Z planner <mail>` and `@tag 2024-01-31T12:00:00Z planner <mail>`"}, got); d != "" {
		t.Error(d)
	}
}

// TestSqitchSettings: sqitch.conf lies above the plan, and of two scripts of a
// reworked change, which lie in deploy whatever deploy_dir is, the one with the later
// tag counts.
func TestSqitchSettings(t *testing.T) {
	const scope = ": no transaction"
	project := map[string]string{
		"sqitch.conf":          "[core]\n\tengine = pg ; the only one\n\ttop_dir = db\n\tdeploy_dir = db/wrong\n[engine \"pg\"]\n\tdeploy_dir = \"db/up\"\n",
		"db/sqitch.plan":       "%project=x\n\nf" + sqitchBy + "\n@v1" + sqitchBy + "\ng" + sqitchBy + "\n@v2" + sqitchBy + "\nf" + sqitchBy + "\nend" + sqitchBy + "\n",
		"db/deploy/f@v1.sql":   "SELECT 1;",
		"db/deploy/f@v2.sql":   "SELECT 2;",
		"db/up/g.sql":          "SELECT 3;",
		"db/up/f.sql":          "SELECT 4;",
		"db/deploy/unused.sql": "SELECT 5;",
	}
	want := []string{
		"db: sqitch",
		"deploy/f@v2.sql up f@v2" + scope,
		"up/g.sql up g" + scope,
		"up/f.sql up f" + scope,
		"  refused true: sqitch stops after this change: the script of end, line 8 of sqitch.plan, is missing; add the script, or remove the change from the plan",
		"skips deploy/f@v1.sql: sqitch.plan has no such change: sqitch never executes it",
		"skips deploy/unused.sql: sqitch.plan has no such change: sqitch never executes it",
	}
	if d := cmp.Diff(want, told(t, project, migration.Options{})); d != "" {
		t.Error(d)
	}

	project["sqitch.conf"] = "[core]\n= pg\n"
	if d := cmp.Diff([]string{"sqitch.conf:2:1: neither a [section] nor a key = value"}, told(t, project, migration.Options{})); d != "" {
		t.Error(d)
	}
	delete(project, "sqitch.conf")
	for plan, want := range map[string]string{
		"%project=x\na" + sqitchBy:                      "2:1: sqitch refuses the plan: the line is no pragma; a blank line must come between pragmas and changes",
		"\na" + sqitchBy:                                "2:1: sqitch refuses the plan: %project is missing",
		"%project=x\n\na" + sqitchBy + "\na" + sqitchBy: "4:1: sqitch refuses the plan: a stands in line 3 already, without a tag between them",
		"%project=x\n\n@v" + sqitchBy:                   "3:1: sqitch refuses the plan: @v comes before all changes",
		"%project=x\n\nHEAD" + sqitchBy:                 "3:1: sqitch refuses the plan: \"HEAD\" cannot be a name",
	} {
		project["db/sqitch.plan"] = plan
		if d := cmp.Diff([]string{"db/sqitch.plan:" + want}, told(t, project, migration.Options{})); d != "" {
			t.Error(d)
		}
	}
}

// TestSqitchTree: only the directories of scripts belong to a plan. What lies beside
// them is another history: another plan, or another tool's.
func TestSqitchTree(t *testing.T) {
	const scope = ": no transaction"
	plan := func(changes ...string) string {
		return "%project=x\n\n" + strings.Join(changes, sqitchBy+"\n") + sqitchBy + "\n"
	}
	project := map[string]string{
		"sqitch.plan":           plan("a"),
		"deploy/a.sql":          "SELECT 1;",
		"verify/a.sql":          "SELECT 1;",
		"billing/sqitch.plan":   plan("b"),
		"billing/deploy/b.sql":  "SELECT 1;",
		"db/migrations/1_x.sql": "-- +goose Up\nSELECT 1;\n",
	}
	want := []string{
		".: sqitch",
		"deploy/a.sql up a" + scope,
		"skips verify/a.sql: a check, which sqitch executes behind the change only when asked to verify: it is not replayed",
		"billing: sqitch",
		"deploy/b.sql up b" + scope,
		"db/migrations: goose",
		"1_x.sql up 1: one transaction for the migration",
	}
	for _, paths := range [][]string{nil, {"."}} {
		if d := cmp.Diff(want, told(t, project, migration.Options{Paths: paths})); d != "" {
			t.Errorf("%v: %s", paths, d)
		}
	}
	if d := cmp.Diff(want[3:5], told(t, project, migration.Options{Paths: []string{"billing/deploy/b.sql"}})); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff(want[:3], told(t, project, migration.Options{Paths: []string{"deploy"}})); d != "" {
		t.Error(d)
	}

	// Targets and engines: each has a plan, and only those in PostgreSQL count.
	project = map[string]string{
		"sqitch.conf": "[core]\n\tengine = pg\n\ttop_dir = pg\n[engine \"sqlite\"]\n\ttop_dir = lite\n[engine \"pg\"]\n\ttarget = main\n" +
			"[target \"main\"]\n\turi = db:pg:x\n[target \"main.variables\"]\n\tx = 1\n[target \"audit\"]\n\turi = db:pg:y\n\tplan_file = audit.plan\n\ttop_dir = audit\n" +
			"[target \"mine\"]\n\turi = db:mysql:z\n\ttop_dir = mysql\n",
		"pg/sqitch.plan":     plan("a"),
		"pg/deploy/a.sql":    "SELECT 1;",
		"lite/sqitch.plan":   plan("a"),
		"lite/deploy/a.sql":  "SELECT 1;",
		"mysql/sqitch.plan":  plan("a"),
		"mysql/deploy/a.sql": "SELECT 1;",
		"audit.plan":         plan("b"),
		"audit/deploy/b.sql": "SELECT 1;",
		"audit/deploy/c.sql": "SELECT 1;",
	}
	want = []string{
		".: sqitch",
		"audit/deploy/b.sql up b" + scope,
		"skips audit/deploy/c.sql: audit.plan has no such change: sqitch never executes it",
		"pg: sqitch",
		"deploy/a.sql up a" + scope,
	}
	if d := cmp.Diff(want, told(t, project, migration.Options{})); d != "" {
		t.Error(d)
	}
	histories, err := migration.Load(files(project), migration.Options{})
	if err != nil || histories[0].Why != "sqitch.conf names audit.plan" {
		t.Error(err, histories)
	}
	want = []string{"lite: sqitch", "deploy/a.sql up a" + scope}
	if d := cmp.Diff(want, told(t, project, migration.Options{Paths: []string{"lite"}, Runner: "sqitch"})); d != "" {
		t.Error(d)
	}

	// Two plans for the same directories are one history.
	project = map[string]string{
		"sqitch.conf":  "[core]\n\tplan_file = a.plan\n[target \"b\"]\n\turi = db:pg:y\n\tplan_file = b.plan\n",
		"a.plan":       plan("z"),
		"b.plan":       plan("y", "z"),
		"deploy/y.sql": "SELECT 1;",
		"deploy/z.sql": "SELECT 2;",
	}
	want = []string{".: sqitch", "deploy/z.sql up z" + scope, "deploy/y.sql up y" + scope}
	if d := cmp.Diff(want, told(t, project, migration.Options{})); d != "" {
		t.Error(d)
	}

	project["sqitch.conf"] = "[core]\n\ttop_dir = ../elsewhere\n"
	project["sqitch.plan"] = plan("z")
	want = []string{"sqitch.conf: ../elsewhere/sqitch.plan leads out of the directory that is searched: start from a directory that holds it"}
	if d := cmp.Diff(want, told(t, project, migration.Options{})); d != "" {
		t.Error(d)
	}
}

// TestSqitchDependencies: the plan is refused as sqitch refuses it, at the change.
func TestSqitchDependencies(t *testing.T) {
	for _, c := range []struct {
		plan []string
		want string // of the last change
	}{
		{[]string{"a", "b [zz]"}, "b, line 4 of sqitch.plan, requires zz, which the plan does not have; remove zz from the dependencies, or add what it names above"},
		{[]string{"b", "@v", "a [@w]"}, "a, line 5 of sqitch.plan, requires @w, which the plan does not have; remove @w from the dependencies, or add what it names above"},
		{[]string{"a [a]"}, "a, line 3 of sqitch.plan, requires itself; remove a from the dependencies"},
		{[]string{"b", "a [b@v]", "@v"}, "a, line 4 of sqitch.plan, requires b@v, which sqitch does not find above it; move the change below that, or remove b@v from the dependencies"},
		{[]string{"a", "b [!a]"}, "b, line 4 of sqitch.plan, conflicts with a, which comes before it; remove !a from the dependencies"},
		{[]string{"a", "b [!x:zz]"}, "b, line 4 of sqitch.plan, conflicts with zz, which the plan does not have; remove !x:zz from the dependencies"},
		{[]string{"a", "@v", "b [a x:a a@v @v other:zz !other:a]"}, ""},
		{[]string{"a", "b [f1e8d9a3f1e8d9a3f1e8d9a3f1e8d9a3f1e8d9a3]"}, ""},
	} {
		project := map[string]string{}
		last := ""
		text := "%project=x\n\n"
		for _, line := range c.plan {
			text += line + sqitchBy + "\n"
			if name, _, _ := strings.Cut(line, " "); name[0] != '@' {
				last = name
				project["deploy/"+name+".sql"] = "SELECT '" + name + "';"
			}
		}
		project["sqitch.plan"] = text
		got := told(t, project, migration.Options{})
		want := []string{"deploy/" + last + ".sql up " + last + ": no transaction"}
		if c.want != "" {
			want = append(want, "  refused true: sqitch refuses the plan: "+c.want)
		}
		if d := cmp.Diff(want, got[len(got)-len(want):]); d != "" {
			t.Errorf("%v: %s", c.plan, d)
		}
	}
	for dependency, want := range map[string]string{
		"@HEAD^": `"@HEAD^" cannot be a dependency`,
		"x:":     `"x:" cannot be a dependency`,
		"-b":     `"-b" cannot be a dependency`,
		"b b":    `"b" stands twice among the dependencies`,
	} {
		got := told(t, map[string]string{"sqitch.plan": "%project=x\n\na [" + dependency + "]" + sqitchBy, "deploy/a.sql": ""}, migration.Options{})
		if d := cmp.Diff([]string{"sqitch.plan:3:1: sqitch refuses the plan: " + want}, got); d != "" {
			t.Error(d)
		}
	}

	// What has no script is told at the next that has one.
	got := told(t, map[string]string{
		"sqitch.plan":  "%project=x\n\na [zz]" + sqitchBy + "\nb" + sqitchBy + "\nc" + sqitchBy + "\n",
		"deploy/b.sql": "SELECT 1;", "deploy/c.sql": "SELECT 1;",
	}, migration.Options{})
	want := []string{
		".: sqitch",
		"deploy/b.sql up b: no transaction",
		"  refused true: sqitch refuses the plan: a, line 3 of sqitch.plan, requires zz, which the plan does not have; remove zz from the dependencies, or add what it names above",
		"  refused true: sqitch stops before this change: the script of a, line 3 of sqitch.plan, is missing; add the script, or remove the change from the plan",
		"deploy/c.sql up c: no transaction",
		"  refused true: sqitch executes the script, but fails to record it: deploy/b.sql has the same text, and its registry takes each text once (23505); make the scripts differ, if only in a comment",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestSqitchElsewhere: what is not in the plan's own project is told as unknown, and a
// revert script that is missing only where reverts are judged.
func TestSqitchElsewhere(t *testing.T) {
	project := map[string]string{
		"sqitch.plan":  "%project=x\n\na" + sqitchBy + "\nb [a x:a stock:y !stock:@v]" + sqitchBy + "\n",
		"deploy/a.sql": "SELECT 1;", "deploy/b.sql": "SELECT 2;", "revert/b.sql": "SELECT 3;",
	}
	const unknown = "whether sqitch refuses the plan depends on other projects in the same database: it wants stock:@v not deployed, stock:y deployed"
	for _, down := range []bool{false, true} {
		got := told(t, project, migration.Options{Down: down})
		want := []string{".: sqitch", "deploy/a.sql up a: no transaction", "deploy/b.sql up b: no transaction"}
		if down {
			want = append(want, "revert/b.sql down b: no transaction", "  refused true: sqitch stops after this change: the revert script of a, line 3 of sqitch.plan, is missing; add the script, which may be empty")
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Error(d)
		}
	}
	for plan, want := range map[string]string{
		project["sqitch.plan"]: "sqitch.plan is there; " + unknown,
		"%project=stock\n\na" + sqitchBy + "\nb [stock:a !stock:c]" + sqitchBy + "\nc" + sqitchBy: "sqitch.plan is there",
	} {
		project["sqitch.plan"] = plan
		histories, err := migration.Load(files(project), migration.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, histories[0].Why); d != "" {
			t.Error(d)
		}
	}
}

func filter(lines []string, keep func(string) bool) (kept []string) {
	for _, line := range lines {
		if keep(line) {
			kept = append(kept, line)
		}
	}
	return kept
}
