package migration

import (
	"cmp"
	"fmt"
	"io/fs"
	"path"
	"slices"
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
	SendsRows:          true,
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
	var elsewhere []string
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
		for _, c := range changes {
			elsewhere = append(elsewhere, c.elsewhere...)
		}
		h.add(t.below(dir), changes, files, func(name string) []byte {
			text, _ := fs.ReadFile(fsys, path.Join(dir, name)) // an error is told where it is read
			return text
		})
	}
	if len(elsewhere) > 0 {
		slices.Sort(elsewhere)
		r.How = "whether sqitch refuses the plan depends on other projects in the same database: it wants " + strings.Join(slices.Compact(elsewhere), ", ")
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
	var waiting []Problem        // of changes without a script, for the next that has one
	first := map[string]string{} // script by its text
	var deployed, reverted []sqitchScript
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
		deployed = append(deployed, sqitchScript{c, deploy})
		reverted = append(reverted, sqitchScript{c, revert})
		if !slices.Contains(files, deploy) {
			continue
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
		waiting = nil
	}
	if last := lastOf(deployed, files); last != "" {
		h.problems[last] = append(h.problems[last], waiting...)
	}
	slices.Reverse(reverted)
	h.stopAtMissing(deployed, files, plan, "script", "add the script, or remove the change from the plan")
	h.stopAtMissing(reverted, files, plan, "revert script", "add the script, which may be empty")
}

// sqitchScript is what sqitch executes for a change.
type sqitchScript struct {
	change *sqitchChange
	file   string
}

// stopAtMissing tells of the scripts that are not there at the next one that is, or at
// the last before them.
func (h *sqitchHistory) stopAtMissing(scripts []sqitchScript, files []string, plan, kind, fix string) {
	var missing *sqitchChange
	tell := func(file, where string) {
		h.problems[file] = append(h.problems[file], Problem{
			Refused: true,
			Message: fmt.Sprintf("sqitch stops %s this change: the %s of %s, line %d of %s, is missing", where, kind, missing.name, missing.line, plan),
			Fix:     fix,
		})
		missing = nil
	}
	for _, s := range scripts {
		switch there := slices.Contains(files, s.file); {
		case !there && missing == nil:
			missing = s.change
		case there && missing != nil:
			tell(s.file, "before")
		}
	}
	if last := lastOf(scripts, files); missing != nil && last != "" {
		tell(last, "after")
	}
}

// lastOf returns the last script that is there.
func lastOf(scripts []sqitchScript, files []string) string {
	for _, s := range slices.Backward(scripts) {
		if slices.Contains(files, s.file) {
			return s.file
		}
	}
	return ""
}

func sqitchWithin(fsys fs.FS, dir string) (within []string) {
	targets, _ := sqitchTargetsIn(fsys, dir)
	for _, t := range targets {
		within = append(within, t.directories(fsys)...)
	}
	return within
}

// draftSqitch writes the transaction that sqitch's template has.
func draftSqitch(statements []string, noTransaction bool) []string {
	if !noTransaction {
		statements = slices.Concat([]string{"BEGIN"}, statements, []string{"COMMIT"})
	}
	return []string{terminated(statements)}
}
