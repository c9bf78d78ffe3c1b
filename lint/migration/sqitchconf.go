package migration

import (
	"cmp"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

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
	return "sqitch executes only the scripts of " + t.deploy + " and " + t.revert
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
