package report

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

func sarifOf(t *testing.T, r *lint.Result, o Options) sarifRun {
	t.Helper()
	var log sarifLog
	if err := json.Unmarshal([]byte(write(t, "sarif", r, o)), &log); err != nil {
		t.Fatal(err)
	}
	return log.Runs[0]
}

// TestSARIFSchema validates against the schema that OASIS publishes (SARIF
// 2.1.0, errata 01).
func TestSARIFSchema(t *testing.T) {
	schema := compile(t, "testdata/sarif-schema-2.1.0.json", false)
	suppressed := exampleOptions
	suppressed.ShowSuppressed = true
	example := write(t, "sarif", exampleResult(t), exampleOptions)
	for _, text := range []string{
		example,
		write(t, "sarif", exampleResult(t), suppressed),
		write(t, "sarif", exampleResult(t), Options{}),
		write(t, "sarif", cleanResult(), Options{}),
		write(t, "sarif", manyResult(300), Options{}),
	} {
		if err := validate(schema, text); err != nil {
			t.Error(err)
		}
	}
	for old, new := range map[string]string{
		`"version": "2.1.0"`: `"version": "2.2.0"`,
		`"startLine": 2`:     `"startLine": 0`,
		`"level": "error"`:   `"level": "fatal"`,
		`unicodeCodePoints`:  `bytes`,
	} {
		if broken := strings.Replace(example, old, new, 1); broken == example || validate(schema, broken) == nil {
			t.Errorf("the schema takes %s for %s", new, old)
		}
	}
}

// TestSARIFForGitHub checks what GitHub asks for beyond the schema.
func TestSARIFForGitHub(t *testing.T) {
	run := sarifOf(t, exampleResult(t), exampleOptions)
	for _, rule := range run.Tool.Driver.Rules {
		for name, text := range map[string]string{"shortDescription": rule.Short.Text, "fullDescription": rule.Full.Text} {
			if text == "" || len([]rune(text)) > 1024 {
				t.Errorf("%s: %s has %d characters", rule.ID, name, len(text))
			}
		}
		if rule.Help.Text == "" || !strings.Contains(rule.Help.Markdown, rule.HelpURI) {
			t.Errorf("%s: help is %+v", rule.ID, rule.Help)
		}
	}
	if len(run.Results) != 5 {
		t.Fatalf("%d results", len(run.Results))
	}
	seen := map[string]bool{}
	for _, r := range run.Results {
		if run.Tool.Driver.Rules[r.RuleIndex].ID != r.RuleID {
			t.Errorf("ruleIndex %d is not %s", r.RuleIndex, r.RuleID)
		}
		print := r.Fingerprints.PrimaryLocationLineHash
		if print == "" || seen[print] {
			t.Errorf("%s: fingerprint %q is not its own", r.RuleID, print)
		}
		seen[print] = true
		if r.Suppressions != nil {
			t.Errorf("%s has suppressions", r.RuleID)
		}
	}
	if run.AutomationDetails.ID != "migrations/" {
		t.Errorf("automationDetails.id is %q", run.AutomationDetails.ID)
	}
	invocation := run.Invocations[0]
	if invocation.ExecutionSuccessful || len(invocation.Notifications) != 1 ||
		invocation.Notifications[0].Message.Text != `not analysed: syntax error at or near "SELCT"` {
		t.Errorf("the gap is not told: %+v", invocation)
	}
}

func TestSARIFSuppressed(t *testing.T) {
	o := exampleOptions
	o.ShowSuppressed = true
	run := sarifOf(t, exampleResult(t), o)
	n := 0
	for _, r := range run.Results {
		if r.Suppressions == nil {
			t.Fatalf("%s: suppressions are told of some results only", r.RuleID)
		}
		for _, s := range *r.Suppressions {
			n++
			if s.Kind != "inSource" || s.Justification != "nobody has read it since 2.3" || s.Location.Physical.Region.StartLine != 7 {
				t.Errorf("%+v", s)
			}
		}
	}
	if n != 1 || len(run.Results) != 6 {
		t.Errorf("%d suppressions, %d results", n, len(run.Results))
	}
}

