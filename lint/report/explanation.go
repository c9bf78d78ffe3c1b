package report

import (
	"strings"

	"github.com/premortem-lint/premortem/lint"
)

// maxExplanation bounds a message with its advice, in bytes. GitHub cuts
// annotations at 4 KiB.
const maxExplanation = 4000

// explanation is a diagnostic's message with what to write instead, as plain
// text; without the drafted migrations if they are long.
func explanation(d *lint.Diagnostic) string {
	text := visible(d.Message)
	if d.Instead == nil {
		return text
	}
	text += "\nInstead: " + visible(d.Instead.Message)
	full := text
	for _, m := range d.Instead.Migrations {
		full += "\n\n" + strings.Join(visibleLines(m), "\n")
	}
	if len(full) > maxExplanation {
		return text
	}
	return full
}
