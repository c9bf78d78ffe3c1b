package config

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/premortem-lint/premortem/lint/git"
)

// Find returns the path of the configuration file for a folder: the nearest
// one from dir up to the root of its repository, or in dir itself when that
// is in no repository; "" if there is none.
func Find(dir string) (string, error) {
	top := git.Root(dir)
	if top == "" {
		top = dir
	}
	for {
		path := filepath.Join(dir, FileName)
		if _, err := os.Stat(path); err == nil {
			return path, nil
		} else if !errors.Is(err, fs.ErrNotExist) {
			return "", err
		}
		misnamed := filepath.Join(dir, ".premortem.yaml")
		if _, err := os.Stat(misnamed); err == nil {
			return "", fmt.Errorf("%s is not read: rename it to %s", misnamed, FileName)
		}
		if dir == top {
			return "", nil
		}
		dir = filepath.Dir(dir)
	}
}
