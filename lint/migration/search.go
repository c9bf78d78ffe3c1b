package migration

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"path"
	"slices"
	"strings"
)

// directory is a place that may hold a history.
type directory struct {
	name  string
	files []string // names relative to it, sorted
	// tree is true where the runner reads the directories below it too.
	tree bool
	// asked is true when a named path leads here; else only the signs of a
	// known tool make it a history.
	asked bool
	// named are the files that were named themselves, and below the directories
	// inside of a tree that were.
	named, below []string
}

// search finds the directories that o asks for, sorted by name.
func search(t *tree, o Options) ([]*directory, error) {
	found := map[string]*directory{}
	// at is the directory whose history the files of dir belong to.
	at := func(dir string) *directory {
		name, inTree := t.root(dir, o)
		d := found[name]
		if d == nil {
			d = &directory{name: name, tree: inTree}
			found[name] = d
		}
		return d
	}
	paths := o.Paths
	if o.Stdin != nil {
		paths = append(slices.Clip(paths), o.Stdin.Name)
	}
	for _, p := range paths {
		name, err := cleanPath(p)
		if err != nil {
			return nil, err
		}
		info, err := fs.Stat(t, name)
		if err != nil {
			return nil, o.pathError(p, err)
		}
		if info.IsDir() {
			if err := walk(t, name, o, func(dir string) bool {
				d := at(dir)
				d.asked = true
				if d.tree && d.name != name && below(d.name, name) {
					d.below = append(d.below, relative(d.name, name))
				}
				return t.goesOn(d)
			}); err != nil {
				return nil, err
			}
			continue
		}
		d := at(path.Dir(name))
		d.asked = true
		d.named = append(d.named, relative(d.name, name))
	}
	if len(paths) == 0 {
		if err := walk(t, ".", o, func(dir string) bool { return t.goesOn(at(dir)) }); err != nil {
			return nil, err
		}
	}
	var directories []*directory
	for _, d := range found {
		files, err := filesIn(t, d, o)
		if err != nil {
			return nil, err
		}
		d.files = files
		directories = append(directories, d)
	}
	slices.SortFunc(directories, func(a, b *directory) int { return strings.Compare(a.name, b.name) })
	return directories, nil
}

// root returns the directory whose history the files of dir belong to: dir
// itself, unless the runner of a directory above it reads it too.
func (t *tree) root(dir string, o Options) (root string, inTree bool) {
	parents := slices.Collect(upward(dir))
	for _, parent := range slices.Backward(parents) {
		if t.isRoot(parent, o) && t.owns(parent, dir) {
			return parent, true
		}
	}
	return parents[0], false
}

// isRoot reports whether a runner reads dir with the directories below it.
func (t *tree) isRoot(dir string, o Options) bool {
	is, known := t.roots[dir]
	if known {
		return is
	}
	name, _ := o.namedRunner(dir)
	files, err := filesIn(t, &directory{name: dir}, o)
	for _, r := range Runners {
		if !r.Tree || name != "" && r.Name != name || err != nil {
			continue
		}
		if r.Detect(t, dir, files) != "" || name != "" && readsAny(t, r, dir, o) {
			is = true
			if r.Within != nil {
				t.within[dir] = r.Within(t, dir)
			}
			break
		}
	}
	t.roots[dir] = is
	return is
}

// owns reports whether a directory at or below a root belongs to its history.
func (t *tree) owns(root, dir string) bool {
	within := t.within[root]
	return within == nil || dir == root || slices.ContainsFunc(within, func(w string) bool { return below(w, dir) })
}

// goesOn reports whether the search goes on below a directory of d.
func (t *tree) goesOn(d *directory) bool { return !d.tree || t.within[d.name] != nil }

// readsAny reports whether dir, or a directory below it, has a file for the runner.
func readsAny(t *tree, r *Runner, dir string, o Options) bool {
	files, err := filesIn(t, &directory{name: dir, tree: true}, o)
	if err == nil && r.Configure != nil {
		r, err = r.Configure(*r, t, dir, files)
	}
	return err != nil || slices.ContainsFunc(files, func(name string) bool {
		_, ok := r.ParseName(name)
		return ok
	})
}

// upward yields a directory and those above it, up to the root of the file
// system.
func upward(dir string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for yield(dir) && dir != "." {
			dir = path.Dir(dir)
		}
	}
}

