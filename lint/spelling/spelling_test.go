package spelling_test

import (
	"testing"

	"github.com/premortem-lint/premortem/lint/spelling"
)

func TestClosest(t *testing.T) {
	known := []string{"paths", "pg_version", "exclude", "runner"}
	for word, want := range map[string]string{
		"pg-version": "pg_version",
		"pgversion":  "pg_version",
		"path":       "paths",
		"paths":      "paths",
		"excludes":   "exclude",
		"rnuner":     "runner",
		"ptahs":      "paths",
		"x":          "",
		"":           "",
		"colour":     "",
	} {
		if got := spelling.Closest(word, known); got != want {
			t.Errorf("Closest(%q) = %q, want %q", word, got, want)
		}
	}
	if got := spelling.DidYouMean("path", known); got != `, did you mean "paths"?` {
		t.Errorf("DidYouMean = %s", got)
	}
	if got := spelling.DidYouMean("colour", known); got != "" {
		t.Errorf("DidYouMean = %s", got)
	}
}
