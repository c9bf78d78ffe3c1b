package report

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/migration"
)

// command reads a workflow command as the runner does (ActionCommand.cs):
// properties split at commas, then at the first equals sign; all unescaped.
type command struct {
	name, message string
	properties    map[string]string
}

func parseCommand(line string) (c command, ok bool) {
	rest, ok := strings.CutPrefix(line, "::")
	if !ok {
		return c, false
	}
	head, message, ok := strings.Cut(rest, "::")
	if !ok {
		return c, false
	}
	c.message = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%25", "%").Replace(message)
	name, properties, _ := strings.Cut(head, " ")
	c.name, c.properties = name, map[string]string{}
	for _, p := range strings.Split(properties, ",") {
		key, value, _ := strings.Cut(p, "=")
		c.properties[key] = strings.NewReplacer("%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",", "%25", "%").Replace(value)
	}
	return c, true
}

func TestGitHubEscapes(t *testing.T) {
	const name = "a b,c:d%0A/größe,数量.sql"
	r := manyResult(1)
	d := &r.Diagnostics[0]
	d.File.Name = name
	d.Message = `100% of "a::b" are hit: x, %0A y`
	d.Instead = &lint.Instead{Message: "use a::b", Migrations: []string{"SELECT '%';\r\n::warning::x\n"}}
	lines := strings.SplitAfter(write(t, "github", r, Options{}), "\n")
	c, ok := parseCommand(strings.TrimSuffix(lines[0], "\n"))
	if !ok {
		t.Fatal(lines[0])
	}
	want := command{"error", "100% of \"a::b\" are hit: x, %0A y\nInstead: use a::b\n\nSELECT '%';\n<U+003A>:warning::x", map[string]string{
		"file": name, "line": "1", "endLine": "1", "col": "1", "endColumn": "13", "title": "rule-0",
	}}
	if fmt.Sprint(c) != fmt.Sprint(want) {
		t.Errorf("got %q, want %q", c, want)
	}
	if len(lines) != 3 || strings.HasPrefix(lines[1], "::") {
		t.Errorf("lines are %q", lines)
	}
}

// TestGitHubColumns: columns are characters, and only given within one line.
func TestGitHubColumns(t *testing.T) {
	r := manyResult(1)
	d := &r.Diagnostics[0]
	d.File.Source = []byte("\uFEFF'📦数'\tDROP x\r\n, y\r\n")
	d.Range = migration.Range{Pos: strings.Index(string(d.File.Source), "DROP"), End: strings.Index(string(d.File.Source), "\r")}
	if got := write(t, "github", r, Options{}); !strings.HasPrefix(got, "::error file=m/1.sql,line=1,endLine=1,col=6,endColumn=12,title=rule-0::") {
		t.Error(got)
	}
	d.End = strings.Index(string(d.File.Source), "y") + 1
	if got := write(t, "github", r, Options{}); !strings.HasPrefix(got, "::error file=m/1.sql,line=1,endLine=2,title=rule-0::") {
		t.Error(got)
	}
}

// TestGitHubLimits: ten of a level, errors first, and the rest is told.
func TestGitHubLimits(t *testing.T) {
	r := manyResult(300)
	var summary bytes.Buffer
	var names []string
	out := write(t, "github", r, Options{Summary: &summary})
	for line := range strings.Lines(out) {
		if c, ok := parseCommand(line); ok {
			names = append(names, c.name)
		}
	}
	want := strings.Repeat("error ", 10) + strings.Repeat("warning ", 10) + "notice"
	if got := strings.Join(names, " "); got != want {
		t.Errorf("commands are %s", got)
	}
	if !strings.Contains(out, "\n::notice title=premortem::280 other annotations not shown here: the job summary has them\n") {
		t.Error(out)
	}
	for i := range 300 {
		if row := fmt.Sprintf("| m/1.sql\\:%d\\:1 | rule-%d | message %d |\n", i+1, i%3, i); !strings.Contains(summary.String(), row) {
			t.Errorf("the summary has no %s", row)
		}
	}
	if n := strings.Count(summary.String(), "CREATE INDEX CONCURRENTLY i"); n != 300 {
		t.Errorf("the summary has %d drafts", n)
	}
	if strings.Index(summary.String(), "| warning |") < strings.LastIndex(summary.String(), "| error |") {
		t.Error("a warning comes before an error")
	}
}

func TestGitHubWithoutSummary(t *testing.T) {
	if out := write(t, "github", manyResult(31), Options{}); !strings.Contains(out, "::notice title=premortem::11 other annotations not shown here: `premortem lint` shows them\n") {
		t.Error(out)
	}
	if out := write(t, "github", manyResult(3), Options{}); strings.Contains(out, "::notice") {
		t.Error(out)
	}
}

func TestJobSummaryFits(t *testing.T) {
	for _, n := range []int{3_000, 30_000} {
		var summary bytes.Buffer
		write(t, "github", manyResult(n), Options{Summary: &summary})
		if summary.Len() > 1<<20 {
			t.Errorf("%d findings: %d bytes", n, summary.Len())
		}
		if left := strings.Contains(summary.String(), " left out: a summary holds 1 MiB."); left != (n == 30_000) {
			t.Errorf("%d findings: left out is %v", n, left)
		}
	}
	var summary bytes.Buffer
	huge := manyResult(3)
	huge.Diagnostics[0].Instead.Migrations[0] = strings.Repeat("SELECT 1;\n", 200_000)
	huge.Diagnostics[1].Message = strings.Repeat("long ", 400_000)
	write(t, "github", huge, Options{Summary: &summary})
	if summary.Len() > 1<<20 || !strings.Contains(summary.String(), "left out") {
		t.Errorf("%d bytes", summary.Len())
	}
}

func TestMarkdown(t *testing.T) {
	for text, want := range map[string]string{
		"a|b `c` <d> *e* _f_": "a\\|b \\`c\\` \\<d\\> \\*e\\* \\_f\\_",
		"[x](https://e.com)":  `\[x\](https\://e.com)`,
		"@team #12 &amp; a\\": `\@team \#12 \&amp; a\\`,
		"数量":                  "数量",
	} {
		if got := markdown(text); got != want {
			t.Errorf("markdown(%q) = %s, want %s", text, got, want)
		}
	}
	if got := fenced("a\n````\nb", "sql"); got != "`````sql\na\n````\nb\n`````\n" {
		t.Error(got)
	}
}
