package rules

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Hazard is a row of README.md.
type Hazard struct {
	Text string // one clause
	// Ours is what premortem makes of it: a link to a rule, "case of" such a
	// link, or "none: " and the reason; Markdown.
	Ours      string
	Rules     []string // those that report it; none if it is refused
	Elsewhere []Foreign
}

// Foreign is a rule of another tool.
type Foreign struct{ Tool, Name string }

// Hazards returns the table of README.md, which the caller must not change.
func Hazards() []Hazard { return hazards() }

var hazards = sync.OnceValue(func() []Hazard {
	text, err := pages.ReadFile("README.md")
	if err != nil {
		panic(err)
	}
	var all []Hazard
	for line := range strings.Lines(string(text)) {
		cells := strings.Split(strings.Trim(line, "|\n"), " | ")
		if strings.HasPrefix(line, "| ") && len(cells) == 3 && !strings.HasPrefix(line, "| hazard |") && !strings.HasPrefix(line, "| --- |") {
			all = append(all, hazard(cells))
		}
	}
	return all
})

var (
	ruleLink = regexp.MustCompile(`\[([a-z-]+)\]\([a-z-]+\.md\)`)
	codeSpan = regexp.MustCompile("`([^`]+)`")
)

func hazard(cells []string) Hazard {
	h := Hazard{Text: strings.TrimSpace(cells[0]), Ours: strings.TrimSpace(cells[1])}
	if !h.Refused() {
		for _, m := range ruleLink.FindAllStringSubmatch(h.Ours, -1) {
			h.Rules = append(h.Rules, m[1])
		}
	}
	for of := range strings.SplitSeq(strings.TrimSpace(cells[2]), "; ") {
		tool, names, _ := strings.Cut(of, " ")
		for _, m := range codeSpan.FindAllStringSubmatch(names, -1) {
			h.Elsewhere = append(h.Elsewhere, Foreign{tool, m[1]})
		}
	}
	return h
}

// Refused reports whether no rule is about the hazard.
func (h *Hazard) Refused() bool { return strings.HasPrefix(h.Ours, "none: ") }

// Reason is why no rule is about the hazard, or "".
func (h *Hazard) Reason() string {
	reason, _ := strings.CutPrefix(h.Ours, "none: ")
	if !h.Refused() {
		return ""
	}
	return ruleLink.ReplaceAllString(reason, "$1")
}

// Namesake is what a tool calls by a name, and what premortem makes of it.
type Namesake struct {
	Tools   []string
	Name    string   // as the tools write it
	Rules   []string // ours
	Refused []Hazard
}

// Elsewhere returns what other tools call by a name, in any letter case; a
// category before it, as in lint/safety/banDropColumn, is passed over. Tools
// whose rules are the same to premortem are one.
func Elsewhere(name string) []Namesake {
	name = name[strings.LastIndexByte(name, '/')+1:]
	var found []Namesake
	for _, h := range Hazards() {
		for _, f := range h.Elsewhere {
			if !strings.EqualFold(f.Name, name) {
				continue
			}
			at := slices.IndexFunc(found, func(n Namesake) bool { return n.Tools[0] == f.Tool })
			if at < 0 {
				at = len(found)
				found = append(found, Namesake{Tools: []string{f.Tool}, Name: f.Name})
			}
			found[at].add(h)
		}
	}
	var merged []Namesake
	for _, n := range found {
		at := slices.IndexFunc(merged, n.same)
		if at < 0 {
			merged = append(merged, n)
		} else {
			merged[at].Tools = append(merged[at].Tools, n.Tools...)
		}
	}
	return merged
}

func (n *Namesake) add(h Hazard) {
	if h.Refused() {
		n.Refused = append(n.Refused, h)
	}
	for _, rule := range h.Rules {
		if !slices.Contains(n.Rules, rule) {
			n.Rules = append(n.Rules, rule)
		}
	}
}

func (n *Namesake) same(o Namesake) bool {
	sameHazard := func(a, b Hazard) bool { return a.Text == b.Text }
	return n.Name == o.Name && slices.Equal(n.Rules, o.Rules) && slices.EqualFunc(n.Refused, o.Refused, sameHazard)
}

// Hint is what an error adds to a name that no rule has when it is another
// tool's: "; premortem's name for it is …", or "".
func Hint(name string) string {
	var ours []string
	known := Elsewhere(name)
	for _, n := range known {
		for _, rule := range n.Rules {
			if !slices.Contains(ours, rule) {
				ours = append(ours, rule)
			}
		}
	}
	switch {
	case len(known) == 0:
		return ""
	case len(ours) == 0:
		return fmt.Sprintf("; premortem has no rule for it, and `premortem explain %s` says why", known[0].Name)
	case len(ours) == 1:
		return "; premortem's name for it is " + ours[0]
	}
	return "; premortem's names for it are " + strings.Join(ours, ", ")
}

// atlasAnalyzers are Atlas's names of groups of checks, with what their codes begin
// with.
var atlasAnalyzers = map[string]string{
	"concurrent_index": "PG10",
	"condrop":          "CD",
	"data_depend":      "MF",
	"destructive":      "DS",
	"incompatible":     "BC",
}

// StandingFor returns the rules that stand for checks of another tool, or for all of
// them if none is named. Atlas's checks have groups, which may be named too.
func StandingFor(tool string, checks []string) []string {
	names := func(f Foreign) bool {
		return len(checks) == 0 || slices.ContainsFunc(checks, func(check string) bool {
			group, ok := atlasAnalyzers[check]
			return check == f.Name || ok && tool == "atlas" && strings.HasPrefix(f.Name, group)
		})
	}
	var ours Namesake
	for _, h := range Hazards() {
		if slices.ContainsFunc(h.Elsewhere, func(f Foreign) bool { return strings.EqualFold(f.Tool, tool) && names(f) }) {
			ours.add(h)
		}
	}
	return ours.Rules
}
