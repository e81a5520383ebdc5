package source

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
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

// TooLargeError says that a file is larger than Most bytes.
type TooLargeError struct {
	Path string
	Most int
}

func (e *TooLargeError) Error() string {
	return fmt.Sprintf("%s is larger than %d KiB, the most that is read", e.Path, e.Most>>10)
}

// Patterns say where the parts of a workspace lie (see doublestar), and where none of them does.
type Patterns struct {
	Specs, Profiles []string
	// Files are rules and dashboards that somebody made by hand.
	Files []string
	// Out is the output folder, relative to the workspace: nothing is looked for in it.
	Out string
}

// Selection is what a run compiles of one workspace. All paths are relative to the workspace, and sorted.
type Selection struct {
	// Specs are what the arguments ask for; Stdin stands for standard input.
	Specs []string
	// Strangers are the entries of Specs that were asked for by name but that no pattern of the
	// workspace matches: a run over the whole workspace would not find them. Without mlobs.yaml, and for
	// standard input, there are none.
	Strangers []string
	// Profiles are all that the workspace has, whatever the arguments ask for: any spec may use them. A
	// file that patterns of both kinds match is a profile.
	Profiles []string
	// Asked are the entries of Profiles that the arguments ask for.
	Asked []string
	// Idle are the patterns of profiles that match no file, IdleFiles those of files made by hand.
	Idle, IdleFiles []string
	// Files are the files made by hand that the arguments ask for, those that are asked for by name but that no
	// pattern matches not among them: their content says what they are.
	Files []string
}

// PatternError says that a pattern of `specs` or `profiles` is none, or leads out of the workspace.
type PatternError struct{ Pattern string }

func (e *PatternError) Error() string {
	return fmt.Sprintf("`%s` is no pattern of paths inside the workspace", e.Pattern)
}

// Select returns the specs that the arguments ask for, and the profiles of the workspace.
//
// A pattern never matches mlobs.yaml itself, and nothing in nested workspaces and in `.git`; links to
// folders are followed only where a pattern names them. It fails with a *PatternError, or with a *ReadError if a folder cannot be
// read or holds too much.
func (w *Workspace) Select(patterns Patterns) (Selection, error) {
	named := slices.Compact(slices.Sorted(slices.Values(w.named)))
	if w.Config == nil {
		return Selection{Specs: named}, nil
	}
	var s Selection
	var err error
	m := matcher{Workspace: w, out: path.Clean(patterns.Out)}
	if s.Profiles, s.Idle, err = m.matchAny(patterns.Profiles); err != nil {
		return Selection{}, err
	}
	all, _, err := m.matchAny(patterns.Specs)
	if err != nil {
		return Selection{}, err
	}
	isProfile := func(name string) bool { return contains(s.Profiles, name) }
	made, idle, err := m.matchAny(patterns.Files)
	if err != nil {
		return Selection{}, err
	}
	s.IdleFiles = idle
	for _, name := range made {
		if w.Whole || w.asks(named, name) {
			s.Files = append(s.Files, name)
		}
	}
	isFile := func(name string) bool { return contains(made, name) }
	all = slices.DeleteFunc(all, func(name string) bool { return isProfile(name) || isFile(name) })
	for _, name := range all {
		if w.Whole || w.asks(named, name) {
			s.Specs = append(s.Specs, name)
		}
	}
	for _, name := range named {
		if contains(all, name) || isProfile(name) || isFile(name) {
			continue
		}
		s.Specs = append(s.Specs, name)
		if name != Stdin {
			s.Strangers = append(s.Strangers, name)
		}
	}
	slices.Sort(s.Specs)
	for _, name := range s.Profiles {
		if w.asks(named, name) {
			s.Asked = append(s.Asked, name)
		}
	}
	return s, nil
}

// asks reports whether an argument is the file, or a folder that it lies in.
func (w *Workspace) asks(named []string, name string) bool {
	return contains(named, name) || slices.ContainsFunc(w.folders, func(dir string) bool { return inside(name, dir) })
}

