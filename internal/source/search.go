package source

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// above returns the folder of the nearest mlobs.yaml in dir or above it, "" if there is none. It does
// not leave a Git repository.
func (f *finder) above(dir string) (string, error) {
	for {
		has, err := hasConfig(dir)
		if err != nil {
			return "", &ReadError{Path: f.show(dir), Err: err}
		}
		if has {
			return dir, nil
		}
		if _, err := os.Lstat(filepath.Join(dir, ".git")); err == nil {
			return "", nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", nil
		}
		dir = parent
	}
}

// hasConfig reports whether dir holds an mlobs.yaml, of whatever kind: that it can be read is found
// out when it is.
func hasConfig(dir string) (bool, error) {
	_, err := os.Lstat(filepath.Join(dir, ConfigName))
	switch {
	case err == nil:
		return true, nil
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	}
	return false, err
}

// beneath returns the folders below dir that hold an mlobs.yaml, by path. It does not look into
// workspaces that it found, hidden folders, folders of packages, and links.
func beneath(dir string) ([]string, error) {
	var found []string
	seen := 0
	err := filepath.WalkDir(dir, func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if seen++; seen > MaxEntries {
			return errTooMany
		}
		if !entry.IsDir() || name == dir {
			return nil
		}
		if skipped(entry.Name()) {
			return fs.SkipDir
		}
		has, err := hasConfig(name)
		if err != nil {
			return err
		}
		if has {
			found = append(found, name)
			return fs.SkipDir
		}
		return nil
	})
	slices.Sort(found)
	return found, err
}

// skipped reports whether folders of that name are never searched.
func skipped(name string) bool { return strings.HasPrefix(name, ".") || name == "node_modules" }
