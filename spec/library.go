package spec

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"github.com/mlobs-gen/mlobs-gen/internal/diag"
)

//go:embed profiles/*.yaml roles/*.yaml
var embedded embed.FS

// Library is the profiles and roles that come with the program. Each is parsed when it is first asked
// for; a Library is safe for concurrent use.
type Library struct {
	profiles, roles []*shelf
	// beside reads files that specs name; nil: none can be.
	beside Beside
}

// shelf holds one profile or role.
type shelf struct {
	name, path string
	format     format
	once       sync.Once
	profile    *Profile // nil after a mistake
	report     diag.Report
	file       *diag.File // of a profile of the workspace
	// broken: a profile of the workspace, whose mistakes were reported where it was loaded.
	broken bool
}

// NewLibrary returns the embedded profiles and roles. Mistakes in them are defects of ours; they are
// reported like any other, where a spec needs what has them.
func NewLibrary(rep *diag.Report) *Library {
	return &Library{profiles: shelves("profiles", profileFile, rep), roles: shelves("roles", roleFile, rep)}
}

// With returns the library and the profiles of a workspace. Mistakes in them are reported; a profile with
// mistakes is known by name, so that specs which use it are not blamed. A name that comes with the program
// is an error: what `kubernetes` means must not depend on the workspace.
func (l *Library) With(files []*diag.File, ws *Workspace, rep *diag.Report) *Library {
	more := &Library{profiles: slices.Clone(l.profiles), roles: l.roles, beside: l.beside}
	seen := map[string]*diag.File{}
	for _, file := range files {
		loader := &loader{file: file, rep: rep, format: profileFile, ws: ws, lib: l}
		p, name := loader.loadProfile()
		switch first := seen[name.Value]; {
		case !name.Given():
			continue // reported
		case slices.Contains(l.profileNames(), name.Value):
			rep.Errorf(name.Span, "profile `%s` comes with mlobs-gen", name.Value).WithHelp("choose another name, such as `our-%s`", name.Value)
			continue
		case first != nil:
			rep.Errorf(name.Span, "profile `%s` a second time", name.Value).WithHelp("choose another name").See(diag.Span{File: first}, "the first one")
			continue
		}
		seen[name.Value] = file
		s := &shelf{name: name.Value, path: file.Path, file: file, format: profileFile, profile: p, broken: p == nil}
		s.once.Do(func() {}) // it is open
		more.profiles = append(more.profiles, s)
	}
	slices.SortStableFunc(more.profiles, func(a, b *shelf) int { return strings.Compare(a.name, b.name) })
	return more
}

// Has reports whether the profile of a file of With is known by name, with mistakes or without.
func (l *Library) Has(file *diag.File) bool {
	return slices.ContainsFunc(l.profiles, func(s *shelf) bool { return s.file == file })
}

// Of returns the profile of a file of With; nil if it had mistakes.
func (l *Library) Of(file *diag.File) *Profile {
	for _, s := range l.profiles {
		if s.file == file {
			return s.profile
		}
	}
	return nil
}

// ProfileNames lists the names of all profiles, sorted; none is opened.
func (l *Library) ProfileNames() []string { return l.profileNames() }

// shelves lists the files of a folder by name.
func shelves(folder string, f format, rep *diag.Report) (list []*shelf) {
	entries, err := embedded.ReadDir(folder)
	if err != nil {
		rep.Errorf(diag.Span{}, "the program has no %s: %s", folder, err)
	}
	for _, e := range entries {
		list = append(list, &shelf{name: strings.TrimSuffix(e.Name(), ".yaml"), path: folder + "/" + e.Name(), format: f})
	}
	return list
}

// open parses the file on the first call.
func (s *shelf) open() *Profile {
	s.once.Do(func() {
		data, err := embedded.ReadFile(s.path)
		if err != nil {
			s.report.Add(&diag.Diagnostic{Severity: diag.Error, Message: err.Error(), Path: s.path})
			return
		}
		l := &loader{file: diag.NewFile("builtin/"+s.path, data), rep: &s.report, format: s.format, ws: DefaultWorkspace()}
		s.profile, _ = l.loadProfile()
	})
	return s.profile
}

// load returns the profile or role of that name, or nil. What is wrong in it goes to rep.
func (l *Library) load(f format, name string, rep *diag.Report) *Profile {
	list := l.profiles
	if f == roleFile {
		list = l.roles
	}
	for _, s := range list {
		if s.name == name {
			p := s.open()
			if rep != nil {
				rep.Merge(&s.report)
			}
			return p
		}
	}
	return nil
}

// Profile returns the profile of that name, or nil.
func (l *Library) Profile(name string) *Profile { return l.load(profileFile, name, nil) }

// Role returns the role of that name, or nil.
func (l *Library) Role(name string) *Profile { return l.load(roleFile, name, nil) }

// Profiles returns all profiles by name.
func (l *Library) Profiles() []*Profile { return opened(l.profiles) }

// Roles returns all roles by name.
func (l *Library) Roles() []*Profile { return opened(l.roles) }

func opened(list []*shelf) (profiles []*Profile) {
	for _, s := range list {
		if p := s.open(); p != nil {
			profiles = append(profiles, p)
		}
	}
	return profiles
}

func (l *Library) profileNames() []string { return names(l.profiles) }

// metricRoles are the roles that a metric can have, by name: those that take a type.
func (l *Library) metricRoles() (list []string) {
	for _, r := range l.Roles() {
		if len(r.Types) > 0 {
			list = append(list, r.Name)
		}
	}
	return list
}

func names(list []*shelf) (texts []string) {
	for _, s := range list {
		texts = append(texts, s.name)
	}
	return texts
}

// roleNames are the names of the embedded roles.
func roleNames() []string {
	names := names(shelves("roles", roleFile, new(diag.Report)))
	slices.Sort(names)
	return names
}

// broken reports whether there is a profile of that name whose mistakes were reported.
func (l *Library) broken(name string) bool {
	return slices.ContainsFunc(l.profiles, func(s *shelf) bool { return s.name == name && s.broken })
}

// loadProfile loads a profile or role; it returns nil if it reported errors, and the name if that can be
// read.
func (l *loader) loadProfile() (*Profile, diag.Located[string]) {
	root, _ := l.parse()
	if root == nil {
		return nil, diag.Located[string]{}
	}
	p := &Profile{}
	what := "a profile"
	if l.format == roleFile {
		what = "a role"
	}
	var name diag.Located[string]
	if _, ok := l.walk(what, nil, root, l.profile(p, &name)); ok && l.errors == 0 {
		l.finishProfile(p)
	}
	if l.errors > 0 {
		return nil, name
	}
	return p, name
}
