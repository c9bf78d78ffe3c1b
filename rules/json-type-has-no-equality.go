package rules

import "github.com/premortem-lint/premortem/lint"

var jsonTypeHasNoEquality = aboutType("json-type-has-no-equality", lint.Hygiene, isType("json"),
	"which has no equality, so that SELECT DISTINCT, UNION and GROUP BY of it fail", "make it jsonb")
