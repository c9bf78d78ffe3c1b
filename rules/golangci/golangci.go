// Package golangci is the analyzer of lint/gomigration as a module plugin of
// golangci-lint. It is a module of its own, so that premortem does not depend on
// the registry of plugins.
package golangci

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/git"
	"github.com/premortem-lint/premortem/lint/gomigration"
	"github.com/premortem-lint/premortem/rules"
)

func init() { register.Plugin("premortem", New) }

// Settings are those of linters.settings.custom.premortem.settings in
// .golangci.yml. Which rules run, and for which PostgreSQL, is in .premortem.yml.
type Settings struct {
	AllowGaps bool   `json:"allow-gaps"` // do not report SQL that could not be analysed
	Severity  string `json:"severity"`   // the lowest severity to report; default: warning
	Down      bool   `json:"down"`       // include down migrations
}

// New returns the plugin.
func New(conf any) (register.LinterPlugin, error) {
	settings, err := register.DecodeSettings[Settings](conf)
	if err != nil {
		return nil, err
	}
	return plugin{settings}, nil
}

type plugin struct{ settings Settings }

// BuildAnalyzers returns the analyzer, and one that finds nothing: inputs.
func (p plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	a := gomigration.New(rules.All(), rules.Hint)
	// golangci-lint drops what stands in other files than Go's.
	flags := map[string]string{"severity": p.settings.Severity, "at-call": "true"}
	if p.settings.AllowGaps {
		flags["allow-gaps"] = "true"
	}
	if p.settings.Down {
		flags["down"] = "true"
	}
	for name, value := range flags {
		if value == "" {
			continue
		}
		if err := a.Flags.Set(name, value); err != nil {
			return nil, err
		}
	}
	inputs, err := inputs()
	if err != nil {
		return nil, err
	}
	return []*analysis.Analyzer{a, inputs}, nil
}

// inputs returns an analyzer that has the hash of the SQL and the configurations of
// the repository in its name. golangci-lint takes the findings of a package from its
// cache while the package's Go files and the names of all analyzers are the same.
func inputs() (*analysis.Analyzer, error) {
	dir, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	hash := sha256.New()
	err = filepath.WalkDir(cmp.Or(git.Root(dir), dir), func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil // neither does the analyzer read it
		}
		switch name := d.Name(); {
		case d.IsDir() && (name == "node_modules" || len(name) > 1 && strings.HasPrefix(name, ".")):
			return fs.SkipDir
		case !d.Type().IsRegular() || name != config.FileName && filepath.Ext(name) != ".sql":
			return nil
		}
		text, err := os.ReadFile(path)
		fmt.Fprintf(hash, "%q %x %v\n", path, sha256.Sum256(text), err)
		return nil
	})
	return &analysis.Analyzer{
		Name: fmt.Sprintf("premortem_inputs_%x", hash.Sum(nil)[:8]),
		Doc:  "find nothing: its name tells golangci-lint's cache what else premortem reads",
		Run:  func(*analysis.Pass) (any, error) { return nil, nil },
	}, err
}

// GetLoadMode asks for types.
func (plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
