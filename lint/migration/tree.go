package migration

import (
	"bytes"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"time"
)

// tree is a file system in which standard input stands for the file of its
// name. It reads each file and lists each directory once, although several
// runners look at it.
type tree struct {
	fsys        fs.FS
	stdin       *File // may be nil
	files       once[[]byte]
	directories once[[]fs.DirEntry]
	roots       map[string]bool     // what isRoot has found
	within      map[string][]string // by root: Runner.Within
}

func newTree(fsys fs.FS, stdin *File) *tree {
	return &tree{fsys: fsys, stdin: stdin, roots: map[string]bool{}, within: map[string][]string{}}
}

// once keeps what was read of each name. It may be used from several goroutines.
type once[T any] struct {
	mu   sync.Mutex
	read map[string]func() (T, error)
}

func (o *once[T]) get(name string, read func() (T, error)) (T, error) {
	o.mu.Lock()
	if o.read == nil {
		o.read = map[string]func() (T, error){}
	}
	kept, ok := o.read[name]
	if !ok {
		kept = sync.OnceValues(read)
		o.read[name] = kept
	}
	o.mu.Unlock()
	return kept()
}

// ReadFile implements fs.ReadFileFS. It may be called from several goroutines.
func (t *tree) ReadFile(name string) ([]byte, error) {
	if t.isStdin(name) {
		return t.stdin.Source, nil
	}
	return t.files.get(name, func() ([]byte, error) { return fs.ReadFile(t.fsys, name) })
}

// Open implements fs.FS.
func (t *tree) Open(name string) (fs.File, error) {
	if t.isStdin(name) {
		return &stdinFile{stdinEntry{t.stdin}, bytes.NewReader(t.stdin.Source)}, nil
	}
	return t.fsys.Open(name)
}

// Stat implements fs.StatFS.
func (t *tree) Stat(name string) (fs.FileInfo, error) {
	if t.isStdin(name) {
		return stdinEntry{t.stdin}, nil
	}
	return fs.Stat(t.fsys, name)
}

// ReadDir implements fs.ReadDirFS. It may be called from several goroutines, which
// must leave the entries as they are.
func (t *tree) ReadDir(dir string) ([]fs.DirEntry, error) {
	return t.directories.get(dir, func() ([]fs.DirEntry, error) { return t.list(dir) })
}

func (t *tree) list(dir string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(t.fsys, dir)
	if t.stdin == nil || path.Dir(t.stdin.Name) != dir {
		return entries, err
	}
	base := path.Base(t.stdin.Name)
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return e.Name() == base })
	entries = append(entries, fs.FileInfoToDirEntry(stdinEntry{t.stdin}))
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

func (t *tree) isStdin(name string) bool { return t.stdin != nil && t.stdin.Name == name }

// stdinEntry is the fs.FileInfo of standard input.
type stdinEntry struct{ file *File }

func (e stdinEntry) Name() string     { return path.Base(e.file.Name) }
func (e stdinEntry) Size() int64      { return int64(len(e.file.Source)) }
func (stdinEntry) Mode() fs.FileMode  { return 0o444 }
func (stdinEntry) ModTime() time.Time { return time.Time{} }
func (stdinEntry) IsDir() bool        { return false }
func (stdinEntry) Sys() any           { return nil }

// stdinFile is the fs.File of standard input.
type stdinFile struct {
	entry stdinEntry
	io.Reader
}

func (f *stdinFile) Stat() (fs.FileInfo, error) { return f.entry, nil }
func (f *stdinFile) Close() error               { return nil }
