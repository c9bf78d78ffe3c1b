package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/tools/go/analysis/unitchecker"

	"github.com/premortem-lint/premortem/lint/gomigration"
	"github.com/premortem-lint/premortem/lint/gosource"
	"github.com/premortem-lint/premortem/rules"
)

// isVetProtocol reports whether it is go vet that calls, with -vettool.
func isVetProtocol(args []string) bool {
	if len(args) == 0 {
		return false
	}
	last := args[len(args)-1]
	for _, a := range args[:len(args)-1] {
		if !strings.HasPrefix(a, "-") {
			return false
		}
	}
	return strings.HasPrefix(last, "-V=") || last == "-flags" || filepath.Ext(last) == ".cfg"
}

// vet answers go vet. It does not return.
func vet() {
	if last := len(os.Args) - 1; filepath.Ext(os.Args[last]) == ".cfg" {
		unit, err := uncached(os.Args[last])
		if err != nil {
			fmt.Fprintln(os.Stderr, "premortem:", err)
			os.Exit(int(misuse))
		}
		os.Args[last] = unit
	}
	unitchecker.Main(gomigration.New(rules.All(), rules.Hint))
}

// uncached returns the file that describes a package to the analyzer. go vet does not
// look again at a package without findings while its Go files and what they embed
// stay the same, but what premortem finds depends on .premortem.yml and on migrations
// beside, too. It looks again where it got no facts, so there are none of a
// package that can register migrations.
func uncached(unit string) (string, error) {
	text, err := os.ReadFile(unit)
	if err != nil {
		return "", err
	}
	var all map[string]json.RawMessage
	var imports map[string]string
	if err := json.Unmarshal(text, &all); err != nil {
		return "", fmt.Errorf("%s: %w", unit, err)
	}
	if err := json.Unmarshal(all["ImportMap"], &imports); err != nil {
		return "", fmt.Errorf("%s: ImportMap: %w", unit, err)
	}
	if !slices.ContainsFunc(slices.Collect(maps.Values(imports)), gosource.IsTool) {
		return unit, nil
	}
	if all["VetxOutput"], err = json.Marshal(os.DevNull); err != nil {
		return "", err
	}
	if text, err = json.Marshal(all); err != nil {
		return "", err
	}
	unit = strings.TrimSuffix(unit, ".cfg") + ".uncached.cfg"
	return unit, os.WriteFile(unit, text, 0o600)
}
