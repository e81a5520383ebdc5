package output

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// maxOld is the largest file that is compared with a new one, in bytes. Ours are far smaller; a larger
// one has been changed by somebody.
const maxOld = 64 << 20

// folder is an output folder. All access goes through an os.Root, so that nothing outside of it can be
// reached; links inside it are refused besides.
type folder struct {
	name string
	root *os.Root // nil: the folder does not exist (compare only)
	// outer is an ancestor that exists, with the path from there; made are the folders between that
	// openFolder made, outermost first.
	outer *os.Root
	path  string
	made  []string
	lock  *os.File

	// cut is called before each change of the folder; tests end a run there. Nil: nothing.
	cut func() error

	mu      sync.Mutex
	checked map[string]bool // folders below root that exist and are folders, or do not exist: false
}

// file is a file that exists.
type file struct {
	data []byte
	perm fs.FileMode
}

// show is a path in the folder as the user knows it.
func (f *folder) show(name string) string { return path.Join(f.name, name) }

// read returns an existing file, nil if there is none. It fails with an *Error if it, or what it lies in,
// is of another kind.
func (f *folder) read(name string) (*file, error) {
	if f.root == nil {
		return nil, nil
	}
	there, err := f.checkParents(name)
	if err != nil || !there {
		return nil, err
	}
	info, err := f.root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, f.failed(name, "read", err)
	}
	if !info.Mode().IsRegular() {
		return nil, &Error{Path: f.show(name), What: "is in the way: it is " + kind(info.Mode()), Help: "move or delete it"}
	}
	if info.Size() > maxOld {
		return nil, &Error{Path: f.show(name), What: fmt.Sprintf("has %d MiB: no run of mlobs-gen wrote that", info.Size()>>20), Help: "move or delete it"}
	}
	data, err := f.root.ReadFile(name)
	if err != nil {
		return nil, f.failed(name, "read", err)
	}
	return &file{data: data, perm: info.Mode().Perm()}, nil
}

// checkParents makes sure that the folders a file lies in are folders, and none a link. There is false
// if one of them does not exist.
func (f *folder) checkParents(name string) (there bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.checkFolder(path.Dir(name))
}

func (f *folder) checkFolder(dir string) (bool, error) {
	if dir == "." {
		return true, nil
	}
	if there, known := f.checked[dir]; known {
		return there, nil
	}
	there, err := f.checkFolder(path.Dir(dir))
	if err != nil {
		return false, err
	}
	if there {
		info, err := f.root.Lstat(dir)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			there = false
		case err != nil:
			return false, f.failed(dir, "read", err)
		case !info.IsDir():
			return false, &Error{Path: f.show(dir), What: "is in the way: it is " + kind(info.Mode()) + ", not a folder", Help: "move or delete it"}
		}
	}
	f.checked[dir] = there
	return there, nil
}

// exists reports whether there is anything under that name, or there might be.
func (f *folder) exists(name string) bool {
	if f.root == nil {
		return false
	}
	_, err := f.root.Lstat(name)
	return !errors.Is(err, fs.ErrNotExist)
}

// rename moves a staged file to its place.
func (f *folder) rename(from, to string) error {
	if err := f.mayChange(); err != nil {
		return err
	}
	if dir := path.Dir(to); dir != "." {
		if err := f.root.MkdirAll(dir, 0o777); err != nil {
			return f.failed(dir, "made", err)
		}
	}
	if err := f.root.Rename(from, to); err != nil {
		return f.failed(to, "written", err)
	}
	return nil
}

// removeFile removes a file and the folders that are empty without it. A link is removed, not followed.
func (f *folder) removeFile(name string) error {
	if err := f.mayChange(); err != nil {
		return err
	}
	if _, err := f.checkParents(name); err != nil {
		return err
	}
	if err := f.root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return f.failed(name, "removed", err)
	}
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if done, err := f.removeEmpty(dir); err != nil || !done {
			return err
		}
	}
	return nil
}

func (f *folder) mayChange() error {
	if f.cut == nil {
		return nil
	}
	return f.cut()
}

// removeEmpty removes a folder if it is there and empty; done says that it is gone.
func (f *folder) removeEmpty(dir string) (done bool, err error) {
	empty, err := isEmpty(f.root, dir)
	if errors.Is(err, fs.ErrNotExist) {
		return true, nil
	}
	if err != nil {
		return false, f.failed(dir, "read", err)
	}
	if !empty {
		return false, nil
	}
	if err := f.root.Remove(dir); err != nil {
		return false, f.failed(dir, "removed", err)
	}
	return true, nil
}

func isEmpty(root *os.Root, dir string) (bool, error) {
	d, err := root.Open(dir)
	if err != nil {
		return false, err
	}
	_, err = d.Readdirnames(1)
	if cerr := d.Close(); cerr != nil {
		return false, cerr
	}
	if errors.Is(err, io.EOF) {
		return true, nil
	}
	return false, err
}

// failed is an error of the operating system as an *Error.
func (f *folder) failed(name, verb string, err error) error { return failed(f.show(name), verb, err) }

func failed(shown, verb string, err error) error {
	var known *Error
	if errors.As(err, &known) {
		return known
	}
	e := &Error{Path: shown, What: "cannot be " + verb + ": " + reason(err)}
	if errors.Is(err, fs.ErrPermission) {
		e.Help = "check the permissions of the output folder"
	}
	return e
}

// reason is what went wrong, without the operation and the paths that Go puts before it.
func reason(err error) string {
	var onPath *fs.PathError
	var onLink *os.LinkError
	switch {
	case errors.As(err, &onLink):
		err = onLink.Err
	case errors.As(err, &onPath):
		err = onPath.Err
	}
	if strings.Contains(err.Error(), "escapes") {
		return "a link leads out of the folder"
	}
	return err.Error()
}

// kind is what a mode that is not a regular file's is called.
func kind(mode fs.FileMode) string {
	switch {
	case mode.IsRegular():
		return "a file"
	case mode.IsDir():
		return "a folder"
	case mode&fs.ModeSymlink != 0:
		return "a link, and links are not followed"
	}
	return "not a regular file"
}

// checkPath makes sure that a path of ours is inside the folder, outside of .mlobs, and can be written
// on every system.
func checkPath(name string) error {
	bad := !fs.ValidPath(name) || name == "." || !filepath.IsLocal(filepath.FromSlash(name)) || len(name) > 1024
	for _, element := range strings.Split(name, "/") {
		bad = bad || len(element) > 255 || strings.ContainsAny(element, `\:*?"<>|`) || strings.TrimRight(element, " .") != element
	}
	bad = bad || strings.ContainsFunc(name, func(r rune) bool { return r < ' ' || r == 0x7f })
	if bad || fold(name) == plan.DigestFolder || strings.HasPrefix(fold(name), plan.DigestFolder+"/") {
		return fmt.Errorf("%q is no path for a generated file", name)
	}
	return nil
}

// checkModel makes sure that a model's name can be the name of its digest.
func checkModel(name string) error {
	if name == "" || strings.Contains(name, "/") || checkPath(name+".json") != nil {
		return fmt.Errorf("%q is no name for a digest", name)
	}
	return nil
}

// fold makes paths equal that are one file where upper and lower case are the same.
func fold(name string) string { return strings.ToLower(name) }

func digestPath(model string) string { return plan.DigestFolder + "/" + model + ".json" }
