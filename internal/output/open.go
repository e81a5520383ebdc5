package output

import (
	"cmp"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

const (
	defaultWait = 30 * time.Second
	// staleAfter is when a stage is nobody's any more if there is no lock to tell.
	staleAfter = 24 * time.Hour
)

// openFolder opens the output folder for writing, making it if necessary, and locks it.
func openFolder(at Folder) (*folder, error) {
	deadline := time.Now().Add(cmp.Or(at.Wait, defaultWait))
	for {
		f, err := makeFolder(at)
		if err != nil {
			return nil, err
		}
		locked, err := f.acquire(deadline)
		if err == nil && !f.isCurrent() {
			// The run that we waited for has removed the folder again.
			if err = f.close(); err == nil {
				continue
			}
		}
		if err == nil {
			err = f.removeStale(locked)
		}
		if err != nil {
			return nil, errors.Join(err, f.close())
		}
		return f, nil
	}
}

// lookFolder opens the output folder for reading, if it exists.
func lookFolder(at Folder) (*folder, error) {
	f, err := ancestor(at)
	if err != nil {
		return nil, err
	}
	if _, err := f.outer.Lstat(f.path); errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	return f.enter()
}

// makeFolder makes the output folder, noting what it made.
func makeFolder(at Folder) (*folder, error) {
	f, err := ancestor(at)
	if err != nil {
		return nil, err
	}
	for dir := f.path; dir != "."; dir = path.Dir(dir) {
		if _, err := f.outer.Lstat(dir); err == nil {
			break
		}
		f.made = append([]string{dir}, f.made...)
	}
	for _, dir := range f.made {
		if err := f.outer.Mkdir(dir, 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return nil, errors.Join(failed(f.name, "made", err), f.close())
		}
	}
	return f.enter()
}

// ancestor opens the base of the output folder, or the nearest folder above it that exists.
func ancestor(at Folder) (*folder, error) {
	f := &folder{name: filepath.ToSlash(at.Name), path: filepath.ToSlash(filepath.Clean(at.Path)), checked: map[string]bool{}}
	base := at.Base
	if base == "" {
		abs, err := filepath.Abs(at.Path)
		if err != nil {
			return nil, failed(f.name, "opened", err)
		}
		base = filepath.Dir(abs)
		for !isFolder(base) && base != filepath.Dir(base) {
			base = filepath.Dir(base)
		}
		rel, err := filepath.Rel(base, abs)
		if err != nil {
			return nil, failed(f.name, "opened", err)
		}
		if isFolder(abs) { // perhaps a link: the user chose it
			base, rel = abs, "."
		}
		f.path = filepath.ToSlash(rel)
	}
	var err error
	if f.outer, err = os.OpenRoot(base); err != nil {
		return nil, failed(f.name, "opened", err)
	}
	return f, nil
}

func isFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// enter opens the output folder itself.
func (f *folder) enter() (*folder, error) {
	info, err := f.outer.Stat(f.path)
	if err != nil {
		return nil, errors.Join(failed(f.name, "opened", err), f.close())
	}
	if !info.IsDir() {
		err := &Error{Path: f.name, What: "is " + kind(info.Mode()) + ", not a folder", Help: "choose another folder with `out` or `--out`"}
		return nil, errors.Join(err, f.close())
	}
	if f.root, err = f.outer.OpenRoot(f.path); err != nil {
		return nil, errors.Join(failed(f.name, "opened", err), f.close())
	}
	return f, nil
}

// acquire waits for the lock. Locked is false if the system has no lock for the folder.
func (f *folder) acquire(deadline time.Time) (locked bool, err error) {
	if f.lock, err = f.root.Open("."); err != nil {
		return false, f.failed(".", "opened", err)
	}
	for {
		switch state := tryLock(f.lock); {
		case state == lockHeld:
			return true, nil
		case state == lockMissing:
			return false, nil
		case time.Now().After(deadline):
			f.made = nil // it is the other run's now
			return false, &Error{Path: f.name, What: "is being written by another run of mlobs-gen", Help: "wait until it is done, then run again"}
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// lockState is the outcome of an attempt to lock.
type lockState int

const (
	lockHeld    lockState = iota
	lockBusy              // another run holds it
	lockMissing           // the system has no lock for this folder
)

// isCurrent reports whether the folder we hold is still the one under its path.
func (f *folder) isCurrent() bool {
	ours, err := f.lock.Stat()
	if err != nil {
		return false
	}
	now, err := os.Stat(filepath.Join(f.outer.Name(), filepath.FromSlash(f.path)))
	return err == nil && os.SameFile(ours, now)
}

// removeStale removes what runs that were cut off have staged.
func (f *folder) removeStale(locked bool) error {
	entries, err := f.list(plan.DigestFolder)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if !entry.IsDir() || !strings.HasPrefix(entry.Name(), stagePrefix) {
			continue
		}
		if info, err := entry.Info(); !locked && (err != nil || time.Since(info.ModTime()) < staleAfter) {
			continue
		}
		name := path.Join(plan.DigestFolder, entry.Name())
		if err := f.root.RemoveAll(name); err != nil {
			return f.failed(name, "removed", err)
		}
	}
	return nil
}

// list returns what lies in a folder, by name; nothing if it does not exist.
func (f *folder) list(dir string) ([]fs.DirEntry, error) {
	if f.root == nil {
		return nil, nil
	}
	if there, err := f.checkParents(path.Join(dir, "x")); err != nil || !there {
		return nil, err
	}
	entries, err := fs.ReadDir(f.root.FS(), dir)
	if err != nil {
		return nil, f.failed(dir, "read", err)
	}
	return entries, nil
}

// close releases the folder, and removes what openFolder made if nothing came into it.
func (f *folder) close() error {
	var errs []error
	for _, dir := range slices.Backward(f.made) {
		empty, err := isEmpty(f.outer, dir)
		if err == nil && empty {
			err = f.outer.Remove(dir)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, failed(f.name, "removed", err))
		}
		if err != nil || !empty {
			break
		}
	}
	if f.lock != nil {
		errs = append(errs, f.lock.Close())
	}
	if f.root != nil {
		errs = append(errs, f.root.Close())
	}
	return errors.Join(append(errs, f.outer.Close())...)
}
