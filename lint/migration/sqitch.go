package migration

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Sqitch is sqitch.org. Facts are from its source (1.3.1: Plan.pm, Plan/Change.pm,
// Engine/pg.pm) and from running it. psql executes each script, which opens and ends
// its own transaction.
var Sqitch = &Runner{
	Name:      "sqitch",
	Detect:    detectSqitch,
	Tree:      true,
	Configure: configureSqitch,
	ParseName: parseSqitchName,
	NameOf:    numberedName("deploy/%05d_%s.sql"),
	Skips:     func(string) string { return "" },
	Less:      func(a, b FileName) bool { return a.Base < b.Base },
	Applied:   "sqitch knows a deployed change by its place in the plan and never executes it again",
	Late:      "sqitch refuses to go on where %s is deployed: the plan may only grow at its end",
	Split: func(f *File, n FileName) ([]Section, []Problem) {
		return []Section{{Range: Range{0, len(f.Source)}, Scope: Autocommit, Direction: n.Direction}}, nil
	},
	Draft:              draftSqitch,
	WithoutTransaction: "remove BEGIN and COMMIT: sqitch opens no transaction",
	PsqlCommands:       true,
	FreshSession:       true,
}

// parseSqitchName is for a directory without a plan, which sqitch does not deploy:
// the scripts in the order of their names.
func parseSqitchName(name string) (FileName, bool) {
	change, ok := strings.CutPrefix(name, "deploy/")
	n := FileName{Base: name}
	if !ok {
		change, ok = strings.CutPrefix(name, "revert/")
		n.Direction = Down
	}
	n.Version = strings.TrimSuffix(change, ".sql")
	return n, ok && n.Version != change
}

const sqitchPlan = "sqitch.plan"

func detectSqitch(_ fs.FS, _ string, files []string) string {
	if slices.Contains(files, sqitchPlan) {
		return sqitchPlan + " is there"
	}
	return ""
}

// configureSqitch orders the scripts as the plan does.
func configureSqitch(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	if !slices.Contains(files, sqitchPlan) {
		return &r, nil // named, for a directory without a plan
	}
	settings, err := readSqitchSettings(fsys, dir)
	if err != nil {
		return nil, err
	}
	planName := path.Join(dir, sqitchPlan)
	text, err := fs.ReadFile(fsys, planName)
	if err != nil {
		return nil, err
	}
	changes, err := readSqitchPlan(planName, text)
	if err != nil {
		return nil, err
	}
	names := map[string]FileName{}
	place := map[string]int{} // by version
	problems := map[string][]Problem{}
	var missing *Problem // the change before has no script
	last := ""
	for i := range changes {
		c := &changes[i]
		script := c.script(settings, files)
		version := strings.TrimSuffix(script, settings.extension)
		place[version] = i
		for direction, d := range map[Direction]string{Up: settings.deploy, Down: settings.revert} {
			base := path.Join(d, script)
			names[base] = FileName{Base: base, Version: version, Direction: direction}
		}
		deploy := path.Join(settings.deploy, script)
		switch {
		case slices.Contains(files, deploy):
			if last = deploy; missing != nil {
				problems[deploy] = append(problems[deploy], *missing)
			}
			missing = nil
		case missing == nil:
			missing = &Problem{
				Refused: true,
				Message: fmt.Sprintf("sqitch stops before this change: the script of %s, line %d of %s, is missing", c.name, c.line, sqitchPlan),
				Fix:     "add the script, or remove the change from the plan",
			}
		}
	}
	if missing != nil && last != "" {
		missing.Message = strings.Replace(missing.Message, "sqitch stops before this change:", "sqitch stops after this change:", 1)
		problems[last] = append(problems[last], *missing)
	}
	r.ParseName = func(name string) (FileName, bool) {
		n, ok := names[name]
		return n, ok
	}
	r.Skips = settings.skips
	r.Less = func(a, b FileName) bool {
		at := func(n FileName) int {
			if i, ok := place[n.Version]; ok {
				return i
			}
			return len(place)
		}
		return cmp.Or(cmp.Compare(at(a), at(b)), strings.Compare(a.Version, b.Version)) < 0
	}
	split := r.Split
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		sections, found := split(f, n)
		return sections, append(found, problems[n.Base]...)
	}
	return &r, nil
}

// sqitchSettings are directories relative to that of the plan, and what the names
// of scripts end with.
type sqitchSettings struct{ deploy, revert, extension string }

func (s *sqitchSettings) skips(name string) string {
	if path.Ext(name) == s.extension && below(s.deploy, name) {
		return sqitchPlan + " has no such change: sqitch never executes it"
	}
	return ""
}

