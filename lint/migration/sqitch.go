package migration

import (
	"bytes"
	"cmp"
	"fmt"
	"io/fs"
	"maps"
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
	Within:    sqitchWithin,
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
	LeftOpen:           "sqitch records the change as deployed, and what follows is rolled back",
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

func detectSqitch(fsys fs.FS, dir string, files []string) string {
	targets, err := sqitchTargetsIn(fsys, dir)
	switch {
	case err == nil && len(targets) == 0:
		return ""
	case slices.Contains(files, sqitchPlan): // where sqitch.conf is wrong, configureSqitch tells
		return sqitchPlan + " is there"
	case err != nil:
		return ""
	}
	return "sqitch.conf names " + relative(dir, targets[0].plan)
}

// configureSqitch orders the scripts as the plan does; where several targets have
// their scripts in one directory, one plan after the other.
func configureSqitch(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	targets, err := sqitchTargetsIn(fsys, dir)
	if err != nil {
		return nil, err
	}
	if len(targets) == 0 { // named, for a directory without a plan, or for one of another database
		if !slices.Contains(files, sqitchPlan) {
			return &r, nil
		}
		targets = []sqitchTarget{newSqitchTarget(dir)}
	}
	h := &sqitchHistory{names: map[string]FileName{}, place: map[string]int{}, problems: map[string][]Problem{}}
	for _, t := range targets {
		text, err := fs.ReadFile(fsys, t.plan)
		if err != nil {
			return nil, err
		}
		changes, err := readSqitchPlan(t.plan, text)
		if err != nil {
			return nil, err
		}
		h.add(t.below(dir), changes, files, func(name string) []byte {
			text, _ := fs.ReadFile(fsys, path.Join(dir, name)) // an error is told where it is read
			return text
		})
	}
	r.ParseName = func(name string) (FileName, bool) {
		n, ok := h.names[name]
		return n, ok
	}
	r.Skips = func(name string) string {
		for _, t := range targets {
			if why := t.below(dir).skips(name); why != "" {
				return why
			}
		}
		return ""
	}
	r.Less = func(a, b FileName) bool {
		at := func(n FileName) int {
			if i, ok := h.place[n.Version]; ok {
				return i
			}
			return len(h.place)
		}
		return cmp.Or(cmp.Compare(at(a), at(b)), strings.Compare(a.Version, b.Version)) < 0
	}
	split := r.Split
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		sections, found := split(f, n)
		return sections, append(found, h.problems[n.Base]...)
	}
	return &r, nil
}

// sqitchHistory is what the plans of one directory make of its files.
type sqitchHistory struct {
	names    map[string]FileName  // by file
	place    map[string]int       // by version
	problems map[string][]Problem // by file
}

// add reads the changes of a plan, whose target has names relative to the directory.
func (h *sqitchHistory) add(t sqitchTarget, changes []sqitchChange, files []string, read func(string) []byte) {
	plan := path.Base(t.plan)
	var waiting []Problem // of changes without a script, for the next that has one
	var missing *Problem
	last := ""
	first := map[string]string{} // script by its text
	for i := range changes {
		c := &changes[i]
		script, deploys, reverts := c.script(t, files)
		version := strings.TrimSuffix(script, t.extension)
		if _, ok := h.place[version]; !ok {
			h.place[version] = len(h.place)
		}
		deploy, revert := path.Join(deploys, script), path.Join(reverts, script)
		h.names[deploy] = FileName{Base: deploy, Version: version}
		h.names[revert] = FileName{Base: revert, Version: version, Direction: Down}
		for _, d := range c.broken {
			waiting = append(waiting, Problem{
				Refused: true,
				Message: fmt.Sprintf("sqitch refuses the plan: %s, line %d of %s, %s", c.name, c.line, plan, d.what),
				Fix:     d.fix,
			})
		}
		if !slices.Contains(files, deploy) {
			if missing == nil {
				missing = &Problem{
					Refused: true,
					Message: fmt.Sprintf("sqitch stops before this change: the script of %s, line %d of %s, is missing", c.name, c.line, plan),
					Fix:     "add the script, or remove the change from the plan",
				}
			}
			continue
		}
		if last = deploy; missing != nil {
			waiting = append(waiting, *missing)
		}
		text := string(read(deploy))
		if other, ok := first[text]; ok {
			waiting = append(waiting, Problem{
				Refused: true,
				Message: fmt.Sprintf("sqitch executes the script, but fails to record it: %s has the same text, and its registry takes each text once (23505)", other),
				Fix:     "make the scripts differ, if only in a comment",
			})
		} else {
			first[text] = deploy
		}
		h.problems[deploy] = append(h.problems[deploy], waiting...)
		waiting, missing = nil, nil
	}
	if missing != nil && last != "" {
		missing.Message = strings.Replace(missing.Message, "sqitch stops before this change:", "sqitch stops after this change:", 1)
		h.problems[last] = append(h.problems[last], append(waiting, *missing)...)
	}
}

