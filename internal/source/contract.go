package source

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

// Contract is what says what the metrics of files are that somebody else wrote: a spec, profiles, or a dump of
// a /metrics page.
type Contract struct {
	// Name as it was given. Without Files it is the name of a profile.
	Name  string
	Files []*diag.File
	// Workspace is the one that the files lie in, for the settings and profiles of a spec; nil without Files.
	Workspace *Workspace
}

// Close releases what the contract has opened.
func (c *Contract) Close() error {
	if c.Workspace == nil {
		return nil
	}
	return c.Workspace.Close()
}

// FindContract finds what an argument names: a file, a folder of profiles, or else the name of a profile. It
// fails with a *ReadError or a *TooLargeError.
func FindContract(cwd, arg string) (*Contract, error) { return findContract(cwd, arg, "") }

// findContract is FindContract for a folder that the user knows as shown; empty: they stand in it.
func findContract(cwd, arg, shown string) (*Contract, error) {
	abs := arg
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(cwd, arg)
	}
	f := finder{cwd: cwd, found: map[string]*Workspace{}}
	info, err := os.Stat(abs)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !strings.ContainsAny(arg, `/\.`):
		return &Contract{Name: arg}, nil
	case err != nil:
		return nil, &ReadError{Path: f.show(abs), Err: err}
	}
	dir := abs
	if !info.IsDir() {
		dir = filepath.Dir(abs)
	}
	root, err := f.above(dir)
	if err != nil {
		return nil, err
	}
	configured := root != ""
	if !configured {
		root = dir
	}
	ws, err := f.workspace(root, ".", configured)
	if err != nil {
		return nil, errors.Join(err, closeAll(f.list()))
	}
	if shown != "" {
		ws.Dir = path.Join(shown, ws.Dir)
	}
	c := &Contract{Name: arg, Workspace: ws}
	if err := c.read(abs, info.IsDir()); err != nil {
		return nil, errors.Join(err, ws.Close())
	}
	return c, nil
}

// InWorkspace is FindContract for a name in mlobs.yaml: paths are relative to the workspace.
func (w *Workspace) InWorkspace(name string) (*Contract, error) {
	return findContract(w.Root, name, w.Dir)
}

// maxContract is the largest file of a contract, in bytes: the page of a server with many series is larger than
// any spec.
const maxContract = 64 << 20

// read reads the file, or the profiles in the folder.
func (c *Contract) read(abs string, folder bool) error {
	rel, err := filepath.Rel(c.Workspace.Root, abs)
	if err != nil {
		return &ReadError{Path: c.Name, Err: err}
	}
	names := []string{filepath.ToSlash(rel)}
	if folder {
		if names, err = c.profilesIn(filepath.ToSlash(rel)); err != nil {
			return err
		}
	}
	for _, name := range names {
		file, err := c.Workspace.readAtMost(name, maxContract)
		if err != nil {
			return err
		}
		c.Files = append(c.Files, file)
	}
	return nil
}

// profilesIn lists the YAML files in a folder.
func (c *Contract) profilesIn(dir string) (names []string, err error) {
	entries, err := fs.ReadDir(c.Workspace.root.FS(), path.Clean(dir))
	if err != nil {
		return nil, &ReadError{Path: c.Name, Err: err}
	}
	for _, e := range entries {
		if ext := path.Ext(e.Name()); !e.IsDir() && (ext == ".yaml" || ext == ".yml") && e.Name() != ConfigName {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	if len(names) == 0 {
		return nil, &ReadError{Path: c.Name, Err: errors.New("the folder holds no profile")}
	}
	return names, nil
}
