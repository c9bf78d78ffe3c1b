package rules_test

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/linttest"
	"github.com/premortem-lint/premortem/lint/migration"
	"github.com/premortem-lint/premortem/rules"
)

var headings = []string{"What PostgreSQL does", "Unsafe", "Safe", "When to ignore it", "References"}

// A rule lives in exactly four places: NAME.go, NAME.md, the list, and
// testdata/rules/NAME.
func TestEveryRuleIsInItsFourPlaces(t *testing.T) {
	var names []string
	for _, rule := range rules.All() {
		names = append(names, rule.Name)
	}
	if !slices.IsSorted(names) {
		t.Errorf("the list is not in alphabetical order: %q", names)
	}
	for _, name := range names {
		for _, path := range []string{name + ".go", name + ".md", filepath.Join("../testdata/rules", name)} {
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	leftOver := func(pattern string) {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range found {
			base := filepath.Base(path)
			name := strings.TrimSuffix(base, filepath.Ext(base))
			if strings.Contains(name, "-") && !slices.Contains(names, name) {
				t.Errorf("%s belongs to no rule of the list", path)
			}
		}
	}
	leftOver("*.go")
	leftOver("*.md")
	leftOver("../testdata/rules/*")
}

func TestRules(t *testing.T) {
	known := map[lint.Category]bool{}
	for _, c := range lint.Categories {
		known[c] = true
	}
	name := regexp.MustCompile(`^[a-z]+(-[a-z]+)+$`)
	for _, rule := range rules.All() {
		if !name.MatchString(rule.Name) {
			t.Errorf("%s: not kebab-case", rule.Name)
		}
		if !known[rule.Category] {
			t.Errorf("%s: unknown category %q", rule.Name, rule.Category)
		}
		usual := slices.Contains(severities[rule.Category], rule.Severity)
		switch reason := unusual[rule.Name]; {
		case !usual && reason == "":
			t.Errorf("%s: severity %s does not go with category %s", rule.Name, rule.Severity, rule.Category)
		case usual && reason != "":
			t.Errorf("%s: severity %s goes with category %s and needs no reason", rule.Name, rule.Severity, rule.Category)
		}
	}
}

// severities are the defaults that go with a category.
var severities = map[lint.Category][]lint.Severity{
	lint.FailsAtDeploy: {lint.Error},
	lint.DataLoss:      {lint.Error},
	lint.Outage:        {lint.Error},
	lint.Compatibility: {lint.Error, lint.Warning},
	lint.Hygiene:       {lint.Warning},
	lint.Style:         {lint.Off},
}

// unusual says why a rule has another one.
var unusual = map[string]string{
	"begin-never-committed":                   "the deploy says that it has succeeded, and nothing is there",
	"cast-fails-on-stored-text":               "which text there is is not in the migrations",
	"create-unique-index-fails-on-duplicates": "which rows there are is not in the migrations",
	"drop-not-null-lets-in-nulls":             "whether nulls are written before every reader knows them is not in the migration",
	"drop-locks-referenced-table":             "the lock is brief, unless a transaction that is not in the migration keeps it waiting",
	"foreign-key-locks-referenced-table":      "the lock is brief, unless a transaction that is not in the migration keeps it waiting",
	"release-locks-table-repeatedly":          "each of the waits may be short",
	"suppression-invalid":                     "who wrote it believes that something is silenced",
	"transaction-locks-several-tables":        "in which order the traffic locks them is not in the migration",
}

func TestCases(t *testing.T) {
	for _, rule := range rules.All() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			linttest.Run(t, filepath.Join("../testdata/rules", rule.Name), rules.All())
		})
	}
}

