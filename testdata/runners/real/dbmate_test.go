package real

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// dbmateTool calls the command, from the npm package that package.json names.
// It has no way to apply one migration at a time.
type dbmateTool struct{ command, dir, dsn string }

func openDbmate(t *testing.T, dir, dsn string) (tool, error) {
	command, err := filepath.Abs(filepath.Join("node_modules", "@dbmate", "linux-x64", "bin", "dbmate"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(command); err != nil {
		t.Fatal("dbmate is not installed; run: npm ci --prefix testdata/runners/real")
	}
	return &dbmateTool{command, dir, dsn}, nil
}

var dbmateStarted = regexp.MustCompile(`(?m)^(?:Applying|Rolling back): (.*)$`)

func (d *dbmateTool) run(ctx context.Context, args ...string) (files []string, done bool, err error) {
	cmd := exec.CommandContext(ctx, d.command, append([]string{"--no-dump-schema", "--migrations-dir", d.dir}, args...)...)
	cmd.Env = []string{"DATABASE_URL=" + d.dsn}
	out, err := cmd.CombinedOutput()
	text := string(out)
	for _, m := range dbmateStarted.FindAllStringSubmatch(text, -1) {
		files = append(files, m[1])
	}
	if err == nil {
		return files, len(files) == 0, nil
	}
	if strings.Contains(text, "no migrations have been applied") {
		return nil, true, nil
	}
	message := text[strings.LastIndex(strings.TrimSpace(text), "Error: "):]
	return files, false, errors.New(strings.TrimSpace(message))
}

func (d *dbmateTool) up(ctx context.Context) ([]string, bool, error) {
	return d.run(ctx, "up")
}

func (d *dbmateTool) down(ctx context.Context) ([]string, bool, error) {
	return d.run(ctx, "down")
}