// sqitchTarget is where sqitch has a plan and its scripts, in PostgreSQL or another
// database.
type sqitchTarget struct {
	engine                                         string
	plan                                           string
	deploy, revert, verify                         string // directories
	reworkedDeploy, reworkedRevert, reworkedVerify string
	extension                                      string
}

// newSqitchTarget is what sqitch takes where nothing is set.
func newSqitchTarget(dir string) sqitchTarget {
	t := sqitchTarget{plan: path.Join(dir, sqitchPlan), extension: ".sql"}
	t.deploy, t.revert, t.verify = path.Join(dir, "deploy"), path.Join(dir, "revert"), path.Join(dir, "verify")
	t.reworkedDeploy, t.reworkedRevert, t.reworkedVerify = t.deploy, t.revert, t.verify
	return t
}

// paths are the names in t, to read or to set.
func (t *sqitchTarget) paths() []*string {
	return []*string{&t.plan, &t.deploy, &t.revert, &t.verify, &t.reworkedDeploy, &t.reworkedRevert, &t.reworkedVerify}
}

// below is t with names relative to the directory.
func (t sqitchTarget) below(dir string) sqitchTarget {
	for _, p := range t.paths() {
		*p = relative(dir, *p)
	}
	return t
}

// directories are those that exist.
func (t sqitchTarget) directories(fsys fs.FS) (found []string) {
	for _, d := range t.paths()[1:] {
		if info, err := fs.Stat(fsys, *d); err == nil && info.IsDir() {
			found = append(found, *d)
		}
	}
	return found
}

// root is the directory that holds the plan and the scripts.
func (t sqitchTarget) root(fsys fs.FS) string {
	inside := []string{t.plan}
	for _, d := range t.directories(fsys) {
		inside = append(inside, path.Join(d, "script"))
	}
	return commonDirectory(inside)
}

func (t sqitchTarget) skips(name string) string {
	switch {
	case path.Ext(name) != t.extension:
		return ""
	case below(t.verify, name) || below(t.reworkedVerify, name):
		return "a check, which sqitch executes behind the change only when asked to verify: it is not replayed"
	case below(t.deploy, name) || below(t.revert, name) || below(t.reworkedDeploy, name) || below(t.reworkedRevert, name):
		return path.Base(t.plan) + " has no such change: sqitch never executes it"
	}
	return ""
}

// sqitchTargetsIn returns the targets in PostgreSQL whose plan and scripts have the
// directory in common.
func sqitchTargetsIn(fsys fs.FS, dir string) (in []sqitchTarget, err error) {
	targets, err := readSqitchTargets(fsys, dir)
	if err != nil {
		return nil, err
	}
	standard, known := newSqitchTarget(dir), false
	for _, t := range targets {
		known = known || t.plan == standard.plan
		if info, err := fs.Stat(fsys, t.plan); err != nil || info.IsDir() || t.root(fsys) != dir {
			continue
		}
		switch t.engine {
		case "", "pg", "postgres", "postgresql":
			in = append(in, t)
		}
	}
	if _, err := fs.Stat(fsys, standard.plan); err == nil && !known {
		in = append(in, standard)
	}
	return in, nil
}

