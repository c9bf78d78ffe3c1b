package rules_test

import (
	"fmt"
	"log"
	"os"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/rules"
)

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
	readme, err := os.ReadFile("../README.md")
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
