package output

import (
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strconv"
	"sync"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// stagePrefix begins the names of stages in the folder of digests. No digest can have it: theirs end in
// .json and stages are folders.
const stagePrefix = "stage-"

// stage holds changed files until Commit. It comes into being with the first of them.
type stage struct {
	folder *folder

	mu    sync.Mutex
	dir   string // empty: nothing staged yet
	files []staged
}

// staged is one file in the stage.
type staged struct{ owner, name, path string }

// add writes a file into the stage. A file that replaces another keeps its permissions.
func (s *stage) add(owner string, f generators.File, old *file) error {
	name, err := s.reserve(owner, f.Path)
	if err != nil {
		return err
	}
	if err := s.write(name, f.Data, old); err != nil {
		return s.folder.failed(f.Path, "written", err)
	}
	return nil
}

// reserve returns a new name in the stage.
func (s *stage) reserve(owner, target string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dir == "" {
		dir := path.Join(plan.DigestFolder, stagePrefix+rand.Text())
		if err := s.folder.root.MkdirAll(dir, 0o777); err != nil {
			return "", s.folder.failed(plan.DigestFolder, "made", err)
		}
		s.dir = dir
	}
	name := path.Join(s.dir, strconv.Itoa(len(s.files)))
	s.files = append(s.files, staged{owner: owner, name: name, path: target})
	return name, nil
}

func (s *stage) write(name string, data []byte, old *file) error {
	out, err := s.folder.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	if err == nil && old != nil {
		// Without Sync a power cut after the rename could leave an empty file in the place of the old one.
		// A file that replaces none is spared it: there is nothing to lose, and a first run has thousands.
		err = errors.Join(out.Chmod(old.perm), out.Sync())
	}
	return errors.Join(err, out.Close())
}

// remove removes the stage with all that is left in it.
func (s *stage) remove() error {
	if s.dir == "" {
		return nil
	}
	if err := s.folder.root.RemoveAll(s.dir); err != nil {
		return s.folder.failed(s.dir, "removed", err)
	}
	s.dir, s.files = "", nil
	_, err := s.folder.removeEmpty(plan.DigestFolder)
	return err
}

// Commit makes the output folder what was put, and returns what it did, by path. See Changes for whole.
// It fails with an *Error; what was done until then is whole, and the next run completes it.
func (s *Sink) Commit(whole bool) ([]Change, error) {
	changes, err := s.Changes(whole)
	if err != nil {
		return nil, err
	}
	obsolete, vanished := s.obsolete(whole), s.vanished(whole)
	var digests, files, last []staged
	for _, f := range s.stage.files {
		m := s.models[f.owner]
		switch {
		case m == nil: // dropped
		case f.path != digestPath(f.owner):
			files = append(files, f)
		case m.digest == nil:
			digests = append(digests, f)
		default: // lists the obsolete files until they are gone
			wider, err := s.widened(f.owner, m.digest)
			if err != nil {
				return nil, err
			}
			digests, last = append(digests, wider), append(last, f)
		}
	}
	steps := []struct {
		list []staged
		do   func() error
	}{
		{list: digests}, {list: files}, {do: func() error { return s.removeAll(obsolete) }}, {list: last},
		{do: func() error { return s.removeDigests(vanished) }},
	}
	for _, step := range steps {
		for _, f := range step.list {
			if err := s.folder.rename(f.name, f.path); err != nil {
				return nil, incomplete(err)
			}
		}
		if step.do == nil {
			continue
		}
		if err := step.do(); err != nil {
			return nil, incomplete(err)
		}
	}
	return changes, s.stage.remove()
}

// widened stages the digest of a model with the files of its old digest beside the new ones.
func (s *Sink) widened(model string, digest *plan.Digest) (staged, error) {
	both := *digest
	both.Files = append(slices.Clone(digest.Files), s.old[model]...)
	slices.Sort(both.Files)
	both.Files = slices.Compact(both.Files)
	data, err := both.Encode()
	if err != nil {
		return staged{}, err
	}
	if err := s.stage.add(model, generators.File{Path: both.Path(), Data: data}, nil); err != nil {
		return staged{}, err
	}
	return s.stage.files[len(s.stage.files)-1], nil
}

func (s *Sink) removeAll(names []string) error {
	for _, name := range names {
		if err := s.folder.removeFile(name); err != nil {
			return err
		}
	}
	return nil
}

func (s *Sink) removeDigests(models []string) error {
	for _, model := range models {
		if err := s.folder.removeFile(digestPath(model)); err != nil {
			return err
		}
	}
	return nil
}

// incomplete says of an error during Commit that some files may be new already.
func incomplete(err error) error {
	var failure *Error
	if !errors.As(err, &failure) {
		return fmt.Errorf("%w (some files may be written already; the next run completes them)", err)
	}
	more := *failure
	more.Help = "some files may be written already; the next run completes them"
	if failure.Help != "" {
		more.Help = failure.Help + "; " + more.Help
	}
	return &more
}
