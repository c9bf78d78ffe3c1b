package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/rules"
)

const readmeFile = "../../README.md"

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(readmeFile)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestReadmeOutput runs what README.md shows with its output.
func TestReadmeOutput(t *testing.T) {
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	text := readme(t)
	for _, command := range []string{"go run ./cmd/premortem testdata/outage", "premortem locks testdata/outage/00003_index_users_email.sql"} {
		t.Run(command, func(t *testing.T) {
			begin := "```console\n$ " + command + "\n```\n\n```text\n"
			before, rest, ok := strings.Cut(text, begin)
			shown, after, closed := strings.Cut(rest, "```\n")
			if !ok || !closed {
				t.Fatalf("README.md does not have\n%s", begin)
			}
			var out bytes.Buffer
			env := map[string]string{"LANG": "C.UTF-8"}
			s := &shell{dir: root, in: strings.NewReader(""), out: &out, err: io.Discard, env: func(name string) string { return env[name] }, width: 80}
			_, args, _ := strings.Cut(command, "premortem ")
			s.run(strings.Fields(args))
			want := elapsed.ReplaceAllString(out.String(), " in 0.01 s")
			if *update {
				text = before + begin + want + "```\n" + after
				if err := os.WriteFile(readmeFile, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(want, shown); diff != "" {
				t.Errorf("the output in README.md is not the real one (-real +README); go test ./cmd/premortem -run TestReadmeOutput -update writes it:\n%s", diff)
			}
		})
	}
}

const (
	tableBegin = "<!-- go test ./cmd/premortem -run TestReadmeRules -update -->\n"
	tableEnd   = "<!-- end of the rules -->\n"
)

// TestReadmeRules: the table is what the command prints.
func TestReadmeRules(t *testing.T) {
	before, rest, begins := strings.Cut(readme(t), tableBegin)
	got, after, ends := strings.Cut(rest, tableEnd)
	if !begins || !ends {
		t.Fatalf("README.md has no %q before %q", tableBegin, tableEnd)
	}
	want, err := rulesMarkdown(byCategory(rules.All()))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		if err := os.WriteFile(readmeFile, []byte(before+tableBegin+want+tableEnd+after), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the table in README.md is not that of `premortem rules --format markdown` (-command +README); go test ./cmd/premortem -run TestReadmeRules -update writes it:\n%s", diff)
	}
}

// TestReadmeExamples parses the commands and files that README.md shows.
func TestReadmeExamples(t *testing.T) {
	commands, files := 0, map[string]int{}
	for i, block := range strings.Split("\n"+readme(t), "\n```") {
		if i%2 == 0 {
			continue
		}
		language, code, _ := strings.Cut(block, "\n")
		switch language {
		case "sh":
			for line := range strings.Lines(code) {
				line, _, _ = strings.Cut(line, "#")
				args := strings.Fields(line)
				if len(args) == 0 {
					continue
				}
				commands++
				root := newRoot(&shell{})
				cmd, rest, err := root.Find(withCommand(root, args[1:]))
				if err == nil {
					err = cmd.ParseFlags(rest)
				}
				if args[0] != "premortem" || err != nil {
					t.Errorf("%s: %v", line, err)
				}
			}
		case "yaml":
			var file map[string]any
			if err := yaml.Unmarshal([]byte(code), &file); err != nil {
				t.Errorf("%v:\n%s", err, code)
			}
			switch {
			case file["repos"] != nil:
				files["hook"]++
				var hooks []struct{ ID string }
				parse(t, "../../.pre-commit-hooks.yaml", &hooks)
				if len(hooks) != 2 || !strings.Contains(code, "id: "+hooks[0].ID+" ") || !strings.Contains(code, hooks[1].ID) {
					t.Errorf("the hooks are %v, in README.md:\n%s", hooks, code)
				}
			case file["jobs"] != nil:
				files["action"]++
				var action struct{ Inputs map[string]any }
				parse(t, "../../action.yml", &action)
				_, with, _ := strings.Cut(code, "uses: premortem-lint/premortem@")
				_, with, _ = strings.Cut(with, "with:\n")
				var inputs map[string]any
				if err := yaml.Unmarshal([]byte(with), &inputs); err != nil || len(inputs) == 0 {
					t.Errorf("no inputs (%v):\n%s", err, code)
				}
				for name := range inputs {
					if action.Inputs[name] == nil {
						t.Errorf("action.yml has no input %s", name)
					}
				}
			default:
				files["config"]++
				known := config.Known{Rules: rules.All(), Format: func(string) error { return nil }}
				if _, err := config.Read(config.FileName, []byte(code), known); err != nil {
					t.Errorf("%v:\n%s", err, code)
				}
			}
		}
	}
	want := map[string]int{"hook": 1, "action": 1, "config": 1}
	if diff := cmp.Diff(want, files); diff != "" || commands == 0 {
		t.Errorf("%d commands, YAML files (-want +README):\n%s", commands, diff)
	}
}

func parse(t *testing.T, file string, into any) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, into); err != nil {
		t.Fatal(err)
	}
}
