package report

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files of testdata/report anew")

// TestGolden writes the example result in every format.
func TestGolden(t *testing.T) {
	tests := []struct {
		file, format string
		change       func(*Options)
	}{
		{"result.txt", "text", nil},
		{"result.ansi", "text", func(o *Options) { o.Color = true }},
		{"result-suppressed.txt", "text", func(o *Options) { o.ShowSuppressed = true }},
		{"result.json", "json", nil},
		{"result.sarif", "sarif", nil},
		{"result-suppressed.sarif", "sarif", func(o *Options) { o.ShowSuppressed = true }},
		{"result.github", "github", nil},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			o := exampleOptions
			if test.change != nil {
				test.change(&o)
			}
			var out bytes.Buffer
			if err := formatNamed(test.format).Write(&out, exampleResult(t), o); err != nil {
				t.Fatal(err)
			}
			golden(t, test.file, out.Bytes())
		})
	}
	t.Run("result-summary.md", func(t *testing.T) {
		var out, summary bytes.Buffer
		o := exampleOptions
		o.Summary = &summary
		if err := writeGitHub(&out, exampleResult(t), o); err != nil {
			t.Fatal(err)
		}
		golden(t, "result-summary.md", summary.Bytes())
	})
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	file := filepath.Join(exampleDir, name)
	if *update {
		if err := os.WriteFile(file, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s differs (-want +got); go test ./lint/report -update writes it anew\n%s", name, diff)
	}
}
