package workspace_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/premortem-lint/premortem/lint/workspace"
)

// disk makes folders: repo with .git, out beside it, and links.
func disk(t *testing.T) string {
	t.Helper()
	top, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range []string{"repo/.git", "repo/db/m", "repo/app", "out/m", "out/deep/er"} {
		if err := os.MkdirAll(filepath.Join(top, d), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, f := range []string{"repo/db/m/1.sql", "out/m/1.sql"} {
		if err := os.WriteFile(filepath.Join(top, f), nil, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, target := range map[string]string{"link-to-repo": "repo", "link-to-app": "repo/app", "repo/link-out": "../out/deep/er"} {
		if err := os.Symlink(target, filepath.Join(top, link)); err != nil {
			t.Skip(err) // Windows without the privilege
		}
	}
	return top
}

func TestWorkspace(t *testing.T) {
	top := disk(t)
	at := func(path string) string { return filepath.Join(top, filepath.FromSlash(path)) }
	for _, c := range []struct {
		title, dir, typed, name, path, repoPath string
	}{
		{"below the current folder", at("repo"), "db/m", "db/m", "db/m", "db/m"},
		{"not clean", at("repo"), "./db//x/../m/", "db/m", "db/m", "db/m"},
		{"beside the current folder", at("repo/app"), "../db/m", "db/m", "../db/m", "db/m"},
		{"absolute", at("repo/app"), at("repo/db/m"), "db/m", at("repo/db/m"), "db/m"},
		{"the current folder", at("repo/app"), ".", "app", ".", "app"},
		{"the root", at("repo"), ".", ".", ".", "."},
		{"outside the repository", at("repo"), "../out/m", "out/m", "../out/m", "../out/m"},
		{"no repository", at("out"), "m", "m", "m", "m"},
		{"no repository, beside", at("out/deep"), "../m", "m", "../m", "../m"},
		{"a current folder that is a link", at("link-to-repo"), "db/m", "db/m", "db/m", "db/m"},
		{"a link into a repository", at("link-to-app"), "../db/m", "db/m", "../db/m", "db/m"},
		{"absolute through a link", at("repo"), at("link-to-repo/db/m"), "db/m", at("link-to-repo/db/m"), "db/m"},
		{".. after a link", at("repo"), "link-out/../../m", "out/m", "../out/m", "../out/m"},
		{"missing", at("repo"), "no/such", "no/such", "no/such", "no/such"},
	} {
		t.Run(c.title, func(t *testing.T) {
			w, err := workspace.New(c.dir, c.typed)
			if err != nil {
				t.Fatal(err)
			}
			name := w.Name(c.typed)
			if name != c.name {
				t.Errorf("Name = %q, want %q", name, c.name)
			}
			if got, want := w.Path(name), filepath.FromSlash(c.path); got != want {
				t.Errorf("Path = %q, want %q", got, want)
			}
			if got := w.RepoPath(name); got != c.repoPath {
				t.Errorf("RepoPath = %q, want %q", got, c.repoPath)
			}
			if filepath.Base(c.name) == "m" {
				if _, err := fs.Stat(w.FS(), name+"/1.sql"); err != nil {
					t.Error(err)
				}
			}
		})
	}
}

func TestSeveralPaths(t *testing.T) {
	top := disk(t)
	w, err := workspace.New(filepath.Join(top, "repo", "app"), "../db/m", filepath.Join(top, "out"))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, path, repoPath string }{
		{"repo/db/m/1.sql", filepath.Join("..", "db", "m", "1.sql"), "db/m/1.sql"},
		{"out/m/1.sql", filepath.Join(top, "out", "m", "1.sql"), filepath.ToSlash(filepath.Join(top, "out", "m", "1.sql"))},
		{"<stdin>", "<stdin>", "<stdin>"},
	} {
		if got := w.Path(c.name); got != c.path {
			t.Errorf("Path(%s) = %q, want %q", c.name, got, c.path)
		}
		if got := w.RepoPath(c.name); got != c.repoPath {
			t.Errorf("RepoPath(%s) = %q, want %q", c.name, got, c.repoPath)
		}
	}
	if got := w.Dir(); got != "repo/app" {
		t.Errorf("Dir = %q", got)
	}
	if got := w.FromRepo("db/m/1.sql"); got != "repo/db/m/1.sql" {
		t.Errorf("FromRepo = %q", got)
	}
}

func TestBelow(t *testing.T) {
	for _, c := range []struct {
		dir, name string
		want      bool
	}{
		{".", "a", true}, {"a", "a", true}, {"a", "a/b", true}, {"a", "ab", false}, {"a/b", "a", false},
	} {
		if got := workspace.Below(c.dir, c.name); got != c.want {
			t.Errorf("Below(%s, %s) = %v", c.dir, c.name, got)
		}
	}
}
