package migration

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// directory is a place that may hold a history.
type directory struct {
	name  string
	files []string // base names, sorted
	// asked is true when a named path leads here; else only the signs of a
	// known tool make it a history.
	asked bool
	// named are the base names of the files that were named themselves.
	named []string
}

// search finds the directories that o asks for, sorted by name.
func search(t *tree, o Options) ([]*directory, error) {
	found := map[string]*directory{}
	at := func(name string) *directory {
		d := found[name]
		if d == nil {
			d = &directory{name: name}
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
			if err := walk(t, name, o, func(dir string) { at(dir).asked = true }); err != nil {
				return nil, err
			}
			continue
		}
		d := at(path.Dir(name))
		d.asked = true
		d.named = append(d.named, path.Base(name))
	}
	if len(paths) == 0 {
		if err := walk(t, ".", o, func(dir string) { at(dir) }); err != nil {
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

// walk calls visit for a directory and those below it. It does not follow
// symbolic links, which can lead in circles and to places visited already.
func walk(t *tree, root string, o Options, visit func(dir string)) error {
	return fs.WalkDir(t, root, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return o.pathError(name, err)
		}
		if !entry.IsDir() {
			return nil
		}
		if name != root && (ignoredDirectory(entry.Name()) || o.Skip != nil && o.Skip(name)) {
			return fs.SkipDir
		}
		visit(name)
		return nil
	})
}

func ignoredDirectory(base string) bool {
	return strings.HasPrefix(base, ".") || base == "node_modules" || base == "vendor"
}

// filesIn lists a directory's files, links to files included.
func filesIn(t *tree, d *directory, o Options) ([]string, error) {
	entries, err := t.ReadDir(d.name)
	if err != nil {
		return nil, o.pathError(d.name, err)
	}
	var files []string
	for _, e := range entries {
		name := path.Join(d.name, e.Name())
		named := slices.Contains(d.named, e.Name())
		switch {
		case e.IsDir(),
			!named && o.Skip != nil && o.Skip(name),
			o.Schema != "" && name == path.Clean(o.Schema):
			continue
		case e.Type()&fs.ModeSymlink != 0:
			if info, err := fs.Stat(t, name); err == nil && info.IsDir() {
				continue
			}
		}
		files = append(files, e.Name())
	}
	return files, nil
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
		if why := r.Detect(t, d.name, d.files); why != "" {
			return r, why, nil
		}
	}
	if len(d.named) > 0 { // a file of any name, executed by name
		return Psql, "the file is named", nil
	}
	return nil, "", nil
}
