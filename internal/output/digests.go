package output

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Limits of a digest: ours have a few kilobytes and some ten files.
const (
	maxDigest = 4 << 20
	maxFiles  = 10_000
)

// readDigests returns the files of all models, sorted, by model. It fails with an *Error for each digest
// that is not as we write them: what it lists could not be trusted.
func (f *folder) readDigests() (map[string][]string, error) {
	digests := map[string][]string{}
	entries, err := f.list(plan.DigestFolder)
	if err != nil {
		return nil, err
	}
	var errs []error
	for _, entry := range entries {
		model, isDigest := strings.CutSuffix(entry.Name(), ".json")
		if !isDigest {
			continue
		}
		files, err := f.readDigest(model)
		if err != nil {
			errs = append(errs, err)
		}
		digests[model] = files
	}
	return digests, errors.Join(errs...)
}

func (f *folder) readDigest(model string) ([]string, error) {
	name := digestPath(model)
	existing, err := f.read(name)
	if err != nil {
		return nil, err
	}
	if existing == nil {
		return nil, nil // it vanished
	}
	// What else is in a digest is not needed here, and would take its place in memory for each model.
	var digest struct {
		Model string   `json:"model"`
		Files []string `json:"files"`
	}
	if err := check(existing.data, &digest); err != nil {
		return nil, f.badDigest(name, err.Error())
	}
	if digest.Model != model {
		return nil, f.badDigest(name, fmt.Sprintf("it is that of `%.100s`", digest.Model))
	}
	if len(digest.Files) > maxFiles {
		return nil, f.badDigest(name, fmt.Sprintf("it lists more than %d files", maxFiles))
	}
	for _, file := range digest.Files {
		if err := checkPath(file); err != nil {
			return nil, f.badDigest(name, fmt.Sprintf("%.200q is no path for a generated file", file))
		}
	}
	slices.Sort(digest.Files)
	return digest.Files, nil
}

func check(data []byte, into any) error {
	if len(data) > maxDigest {
		return fmt.Errorf("it is larger than %d MiB", maxDigest>>20)
	}
	if strings.Contains(string(data), "\n<<<<<<< ") || strings.HasPrefix(string(data), "<<<<<<< ") {
		return errors.New("a merge of Git left its marks in it")
	}
	if err := json.Unmarshal(data, into); err != nil {
		return errors.New("it is not the JSON that was written")
	}
	return nil
}

func (f *folder) badDigest(name, why string) error {
	return &Error{
		Path: f.show(name), What: "does not tell which files are ours: " + why,
		Help: "take it from version control as it was, either side of a merge will do, and run again; or delete " + f.name + " and run over the whole workspace" +
			", if nothing but generated files lies in it (" + path.Base(name) + " cannot tell)",
	}
}
