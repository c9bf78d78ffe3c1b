package rules_test

import (
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/page"
	"github.com/premortem-lint/premortem/rules"
)

const (
	readmeFile = "../README.md"
	tableBegin = "<!-- go test ./rules -run TestReadme -update -->\n"
	tableEnd   = "<!-- end of the rules -->\n"
)

// TestReadme compares the table of rules in README.md with the list.
func TestReadme(t *testing.T) {
	text, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, begins := strings.Cut(string(text), tableBegin)
	got, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("README.md has no %q before %q", tableBegin, tableEnd)
	}
	want := readmeTable()
	if *update {
		if err := os.WriteFile(readmeFile, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table of rules in README.md is not the list (-list +README); go test ./rules -run TestReadme -update writes it:\n%s", diff)
	}
}

// readmeTable lists the rules, heaviest category first.
func readmeTable() string {
	var table strings.Builder
	table.WriteString("| rule | category | severity | |\n| --- | --- | --- | --- |\n")
	for _, category := range lint.Categories {
		for _, r := range rules.All() {
			if r.Category != category {
				continue
			}
			summary := page.Summary(r.Doc)
			switch {
			case r.Since != 0 && r.Until != 0:
				summary += fmt.Sprintf(" (PostgreSQL %d to %d)", r.Since, r.Until)
			case r.Since != 0:
				summary += fmt.Sprintf(" (PostgreSQL %d and newer)", r.Since)
			case r.Until != 0:
				summary += fmt.Sprintf(" (PostgreSQL %d and older)", r.Until)
			}
			fmt.Fprintf(&table, "| [%s](rules/%s.md) | %s | %s | %s |\n", r.Name, r.Name, r.Category, r.Severity, strings.ReplaceAll(summary, "|", `\|`))
		}
	}
	return table.String()
}

// README.md shows this function, see TestReadmeExample.
func Example() {
	result, err := rules.Lint(os.DirFS("../testdata/outage"), rules.Config{})
	if err != nil {
		log.Fatal(err)
	}
	for _, d := range result.Diagnostics {
		fmt.Printf("%s:%d: %s\n", d.File.Name, d.File.Position(d.Pos).Line, d.Message)
	}
	// Output:
	// 00003_index_users_email.sql:4: CREATE INDEX takes a SHARE lock on public.users, which blocks writes until the index is built; reads go on
}

func TestReadmeExample(t *testing.T) {
	source, err := os.ReadFile("readme_test.go")
	if err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	_, example, _ := strings.Cut(string(source), "func Example() {\n")
	example, _, found := strings.Cut(example, "\t// Output:")
	if !found {
		t.Fatal("no example in readme_test.go")
	}
	example = strings.TrimPrefix(strings.ReplaceAll("\n"+example, "\n\t", "\n"), "\n")
	want := "```go\n" + strings.ReplaceAll(example, "../testdata/outage", "db/migrations") + "```\n"
	if !strings.Contains(string(readme), want) {
		t.Errorf("README.md does not have\n%s", want)
	}
}
