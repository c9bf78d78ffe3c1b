package git_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/git"
)

// repository is a working tree for one test, with a first commit on main
// that holds old.sql, renamed.sql and deleted.sql.
type repository struct {
	t   *testing.T
	dir string
}

func newRepository(t *testing.T) repository {
	t.Helper()
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_CONFIG_HOME", home)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	for _, name := range []string{"AUTHOR", "COMMITTER"} {
		t.Setenv("GIT_"+name+"_NAME", "A")
		t.Setenv("GIT_"+name+"_EMAIL", "a@example.com")
	}
	r := repository{t, t.TempDir()}
	r.git("init", "--quiet", "--initial-branch=main")
	for _, name := range []string{"old.sql", "renamed.sql", "deleted.sql", "untouched.sql"} {
		r.write(name, "SELECT 1; -- "+name+strings.Repeat("\n", 5))
	}
	r.commit("first")
	return r
}

func (r repository) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func (r repository) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

func (r repository) commit(message string) {
	r.t.Helper()
	r.git("add", "--all")
	r.git("commit", "--quiet", "--message", message)
}

func (r repository) want(dir, ref string, want ...string) {
	r.t.Helper()
	got, err := git.Since(dir, ref, nil)
	if err != nil {
		r.t.Fatal(err)
	}
	if !slices.Equal(got.Names, want) {
		r.t.Errorf("Since(%q) = %q, want %q", ref, got.Names, want)
	}
}

func (r repository) wantError(dir, ref, want string) {
	r.t.Helper()
	got, err := git.Since(dir, ref, nil)
	if err == nil || !strings.Contains(err.Error(), want) {
		r.t.Errorf("Since(%q) = %v, %v; want error with %q", ref, got, err, want)
	}
}

func TestSince(t *testing.T) {
	r := newRepository(t)
	r.git("switch", "--quiet", "--create", "feature")
	r.want(r.dir, "main")

	r.write("new.sql", "SELECT 2;")
	r.git("mv", "renamed.sql", "moved.sql")
	r.git("rm", "--quiet", "deleted.sql")
	r.commit("work")
	r.want(r.dir, "main", "moved.sql", "new.sql")

	// What others commit to main meanwhile is not ours.
	r.git("switch", "--quiet", "main")
	r.write("theirs.sql", "SELECT 3;")
	r.write("untouched.sql", "SELECT 4;")
	r.commit("theirs")
	r.git("switch", "--quiet", "feature")
	r.want(r.dir, "main", "moved.sql", "new.sql")

	// What is not committed yet counts too: staged, unstaged, untracked.
	r.write("staged.sql", "SELECT 5;")
	r.git("add", "staged.sql")
	r.write("old.sql", "SELECT 6;")
	r.write("sub/untracked.sql", "SELECT 7;")
	r.write(".gitignore", "ignored.sql\n")
	r.write("ignored.sql", "SELECT 8;")
	all := []string{".gitignore", "moved.sql", "new.sql", "old.sql", "staged.sql", "sub/untracked.sql"}
	r.want(r.dir, "main", all...)
	r.want(filepath.Join(r.dir, "sub"), "main", all...)

	// A file that only looks changed is not.
	now := r.git("rev-parse", "HEAD")
	r.write("untouched.sql", "SELECT 1; -- untouched.sql"+strings.Repeat("\n", 5))
	r.want(r.dir, strings.TrimSpace(now), ".gitignore", "old.sql", "staged.sql", "sub/untracked.sql")
}

func TestOddNames(t *testing.T) {
	r := newRepository(t)
	names := []string{"ä ö/ü.sql", "a b.sql", "'q'.sql", "日本.sql", "-dash.sql"}
	if runtime.GOOS != "windows" {
		names = append(names, `"dq".sql`, "new\nline.sql", `back\slash.sql`, "tab\t.sql")
	}
	for _, n := range names {
		r.write(n, "SELECT 1;")
	}
	slices.Sort(names)
	r.want(r.dir, "main", names...)
	r.git("switch", "--quiet", "--create", "feature")
	r.commit("odd")
	r.git("config", "diff.relative", "true")
	r.git("config", "diff.renames", "false")
	r.want(filepath.Join(r.dir, "ä ö"), "main", names...)
}

// Git runs hooks with variables that hold paths relative to the top folder.
func TestInsideHook(t *testing.T) {
	r := newRepository(t)
	r.git("switch", "--quiet", "--create", "feature")
	r.write("sub/new.sql", "SELECT 1;")
	r.git("add", "--all")
	t.Setenv("GIT_DIR", ".git")
	t.Setenv("GIT_INDEX_FILE", ".git/index")
	t.Setenv("GIT_PREFIX", "sub/")
	r.want(r.dir, "main", "sub/new.sql")
	r.want(filepath.Join(r.dir, "sub"), "main", "sub/new.sql")
}

// Without .git above the folder, GIT_DIR and GIT_WORK_TREE are what the user means.
func TestSeparateGitDir(t *testing.T) {
	r := newRepository(t)
	store := filepath.Join(t.TempDir(), "store")
	if err := os.Rename(filepath.Join(r.dir, ".git"), store); err != nil {
		t.Fatal(err)
	}
	r.write("new.sql", "SELECT 1;")
	r.wantError(r.dir, "main", "is not in a git repository")
	t.Setenv("GIT_DIR", store)
	t.Setenv("GIT_WORK_TREE", r.dir)
	r.want(r.dir, "main", "new.sql")
}

