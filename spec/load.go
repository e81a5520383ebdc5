package spec

import "github.com/mlobs-gen/mlobs-gen/internal/diag"

// Library is the profiles and roles that come with the program, parsed. It is safe for concurrent use.
type Library struct {
	profiles, roles map[string]*Profile
}

// NewLibrary parses the embedded profiles and roles. Their mistakes are defects of ours, reported like
// any other.
func NewLibrary(rep *diag.Report) *Library { return &Library{} }

// Profile returns the profile of that name, or nil.
func (l *Library) Profile(name string) *Profile { return l.profiles[name] }

// Role returns the role of that name, or nil.
func (l *Library) Role(name string) *Profile { return l.roles[name] }

// Profiles returns all profiles by name.
func (l *Library) Profiles() []*Profile { return nil }

// LoadWorkspace loads mlobs.yaml; a nil file is a run without one. It returns nil if it reported errors.
func LoadWorkspace(file *diag.File, rep *diag.Report) *Workspace { return nil }

// Load loads one spec. It returns nil if it reported errors.
func Load(file *diag.File, ws *Workspace, lib *Library, rep *diag.Report) *Model { return nil }
