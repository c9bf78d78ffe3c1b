package rules_test

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/rules"
)

// TestAdviceOfSeveralChanges: where psql executes the files, BEGIN and COMMIT can hold
// the changes together, unless one of them cannot or should not be held.
func TestAdviceOfSeveralChanges(t *testing.T) {
	const rule = "nontransactional-migration-has-several-changes"
	const apart, together = "give each change a migration of its own", "open a transaction with BEGIN, and end it with COMMIT"
	want := map[string]string{
		"sqitch.txtar deploy/bare.sql":       apart, // an UPDATE
		"sqitch.txtar deploy/concurrent.sql": apart,
		"sqitch.txtar deploy/together.sql":   together,
		"goose.txtar 1_several.sql":          apart,
		"goose.txtar 7_drop.sql":             apart,
	}
	got := map[string]string{}
	for _, name := range []string{"sqitch.txtar", "goose.txtar"} {
		c, err := linttest.Read(filepath.Join("../testdata/rules", rule, name))
		if err != nil {
			t.Fatal(err)
		}
		result, err := c.Lint(rules.All())
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range result.Diagnostics {
			if d.Rule == rule {
				got[name+" "+d.File.Name] = d.Instead.Message
			}
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}
