package main_test

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// actionFile is what the tests read of action.yml.
type actionFile struct {
	Inputs map[string]struct{ Default string }
	Runs   struct{ Steps []actionStep }
}

type actionStep struct {
	Run string
	Env map[string]string
}

// actionRun runs the scripts of action.yml as a runner of GitHub does.
type actionRun struct {
	file actionFile
	path string // the action's own folder
	temp string
}

func newActionRun(t *testing.T) *actionRun {
	t.Helper()
	if testing.Short() {
		t.Skip("builds the command from nothing")
	}
	a := &actionRun{path: commit(t), temp: t.TempDir()}
	if err := os.RemoveAll(filepath.Join(a.path, ".git")); err != nil { // GitHub unpacks an archive
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(a.path, "action.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(text, &a.file); err != nil {
		t.Fatal(err)
	}
	return a
}

type actionResult struct {
	code                  int
	log, outputs, summary string
}

// build runs the scripts that make the command.
func (a *actionRun) build(t *testing.T, more ...string) actionResult {
	t.Helper()
	return a.run(t, t.TempDir(), func(s actionStep) bool { return s.Run != "" && s.Env == nil }, nil, more)
}

// lint runs the scripts that get the inputs.
func (a *actionRun) lint(t *testing.T, workspace string, inputs map[string]string, more ...string) actionResult {
	t.Helper()
	return a.run(t, workspace, func(s actionStep) bool { return s.Run != "" && s.Env != nil }, inputs, more)
}

func (a *actionRun) run(t *testing.T, workspace string, only func(actionStep) bool, inputs map[string]string, more []string) actionResult {
	t.Helper()
	files := t.TempDir()
	output, summary := filepath.Join(files, "output"), filepath.Join(files, "summary")
	write(t, output, "", 0o644)
	write(t, summary, "", 0o644)
	var result actionResult
	for _, step := range a.file.Runs.Steps {
		if !only(step) {
			continue
		}
		script := filepath.Join(files, "script.sh")
		write(t, script, step.Run, 0o644)
		cmd := exec.Command("bash", "--noprofile", "--norc", "-eo", "pipefail", script)
		cmd.Dir = workspace
		cmd.Env = environment(t, append(more, "GITHUB_ACTIONS=true", "GITHUB_ACTION_PATH="+a.path, "GITHUB_WORKSPACE="+workspace,
			"GITHUB_OUTPUT="+output, "GITHUB_STEP_SUMMARY="+summary, "RUNNER_TEMP="+a.temp)...)
		for name, value := range step.Env {
			input := strings.TrimSuffix(strings.TrimPrefix(value, "${{ inputs."), " }}")
			given, ok := inputs[input]
			if !ok {
				given = a.file.Inputs[input].Default
			}
			cmd.Env = append(cmd.Env, name+"="+given)
		}
		log, err := cmd.CombinedOutput()
		result.log += string(log)
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			result.code = exit.ExitCode()
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	result.outputs, result.summary = read(t, output), read(t, summary)
	return result
}

func read(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// project makes a repository whose branch "next" adds a migration to main.
func project(t *testing.T, next string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	outage(t, dir, "outage/00001_create_users.sql", "outage/00002_create_sessions.sql")
	commitAll(t, dir)
	git(t, dir, "switch", "--quiet", "--create", "next")
	outage(t, dir, next)
	commitAll(t, dir)
	return dir
}

// clone clones as actions/checkout does for a pull request.
func clone(t *testing.T, project string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	git(t, dir, slices.Concat([]string{"clone", "--quiet", "--branch=next"}, flags, []string{"file://" + project, "."})...)
	return dir
}

func TestAction(t *testing.T) {
	action := newActionRun(t)
	if r := action.build(t); r.code != 0 || !regexp.MustCompile(`^key=premortem-[0-9a-f]{40}-[0-9a-f]{40}\n$`).MatchString(r.outputs) {
		t.Fatalf("exit code %d, outputs %q, log:\n%s", r.code, r.outputs, r.log)
	}
	const (
		unsafe = "outage/00003_index_users_email.sql"
		safe   = "outage-fixed/00003_index_users_email.sql"
	)
	unsafeProject := project(t, unsafe)
	found := "::error file=db/migrations/00003_index_users_email.sql,line=4,endLine=4,col=1,endColumn=13,title=create-index-not-concurrently::CREATE INDEX takes a SHARE lock on public.users"

	t.Run("finding of a pull request", func(t *testing.T) {
		workspace := clone(t, unsafeProject)
		r := action.lint(t, workspace, nil, "GITHUB_BASE_REF=main")
		r.want(t, 1, found, "\n1 migration, ")
		if !strings.Contains(r.summary, "create-index-not-concurrently") {
			t.Errorf("the job summary does not have the finding:\n%s", r.summary)
		}
	})
	t.Run("corrected pull request", func(t *testing.T) {
		action.lint(t, clone(t, project(t, safe)), nil, "GITHUB_BASE_REF=main").want(t, 0, "1 migration, ", "no findings")
	})
	t.Run("push judges everything", func(t *testing.T) {
		action.lint(t, clone(t, unsafeProject), nil).want(t, 1, found, "\n3 migrations, ")
	})
	t.Run("empty since judges everything", func(t *testing.T) {
		action.lint(t, clone(t, unsafeProject), map[string]string{"since": ""}, "GITHUB_BASE_REF=main").want(t, 1, found, "\n3 migrations, ")
	})
	t.Run("shallow clone", func(t *testing.T) {
		r := action.lint(t, clone(t, unsafeProject, "--depth=1"), nil, "GITHUB_BASE_REF=main")
		r.want(t, 2, "::error title=premortem::premortem: --since: git does not know \"origin/main\", and the clone is shallow", "`fetch-depth: 0` for actions/checkout")
	})
	t.Run("flags", func(t *testing.T) {
		r := action.lint(t, clone(t, unsafeProject), map[string]string{
			"pg-version": "16", "fail-on": "never", "paths": "db/migrations/00003_index_users_email.sql\n", "args": "--ignore=style\n--no-config\n",
		})
		r.want(t, 0, found, "PostgreSQL 16: --pg-version")
	})
	t.Run("working directory and SARIF", func(t *testing.T) {
		workspace := clone(t, unsafeProject)
		r := action.lint(t, workspace, map[string]string{"working-directory": "db", "paths": "migrations", "sarif": "out.sarif"})
		r.want(t, 1, found)
		var sarif struct {
			Runs []struct {
				Results []struct{ RuleID string }
			}
		}
		if err := json.Unmarshal([]byte(read(t, filepath.Join(workspace, "db/out.sarif"))), &sarif); err != nil {
			t.Fatal(err)
		}
		if len(sarif.Runs) != 1 || len(sarif.Runs[0].Results) != 1 || sarif.Runs[0].Results[0].RuleID != "create-index-not-concurrently" {
			t.Errorf("SARIF: %+v", sarif)
		}
	})
	t.Run("no Go", func(t *testing.T) {
		bare := t.TempDir()
		bash, err := exec.LookPath("bash")
		if err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(bash, filepath.Join(bare, "bash")); err != nil {
			t.Fatal(err)
		}
		action.build(t, "PATH="+bare).want(t, 2, "::error title=premortem::premortem is built from source and needs Go")
	})
	t.Run("hostile inputs", func(t *testing.T) { hostile(t, action, unsafeProject) })
}

func (r actionResult) want(t *testing.T, code int, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(r.log, part) {
			t.Errorf("the log does not have %q", part)
		}
	}
	if want := "exit-code=" + string(rune('0'+code)) + "\n"; r.code != code || r.outputs != want {
		t.Errorf("exit code %d, outputs %q; want %d, %q", r.code, r.outputs, code, want)
	}
	if t.Failed() {
		t.Logf("log:\n%s", r.log)
	}
}

// hostile gives every input values that a careless script would obey.
func hostile(t *testing.T, action *actionRun, unsafeProject string) {
	values := map[string]string{
		"commands":    "; touch PWNED; $(touch PWNED) `touch PWNED`",
		"quotes":      `'" && touch PWNED; "'`,
		"subscript":   "x[$(touch PWNED)]",
		"line breaks": "x\n::error::PWNED\r\n  ::add-path::PWNED\nexit-code=0\ntouch PWNED",
		"option":      "--allow-gaps --format=json:PWNED",
		"glob":        "*",
	}
	inputs := slices.Sorted(maps.Keys(action.file.Inputs))
	inputs = append(inputs, "base ref")
	for _, input := range inputs {
		workspace := clone(t, unsafeProject)
		for kind, value := range values {
			t.Run(input+"/"+kind, func(t *testing.T) {
				var r actionResult
				if input == "base ref" {
					r = action.lint(t, workspace, nil, "GITHUB_BASE_REF="+value)
				} else {
					r = action.lint(t, workspace, map[string]string{input: value})
				}
				// Any text without a comma is a file's name.
				want := 2
				if input == "sarif" {
					want = 1
				}
				r.want(t, want)
				for line := range strings.Lines(r.log) {
					line = strings.TrimSpace(line) // so does the runner
					if strings.HasPrefix(line, "::") && !regexp.MustCompile(`^::error (title=premortem|file=db/)`).MatchString(line) {
						t.Errorf("the runner would obey %q", line)
					}
				}
				for _, dir := range []string{workspace, action.path, action.temp} {
					if _, err := os.Stat(filepath.Join(dir, "PWNED")); err == nil {
						t.Errorf("%s was obeyed", value)
					}
				}
			})
		}
	}
	t.Run("sarif/second report", func(t *testing.T) {
		r := action.lint(t, clone(t, unsafeProject), map[string]string{"sarif": "out.sarif,json:PWNED"})
		r.want(t, 2, "must have no comma")
	})
}

// What an expression yields becomes part of the script before a shell reads
// it, so expressions stay in the environment. Actions of others are pinned to
// a commit, since a tag can be moved.
func TestWorkflows(t *testing.T) {
	var action actionFile
	if err := yaml.Unmarshal([]byte(read(t, filepath.Join(root, "action.yml"))), &action); err != nil {
		t.Fatal(err)
	}
	passed := map[string]bool{}
	for _, step := range action.Runs.Steps {
		if strings.Contains(step.Run, "${{") {
			t.Errorf("an expression in a script: %s", step.Run)
		}
		for name, value := range step.Env {
			input, _ := strings.CutPrefix(value, "${{ inputs.")
			input = strings.TrimSuffix(input, " }}")
			if _, ok := action.Inputs[input]; !ok || value != "${{ inputs."+input+" }}" {
				t.Errorf("%s: %s is not an input", name, value)
			}
			passed[input] = true
		}
	}
	for input := range action.Inputs {
		if !passed[input] {
			t.Errorf("the input %s reaches no step", input)
		}
	}

	uses := regexp.MustCompile(`(?m)^\s*(?:- )?uses: (.*)$`)
	pinned := regexp.MustCompile(`^[\w-]+/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$`)
	files, err := filepath.Glob(filepath.Join(root, ".github/workflows/*.yml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Error("no workflow")
	}
	for _, file := range append(files, filepath.Join(root, "action.yml")) {
		for _, m := range uses.FindAllStringSubmatch(read(t, file), -1) {
			if !pinned.MatchString(m[1]) {
				t.Errorf("%s: not pinned: %s", file, m[1])
			}
		}
	}
}