// relative returns a name inside dir as seen from there.
func relative(dir, name string) string {
	if dir == "." {
		return name
	}
	return strings.TrimPrefix(name, dir+"/")
}

// below reports whether name is dir or inside of it.
func below(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}

func commonDirectory(files []string) string {
	common := path.Dir(files[0])
	for _, f := range files {
		for !below(common, f) {
			common = path.Dir(common)
		}
	}
	return common
}

// cleanPath returns a path in the form that fs.FS wants.
func cleanPath(p string) (string, error) {
	name := path.Clean(p)
	if !fs.ValidPath(name) {
		return "", fmt.Errorf("%s: the path leads out of the directory that is searched", p)
	}
	return name, nil
}

// pathError makes the error of a path say what is wrong with it.
func (o *Options) pathError(name string, err error) error {
	var of *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("no such file or directory")
	case errors.As(err, &of):
		err = of.Err
	}
	return fmt.Errorf("%s: %w", o.path(name), err)
}

// list names several files or directories.
func (o *Options) list(names []string) string {
	called := make([]string, len(names))
	for i, name := range names {
		called[i] = o.path(name)
	}
	return strings.Join(called, ", ")
}

// path is what messages call a file or directory.
func (o *Options) path(name string) string {
	if o.Path == nil {
		return name
	}
	return o.Path(name)
}

// walk calls visit for a directory and those below it, until it returns false.
// It does not follow symbolic links, which can lead in circles and to places
// visited already.
func walk(t *tree, root string, o Options, visit func(dir string) bool) error {
	return fs.WalkDir(t, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return o.pathError(name, err)
		}
		if !entry.IsDir() {
			return nil
		}
		if name != root && (ignoredDirectory(entry.Name()) || o.Skip != nil && o.Skip(name)) || !visit(name) {
			return fs.SkipDir
		}
		return nil
	})
}

func ignoredDirectory(base string) bool {
	return strings.HasPrefix(base, ".") || base == "node_modules" || base == "vendor"
}

// filesIn lists a directory's files, links to files included, and those of the
// directories below where they belong to it.
func filesIn(t *tree, d *directory, o Options) ([]string, error) {
	var files []string
	list := func(dir string) error {
		entries, err := t.ReadDir(dir)
		if err != nil {
			return o.pathError(dir, err)
		}
		for _, e := range entries {
			name := path.Join(dir, e.Name())
			named := slices.Contains(d.named, relative(d.name, name))
			switch {
			case e.IsDir(),
				!named && o.Skip != nil && o.Skip(name),
				slices.ContainsFunc(o.Schemas, func(s string) bool { return path.Clean(s) == name }):
				continue
			case e.Type()&fs.ModeSymlink != 0:
				if info, err := fs.Stat(t, name); err == nil && info.IsDir() {
					continue
				}
			}
			files = append(files, relative(d.name, name))
		}
		return nil
	}
	if !d.tree {
		return files, list(d.name)
	}
	var failed error
	err := walk(t, d.name, o, func(dir string) bool {
		if t.owns(d.name, dir) {
			failed = cmp.Or(failed, list(dir))
		}
		return true
	})
	slices.Sort(files)
	return files, cmp.Or(err, failed)
}

// namedRunner returns the tool that the options name for a directory, and who
// named it, or "".
func (o Options) namedRunner(dir string) (name, why string) {
	if o.Runner == "" && o.RunnerFor != nil {
		name = o.RunnerFor(dir)
		return name, "the configuration names " + name
	}
	return o.Runner, "--runner " + o.Runner
}

// runner chooses the tool of a directory and says why. It returns nil for a
// directory without migrations.
func (d *directory) runner(t *tree, o Options) (*Runner, string, error) {
	if name, why := o.namedRunner(d.name); name != "" {
		r := RunnerNamed(name)
		if r == nil {
			return nil, "", fmt.Errorf("unknown runner %q: use %s", name, RunnerNames())
		}
		return r, why, nil
	}
	for _, r := range Runners {
		if r == Psql && !d.asked {
			return nil, "", nil
		}
		if r.Tree != d.tree {
			continue
		}
		if why := r.Detect(t, d.name, d.files); why != "" {
			return r, why, nil
		}
	}
	if len(d.named) > 0 { // a file of any name, executed by name
		return Psql, "the file is named", nil
	}
	return nil, "", nil
}
