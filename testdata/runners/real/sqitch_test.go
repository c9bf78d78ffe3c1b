package real

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
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
