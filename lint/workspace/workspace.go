// Package workspace shows the part of the disk that a run needs as one file
// system, and turns the paths that people type into names in it and back.
package workspace

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/premortem-lint/premortem/lint/git"
)

// Workspace is the file system of one run. Its root is the root of the
// repository that holds the current folder, or the current folder itself when
// that is in none; and higher where a path leads out of it.
type Workspace struct {
	dir   string // the current folder, absolute
	top   string // the root of the repository, or ""
	root  string // of the file system
	typed []typed
}

// typed is an absolute path that a person wrote.
type typed struct{ path, real string }

// New returns the workspace for the current folder dir, which must be
// absolute, and the paths that a run is about, as people wrote them: relative
// to dir or absolute. They need not exist.
func New(dir string, paths ...string) (*Workspace, error) {
	w := &Workspace{dir: dir, top: git.Root(dir)}
	if w.top == "" {
		// A symbolic link to a folder of a repository.
		if real, err := filepath.EvalSymlinks(dir); err == nil && git.Root(real) != "" {
			w.dir, w.top = real, git.Root(real)
		}
	}
	w.root = w.top
	if w.root == "" {
		w.root = w.dir
	}
	for _, p := range paths {
		real := w.locate(p)
		if filepath.IsAbs(p) {
			w.typed = append(w.typed, typed{filepath.Clean(p), real})
		}
		for !within(w.root, real) {
			parent := filepath.Dir(w.root)
			if parent == w.root {
				return nil, fmt.Errorf("%s is on another drive than %s", p, w.dir)
			}
			w.root = parent
		}
	}
	return w, nil
}

// locate returns the absolute path of what a person wrote. Symbolic links are
// followed only where that brings it into the repository, or where ".."
// comes after one.
func (w *Workspace) locate(p string) string {
	abs := p
	if !filepath.IsAbs(p) {
		abs = w.dir + string(filepath.Separator) + p
	}
	path := filepath.Clean(abs)
	if _, err := os.Lstat(path); err != nil {
		if real, err := filepath.EvalSymlinks(abs); err == nil {
			path = real
		}
	}
	if w.top == "" || within(w.top, path) {
		return path
	}
	top, err := filepath.EvalSymlinks(w.top)
	if err != nil {
		return path
	}
	if real, err := filepath.EvalSymlinks(path); err == nil && within(top, real) {
		rel, _ := filepath.Rel(top, real)
		return filepath.Join(w.top, rel)
	}
	return path
}

// within says whether a clean path is a folder or lies below it.
func within(dir, path string) bool {
	rel, err := filepath.Rel(dir, path)
	return err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// FS is the file system.
func (w *Workspace) FS() fs.FS { return os.DirFS(w.root) }

// Name returns the name in FS of one of the paths given to New, or of any
// path that lies inside it.
func (w *Workspace) Name(path string) string {
	rel, err := filepath.Rel(w.root, w.locate(path))
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// Dir is the name in FS of the current folder.
func (w *Workspace) Dir() string { return w.Name(w.dir) }

// Path turns a name in FS into a path that the person at the shell can open:
// relative to the current folder, or absolute where a path that was absolute
// leads there or to its folder.
// What is no name in a file system, such as "<stdin>", stays as it is.
func (w *Workspace) Path(name string) string {
	if strings.HasPrefix(name, "<") {
		return name
	}
	path := filepath.Join(w.root, filepath.FromSlash(name))
	for _, t := range w.typed {
		if within(t.real, path) {
			rel, _ := filepath.Rel(t.real, path)
			return filepath.Join(t.path, rel)
		}
		if path == filepath.Dir(t.real) {
			return filepath.Dir(t.path)
		}
	}
	rel, err := filepath.Rel(w.dir, path)
	if err != nil {
		return path
	}
	return rel
}

// File is the path of a name in FS on the disk.
func (w *Workspace) File(name string) string { return filepath.Join(w.root, filepath.FromSlash(name)) }

// RepoPath turns a name in FS into a slash-separated path from the root of the
// repository; for a file outside of one, it is Path with slashes.
func (w *Workspace) RepoPath(name string) string {
	path := filepath.Join(w.root, filepath.FromSlash(name))
	if w.top == "" || !within(w.top, path) || strings.HasPrefix(name, "<") {
		return filepath.ToSlash(w.Path(name))
	}
	rel, err := filepath.Rel(w.top, path)
	if err != nil {
		return filepath.ToSlash(path)
	}
	return filepath.ToSlash(rel)
}

// FromRepo turns a slash-separated path from the root of the repository into
// a name in FS.
func (w *Workspace) FromRepo(path string) string {
	return w.Name(filepath.Join(w.top, filepath.FromSlash(path)))
}

// Below says whether name is dir or lies below it; both are names in FS.
func Below(dir, name string) bool {
	return dir == "." || name == dir || strings.HasPrefix(name, dir+"/")
}
