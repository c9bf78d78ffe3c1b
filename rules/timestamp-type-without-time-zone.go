package rules

import "github.com/premortem-lint/premortem/lint"

var timestampTypeWithoutTimeZone = aboutType("timestamp-type-without-time-zone", lint.Style, isType("timestamp"),
	"which names no moment unless everybody agrees on the time zone", "make it timestamptz")
