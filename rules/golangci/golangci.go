// Package golangci is the analyzer of lint/gomigration as a module plugin of
// golangci-lint. It is a module of its own, so that premortem does not depend on
// the registry of plugins.
package golangci

import (
	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

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

// BuildAnalyzers returns the analyzer.
func (p plugin) BuildAnalyzers() ([]*analysis.Analyzer, error) {
	a := gomigration.New(rules.All(), rules.Hint)
	flags := map[string]string{"severity": p.settings.Severity}
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
	return []*analysis.Analyzer{a}, nil
}

// GetLoadMode asks for types.
func (plugin) GetLoadMode() string { return register.LoadModeTypesInfo }
