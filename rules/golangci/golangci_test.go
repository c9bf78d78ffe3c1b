package golangci_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/golangci/plugin-module-register/register"
	"golang.org/x/tools/go/analysis"

	_ "github.com/premortem-lint/premortem/rules/golangci"
)

func build(t *testing.T, settings any) ([]*analysis.Analyzer, error) {
	t.Helper()
	create, err := register.GetPlugin("premortem")
	if err != nil {
		t.Fatal(err)
	}
	plugin, err := create(settings)
	if err != nil {
		return nil, err
	}
	if mode := plugin.GetLoadMode(); mode != register.LoadModeTypesInfo {
		t.Error(mode)
	}
	analyzers, err := plugin.BuildAnalyzers()
	if err == nil {
		err = analysis.Validate(analyzers)
	}
	return analyzers, err
}

func TestSettings(t *testing.T) {
	t.Chdir(t.TempDir())
	flags := func(settings any) map[string]string {
		t.Helper()
		analyzers, err := build(t, settings)
		if err != nil {
			t.Fatal(err)
		}
		all := map[string]string{}
		for _, name := range []string{"allow-gaps", "severity", "down", "at-call"} {
			all[name] = analyzers[0].Flags.Lookup(name).Value.String()
		}
		return all
	}
	for _, c := range []struct {
		settings any
		want     map[string]string
	}{
		{nil, map[string]string{"allow-gaps": "false", "severity": "warning", "down": "false", "at-call": "true"}},
		{map[string]any{"allow-gaps": true, "severity": "error", "down": true}, map[string]string{"allow-gaps": "true", "severity": "error", "down": "true", "at-call": "true"}},
	} {
		for name, got := range flags(c.settings) {
			if got != c.want[name] {
				t.Errorf("%v: %s is %s", c.settings, name, got)
			}
		}
	}
	if _, err := build(t, map[string]any{"alow-gaps": true}); err == nil {
		t.Error("a setting that is none")
	}
}

// TestInputs: what the analyzer reads beside Go is in the name of an analyzer.
func TestInputs(t *testing.T) {
	root := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		name = filepath.Join(root, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(".git/HEAD", "")
	write("db/1.sql", "SELECT 1")
	write("sub/x.go", "package sub")
	t.Chdir(filepath.Join(root, "sub"))
	last := ""
	name := func() (name string, changed bool) {
		t.Helper()
		analyzers, err := build(t, nil)
		if err != nil {
			t.Fatal(err)
		}
		name = analyzers[1].Name
		changed, last = name != last, name
		return name, changed
	}
	name()
	for _, c := range []struct {
		file, text string
		changes    bool
	}{
		{"db/1.sql", "SELECT 1", false},
		{"db/1.sql", "SELECT 2", true},
		{"db/2.sql", "SELECT 2", true},
		{".premortem.yml", "pg_version: 18", true},
		{"sub/.premortem.yml", "pg_version: 17", true},
		{"sub/x.go", "package x", false},
		{"node_modules/x/1.sql", "SELECT 1", false},
		{".cache/1.sql", "SELECT 1", false},
	} {
		write(c.file, c.text)
		if name, changed := name(); changed != c.changes {
			t.Errorf("%s: changed is %t: %s", c.file, changed, name)
		}
	}
}
