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
		Use:   "explain RULE…",
		Short: "Print a rule's page: what PostgreSQL does, unsafe and safe SQL",
		Long: `Print a rule's page: what PostgreSQL does, unsafe and safe SQL.

The rules of other tools are known by their names there: premortem answers with
its own, or says why it has none.`,
		Example: `  premortem explain create-index-not-concurrently
  premortem explain ban-drop-column   # what squawk calls it`,
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
				text, err := explanation(name, min(s.width, widest))
				if err != nil {
					return err
				}
				pages = append(pages, text)
			}
			_, err := io.WriteString(s.out, strings.Join(pages, "\n\n"))
			return err
		},
	}
}

// explanation is what there is to say of a rule of ours, or of another tool's.
func explanation(name string, width int) (string, error) {
	if rule := ruleNamed(name); rule != nil {
		return explain(rule, width), nil
	}
	var texts []string
	for _, n := range rules.Elsewhere(name) {
		texts = append(texts, explainElsewhere(n, width))
	}
	if len(texts) == 0 {
		return "", unknownRule(name)
	}
	return strings.Join(texts, "\n"), nil
}

// explainElsewhere says what another tool's rule is here: one rule with its
// page, or several, and what is left out of it.
func explainElsewhere(n rules.Namesake, width int) string {
	var owners []string
	for _, tool := range n.Tools {
		owners = append(owners, possessive(tool))
	}
	name := strings.Join(owners, " and ") + " " + n.Name
	if len(n.Rules) == 1 && len(n.Refused) == 0 {
		return name + " is " + n.Rules[0] + "\n\n" + explain(ruleNamed(n.Rules[0]), width)
	}
	var out strings.Builder
	if len(n.Rules) > 0 {
		out.WriteString(name + " is\n")
	} else {
		out.WriteString(name + " has no rule here\n")
	}
	for _, rule := range n.Rules {
		item(&out, rule, page.Summary(ruleNamed(rule).Doc), width)
	}
	for _, h := range n.Refused {
		about := h.Text
		if len(n.Rules) > 0 {
			about = "no rule: " + about
		}
		item(&out, about, h.Reason(), width)
	}
	return out.String()
}

// item writes an entry of a list with what is said of it.
func item(out *strings.Builder, about, text string, width int) {
	fmt.Fprintf(out, "  %s\n", about)
	for line := range strings.Lines(page.Plain(text, width-6)) {
		out.WriteString("      " + line)
	}
}

func possessive(name string) string {
	if strings.HasSuffix(name, "s") {
		return name + "'"
	}
	return name + "'s"
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
