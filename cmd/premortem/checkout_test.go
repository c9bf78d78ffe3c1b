package main_test

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
)

const root = "../.." // of the repository

// commit copies the repository as a commit would hold it now, into a folder of
// its own: what is ignored, or was built here, is not in it. The tests read
// each file themselves, so that "go test" runs them again after a change.
func commit(t *testing.T) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name := range strings.SplitSeq(git(t, root, "ls-files", "-z", "--cached", "--others", "--exclude-standard"), "\x00") {
		if name == "" {
			continue
		}
		source := filepath.Join(root, name)
		info, err := os.Stat(source)
		if os.IsNotExist(err) { // deleted, and not committed yet
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(source)
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), string(text), info.Mode())
	}
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	commitAll(t, dir)
	return dir
}

func write(t *testing.T, file, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
}

// outage copies migrations of testdata into db/migrations of a project.
func outage(t *testing.T, project string, files ...string) {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(root, "testdata", file))
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(project, "db/migrations", filepath.Base(file)), string(text), 0o644)
	}
}

func commitAll(t *testing.T, dir string) {
	t.Helper()
	git(t, dir, "add", "--all")
	git(t, dir, "commit", "--quiet", "--no-verify", "--message", "all")
}

func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = environment(t)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, said.String())
	}
	return string(out)
}

// environment is that of a stranger's machine: nothing of the surrounding
// repository, workflow or settings. Only what Go has built and downloaded is
// shared, since PostgreSQL's parser takes minutes to build; -trimpath makes
// what one folder has built good for all.
func environment(t *testing.T, more ...string) []string {
	t.Helper()
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return slices.ContainsFunc([]string{"GIT_", "GITHUB_", "INPUT_", "RUNNER_", "PRE_COMMIT", "GOBIN=", "GOPATH=", "GOWORK="},
			func(prefix string) bool { return strings.HasPrefix(v, prefix) })
	})
	caches, err := goCaches()
	if err != nil {
		t.Fatal(err)
	}
	env = append(env, caches...)
	env = append(env, "GOFLAGS=-trimpath", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull,
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.com", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.com")
	return append(env, more...)
}

var goCaches = sync.OnceValues(func() ([]string, error) {
	out, err := exec.Command("go", "env", "GOCACHE", "GOMODCACHE").Output()
	if err != nil {
		return nil, err
	}
	build, modules, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	return []string{"GOCACHE=" + build, "GOMODCACHE=" + modules}, nil
})
