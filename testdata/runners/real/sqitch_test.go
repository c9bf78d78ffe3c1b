package real

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

// sqitchTool runs the command. A start takes a second: one call deploys all
// changes, and one reverts them.
type sqitchTool struct {
	dir, dsn string
	deployed []string // names of files
	called   bool
}

func openSqitch(t *testing.T, dir, dsn string) (tool, error) {
	if _, err := exec.LookPath("sqitch"); err != nil {
		t.Fatal("sqitch is not installed; on Debian: apt-get install sqitch libdbd-pg-perl postgresql-client")
	}
	return &sqitchTool{dir: dir, dsn: strings.Replace(dsn, "postgres://", "db:pg://", 1)}, nil
}

var sqitchStep = regexp.MustCompile(`(?m)^  [+-] (\S+)((?: @\S+)*) \.+ `)

func (s *sqitchTool) run(ctx context.Context, direction string, arguments ...string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "sqitch", arguments...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "SQITCH_FULLNAME=A Tester", "SQITCH_EMAIL=tester@example.org", "LC_ALL=C", "TZ=UTC")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err := cmd.Run()
	var files []string
	for _, m := range sqitchStep.FindAllStringSubmatch(out.String(), -1) {
		files = append(files, s.file(direction, m[1], strings.Fields(m[2])))
	}
	if err != nil {
		err = errors.New(strings.TrimSpace(out.String()))
	}
	return files, err
}

// file finds the script of a change that the command names with its tags. Only that
// of a reworked one has a tag in its name.
func (s *sqitchTool) file(direction, change string, tags []string) string {
	for _, tag := range append(tags, "") {
		for _, folder := range map[string][]string{"up": {"deploy", "up", "sql/deploy", "old/deploy"}, "down": {"revert", "down", "sql/revert", "old/revert"}}[direction] {
			for _, extension := range []string{".sql", ".ddl"} {
				name := filepath.Join(folder, change+tag+extension)
				if _, err := os.Stat(filepath.Join(s.dir, name)); err == nil {
					return filepath.ToSlash(name)
				}
			}
		}
	}
	return change
}

func (s *sqitchTool) up(ctx context.Context) ([]string, bool, error) {
	if s.called {
		return nil, true, nil
	}
	s.called = true
	files, err := s.run(ctx, "up", "deploy", "--mode", "change", "--no-verify", s.dsn)
	s.deployed = files
	return files, false, err
}

func (s *sqitchTool) down(ctx context.Context) ([]string, bool, error) {
	if s.deployed == nil {
		return nil, true, nil
	}
	s.deployed = nil
	files, err := s.run(ctx, "down", "revert", "-y", s.dsn)
	return files, false, err
}

// TestSqitchElsewhere: sqitch deploys nothing where another project lacks what the plan
// requires of it, and reverts nothing behind a change without a revert script.
func TestSqitchElsewhere(t *testing.T) {
	t.Parallel()
	const by = " 2024-01-01T00:00:00Z A Planner <planner@example.org>\n"
	project := func(name, plan string, changes ...string) string {
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "sqitch.conf"), "[core]\n\tengine = pg\n")
		writeFile(t, filepath.Join(dir, "sqitch.plan"), "%project="+name+"\n\n"+plan)
		for _, change := range changes {
			for _, folder := range []string{"deploy", "revert"} {
				writeFile(t, filepath.Join(dir, folder, change+".sql"), "SELECT '"+name+change+"';\n")
			}
		}
		return dir
	}
	shop := project("shop", "a"+by+"b [stock:x !stock:y]"+by+"c"+by, "a", "b", "c")
	if err := os.Remove(filepath.Join(shop, "revert", "b.sql")); err != nil {
		t.Fatal(err)
	}
	stock := project("stock", "x"+by+"y"+by, "x", "y")
	dsn, done := pgtest.NewPool(t).Database(t, majors[0])
	t.Cleanup(done)
	dsn = strings.Replace(dsn, "postgres://", "db:pg://", 1)
	for _, step := range []struct {
		dir       string
		arguments []string
		files     []string
		err       string // what it contains
	}{
		{shop, []string{"deploy", dsn}, nil, "Missing required change: stock:x"},
		{stock, []string{"deploy", "--to", "x", dsn}, []string{"deploy/x.sql"}, ""},
		{shop, []string{"deploy", "--no-verify", dsn}, []string{"deploy/a.sql", "deploy/b.sql", "deploy/c.sql"}, ""},
		{shop, []string{"revert", "-y", dsn}, []string{"revert/c.sql", "b"}, "revert/b.sql: No such file or directory"},
		{project("late", "a [!stock:x]"+by, "a"), []string{"deploy", dsn}, nil, "Conflicts with previously deployed change: stock:x"},
	} {
		s := sqitchTool{dir: step.dir}
		files, err := s.run(t.Context(), map[string]string{"deploy": "up", "revert": "down"}[step.arguments[0]], step.arguments...)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if !slices.Equal(files, step.files) || (err == nil) != (step.err == "") || !strings.Contains(message, step.err) {
			t.Fatalf("sqitch %v executed %v: %v", step.arguments, files, err)
		}
	}
}
