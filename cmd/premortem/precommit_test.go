package main_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestPreCommit commits to a project that has the hook of this repository.
func TestPreCommit(t *testing.T) {
	if testing.Short() {
		t.Skip("builds the command from nothing")
	}
	if _, err := exec.LookPath("pre-commit"); err != nil {
		missing := t.Skip
		if os.Getenv("CI") != "" {
			missing = t.Fatal
		}
		missing("pre-commit is not installed; Debian has a package of that name, and .ci/test installs it")
	}
	repository := commit(t)
	revision := strings.TrimSpace(git(t, repository, "rev-parse", "HEAD"))
	env := environment(t, "PRE_COMMIT_HOME="+t.TempDir())
	in := func(dir, name string, args ...string) (string, error) {
		cmd := exec.Command(name, args...)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.CombinedOutput()
		return string(out), err
	}

	project := t.TempDir()
	git(t, project, "init", "--quiet", "--initial-branch=main")
	outage(t, project, "outage/00001_create_users.sql", "outage/00002_create_sessions.sql")
	write(t, filepath.Join(project, ".pre-commit-config.yaml"),
		"repos:\n- repo: "+repository+"\n  rev: "+revision+"\n  hooks:\n  - id: premortem\n", 0o644)
	commitAll(t, project)
	if out, err := in(project, "pre-commit", "install", "--install-hooks"); err != nil {
		t.Fatalf("pre-commit install: %v\n%s", err, out)
	}

	for _, test := range []struct {
		name    string
		write   func()
		refused string // what the refusal says
	}{
		{
			name:    "the outage",
			write:   func() { outage(t, project, "outage/00003_index_users_email.sql") },
			refused: "error[create-index-not-concurrently]: CREATE INDEX takes a SHARE lock on public.users",
		},
		{
			name:  "the outage, corrected",
			write: func() { outage(t, project, "outage-fixed/00003_index_users_email.sql") },
		},
		{
			name:  "SQL that is no migration",
			write: func() { write(t, filepath.Join(project, "queries/users.sql"), "SELECT id FROM users;\n", 0o644) },
		},
		{
			// More files than pre-commit gives to one of several processes:
			// only one that sees all knows that the table is new.
			name: "a release of many files",
			write: func() {
				dir := filepath.Join(project, "db/migrations")
				write(t, filepath.Join(dir, "00004_a.sql"), "-- +goose Up\nCREATE TABLE orders (id bigint);\n", 0o644)
				for _, n := range []string{"5", "6", "7", "8", "9"} {
					write(t, filepath.Join(dir, "0000"+n+"_b.sql"), "-- +goose Up\nCREATE INDEX orders_"+n+" ON orders (id);\n", 0o644)
				}
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			test.write()
			git(t, project, "add", "--all")
			out, err := in(project, "git", "commit", "--quiet", "--message", test.name)
			switch {
			case test.refused == "" && err != nil:
				t.Errorf("refused:\n%s", out)
			case test.refused != "" && (err == nil || !strings.Contains(out, "exit code: 1") || !strings.Contains(out, test.refused)):
				t.Errorf("want exit code 1 and %q; got %v:\n%s", test.refused, err, out)
			}
		})
	}
}
