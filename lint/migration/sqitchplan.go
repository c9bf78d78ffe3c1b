package migration

import (
	"bytes"
	"fmt"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// sqitchChange is one change of a plan.
type sqitchChange struct {
	name string
	line int
	tags []string
	// reworked are the tags before the change of the same name that follows it: the
	// script has one of them in its name.
	reworked []string
	depends  []string
	broken   []sqitchBroken
	// elsewhere are the dependencies on other projects, whose plans are not read.
	elsewhere []string
}

// sqitchBroken is a dependency for which sqitch refuses to deploy any change.
type sqitchBroken struct{ what, fix string }

// script returns the name of the change's script, and the directories that have it.
func (c *sqitchChange) script(t sqitchTarget, files []string) (name, deploy, revert string) {
	if len(c.reworked) == 0 {
		return c.name + t.extension, t.deploy, t.revert
	}
	for _, tag := range c.reworked {
		name := c.name + "@" + tag + t.extension
		if slices.Contains(files, path.Join(t.reworkedDeploy, name)) {
			return name, t.reworkedDeploy, t.reworkedRevert
		}
	}
	return c.name + "@" + c.reworked[0] + t.extension, t.reworkedDeploy, t.reworkedRevert
}

var (
	sqitchBlank  = regexp.MustCompile(`^[ \t]*(#.+)?$`)
	sqitchNote   = regexp.MustCompile(`[ \t]*(?:#.*)?$`)
	sqitchPragma = regexp.MustCompile(`^[ \t]*%[ \t]*([^ \t=]+)(?:[ \t]*=[ \t]*(.+))?$`)
	sqitchLine   = regexp.MustCompile(`^[ \t]*(?:(@)|[+-][ \t]*)?([^ \t:@#\\]+)[ \t]*(?:\[([^\]]+)\][ \t]*)?` +
		`([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)[ \t]*[^<]+[ \t]+<[^>]+>$`)
	sqitchDepend  = regexp.MustCompile(`^(!?)(?:([^\s:@#\\]+):)?(?:([0-9a-f]{40})|([^\s:@#\\]+)?(?:@([^\s:@#\\]+))?)$`)
	sqitchBadName = regexp.MustCompile("^[-!\"$%&'()*+,./;<=>?\\[\\]^`{|}~]|[-!\"$%&'()*+,./;<=>?\\[\\]^`{|}~]$|[~/=%^][0-9]+$|^[0-9a-f]{40}|^(?:ROOT|HEAD)$")
)

// readSqitchPlan reads a plan, of which file is the name.
func readSqitchPlan(file string, text []byte) ([]sqitchChange, error) {
	var changes []sqitchChange
	pragmas, project := true, ""
	latest := map[string]int{}   // change by name
	recent := map[string]bool{}  // changes since the last tag
	tagLines := map[string]int{} // by tag
	lines := strings.Split(string(bytes.TrimSuffix(text, []byte("\n"))), "\n")
	for i, line := range lines {
		line = strings.TrimSuffix(line, "\r")
		refuse := func(why string) error { return fmt.Errorf("%s:%d:1: sqitch refuses the plan: %s", file, i+1, why) }
		if m := sqitchBlank.FindStringSubmatch(line); m != nil {
			pragmas = pragmas && m[1] != ""
			continue
		}
		line = line[:sqitchNote.FindStringIndex(line)[0]]
		if pragmas {
			m := sqitchPragma.FindStringSubmatch(line)
			if m == nil {
				return nil, refuse("the line is no pragma; a blank line must come between pragmas and changes")
			}
			if m[1] == "project" {
				project = m[2]
			}
			continue
		}
		if project == "" {
			return nil, refuse("%project is missing")
		}
		m := sqitchLine.FindStringSubmatch(line)
		switch {
		case m == nil:
			return nil, refuse("the line is none of `change [dependencies] 2024-01-31T12:00:00Z planner <mail>` and `@tag 2024-01-31T12:00:00Z planner <mail>`")
		case sqitchBadName.MatchString(m[2]):
			return nil, refuse(strconv.Quote(m[2]) + " cannot be a name")
		}
		name := m[2]
		if m[1] != "" { // a tag
			switch {
			case len(changes) == 0:
				return nil, refuse("@" + name + " comes before all changes")
			case tagLines[name] > 0:
				return nil, refuse(fmt.Sprintf("@%s stands in line %d already", name, tagLines[name]))
			case strings.Contains(name, "/") || m[3] != "":
				return nil, refuse("a tag has neither / nor dependencies")
			}
			tagLines[name] = i + 1
			clear(recent)
			c := &changes[len(changes)-1]
			c.tags = append(c.tags, name)
			continue
		}
		if recent[name] {
			return nil, refuse(fmt.Sprintf("%s stands in line %d already, without a tag between them", name, changes[latest[name]].line))
		}
		if before, ok := latest[name]; ok {
			var tags []string
			for _, c := range slices.Backward(changes[before:]) {
				tags = append(tags, c.tags...)
			}
			changes[before].reworked = tags
		}
		c := sqitchChange{name: name, line: i + 1, depends: strings.Fields(m[3])}
		for i, d := range c.depends {
			switch m := sqitchDepend.FindStringSubmatch(d); {
			case m == nil || m[3]+m[4]+m[5] == "", slices.ContainsFunc([]string{m[2], m[4], m[5]}, isBadSqitchDepend):
				return nil, refuse(strconv.Quote(d) + " cannot be a dependency")
			case slices.Contains(c.depends[:i], d):
				return nil, refuse(strconv.Quote(d) + " stands twice among the dependencies")
			}
		}
		recent[name], latest[name] = true, len(changes)
		changes = append(changes, c)
	}
	if project == "" {
		return nil, fmt.Errorf("%s: sqitch refuses the plan: %%project is missing", file)
	}
	checkSqitchDependencies(project, changes)
	return changes, nil
}

func isBadSqitchDepend(name string) bool {
	return name != "" && name != "HEAD" && name != "ROOT" && sqitchBadName.MatchString(name)
}

// checkSqitchDependencies finds what sqitch does not find in the plan, or finds in the
// wrong place. What other projects have deployed is not known.
func checkSqitchDependencies(project string, changes []sqitchChange) {
	seen := map[string]int{} // lines of changes and @tags, up to the last tag
	since := map[string]int{}
	for i := range changes {
		c := &changes[i]
		for _, d := range c.depends {
			m := sqitchDepend.FindStringSubmatch(d)
			conflicts, id, change, tag := m[1] != "", m[3] != "", m[4], m[5]
			if m[2] != "" && m[2] != project {
				state := " deployed"
				if conflicts {
					state = " not deployed"
				}
				c.elsewhere = append(c.elsewhere, strings.TrimPrefix(d, "!")+state)
				continue
			}
			if id {
				continue
			}
			key := strings.TrimPrefix(d[strings.IndexByte(d, ':')+1:], "!")
			at := slices.IndexFunc(changes, func(o sqitchChange) bool {
				return change != "" && o.name == change || change == "" && slices.Contains(o.tags, tag)
			})
			var found bool
			if change != "" && tag != "" {
				found = seen["@"+tag] > 0 && seen[change] > 0 && seen[change] < seen["@"+tag]
			} else {
				found = at >= 0 && (seen[key] > 0 || since[key] > 0)
			}
			remove := fmt.Sprintf("remove %s from the dependencies", d)
			var b sqitchBroken
			switch {
			case conflicts && at < 0:
				b = sqitchBroken{"conflicts with " + key + ", which the plan does not have", remove}
			case conflicts && at < i:
				b = sqitchBroken{"conflicts with " + key + ", which comes before it", remove}
			case conflicts || found:
				continue
			case change == c.name && tag == "":
				b = sqitchBroken{"requires itself", remove}
			case at < 0:
				b = sqitchBroken{"requires " + key + ", which the plan does not have", remove + ", or add what it names above"}
			default:
				b = sqitchBroken{"requires " + key + ", which sqitch does not find above it", "move the change below that, or " + remove}
			}
			c.broken = append(c.broken, b)
		}
		since[c.name] = c.line
		if len(c.tags) > 0 {
			maps.Copy(seen, since)
			for _, tag := range c.tags {
				seen["@"+tag] = c.line + 1 // below the change
			}
			clear(since)
		}
	}
}
