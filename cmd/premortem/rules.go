package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/premortem-lint/premortem/lint"
	"github.com/premortem-lint/premortem/lint/page"
	"github.com/premortem-lint/premortem/rules"
)

func rulesCommand(s *shell) *cobra.Command {
	formats := map[string]func([]*lint.Rule) (string, error){"text": rulesText, "json": rulesJSON, "markdown": rulesMarkdown}
	var format string
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List the rules, heaviest category first",
		Args:  noArguments,
		RunE: func(*cobra.Command, []string) error {
			write := formats[format]
			if write == nil {
				return fmt.Errorf("--format: unknown format %q: use text, json or markdown", format)
			}
			text, err := write(byCategory(rules.All()))
			if err != nil {
				return err
			}
			_, err = fmt.Fprint(s.out, text)
			return err
		},
	}
	cmd.Flags().StringVar(&format, "format", "text", "`format` of the list: text, json or markdown")
	complete(cmd, "format", func() []string { return []string{"text", "json", "markdown"} })
	return cmd
}

// byCategory orders rules by category, heaviest first, and name.
func byCategory(all []*lint.Rule) []*lint.Rule {
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b *lint.Rule) int {
		return slices.Index(lint.Categories, a.Category) - slices.Index(lint.Categories, b.Category)
	})
	return sorted
}

func rulesText(all []*lint.Rule) (string, error) {
	var out strings.Builder
	for i, r := range all {
		if i == 0 || r.Category != all[i-1].Category {
			if i > 0 {
				out.WriteByte('\n')
			}
			fmt.Fprintf(&out, "%s\n", strings.ToUpper(string(r.Category)))
		}
		about := r.Severity.String()
		if r.Since != 0 || r.Until != 0 {
			about += ", " + servers(r)
		}
		if r.Fixable {
			about += ", fixable"
		}
		fmt.Fprintf(&out, "  %s (%s)\n      %s\n", r.Name, about, page.Summary(r.Doc))
	}
	return out.String(), nil
}

func rulesJSON(all []*lint.Rule) (string, error) {
	type rule struct {
		Name     string        `json:"name"`
		Category lint.Category `json:"category"`
		Severity string        `json:"severity"`
		Since    int           `json:"since,omitempty"` // PostgreSQL majors
		Until    int           `json:"until,omitempty"`
		Fixable  bool          `json:"fixable,omitempty"` // --fix knows some of its findings
		Summary  string        `json:"summary"`
	}
	list := []rule{}
	for _, r := range all {
		list = append(list, rule{r.Name, r.Category, r.Severity.String(), r.Since, r.Until, r.Fixable, page.Summary(r.Doc)})
	}
	var out strings.Builder
	encoder := json.NewEncoder(&out)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	err := encoder.Encode(list)
	return out.String(), err
}

// rulesMarkdown is the table of the README.
func rulesMarkdown(all []*lint.Rule) (string, error) {
	var out strings.Builder
	out.WriteString("| rule | category | severity | |\n| --- | --- | --- | --- |\n")
	for _, r := range all {
		summary := page.Summary(r.Doc)
		if r.Since != 0 || r.Until != 0 {
			summary += " (" + servers(r) + ")"
		}
		if r.Fixable {
			summary += " *Fixable.*"
		}
		fmt.Fprintf(&out, "| [%s](rules/%s.md) | %s | %s | %s |\n", r.Name, r.Name, r.Category, r.Severity, strings.ReplaceAll(summary, "|", `\|`))
	}
	return out.String(), nil
}
