package real

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/premortem-lint/premortem/lint/pgtest"
)

// liquibaseTool starts the command, from the npm package that package.json
// names, with the Java that is installed. A start takes seconds: one call
// applies all changesets, and one takes them back.
type liquibaseTool struct {
	classpath, dir, url string
	changesets          int // applied by up
	called, calledDown  bool
}

func openLiquibase(t *testing.T, dir, dsn string) (tool, error) {
	jars, err := filepath.Abs(filepath.Join("node_modules", "liquibase", "dist", "liquibase", "internal", "lib", "*.jar"))
	if err != nil {
		t.Fatal(err)
	}
	found, err := filepath.Glob(jars)
	if err != nil || len(found) == 0 {
		t.Fatal("liquibase is not installed; run: npm ci --prefix testdata/runners/real")
	}
	if _, err := exec.LookPath("java"); err != nil {
		t.Fatal("java is not installed; on Debian: apt-get install default-jre-headless")
	}
	found = slices.DeleteFunc(found, func(jar string) bool { return !liquibaseJars.MatchString(filepath.Base(jar)) })
	database, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return &liquibaseTool{
		classpath: strings.Join(found, string(os.PathListSeparator)),
		dir:       dir,
		url:       "jdbc:postgresql://" + forward(t, filepath.Join(database.Query().Get("host"), ".s.PGSQL.5432")) + database.Path,
	}, nil
}

// forward lets a server that listens on a socket only be reached by TCP, which
// is all that JDBC knows. It returns the address.
func forward(t *testing.T, socket string) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			client, err := listener.Accept()
			if err != nil {
				return
			}
			server, err := net.Dial("unix", socket)
			if err != nil {
				_ = client.Close()
				continue
			}
			pump := func(to, from net.Conn) {
				_, _ = io.Copy(to, from)
				_ = to.Close()
			}
			go pump(client, server)
			go pump(server, client)
		}
	}()
	return listener.Addr().String()
}

// liquibaseJars are those that it needs here: the start takes longer with more.
var liquibaseJars = regexp.MustCompile(`^(liquibase-core|postgresql|picocli|snakeyaml|opencsv|commons-.*|jaxb-.*)\.jar$`)

var (
	liquibaseStarted = regexp.MustCompile(`(?m)^(?:Running|Rolling Back) Changeset: (.*?)::`)
	liquibaseReason  = regexp.MustCompile(`(?m)^ERROR: Exception Primary Reason: *(.*)`)
)

// liquibaseStates are the SQLSTATEs of errors, which the command does not tell.
var liquibaseStates = map[string]string{
	"cannot run inside a transaction block": "25001",
	"ERROR: syntax error":                   "42601",
}

func (l *liquibaseTool) run(ctx context.Context, args ...string) (files []string, err error) {
	args = append([]string{
		"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-cp", l.classpath,
		"liquibase.integration.commandline.LiquibaseCommandLine", "--show-banner=false",
		"--url=" + l.url, "--username=postgres", "--changelog-file=changelog.yaml",
	}, args...)
	cmd := exec.CommandContext(ctx, "java", args...)
	cmd.Dir = l.dir
	out, err := cmd.CombinedOutput()
	text := string(out)
	for _, m := range liquibaseStarted.FindAllStringSubmatch(text, -1) {
		l.changesets++
		if !slices.Contains(files, m[1]) {
			files = append(files, m[1])
		}
	}
	if err == nil {
		return files, nil
	}
	for message, state := range liquibaseStates {
		if strings.Contains(text, message) {
			return files, errors.New(message + " (" + state + ")")
		}
	}
	if len(files) == 0 { // it has not begun
		all, _ := filepath.Glob(filepath.Join(l.dir, "*.sql"))
		files = []string{filepath.Base(all[len(all)-1])}
	}
	if m := liquibaseReason.FindString(text); m != "" {
		return files, errors.New(m)
	}
	return files, errors.New(text)
}

func (l *liquibaseTool) up(ctx context.Context) ([]string, bool, error) {
	if l.called {
		return nil, true, nil
	}
	l.called = true
	files, err := l.run(ctx, "update")
	return files, false, err
}

func (l *liquibaseTool) down(ctx context.Context) ([]string, bool, error) {
	if l.calledDown {
		return nil, true, nil
	}
	l.calledDown = true
	files, err := l.run(ctx, "rollback-count", strconv.Itoa(l.changesets))
	return files, false, err
}

// TestLiquibaseRepeats: what runAlways and runOnChange execute again fails where it
// exists, as the rule repeated-migration-fails says.
func TestLiquibaseRepeats(t *testing.T) {
	t.Parallel()
	pool := pgtest.NewPool(t)
	for _, c := range []struct {
		attribute, edit string
		fails           bool
	}{
		{"runAlways:true", "", true},
		{"runOnChange:true", "", false},
		{"runOnChange:true", ", 2", true},
	} {
		dsn, done := pool.Database(t, majors[0])
		t.Cleanup(done)
		dir := t.TempDir()
		writeFile(t, filepath.Join(dir, "changelog.yaml"), "databaseChangeLog:\n- include: {file: x.sql}\n")
		for i, edit := range []string{"", c.edit} {
			writeFile(t, filepath.Join(dir, "x.sql"), "--liquibase formatted sql\n--changeset a:1 "+c.attribute+"\nCREATE VIEW v AS SELECT 1"+edit+";\n")
			opened, err := openLiquibase(t, dir, dsn)
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = opened.up(t.Context())
			if failed := err != nil; failed != (i > 0 && c.fails) {
				t.Errorf("%s, edited %t: deploy %d ended with %v", c.attribute, c.edit != "", i+1, err)
			}
		}
	}
}