// TestSARIFFingerprint: it survives what does not change the finding.
func TestSARIFFingerprint(t *testing.T) {
	prints := func(source string) []string {
		f := &migration.File{Name: "m/1.sql", Source: []byte(source)}
		r := &lint.Result{}
		for at := 0; ; {
			i := strings.Index(source[at:], "CREATE")
			if i < 0 {
				break
			}
			s := migration.Range{Pos: at + i, End: at + i + strings.Index(source[at+i:], ";")}
			statement := &migration.Statement{Range: s}
			if c := strings.Index(source[s.Pos:s.End], "/*"); c >= 0 {
				statement.Comments = []migration.Comment{{Range: migration.Range{Pos: s.Pos + c, End: s.Pos + strings.Index(source[s.Pos:], "*/") + 2}}}
			}
			r.Diagnostics = append(r.Diagnostics, lint.Diagnostic{Range: s, File: f, Statement: statement, Rule: "r", Severity: lint.Error, Message: "m"})
			at = s.End
		}
		var list []string
		for _, result := range sarifOf(t, r, Options{}).Results {
			list = append(list, result.Fingerprints.PrimaryLocationLineHash)
		}
		return list
	}
	first := prints("CREATE INDEX ON a (b);")[0]
	for _, same := range []string{
		"\n\n-- moved\n  CREATE INDEX ON a (b);",
		"CREATE INDEX\r\n\tON a\r\n\t(b);",
		"CREATE INDEX /* why */ ON a (b);",
		"CREATE INDEX ON a (b);\nCREATE TABLE c ();",
	} {
		if got := prints(same)[0]; got != first {
			t.Errorf("%q changes the fingerprint", same)
		}
	}
	if prints("CREATE INDEX ON a (c);")[0] == first {
		t.Error("another statement has the same fingerprint")
	}
	if twice := prints("CREATE INDEX ON a (b); CREATE INDEX ON a (b);"); twice[0] != first || twice[1] == first {
		t.Errorf("twice the same statement: %q", twice)
	}
}

func TestURI(t *testing.T) {
	for path, want := range map[string]string{
		"db/migrations/1_a.sql":  "db/migrations/1_a.sql",
		"a b/c%d.sql":            "a%20b/c%25d.sql",
		"a:b.sql":                "a%3Ab.sql",
		"a,b;c?d#e.sql":          "a%2Cb%3Bc%3Fd%23e.sql",
		"größe/数量.sql":           "gr%C3%B6%C3%9Fe/%E6%95%B0%E9%87%8F.sql",
		"quote\"<new\nline>.sql": "quote%22%3Cnew%0Aline%3E.sql",
	} {
		got := uri(path)
		if got != want {
			t.Errorf("uri(%q) = %s, want %s", path, got, want)
		}
		parsed, err := url.Parse(got)
		if err != nil || parsed.Path != path || parsed.Scheme != "" {
			t.Errorf("%s is read as %q: %v", got, parsed.Path, err)
		}
	}
}

func TestSARIFMessageIsNoLink(t *testing.T) {
	if got := sarifMessage(`DROP TABLE "[here](https://example.com)" of int[]`).Text; got != `DROP TABLE "\[here\](https://example.com)" of int\[\]` {
		t.Error(got)
	}
	if got := sarifMessage(`a column of type int[]`).Text; got != `a column of type int[]` {
		t.Error(got)
	}
}

// TestSARIFLimits: GitHub refuses a run with more than 25,000 results.
func TestSARIFLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("writes 25,000 results")
	}
	run := sarifOf(t, manyResult(maxSARIFResults+5), Options{})
	if len(run.Results) != maxSARIFResults {
		t.Fatalf("%d results", len(run.Results))
	}
	errors := 0
	for _, r := range run.Results {
		if r.Level == "error" {
			errors++
		}
	}
	if want := (maxSARIFResults + 5 + 2) / 3; errors != want {
		t.Errorf("%d errors of %d", errors, want)
	}
	if n := run.Invocations[0].Notifications; len(n) != 1 || !strings.HasPrefix(n[0].Message.Text, "5 findings of the least severity are left out") {
		t.Errorf("%+v", n)
	}
}

func TestPageSummary(t *testing.T) {
	for page, want := range map[string][2]string{
		"# x\n\nOne\nsentence.\n\n## What\n\nIt\nlocks.\n\nMore.\n": {"One sentence.", "One sentence. It locks."},
		"# x\r\n\r\nOne.\r\n":  {"One.", "One."},
		"# only-a-title":       {"only-a-title", "only-a-title"},
		"rule-without-heading": {"rule-without-heading", "rule-without-heading"},
	} {
		if summary, fact := pageSummary(page); summary != want[0] || fact != want[1] {
			t.Errorf("%q: %q, %q", page, summary, fact)
		}
	}
	if got := shorten(strings.Repeat("数", 2000), 1024); len([]rune(got)) != 1024 || !strings.HasSuffix(got, "数…") {
		t.Errorf("%d characters", len([]rune(got)))
	}
}
