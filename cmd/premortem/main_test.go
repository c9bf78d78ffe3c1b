package main

import (
	"errors"
	"flag"
	"fmt"
	"os/exec"
	"regexp"
	"strconv"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "write what the scripts of testdata/cli expect anew")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"premortem":    main,
		"unprivileged": unprivileged,
	})
}

// TestScripts runs testdata/cli as a person at a shell would type it.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir:                 "../../testdata/cli",
		UpdateScripts:       *update,
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds:                map[string]func(*testscript.TestScript, bool, []string){"exit": exit},
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "C.UTF-8")
			for _, who := range []string{"AUTHOR", "COMMITTER"} {
				env.Setenv("GIT_"+who+"_NAME", "A Developer")
				env.Setenv("GIT_"+who+"_EMAIL", "developer@example.com")
			}
			env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
			return nil
		},
	})
}

var elapsed = regexp.MustCompile(`(?m) in (less than )?[0-9.]+ s$`)

// exit runs a command, which must end with a status: exit 2 premortem nosuch.
// How long a run took becomes "in no time".
func exit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exit status command [args...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	got := 0
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		got = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	stdout, stderr := ts.ReadFile("stdout"), ts.ReadFile("stderr")
	fmt.Fprint(ts.Stdout(), elapsed.ReplaceAllString(stdout, " in no time"))
	fmt.Fprint(ts.Stderr(), stderr)
	if want, err := strconv.Atoi(args[0]); err != nil || got != want {
		ts.Fatalf("exit status %d, want %s", got, args[0])
	}
}
