// Package source is the only reader: it finds workspaces and specs from the arguments of the command
// and hands out their bytes. It knows nothing of the language.
//
// It is the first step: source → spec → planner → generators → output. What it hands out is within
// limits (a regular file, small enough, inside its workspace); what the text says is for package spec.
//
// What an argument may be:
//   - mlobs.yaml, or the folder that holds it: the whole workspace
//   - a spec inside a workspace: that spec, with the workspace's settings
//   - a folder inside a workspace: the specs of the workspace that lie in it
//   - a folder that holds several workspaces: all of them
//   - a spec outside of any workspace: a workspace of its own with nothing set, its folder as root
//   - `-`: a spec from standard input, in the workspace one stands in, if any
//   - none: the workspace one stands in
//
// A workspace is looked for upwards, up to the folder that holds `.git`: what lies above a repository
// does not belong to it.
package source

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// ConfigName is the file that makes a folder a workspace.
const ConfigName = "mlobs.yaml"

// Stdin is the name of a spec that comes from standard input, in lists of specs and in messages.
const Stdin = "<stdin>"

// UsageError says that the arguments name nothing that could be compiled; the command was called the
// wrong way.
type UsageError struct{ Message, Help string }

func (e *UsageError) Error() string { return e.Message }

// ReadError says that something could not be read.
type ReadError struct {
	// Path as shown to the user.
	Path string
	Err  error
}

func (e *ReadError) Error() string { return fmt.Sprintf("cannot read %s: %s", e.Path, reason(e.Err)) }

func (e *ReadError) Unwrap() error { return e.Err }

// Workspace is a folder whose specs are compiled together.
type Workspace struct {
	// Root is the folder, as an absolute path of the operating system; Dir is the same as shown to the
	// user: slash-separated, relative to where the user stands.
	Root, Dir string
	// Within is the slash-separated path from the argument that led here to Root: "." if the argument was
	// the workspace or lies in it, `spell` for examples/spell found through examples/.
	Within string
	// Config is mlobs.yaml; nil for a workspace without one.
	Config *diag.File
	// Whole says that all specs of the workspace were asked for.
	Whole bool

	named   []string // specs asked for by name, relative to Root; Stdin for standard input
	folders []string // folders asked for, relative to Root
	stdin   []byte
	root    *os.Root
}

// Find returns the workspaces that args lead to, by Dir. Paths in args are relative to the absolute
// folder cwd. On failure the error is a *UsageError or a *ReadError; nothing stays open then.
func Find(cwd string, args []string, stdin io.Reader) ([]*Workspace, error) {
	f := finder{cwd: cwd, found: map[string]*Workspace{}}
	if len(args) == 0 {
		if err := f.here(); err != nil {
			return nil, err
		}
	}
	for _, arg := range args {
		var err error
		if arg == "-" {
			err = f.standardInput(stdin)
		} else {
			err = f.argument(arg)
		}
		if err != nil {
			return nil, errors.Join(err, closeAll(f.list()))
		}
	}
	return f.list(), nil
}

// finder collects workspaces by their root folder.
type finder struct {
	cwd   string
	found map[string]*Workspace
}

func (f *finder) list() []*Workspace {
	list := make([]*Workspace, 0, len(f.found))
	for _, ws := range f.found {
		list = append(list, ws)
	}
	slices.SortFunc(list, func(a, b *Workspace) int { return cmp.Compare(a.Dir, b.Dir) })
	return list
}

func (f *finder) here() error {
	root, err := f.above(f.cwd)
	if err != nil {
		return err
	}
	if root == "" {
		return &UsageError{
			Message: "there is no " + ConfigName + " here or above",
			Help:    "name a spec or a workspace folder, or write a " + ConfigName + " with `version: mlobs/v1` where the workspace begins",
		}
	}
	ws, err := f.workspace(root, ".", true)
	if err != nil {
		return err
	}
	ws.Whole = true
	return nil
}

func (f *finder) standardInput(stdin io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(stdin, MaxFile+1))
	if err != nil {
		return &ReadError{Path: "standard input", Err: err}
	}
	root, err := f.above(f.cwd)
	if err != nil {
		return err
	}
	ws, err := f.workspace(cmp.Or(root, f.cwd), ".", root != "")
	if err != nil {
		return err
	}
	if slices.Contains(ws.named, Stdin) {
		return &UsageError{Message: "`-` is given twice, standard input can be read once"}
	}
	ws.named, ws.stdin = append(ws.named, Stdin), data
	return nil
}

