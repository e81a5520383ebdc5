// Package output is the only writer: sinks for the files of one workspace. Nothing of the output
// folder changes before Commit; from then on each file is the old or the new one, whole, at any moment.
//
// It is the last step: source → spec → planner → generators → output. It reads the digests of earlier
// runs (package plan says what they are), since they say which files are ours:
//
//   - a file that is in no digest is somebody's: it is never overwritten and never removed, unless it
//     already has the very bytes we would write
//   - a run removes only files that the old digest of a model it compiled lists and the new one does not,
//     and the files of vanished models if it compiled the whole workspace
//
// How a run stays whole. Changed files are staged in .mlobs/stage-*, inside the output folder, so that
// renaming them is atomic and nobody who watches the folder sees half a file. Commit first renames the
// digests, which until then list the obsolete files as well, then the files, then removes what is
// obsolete, and last renames the digests that no longer list it. Wherever a run is cut off, the digests
// list at least the files that are there; the next run repairs the rest and removes the stage.
//
// A lock on the output folder lets one run at a time write. Where the system has none, two runs may
// interleave; each file is still one of theirs.
package output

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/mlobs-gen/mlobs-gen/generators"
	"github.com/mlobs-gen/mlobs-gen/internal/plan"
)

// Folder says where the files of a workspace go.
type Folder struct {
	// Base is a folder of the operating system that Path must not leave, links included. Empty: Path may
	// be anywhere.
	Base string
	// Path is the output folder, relative to Base, or to the working directory without one. It is made
	// if it is missing.
	Path string
	// Name is how messages call it.
	Name string
	// Wait is how long to wait for another run that writes there. Zero: 30 seconds.
	Wait time.Duration
}

// Error says that the output folder could not be read or written, or is not as it must be.
type Error struct {
	// Path as the user knows it.
	Path string
	// What is wrong, as the rest of a sentence that begins with Path: "is a file, not a folder".
	What string
	// Help says what to do; may be empty.
	Help string
}

func (e *Error) Error() string { return e.Path + " " + e.What }

// Kind is what happens to a file.
type Kind int

// The kinds.
const (
	Unchanged Kind = iota
	Created
	Changed
	Removed
)

func (k Kind) String() string {
	return [...]string{"unchanged", "created", "changed", "removed"}[k]
}

// Change says what happens to one file, digests included.
type Change struct {
	// Path is slash-separated, relative to the output folder.
	Path string
	Kind Kind
	// Diff is the unified diff from the old to the new text, in whole lines. From Compare only of Changed
	// files, and shortened if it is long; from Diff of all that are not Unchanged, and complete; else empty.
	// What it shows is a stranger's text.
	Diff string
}

// Sink takes the files of one workspace: Put for each model, then Commit, or Changes, and in any case
// Close. Put and Drop are safe for concurrent use; the others are not.
type Sink struct {
	folder *folder
	stage  *stage // nil: compare only, nothing is written
	diffs  bool   // Change.Diff is complete
	old    map[string][]string
	ours   map[string]bool // all files of old

	mu      sync.Mutex
	claimed map[string]string // path without case → model, of this run
	models  map[string]*model
	dropped map[string]bool
}

// model is what this run has put for one model.
type model struct {
	digest  *plan.Digest // only if files of the old digest are obsolete
	files   []string
	changes []Change
}

// Create returns a sink that writes. It waits for another run that writes to the same folder, and
// removes what a run that was cut off has staged. It fails with an *Error.
func Create(at Folder) (*Sink, error) {
	f, err := openFolder(at)
	if err != nil {
		return nil, err
	}
	s, err := newSink(f)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	s.stage = &stage{folder: f}
	return s, nil
}

// Compare returns a sink that only finds out what would change. It fails with an *Error.
func Compare(at Folder) (*Sink, error) {
	f, err := lookFolder(at)
	if err != nil {
		return nil, err
	}
	s, err := newSink(f)
	if err != nil {
		return nil, errors.Join(err, f.close())
	}
	return s, nil
}

