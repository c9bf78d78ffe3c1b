package migration

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
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

// sqitchChange is one instance of a change in the plan.
type sqitchChange struct {
	name string
	line int // 1-based
	// tags stand between it and the instance that reworks it.
	tags     []string
	reworked bool
}

var (
	sqitchPragma = regexp.MustCompile(`^[ \t]*%`)
	sqitchTag    = regexp.MustCompile(`^[ \t]*@([^\s@:#\\\[\]]+)`)
	// sqitchLine is a change with what must follow it, which the note has left.
	sqitchLine = regexp.MustCompile(`^[ \t]*[+]?[ \t]*([^\s@:#\\\[\]]+)[ \t]+(?:\[[^\]]*\][ \t]*)?\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ[ \t]+[^<]+[ \t]+<[^>]+>[ \t]*$`)
	sqitchNote = regexp.MustCompile(`[ \t]*(#.*)?\r?$`)
)

// readSqitchPlan reads the changes in their order.
func readSqitchPlan(name string, text []byte) ([]sqitchChange, error) {
	var changes []sqitchChange
	for number, line := range bytes.Split(text, []byte("\n")) {
		stripped := sqitchNote.ReplaceAll(line, nil)
		switch m := sqitchLine.FindSubmatch(stripped); {
		case len(bytes.TrimSpace(stripped)) == 0, sqitchPragma.Match(stripped):
		case sqitchTag.Match(stripped):
			tag := string(sqitchTag.FindSubmatch(stripped)[1])
			for i := range changes {
				if !changes[i].reworked {
					changes[i].tags = append(changes[i].tags, tag)
				}
			}
		case m == nil:
			return nil, fmt.Errorf("%s:%d:1: neither a change, a tag nor a pragma; `sqitch plan` says what is wrong", name, number+1)
		default:
			for i := range changes {
				changes[i].reworked = changes[i].reworked || changes[i].name == string(m[1])
			}
			changes = append(changes, sqitchChange{name: string(m[1]), line: number + 1})
		}
	}
	return changes, nil
}

// sqitchSettings are those of [core] in sqitch.conf that say where scripts are.
type sqitchSettings struct{ deploy, revert, extension string }

var sqitchSetting = regexp.MustCompile(`^\s*(deploy_dir|revert_dir|extension)\s*=\s*"?([^"#;]*?)"?\s*$`)

func readSqitchSettings(text []byte) sqitchSettings {
	s := sqitchSettings{"deploy", "revert", "sql"}
	section := ""
	for line := range bytes.Lines(text) {
		if header := bytes.TrimSpace(line); bytes.HasPrefix(header, []byte("[")) {
			section = strings.ToLower(string(header))
			continue
		}
		m := sqitchSetting.FindSubmatch(line)
		if m == nil || section != "[core]" {
			continue
		}
		switch value := string(m[2]); string(m[1]) {
		case "deploy_dir":
			s.deploy = path.Clean(value)
		case "revert_dir":
			s.revert = path.Clean(value)
		case "extension":
			s.extension = value
		}
	}
	return s
}

// configureSqitch takes order and names from the plan.
func configureSqitch(r Runner, fsys fs.FS, dir string, files []string) (*Runner, error) {
	name := path.Join(dir, sqitchPlan)
	text, err := fs.ReadFile(fsys, name)
	if err != nil {
		return &r, nil // named, for a directory without a plan
	}
	changes, err := readSqitchPlan(name, text)
	if err != nil {
		return nil, err
	}
	conf, _ := fs.ReadFile(fsys, path.Join(dir, "sqitch.conf"))
	settings := readSqitchSettings(conf)

	names := map[string]FileName{} // by file
	order := map[string]int{}      // by version
	missing := map[int]sqitchChange{}
	for i, c := range changes {
		script, version := c.script(settings, files), c.name
		if c.reworked {
			version = strings.TrimSuffix(script, "."+settings.extension)
		}
		order[version] = i
		deploy, revert := path.Join(settings.deploy, script), path.Join(settings.revert, script)
		names[deploy] = FileName{Base: deploy, Version: version}
		names[revert] = FileName{Base: revert, Version: version, Direction: Down}
		if !slices.Contains(files, deploy) {
			missing[i] = c
		}
	}
	place := func(n FileName) int {
		if i, ok := order[n.Version]; ok {
			return i
		}
		return -1
	}
	r.ParseName = func(name string) (FileName, bool) {
		n, ok := names[name]
		return n, ok
	}
	r.Skips = func(name string) string {
		if path.Ext(name) == "."+settings.extension && below(settings.deploy, name) {
			return sqitchPlan + " has no such change: sqitch never executes it"
		}
		return ""
	}
	r.Less = func(a, b FileName) bool { return place(a) < place(b) }
	split := r.Split
	r.Split = func(f *File, n FileName) ([]Section, []Problem) {
		sections, problems := split(f, n)
		for i := place(n) - 1; n.Direction == Up && i >= 0 && missing[i].name != ""; i-- {
			problems = append(problems, Problem{
				Refused: true,
				Message: fmt.Sprintf("sqitch stops before this change: the script of %s, line %d of %s, is missing", missing[i].name, missing[i].line, sqitchPlan),
				Fix:     "add the script, or remove the change from the plan",
			})
		}
		return sections, problems
	}
	return &r, nil
}

// script returns the name of the change's script below deploy and revert. That of a
// reworked change has the first tag behind it for which there is a file.
func (c *sqitchChange) script(s sqitchSettings, files []string) string {
	if !c.reworked || len(c.tags) == 0 {
		return c.name + "." + s.extension
	}
	tagged := func(tag string) string { return c.name + "@" + tag + "." + s.extension }
	for _, tag := range c.tags {
		if slices.Contains(files, path.Join(s.deploy, tagged(tag))) {
			return tagged(tag)
		}
	}
	return tagged(c.tags[0])
}

// draftSqitch writes the transaction that sqitch's template has.
func draftSqitch(statements []string, noTransaction bool) []string {
	if !noTransaction {
		statements = slices.Concat([]string{"BEGIN"}, statements, []string{"COMMIT"})
	}
	return []string{terminated(statements)}
}