func (f *finder) argument(arg string) error {
	abs := arg
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(f.cwd, arg)
	}
	abs = filepath.Clean(abs)
	info, err := os.Stat(abs)
	if err != nil {
		return &ReadError{Path: f.show(abs), Err: err}
	}
	switch {
	case info.IsDir():
		return f.folder(abs)
	case !info.Mode().IsRegular():
		return &ReadError{Path: f.show(abs), Err: fmt.Errorf("it is %s; use `-` to read standard input", kind(info.Mode()))}
	case filepath.Base(abs) == ConfigName:
		return f.folder(filepath.Dir(abs))
	}
	return f.spec(abs)
}

// folder handles an argument that is a folder: a workspace, several, or a part of one.
func (f *finder) folder(abs string) error {
	has, err := hasConfig(abs)
	if err != nil {
		return &ReadError{Path: f.show(abs), Err: err}
	}
	roots := []string{abs}
	if !has {
		if roots, err = beneath(abs); err != nil {
			return &ReadError{Path: f.show(abs), Err: err}
		}
	}
	for _, root := range roots {
		within, err := filepath.Rel(abs, root)
		if err != nil {
			return &ReadError{Path: f.show(root), Err: err}
		}
		ws, err := f.workspace(root, filepath.ToSlash(within), true)
		if err != nil {
			return err
		}
		ws.Whole = true
	}
	if len(roots) > 0 {
		return nil
	}
	root, err := f.above(abs)
	if err != nil {
		return err
	}
	if root == "" {
		return &UsageError{
			Message: fmt.Sprintf("there is no %s in, beneath or above %s", ConfigName, f.show(abs)),
			Help:    "name the specs themselves, or write a " + ConfigName + " with `version: mlobs/v1` where the workspace begins",
		}
	}
	ws, err := f.workspace(root, ".", true)
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(root, abs)
	if err != nil {
		return &ReadError{Path: f.show(abs), Err: err}
	}
	ws.folders = append(ws.folders, filepath.ToSlash(rel))
	return nil
}

func (f *finder) spec(abs string) error {
	dir := filepath.Dir(abs)
	root, err := f.above(dir)
	if err != nil {
		return err
	}
	ws, err := f.workspace(cmp.Or(root, dir), ".", root != "")
	if err != nil {
		return err
	}
	rel, err := filepath.Rel(ws.Root, abs)
	if err != nil {
		return &ReadError{Path: f.show(abs), Err: err}
	}
	ws.named = append(ws.named, filepath.ToSlash(rel))
	return nil
}

// workspace returns the workspace at root, reading mlobs.yaml the first time if it has one.
func (f *finder) workspace(root, within string, configured bool) (*Workspace, error) {
	if ws, ok := f.found[root]; ok {
		return ws, nil
	}
	dir, err := os.OpenRoot(root)
	if err != nil {
		return nil, &ReadError{Path: f.show(root), Err: err}
	}
	ws := &Workspace{Root: root, Dir: f.show(root), Within: within, root: dir}
	f.found[root] = ws
	if configured {
		if ws.Config, err = ws.Read(ConfigName); err != nil {
			return nil, err
		}
	}
	return ws, nil
}

// show is abs as the user is told of it: relative to where they stand unless that is longer.
func (f *finder) show(abs string) string {
	rel, err := filepath.Rel(f.cwd, abs)
	if err != nil || strings.HasPrefix(rel, "..") && len(rel) > len(abs) {
		return filepath.ToSlash(abs)
	}
	return filepath.ToSlash(rel)
}

// Show is a path of the workspace as the user is told of it.
func (w *Workspace) Show(rel string) string {
	if rel == Stdin {
		return rel
	}
	return path.Join(w.Dir, rel)
}

// Close releases the folder.
func (w *Workspace) Close() error { return w.root.Close() }

func closeAll(list []*Workspace) error {
	var errs []error
	for _, ws := range list {
		errs = append(errs, ws.Close())
	}
	return errors.Join(errs...)
}