var (
	sqitchSection = regexp.MustCompile(`^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]\s*(?:[#;].*)?$`)
	sqitchKey     = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9_-]*)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^#;]*).*)?$`)
)

// readSqitchSettings reads the sqitch.conf of the directory, or of the nearest
// above it: the file has the form of git's configuration.
func readSqitchSettings(fsys fs.FS, dir string) (*sqitchSettings, error) {
	value := map[string]string{}
	home := dir
	for d := range upward(dir) {
		name := path.Join(d, "sqitch.conf")
		text, err := fs.ReadFile(fsys, name)
		if err != nil {
			continue
		}
		home = d
		section, continued := "", false
		for i, line := range strings.Split(string(text), "\n") {
			line = strings.TrimSpace(line)
			was := continued
			continued = strings.HasSuffix(line, `\`)
			if was || line == "" || line[0] == '#' || line[0] == ';' {
				continue
			}
			if m := sqitchSection.FindStringSubmatch(line); m != nil {
				section = strings.ToLower(m[1])
				if m[2] != "" {
					section += "." + m[2]
				}
				continue
			}
			m := sqitchKey.FindStringSubmatch(line)
			if m == nil || section == "" {
				return nil, fmt.Errorf("%s:%d:1: neither a [section] nor a key = value", name, i+1)
			}
			value[section+"."+strings.ToLower(m[1])] = strings.Trim(strings.TrimSpace(m[2]), `"`)
		}
		break
	}
	set := func(key string) string { return cmp.Or(value["engine.pg."+key], value["core."+key]) }
	s := &sqitchSettings{extension: "." + cmp.Or(set("extension"), "sql")}
	for key, at := range map[string]*string{"deploy": &s.deploy, "revert": &s.revert} {
		named := set(key + "_dir")
		if named == "" {
			*at = key // in top_dir, where the plan is
			continue
		}
		full := path.Join(home, named)
		if !below(dir, full) {
			return nil, fmt.Errorf("%s: %s_dir is %s, outside of the directory of %s: name it with --runner psql", path.Join(home, "sqitch.conf"), key, named, sqitchPlan)
		}
		*at = relative(dir, full)
	}
	return s, nil
}

// sqitchChange is one change of a plan.
type sqitchChange struct {
	name string
	line int
	tags []string
	// reworked are the tags before the change of the same name that follows it: the
	// script has one of them in its name.
	reworked []string
}

// script returns the name of the change's script in the directories.
func (c *sqitchChange) script(s *sqitchSettings, files []string) string {
	for _, tag := range c.reworked {
		name := c.name + "@" + tag + s.extension
		if slices.Contains(files, path.Join(s.deploy, name)) {
			return name
		}
	}
	if len(c.reworked) > 0 {
		return c.name + "@" + c.reworked[0] + s.extension
	}
	return c.name + s.extension
}

var (
	sqitchBlank  = regexp.MustCompile(`^[ \t]*(#.+)?$`)
	sqitchNote   = regexp.MustCompile(`[ \t]*(?:#.*)?$`)
	sqitchPragma = regexp.MustCompile(`^[ \t]*%[ \t]*([^ \t=]+)(?:[ \t]*=[ \t]*(.+))?$`)
	sqitchLine   = regexp.MustCompile(`^[ \t]*(?:(@)|[+-][ \t]*)?([^ \t:@#\\]+)[ \t]*(?:\[([^\]]+)\][ \t]*)?` +
		`([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)[ \t]*[^<]+[ \t]+<[^>]+>$`)
	sqitchBadName = regexp.MustCompile("^[-!\"$%&'()*+,./;<=>?\\[\\]^`{|}~]|[-!\"$%&'()*+,./;<=>?\\[\\]^`{|}~]$|[~/=%^][0-9]+$|^[0-9a-f]{40}|^(?:ROOT|HEAD)$")
)

// readSqitchPlan reads a plan, of which file is the name.
func readSqitchPlan(file string, text []byte) ([]sqitchChange, error) {
	var changes []sqitchChange
	pragmas, project := true, false
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
			project = project || m[1] == "project" && m[2] != ""
			continue
		}
		if !project {
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
		recent[name], latest[name] = true, len(changes)
		changes = append(changes, sqitchChange{name: name, line: i + 1})
	}
	if !project {
		return nil, fmt.Errorf("%s: sqitch refuses the plan: %%project is missing", file)
	}
	return changes, nil
}

// draftSqitch writes the transaction that sqitch's template has.
func draftSqitch(statements []string, noTransaction bool) []string {
	if !noTransaction {
		statements = slices.Concat([]string{"BEGIN"}, statements, []string{"COMMIT"})
	}
	return []string{terminated(statements)}
}
