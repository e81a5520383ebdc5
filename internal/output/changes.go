package output

import (
	"cmp"
	"errors"
	"slices"
)

// Changes returns what a Commit would do, by path, unchanged files included. Whole says that all specs
// of the workspace were compiled: models that were not put have vanished and their files go. It fails with
// an *Error if a file that would go cannot be read, for its diff.
func (s *Sink) Changes(whole bool) ([]Change, error) {
	var list []Change
	for _, m := range s.models {
		list = append(list, m.changes...)
	}
	gone := s.obsolete(whole)
	for _, name := range s.vanished(whole) {
		gone = append(gone, digestPath(name))
	}
	var errs []error
	for _, name := range gone {
		change := Change{Path: name, Kind: Removed}
		if s.diffs {
			old, err := s.folder.read(name)
			if err == nil && old != nil {
				change.Diff, err = s.diff(change, old, nil)
			}
			errs = append(errs, err)
		}
		list = append(list, change)
	}
	slices.SortFunc(list, func(a, b Change) int { return cmp.Compare(a.Path, b.Path) })
	return list, errors.Join(errs...)
}

// vanished returns the models whose specs are gone, sorted.
func (s *Sink) vanished(whole bool) []string {
	var names []string
	for name := range s.old {
		if whole && s.models[name] == nil && !s.dropped[name] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// obsolete returns the files that are ours, exist, and belong to no model any more, sorted.
func (s *Sink) obsolete(whole bool) []string {
	gone := map[string]bool{}
	for _, name := range s.vanished(whole) {
		gone[name] = true
	}
	kept := map[string]bool{} // files of models that this run leaves alone
	for name, files := range s.old {
		if s.models[name] == nil && !gone[name] {
			for _, file := range files {
				kept[file] = true
			}
		}
	}
	for _, m := range s.models {
		for _, file := range m.files {
			kept[file] = true
		}
	}
	var list []string
	for name, files := range s.old {
		if s.models[name] == nil && !gone[name] {
			continue
		}
		for _, file := range files {
			if !kept[file] && s.folder.exists(file) {
				list = append(list, file)
			}
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
