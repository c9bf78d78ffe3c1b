package migration

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"
)

// plan is a history before its files are read.
type plan struct {
	history *History
	files   []*plannedFile // in the runner's order
	later   []*plannedFile // behind the last one under review, once that is known
	named   bool           // a file of it was named
	// down are the names of down files that are left out.
	down []string
}

// plannedFile is one file of a history.
type plannedFile struct {
	FileName
	path     string  // from the root of the file system
	golang   *goCode // the migration in it, if it is Go
	named    bool    // on the command line, or standard input
	reviewed bool
	problems []Problem // that concern its place in the directory

	ups, downs []*Migration // once read, in file order
}

// planAll chooses the runner of each directory and orders its files.
func planAll(t *tree, directories []*directory, o Options) ([]*plan, error) {
	var plans []*plan
	skipped, by, dump := 0, "", ""
	for _, d := range directories {
		r, why, err := d.runner(t, o)
		if err != nil {
			return nil, err
		}
		if r == nil {
			continue
		}
		if r.Configure != nil {
			if r, err = r.Configure(*r, t, d.name, d.files); err != nil {
				return nil, err
			}
			if r.How != "" {
				why += "; " + r.How
			}
		}
		p, err := newPlan(t, d, r, why, o)
		if err != nil {
			return nil, err
		}
		if len(p.files) == 0 && len(p.down) == 0 {
			skipped, by = skipped+len(p.history.Skipped), r.Name
			for _, s := range p.history.Skipped {
				if s.Reason == dumpReason {
					dump = s.Name
				}
			}
			continue
		}
		plans = append(plans, p)
	}
	if plans = withoutEmbedded(plans); len(plans) > 0 {
		return plans, unreadOnly(plans, o)
	}
	other := inOtherLanguage(t, directories, o)
	switch {
	case other != "" && (dump == "" || len(o.Paths) == 0):
		return nil, fmt.Errorf("%w: %s", ErrNoMigrations, other)
	case len(o.Paths) == 0:
		return nil, fmt.Errorf("%w: no directory has the marks of a migration tool that is known (--help lists them); name a directory or a file to lint plain SQL", ErrNoMigrations)
	case dump != "":
		return nil, fmt.Errorf("%w in %s: %s: %s", ErrNoMigrations, o.list(o.Paths), o.path(dump), dumpReason)
	case skipped > 0:
		return nil, fmt.Errorf("%w in %s: %d files have names that %s does not execute; name another runner", ErrNoMigrations, o.list(o.Paths), skipped, by)
	}
	return nil, fmt.Errorf("%w: %s holds no SQL files; name the directory of the migrations", ErrNoMigrations, o.list(o.Paths))
}

// unreadOnly is an error if no file of the plans is read.
func unreadOnly(plans []*plan, o Options) error {
	for _, p := range plans {
		if i := slices.IndexFunc(p.files, func(f *plannedFile) bool { return f.Unread == "" }); i >= 0 || len(p.files) == 0 {
			return nil
		}
	}
	f := plans[0].files[0]
	return fmt.Errorf("%w: %s: %s", ErrNoMigrations, o.path(f.path), f.Unread)
}

