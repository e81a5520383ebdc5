package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Limits. A spec has some kilobytes; whatever is beyond these is not meant for us.
const (
	// MaxFile is the largest file that is read, in bytes.
	MaxFile = 1 << 20
	// MaxEntries is how many files and folders are looked at in search of specs or workspaces.
	MaxEntries = 1_000_000
)

var errTooMany = fmt.Errorf("more than %d files and folders lie beneath it", MaxEntries)

// TooLargeError says that a file is larger than MaxFile.
type TooLargeError struct{ Path string }

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s is larger than %d KiB, the most that is read", e.Path, MaxFile>>10)
}

// DefaultSpecs is where specs lie if mlobs.yaml does not say.
func DefaultSpecs() []string { return []string{"models/**/*.yaml"} }

// Selection is what a run compiles of one workspace.
type Selection struct {
	// Specs are paths relative to the workspace, sorted; Stdin stands for standard input.
	Specs []string
	// Strangers are the entries of Specs that were asked for by name but that no pattern of the
	// workspace matches: a run over the whole workspace would not find them. Without mlobs.yaml, and for
	// standard input, there are none.
	Strangers []string
}

// PatternError says that a pattern of `specs` is none, or leads out of the workspace.
type PatternError struct{ Pattern string }

func (e *PatternError) Error() string {
	return fmt.Sprintf("`%s` is no pattern of paths inside the workspace", e.Pattern)
}

// Select returns the specs that the arguments ask for. Patterns are those of `specs` (see doublestar);
// out is the output folder relative to the workspace, in which no spec is looked for.
//
// A pattern never matches mlobs.yaml itself, and nothing in nested workspaces and in `.git`; links to
// folders are not followed. It fails with a *PatternError, or with a *ReadError if a folder cannot be
// read or holds too much.
func (w *Workspace) Select(patterns []string, out string) (Selection, error) {
	named := slices.Compact(slices.Sorted(slices.Values(w.named)))
	if w.Config == nil {
		return Selection{Specs: named}, nil
	}
	all, err := w.match(patterns, path.Clean(out))
	if err != nil {
		return Selection{}, err
	}
	var s Selection
	for _, name := range all {
		if w.Whole || slices.Contains(named, name) || slices.ContainsFunc(w.folders, func(dir string) bool { return inside(name, dir) }) {
			s.Specs = append(s.Specs, name)
		}
	}
	for _, name := range named {
		if _, found := slices.BinarySearch(all, name); !found {
			s.Specs = append(s.Specs, name)
			if name != Stdin {
				s.Strangers = append(s.Strangers, name)
			}
		}
	}
	slices.Sort(s.Specs)
	return s, nil
}

// match returns the files that one of the patterns matches, sorted.
func (w *Workspace) match(patterns []string, out string) ([]string, error) {
	found := map[string]bool{}
	seen := 0
	for _, given := range patterns {
		pattern := path.Clean(given)
		if !doublestar.ValidatePattern(pattern) || !fs.ValidPath(pattern) {
			return nil, &PatternError{Pattern: given}
		}
		base, _ := doublestar.SplitPattern(pattern)
		err := fs.WalkDir(w.root.FS(), base, func(name string, entry fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil // there is no such base, or it vanished
			}
			if err != nil {
				return &ReadError{Path: w.Show(name), Err: err}
			}
			if seen++; seen > MaxEntries {
				return &ReadError{Path: w.Dir, Err: errTooMany}
			}
			if entry.IsDir() {
				return w.enter(name, out)
			}
			if path.Base(name) != ConfigName && doublestar.MatchUnvalidated(pattern, name) && !w.linksToFolder(name, entry) {
				found[name] = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	names := make([]string, 0, len(found))
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names, nil
}

// enter decides whether specs are looked for in the folder name: fs.SkipDir if not.
func (w *Workspace) enter(name, out string) error {
	if name == "." {
		return nil
	}
	if out != "." && (name == out || inside(name, out)) || path.Base(name) == ".git" {
		return fs.SkipDir
	}
	if _, err := w.root.Lstat(path.Join(name, ConfigName)); err == nil {
		return fs.SkipDir
	}
	return nil
}

func (w *Workspace) linksToFolder(name string, entry fs.DirEntry) bool {
	if entry.Type()&fs.ModeSymlink == 0 {
		return false
	}
	info, err := w.root.Stat(name)
	return err == nil && info.IsDir()
}

// Read reads one file of the workspace, or standard input. It fails with a *TooLargeError, or with a
// *ReadError if the file cannot be read: it leads out of the workspace, or is no regular file.
func (w *Workspace) Read(rel string) (*diag.File, error) {
	shown := w.Show(rel)
	if rel == Stdin {
		if len(w.stdin) > MaxFile {
			return nil, &TooLargeError{Path: shown}
		}
		return diag.NewFile(shown, w.stdin), nil
	}
	info, err := w.root.Stat(rel) // before opening: a FIFO would wait for its writer
	if err != nil {
		return nil, &ReadError{Path: shown, Err: err}
	}
	if !info.Mode().IsRegular() {
		return nil, &ReadError{Path: shown, Err: fmt.Errorf("it is %s", kind(info.Mode()))}
	}
	if info.Size() > MaxFile {
		return nil, &TooLargeError{Path: shown}
	}
	data, err := w.read(rel)
	if err != nil {
		return nil, &ReadError{Path: shown, Err: err}
	}
	if len(data) > MaxFile { // it grew, or has no size, as below /proc
		return nil, &TooLargeError{Path: shown}
	}
	return diag.NewFile(shown, data), nil
}

// read returns at most MaxFile+1 bytes of a file.
func (w *Workspace) read(rel string) ([]byte, error) {
	file, err := w.root.Open(rel)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, MaxFile+1))
	return data, errors.Join(err, file.Close())
}

// reason is what went wrong, without the operation and the path that Go puts before it.
func reason(err error) string {
	var failed *fs.PathError
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "it does not exist"
	case errors.Is(err, fs.ErrPermission):
		return "permission denied"
	case errors.As(err, &failed) && strings.Contains(failed.Err.Error(), "escapes"):
		return "it leads out of the workspace through a link"
	case errors.As(err, &failed):
		return failed.Err.Error()
	}
	return err.Error()
}

// kind is what a mode that is not a regular file's is called.
func kind(mode os.FileMode) string {
	switch {
	case mode.IsDir():
		return "a folder"
	case mode&os.ModeNamedPipe != 0:
		return "a pipe"
	case mode&os.ModeSocket != 0:
		return "a socket"
	case mode&os.ModeDevice != 0:
		return "a device"
	}
	return "not a regular file"
}

func inside(name, dir string) bool { return dir == "." || strings.HasPrefix(name, dir+"/") }