func TestWorktree(t *testing.T) {
	r := newRepository(t)
	tree := filepath.Join(t.TempDir(), "tree")
	r.git("worktree", "add", "--quiet", "-b", "feature", tree)
	if err := os.WriteFile(filepath.Join(tree, "new.sql"), []byte("SELECT 1;"), 0o644); err != nil {
		t.Fatal(err)
	}
	r.want(tree, "main", "new.sql")
	if got := git.Root(tree); got != tree {
		t.Errorf("Root = %q, want %q", got, tree)
	}
	// A hook in a worktree has GIT_DIR set to the folder inside .git.
	t.Setenv("GIT_DIR", filepath.Join(r.dir, ".git", "worktrees", "tree"))
	r.want(tree, "main", "new.sql")
}

func TestErrors(t *testing.T) {
	r := newRepository(t)
	r.wantError(r.dir, "nowhere", "`git branch --all` lists")
	r.wantError(r.dir, "--output=x", "is not a git ref")
	r.wantError(r.dir, "", "is not a git ref")
	r.wantError(t.TempDir(), "main", "is not in a git repository")

	r.git("switch", "--quiet", "--orphan", "alone")
	r.wantError(r.dir, "main", "HEAD has no commit yet")
	r.write("x.sql", "SELECT 1;")
	r.commit("alone")
	r.wantError(r.dir, "main", "no commit in common")

	t.Setenv("PATH", t.TempDir())
	r.wantError(r.dir, "main", "git is not installed")
}

func TestClones(t *testing.T) {
	r := newRepository(t)
	r.git("switch", "--quiet", "--create", "feature")
	r.write("new.sql", "SELECT 1;")
	r.commit("work")
	clone := func(options ...string) string {
		dir := filepath.Join(t.TempDir(), "clone")
		r.git(append(append([]string{"clone", "--quiet", "--branch", "feature"}, options...), "file://"+r.dir, dir)...)
		return dir
	}
	full := clone()
	r.want(full, "origin/main", "new.sql")
	r.wantError(full, "main", "use --since origin/main")
	r.wantError(full, "release", "run `git fetch origin release` first")
	r.wantError(full, "origin/release", "run `git fetch origin release` first")

	r.wantError(clone("--depth=1"), "origin/main", "`fetch-depth: 0`")
	both := clone("--depth=1", "--no-single-branch")
	r.wantError(both, "origin/main", "does not reach the commit where HEAD left origin/main")
	r.git("-C", both, "fetch", "--quiet", "--unshallow")
	r.want(both, "origin/main", "new.sql")
}

// TestForeignOwner needs two users: it gives the tree to another one.
func TestForeignOwner(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can give a folder away")
	}
	r := newRepository(t)
	if err := filepath.WalkDir(r.dir, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, 12345, 12345)
	}); err != nil {
		t.Fatal(err)
	}
	r.wantError(r.dir, "main", "git config --global --add safe.directory "+r.dir)
	t.Setenv("GIT_CONFIG_COUNT", "1")
	t.Setenv("GIT_CONFIG_KEY_0", "safe.directory")
	t.Setenv("GIT_CONFIG_VALUE_0", "*")
	r.want(r.dir, "main")
}

func TestRoot(t *testing.T) {
	dir := t.TempDir()
	if got := git.Root(dir); got != "" {
		t.Errorf("Root = %q", got)
	}
	sub := filepath.Join(dir, "a", "b")
	for _, d := range []string{sub, filepath.Join(dir, ".git")} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if got := git.Root(sub); got != dir {
		t.Errorf("Root = %q, want %q", got, dir)
	}
}

// What was there at the merge base: with its content where it has changed,
// whatever happened on the other branch.
func TestBefore(t *testing.T) {
	r := newRepository(t)
	r.write("sub/x.sql", "SELECT 1;\r\n")
	r.write("note.txt", "a")
	r.commit("second")
	r.git("switch", "--quiet", "--create", "feature")
	r.write("new.sql", "SELECT 2;")
	r.write("old.sql", "SELECT 3;")
	r.git("mv", "renamed.sql", "moved.sql")
	r.git("rm", "--quiet", "deleted.sql")
	r.commit("work")
	r.git("switch", "--quiet", "main")
	r.write("later.sql", "SELECT 5;")
	r.write("untouched.sql", "SELECT 5;")
	r.commit("elsewhere")
	r.git("switch", "--quiet", "feature")
	r.write("sub/x.sql", "SELECT 4;")
	r.write("note.txt", "b")

	first := func(name string) string { return "SELECT 1; -- " + name + strings.Repeat("\n", 5) }
	want := map[string]string{
		"old.sql": first("old.sql"), "renamed.sql": first("renamed.sql"), "deleted.sql": first("deleted.sql"),
		"untouched.sql": "", "sub/x.sql": "SELECT 1;\r\n",
	}
	check := func(dir string) {
		t.Helper()
		changes, err := git.Since(dir, "main", func(name string) bool { return strings.HasSuffix(name, ".sql") })
		if err != nil {
			t.Fatal(err)
		}
		got := map[string]string{}
		for name, content := range changes.Before {
			got[name] = string(content)
		}
		if !maps.Equal(got, want) {
			t.Errorf("from %s: %q, want %q", dir, got, want)
		}
	}
	check(r.dir)
	check(filepath.Join(r.dir, "sub"))
	tree := filepath.Join(t.TempDir(), "tree")
	r.git("stash", "--quiet")
	r.git("switch", "--quiet", "main")
	r.git("worktree", "add", "--quiet", tree, "feature")
	want["sub/x.sql"] = ""
	check(tree)
}
