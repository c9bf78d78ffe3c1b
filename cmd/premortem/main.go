// Command premortem reads a project's PostgreSQL migrations and says, before
// they are deployed, what each statement will block, break or destroy.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/premortem-lint/premortem/lint/config"
	"github.com/premortem-lint/premortem/lint/spelling"
)

func main() {
	if isVetProtocol(os.Args[1:]) {
		vet()
	}
	dir, err := os.Getwd()
	if err != nil {
		fmt.Fprintln(os.Stderr, "premortem:", err)
		os.Exit(int(misuse))
	}
	s := &shell{dir: dir, in: os.Stdin, out: os.Stdout, err: os.Stderr, env: os.Getenv, width: 80}
	if columns, _, err := term.GetSize(int(os.Stdout.Fd())); err == nil {
		s.terminal, s.width = true, columns
	}
	os.Exit(int(s.run(os.Args[1:])))
}

// status is the exit status of a command that did its work.
type status int

const (
	clean      status = 0
	findings   status = 1 // at or above --fail-on
	misuse     status = 2 // usage, configuration, nothing to lint
	unanswered status = 3 // text that could not be analysed
)

func (s status) Error() string { return fmt.Sprintf("exit status %d", int(s)) }

// shell is where a command runs.
type shell struct {
	dir      string // the current folder, absolute
	in       io.Reader
	out, err io.Writer
	env      func(string) string
	terminal bool // out is a terminal
	width    int  // of the terminal in characters, or 80
}

// say prints a message for people, which is no part of a report.
func (s *shell) say(format string, args ...any) {
	fmt.Fprintf(s.err, "premortem: "+format+"\n", args...)
}

// relative returns a path as seen from the current folder, where there is a way.
func (s *shell) relative(path string) string {
	if rel, err := filepath.Rel(s.dir, path); err == nil {
		return rel
	}
	return path
}

func (s *shell) run(args []string) status {
	root := newRoot(s)
	root.SetArgs(withCommand(root, args))
	err := s.misspelt(root, args)
	if err == nil {
		err = root.Execute()
	}
	var done status
	var invalid *config.Error
	switch {
	case err == nil:
		return clean
	case errors.As(err, &done):
		return done
	case errors.As(err, &invalid):
		fmt.Fprintln(s.err, invalid) // each line begins with its place
	default:
		for _, err := range joined(err) {
			s.say("%v", err)
		}
	}
	return misuse
}

// joined returns the errors that errors.Join has put together.
func joined(err error) []error {
	if list, ok := err.(interface{ Unwrap() []error }); ok {
		return list.Unwrap()
	}
	return []error{err}
}

// misspelt refuses a first argument that can only be meant as a command.
func (s *shell) misspelt(root *cobra.Command, args []string) error {
	if len(args) == 0 || strings.HasPrefix(args[0], "-") {
		return nil
	}
	names := commandNames(root)
	hint := spelling.DidYouMean(args[0], names)
	if hint == "" || slices.Contains(names, args[0]) {
		return nil
	}
	path := args[0]
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.dir, path)
	}
	if _, err := os.Lstat(path); err == nil {
		return nil
	}
	return fmt.Errorf("%s: no such command, file or folder%s", args[0], hint)
}

func newRoot(s *shell) *cobra.Command {
	root := &cobra.Command{
		Use:   "premortem",
		Short: "Say what PostgreSQL migrations will block, break or destroy",
		Long: `premortem reads a project's PostgreSQL migrations, replays them as the
project's own migration tool would, and says which statement will block
production, fail on a populated database, or destroy data.

Without a command, premortem lints: "premortem db/migrations" is
"premortem lint db/migrations".`,
		Example: `  premortem                            # all migrations below this folder
  premortem --since origin/main        # those that this branch adds
  premortem explain create-index-not-concurrently`,
		SilenceErrors: true,
		SilenceUsage:  true,
		Version:       version().Version,
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveDefault // paths to lint
		},
	}
	root.SetVersionTemplate("premortem {{.Version}}\n")
	root.SetIn(s.in)
	root.SetOut(s.out)
	root.SetErr(s.err)
	root.SetUsageFunc(s.usage)
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(lintCommand(s), explainCommand(s), rulesCommand(s), locksCommand(s), statsCommand(s), configCommand(s), versionCommand(s))
	root.InitDefaultHelpCmd()
	root.InitDefaultCompletionCmd()
	help(find(root, "help"))
	group(find(root, "completion"))
	return root
}

// withCommand puts "lint" before arguments that begin with no command.
func withCommand(root *cobra.Command, args []string) []string {
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		words := args[1:]
		if len(words) < 2 && !strings.HasPrefix(strings.Join(words, ""), "-") {
			return args // the first word: a command or a path
		}
		return append(args[:1:1], withCommand(root, words)...)
	}
	if len(args) == 0 {
		return []string{"lint"}
	}
	isCommand := func(c *cobra.Command) bool { return c.Name() == args[0] }
	if slices.Contains([]string{"-h", "--help", "-v", "--version"}, args[0]) || slices.ContainsFunc(root.Commands(), isCommand) {
		return args
	}
	return append([]string{"lint"}, args...)
}
