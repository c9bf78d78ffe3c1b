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
		"db/sqitch.plan":  "%project=x\r\n\r\nb" + sqitchBy + " # it's first\r\n@v1" + sqitchBy + "\n+ gone [b]" + sqitchBy + "\nsub/a [b !x:y@z]" + sqitchBy + "\n\n# the end\n",
		"db/deploy/b.sql": "\\echo b\nSELECT 1;", "db/revert/b.sql": "SELECT 2;", "db/verify/b.sql": "SELECT 3;",
		"db/deploy/sub/a.sql": "SELECT 1;", "db/deploy/unplanned.sql": "SELECT 1;",
	}
	want := []string{
		"db: sqitch",
		"deploy/b.sql up b" + scope,
		"deploy/sub/a.sql up sub/a" + scope,
		"  refused true: sqitch stops before this change: the script of gone, line 5 of sqitch.plan, is missing; add the script, or remove the change from the plan",
		"revert/b.sql down b" + scope,
		"skips deploy/unplanned.sql: sqitch.plan has no such change: sqitch never executes it",
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
// reworked change the one with the later tag counts.
func TestSqitchSettings(t *testing.T) {
	const scope = ": no transaction"
	project := map[string]string{
		"sqitch.conf":          "[core]\n\tengine = pg ; the only one\n\ttop_dir = db\n\tdeploy_dir = db/wrong\n[engine \"pg\"]\n\tdeploy_dir = \"db/up\"\n",
		"db/sqitch.plan":       "%project=x\n\nf" + sqitchBy + "\n@v1" + sqitchBy + "\ng" + sqitchBy + "\n@v2" + sqitchBy + "\nf" + sqitchBy + "\nend" + sqitchBy + "\n",
		"db/up/f@v1.sql":       "SELECT 1;",
		"db/up/f@v2.sql":       "SELECT 1;",
		"db/up/g.sql":          "SELECT 1;",
		"db/up/f.sql":          "SELECT 1;",
		"db/deploy/unused.sql": "SELECT 1;",
	}
	want := []string{
		"db: sqitch",
		"up/f@v2.sql up f@v2" + scope,
		"up/g.sql up g" + scope,
		"up/f.sql up f" + scope,
		"  refused true: sqitch stops after this change: the script of end, line 8 of sqitch.plan, is missing; add the script, or remove the change from the plan",
		"skips up/f@v1.sql: sqitch.plan has no such change: sqitch never executes it",
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

func filter(lines []string, keep func(string) bool) (kept []string) {
	for _, line := range lines {
		if keep(line) {
			kept = append(kept, line)
		}
	}
	return kept
}
