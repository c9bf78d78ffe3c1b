package main

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/spelling"
)

// usage is the part of a command's help below its description.
func (s *shell) usage(c *cobra.Command) error {
	var b strings.Builder
	b.WriteString("Usage:\n")
	switch {
	case !c.HasParent():
		fmt.Fprintf(&b, "  %[1]s [path…] [flags]\n  %[1]s [command]\n", c.Name())
	case c.HasAvailableSubCommands():
		fmt.Fprintf(&b, "  %s [command]\n", c.CommandPath())
	default:
		fmt.Fprintf(&b, "  %s\n", c.UseLine())
	}
	if c.HasExample() {
		fmt.Fprintf(&b, "\nExamples:\n%s\n", c.Example)
	}
	if c.HasAvailableSubCommands() {
		b.WriteString("\nCommands:\n")
		for _, sub := range c.Commands() {
			if sub.IsAvailableCommand() || sub.Name() == "help" {
				fmt.Fprintf(&b, "  %-*s %s\n", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if flags := c.LocalFlags(); flags.HasAvailableFlags() {
		const suffix = "[=true|false]" // of every switch: noise
		text := flags.FlagUsagesWrapped(s.width)
		b.WriteString("\nFlags:\n" + strings.ReplaceAll(text, suffix, strings.Repeat(" ", len(suffix))))
	}
	if c.HasAvailableSubCommands() {
		fmt.Fprintf(&b, "\n\"%s [command] --help\" says more about a command.\n", c.CommandPath())
	}
	_, err := fmt.Fprint(c.OutOrStderr(), b.String())
	return err
}

// group makes a command that only holds others refuse those that it has not.
func group(c *cobra.Command) {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) == 0 {
			return c.Help()
		}
		return unknownCommand(c, args[0])
	}
}

// help makes the command help refuse what it knows nothing about.
func help(c *cobra.Command) {
	c.RunE = func(c *cobra.Command, args []string) error {
		about, rest, err := c.Root().Find(args)
		if err != nil || len(rest) > 0 {
			return unknownCommand(about, rest[0])
		}
		about.InitDefaultHelpFlag()
		about.InitDefaultVersionFlag()
		return about.Help()
	}
}

func unknownCommand(c *cobra.Command, name string) error {
	hint := cmp.Or(spelling.DidYouMean(name, commandNames(c)), fmt.Sprintf("; see %s --help", c.CommandPath()))
	return fmt.Errorf("unknown command %q for %s%s", name, c.CommandPath(), hint)
}

func commandNames(c *cobra.Command) []string {
	var names []string
	for _, sub := range c.Commands() {
		names = append(names, sub.Name())
	}
	return names
}

func noArguments(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("%s takes no argument, not %q; see %s --help", c.Name(), args[0], c.CommandPath())
	}
	return nil
}

// flagError says what is wrong with a flag, and what to do.
func flagError(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		c.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
		if near := spelling.Closest(unknown.GetSpecifiedName(), names); near != "" {
			return fmt.Errorf("%w, did you mean --%s?", err, near)
		}
	}
	return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
}

// major is the value of a flag for a PostgreSQL major; 0 is not set.
type major int

// Set implements pflag.Value.
func (m *major) Set(text string) error {
	n, err := strconv.Atoi(text)
	if err != nil {
		return errors.New("want a major version such as 16")
	}
	if err := lint.CheckServer(n); err != nil {
		return err
	}
	*m = major(n)
	return nil
}

// String implements pflag.Value.
func (m *major) String() string {
	if *m == 0 {
		return ""
	}
	return strconv.Itoa(int(*m))
}

// Type implements pflag.Value.
func (m *major) Type() string { return "major" }

// find returns the command of that name, which exists.
func find(root *cobra.Command, name string) *cobra.Command {
	i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == name })
	return root.Commands()[i]
}
