package linttest

import (
	"fmt"
	"strconv"
	"strings"
)

// Page is a rule's page: a title, one sentence, and sections whose fences are
// examples that tests run.
type Page struct {
	Title    string
	Summary  string // the first paragraph on one line
	Sections []Section
	// History are the fences marked `sql history`, wherever they stand: what
	// the examples' tables look like. Those marked `sql queries` are among them
	// with the option queries: what the application sends.
	History []Fence
}

// Section is the text below one heading of the second level.
type Section struct {
	Heading string
	Fences  []Fence // the `sql` ones, history left out
}

// Fence is one migration. Its info line is `sql` followed by options, such as
// `sql runner=goose pg=17`; they are those of a case.
type Fence struct {
	Text    string
	Options map[string]string
}

// RunsOn reports whether a PostgreSQL major has what the example shows: one
// with the option pg= is about that major and newer ones.
func (f Fence) RunsOn(major int) bool {
	since, _ := strconv.Atoi(f.Options["pg"])
	return major >= since
}

// ParsePage reads a rule's page.
func ParsePage(text string) (*Page, error) {
	p := &Page{}
	var fence *Fence
	history := false
	var summary []string
	for i, line := range strings.Split(text, "\n") {
		switch {
		case fence != nil && line == "```":
			switch {
			case history:
				p.History = append(p.History, *fence)
			case len(p.Sections) > 0:
				s := &p.Sections[len(p.Sections)-1]
				s.Fences = append(s.Fences, *fence)
			default:
				return nil, fmt.Errorf("line %d: example outside a section", i+1)
			}
			fence = nil
		case fence != nil:
			fence.Text += line + "\n"
		case strings.HasPrefix(line, "```sql"):
			fence, history = &Fence{Options: map[string]string{}}, false
			for _, option := range strings.Fields(line)[1:] {
				name, value, ok := strings.Cut(option, "=")
				switch {
				case option == "history":
					history = true
				case option == "queries":
					history = true
					fence.Options["queries"] = "yes"
				case ok:
					fence.Options[name] = value
				default:
					return nil, fmt.Errorf("line %d: unknown option %q", i+1, option)
				}
			}
		case strings.HasPrefix(line, "```"):
			return nil, fmt.Errorf("line %d: examples are ```sql", i+1)
		case strings.HasPrefix(line, "# "):
			p.Title = line[2:]
		case strings.HasPrefix(line, "## "):
			p.Sections = append(p.Sections, Section{Heading: line[3:]})
		case p.Title != "" && len(p.Sections) == 0:
			summary = append(summary, line)
		}
	}
	if fence != nil {
		return nil, fmt.Errorf("an example is not closed")
	}
	first, _, _ := strings.Cut(strings.TrimSpace(strings.Join(summary, "\n")), "\n\n")
	p.Summary = strings.ReplaceAll(first, "\n", " ")
	return p, nil
}