// Diff is Compare with complete diffs. They stay in memory: of a folder that is empty, all that is generated.
func Diff(at Folder) (*Sink, error) {
	s, err := Compare(at)
	if err == nil {
		s.diffs = true
	}
	return s, err
}

func newSink(f *folder) (*Sink, error) {
	s := &Sink{folder: f, ours: map[string]bool{}, claimed: map[string]string{}, models: map[string]*model{}, dropped: map[string]bool{}}
	var err error
	if s.old, err = f.readDigests(); err != nil {
		return nil, err
	}
	for _, files := range s.old {
		for _, name := range files {
			s.ours[name] = true
		}
	}
	return s, nil
}

// Put takes the files of a model, which its digest lists. It fails with an *Error if a file cannot be
// written or somebody's file is in the way. Any other error is a defect of the caller: a path that leads
// out of the folder, one that two models have, a digest that does not fit.
func (s *Sink) Put(digest *plan.Digest, files []generators.File) error {
	encoded, err := digest.Encode()
	if err != nil {
		return err
	}
	if err := s.claim(digest, files); err != nil {
		return err
	}
	m := &model{files: digest.Files}
	for _, name := range s.old[digest.Model] {
		if !slices.Contains(digest.Files, name) {
			m.digest = digest
		}
	}
	var errs []error
	for _, file := range append(slices.Clone(files), generators.File{Path: digest.Path(), Data: encoded}) {
		change, err := s.put(digest.Model, file)
		errs = append(errs, err)
		m.changes = append(m.changes, change)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.models[digest.Model] = m
	return nil
}

// claim checks the paths of a model and notes whose they are.
func (s *Sink) claim(digest *plan.Digest, files []generators.File) error {
	if err := checkModel(digest.Model); err != nil {
		return err
	}
	if len(files) != len(digest.Files) {
		return fmt.Errorf("the digest of %s lists %d files, there are %d", digest.Model, len(digest.Files), len(files))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, file := range files {
		if err := checkPath(file.Path); err != nil {
			return err
		}
		if !slices.Contains(digest.Files, file.Path) {
			return fmt.Errorf("the digest of %s does not list %s", digest.Model, file.Path)
		}
		key := fold(file.Path)
		if other, taken := s.claimed[key]; taken {
			return fmt.Errorf("%s is written twice: by %s and by %s", file.Path, other, digest.Model)
		}
		s.claimed[key] = digest.Model
	}
	return nil
}

// put compares a file with what is there, and stages it if it differs.
func (s *Sink) put(owner string, file generators.File) (Change, error) {
	old, err := s.folder.read(file.Path)
	if err != nil {
		return Change{}, err
	}
	change := Change{Path: file.Path, Kind: Created}
	if old != nil {
		if string(old.data) == string(file.Data) {
			change.Kind = Unchanged
			return change, nil
		}
		if _, isDigest := s.old[owner]; !s.ours[file.Path] && !(isDigest && file.Path == digestPath(owner)) {
			return Change{}, &Error{
				Path: s.folder.show(file.Path), What: "is in the way: no run of mlobs-gen wrote it, so it is not overwritten",
				Help: "move or delete it, or choose another folder with `out` or `--out`",
			}
		}
		change.Kind = Changed
	}
	if s.stage == nil {
		change.Diff, err = s.diff(change, old, file.Data)
		return change, err
	}
	return change, s.stage.add(owner, file, old)
}

// Drop takes back what was put for a model: its files, old and new, stay as they are.
func (s *Sink) Drop(model string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.models, model)
	s.dropped[model] = true
}

// Close ends the sink. What was put and not committed is forgotten, and the output folder is as it was.
func (s *Sink) Close() error {
	var err error
	if s.stage != nil {
		err = s.stage.remove()
	}
	return errors.Join(err, s.folder.close())
}