func contains(sorted []string, name string) bool {
	_, found := slices.BinarySearch(sorted, name)
	return found
}

// matcher looks for files of a workspace.
type matcher struct {
	*Workspace
	out  string // the output folder
	seen int    // files and folders that were looked at
}

// matchAny returns the files that one of the patterns matches, sorted, and the patterns that match none.
func (m *matcher) matchAny(patterns []string) (names, idle []string, err error) {
	for _, pattern := range patterns {
		list, err := m.match(pattern)
		if err != nil {
			return nil, nil, err
		}
		if len(list) == 0 {
			idle = append(idle, pattern)
		}
		names = append(names, list...)
	}
	slices.Sort(names)
	return slices.Compact(names), idle, nil
}

// match returns the files that the pattern matches.
func (m *matcher) match(given string) (names []string, err error) {
	pattern := path.Clean(given)
	if !doublestar.ValidatePattern(pattern) || !fs.ValidPath(pattern) {
		return nil, &PatternError{Pattern: given}
	}
	base, _ := doublestar.SplitPattern(pattern)
	err = fs.WalkDir(m.root.FS(), base, func(name string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil // there is no such base, or it vanished
		}
		if err != nil {
			return &ReadError{Path: m.Show(name), Err: err}
		}
		if m.seen++; m.seen > MaxEntries {
			return &ReadError{Path: m.Dir, Err: errTooMany}
		}
		if entry.IsDir() {
			return m.enter(name)
		}
		if path.Base(name) != ConfigName && doublestar.MatchUnvalidated(pattern, name) && !m.linksToFolder(name, entry) {
			names = append(names, name)
		}
		return nil
	})
	return names, err
}

// enter decides whether anything is looked for in the folder name: fs.SkipDir if not.
func (m *matcher) enter(name string) error {
	if name == "." {
		return nil
	}
	if m.out != "." && (name == m.out || inside(name, m.out)) || path.Base(name) == ".git" {
		return fs.SkipDir
	}
	if _, err := m.root.Lstat(path.Join(name, ConfigName)); err == nil {
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
func (w *Workspace) Read(rel string) (*diag.File, error) { return w.readAtMost(rel, MaxFile) }

// Beside reads a file that a spec of the workspace names, by a slash-separated path relative to the spec. It fails as
// Read does, and for a spec from standard input, which lies nowhere.
func (w *Workspace) Beside(spec *diag.File, rel string) (*diag.File, error) {
	if spec.Path == Stdin {
		return nil, errors.New("a spec from standard input has no files beside it")
	}
	own := spec.Path
	if w.Dir != "." {
		own = strings.TrimPrefix(own, strings.TrimSuffix(w.Dir, "/")+"/")
	}
	name := path.Join(path.Dir(own), rel)
	if !filepath.IsLocal(filepath.FromSlash(name)) {
		return nil, &ReadError{Path: rel, Err: errors.New("it lies outside of the workspace")}
	}
	return w.Read(name)
}

// readAtMost is Read with another limit, in bytes.
func (w *Workspace) readAtMost(rel string, most int) (*diag.File, error) {
	shown := w.Show(rel)
	if rel == Stdin {
		if len(w.stdin) > most {
			return nil, &TooLargeError{Path: shown, Most: most}
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
	if info.Size() > int64(most) {
		return nil, &TooLargeError{Path: shown, Most: most}
	}
	data, err := w.read(rel, most)
	if err != nil {
		return nil, &ReadError{Path: shown, Err: err}
	}
	if len(data) > most { // it grew, or has no size, as below /proc
		return nil, &TooLargeError{Path: shown, Most: most}
	}
	return diag.NewFile(shown, data), nil
}

// read returns at most one byte more than most of a file.
func (w *Workspace) read(rel string, most int) ([]byte, error) {
	file, err := w.root.Open(rel)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(file, int64(most)+1))
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
