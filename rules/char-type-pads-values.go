package rules

import "github.com/premortem-lint/premortem/lint"

var charTypePadsValues = aboutType("char-type-pads-values", lint.Style, isType("bpchar"),
	"which pads every value with blanks and ignores them in some comparisons only", "make it text, with a CHECK if its length matters")