func newPlan(t *tree, d *directory, r *Runner, why string, o Options) (*plan, error) {
	p := &plan{history: &History{Dir: d.name, Runner: r, Why: why}, named: len(d.named)+len(d.below) > 0}
	var golang []string
	for _, base := range d.files {
		if r.ReadsGo && path.Ext(base) == ".go" {
			golang = append(golang, base)
		}
	}
	inGo := map[string]bool{}
	if len(golang) > 0 {
		p.files = readGo(t, d.name, golang, nil, o)
		for _, f := range p.files {
			f.named = slices.Contains(d.named, f.Base)
			inGo[f.path] = true
		}
	}
	for _, base := range d.files {
		name := path.Join(d.name, base)
		if inGo[name] {
			continue
		}
		named := slices.Contains(d.named, base)
		inside := slices.ContainsFunc(d.below, func(dir string) bool { return below(dir, base) })
		n, ok := r.ParseName(base)
		if !ok && named && r == Psql {
			n, ok = psqlName(base), true
		}
		reason := ""
		if !ok {
			if reason = r.Skips(base); reason == "" && path.Ext(base) != ".sql" && strings.EqualFold(path.Ext(base), ".sql") {
				reason = "the name does not end with .sql in lower case: the file is not read"
			}
		}
		if runner, _ := o.namedRunner(d.name); ok && r == Psql && runner == "" && isLoneDump(t, name) {
			if named && !o.OnlyMigrations {
				return nil, fmt.Errorf("%s: %s", o.path(name), dumpReason)
			}
			ok, reason = false, dumpReason
		}
		switch {
		case !ok && named && !o.OnlyMigrations:
			if reason == "" {
				reason = "the name is not that of a migration"
			}
			return nil, fmt.Errorf("%s: %s does not execute this file (%s): %s; name another runner to lint it", o.path(name), r.Name, why, reason)
		case !ok && reason != "":
			p.history.Skipped = append(p.history.Skipped, Skipped{name, reason})
		case !ok:
		case n.Direction == Down && !o.Down:
			p.down = append(p.down, name)
		default:
			p.files = append(p.files, &plannedFile{FileName: n, path: name, named: named || inside})
		}
	}
	for _, base := range d.named {
		if !slices.Contains(d.files, base) { // the schema was named too
			return nil, fmt.Errorf("%s: the schema cannot be a migration too", o.path(path.Join(d.name, base)))
		}
	}
	sort.SliceStable(p.files, func(i, j int) bool {
		a, b := p.files[i].FileName, p.files[j].FileName
		if r.Less(a, b) || r.Less(b, a) {
			return r.Less(a, b)
		}
		return a.Base < b.Base
	})
	p.findDuplicates()
	return p, nil
}

// findDuplicates gives every file of a version that stands twice its problem.
func (p *plan) findDuplicates() {
	if p.history.Runner.Duplicate == "" {
		return
	}
	type key struct {
		version   string
		direction Direction
	}
	first := map[key]*plannedFile{}
	tell := func(f, other *plannedFile) {
		f.problems = append(f.problems, Problem{
			Refused: true,
			Message: fmt.Sprintf("%s has version %s too: %s", other.Base, f.Version, p.history.Runner.Duplicate),
			Fix:     "give one of them another version",
		})
	}
	for _, f := range p.files {
		k := key{f.Version, f.Direction}
		other := first[k]
		if other == nil {
			first[k] = f
			continue
		}
		tell(f, other)
		if len(other.problems) == 0 {
			tell(other, f)
		}
	}
}

// refuse gives the problem of the whole directory to the migration under review that
// it is about, or to the first.
func (p *plan) refuse() {
	refusal := p.history.Runner.Refuses
	if refusal == nil {
		return
	}
	var to *plannedFile
	for _, f := range slices.Backward(p.files) {
		if f.reviewed && (to == nil || to.Base != refusal.Base) {
			to = f
		}
	}
	to.problems = append(to.problems, refusal.Problem)
}

// review marks what is under review, and leaves out what comes after it and
// the histories without any.
func review(plans []*plan, o Options) ([]*plan, error) {
	var err error
	switch {
	case o.After != "" && o.Release != nil:
		return nil, errors.New("a release is selected by its files or by the version before it, not by both")
	case o.After != "":
		err = reviewAfter(plans, o)
	case o.Release != nil:
		names := map[string]bool{}
		for _, name := range o.Release {
			names[path.Clean(name)] = true
		}
		reviewFiles(plans, func(f *plannedFile) bool { return f.isAnyOf(names) })
	case slices.ContainsFunc(plans, func(p *plan) bool { return p.named }):
		reviewFiles(plans, func(f *plannedFile) bool { return f.named })
	default:
		reviewFiles(plans, func(*plannedFile) bool { return true })
	}
	if err != nil {
		return nil, err
	}
	if o.Stdin != nil {
		name := path.Clean(o.Stdin.Name)
		reviewFiles(plans, func(f *plannedFile) bool { return f.path == name })
	}
	var reviewed []*plan
	for _, p := range plans {
		if p.cut() {
			reviewed = append(reviewed, p)
		}
	}
	if len(reviewed) == 0 {
		return nil, nothingUnderReview(plans, o)
	}
	return reviewed, nil
}

// reviewFiles puts the files under review that are selected.
func reviewFiles(plans []*plan, selected func(*plannedFile) bool) {
	for _, p := range plans {
		for _, f := range p.files {
			f.reviewed = f.reviewed || selected(f)
		}
	}
}

