package rules_test

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/rules"
)

// Tools whose rules README.md names.
var tools = []string{
	"Atlas", "Bytebase", "Ptah", "django-migration-linter", "django-pg-zero-downtime-migrations", "eugene", "migrationpilot",
	"online_migrations", "pg-schema-diff", "pgfence", "pgsafe", "postgres-language-server", "squawk", "strong_migrations",
}

// TestTableOfHazards: every row is well-formed, every rule that it names
// exists, and every rule has a row.
func TestTableOfHazards(t *testing.T) {
	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	names := "[A-Za-z_-]+ `[A-Za-z][A-Za-z0-9_-]*`(, `[A-Za-z][A-Za-z0-9_-]*`)*"
	row := regexp.MustCompile(`^\| [^|]+ \| ((case of )?\[[^|]+|none: [^|]+) \| (` + names + `(; ` + names + `)* )?\|$`)
	other := []string{"| hazard | premortem | other tools |", "| --- | --- | --- |"}
	rows := 0
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case !strings.HasPrefix(line, "|") || slices.Contains(other, line):
		case strings.Contains(line, "not judged yet"):
			t.Errorf("every hazard has a rule or a reason:\n%s", line)
		case !row.MatchString(line):
			t.Errorf("not `| hazard | rule, case of a rule, or none: reason | tool and names; … |`:\n%s", line)
		default:
			rows++
		}
	}
	if got := len(rules.Hazards()); got != rows || rows == 0 {
		t.Errorf("%d hazards are read of %d rows", got, rows)
	}

	var known []string
	for _, rule := range rules.All() {
		known = append(known, rule.Name)
	}
	reported, texts, foreign := map[string]bool{}, map[string]bool{}, 0
	for _, h := range rules.Hazards() {
		if texts[h.Text] {
			t.Errorf("two rows: %s", h.Text)
		}
		texts[h.Text] = true
		for _, link := range regexp.MustCompile(`\[([^]]*)\]\(([^)]*)\)`).FindAllStringSubmatch(h.Ours, -1) {
			if !slices.Contains(known, link[1]) || link[2] != link[1]+".md" {
				t.Errorf("%s: there is no rule %s", h.Text, link[0])
			}
		}
		if h.Refused() == (len(h.Rules) > 0) || strings.HasSuffix(h.Ours, ".") {
			t.Errorf("%s: neither a rule nor a reason: %q", h.Text, h.Ours)
		}
		for _, rule := range h.Rules {
			reported[rule] = true
		}
		seen := map[rules.Foreign]bool{}
		for _, f := range h.Elsewhere {
			foreign++
			if !slices.Contains(tools, f.Tool) || seen[f] {
				t.Errorf("%s: %s %s: an unknown tool, or named twice", h.Text, f.Tool, f.Name)
			}
			seen[f] = true
		}
	}
	for _, name := range known {
		if !reported[name] {
			t.Errorf("README.md has no row for %s", name)
		}
	}
	t.Logf("%d hazards, %d names of %d tools", rows, foreign, len(tools))
}

func TestElsewhere(t *testing.T) {
	for _, c := range []struct {
		name, tool string
		rule       string // "": none
	}{
		{"ban-drop-column", "squawk", "drop-column-destroys-data"},
		{"banDropColumn", "postgres-language-server", "drop-column-destroys-data"},
		{"BANDROPCOLUMN", "postgres-language-server", "drop-column-destroys-data"},
		{"lint/safety/banDropColumn", "postgres-language-server", "drop-column-destroys-data"},
		{"MP017", "migrationpilot", "drop-column-destroys-data"},
		{"ds103", "Atlas", "drop-column-destroys-data"},
		{"E6", "eugene", "create-index-not-concurrently"},
		{"add_index", "online_migrations", "create-index-not-concurrently"},
		{"STATEMENT_WHERE_REQUIRE_UPDATE_DELETE", "Bytebase", "delete-without-where"},
		{"require-statement-timeout", "squawk", ""},
	} {
		var found bool
		for _, n := range rules.Elsewhere(c.name) {
			if slices.Contains(n.Tools, c.tool) {
				found = slices.Contains(n.Rules, c.rule) || c.rule == "" && len(n.Rules) == 0 && len(n.Refused) == 1
			}
		}
		if !found {
			t.Errorf("%s of %s is not %q: %+v", c.name, c.tool, c.rule, rules.Elsewhere(c.name))
		}
	}
	for _, name := range []string{"", "nosuch", "ban-drop", "`E6`", "none", "hazard"} {
		if found := rules.Elsewhere(name); len(found) > 0 {
			t.Errorf("%q: %+v", name, found)
		}
	}
}

func TestHint(t *testing.T) {
	for name, want := range map[string]string{
		"ban-drop-column":           "; premortem's name for it is drop-column-destroys-data",
		"E1":                        "; premortem's names for it are add-foreign-key-scans-table, add-check-scans-table",
		"Require-Statement-Timeout": "; premortem has no rule for it, and `premortem explain require-statement-timeout` says why",
		"nosuch":                    "",
	} {
		if got := rules.Hint(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

func TestStandingFor(t *testing.T) {
	all := rules.StandingFor("atlas", nil)
	for checks, want := range map[string]string{
		"DS103":              "drop-column-destroys-data",
		"DS103 MF103 DS103":  "add-column-not-null-without-default drop-column-destroys-data",
		"condrop":            "drop-constraint-removes-guarantee publication-without-replica-identity",
		"destructive":        "drop-column-destroys-data drop-table-destroys-data drop-schema-destroys-data",
		"ds103 NM101 nosuch": "",
		"ban-drop-column":    "",
		"PG103":              "concurrently-in-transaction",
	} {
		got := rules.StandingFor("atlas", strings.Fields(checks))
		if of := strings.Join(got, " "); of != want {
			t.Errorf("%s: %s, want %s", checks, of, want)
		}
		for _, rule := range got {
			if !slices.Contains(all, rule) {
				t.Errorf("%s is not among all of Atlas: %v", rule, all)
			}
		}
	}
	for _, group := range []string{"concurrent_index", "condrop", "data_depend", "destructive", "incompatible"} {
		if len(rules.StandingFor("atlas", []string{group})) == 0 {
			t.Errorf("%s: no rules", group)
		}
	}
	if slices.Contains(all, "lock-timeout-too-short") || slices.Contains(all, "runner-refuses-migration") || len(all) == len(rules.All()) {
		t.Errorf("all of Atlas: %v", all)
	}
	if got := rules.StandingFor("goose", nil); len(got) > 0 {
		t.Errorf("goose: %v", got)
	}
	if got := rules.StandingFor("squawk", []string{"ban-drop-column", "destructive"}); !slices.Equal(got, []string{"drop-column-destroys-data"}) {
		t.Errorf("squawk: %v", got)
	}
}
