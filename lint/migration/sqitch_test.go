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
	if d := cmp.Diff([]string{"db/sqitch.plan:9:1: neither a change, a tag nor a pragma; `sqitch plan` says what is wrong"}, got); d != "" {
		t.Error(d)
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
