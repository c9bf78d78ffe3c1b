package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/page"
	"github.com/premortem-lint/premortem/lint/spelling"
	"github.com/premortem-lint/premortem/rules"
)

// widest is the longest line that reads well.
const widest = 90

func explainCommand(s *shell) *cobra.Command {
	return &cobra.Command{
		Use:     "explain RULE…",
		Short:   "Print a rule's page: what PostgreSQL does, unsafe and safe SQL",
		Example: "  premortem explain create-index-not-concurrently",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return fmt.Errorf("name a rule to explain; `premortem rules` lists them")
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return ruleNames(), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(_ *cobra.Command, args []string) error {
			var pages []string
			for _, name := range args {
				rule := ruleNamed(name)
				if rule == nil {
					return unknownRule(name)
				}
				pages = append(pages, explain(rule, min(s.width, widest)))
			}
			_, err := io.WriteString(s.out, strings.Join(pages, "\n\n"))
			return err
		},
	}
}

func unknownRule(name string) error {
	var begun []string
	for _, known := range ruleNames() {
		if strings.HasPrefix(known, name) {
			begun = append(begun, known)
		}
	}
	hint := spelling.DidYouMean(name, ruleNames())
	switch {
	case hint != "":
	case len(begun) > 0 && len(begun) < 10:
		hint = "; these begin so:\n  " + strings.Join(begun, "\n  ")
	default:
		hint = "; `premortem rules` lists them"
	}
	return fmt.Errorf("unknown rule %q%s", name, hint)
}

func ruleNamed(name string) *lint.Rule {
	for _, r := range rules.All() {
		if r.Name == name {
			return r
		}
	}
	return nil
}

// explain is the rule's page with what the list of rules knows, below the title.
func explain(r *lint.Rule, width int) string {
	text := page.Plain(r.Doc, width)
	title, rest, ok := strings.Cut(text, "\n\n")
	if !ok {
		return text
	}
	return fmt.Sprintf("%s\n%s, %s by default, %s\n\n%s", title, r.Category, r.Severity, servers(r), rest)
}

// servers says which PostgreSQL majors a rule is about.
func servers(r *lint.Rule) string {
	switch {
	case r.Since != 0 && r.Until != 0:
		return fmt.Sprintf("PostgreSQL %d to %d", r.Since, r.Until)
	case r.Since != 0:
		return fmt.Sprintf("PostgreSQL %d and newer", r.Since)
	case r.Until != 0:
		return fmt.Sprintf("PostgreSQL %d and older", r.Until)
	}
	return "all PostgreSQL versions"
}
