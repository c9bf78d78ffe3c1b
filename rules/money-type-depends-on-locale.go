package rules

import "github.com/premortem-lint/premortem/lint"

var moneyTypeDependsOnLocale = aboutType("money-type-depends-on-locale", lint.Style, isType("money"),
	"which reads and shows its values as lc_monetary of the session says", "make it numeric, and keep the currency in a column of its own")