func sqitchWithin(fsys fs.FS, dir string) (within []string) {
	targets, _ := sqitchTargetsIn(fsys, dir)
	for _, t := range targets {
		within = append(within, t.directories(fsys)...)
	}
	return within
}

var (
	sqitchSection = regexp.MustCompile(`^\s*\[\s*([A-Za-z0-9.-]+)(?:\s+"((?:[^"\\]|\\.)*)")?\s*\]\s*(?:[#;].*)?$`)
	sqitchKey     = regexp.MustCompile(`^\s*([A-Za-z][A-Za-z0-9_-]*)\s*(?:=\s*("(?:[^"\\]|\\.)*"|[^#;]*).*)?$`)
)

// readSqitchTargets reads the sqitch.conf of the directory, or of the nearest above
// it, which has the form of git's configuration: what sqitch does without a target,
// and the targets and engines that the file names.
func readSqitchTargets(fsys fs.FS, dir string) ([]sqitchTarget, error) {
	value := map[string]string{}
	home, name := dir, ""
	for d := range upward(dir) {
		text, err := fs.ReadFile(fsys, path.Join(d, "sqitch.conf"))
		if err != nil {
			continue
		}
		home, name = d, path.Join(d, "sqitch.conf")
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
	var targets []sqitchTarget
	add := func(target, engine string) error {
		if uri := cmp.Or(value["target."+target+".uri"], target); strings.HasPrefix(uri, "db:") {
			engine, _, _ = strings.Cut(uri[len("db:"):], ":")
		}
		set := func(key string) string {
			return cmp.Or(value["target."+target+"."+key], value["engine."+engine+"."+key], value["core."+key])
		}
		at := func(key, otherwise string) string {
			if named := set(key); named != "" {
				return path.Join(home, named)
			}
			return otherwise
		}
		top := at("top_dir", home)
		t, reworked := newSqitchTarget(top), newSqitchTarget(at("reworked_dir", top))
		t.engine = engine
		t.extension = "." + cmp.Or(set("extension"), "sql")
		t.plan = at("plan_file", t.plan)
		t.deploy, t.revert, t.verify = at("deploy_dir", t.deploy), at("revert_dir", t.revert), at("verify_dir", t.verify)
		t.reworkedDeploy, t.reworkedRevert, t.reworkedVerify = at("reworked_deploy_dir", reworked.deploy), at("reworked_revert_dir", reworked.revert), at("reworked_verify_dir", reworked.verify)
		for _, p := range t.paths() {
			if !fs.ValidPath(*p) {
				return fmt.Errorf("%s: %s leads out of the directory that is searched: start from a directory that holds it", name, *p)
			}
		}
		if !slices.Contains(targets, t) {
			targets = append(targets, t)
		}
		return nil
	}
	engine := value["core.engine"]
	if err := add(cmp.Or(value["core.target"], value["engine."+engine+".target"]), engine); err != nil {
		return nil, err
	}
	for _, key := range slices.Sorted(maps.Keys(value)) {
		kind, rest, _ := strings.Cut(key, ".")
		var err error
		switch i := strings.LastIndexByte(rest, '.'); {
		case i < 0 || strings.Contains(rest[:i], ".variables"):
		case kind == "target":
			err = add(rest[:i], engine)
		case kind == "engine":
			err = add("", rest[:i])
		}
		if err != nil {
			return nil, err
		}
	}
	return targets, nil
}

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
// wrong place. What other projects have deployed, the plan does not tell.
func checkSqitchDependencies(project string, changes []sqitchChange) {
	seen := map[string]int{} // lines of changes and @tags, up to the last tag
	since := map[string]int{}
	for i := range changes {
		c := &changes[i]
		for _, d := range c.depends {
			m := sqitchDepend.FindStringSubmatch(d)
			conflicts, id, change, tag := m[1] != "", m[3] != "", m[4], m[5]
			if m[2] != "" && m[2] != project || id {
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

// draftSqitch writes the transaction that sqitch's template has.
func draftSqitch(statements []string, noTransaction bool) []string {
	if !noTransaction {
		statements = slices.Concat([]string{"BEGIN"}, statements, []string{"COMMIT"})
	}
	return []string{terminated(statements)}
}