func TestPages(t *testing.T) {
	for _, rule := range rules.All() {
		t.Run(rule.Name, func(t *testing.T) {
			t.Parallel()
			page, err := linttest.ParsePage(rule.Doc)
			if err != nil {
				t.Fatal(err)
			}
			if page.Title != rule.Name {
				t.Errorf("title %q, want %q", page.Title, rule.Name)
			}
			if !strings.HasSuffix(page.Summary, ".") || strings.Contains(strings.TrimSuffix(page.Summary, "."), ". ") {
				t.Errorf("summary is not one sentence: %q", page.Summary)
			}
			var got []string
			for _, s := range page.Sections {
				got = append(got, s.Heading)
			}
			if !slices.Equal(got, headings) {
				t.Fatalf("headings %q, want %q", got, headings)
			}
			unsafe, safe := page.Sections[1].Fences, page.Sections[2].Fences
			if n := len(unsafe); n == 0 {
				t.Error("no Unsafe example")
			} else if !slices.Contains(raised(t, rule, page.History, unsafe, n-1), rule.Name) {
				t.Errorf("the last Unsafe example does not raise %s", rule.Name)
			}
			if len(safe) == 0 {
				t.Error("no Safe example")
			}
			for i := range safe {
				if found := raised(t, rule, page.History, safe, i); len(found) > 0 {
					t.Errorf("Safe example %d raises %q", i+1, found)
				}
			}
		})
	}
}

// raised lints the fence at index review, with all before it as history and all
// behind it as what comes later, and returns the names of the rules that it raises;
// the page's own is on.
func raised(t *testing.T, rule *lint.Rule, history, fences []linttest.Fence, review int) []string {
	t.Helper()
	c := pageCase(t, slices.Concat(history, fences), len(history)+review)
	c.Config.Severities = linttest.Wanted(rule.Name, rules.All())
	result, err := c.Lint(rules.All())
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range result.Gaps {
		t.Errorf("%s: not analysed: %s", g.File.Name, g.Reason)
	}
	var names []string
	for _, d := range result.Diagnostics {
		if d.Suppressed == nil {
			names = append(names, d.Rule)
			t.Logf("%s: %s", d.Rule, d.Message)
		}
	}
	return names
}

// pageCase is fences as a history with the options of the one under review; later
// ones for another tool are left out. "version" names a fence's file, in place of
// an earlier fence of that version, "since" compares with the fences before,
// and "release" is how many fences are under review together.
func pageCase(t *testing.T, all []linttest.Fence, review int) *linttest.Case {
	t.Helper()
	reviewed := all[review]
	suffix := "_example.sql"
	if reviewed.Options["runner"] == "golang-migrate" {
		suffix = "_example.up.sql"
	}
	var files []txtar.File
	var release []string
	queries := ""
	base := map[string][]byte{}
	for i, f := range all {
		if i > review && f.Options["runner"] != reviewed.Options["runner"] {
			continue
		}
		if f.Options["queries"] != "" && i != review {
			files = append(files, txtar.File{Name: "queries.sql", Data: []byte(f.Text)})
			queries = "queries.sql"
			continue
		}
		name := cmp.Or(f.Options["version"], fmt.Sprintf("%05d", i+1)) + suffix
		file := txtar.File{Name: name, Data: []byte(f.Text)}
		if at := slices.IndexFunc(files, func(f txtar.File) bool { return f.Name == name }); at >= 0 {
			base[name], files[at] = files[at].Data, file
		} else {
			files = append(files, file)
			if i < review {
				base[name] = nil
			}
		}
		if n, _ := strconv.Atoi(cmp.Or(reviewed.Options["release"], "1")); i <= review && i > review-n {
			release = append(release, name)
		}
	}
	options := []string{"review: " + strings.Join(release, " ")}
	if queries != "" {
		options = append(options, "queries: "+queries)
	}
	for name, value := range reviewed.Options {
		if name != "version" && name != "since" && name != "release" && name != "queries" {
			options = append(options, name+": "+value)
		}
	}
	c, err := linttest.New(options, files...)
	if err != nil {
		t.Fatal(err)
	}
	if reviewed.Options["since"] != "" {
		c.Options.Base = &migration.Base{Files: base}
	}
	return c
}

// lintChange returns the findings of all rules on a migration behind a history.
func lintChange(t *testing.T, history, change string) []lint.Diagnostic {
	t.Helper()
	c, err := linttest.New([]string{"review: 2.sql"}, txtar.File{Name: "1.sql", Data: []byte(history)}, txtar.File{Name: "2.sql", Data: []byte(change)})
	if err != nil {
		t.Fatal(err)
	}
	result, err := c.Lint(rules.All())
	if err != nil {
		t.Fatal(err)
	}
	return result.Diagnostics
}
