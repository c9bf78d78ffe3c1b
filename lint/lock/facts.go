package lock

import "github.com/premortem-lint/premortem/lint/catalog"

func builtIn(name string, server int) catalog.Volatility { return catalog.VolatilityUnknown }

var extensionFunctions = map[string]catalog.Volatility{}

func binaryCoercible(from, to string) bool { return false }

func operatorClass(name string) string { return name }
