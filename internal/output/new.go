package output

import (
	"errors"
	"os"
	"path"
	"path/filepath"

	"github.com/mlobs-gen/mlobs-gen/generators"
)

// WriteNew writes files that must not be there yet, all or none, for people to go on with: no digest lists
// them. It makes the folder if it is missing, and fails with an *Error.
func WriteNew(at Folder, files []generators.File) error {
	f, err := makeFolder(at)
	if err != nil {
		var failure *Error
		if errors.As(err, &failure) {
			failure.Help = "name another folder"
		}
		return err
	}
	return errors.Join(f.writeNew(files), f.close())
}

func (f *folder) writeNew(files []generators.File) error {
	for _, file := range files {
		there, err := f.checkFolder(path.Dir(file.Path))
		if err != nil {
			return err
		}
		if there && f.exists(file.Path) {
			return &Error{Path: f.show(file.Path), What: "is there already, and is not overwritten", Help: "choose another name, or move it away"}
		}
	}
	var written []string
	for _, file := range files {
		err := f.create(file)
		if err == nil {
			written = append(written, file.Path)
			continue
		}
		errs := []error{f.failed(file.Path, "written", err)}
		for _, name := range written {
			errs = append(errs, f.removeFile(name))
		}
		return errors.Join(errs...)
	}
	return nil
}

// create writes a file. What could not be written to its end is removed.
func (f *folder) create(file generators.File) error {
	if err := f.root.MkdirAll(filepath.FromSlash(path.Dir(file.Path)), 0o777); err != nil {
		return err
	}
	out, err := f.root.OpenFile(file.Path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = out.Write(file.Data)
	if err = errors.Join(err, out.Close()); err != nil {
		return errors.Join(err, f.removeFile(file.Path))
	}
	return nil
}
