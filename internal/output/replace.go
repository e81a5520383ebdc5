package output

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"
)

// Unified is the difference between two texts of a file, as Git writes it.
func Unified(path string, before, after []byte) (string, error) {
	return udiff.ToUnified("a/"+path, "b/"+path, string(before), udiff.Lines(string(before), string(after)), udiff.DefaultContextLines)
}

// Replace writes a file that is no part of an output folder, such as a baseline, whole or not at all. It fails
// with an *Error.
func Replace(path string, data []byte) (err error) {
	fail := func(err error) error {
		return &Error{Path: filepath.ToSlash(path), What: "cannot be written: " + err.Error()}
	}
	temp, err := os.CreateTemp(filepath.Dir(path), ".mlobs-*")
	if err != nil {
		return fail(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(temp.Name()))
		}
	}()
	if _, err = temp.Write(data); err != nil {
		return fail(errors.Join(err, temp.Close()))
	}
	if err = errors.Join(temp.Chmod(0o644), temp.Close()); err != nil {
		return fail(err)
	}
	if err = os.Rename(temp.Name(), path); err != nil {
		return fail(err)
	}
	return nil
}