// reviewAfter puts the migrations after a version under review.
func reviewAfter(plans []*plan, o Options) error {
	exists := false
	for _, p := range plans {
		last := -1
		for i, f := range p.files {
			if p.hasVersion(f, o.After) {
				last = i
			}
		}
		if last < 0 {
			continue
		}
		exists = true
		for _, f := range p.files[last+1:] {
			f.reviewed = true
		}
	}
	if exists {
		return nil
	}
	var nearest []string
	for _, p := range plans {
		if near := p.nearest(o); near != "" {
			nearest = append(nearest, near)
		}
	}
	return fmt.Errorf("no migration has version %s; the nearest are %s", o.After, strings.Join(nearest, "; "))
}

// hasVersion compares as the tool does, so that 5 names goose's 00005_x.sql;
// a whole file name will do too.
func (p *plan) hasVersion(f *plannedFile, version string) bool {
	if f.Version == version || f.Base == version {
		return true
	}
	if !isNumber(version) {
		return false
	}
	less, v := p.history.Runner.Less, FileName{Base: version, Version: version}
	return !less(v, f.FileName) && !less(f.FileName, v)
}

func isNumber(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// nearest names the versions around one that does not exist.
func (p *plan) nearest(o Options) string {
	v := FileName{Base: o.After, Version: o.After}
	i := sort.Search(len(p.files), func(i int) bool { return p.history.Runner.Less(v, p.files[i].FileName) })
	var names []string
	for _, f := range p.files[max(0, i-2):min(len(p.files), i+2)] {
		names = append(names, f.Version)
	}
	if len(names) == 0 {
		return ""
	}
	return strings.Join(names, ", ") + " (" + o.path(p.history.Dir) + ")"
}

// cut puts aside the files after the last one under review, and reports
// whether there is one.
func (p *plan) cut() bool {
	last := -1
	for i, f := range p.files {
		if f.reviewed {
			last = i
		}
	}
	if last < 0 {
		return false
	}
	// Not the up file of the same version.
	end := last + 1
	for end < len(p.files) && !p.history.Runner.Less(p.files[last].FileName, p.files[end].FileName) {
		end++
	}
	for _, f := range p.files[end:] {
		if f.Direction == Up {
			p.later = append(p.later, f)
		}
	}
	p.files = slices.DeleteFunc(p.files[:end], func(f *plannedFile) bool { return f.Direction == Down && !f.reviewed })
	return true
}

func nothingUnderReview(plans []*plan, o Options) error {
	if o.After != "" {
		return fmt.Errorf("%w: none comes after version %s", ErrNothingUnderReview, o.After)
	}
	for _, p := range plans {
		for _, name := range p.down {
			if o.Release == nil || slices.Contains(o.Release, name) {
				return fmt.Errorf("%w: %s is a down migration; use --down to lint it", ErrNothingUnderReview, o.path(name))
			}
		}
	}
	if len(o.Release) == 0 {
		return fmt.Errorf("%w: the selection is empty", ErrNothingUnderReview)
	}
	return fmt.Errorf("%w: none of the selected files is a migration (%s)", ErrNothingUnderReview, o.list(o.Release[:min(3, len(o.Release))]))
}

// migrations puts a history together: the ups in order, then the downs, last
// version first, as they would be rolled back.
func (p *plan) migrations() []*Migration {
	var all []*Migration
	for _, f := range p.files {
		all = append(all, f.ups...)
	}
	for _, f := range slices.Backward(p.files) {
		if len(f.downs) > 0 && f.downs[0].Section.Version != "" && !p.history.Runner.Printed {
			slices.Reverse(f.downs)
		}
		all = append(all, f.downs...)
	}
	return all
}

// numberReleases gives one number to what is deployed together. A file of the
// history was deployed by itself. What is under review is one release, except
// when whole directories are: then each file is one. A down is deployed later
// than every up.
func numberReleases(plans []*plan, o Options) {
	n := 0
	number := func(migrations []*Migration) {
		if len(migrations) > 0 {
			n++
		}
		for _, m := range migrations {
			m.Release = n
		}
	}
	selected := o.After != "" || o.Release != nil || o.Stdin != nil ||
		slices.ContainsFunc(plans, func(p *plan) bool { return p.named })
	var release []*Migration
	for _, p := range plans {
		for _, f := range p.files {
			if selected && f.reviewed {
				release = append(release, f.ups...)
			} else {
				number(f.ups)
			}
		}
	}
	number(release)
	for _, p := range plans {
		for _, f := range slices.Backward(p.files) {
			number(f.downs)
		}
	}
	for _, p := range plans {
		for _, f := range p.later {
			number(f.ups)
		}
	}
}
